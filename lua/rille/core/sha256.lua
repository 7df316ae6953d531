--- SHA-256 in Lua, as FIPS 180-4 defines it, for a check of a file before any library can be loaded.
local bit = require("bit")

local band, bnot, bxor, rol, ror, rshift = bit.band, bit.bnot, bit.bxor, bit.rol, bit.ror, bit.rshift
local tobit, tohex = bit.tobit, bit.tohex
local byte = string.byte

--- The first 32 bits of the fractional parts of the n-th roots of the first primes: of the square roots of 8 and the cube
--- roots of 64. A double has 53 bits, which is enough for both.
local function fractions(count, power)
  local list, candidate = {}, 2
  while #list < count do
    local is_prime = true
    for divisor = 2, math.floor(math.sqrt(candidate)) do
      is_prime = is_prime and candidate % divisor ~= 0
    end
    if is_prime then
      local root = candidate ^ power
      list[#list + 1] = tobit(math.floor((root - math.floor(root)) * 2 ^ 32))
    end
    candidate = candidate + 1
  end
  return list
end

local INITIAL, ROUNDS = fractions(8, 1 / 2), fractions(64, 1 / 3)

--- The message schedule; used within one call of `blocks` only.
local words = {}
for i = 1, 64 do
  words[i] = 0
end

--- Adds the blocks of 64 bytes of `text`, from the position `from`, to the state.
---@param state integer[] 8 words
---@param text string
---@param from integer
---@param count integer number of blocks
local function blocks(state, text, from, count)
  local w, k = words, ROUNDS
  for start = from, from + 64 * (count - 1), 64 do
    for i = 0, 15 do
      local a, b, c, d = byte(text, start + 4 * i, start + 4 * i + 3)
      w[i + 1] = tobit(((a * 256 + b) * 256 + c) * 256 + d)
    end
    for i = 17, 64 do
      local x, y = w[i - 15], w[i - 2]
      local s0 = bxor(ror(x, 7), ror(x, 18), rshift(x, 3))
      local s1 = bxor(rol(y, 15), rol(y, 13), rshift(y, 10))
      w[i] = tobit(w[i - 16] + s0 + w[i - 7] + s1)
    end
    local a, b, c, d, e, f, g, h =
      state[1], state[2], state[3], state[4], state[5], state[6], state[7], state[8]
    for i = 1, 64 do
      local s1 = bxor(ror(e, 6), ror(e, 11), rol(e, 7))
      local choice = bxor(band(e, f), band(bnot(e), g))
      local t1 = tobit(h + s1 + choice + k[i] + w[i])
      local s0 = bxor(ror(a, 2), ror(a, 13), rol(a, 10))
      local majority = bxor(band(a, bxor(b, c)), band(b, c))
      h, g, f, e, d, c, b, a = g, f, e, tobit(d + t1), c, b, a, tobit(t1 + s0 + majority)
    end
    state[1], state[2], state[3], state[4] =
      tobit(state[1] + a), tobit(state[2] + b), tobit(state[3] + c), tobit(state[4] + d)
    state[5], state[6], state[7], state[8] =
      tobit(state[5] + e), tobit(state[6] + f), tobit(state[7] + g), tobit(state[8] + h)
  end
end

--- Blocks between two calls of `pause`: some milliseconds of work.
local PAUSE_BLOCKS = 4096

--- Returns the SHA-256 of a text, as 64 lower-case hexadecimal digits.
---@param text string
---@param pause? fun() called every few milliseconds, so that a coroutine can yield
---@return string
return function(text, pause)
  local state = {}
  for i = 1, 8 do
    state[i] = INITIAL[i]
  end
  local whole = math.floor(#text / 64)
  for first = 0, whole - 1, PAUSE_BLOCKS do
    blocks(state, text, 64 * first + 1, math.min(PAUSE_BLOCKS, whole - first))
    if pause then
      pause()
    end
  end
  -- The end: a bit, zeros, and the length in bits as 64 bits.
  local rest = text:sub(64 * whole + 1) .. "\128"
  rest = rest .. ("\0"):rep((56 - #rest) % 64)
  local bits, length = #text * 8, {}
  for i = 8, 1, -1 do
    length[i] = string.char(bits % 256)
    bits = math.floor(bits / 256)
  end
  rest = rest .. table.concat(length)
  blocks(state, rest, 1, #rest / 64)
  for i = 1, 8 do
    state[i] = tohex(state[i])
  end
  return table.concat(state)
end
