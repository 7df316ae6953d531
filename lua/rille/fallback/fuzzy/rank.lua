--- Ranks items in pure Lua, some at a time.
local length = require("rille.fallback.fuzzy.chars").length

---@class rille.fuzzy.ranking
---@field done boolean
---@field searched integer
---@field package rows { index: integer, score: integer, length: integer }[] the matched items
local Ranking = {}
Ranking.__index = Ranking

local M = {}

--- Starts ranking the items of a list, which may grow.
---@param matcher rille.fuzzy.lua_matcher
---@param list string[]
---@param boosts? table<integer, number>
---@return rille.fuzzy.ranking
function M.new(matcher, list, boosts)
  return setmetatable(
    { matcher = matcher, list = list, boosts = boosts or {}, rows = {}, searched = 0, done = false },
    Ranking
  )
end

--- Ranks some more items.
---@param count integer how many items, at most
function Ranking:step(count)
  local list, rows, matcher = self.list, self.rows, self.matcher
  -- A query that keeps the order of the items ignores boosts.
  local boosts = matcher.orders and self.boosts or {}
  local last = math.min(self.searched + count, #list)
  for index = self.searched + 1, last do
    local score = matcher:score(list[index])
    if score then
      score = score + (boosts[index] or 0)
      rows[#rows + 1] = { index = index, score = score, length = length(list[index]) }
    end
  end
  self.searched = last
  self.done = last == #list
end

local function before(a, b)
  if a.score ~= b.score then
    return a.score > b.score
  elseif a.length ~= b.length then
    return a.length < b.length
  end
  return a.index < b.index
end

--- Returns the best rows among the items ranked so far, and the number of matched items.
---@param limit integer
---@return { index: integer, score: integer }[]
---@return integer total
function Ranking:best(limit)
  local sorted = {}
  for i, row in ipairs(self.rows) do
    sorted[i] = row
  end
  if self.matcher.orders then
    table.sort(sorted, before)
  end
  for i = #sorted, limit + 1, -1 do
    sorted[i] = nil
  end
  return sorted, #self.rows
end

return M
