--- Jumps and marks of a view, stored as positions in the file: they stay valid when the page or the filter changes.
local text = require("rille.nvim.text")

local M = {}

--- Marks that Neovim sets itself and that a view supports.
local OWN = "^[a-z'<>%[%]]$"

--- Adds the cursor's position to the jump list.
---@param view rille.nvim.viewer.view
function M.push(view)
  local here = view:origin(view:here())
  for i = #view.jumps, view.jump, -1 do
    view.jumps[i] = nil
  end
  if view.jumps[#view.jumps] ~= here then
    view.jumps[#view.jumps + 1] = here
  end
  view.jump = #view.jumps + 1
  view.marks["'"] = here
end

--- Moves along the jump list.
---@param view rille.nvim.viewer.view
---@param by integer backward if negative
---@return boolean moved
function M.travel(view, by)
  if by < 0 and view.jump > #view.jumps then
    M.push(view)
    view.jump = #view.jumps
  end
  local position = view.jumps[view.jump + by]
  if not position then
    return false
  end
  view.jump = view.jump + by
  return view:go(view:kept_at(position))
end

--- Sets a mark at the cursor.
---@param view rille.nvim.viewer.view
---@param char string
---@return string? message why the mark cannot be set
function M.set(view, char)
  if char == "\27" then
    return nil
  elseif not char:find("^%l$") then
    return "the marks of a view are a to z"
  end
  view.marks[char] = view:origin(view:here())
end

--- Returns the position of a mark in the source.
---@param view rille.nvim.viewer.view
---@param char string
---@return integer? position
---@return string? message
function M.position_of(view, char)
  char = char == "`" and "'" or char
  local position = char:find(OWN) and view.marks[char]
  if not position then
    return nil, char == "\27" and "the name of the mark is missing" or "there is no mark " .. text.shown(char)
  end
  return view:kept_at(position)
end

return M
