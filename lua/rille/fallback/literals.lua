--- Literals in pure Lua: one plain `find` for each. The results equal those of the native library.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local length = require("rille.core.strings").length
local read = require("rille.literals.options")
local start = require("rille.regex.start")

local find, lower, sub = string.find, string.lower, string.sub

--- The same interface as the native `rille.literals`.
local Literals = { is_rille_literals = true }
Literals.__index = Literals

class.named(Literals, "rille.literals", function(self)
  return self.list and class.number(#self.list, "literal")
end)

local dot = require("rille.core.dot")

local M = {}

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  end
  if not self.list then
    error("rille: closed", 3)
  end
end

local function from(init, text, name)
  if init == nil then
    return 1
  end
  local offset = start.offset(init, #text)
  if not offset then
    error(name .. ": " .. start.wrong(init), 3)
  end
  return offset + 1
end

---@param list string[] none of them empty
---@param opts? rille.literals.options
---@return rille.literals?
---@return string? message what is wrong, and with which literal
function M.new(list, opts)
  if type(list) ~= "table" then
    error("rille.literals: list must be a list of strings, got " .. type(list), 2)
  end
  local given = read(opts, "rille.literals")
  local ignore_case, longest = given.case == "ignore", given.match == "longest"
  local copy = {}
  for i = 1, length(list, "rille.literals: list", 3) do
    local item = list[i]
    if type(item) ~= "string" then
      error(("rille.literals: list[%d] must be a string, got %s"):format(i, type(item)), 2)
    end
    copy[i] = ignore_case and lower(item) or item
  end
  for i = 1, #copy do
    if copy[i] == "" then
      return nil, ("literal %d of %d is empty: it would match everywhere"):format(i, #copy)
    end
  end
  return setmetatable({ list = copy, ignore_case = ignore_case, longest = longest }, Literals)
end

--- Returns a function that steps from hit to hit. It keeps the next hit of each literal and searches again when passed.
local function stepper(self, s, at)
  local list, places = self.list, {}
  local text = self.ignore_case and lower(s) or s
  for i = 1, #list do
    places[i] = 0
  end
  return function()
    local first, id
    for i = 1, #list do
      local place = places[i]
      if place and place < at then
        place = at <= #text and find(text, list[i], at, true) or false
        places[i] = place
      end
      if place then
        local earlier = not first or place < first
        if earlier or (place == first and self.longest and #list[i] > #list[id]) then
          first, id = place, i
        end
      end
    end
    if first then
      at = first + #list[id]
      return first, at - 1, id
    end
  end
end

function Literals:test(s, init)
  open(self)
  local text = bytes.string(s, "rille.literals:test")
  local at = from(init, text, "rille.literals:test")
  return stepper(self, text, at)() ~= nil
end

function Literals:find(s, init)
  open(self)
  local text = bytes.string(s, "rille.literals:find")
  local at = from(init, text, "rille.literals:find")
  return stepper(self, text, at)()
end

function Literals:gfind(s, init)
  open(self)
  local text = bytes.string(s, "rille.literals:gfind")
  return stepper(self, text, (from(init, text, "rille.literals:gfind")))
end

local Spans = {}
Spans.__index = Spans

class.named(Spans, "rille.spans", function(self)
  return class.number(#self.hits, "match")
end)

function Spans:count()
  return #self.hits
end

function Spans:get(i)
  local hit = self.hits[i]
  if hit then
    return hit[1], hit[2], hit[3]
  end
end

local function all(self, s, at)
  local hits = {}
  for first, last, id in stepper(self, s, at) do
    hits[#hits + 1] = { first, last, id }
  end
  return hits
end

function Literals:spans(s, init)
  open(self)
  local text = bytes.string(s, "rille.literals:spans")
  local at = from(init, text, "rille.literals:spans")
  return setmetatable({ hits = all(self, text, at) }, Spans)
end

function Literals:count(s, init)
  open(self)
  local text = bytes.string(s, "rille.literals:count")
  local at = from(init, text, "rille.literals:count")
  return #all(self, text, at)
end

function Literals:len()
  open(self)
  return #self.list
end

--- Returns another object with the same literals, which stays open when this one is closed.
---@package
function Literals:clone()
  local clone = { list = self.list, ignore_case = self.ignore_case, longest = self.longest }
  return setmetatable(clone, Literals)
end

--- Returns the length of the longest literal in bytes.
---@package
function Literals:longest_len()
  local longest = 0
  for i = 1, #self.list do
    longest = math.max(longest, #self.list[i])
  end
  return longest
end

--- Checks the replacements: one for each literal, or one for all.
local function check(self, list, n, name)
  if type(list) ~= "string" and type(list) ~= "table" then
    error(name .. ": list must be a list of strings or a string for all, got " .. type(list), 3)
  elseif type(list) == "table" then
    if length(list, name .. ": list", 4) ~= #self.list then
      error(("%s: list has %d strings for %d literals"):format(name, #list, #self.list), 3)
    end
    for i = 1, #list do
      if type(list[i]) ~= "string" then
        error(("%s: list[%d] must be a string, got %s"):format(name, i, type(list[i])), 3)
      end
    end
  end
  if n ~= nil and (type(n) ~= "number" or n % 1 ~= 0 or n < 0) then
    error(name .. ": n must be a whole number, got " .. tostring(n), 3)
  end
end

M.check_replacements = check

local function replaced(self, s, list, n)
  local pieces, size, count, done = {}, 0, 0, 1
  local step = stepper(self, s, 1)
  while n == nil or count < n do
    local first, last, id = step()
    if not first then
      break
    end
    pieces[size + 1] = sub(s, done, first - 1)
    pieces[size + 2] = type(list) == "string" and list or list[id]
    size, count, done = size + 2, count + 1, last + 1
  end
  pieces[size + 1] = sub(s, done)
  return table.concat(pieces), count
end

function Literals:replace(s, list, n)
  open(self)
  local text = bytes.string(s, "rille.literals:replace")
  check(self, list, n, "rille.literals:replace")
  return replaced(self, text, list, n)
end

function Literals:replace_into(buffer, s, list, n)
  open(self)
  bytes.sink(buffer, s, "rille.literals:replace_into")
  local text = bytes.string(s, "rille.literals:replace_into")
  check(self, list, n, "rille.literals:replace_into")
  local result, count = replaced(self, text, list, n)
  buffer:put(result)
  return #result, count
end

function Literals:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.list = nil
end

return M
