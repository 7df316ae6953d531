--- Code points in the form in which fuzzy matching compares them, and their classes, equal to src/fuzzy/fzf/chars.rs.
local lazy = require("rille.core.lazy")
local segment = require("rille.fallback.segment")

local byte = string.byte
local decode = segment.decode

local M = {}

-- The order matters: characters up to DELIMITER belong to no word.
M.WHITE, M.NON_WORD, M.DELIMITER, M.LOWER, M.UPPER, M.LETTER, M.NUMBER = 0, 1, 2, 3, 4, 5, 6

--- Loads the tables, when the first character beyond ASCII is met.
---@return { starts: integer[], letters: string[], folds: table<integer, integer>, bases: table<integer, integer> }
local function load()
  local text = lazy.load("rille.fallback.fuzzy.tables")
  local tables = { starts = {}, letters = {}, folds = {}, bases = {} }
  local at = 0x80
  for letter, count in text.classes:gmatch("(%a)(%d*)") do
    tables.starts[#tables.starts + 1], tables.letters[#tables.letters + 1] = at, letter
    at = at + (tonumber(count) or 1)
  end
  for _, name in ipairs({ "folds", "bases" }) do
    local code = 0
    for gap, target in text[name]:gmatch("(%x+):(%x+)") do
      code = code + tonumber(gap, 16)
      tables[name][code] = tonumber(target, 16)
    end
  end
  return tables
end

local loaded
local function tables()
  loaded = loaded or load()
  return loaded
end

--- Returns the letter of a code point beyond ASCII in the table of classes.
local function letter(code)
  local t = tables()
  local starts = t.starts
  local low, high = 1, #starts
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if starts[middle] <= code then
      low = middle
    else
      high = middle - 1
    end
  end
  return t.letters[low]
end

local CLASS = { a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 1 }

--- Returns the class of a code point beyond ASCII. Codes of invalid sequences are negative.
---@param code integer
---@return integer
local function class_beyond_ascii(code)
  return code < 0 and M.NON_WORD or CLASS[letter(code):lower()]
end

--- Returns whether the character is a mark on or under the character before it.
---@param code integer
---@return boolean
function M.is_mark(code)
  return code >= 0x300 and letter(code):lower() == "h"
end

--- Returns whether the character is a capital.
---@param code integer
---@return boolean
function M.is_capital(code)
  if code < 0x80 then
    return code >= 65 and code <= 90
  end
  return letter(code) ~= letter(code):lower()
end

--- Returns whether the character is white space.
---@param code integer
---@return boolean
function M.is_white(code)
  if code < 0 then
    return false
  elseif code < 0x80 then
    return code == 32 or code >= 9 and code <= 13
  end
  return letter(code) == "a"
end

--- Folds the case of a character.
---@param code integer
---@return integer
local function fold(code)
  if code < 0x80 then
    return (code >= 65 and code <= 90) and code + 32 or code
  end
  return tables().folds[code] or code
end
M.fold = fold

--- Returns the base letter of a character, without its accents.
---@param code integer
---@return integer
local function base(code)
  return code >= 0x80 and tables().bases[code] or code
end
M.base = base

--- Returns the code of the character that starts at byte `i`, and its last byte. An invalid sequence equals only the
--- same bytes.
---@param s string
---@param i integer
---@return integer code negative for an invalid sequence
---@return integer stop
local function code_at(s, i)
  local code, stop = decode(s, i)
  if code < 0 then
    code = 0
    for at = i, stop do
      code = code * 256 + byte(s, at)
    end
    return -code, stop
  end
  return code, stop
end
M.code_at = code_at

--- The characters of a text in the form in which a term compares them.
---@class rille.fuzzy.view
---@field n integer number of characters
---@field codes integer[] characters in the form in which they are compared
---@field classes integer[]
---@field starts integer[] first byte of each

--- Reads a text. Unless `respect_case` is set, case is folded. If `normalize` is set, accents are removed, and a
--- combining mark belongs to the character before it.
---@param s string
---@param ascii integer[] classes of ASCII, from 0
---@param respect_case boolean
---@param normalize boolean
---@return rille.fuzzy.view
function M.view(s, ascii, respect_case, normalize)
  local codes, classes, starts, n = {}, {}, {}, 0
  local i, length = 1, #s
  while i <= length do
    local code, stop = byte(s, i), i
    if code < 0x80 then
      n = n + 1
      classes[n], starts[n] = ascii[code], i
      if not respect_case and code >= 65 and code <= 90 then
        code = code + 32
      end
      codes[n] = code
    else
      code, stop = code_at(s, i)
      if not (normalize and i > 1 and M.is_mark(code)) then
        n = n + 1
        classes[n], starts[n] = class_beyond_ascii(code), i
        if normalize then
          code = base(code)
        end
        codes[n] = respect_case and code or fold(code)
      end
    end
    i = stop + 1
  end
  return { n = n, codes = codes, classes = classes, starts = starts }
end

--- Returns the length by which items are ordered: the number of characters without white space at the ends, at most
--- 65,535.
---@param s string
---@return integer
function M.length(s)
  if not s:find("[\128-\255]") then
    local first, last = s:find("[^ \t-\r]"), #s
    while first and s:find("^[ \t-\r]", last) do
      last = last - 1
    end
    return first and math.min(last - first + 1, 65535) or 0
  end
  local i, chars, first, last = 1, 0, nil, 0
  while i <= #s do
    local code, stop = code_at(s, i)
    chars = chars + 1
    if not M.is_white(code) then
      first, last = first or chars, chars
    end
    i = stop + 1
  end
  return first and math.min(last - first + 1, 65535) or 0
end

return M
