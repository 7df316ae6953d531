--- Hot calls of the text functions compile without an abort and create no garbage.
local t = ...
local rille = require("rille")
local text = rille.text
local found, string_buffer = pcall(require, "string.buffer")

local MIXED = "größer 日本 😀 and so on"
local LINES = ("a line of text\n"):rep(40000)
local buffer = rille.buffer(4096)
local sb = found and string_buffer.new(4096)

-- A part is loaded at its first use, which is not a hot path.
for _, name in ipairs({ "offset", "segments", "equal_fold", "normalize" }) do
  t.ok(text[name], name)
end

--- Returns a loop over one long text, as each iteration over segments creates a state.
local function over(unit)
  return function(n)
    local rounds, sum = 0, 0
    for from, to in text.segments(LINES, unit) do
      rounds, sum = rounds + 1, sum + to - from
      if rounds == n then
        break
      end
    end
    return sum
  end
end

local positions, results = {}, {}
for i = 1, 20 do
  positions[i], results[i] = i, 0
end

local loops = {
  ["segments by line"] = over("line"),
  ["segments by word"] = over("word"),
  ["segments by grapheme cluster"] = over("grapheme"),
  ["offset of a byte in UTF-16 units"] = function(n)
    local sum = 0
    for i = 1, n do
      sum = sum + text.offset(MIXED, i % 30 + 1, "byte", "utf16")
    end
    return sum
  end,
  ["offset of a grapheme cluster in bytes"] = function(n)
    local sum = 0
    for i = 1, n do
      sum = sum + text.offset(MIXED, i % 30 + 1, "grapheme", "byte")
    end
    return sum
  end,
  ["offsets to a list that is there"] = function(n)
    local sum = 0
    for _ = 1, n / 10 do
      sum = sum + text.offsets(MIXED, positions, "byte", "utf16", results)[20]
    end
    return sum
  end,
  ["equal_fold"] = function(n)
    local equal = 0
    for _ = 1, n do
      if text.equal_fold("GRÖSSER", "größer") then
        equal = equal + 1
      end
    end
    return equal
  end,
  ["lower to a string that is there already"] = function(n)
    local last
    for _ = 1, n do
      last = text.lower(MIXED)
    end
    return last
  end,
  ["normalize of what is normalised"] = function(n)
    local same = 0
    for _ = 1, n do
      if text.normalize(MIXED, "NFC") == MIXED then
        same = same + 1
      end
    end
    return same
  end,
  ["fold_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.fold_into(buffer, MIXED)
    end
    return sum
  end,
  ["normalize_into a string.buffer"] = sb and function(n)
    local sum = 0
    for _ = 1, n do
      sb:reset()
      sum = sum + text.normalize_into(sb, MIXED, "NFD")
    end
    return sum
  end or nil,
}

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)
