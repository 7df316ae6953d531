--- The last pickers, which can be opened again as they were left.
local M = {}

--- Number of pickers that are kept.
local KEPT = 10

---@class rille.nvim.picker.left
---@field spec rille.nvim.picker.spec
---@field query? string
---@field cursor integer
---@field marked table[]

---@type rille.nvim.picker.left[] the latest last
local list = {}

--- Keeps a picker that ends. It replaces an earlier one with the same kind and title.
---@param left rille.nvim.picker.left
function M.add(left)
  for i, other in ipairs(list) do
    if other.spec.kind == left.spec.kind and other.spec.title == left.spec.title then
      table.remove(list, i)
      break
    end
  end
  list[#list + 1] = left
  if #list > KEPT then
    table.remove(list, 1)
  end
end

--- Returns the last picker, or the last one of a kind.
---@param kind? string
---@return rille.nvim.picker.left?
function M.last(kind)
  for i = #list, 1, -1 do
    if not kind or list[i].spec.kind == kind then
      return list[i]
    end
  end
end

--- Returns the last pickers, the latest first.
---@return rille.nvim.picker.left[]
function M.all()
  local all = {}
  for i = #list, 1, -1 do
    all[#all + 1] = list[i]
  end
  return all
end

return M
