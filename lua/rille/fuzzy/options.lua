--- The options of fuzzy matching, for both backends.
local bytes = require("rille.bytes")
local reader = require("rille.core.options").reader
local length = require("rille.core.strings").length

---@class rille.fuzzy.options
---@field case? "smart"|"ignore"|"respect" whether case matters; "smart", the default: only in a term with a capital letter
---@field normalize? boolean a term without accents also matches letters with accents: danco matches Danço
---@field typos? integer how many characters of a fuzzy term may be missing from an item, 0 (the default) to 3: one in a
--- term of 4 characters, two of 8, three of 12; such items rank last
---@field scheme? "default"|"path"|"history" the kind of items, which affects their ranking
---@field delimiter? string the byte that separates the columns of an item
---@field columns? integer[] the columns to search in, from 1; all by default

---@class rille.fuzzy.corpus_options: rille.fuzzy.options
---@field memory_limit? integer maximum number of bytes of the session

---@class rille.fuzzy.filter_options: rille.fuzzy.options
---@field limit? integer maximum number of rows; all by default

local M = {}

local function is_count(value, least, most)
  return type(value) == "number" and value >= least and value <= most and value % 1 == 0
end

local function are_columns(list)
  for _, column in ipairs(list) do
    if not is_count(column, 1, 2 ^ 31) then
      return false
    end
  end
  return #list > 0
end

local function is_byte(text)
  return #text == 1
end

local BYTE = "a string of one byte"

local function matching(more)
  local fields = {
    case = { values = { "smart", "ignore", "respect" }, default = "smart" },
    normalize = { "boolean", default = false },
    typos = { "integer", min = 0, max = 3, default = 0 },
    scheme = { values = { "default", "path", "history" }, default = "default" },
    delimiter = { "string", fits = is_byte, about = BYTE },
    columns = { "table", fits = are_columns, about = "a list of integers >= 1" },
  }
  for key, field in pairs(more) do
    fields[key] = field
  end
  local read = reader(fields, true)
  return function(opts, name, level)
    level = (level or 2) + 1
    local given = read(opts, name, nil, level)
    if given.columns and not given.delimiter then
      error(("%s: option 'delimiter' must be %s with 'columns', got nil"):format(name, BYTE), level)
    end
    return given
  end
end

-- The options of a session, of `match`, of `filter`, and of a search in a session.
M.session = matching({ memory_limit = { "integer", min = 1, bound = 2 ^ 53 } })
M.match = matching({})
M.filter = matching({ limit = { "integer", min = 0 } })
M.search = reader({ limit = { "integer", min = 0, default = 100 } })

--- Checks a query, and returns it.
---@param query string
---@param name string the public function
---@return string
function M.query(query, name)
  if type(query) ~= "string" then
    error(("%s: query must be a string, got %s"):format(name, type(query)), 3)
  end
  return query
end

--- Checks a list of strings, and returns their number.
---@param list string[]
---@param name string the public function
---@return integer
function M.list(list, name)
  if type(list) ~= "table" then
    error(("%s: list must be a list of strings, got %s"):format(name, type(list)), 3)
  end
  local count = length(list, name .. ": list", 4)
  for i = 1, count do
    if type(list[i]) ~= "string" then
      error(("%s: list[%d] must be a string, got %s"):format(name, i, type(list[i])), 3)
    end
  end
  return count
end

--- Checks the items for `push`: a list, and its number of strings, or a text.
---@param items string[]|rille.source
---@param name string the public function
---@return boolean is_list
---@return integer|nil count
function M.items(items, name)
  if bytes.is_text(items) then
    return false
  elseif type(items) ~= "table" then
    error(("%s: items must be a list of strings or a text, got %s"):format(name, type(items)), 3)
  end
  local count = length(items, name .. ": items", 4)
  for i = 1, count do
    if type(items[i]) ~= "string" then
      error(("%s: items[%d] must be a string, got %s"):format(name, i, type(items[i])), 3)
    end
  end
  return true, count
end

--- Checks the index of an item or of a row, and returns it.
---@param i integer
---@param count integer
---@param name string the public function
---@return integer
function M.index(i, count, name)
  if type(i) ~= "number" or not (i >= 1 and i <= count) or i % 1 ~= 0 then
    error(("%s: i must be from 1 to %d, got %s"):format(name, count, tostring(i)), 3)
  end
  return i
end

--- Checks boosts, and returns their number and the first item that they apply to.
---@param list number[]
---@param first? integer
---@param name string the public function
---@return integer count
---@return integer first
function M.boosts(list, first, name)
  if type(list) ~= "table" then
    error(("%s: list must be a list of numbers, got %s"):format(name, type(list)), 3)
  end
  local count = length(list, name .. ": list", 4)
  for i = 1, count do
    local boost = list[i]
    if type(boost) ~= "number" or not (boost >= -2 ^ 30 and boost <= 2 ^ 30) then
      error(("%s: list[%d] must be a number, got %s"):format(name, i, tostring(boost)), 3)
    end
  end
  if first ~= nil and not is_count(first, 1, 2 ^ 32 - 1) then
    error(("%s: first must be an index from 1 on, got %s"):format(name, tostring(first)), 3)
  end
  return count, first or 1
end

return M
