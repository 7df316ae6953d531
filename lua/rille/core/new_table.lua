--- Returns a table with room for `count` elements of a list, the element 0 included, and `fields` other keys. Where LuaJIT has no
--- `table.new`, the table grows as it is filled.
local has, new = pcall(require, "table.new")

if not has then
  new = function()
    return {}
  end
end

---@type fun(count: integer, fields: integer): table
return new
