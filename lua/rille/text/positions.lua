--- Checks positions that callers pass: one, or a list.
local floor, maxn = math.floor, table.maxn

local M = {}

--- The maximum position: no text is longer, so any larger one is past the end.
local LAST = 2 ^ 32

local function refuse(at, name, i)
  local said = type(at) == "number" and tostring(at) or type(at)
  if i then
    name = ("%s[%d]"):format(name, i)
  end
  error(("%s must be an integer from 1 on, got %s"):format(name, said), 4)
end

--- Checks a position. The error is raised at the public function's caller.
---@param at integer
---@param name string the public function and its argument
---@param i? integer the index in the argument, if that is a list
---@return integer
function M.one(at, name, i)
  if type(at) ~= "number" or not (at >= 1 and floor(at) == at) then
    refuse(at, name, i)
  end
  return at < LAST and at or LAST
end

--- Checks that the arguments are lists, and that the first has no holes.
---@param positions integer[]
---@param results? integer[]
---@param name string the public function
---@return integer n length of the first
function M.list(positions, results, name)
  if type(positions) ~= "table" then
    error(name .. ": positions must be a list of integers, got " .. type(positions), 3)
  elseif results ~= nil and type(results) ~= "table" then
    error(name .. ": results must be a list, got " .. type(results), 3)
  end
  local n = #positions
  if maxn(positions) > n then
    error(("%s: positions[%d] is nil, but there are positions after it"):format(name, n + 1), 3)
  end
  return n
end

return M
