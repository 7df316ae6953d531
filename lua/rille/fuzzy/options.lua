--- The options of fuzzy matching, for both backends.
local bytes = require("rille.bytes")

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

M.CASES = { smart = true, ignore = true, respect = true }
M.SCHEMES = { default = true, path = true, history = true }

local MOST_TYPOS = 3

local KNOWN = 'case = "smart" | "ignore" | "respect"; normalize = true | false; typos = 0 to 3; '
  .. 'scheme = "default" | "path" | "history"; delimiter = a byte; columns = list of numbers from 1 on'

local function is_count(value, least, most)
  return type(value) == "number" and value >= least and value <= most and value % 1 == 0
end

local function is_list_of_columns(value)
  if type(value) ~= "table" then
    return false
  end
  for _, column in ipairs(value) do
    if not is_count(column, 1, 2 ^ 31) then
      return false
    end
  end
  return #value > 0
end

--- Functions that return whether a value of an option is valid.
local GOOD = {
  case = function(value)
    return M.CASES[value] or false
  end,
  normalize = function(value)
    return type(value) == "boolean"
  end,
  typos = function(value)
    return is_count(value, 0, MOST_TYPOS)
  end,
  scheme = function(value)
    return M.SCHEMES[value] or false
  end,
  delimiter = function(value)
    return type(value) == "string" and #value == 1
  end,
  columns = is_list_of_columns,
  memory_limit = function(value)
    return is_count(value, 1, 2 ^ 53)
  end,
  limit = function(value)
    return is_count(value, 0, 2 ^ 32 - 1)
  end,
}

--- Checks options, or raises an error at the caller's caller.
---@param opts? rille.fuzzy.options
---@param name string the public function
---@param own? "memory_limit"|"limit" an option allowed in addition to the common ones
---@param only? boolean whether `own` is the only one allowed
---@return rille.fuzzy.options
function M.read(opts, name, own, only)
  if opts == nil then
    return {}
  elseif type(opts) ~= "table" then
    error(("%s: opts must be a table, got %s"):format(name, type(opts)), 3)
  end
  for key, value in pairs(opts) do
    local good = (key == own or not only and key ~= "memory_limit" and key ~= "limit") and GOOD[key]
    if not (good and good(value)) then
      local extra = own and own .. " = number" or ""
      local known = only and extra or KNOWN .. (own and "; " .. extra or "")
      local message = "%s: wrong option %s = %s (known: %s)"
      error(message:format(name, tostring(key), tostring(value), known), 3)
    end
  end
  if opts.columns and not opts.delimiter then
    error(name .. ": columns need a delimiter", 3)
  end
  return opts
end

--- Returns the maximum number of rows of a query.
---@param opts? { limit?: integer }
---@param name string the public function
---@return integer
function M.limit(opts, name)
  if opts == nil then
    return 100
  end
  if type(opts) ~= "table" then
    error(("%s: opts must be a table, got %s"):format(name, type(opts)), 3)
  end
  for key, value in pairs(opts) do
    if key ~= "limit" or not GOOD.limit(value) then
      local message = "%s: wrong option %s = %s (known: limit = number)"
      error(message:format(name, tostring(key), tostring(value)), 3)
    end
  end
  return opts.limit or 100
end

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
  local count = #list
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
  local count = #items
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
  for i = 1, #list do
    local boost = list[i]
    if type(boost) ~= "number" or not (boost >= -2 ^ 30 and boost <= 2 ^ 30) then
      error(("%s: list[%d] must be a number, got %s"):format(name, i, tostring(boost)), 3)
    end
  end
  if first ~= nil and not is_count(first, 1, 2 ^ 32 - 1) then
    error(("%s: first must be an index from 1 on, got %s"):format(name, tostring(first)), 3)
  end
  return #list, first or 1
end

return M
