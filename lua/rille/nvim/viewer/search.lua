--- Search in a view: jobs over the whole file, from the cursor on and around its end, and the matches that are in sight.
local jumps = require("rille.nvim.viewer.jumps")
local rille = require("rille")
local status = require("rille.nvim.viewer.status")
local work = require("rille.nvim.viewer.work")

local M = {}

local namespace = vim.api.nvim_create_namespace("rille.viewer.search")

--- Bytes of a line that matches are shown in, and matches of a line.
local SHOWN, MATCHES = 4000, 200

--- The flags of a pattern, by the options of Neovim that say so.
local function flags(pattern)
  local ignore = vim.o.ignorecase and not (vim.o.smartcase and pattern:find("%u"))
  return ignore and "i" or ""
end

--- Compiles a pattern; what is wrong with it is told.
---@param pattern string
---@return rille.regex?
function M.compile(pattern)
  local regex, message, at = rille.regex(pattern, flags(pattern))
  if not regex then
    -- In a moment: an error message while the command line is left is an error of what looks at that.
    vim.schedule(function()
      status.say(("%s%s: %s"):format(message, at and " at " .. at or "", pattern), vim.log.levels.ERROR)
    end)
  end
  return regex
end

local function found(view, position, wrapped, backward)
  jumps.push(view)
  view:go(position)
  vim.v.hlsearch = 1
  view:redraw()
  if wrapped then
    local where = backward and "TOP, continuing at BOTTOM" or "BOTTOM, continuing at TOP"
    vim.cmd("redraw")
    vim.api.nvim_echo({ { "search hit " .. where, "WarningMsg" } }, false, {})
  end
end

--- What is known of the matches of a query in what a view shows.
local function navigation(view, query)
  if query.source ~= view.source then
    M.forget(view)
    query.source, query.navigation = view.source, view.source:navigate(query.regex)
  end
  return query.navigation
end

--- Looks for the match that is `count` away from a position, and goes on by itself while the search runs. What is asked for
--- meanwhile in the same direction is looked for from there on.
local function look(view, query, backward, from, count, wrapped)
  local known = navigation(view, query)
  local last
  view.looking = {
    backward = backward,
    add = function(more)
      count = count + more
    end,
  }
  --- Takes what is known. Whether that is the end of it.
  local function step()
    while count > 0 do
      local position, message, reason
      if backward then
        position, message, reason = known:previous(from, 0)
      else
        position, message, reason = known:next(from, 0)
      end
      if not position then
        if reason == "pending" then
          return false
        elseif reason then
          view.looking = nil
          view:fail(message, reason)
          return true
        end
        break
      end
      last, count, from = position, count - 1, backward and position or position + 1
    end
    view.looking = nil
    if count == 0 or wrapped and last then
      found(view, last, wrapped, backward)
    elseif vim.o.wrapscan and not wrapped then
      look(view, query, backward, backward and view.size + 1 or 1, count, true)
    else
      status.say("not found: " .. query.pattern)
    end
    return true
  end
  local function go_on()
    if step() then
      return
    end
    work.watch(view, "search", known.job, "searching " .. query.pattern, function()
      if not view.closed then
        go_on()
      end
    end)
  end
  -- In a moment, as the text may not change while the command line is left.
  vim.schedule(function()
    if not view.closed and view.query == query then
      go_on()
    end
  end)
end

--- Ends the search that runs, and forgets where matches are.
function M.forget(view)
  work.stop(view, "search")
  view.looking = nil
  local query = view.query
  if query and query.navigation then
    query.navigation:close()
    query.navigation, query.source = nil, nil
  end
end

--- Frees what a search has.
function M.close(view)
  M.forget(view)
  if view.query then
    view.query.regex:close()
    view.query = nil
  end
end

--- Searches from the cursor on.
---@param view rille.nvim.viewer.view
---@param backward boolean
---@param count integer
function M.go(view, backward, count)
  local query = view.query
  if not query then
    status.say("nothing was searched yet")
    return
  end
  if view.looking and view.looking.backward == backward then
    return view.looking.add(count)
  end
  local here = view:here()
  look(view, query, backward, backward and here or here + 1, count, false)
end

--- Begins a search for a pattern; an empty one is the last.
---@param view rille.nvim.viewer.view
---@param pattern string
---@param backward boolean
function M.start(view, pattern, backward)
  if pattern ~= "" then
    local regex = M.compile(pattern)
    if not regex then
      return
    end
    M.close(view)
    view.query = { pattern = pattern, regex = regex, backward = backward }
  elseif view.query then
    view.query.backward = backward
  end
  M.go(view, backward, 1)
end

function M.next(view)
  M.go(view, view.query ~= nil and view.query.backward, vim.v.count1)
end

function M.previous(view)
  M.go(view, not (view.query and view.query.backward), vim.v.count1)
end

local function word(view, backward)
  local text = vim.fn.expand("<cword>")
  if text == "" then
    return
  end
  local escaped = rille.regex.escape(text)
  local pattern = text:find("^[%w_]") and "\\b" .. escaped .. "\\b" or escaped
  vim.fn.histadd("/", pattern)
  M.start(view, pattern, backward)
end

function M.word(view)
  word(view, false)
end

function M.word_back(view)
  word(view, true)
end

--- Shows the matches in the lines that are drawn.
vim.api.nvim_set_decoration_provider(namespace, {
  on_win = function(_, _, buf)
    local view = status.views[buf]
    return view ~= nil and view.query ~= nil and vim.o.hlsearch and vim.v.hlsearch == 1
  end,
  on_line = function(_, win, buf, row)
    local view = status.views[buf]
    local text = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1]
    if not view or not text then
      return
    end
    text = text:sub(1, SHOWN)
    local cursor = vim.api.nvim_win_get_cursor(win)
    local count = 0
    for from, to in view.query.regex:gfind(text) do
      local here = cursor[1] == row + 1 and cursor[2] >= from - 1 and cursor[2] < to
      if to >= from then
        vim.api.nvim_buf_set_extmark(buf, namespace, row, from - 1, {
          end_col = to,
          hl_group = here and "CurSearch" or "Search",
          ephemeral = true,
        })
      end
      count = count + 1
      if count == MATCHES then
        break
      end
    end
  end,
})

return M
