--- Option tables: a function declares its options once, for both backends and for the host integration.
---
---     local read = options.reader({
---       case = { values = { "respect", "ignore" }, default = "respect" },
---       context = { "integer", min = 0, default = 0 },
---       globs = { "strings" },
---     })
---     local given = read(opts, "rille.grep")
---
--- A mistake has one of two messages: `unknown option 'x' (known: case, context, globs)` and
--- `option 'context' must be an integer >= 0, got -1`.
local M = {}

--- The declaration of an option: accepted kinds, and accepted values in addition.
---@class rille.option
---@field [integer] "boolean"|"integer"|"number"|"string"|"function"|"table"|"strings" an accepted kind
---@field values? (string|number|boolean)[] accepted values
---@field numbered? boolean the value is read as a number, as C counts: its place in `values` from 0 on, a boolean as 0 or 1
---@field min? number
---@field max? number
---@field bound? number technical maximum of an integer, mentioned only if it is exceeded; 2^32 - 1 by default
---@field fits? fun(value: any): boolean checks a value of an accepted kind further
---@field about? string what a value must be, if kinds and values do not say it
---@field default? boolean|number|string as it is read
---@field unread? boolean the option is checked, but not read: the caller takes it from the user's table

local ABOUT = {
  boolean = "a boolean",
  integer = "an integer",
  number = "a number",
  string = "a string",
  ["function"] = "a function",
  table = "a table",
  strings = "a list of strings",
}
local LARGEST = 2 ^ 32 - 1

local function shown(value)
  if type(value) == "string" then
    return "'" .. (#value > 60 and value:sub(1, 60) .. "…" or value) .. "'"
  end
  return (type(value) == "number" or type(value) == "boolean") and tostring(value) or type(value)
end

--- Returns the description of the accepted values of an option.
local function about(field, value)
  local bound = field.bound or LARGEST
  if field.about then
    return field.about
  elseif field[1] == "integer" and not field.max and type(value) == "number" and value > bound then
    return ("an integer <= %.16g"):format(bound)
  end
  local parts = {}
  for i, kind in ipairs(field) do
    local range = field.max and " from %.16g to %.16g" or field.min and " >= %.16g" or ""
    parts[i] = ABOUT[kind] .. range:format(field.min, field.max)
  end
  for _, accepted in ipairs(field.values or {}) do
    parts[#parts + 1] = shown(accepted)
  end
  local last = table.remove(parts)
  return parts[1] and table.concat(parts, ", ") .. " or " .. last or last
end

--- Returns the index of the first element of a list that is not a string, or nil.
local function not_a_string(list)
  for i = 1, table.maxn(list) do
    if type(list[i]) ~= "string" then
      return i
    end
  end
end

local function refuse(field, key, value, name, level)
  local i = field[1] == "strings" and type(value) == "table" and not_a_string(value)
  if i then
    field, key, value = { "string" }, ("%s[%d]"):format(key, i), value[i]
  end
  error(
    ("%s: option '%s' must be %s, got %s"):format(name, key, about(field, value), shown(value)),
    level + 2
  )
end

local function literal(value)
  return type(value) == "string" and ("%q"):format(value)
    or type(value) == "number" and ("%.17g"):format(value)
    or tostring(value)
end

--- Returns the source of a condition: whether `value` is of a kind.
local function is_of(kind, field)
  if kind == "strings" then
    return "type(value) == 'table' and not not_a_string(value)"
  end
  local source = ("type(value) == '%s'"):format(kind == "integer" and "number" or kind)
  local max = field.max or kind == "integer" and (field.bound or LARGEST)
  source = source .. (field.min and " and value >= " .. literal(field.min) or "")
  source = source .. (max and " and value <= " .. literal(max) or "")
  return source .. (kind == "integer" and " and value % 1 == 0" or "")
end

--- Returns the source that reads one option into `value`, or refuses it.
local function reading(key, field)
  local quoted = literal(key)
  local lines =
    { ("value = opts[%s]\nif value == nil then value = %s"):format(quoted, literal(field.default)) }
  local conditions = {}
  for i, accepted in ipairs(field.numbered and field[1] and { false, true } or field.values or {}) do
    local equal = "value == " .. literal(accepted)
    if field.numbered then
      lines[#lines + 1] = ("elseif %s then value = %d"):format(equal, i - 1)
    else
      conditions[i] = equal
    end
  end
  for _, kind in ipairs(field.numbered and {} or field) do
    conditions[#conditions + 1] = is_of(kind, field)
  end
  lines[#lines + 1] = ("elseif not ((%s)%s) then refuse(fields[%s], %s, value, name, level or 2) end"):format(
    #conditions > 0 and table.concat(conditions, " or ") or "false",
    field.fits and (" and fields[%s].fits(value)"):format(quoted) or "",
    quoted,
    quoted
  )
  if not field.unread then
    lines[#lines + 1] = ("into[%s] = value"):format(quoted)
  end
  return table.concat(lines, "\n")
end

--- The source of a reader, around that of its options. Straight code: LuaJIT compiles no loop within the loop of a caller.
local READER = [[
local fields, unset, shared, check_names, not_a_string, refuse, type = ...
return function(opts, name, into, level)
  if opts == nil then
    opts, into = unset, into or shared
  else
    check_names(opts, name, level or 2)
    into = into or { %s }
  end
  local value
  %s
  return into
end]]

--- Returns a reader of option tables.
---
--- It raises an error at the caller of the function that calls it. It returns a new table with the value or the default of
--- each option, or, without options, a shared table, which must not be changed. Given `into`, a table or a C struct, it fills
--- that instead and creates no garbage. `level` is that of an error raised by the calling function, 2 by default.
---@param fields table<string, rille.option>
---@param is_hot? boolean the names in a table are checked only when it is first passed
---@return fun(opts: table?, name: string, into?: table|ffi.cdata*, level?: integer): table
function M.reader(fields, is_hot)
  local keys, source = {}, {}
  for key in pairs(fields) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    source[i] = reading(key, fields[key])
  end
  local known, checked = table.concat(keys, ", "), setmetatable({}, { __mode = "k" })
  local function check_names(opts, name, level)
    if checked[opts] then
      return
    elseif type(opts) ~= "table" then
      error(("%s: opts must be a table, got %s"):format(name, type(opts)), level + 2)
    end
    for key in pairs(opts) do
      if not fields[key] then
        error(("%s: unknown option '%s' (known: %s)"):format(name, tostring(key), known), level + 2)
      end
    end
    if is_hot then
      checked[opts] = true
    end
  end
  -- A new table has room for all options from the start.
  local room = {}
  for i, key in ipairs(keys) do
    room[i] = ("[%s] = false"):format(literal(key))
  end
  local code = READER:format(table.concat(room, ", "), table.concat(source, "\n  "))
  return assert(loadstring(code, "=rille.core.options"))(
    fields,
    {},
    {},
    check_names,
    not_a_string,
    refuse,
    type
  )
end

--- Returns the sum of the flags of those options that are set.
---@param given table<string, any>
---@param flags table<string, integer> flags of boolean options
---@return integer
function M.flags(given, flags)
  local sum = 0
  for key, flag in pairs(flags) do
    sum = sum + (given[key] and flag or 0)
  end
  return sum
end

return M
