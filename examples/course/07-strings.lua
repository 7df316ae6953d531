-- Hosts: luajit, nvim, nginx, love
-- You learn: why a big string must not grow piece by piece, what "interned" means, and what to do instead.

-- A string never changes. So `text = text .. piece` copies everything so far, and then forgets the old text.
local function grow(count)
  local text = ""
  for _ = 1, count do
    text = text .. "piece "
  end
  return text
end

-- Pieces in a table, joined once at the end: each byte is copied once.
local function join(count)
  local pieces = {}
  for i = 1, count do
    pieces[i] = "piece "
  end
  return table.concat(pieces)
end
print(grow(100) == join(100)) --> true

-- The fastest of three runs counts, in seconds.
local function time(what, count)
  local best = math.huge
  for _ = 1, 3 do
    collectgarbage()
    local start = os.clock()
    what(count)
    best = math.min(best, os.clock() - start)
  end
  return best
end

-- Eight times as many pieces: joining takes about eight times as long. Growing takes about 8 * 8 = 64 times as long.
local small, large = 1500, 12000
print("growing:", ("%.0f times"):format(time(grow, large) / time(grow, small))) --> growing: … times
print("joining:", ("%.0f times"):format(time(join, large) / time(join, small))) --> joining: … times
print("joining is 10 times faster:", time(grow, large) > 10 * time(join, large)) --> joining is 10 times faster: true

-- INTERNED means: each text exists only once. Lua looks every new string up among all others, and if the same text is
-- there already, takes that one. So equal strings are one object: `==` compares two addresses, however long the text is.
local long = ("x"):rep(1000000)
local twin = ("x"):rep(500000) .. ("x"):rep(500000)
local function compare()
  local equal = 0
  for _ = 1, 1000 do
    equal = equal + (long == twin and 1 or 0)
  end
  return equal
end
local function copy()
  for i = 1, 100 do
    twin = long .. i
  end
end
print(compare()) --> 1000
print("1000 comparisons are faster than 100 copies:", time(compare) < time(copy))
--> 1000 comparisons are faster than 100 copies: true

-- The price: every string you make is looked up. A loop over the bytes of a text should not make a string for each of
-- them. `byte` returns a number, and numbers are free.
local function count_letter_e(text)
  local count = 0
  for i = 1, #text do
    count = count + (text:byte(i) == 101 and 1 or 0)
  end
  return count
end
print(count_letter_e("interned: each text exists once")) --> 6

-- LuaJIT has another way since 2021: a `string.buffer` is memory that grows. It becomes a string when you ask for one.
local has_buffer, buffer = pcall(require, "string.buffer")
local out = has_buffer and buffer.new() or nil
if out then
  out:put("one piece, ", 2):put(" pieces") -- no string is made here
end
print(out and out:tostring() or "one piece, 2 pieces") --> one piece, 2 pieces
