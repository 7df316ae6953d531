--- Search in a view: jobs over the whole file, from the cursor on and around its end, and the matches that are in sight.
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
    vim.notify(("rille: %s%s: %s"):format(message, at and " at " .. at or "", pattern), vim.log.levels.ERROR)
  end
  return regex
end

local function found(view, position, wrapped, backward)
  view:push()
  view:go(position)
  vim.v.hlsearch = 1
  if wrapped then
    local where = backward and "TOP, continuing at BOTTOM" or "BOTTOM, continuing at TOP"
    vim.api.nvim_echo({ { "search hit " .. where, "WarningMsg" } }, false, {})
  end
  view:redraw()
end

--- Looks for the match that is `count` away.
local function look(view, query, backward, from, count, wrapped)
  local job = view.source:search(query.regex, { from = from, backward = backward, limit = count })
  local seen, last = 0, nil
  work.run(view, "search", job, "/" .. query.pattern, function(self)
    local batch = self:take(count)
    while batch do
      seen, last = seen + batch.count, batch:offset(batch.count)
      batch = self:take(count)
    end
  end, function(state)
    if state ~= "done" then
      return
    elseif seen == count then
      found(view, last, wrapped, backward)
    elseif vim.o.wrapscan and not wrapped then
      look(view, query, backward, backward and math.max(view.size, 1) or 1, count - seen, true)
    elseif last and wrapped then
      found(view, last, wrapped, backward)
    else
      vim.notify("rille: not found: " .. query.pattern, vim.log.levels.WARN)
    end
  end)
end

--- Searches from the cursor on.
---@param view rille.nvim.viewer.view
---@param backward boolean
---@param count integer
function M.go(view, backward, count)
  local query = view.query
  if not query then
    vim.notify("rille: nothing was searched yet", vim.log.levels.WARN)
    return
  end
  local here = view:here()
  if backward and here == 1 or not backward and here >= view.size then
    look(view, query, backward, backward and math.max(view.size, 1) or 1, count, true)
  else
    look(view, query, backward, backward and here - 1 or here + 1, count, false)
  end
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
