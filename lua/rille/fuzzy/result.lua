--- The result of a query, and the memory in which C writes rows and positions.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local open = require("rille.core.handle").open
local options = require("rille.fuzzy.options")
local scratch = require("rille.core.scratch")

local err = failure.block()
local out = ffi.new("uint32_t[1]")
local numbers = ffi.typeof("uint32_t[?]")
local rows_of = ffi.typeof("rille_fuzzy_row[?]")

local M = {}

--- The counts that C writes with the rows.
M.found = ffi.new("rille_fuzzy_found")
local found = M.found

local many = rows_of(4096)
local many_count = ffi.sizeof(many) / ffi.sizeof("rille_fuzzy_row")

--- Returns memory for rows, valid until the next call.
function M.rows(limit)
  return limit <= many_count and many or rows_of(limit)
end

--- The result of a query: rows, best first. It does not change; texts and positions are created when requested.
---@class rille.fuzzy.result
---@field count integer number of rows
---@field total integer number of matching items among those searched
---@field searched integer number of items searched
---@field done boolean whether the search is done, so that no better rows can follow
---@field package rows ffi.cdata*
---@field package capacity integer number of rows that fit in `rows`
---@field package query string
---@field package fuzzy? rille.fuzzy
---@field package cleared? integer
---@field package list? string[]
---@field package matcher? rille.fuzzy.matcher
local Result = {}
Result.__index = Result

class.named(Result, "rille.fuzzy.result", function(self)
  return ("%s of %s"):format(class.number(self.count, "row"), class.number(self.total, "match"))
end)

--- Returns the index of the item of a row: its position in the order of pushing.
---@param i integer from 1 to `count`
---@return integer
function Result:index(i)
  return self.rows[options.index(i, self.count, "rille.fuzzy.result:index") - 1].index + 1
end

--- Returns the score of a row, 2^20 less for each missing character of the query.
---@param i integer from 1 to `count`
---@return integer
function Result:score(i)
  return self.rows[options.index(i, self.count, "rille.fuzzy.result:score") - 1].score
end

--- Returns the text of a row.
---@param i integer from 1 to `count`
---@return string? text nil if the items have been cleared since
function Result:text(i)
  local index = self.rows[options.index(i, self.count, "rille.fuzzy.result:text") - 1].index
  local fuzzy = self.fuzzy
  if not fuzzy then
    return self.list[index + 1]
  end
  local handle = open(fuzzy)
  if fuzzy.cleared == self.cleared then
    return fuzzy.read(handle, index)
  end
end

--- Appends the text of a row to a buffer. With a buffer that is used again this creates no garbage.
---@param buffer string.buffer|rille.buffer
---@param i integer from 1 to `count`
---@return integer? len bytes appended; nil if the items have been cleared since
function Result:text_into(buffer, i)
  bytes.sink(buffer, nil, "rille.fuzzy.result:text_into")
  local index = self.rows[options.index(i, self.count, "rille.fuzzy.result:text_into") - 1].index
  local fuzzy = self.fuzzy
  if not fuzzy then
    local text = self.list[index + 1]
    buffer:put(text)
    return #text
  end
  local handle = open(fuzzy)
  if fuzzy.cleared ~= self.cleared then
    return nil
  end
  local is_ours = type(buffer) == "table"
  local before = is_ours and buffer:len() or 0
  local native = is_ours and buffer.handle or scratch.buffer("rille.fuzzy.result:text_into")
  local status = C.rille_fuzzy_text(handle, index, native, err)
  if status < 0 then
    failure.raise(err, "rille.fuzzy.result:text_into")
  elseif status == 0 then
    return is_ours and buffer:len() - before or scratch.move(buffer)
  end
end

--- Returns the positions that C has written, as a list: a new one, or a given one, which is emptied.
function M.positions(places, count, list)
  list = list or {}
  for i = 1, count do
    list[i] = places[i - 1] + 1
  end
  for i = #list, count + 1, -1 do
    list[i] = nil
  end
  return list
end

local kept, kept_len = numbers(256), 256

--- Returns memory for the positions of a query of `len` bytes.
function M.room(len)
  if kept_len < len then
    kept, kept_len = numbers(len), len
  end
  return kept
end

--- Returns the positions where a row matches.
---@param i integer from 1 to `count`
---@param res? integer[] the list to fill and return; without it a new one is made
---@return integer[]? positions of the matching characters, their first bytes, ascending; nil if the items have been cleared since
function Result:positions(i, res)
  if res ~= nil and type(res) ~= "table" then
    error("rille.fuzzy.result:positions: res must be a table, got " .. type(res), 2)
  end
  local index = self.rows[options.index(i, self.count, "rille.fuzzy.result:positions") - 1].index
  local fuzzy, query = self.fuzzy, self.query
  if not fuzzy then
    local _, positions = self.matcher:match(self.list[index + 1], nil, res)
    return positions
  end
  local handle = open(fuzzy)
  if fuzzy.cleared ~= self.cleared then
    return nil
  end
  local places = M.room(#query)
  local status = C.rille_fuzzy_positions(handle, query, #query, index, places, out, err)
  if status < 0 then
    failure.raise(err, "rille.fuzzy.result:positions")
  end
  return status == 0 and M.positions(places, out[0], res) or nil
end

--- Writes the rows and counts of C to a result. A result that is used again allocates memory only for more rows than before.
local function fill(self, rows, query, fuzzy)
  local count, capacity = found.count, self.capacity
  if count > capacity then
    capacity = math.max(count, 2 * capacity)
    self.rows, self.capacity = rows_of(capacity), capacity
  end
  ffi.copy(self.rows, rows, count * ffi.sizeof("rille_fuzzy_row"))
  self.count, self.total, self.searched = count, found.total, found.searched
  self.done = found.done == 1
  self.query, self.fuzzy, self.cleared = query, fuzzy, fuzzy and fuzzy.cleared
  return self
end

--- Returns the result of a query, with a copy of the rows that C has written.
---@param rows ffi.cdata*
---@param query string
---@param fuzzy? rille.fuzzy the session, if the items are its own
---@param res? rille.fuzzy.result the result to fill; without it a new one is made
---@return rille.fuzzy.result
function M.new(rows, query, fuzzy, res)
  if res then
    return fill(res, rows, query, fuzzy)
  end
  local count = found.count
  -- A table with room for all fields, which `fill` sets.
  local self = { count = 0, total = 0, searched = 0, done = false, query = query, fuzzy = fuzzy, cleared = 0 }
  self.rows, self.capacity = rows_of(count), count
  return fill(setmetatable(self, Result), rows, query, fuzzy)
end

--- Returns whether a value is a result of a session.
---@param value any
---@param fuzzy rille.fuzzy
---@return boolean
function M.is_of(value, fuzzy)
  return getmetatable(value) == Result and value.fuzzy == fuzzy
end

return M
