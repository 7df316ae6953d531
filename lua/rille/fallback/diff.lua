--- Differences between texts in pure Lua, for when no library can be loaded. Hunks are those of a shortest script, placed as the
--- native library places them.
local bytes = require("rille.bytes")
local compare = require("rille.fallback.diff.compare")
local hunks_of = require("rille.diff.hunks")
local lazy = require("rille.core.lazy")
local lines = require("rille.fallback.diff.lines")
local read = require("rille.diff.options")

local Hunks, new_hunks = hunks_of.class()
local text = bytes.string

---@class rille.fallback.diff
local M = {}

local function new(_, a, b, opts)
  local a_text, b_text = text(a, "rille.diff", "a"), text(b, "rille.diff", "b")
  local given = read.diff(opts, "rille.diff")
  if given.case == "ignore" and (a_text:find("[\128-\255]") or b_text:find("[\128-\255]")) then
    return nil, "needs the native library"
  end
  local numbers, count, exact = compare.hunks(lines.split(a_text), lines.split(b_text), given)
  return new_hunks(numbers, count, exact, a_text, b_text)
end

local function unified(hunks, given)
  local write = lazy.load("rille.fallback.diff.unified")
  local a, b = lines.split(hunks.a), lines.split(hunks.b)
  return table.concat(write(a, b, hunks.numbers, hunks.count, given))
end

--- Returns the hunks as a unified diff.
---@param opts? rille.diff.unified.options
---@return string
function Hunks:unified(opts)
  hunks_of.check(self, "rille.hunks:unified")
  return unified(self, read.unified(opts, "rille.hunks:unified"))
end

--- Appends the hunks as a unified diff to a buffer.
---@param buffer string.buffer|rille.buffer
---@param opts? rille.diff.unified.options
---@return integer len bytes appended
function Hunks:unified_into(buffer, opts)
  hunks_of.check(self, "rille.hunks:unified_into")
  bytes.sink(buffer, nil, "rille.hunks:unified_into")
  local result = unified(self, read.unified(opts, "rille.hunks:unified_into"))
  buffer:put(result)
  return #result
end

--- Applies hunks to a text.
---@param s rille.source
---@param hunks rille.hunks
---@param i? integer which one; all by default
---@param opts? rille.diff.apply.options
---@return string?
---@return string? message which hunk does not fit
---@return integer? line the line of the text that is not as the hunk expects it
function M.apply(s, hunks, i, opts)
  local name = "rille.diff.apply"
  local source = text(s, name)
  hunks_of.check(hunks, name)
  hunks_of.check_index(hunks, i, name)
  local given = read.apply(opts, name)
  local run = lazy.load("rille.fallback.diff.apply")
  local a, b = lines.split(hunks.a), lines.split(hunks.b)
  local pieces, hunk, line = run(source, a, b, hunks.numbers, i or 1, i or hunks.count, given.reverse)
  if not pieces then
    return nil, ("hunk %d does not fit: line %d differs"):format(hunk, line), line
  end
  return table.concat(pieces)
end

--- Merges two texts that were made from a third one.
---@param base rille.source
---@param ours rille.source
---@param theirs rille.source
---@param opts? rille.diff.merge3.options
---@return string merged
---@return rille.diff.conflicts conflicts
function M.merge3(base, ours, theirs, opts)
  local name = "rille.diff.merge3"
  base, ours, theirs = text(base, name, "base"), text(ours, name, "ours"), text(theirs, name, "theirs")
  local given = read.merge3(opts, name)
  local pieces, numbers, count = lazy.load("rille.fallback.diff.merge")(base, ours, theirs, given)
  return table.concat(pieces), hunks_of.conflicts(numbers, count)
end

--- Returns which bytes of two lines, or of two blocks of lines, differ.
---@param a rille.source
---@param b rille.source
---@param opts? rille.diff.inline.options
---@param spans? rille.diff.spans an object to fill again
---@return rille.diff.spans
function M.inline(a, b, opts, spans)
  local a_text, b_text = text(a, "rille.diff.inline", "a"), text(b, "rille.diff.inline", "b")
  local given = read.inline(opts, "rille.diff.inline")
  if spans ~= nil then
    hunks_of.check_spans(spans, "rille.diff.inline")
  end
  local numbers, count, exact = lazy.load("rille.fallback.diff.inline")(a_text, b_text, given.unit)
  if not spans then
    return hunks_of.spans(numbers, count, exact)
  end
  spans.numbers, spans.count, spans.exact = numbers, count, exact
  return spans
end

--- Makes a session: a base, and a text that is compared with it.
---@param base rille.source
---@param opts? rille.diff.options
---@return rille.fallback.diff.session? session
---@return string? message
function M.session(base, opts)
  return lazy.load("rille.fallback.diff.session")(base, opts, new_hunks)
end

return setmetatable(M, { __call = new })
