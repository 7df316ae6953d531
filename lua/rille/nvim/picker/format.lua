--- Rows whose shown text differs from the text that is matched, or has highlighted parts. Only visible rows are formatted.
local item_of = require("rille.nvim.picker.item")
local ranges_of = require("rille.nvim.picker.row").ranges

local M = {}

--- Returns the ranges of a query's matches in a text.
---@param query string
---@param text string
---@param scratch rille.fuzzy a session for this alone
---@return integer[] ranges
function M.matches(query, text, scratch)
  if query == "" then
    return {}
  end
  -- Not `rille.fuzzy.match`, which keeps the query in a cache.
  scratch:clear()
  scratch:push({ text })
  local found = scratch:query(query, { limit = 1 })
  return found and found.count > 0 and ranges_of(found:positions(1)) or {}
end

--- Returns the position of the part that is the whole text, if there is one.
local function part_of(parts, text)
  local at = 1
  for _, part in ipairs(type(parts) == "table" and parts or {}) do
    local own = type(part) == "table" and part[1] or part
    if own == text then
      return at
    end
    at = at + #own
  end
end

--- Returns the row of an item with parts.
---@param parts string|rille.nvim.part[]
---@param text string the text that was matched
---@param ranges integer[] the matches in it
---@param find fun(text: string): integer[] returns the matches in another text
---@return rille.nvim.list.row
function M.row(parts, text, ranges, find)
  local shown, spans = item_of.joined(parts)
  if shown ~= text and #ranges > 0 then
    local at = part_of(parts, text) or shown:find(text, 1, true)
    if at then
      local shifted = {}
      for i, position in ipairs(ranges) do
        shifted[i] = position + at - 1
      end
      ranges = shifted
    else
      ranges = find(shown)
    end
  end
  return { text = shown, ranges = ranges, spans = spans }
end

return M
