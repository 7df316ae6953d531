--- The counter in the native library. `abacus.fallback` has the same functions.
local ffi = require("ffi")
local C = require("abacus.library")
local check = require("abacus.check")

-- Memory for results, made once: a call then creates no garbage.
local err = ffi.new("abacus_error")
local out_counter = ffi.new("abacus_counter *[1]")
local out_number = ffi.new("uint32_t[1]")

--- Raises the error of a failed call, at the caller of the public function.
local function verify(status, name)
  if status < 0 then
    error(name .. ": " .. ffi.string(err.message, err.length), 3)
  end
end

-- A Lua function as finaliser, which keeps the C function: that one is gone when the Lua state ends.
local free = C.abacus_counter_free
local function finalise(handle)
  free(handle)
end

--- Counts how often each word occurs in the texts that were added.
---@class abacus.counter
---@field private handle ffi.cdata*?
local Counter = {}
Counter.__index = Counter

local M = {}

---@return abacus.counter
function M.counter()
  verify(C.abacus_counter_new(out_counter, err), "abacus.counter")
  return setmetatable({ handle = ffi.gc(out_counter[0], finalise) }, Counter)
end

--- Adds the words of a text: ASCII letters, digits, `_`, and all other characters of UTF-8.
---@param text string
---@return integer words their number
function Counter:add(text)
  check.text(text, "abacus.counter:add", "text")
  local handle = self.handle or check.closed()
  verify(C.abacus_counter_add(handle, text, #text, out_number, err), "abacus.counter:add")
  return out_number[0]
end

--- Returns how often a word occurred.
---@param word string
---@return integer
function Counter:count(word)
  check.text(word, "abacus.counter:count", "word")
  local handle = self.handle or check.closed()
  verify(C.abacus_counter_count(handle, word, #word, out_number, err), "abacus.counter:count")
  return out_number[0]
end

--- Returns the number of distinct words.
---@return integer
function Counter:len()
  local handle = self.handle or check.closed()
  verify(C.abacus_counter_len(handle, out_number, err), "abacus.counter:len")
  return out_number[0]
end

--- Returns the most frequent words; of two that are equally frequent, the one whose bytes are less is first.
---@param limit integer maximum number of words
---@return abacus.row[]
function Counter:top(limit)
  check.count(limit, "abacus.counter:top", "limit")
  local handle = self.handle or check.closed()
  local capacity = math.min(limit, self:len())
  local rows = ffi.new("abacus_row[?]", capacity)
  verify(C.abacus_counter_top(handle, rows, capacity, out_number, err), "abacus.counter:top")
  local top = {}
  for i = 1, out_number[0] do
    local row = rows[i - 1]
    top[i] = { word = ffi.string(row.word, row.length), count = row.count }
  end
  return top
end

--- Frees the memory now. A second call does nothing.
function Counter:close()
  local handle = self.handle
  if handle then
    self.handle = nil
    ffi.gc(handle, nil)
    free(handle)
  end
end

return M
