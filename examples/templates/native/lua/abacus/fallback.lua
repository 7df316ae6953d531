--- The counter in Lua, with the answers of `abacus.native`: tests/same_answers_spec.lua compares them.
local check = require("abacus.check")

local MAX_COUNT = 2 ^ 32 - 1
local WORD = "[A-Za-z0-9_\128-\255]+"

local Counter = {}
Counter.__index = Counter

local M = {}

function M.counter()
  return setmetatable({ counts = {} }, Counter)
end

function Counter:add(text)
  check.text(text, "abacus.counter:add", "text")
  local counts = self.counts or check.closed()
  local words = 0
  for word in text:gmatch(WORD) do
    words = words + 1
    counts[word] = math.min((counts[word] or 0) + 1, MAX_COUNT)
  end
  return words
end

function Counter:count(word)
  check.text(word, "abacus.counter:count", "word")
  local counts = self.counts or check.closed()
  return counts[word] or 0
end

function Counter:len()
  local counts = self.counts or check.closed()
  local len = 0
  for _ in pairs(counts) do
    len = len + 1
  end
  return len
end

function Counter:top(limit)
  check.count(limit, "abacus.counter:top", "limit")
  local counts = self.counts or check.closed()
  local rows = {}
  for word, count in pairs(counts) do
    rows[#rows + 1] = { word = word, count = count }
  end
  table.sort(rows, function(a, b)
    if a.count ~= b.count then
      return a.count > b.count
    end
    return a.word < b.word -- LuaJIT compares bytes
  end)
  for i = #rows, limit + 1, -1 do
    rows[i] = nil
  end
  return rows
end

function Counter:close()
  self.counts = nil
end

return M
