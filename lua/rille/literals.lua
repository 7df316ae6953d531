--- Searching for many literals in one pass: returns where each hit is and which literal it is.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local new_lists = require("rille.core.lists").kind
local read = require("rille.literals.options")
local strings = require("rille.core.strings")
local scratch = require("rille.core.scratch")
local spans = require("rille.regex.spans")

local length, pack = strings.length, strings.pack
local of, sink = bytes.of, bytes.sink
local from = spans.from
local err = failure.block()
local out = ffi.new("uint32_t[3]")
local options = ffi.new("rille_literals_options", { size = ffi.sizeof("rille_literals_options") })
local how = ffi.new("rille_replacements", { size = ffi.sizeof("rille_replacements") })
local IGNORE_CASE, LONGEST = tonumber(C.RILLE_LITERALS_IGNORE_CASE), tonumber(C.RILLE_LITERALS_LONGEST)

local find_hits, all_hits = spans.functions(C.rille_literals_spans, 3, "rille.literals")

local open = handles.open

--- A list of literals, searched for in one pass.
---@class rille.literals: rille.list
local Literals = { is_rille_literals = true }
Literals.__index = Literals

local lists = new_lists(Literals, "rille.literals", "rille_literals")

class.named(Literals, "rille.literals", function(self)
  return self.handle and class.number(self.n, "literal")
end)

local M = {}

--- Checks the arguments, and packs them for C.
---@param name string the public function, for the error of its caller
---@return string text
---@return ffi.cdata* ends
---@return integer count
---@return ffi.cdata* options rille_literals_options, valid until the next call
function M.prepare(list, opts, name)
  local text, ends, count = pack(list, name .. ": list", 4)
  local given = read(opts, name, nil, 3)
  options.flags = (given.case == "ignore" and IGNORE_CASE or 0) + (given.match == "longest" and LONGEST or 0)
  options.memory_limit = given.memory_limit
  return text, ends, count, options
end

--- Returns the result of a job, as `new` returns it.
---@param job ffi.cdata* rille_job *
---@param count integer how many literals there are
function M.take(job, count)
  return lists.take(job, count)
end

--- Compiles a list of literals, or returns it from the cache. An empty list matches nothing.
---@param list string[] none of them empty
---@param opts? rille.literals.options
---@return rille.literals?
---@return string? message what is wrong, and with which literal
function M.new(list, opts)
  return lists.new(M.prepare(list, opts, "rille.literals"))
end

--- Returns another object with the same literals, which stays open when this one is closed.
---@package
function Literals:clone()
  return lists.clone(self)
end

