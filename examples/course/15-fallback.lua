-- Hosts: luajit, nvim, nginx, love
-- You learn: how a plugin works without its native library too, with the same answers, and the test that proves it.

-- The function: count the characters of a text in UTF-8. A character is one to four bytes; each byte after its first one
-- is between 128 and 191. The first attempt in pure Lua counts all other bytes:
local function count(text)
  return select(2, text:gsub("[^\128-\191]", ""))
end
print(count("naïve")) --> 5

-- The native one. Where there is no library, rille loads its fallback, and says so. A plugin that is silently slow, or
-- silently different, is worse than one that fails.
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end
local function native(text)
  return rille.text.count(text, "char")
end

-- Are both the same? A DIFFERENTIAL TEST asks both the same questions, thousands of them, made at random. The same seed
-- makes the same questions, so that a failure can be repeated. Questions are made of pieces that are likely to hurt.
local PIECES = { "a", "\n", "ü", "€", "𝄞", "\128", "\255", "\226\130", "\237\160\128", "\0" }
local function difference(one, other, seed)
  local state = seed
  local function random(limit) -- a generator of our own: `math.random` is another one on each system
    state = (state * 16807) % 2147483647
    return state % limit + 1
  end
  for _ = 1, 5000 do
    local text = ""
    for _ = 1, random(6) - 1 do
      text = text .. PIECES[random(#PIECES)]
    end
    if one(text) ~= other(text) then
      return text
    end
  end
end

local function show(text)
  return (text:gsub("[^%g ]", function(char)
    return ("\\%d"):format(char:byte())
  end))
end

-- A found difference may be long. To SHRINK it, take bytes away as long as it stays a difference.
local function shrink(text, one, other)
  for i = 1, #text do
    local shorter = text:sub(1, i - 1) .. text:sub(i + 1)
    if one(shorter) ~= other(shorter) then
      return shrink(shorter, one, other)
    end
  end
  return text
end

local found = difference(count, native, 1)
print("they differ:", found ~= nil) --> they differ: true
local short = shrink(found, count, native)
print(show(short), count(short), native(short)) --> \128 0 1

-- So that is it: a byte that follows nothing. Our function skips it, but an editor shows such a byte as one character.
-- Which answer is right is a decision, and then both must follow it. The fallback that comes with rille does.
local fallback = require("rille.fallback.text")
local function corrected(text)
  return fallback.count(text, "char")
end
print(corrected(short)) --> 1
local differences = 0
for seed = 1, 5 do
  differences = differences + (difference(corrected, native, seed) and 1 or 0)
end
print("differences left:", differences) --> differences left: 0

-- And could this test find a mistake at all? Yes: it found ours. A test that never failed has proved nothing.
