--- Text laid out in the pixels of a font: lines, and the places of carets.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local lazy = require("rille.core.lazy")
local new_table = require("rille.core.new_table")

local concat, sub, max = table.concat, string.sub, math.max

---@class rille.love
local M = {}

--- A font: LÖVE's `Font`, or any object with the same methods.
---@class rille.love.font
---@field getWidth fun(self: rille.love.font, text: string): number
---@field getKerning? fun(self: rille.love.font, left: string, right: string): number

--- A text in lines. It does not change.
---@class rille.love.layout
---@field count integer number of lines
---@field text string the lines, separated by line feeds, for `love.graphics.print` or a `Text`
---@field width number width of the longest line
---@field package spans integer[] from, to, from, to, …
---@field package starts integer[] the first byte of each cluster, and one past the last
---@field package lefts number[] the left edges of the clusters, as if on one line
---@field package rights number[]
---@field package limit number
---@field package firsts integer[] the first cluster of each line
---@field package lasts integer[]
---@field package strings string[]
local Layout = {}
Layout.__index = Layout

class.named(Layout, "rille.love.layout", function(self)
  return class.number(self.count, "line")
end)

--- Maximum number of layouts that are kept for each font.
local MAX_KEPT_LAYOUTS = 256

--- The options and the last layouts of each font.
local fonts = setmetatable({}, { __mode = "k" })

local function is_character(cluster)
  return cluster:find("^[%z\1-\127\194-\244][\128-\191]*$") ~= nil
end

local function options_of(font)
  -- The font itself must not be referenced, as it would then stay alive.
  local own = setmetatable({ font = font }, { __mode = "v" })
  local opts = {
    measure = function(cluster)
      return own.font:getWidth(cluster)
    end,
  }
  if font.getKerning then
    opts.kerning = function(left, right)
      return is_character(left) and is_character(right) and own.font:getKerning(left, right) or 0
    end
  end
  return { opts = opts, layouts = {}, count = 0 }
end

local function check_line(self, i, name)
  if type(i) ~= "number" or i < 1 or i > self.count or i % 1 ~= 0 then
    error(("rille.love.layout:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
end

--- Returns a line.
---@param i integer from 1 to `count`
---@return string text
---@return integer from its first byte in the text
---@return integer to
---@return number width
function Layout:line(i)
  check_line(self, i, "line")
  local a, b = self.firsts[i], self.lasts[i]
  local width = b >= a and self.rights[b] - self.lefts[a] or 0
  return self.strings[i], self.spans[2 * i - 1], self.spans[2 * i], width
end

--- Returns where the caret before a byte is. White space at the end of a line has the place of its end.
---@param position integer 1-based; one past the end is the end of the text
---@return number x from the start of the line
---@return integer i the line
function Layout:caret(position)
  if type(position) ~= "number" or position < 1 then
    error("rille.love.layout:caret: position must be an integer >= 1, got " .. tostring(position), 2)
  end
  local spans, i = self.spans, 1
  while i < self.count and spans[2 * i + 1] <= position do
    i = i + 1
  end
  local a, b = self.firsts[i], self.lasts[i]
  if not a or b < a then
    return 0, i
  end
  for cluster = a, b do
    if self.starts[cluster + 1] > position then
      return self.lefts[cluster] - self.lefts[a], i
    end
  end
  return self.rights[b] - self.lefts[a], i
end

--- Returns the position of the caret that is nearest to a point.
---@param x number from the start of the line
---@param i integer the line, from 1 to `count`
---@return integer position 1-based
function Layout:position(x, i)
  check_line(self, i, "position")
  local a, b = self.firsts[i], self.lasts[i]
  for cluster = a, b do
    local left, right = self.lefts[cluster] - self.lefts[a], self.rights[cluster] - self.lefts[a]
    if x < (left + right) / 2 then
      return self.starts[cluster]
    end
  end
  return self.spans[2 * i] + 1
end

local function new(text, width, opts)
  local measured = lazy.load("rille.text.measured")
  local spans, count, starts, lefts, rights = measured.lines(text, width, opts, "rille.love.layout")
  if not spans then
    return nil, count
  end
  local own_starts, own_lefts, own_rights =
    new_table(count + 1, 0), new_table(count + 1, 0), new_table(count, 0)
  for i = 1, count do
    own_starts[i], own_lefts[i], own_rights[i] = starts[i], lefts[i], rights[i]
  end
  own_starts[count + 1], own_lefts[count + 1] = starts[count + 1], lefts[count + 1]
  local lines = #spans / 2
  local firsts, lasts, strings = new_table(lines, 0), new_table(lines, 0), new_table(lines, 0)
  local widest, a = 0, 1
  for i = 1, lines do
    local from, to = spans[2 * i - 1], spans[2 * i]
    while own_starts[a] < from do
      a = a + 1
    end
    local b = a - 1
    while b < count and own_starts[b + 1] <= to do
      b = b + 1
    end
    firsts[i], lasts[i], strings[i] = a, b, sub(text, from, to)
    widest = max(widest, b >= a and own_rights[b] - own_lefts[a] or 0)
    a = max(a, b)
  end
  return setmetatable({
    count = lines,
    text = concat(strings, "\n"),
    width = widest,
    spans = spans,
    starts = own_starts,
    lefts = own_lefts,
    rights = own_rights,
    limit = width,
    firsts = firsts,
    lasts = lasts,
    strings = strings,
  }, Layout)
end

--- Lays a text out in lines of at most `width` pixels of a font, by the line breaking of Unicode; grapheme clusters stay whole.
---
--- The last layouts of each font are kept: the same text and width returns the same object and creates no garbage, so call it
--- in each frame.
---@param font rille.love.font a `Font` of LÖVE
---@param s rille.source
---@param width number
---@return rille.love.layout?
---@return string? message unless the text is ASCII, on the fallback
function M.layout(font, s, width)
  local is_object = type(font) == "userdata" or type(font) == "table"
  if not is_object or type(font.getWidth) ~= "function" then
    error("rille.love.layout: font must be a Font, got " .. type(font), 2)
  elseif type(width) ~= "number" or width < 0 or width ~= width then
    error("rille.love.layout: width must be a number >= 0, got " .. tostring(width), 2)
  end
  local text = bytes.string(s, "rille.love.layout")
  local own = fonts[font]
  if not own then
    own = options_of(font)
    fonts[font] = own
  end
  local found = own.layouts[text]
  if found and found.limit == width then
    return found
  end
  if not found then
    if own.count == MAX_KEPT_LAYOUTS then
      own.layouts, own.count = {}, 0
    end
    own.count = own.count + 1
  end
  local layout, message = new(text, width, own.opts)
  own.layouts[text] = layout
  return layout, message
end

return M
