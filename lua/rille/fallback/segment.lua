--- Segmentation in pure Lua: a UTF-8 decoder, and a runner for the state machines of tables.lua, which find the ends of
--- grapheme clusters and words. The native library uses the same machines, so the results are equal.
local lazy = require("rille.core.lazy")

local bit = require("bit")

local band, lshift, rshift = bit.band, bit.lshift, bit.rshift
local byte = string.byte

-- The code point that segmentation uses for an invalid sequence.
local REPLACEMENT = 0xFFFD

local M = {}

--- Decodes the character that starts at byte `i`, which must be in the string. A maximal invalid subsequence (the WHATWG
--- rule: the longest start of a valid sequence, otherwise one byte) is one character.
---@param s string
---@param i integer
---@return integer code_point -1 if the bytes are invalid
---@return integer stop the character's last byte
function M.decode(s, i)
  local a = byte(s, i)
  if a < 0x80 then
    return a, i
  elseif a < 0xC2 or a > 0xF4 then
    return -1, i
  end
  local b = byte(s, i + 1) or 0
  if a < 0xE0 then
    if b < 0x80 or b > 0xBF then
      return -1, i
    end
    return lshift(a - 0xC0, 6) + (b - 0x80), i + 1
  end
  -- The second byte decides whether the form is overlong, a surrogate or too large.
  local low, high = 0x80, 0xBF
  if a == 0xE0 then
    low = 0xA0
  elseif a == 0xED then
    high = 0x9F
  elseif a == 0xF0 then
    low = 0x90
  elseif a == 0xF4 then
    high = 0x8F
  end
  if b < low or b > high then
    return -1, i
  end
  local c = byte(s, i + 2) or 0
  if c < 0x80 or c > 0xBF then
    return -1, i + 1
  elseif a < 0xF0 then
    return lshift(a - 0xE0, 12) + lshift(b - 0x80, 6) + (c - 0x80), i + 2
  end
  local d = byte(s, i + 3) or 0
  if d < 0x80 or d > 0xBF then
    return -1, i + 2
  end
  return lshift(a - 0xF0, 18) + lshift(b - 0x80, 12) + lshift(c - 0x80, 6) + (d - 0x80), i + 3
end

local decode = M.decode

-- Symbols are looked up in pages of 64 code points, built at first use. Most pages hold a single symbol and are shared, so
-- that a machine takes about 600 KB once it has seen all of Unicode.
local PAGE_BITS = 6
local PAGE_LAST = 63

---@class rille.fallback.Machine
---@field start table the start state; a state is { [0] = can stop, state or false for each symbol }
---@field pages table<integer, integer[]>

-- Added to the symbol of a code point that makes its segment a word. Every state has its targets under both numbers.
local WORD = 32

-- Returns the index of the run that contains `code_point`: the last one that does not start after it.
local function run_of(starts, code_point)
  local low, high = 1, #starts
  while low < high do
    local middle = rshift(low + high + 1, 1)
    if starts[middle] <= code_point then
      low = middle
    else
      high = middle - 1
    end
  end
  return low
end

local function read_symbols(text)
  local starts, symbols, count, code_point = {}, {}, 0, 0
  for letter, length in text:gmatch(" (%a)(%d*)") do
    count = count + 1
    starts[count] = code_point
    symbols[count] = byte(letter:lower()) - 96 + (letter:find("%u") and WORD or 0)
    code_point = code_point + (tonumber(length) or 1)
  end
  return starts, symbols
end

local function read_states(rows)
  local states = {}
  for number, row in ipairs(rows) do
    states[number - 1] = { [0] = row[1] == 1 }
  end
  for number, row in ipairs(rows) do
    local state = states[number - 1]
    for symbol = 1, #row - 1 do
      local target = row[symbol + 1]
      state[symbol] = target ~= 0 and states[target]
      state[symbol + WORD] = state[symbol]
    end
  end
  return states
end

local function new_machine(source)
  local starts, symbols = read_symbols(source.symbols)
  local uniform = {}

  local function new_page(pages, index)
    local first = lshift(index, PAGE_BITS)
    local run = run_of(starts, first)
    local page
    if (starts[run + 1] or math.huge) > first + PAGE_LAST then
      local symbol = symbols[run]
      page = uniform[symbol]
      if not page then
        page = {}
        for offset = 0, PAGE_LAST do
          page[offset] = symbol
        end
        uniform[symbol] = page
      end
    else
      page = {}
      for offset = 0, PAGE_LAST do
        if starts[run + 1] == first + offset then
          run = run + 1
        end
        page[offset] = symbols[run]
      end
    end
    pages[index] = page
    return page
  end

  return { start = read_states(source.states)[0], pages = setmetatable({}, { __index = new_page }) }
end

local machines = {}

--- Returns the machine that finds segments of a unit. Its tables are loaded at the first call.
---@param unit "grapheme"|"word"
---@return rille.fallback.Machine
function M.machine(unit)
  local machine = machines[unit]
  if not machine then
    machine = new_machine(lazy.load("rille.fallback.tables")[unit])
    machines[unit] = machine
  end
  return machine
end

--- Returns the end of the segment that starts at byte `from`, which must be in the string and at the start of a segment.
---@param machine rille.fallback.Machine
---@param s string
---@param from integer
---@return integer stop the segment's last byte
---@return boolean word whether it contains a letter or a number
function M.next(machine, s, from)
  local pages, state, length = machine.pages, machine.start, #s
  local i, stop, word, letters = from, from, false, false
  -- The machine runs as long as it can; the segment ends at the last place where it could end.
  while i <= length do
    local code_point, last = decode(s, i)
    if code_point < 0 then
      code_point = REPLACEMENT
    end
    local symbol = pages[rshift(code_point, PAGE_BITS)][band(code_point, PAGE_LAST)]
    state = state[symbol]
    if not state then
      break
    end
    letters = letters or symbol > WORD
    if state[0] then
      stop, word = last, letters
    end
    i = last + 1
  end
  return stop, word
end

return M
