--- Sessions in pure Lua: the text is compared anew when its hunks are asked for.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local compare = require("rille.fallback.diff.compare")
local edits = require("rille.diff.edits")
local job = require("rille.fallback.job")
local lines_of = require("rille.fallback.diff.lines")
local read = require("rille.diff.options")

local text_of = bytes.string

--- A base, and a text that is compared with it.
---@class rille.fallback.diff.session
---@field package lines? string[] without line feeds; nil once closed
---@field package is_ended boolean whether the last line has a line feed
local Session = {}
Session.__index = Session

local function open(self)
  if type(self) ~= "table" or not self.lines then
    error("rille: closed", 3)
  end
end

--- Compares the text if it has changed.
local function compared(self)
  if not self.numbers then
    local text = table.concat(self.lines, "\n") .. (self.is_ended and #self.lines > 0 and "\n" or "")
    self.numbers, self.count, self.exact = compare.hunks(self.a, lines_of.split(text), self.given)
  end
  return self
end

class.named(Session, "rille.diff.session", function(self)
  return class.number(compared(self).count, "hunk")
end)

function Session:close()
  self.lines = nil
end

function Session:base(base)
  open(self)
  self.a = lines_of.split(text_of(base, "rille.diff.session:base", "base"))
  self.numbers = nil
  return true
end

function Session:text(text)
  open(self)
  text = text_of(text, "rille.diff.session:text", "text")
  local lines = {}
  for line in text:gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line
  end
  local rest = text:match("[^\n]+$")
  lines[#lines + 1] = rest
  self.lines, self.is_ended, self.numbers = lines, not rest, nil
  return true
end

function Session:edit(first, last, new)
  open(self)
  local lines = self.lines
  edits.check(first, last, new, #lines)
  local count, old = #new, #lines
  local moved = count - (last - first + 1)
  if moved > 0 then
    for i = old, last + 1, -1 do
      lines[i + moved] = lines[i]
    end
  elseif moved < 0 then
    for i = last + 1, old - moved do
      lines[i + moved] = lines[i]
    end
  end
  for i = 1, count do
    lines[first + i - 1] = new[i]
  end
  -- An empty last line has an end.
  self.is_ended = self.is_ended or (lines[#lines] or "") == ""
  self.numbers = nil
  return true
end

function Session:hunks(first, last)
  open(self)
  local from, to = edits.window(first, last)
  local all = compared(self)
  local numbers, count = {}, 0
  for i = 0, all.count - 1 do
    local b_first, b_count = all.numbers[4 * i + 2], all.numbers[4 * i + 3]
    local top = b_count == 0 and math.max(b_first - 1, 0) or b_first
    local bottom = b_count == 0 and b_first or b_first + b_count - 1
    if bottom >= from and top <= to then
      for k = 0, 3 do
        numbers[4 * count + k] = all.numbers[4 * i + k]
      end
      count = count + 1
    end
  end
  return self.new_hunks(numbers, count, all.exact)
end

function Session:state()
  open(self)
  local all = compared(self)
  return #self.lines, all.count, all.exact
end

function Session:start()
  open(self)
  return job.of("rille.diff.session:start", function()
    compared(self)
    return true
  end)
end

--- Makes a session.
---@param base rille.source
---@param opts? rille.diff.options
---@param new_hunks fun(numbers: integer[], count: integer, exact: boolean): rille.hunks
---@return rille.fallback.diff.session? session
---@return string? message
return function(base, opts, new_hunks)
  local text = text_of(base, "rille.diff.session", "base")
  local given = read.diff(opts, "rille.diff.session")
  if given.case == "ignore" and text:find("[\128-\255]") then
    return nil, "needs the native library"
  end
  local self =
    setmetatable({ given = given, a = lines_of.split(text), new_hunks = new_hunks, lines = {} }, Session)
  self:text(text)
  return self
end
