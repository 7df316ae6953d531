--- Regular expressions that run in linear time for every pattern and text.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local failure = require("rille.core.error")
local groups_of = require("rille.regex.groups")
local handles = require("rille.core.handle")
local lua_hint = require("rille.regex.lua_pattern").hint
local patterns = require("rille.regex.pattern")
local scratch = require("rille.core.scratch")
local spans = require("rille.regex.spans")
local translate = require("rille.regex.translate")

local named, short = class.named, class.short
local open, refuse = handles.open, handles.refuse
local of, sink = bytes.of, bytes.sink
local take, give, from, batch = spans.take, spans.give, spans.from, spans.batch
local pieces, piece, group = groups_of.pieces, groups_of.piece, groups_of.group
local list_of_groups, strings = groups_of.list, groups_of.strings
local fill, positions = groups_of.fill, groups_of.positions
local concat = table.concat
local err = failure.block()
local out = ffi.new("uint32_t[2]")
local how = ffi.new("rille_replacement", { size = ffi.sizeof("rille_replacement") })
local array = ffi.typeof("uint32_t[?]")
local UNSET = 2 ^ 32 - 1
local EPATTERN = tonumber(C.RILLE_EPATTERN)

local find_spans, all_spans = spans.functions(C.rille_regex_spans, 2, "rille.regex")

--- A compiled pattern. Objects of the same pattern share its native memory.
---@class rille.regex
---@field package handle ffi.cdata*?
---@field package shared rille.regex.shared
local Regex = { is_rille_regex = true }
Regex.__index = Regex

---@class rille.regex.module
---@overload fun(pattern: string, flags?: string|rille.regex.options): rille.regex?, string?, integer?
local M = { escape = translate.escape, from_lua = translate.from_lua, explain_pcre = translate.explain_pcre }

--- Compiles a pattern, or returns it from the cache.
---@param pattern string
---@param flags? string|rille.regex.options
---@return rille.regex?
---@return string? message what is wrong with the pattern
---@return integer? position byte in the pattern
local function new(_, pattern, flags)
  if type(pattern) ~= "string" then
    error("rille.regex: pattern must be a string, got " .. type(pattern), 2)
  end
  local bits, limit = 0, 0
  if flags ~= nil then
    bits, limit = patterns.options(flags, "rille.regex")
  end
  return patterns.object(patterns.get(pattern, bits, limit))
end

--- Returns the object for the results of `patterns.get` or `patterns.take`, or their message and position.
---@param shared? rille.regex.shared
---@param message? string
---@param position? integer
function patterns.object(shared, message, position)
  if not shared then
    return nil, message, position
  end
  return setmetatable({ handle = shared.handle, shared = shared }, Regex)
end

named(Regex, "rille.regex", function(self)
  local shared, letters = self.shared, patterns.letters(self.shared.bits)
  local flags = letters ~= "" and " [" .. letters .. "]" or ""
  return self.handle and short(shared.pattern) .. flags .. (lua_hint(shared.pattern) or "")
end)

--- Returns a hint if the pattern looks like one for `string.find`, in which `%d` is a digit. Here it is a percent sign and a
--- `d`; `rille.regex.from_lua` translates such patterns.
---@return string? hint
function Regex:hint()
  open(self)
  local hint = lua_hint(self.shared.pattern)
  return hint and hint:sub(2)
end

--- Returns another object of the pattern, which stays open when this one is closed.
---@package
function Regex:clone()
  self.shared.users = self.shared.users + 1
  return setmetatable({ handle = self.handle, shared = self.shared }, Regex)
end

--- Frees the memory, unless another object of the same pattern is in use. A second call does nothing.
function Regex:close()
  if type(self) ~= "table" then
    refuse(self, 3)
  elseif self.handle then
    self.handle = nil
    patterns.release(self.shared)
  end
end

