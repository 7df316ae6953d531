--- Jumps and marks of a view. They are positions in the file, so that they outlive the page and a filter.
local text = require("rille.nvim.text")

local M = {}

--- Marks that Neovim sets by itself, as far as a view knows them.
local OWN = "^[a-z'<>%[%]]$"

--- Remembers where a jump begins.
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

--- Goes along the jumps.
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
---@return string? message why there is no such mark
function M.set(view, char)
  if char == "\27" then
    return nil
  elseif not char:find("^%l$") then
    return "the marks of a view are a to z"
  end
  view.marks[char] = view:origin(view:here())
end

--- The position of a mark in what is shown.
---@param view rille.nvim.viewer.view
---@param char string
---@return integer? position
---@return string? message
function M.position_of(view, char)
  char = char == "`" and "'" or char
  local position = char:find(OWN) and view.marks[char]
  if not position then
    return nil, char == "\27" and "no mark was named" or "there is no mark " .. text.shown(char)
  end
  return view:kept_at(position)
end

return M
