--- Search in a view: jobs over the whole file, from the cursor on, that wrap around at its end.
local jumps = require("rille.nvim.viewer.jumps")
local matches = require("rille.nvim.viewer.matches")
local pattern_of = require("rille.nvim.viewer.pattern")
local status = require("rille.nvim.viewer.status")
local work = require("rille.nvim.viewer.work")

local M = {}

local function found(view, position, wrapped, backward)
  jumps.push(view)
  view:go(position)
  vim.v.hlsearch = 1
  matches.start(view)
  view:redraw()
  if wrapped then
    local where = backward and "TOP, continuing at BOTTOM" or "BOTTOM, continuing at TOP"
    vim.cmd("redraw")
    vim.api.nvim_echo({ { "search hit " .. where, "WarningMsg" } }, false, {})
  end
end

--- Returns the match positions that are known for a query in the source.
local function navigation(view, query)
  if query.source ~= view.source then
    M.forget(view)
    query.source, query.navigation = view.source, view.source:navigate(query.regex)
  end
  return query.navigation
end

--- Goes to the match that is `count` matches away from a position, as soon as the search has found it. Counts typed in the
--- meantime, in the same direction, are added to it.
local function look(view, query, backward, from, count, wrapped)
  local known = navigation(view, query)
  local last, added
  local looking = {
    backward = backward,
    add = function(more)
      count, added = count + more, true
    end,
  }
  view.looking = looking
  --- Processes the positions found until now. Returns whether the search for this match is over.
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
      if added and last then
        -- For keys typed ahead: the first of them has found a match.
        found(view, last)
      end
      status.say("not found: " .. query.pattern)
    end
    return true
  end
  local source = view.source
  local function go_on()
    -- The search may have been stopped, or another one has begun.
    if view.looking ~= looking then
      return
    elseif view.source ~= source then
      -- The filter has been changed.
      view.looking = nil
    elseif not step() then
      work.watch(view, "search", known.job, "searching " .. query.pattern, go_on)
    end
  end
  -- Deferred, as the text must not change while the command line closes.
  vim.schedule(go_on)
end

--- Cancels the running search, and discards the match positions.
function M.forget(view)
  -- First, as an interrupt may end one of the following calls of the editor.
  view.looking = nil
  local query = view.query
  if query and query.navigation then
    query.navigation:close()
    query.navigation, query.source = nil, nil
  end
  work.stop(view, "search")
  matches.forget(view)
end

--- Frees the jobs and results of a search.
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
    status.say("there is no previous search")
    return
  end
  if view.looking and view.looking.backward == backward then
    return view.looking.add(count)
  end
  local here = view:here()
  look(view, query, backward, backward and here or here + 1, count, false)
end

--- Makes a pattern that of the last search.
---@param view rille.nvim.viewer.view
---@param pattern string
---@param backward boolean
---@param is_word? boolean it is the pattern of `*`
---@return boolean
function M.set(view, pattern, backward, is_word)
  local regex = pattern_of.compile(pattern, is_word)
  if not regex then
    return false
  end
  M.close(view)
  view.query = { pattern = pattern, regex = regex, backward = backward, is_word = is_word }
  return true
end

--- Starts a search for a pattern; an empty pattern repeats the last one.
---@param view rille.nvim.viewer.view
---@param pattern string
---@param backward boolean
---@param count? integer which match to go to, 1 by default
---@param is_word? boolean
function M.start(view, pattern, backward, count, is_word)
  if pattern ~= "" then
    if not M.set(view, pattern, backward, is_word) then
      return
    end
  elseif view.query then
    view.query.backward = backward
  end
  M.go(view, backward, count or 1)
end

function M.next(view)
  M.go(view, view.query ~= nil and view.query.backward, vim.v.count1)
end

function M.previous(view)
  M.go(view, not (view.query and view.query.backward), vim.v.count1)
end

local function word(view, backward, with_borders)
  local text = vim.fn.expand("<cword>")
  if text == "" then
    return
  end
  local pattern = pattern_of.of_word(text, with_borders)
  vim.fn.histadd("/", pattern)
  M.start(view, pattern, backward, vim.v.count1, true)
end

function M.word(view)
  word(view, false, true)
end

function M.word_back(view)
  word(view, true, true)
end

function M.part(view)
  word(view, false, false)
end

function M.part_back(view)
  word(view, true, false)
end

return M
