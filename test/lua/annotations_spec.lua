--- The reader of annotations, from which the help is made, on small inputs.
local t = ...
local parse = dofile(os.getenv("RILLE_ROOT") .. "/tools/annotations.lua")

local function names(list)
  local out = {}
  for i, item in ipairs(list) do
    out[i] = item.name
  end
  return out
end

t.test("a line without a tag continues the description of the tag before it", function()
  local functions = parse([[
--- Adds items.
---
--- More of it.
---@param items string[] the items,
--- all of them
---@return integer? len number of items, nil
---   if it is refused
---@return string? message
function M.push(items) end
]])
  t.eq(#functions, 1)
  local doc = functions[1].doc
  t.eq(doc.text, { "Adds items.", "", "More of it." })
  t.eq(doc.params[1].about, "the items, all of them")
  t.eq(doc.returns[1].about, "len number of items, nil if it is refused")
  t.eq(doc.returns[2].about, "message")
end)

t.test("empty lines and empty comments within a class lose no field", function()
  local _, classes = parse([[
--- What is known.
---@class rille.info
---@field size number bytes
---
---@field lines number

---@field exact boolean whether `lines` is exact
---@field package handle ffi.cdata*
local Info = {}
]])
  t.eq(names(classes["rille.info"].fields), { "size", "lines", "exact" })
  t.eq(classes["rille.info"].text, { "What is known." })
  _, classes = parse("---@class pad : width, other\n---@field fill? string\nlocal P = {}\n")
  t.eq(classes.pad.parents, { "width", "other" })
end)

t.test("a class ends at its variable, and a later @field is not its own", function()
  local _, classes =
    parse("---@class a\n---@field x number\nlocal A = {}\n\n---@class b\n---@field y number\nlocal B = {}\n")
  t.eq(names(classes.a.fields), { "x" })
  t.eq(names(classes.b.fields), { "y" })
end)

t.test("types end where those of a language server end", function()
  local functions = parse([[
--- Calls.
---@param a fun(job: rille.job, state: string): boolean? called for each
---@param b "one two"|"three" a word
---@param c { limit?: integer, from: integer } options
---@param d table<string, integer> | nil numbers
---@param ... any the rest
function M.call(a, b, c, d, ...) end
]])
  local params = functions[1].doc.params
  t.eq(params[1].type, "fun(job: rille.job, state: string): boolean?")
  t.eq(params[2].type, '"one two"|"three"')
  t.eq(params[3].type, "{ limit?: integer, from: integer }")
  t.eq(params[4].type, "table<string, integer> | nil")
  t.eq(params[5].name, "...")
  t.eq(params[4].about, "numbers")
end)

t.test("overloads, aliases of several lines, constructors and methods", function()
  local functions, classes, aliases = parse([[
---@alias kind
---| "a" # the first
---| "b"

---@alias unit "byte"|"char"
---@alias form "NFC"

---@class mod
---@overload fun(x: string): thing
local M = {}

--- Makes a thing.
---@param x string
local function new(_, x) end

---@class thing
local Thing = {}

  --- Runs.
  function Thing:run() end

--- Ends.
Thing.close = close
]])
  t.eq(aliases.kind.type, '"a"|"b"')
  t.eq({ aliases.unit.type, aliases.form.type }, { '"byte"|"char"', '"NFC"' })
  t.eq(classes.mod.overloads, { "fun(x: string): thing" })
  t.eq(names(functions), { "new", "run", "close" })
  t.eq(functions[1].args, "x")
  t.eq({ functions[2].class, functions[3].class, functions[3].sep }, { "thing", "thing", ":" })
end)

t.test("what is internal is left out", function()
  local functions = parse(
    "--- Reads.\n---@package\nfunction F.read() end\n--- Writes.\n---@private\nfunction F.write() end\n"
  )
  t.eq(#functions, 0)
end)

t.test("an unknown tag is an error that names its place", function()
  local ok, message = pcall(parse, "--- X.\n---@parm x string\nfunction M.x(x) end\n", "lua/rille/x.lua")
  t.eq({ ok, message }, { false, "lua/rille/x.lua:3: unknown tag @parm" })
end)
