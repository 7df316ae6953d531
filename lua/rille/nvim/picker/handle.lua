--- The handle of a picker, for the plugin that has opened it. It stays valid when the picker ends and is resumed.
local M = {}

--- The handle of a picker: what `pick` returns, and what the functions of its keys receive.
---@class rille.nvim.pick.handle
---@field package picker? rille.nvim.picker the picker that was opened last
local Handle = {}
Handle.__index = Handle

--- Makes a handle.
---@return rille.nvim.pick.handle
function M.new()
  return setmetatable({}, Handle)
end

--- Returns the open picker, or nil.
local function open(self)
  local picker = self.picker
  return picker and not picker.finished and picker or nil
end

--- Returns the text in the prompt, and replaces it if one is passed.
---@param q? string
---@return string query of a picker that has ended: the last one
function Handle:query(q)
  local picker = open(self)
  if q ~= nil and type(q) ~= "string" then
    error("rille.nvim.pick.handle:query: q must be a string, got " .. type(q), 2)
  elseif q and picker then
    picker.prompt:set(q)
    picker:ask(picker.prompt.query)
  end
  local prompt = self.picker and self.picker.prompt
  return prompt and prompt.query or ""
end

--- Returns the items that match the query, in the order of the rows. It searches at once, also those that are not shown
--- yet, and creates all of them in Lua: meant for actions, not for each key.
---@return any[]
function Handle:items()
  local picker = open(self)
  return picker and picker.source:matches() or {}
end

--- Returns the selected item.
---@return any item nil if there is no row
function Handle:current()
  local picker = open(self)
  if picker then
    return (picker:selected())
  end
end

--- Returns the marked items, in the order in which they were marked.
---@return any[]
function Handle:marked()
  local picker = open(self)
  return picker and picker:marked_items() or {}
end

--- Reads the items again: a list as it is now, a function by another call. The query and the selected row stay, marks are
--- removed. The results of a job cannot be read again.
function Handle:refresh()
  local picker = open(self)
  if picker then
    picker:refresh()
  end
end

--- Returns the title, and replaces it if one is passed.
---@param s? string
---@return string
function Handle:title(s)
  local picker = self.picker
  if s ~= nil and type(s) ~= "string" then
    error("rille.nvim.pick.handle:title: s must be a string, got " .. type(s), 2)
  elseif s and picker then
    picker.spec.title = s
    if open(self) then
      picker.windows:title("prompt", picker:titled())
    end
  end
  return picker and picker.spec.title or ""
end

--- Closes the picker without a choice.
---@param after? fun() called in the window that was current before the picker, once its windows are closed
function Handle:close(after)
  local picker = open(self)
  if picker then
    picker:finish(function()
      picker:nothing()
      if after then
        after()
      end
    end, after ~= nil)
  elseif after then
    after()
  end
end

--- Returns whether the picker has ended.
---@return boolean
function Handle:closed()
  return open(self) == nil
end

M.class = Handle

return M