--- Returns whether the pattern matches anywhere.
---@param s rille.source
---@param init? integer start position, from the end if negative; ^ and \b see the text before it
---@return boolean
function Regex:test(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.regex:test")
  local offset = init == nil and 0 or from(init, len, "rille.regex:test")
  local status = C.rille_regex_test(handle, ptr, len, offset, err)
  if status < 0 then
    failure.raise(err, "rille.regex:test")
  end
  return status == 0
end

--- Returns the start and the end of the first match. For an empty match at p these are p and p - 1, as in
--- `string.find`.
---@param s rille.source
---@param init? integer start position, from the end if negative; ^ and \b see the text before it
---@return integer? from nil if there is none
---@return integer? to
function Regex:find(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.regex:find")
  local offset = init == nil and 0 or from(init, len, "rille.regex:find")
  local status = C.rille_regex_find(handle, ptr, len, offset, out, err)
  if status == 0 then
    return out[0] + 1, out[1]
  elseif status < 0 then
    failure.raise(err, "rille.regex:find")
  end
end

--- Iterates over the positions of all matches from left to right, without creating garbage.
---@param s rille.source must not change meanwhile
---@param init? integer start position, from the end if negative
---@return fun(): integer?, integer? next from, to
function Regex:gfind(s, init)
  open(self)
  local _, len = of(s, "rille.regex:gfind")
  return find_spans(self, s, from(init, len, "rille.regex:gfind"))
end

--- Returns all matches at once.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return rille.spans
function Regex:spans(s, init)
  local handle = open(self)
  local _, len = of(s, "rille.regex:spans")
  return all_spans(handle, s, from(init, len, "rille.regex:spans"))
end

--- Returns the number of matches.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return integer
function Regex:count(s, init)
  local handle = open(self)
  local ptr, len = of(s, "rille.regex:count")
  local offset = from(init, len, "rille.regex:count")
  if C.rille_regex_count(handle, ptr, len, offset, out, err) < 0 then
    failure.raise(err, "rille.regex:count")
  end
  return out[0]
end

local function give_and_return(slots, ...)
  give(slots)
  return ...
end

--- Returns memory for the groups of several matches.
local function slots_for(width)
  return width <= spans.SIZE and take() or array(width)
end

--- Returns the first match as `string.match` does: the strings of its groups, or the whole match if the pattern has no
--- groups.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@return string|false|nil first nil if there is no match; false for a group that did not participate
---@return string|false ... further groups
function Regex:match(s, init)
  local handle, groups = open(self), self.shared.groups
  local ptr, len = of(s, "rille.regex:match")
  local offset = from(init, len, "rille.regex:match")
  local text = pieces(s, ptr)
  local slots = slots_for(2 * groups + 2)
  if batch(C.rille_regex_captures, handle, s, offset, 0, slots, 1, "rille.regex:match") == 0 then
    return give_and_return(slots, nil)
  end
  return give_and_return(slots, strings(text, slots, 0, groups))
end

--- Returns the positions of the groups of the first match: `c[0]` is the whole match, `c[1]` the first group, `c.name`
--- a named one; each is `{ from, to }`, or false if the group did not participate.
---@param s rille.source
---@param init? integer start position, from the end if negative
---@param res? table what an earlier call for this pattern has returned, to be filled again without garbage
---@return table<integer|string, integer[]|false>? captures nil if there is no match; then `res` stays as it is
function Regex:captures(s, init, res)
  local handle, groups = open(self), self.shared.groups
  local _, len = of(s, "rille.regex:captures")
  local offset = from(init, len, "rille.regex:captures")
  if res ~= nil and type(res) ~= "table" then
    error("rille.regex:captures: res must be a table, got " .. type(res), 2)
  end
  local slots = slots_for(2 * groups + 2)
  if batch(C.rille_regex_captures, handle, s, offset, 0, slots, 1, "rille.regex:captures") == 0 then
    give(slots)
    return nil
  end
  local captures = positions(slots, self.shared, res)
  give(slots)
  return captures
end

--- Returns the strings of the first match: `m[0]` is the whole match, `m[1]` the first group, `m.name` a
--- named one; false for a group that did not participate.
---@param s rille.source
---@param init? integer start position
---@param res? table the table to fill and return, made for this pattern; without it a new one is made
---@return table<integer|string, string|false>? match nil if there is none; then `res` stays as it is
function Regex:match_table(s, init, res)
  local handle, shared = open(self), self.shared
  local ptr, len = of(s, "rille.regex:match_table")
  local offset = from(init, len, "rille.regex:match_table")
  if res ~= nil and type(res) ~= "table" then
    error("rille.regex:match_table: res must be a table, got " .. type(res), 2)
  end
  local text = pieces(s, ptr)
  local slots = slots_for(2 * shared.groups + 2)
  local found = batch(C.rille_regex_captures, handle, s, offset, 0, slots, 1, "rille.regex:match_table") > 0
  local filled = found and fill(res or {}, text, slots, 0, shared) or nil
  give(slots)
  return filled
end

--- An iteration over matches with their groups.
---@class rille.regex.groups
local Groups = {}
Groups.__index = Groups

local function iterate_groups(owner, s, text, offset, name)
  local width = 2 * owner.shared.groups + 2
  local self = { owner = owner, s = s, text = text, slots = slots_for(width), width = width, name = name }
  self.at, self.after, self.i, self.n, self.more = offset, 0, 0, 0, true
  -- The first batch is small: many loops end after a few rounds.
  self.capacity = width <= spans.SIZE / 8 and 8 or 1
  return setmetatable(self, Groups)
end

--- Returns the index of the next match in the slots, or nil after the last match.
function Groups:next()
  local slots, width = self.slots, self.width
  if self.i == self.n then
    if not self.more then
      if slots and width <= spans.SIZE then
        give(slots)
      end
      self.slots = nil
      return nil
    end
    local handle = self.owner.handle
    if not handle then
      error("rille: closed", 3)
    end
    local fetch = C.rille_regex_captures
    local n, more = batch(fetch, handle, self.s, self.at, self.after, slots, self.capacity, self.name)
    self.i, self.n, self.more = 0, n, more
    if n == 0 then
      self.more = false
      return self:next()
    end
    self.at, self.after = slots[width * (n - 1) + 1], 1
    self.capacity = math.max(1, (spans.SIZE - spans.SIZE % width) / width)
  end
  local at = self.i * width
  self.i = self.i + 1
  return at
end

function Groups:__call()
  local at = self:next()
  if at then
    return strings(self.text, self.slots, at, self.owner.shared.groups)
  end
end

--- Iterates over all matches as `string.gmatch` does: the strings of the groups, or the whole match if the pattern has
--- no groups.
---@param s rille.source must not change meanwhile
---@param init? integer start position, from the end if negative
---@return fun(): string|false|nil, ... next
function Regex:gmatch(s, init)
  open(self)
  local ptr, len = of(s, "rille.regex:gmatch")
  local offset = from(init, len, "rille.regex:gmatch")
  local text = pieces(s, ptr)
  return iterate_groups(self, s, text, offset, "rille.regex:gmatch")
end

local function check_limit(n, name)
  if n == nil then
    return 0
  elseif type(n) ~= "number" or n % 1 ~= 0 or n < 0 then
    error(name .. ": n must be a whole number, got " .. tostring(n), 3)
  end
  return n < UNSET and n or UNSET
end

--- Replaces by a template, and returns the status and the number of replacements.
local function by_template(self, s, template, n, buffer, name)
  local ptr, len = of(s, name)
  how.limit, how.text, how.len = n, template, #template
  local status = C.rille_regex_replace(open(self), ptr, len, how, buffer, out, err)
  how.text = nil
  if status < 0 and status ~= EPATTERN then
    error(name .. ": " .. ffi.string(err.message, err.length), 4)
  end
  return status, out[0]
end

--- Returns a function that calls `fn` for a match: with its groups and, if some have names, with a table of the match as the last
--- argument.
local function caller(fn, shared)
  local groups = shared.groups
  if next(shared.names) == nil then
    return function(text, slots, at)
      return fn(strings(text, slots, at, groups))
    end
  end
  local match = {}
  return function(text, slots, at)
    fill(match, text, slots, at, shared)
    local list = list_of_groups(text, slots, at, groups)
    list[groups + 1] = match
    return fn(unpack(list, 1, groups + 1))
  end
end

--- Returns a function that looks a match up in a table, as `string.gsub` does: by its first group, or by the whole match.
local function reader(replacements, shared)
  local at_group = shared.groups > 0 and 2 or 0
  return function(text, slots, at)
    local key = group(text, slots, at + at_group)
    return replacements[key]
  end
end

--- Replaces by a function or a table, and returns the pieces of the result, their number, and the number of replacements.
local function by_function(self, s, fn, n, name)
  local ptr, len = of(s, name)
  local text = pieces(s, ptr)
  local result_of = (type(fn) == "table" and reader or caller)(fn, self.shared)
  local list, size, count, done = {}, 0, 0, 0
  local matches = iterate_groups(self, s, text, 0, name)
  while n == nil or count < n do
    local at = matches:next()
    if not at then
      break
    end
    local slots = matches.slots
    local start, stop = slots[at], slots[at + 1]
    local put = result_of(text, slots, at)
    if put == nil or put == false then
      put = piece(text, start, stop)
    elseif type(put) == "number" then
      put = tostring(put)
    elseif type(put) ~= "string" then
      local of_table = type(fn) == "table"
        and "a value of the table must be a string, a number or false, got "
      error(
        name
          .. ": "
          .. (of_table or "the replacement function must return a string or nil, got ")
          .. type(put),
        4
      )
    end
    list[size + 1], list[size + 2] = piece(text, done, start), put
    size, count, done = size + 2, count + 1, stop
  end
  list[size + 1] = piece(text, done, len)
  return list, size + 1, count
end

local function check_replacement(replacement, name)
  local kind = type(replacement)
  if kind ~= "string" and kind ~= "function" and kind ~= "table" then
    error(name .. ": replacement must be a template or a function, got " .. kind .. "; or a table", 3)
  end
  return kind ~= "string"
end

--- Replaces matches by a template ($0 the match, $1 a group, ${name} a named one, $$ a dollar sign), by the result of a
--- function, or by the value of a table, both as `string.gsub` does: nil and false keep the match. If the pattern has named
--- groups, the last argument of the function is a table as of `match_table`, valid during the call.
---@param s rille.source
---@param replacement string|(fun(...): string?)|table<string, string|number|false>
---@param n? integer maximum number of replacements
---@return string? text nil if the template is wrong
---@return integer|string count number of replacements, or what is wrong
---@return integer? position byte in the template
function Regex:replace(s, replacement, n)
  open(self)
  of(s, "rille.regex:replace")
  local limit = check_limit(n, "rille.regex:replace")
  if check_replacement(replacement, "rille.regex:replace") then
    local list, _, count = by_function(self, s, replacement, n, "rille.regex:replace")
    return concat(list), count
  elseif n == 0 then
    return bytes.string(s, "rille.regex:replace"), 0
  end
  local buffer = scratch.buffer("rille.regex:replace")
  local status, count = by_template(self, s, replacement, limit, buffer, "rille.regex:replace")
  if status < 0 then
    return failure.typed(err)
  elseif count == 0 and type(s) == "string" then
    return s, 0
  end
  return scratch.string("rille.regex:replace"), count
end

--- Appends the text with its matches replaced to a buffer, see `replace`.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param replacement string|(fun(...): string?)|table<string, string|number|false>
---@param n? integer maximum number of replacements
---@return integer? len bytes appended; nil if the template is wrong
---@return integer|string count number of replacements, or what is wrong
---@return integer? position byte in the template
function Regex:replace_into(buffer, s, replacement, n)
  open(self)
  sink(buffer, s, "rille.regex:replace_into")
  of(s, "rille.regex:replace_into")
  local limit = check_limit(n, "rille.regex:replace_into")
  if check_replacement(replacement, "rille.regex:replace_into") then
    local list, size, count = by_function(self, s, replacement, n, "rille.regex:replace_into")
    local len = 0
    for i = 1, size do
      buffer:put(list[i])
      len = len + #list[i]
    end
    return len, count
  elseif n == 0 then
    local _, len = of(s, "rille.regex:replace_into")
    buffer:put(type(s) == "string" and s or bytes.string(s, "rille.regex:replace_into"))
    return len, 0
  elseif type(buffer) == "table" then
    local before = buffer:len()
    local status, count = by_template(self, s, replacement, limit, buffer.handle, "rille.regex:replace_into")
    if status < 0 then
      return failure.typed(err)
    end
    return buffer:len() - before, count
  end
  local native = scratch.buffer("rille.regex:replace_into")
  local status, count = by_template(self, s, replacement, limit, native, "rille.regex:replace_into")
  if status < 0 then
    return failure.typed(err)
  end
  return scratch.move(buffer), count
end

--- Returns the fields between matches, empty ones included. A text without a match is one field.
---@param s rille.source
---@param n? integer maximum number of fields; the last one is the rest
---@return string[]
function Regex:split(s, n)
  open(self)
  local limit = check_limit(n, "rille.regex:split")
  local ptr, len = of(s, "rille.regex:split")
  local text = pieces(s, ptr)
  local fields, count, done = {}, 0, 0
  if n ~= 0 then
    if limit ~= 1 then
      for first, last in find_spans(self, s, 0) do
        count = count + 1
        fields[count] = piece(text, done, first - 1)
        done = last
        if count + 1 == limit then
          break
        end
      end
    end
    fields[count + 1] = piece(text, done, len)
  end
  return fields
end

setmetatable(M, { __call = new })
return M
