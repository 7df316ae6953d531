--- The objects that diffs return, for both backends.
local class = require("rille.core.class")
local lazy = require("rille.core.lazy")

local M = {}

--- The changes from one text to another. A hunk with a count of 0 stands after its line.
---@class rille.hunks
---@field count integer number of hunks
---@field exact boolean false if a bound was reached, so that some hunks are larger than need be
---@field package numbers ffi.cdata*|integer[] four numbers for each hunk, from 0 on: 0-based line and count in each text
---@field package a? rille.source nil for the hunks of a session
---@field package b? rille.source
local Hunks = {}

--- Returns the lines of a hunk in both texts: its first line and the number of lines. Where there are none, the first one is
--- the line before them, 0 at the top.
---@param i integer which one, from 1 on
---@return integer? a_first nil if there is no such hunk
---@return integer? a_count
---@return integer? b_first
---@return integer? b_count
function Hunks:get(i)
  if i >= 1 and i <= self.count and i % 1 == 0 then
    local numbers, at = self.numbers, 4 * i - 4
    local a_count, b_count = numbers[at + 1], numbers[at + 3]
    return numbers[at] + (a_count > 0 and 1 or 0),
      a_count,
      numbers[at + 2] + (b_count > 0 and 1 or 0),
      b_count
  end
end

--- Returns what a hunk does.
---@param i integer which one, from 1 on
---@return "add"|"delete"|"change"|nil kind nil if there is no such hunk
function Hunks:kind(i)
  if i >= 1 and i <= self.count and i % 1 == 0 then
    local numbers, at = self.numbers, 4 * i - 4
    return numbers[at + 1] == 0 and "add" or numbers[at + 3] == 0 and "delete" or "change"
  end
end

--- Returns the class of the hunks of one backend, and a function that makes an object of it. The texts must not change as long as
--- the object is used to write or apply patches.
---@param module? string the module that adds the methods that write patches, when one of them is first used
---@return table class
---@return fun(numbers: ffi.cdata*|integer[], count: integer, exact: boolean, a?: rille.source, b?: rille.source): rille.hunks
function M.class(module)
  local own = { is_rille_hunks = true, get = Hunks.get, kind = Hunks.kind }
  own.__index = own
  setmetatable(own, {
    __index = function(_, key)
      if module and (key == "unified" or key == "unified_into") then
        lazy.load(module)
        return rawget(own, key)
      end
    end,
  })
  class.named(own, "rille.hunks", function(self)
    return class.number(self.count, "hunk")
  end)
  return own,
    function(numbers, count, exact, a, b)
      return setmetatable({ numbers = numbers, count = count, exact = exact, a = a, b = b }, own)
    end
end

--- The class of the hunks of the native library, and the function that makes an object of it.
M.Hunks, M.new = M.class("rille.diff.patch")

--- Raises an error at the caller of the public function unless a value is an object of hunks.
---@param hunks any
---@param name string the public function, for the error
---@param level? integer of the error, 3 by default
function M.check(hunks, name, level)
  if type(hunks) ~= "table" or not hunks.is_rille_hunks then
    error(name .. ": hunks must be those of rille.diff, got " .. type(hunks), level or 3)
  elseif not hunks.a then
    error(name .. ": the hunks of a session have no texts; take those of rille.diff(base, text)", level or 3)
  end
end

--- Raises an error at the caller of the public function unless a value is nil or the number of a hunk.
---@param hunks rille.hunks
---@param i any
---@param name string the public function, for the error
function M.check_index(hunks, i, name)
  if i ~= nil and not (type(i) == "number" and i >= 1 and i <= hunks.count and i % 1 == 0) then
    error(("%s: i must be from 1 to %d, got %s"):format(name, hunks.count, tostring(i)), 3)
  end
end

--- The changed bytes of two texts.
---@class rille.diff.spans
---@field count integer number of spans
---@field exact boolean false if a bound was reached, so that some spans are larger than need be
---@field package numbers ffi.cdata*|integer[] four offsets for each span, from 0 on
---@field package capacity integer number of spans for which there is room
local Spans = {}
Spans.__index = Spans

class.named(Spans, "rille.diff.spans", function(self)
  return class.number(self.count, "span")
end)

--- Returns the changed bytes of two texts.
---@param numbers ffi.cdata*|integer[] four offsets for each span, from index 0 on
---@param count integer
---@param exact boolean
---@return rille.diff.spans
function M.spans(numbers, count, exact)
  return setmetatable({ numbers = numbers, capacity = count, count = count, exact = exact }, Spans)
end

--- Raises an error at the caller of the public function unless a value is an object of spans.
---@param spans any
---@param name string the public function, for the error
function M.check_spans(spans, name)
  if type(spans) ~= "table" or getmetatable(spans) ~= Spans then
    error(name .. ": spans must be those of an earlier call, got " .. type(spans), 3)
  end
end

--- Returns the first and the last byte of a span in both texts. Where there is none, the last byte is before the first one.
---@param i integer which one, from 1 on
---@return integer? a_from nil if there is no such span
---@return integer? a_to
---@return integer? b_from
---@return integer? b_to
function Spans:get(i)
  if i >= 1 and i <= self.count and i % 1 == 0 then
    local numbers, at = self.numbers, 4 * i - 4
    return numbers[at] + 1, numbers[at + 1], numbers[at + 2] + 1, numbers[at + 3]
  end
end

--- The conflicts of a merge.
---@class rille.diff.conflicts
---@field count integer number of conflicts
---@field package numbers ffi.cdata*|integer[] eight numbers for each conflict, from 0 on
local Conflicts = {}
Conflicts.__index = Conflicts

class.named(Conflicts, "rille.diff.conflicts", function(self)
  return class.number(self.count, "conflict")
end)

--- Returns the conflicts of a merge.
---@param numbers ffi.cdata*|integer[] eight numbers for each conflict, from index 0 on
---@param count integer
---@return rille.diff.conflicts
function M.conflicts(numbers, count)
  return setmetatable({ numbers = numbers, count = count }, Conflicts)
end

--- Returns the first and the last byte of a conflict in the merged text, its markers included.
---@param i integer which one, from 1 on
---@return integer? from nil if there is no such conflict
---@return integer? to
function Conflicts:get(i)
  if i >= 1 and i <= self.count and i % 1 == 0 then
    local numbers, at = self.numbers, 8 * i - 8
    return numbers[at] + 1, numbers[at + 1]
  end
end

local SIDES = { base = 2, ours = 4, theirs = 6 }

--- Returns the lines that one side has for a conflict: its first line and the number of lines. Where there are none, the first
--- one is the line before them. The lines of the base are those of the whole conflict before it was reduced to lines that
--- differ.
---@param i integer which one, from 1 on
---@param side "base"|"ours"|"theirs"
---@return integer? first nil if there is no such conflict
---@return integer? count
function Conflicts:lines(i, side)
  local field = SIDES[side]
  if not field then
    local message = "rille.diff.conflicts:lines: side must be 'base', 'ours' or 'theirs', got %s"
    error(message:format(tostring(side)), 2)
  end
  if i >= 1 and i <= self.count and i % 1 == 0 then
    local numbers, at = self.numbers, 8 * i - 8 + field
    local count = numbers[at + 1]
    return numbers[at] + (count > 0 and 1 or 0), count
  end
end

return M