--- Returns whether any of the literals occurs.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return boolean
function Literals:test(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.literals:test")
  local offset = init == nil and 0 or from(init, len, "rille.literals:test")
  local status = C.rille_literals_find(handle, ptr, len, offset, out, err)
  if status < 0 then
    failure.raise(err, "rille.literals:test")
  end
  return status == 0
end

--- Returns the start, the end and the number of the first literal found.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return integer? from nil if there is none
---@return integer? to
---@return integer? id place in the list
function Literals:find(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.literals:find")
  local offset = init == nil and 0 or from(init, len, "rille.literals:find")
  local status = C.rille_literals_find(handle, ptr, len, offset, out, err)
  if status == 0 then
    return out[0] + 1, out[1], out[2] + 1
  elseif status < 0 then
    failure.raise(err, "rille.literals:find")
  end
end

--- Iterates over all hits from left to right, without overlaps and without creating garbage.
---@param s rille.source must not change meanwhile
---@param init? integer start position, from the end if negative
---@return fun(): integer?, integer?, integer? next from, to, id
function Literals:gfind(s, init)
  open(self)
  local _, len = of(s, "rille.literals:gfind")
  return find_hits(self, s, from(init, len, "rille.literals:gfind"))
end

--- Returns all hits at once.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return rille.spans.identified
function Literals:spans(s, init)
  local handle = open(self)
  local _, len = of(s, "rille.literals:spans")
  return all_hits(handle, s, from(init, len, "rille.literals:spans"))
end

--- Returns the number of hits.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return integer
function Literals:count(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.literals:count")
  local offset = from(init, len, "rille.literals:count")
  if C.rille_literals_count(handle, ptr, len, offset, out, err) < 0 then
    failure.raise(err, "rille.literals:count")
  end
  return out[0]
end

--- Returns the number of literals.
---@return integer
function Literals:len()
  open(self)
  return self.n
end

--- Packs replacements for C.
---@param level? integer of errors, for the caller of the public function
local function pack_replacements(self, replacements, name, level)
  level = level or 3
  local list = type(replacements) == "string" and { replacements } or replacements
  if type(list) ~= "table" then
    error(name .. ": list must be a list of strings or a string for all, got " .. type(list), level)
  elseif type(replacements) == "table" and length(list, name .. ": list", level + 1) ~= self.n then
    error(("%s: list has %d strings for %d literals"):format(name, #list, self.n), level)
  end
  -- A tail call, which has no error level of its own.
  return pack(list, name .. ": list", level)
end
M.pack_replacements = pack_replacements

local function replace(self, s, packed, ends, count, n, buffer, name)
  local ptr, len = of(s, name)
  how.limit, how.text, how.len, how.ends, how.count = n or 0, packed, #packed, ends, count
  local status = C.rille_literals_replace(self.handle, ptr, len, how, buffer, out, err)
  how.text, how.ends = nil, nil
  if status < 0 then
    failure.raise(err, name)
  end
  return out[0]
end

local function check_limit(n, name)
  if n ~= nil and (type(n) ~= "number" or n % 1 ~= 0 or n < 0) then
    error(name .. ": n must be a whole number, got " .. tostring(n), 3)
  end
  return n and math.min(n, 2 ^ 32 - 1)
end

--- Replaces hits and returns the text.
---@param s rille.source
---@param list string[]|string the replacement of each literal, or one for all
---@param n? integer maximum number of replacements
---@return string text
---@return integer count number of replacements
function Literals:replace(s, list, n)
  open(self)
  of(s, "rille.literals:replace")
  n = check_limit(n, "rille.literals:replace")
  local packed, ends, count = pack_replacements(self, list, "rille.literals:replace")
  if n == 0 then
    return bytes.string(s, "rille.literals:replace"), 0
  end
  local buffer = scratch.buffer("rille.literals:replace")
  local found = replace(self, s, packed, ends, count, n, buffer, "rille.literals:replace")
  if found == 0 and type(s) == "string" then
    return s, 0
  end
  return scratch.string("rille.literals:replace"), found
end

--- Appends the text with its matches replaced to a buffer, see `replace`.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param list string[]|string
---@param n? integer maximum number of replacements
---@return integer len bytes appended
---@return integer count number of replacements
function Literals:replace_into(buffer, s, list, n)
  open(self)
  sink(buffer, s, "rille.literals:replace_into")
  local _, len = of(s, "rille.literals:replace_into")
  n = check_limit(n, "rille.literals:replace_into")
  local packed, ends, count = pack_replacements(self, list, "rille.literals:replace_into")
  if n == 0 then
    buffer:put(type(s) == "string" and s or bytes.string(s, "rille.literals:replace_into"))
    return len, 0
  elseif type(buffer) == "table" then
    local before = buffer:len()
    local found = replace(self, s, packed, ends, count, n, buffer.handle, "rille.literals:replace_into")
    return buffer:len() - before, found
  end
  local native = scratch.buffer("rille.literals:replace_into")
  local found = replace(self, s, packed, ends, count, n, native, "rille.literals:replace_into")
  return scratch.move(buffer), found
end

--- Frees the memory now, unless another object of the same list is in use. A second call does nothing.
function Literals:close()
  lists.close(self)
end

return M
