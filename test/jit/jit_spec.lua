--- Hot calls compile without an abort and create no garbage.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local found, string_buffer = pcall(require, "string.buffer")

local LINE = "hello world"
local MIXED = "größer 日本 😀"
local view = rille.bytes(ffi.new("char[11]", LINE), 11)
local buffer = rille.buffer(4096)
local sb = found and string_buffer.new(4096)

--- Each hot call in its own loop, so that a trace contains only this call.
local loops = {
  -- The view of 8 KB is the loop's own, and was taken for garbage of its rounds.
  ["count of a view that the loop has made"] = function(n)
    local own, sum = rille.bytes(ffi.new("char[8192]", LINE), 8192), 0
    for _ = 1, n do
      sum = sum + text.count(own, "char")
    end
    return sum
  end,
  ["count of a string"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(LINE, "char")
    end
    return sum
  end,
  ["count of mixed text in three units"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(MIXED, "utf16") + text.count(MIXED, "line") + text.count(MIXED, "grapheme")
    end
    return sum
  end,
  ["count of a view"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(view, "char")
    end
    return sum
  end,
  ["validate"] = function(n)
    local valid = 0
    for _ = 1, n do
      if text.validate(MIXED) then
        valid = valid + 1
      end
    end
    return valid
  end,
  ["repair of a valid string"] = function(n)
    local same = 0
    for _ = 1, n do
      if text.repair(MIXED) == MIXED then
        same = same + 1
      end
    end
    return same
  end,
  ["reverse to a string that is there already"] = function(n)
    local last
    for _ = 1, n do
      last = text.reverse(LINE, "byte")
    end
    return last
  end,
  ["reverse_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.reverse_into(buffer, LINE, "char")
    end
    return sum
  end,
  ["repair_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.repair_into(buffer, MIXED)
    end
    return sum
  end,
  ["put, len and reset of a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + buffer:reset():put(LINE):len()
    end
    return sum
  end,
  ["reverse_into a string.buffer"] = sb and function(n)
    local sum = 0
    for _ = 1, n do
      sb:reset()
      sum = sum + text.reverse_into(sb, LINE, "grapheme")
    end
    return sum
  end or nil,
  ["count of a string.buffer"] = sb and function(n)
    local sum = 0
    sb:reset():put(LINE)
    for _ = 1, n do
      sum = sum + text.count(sb, "char")
    end
    return sum
  end or nil,
}

local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])")
dofile(here .. "traces.lua")(t, loops)
