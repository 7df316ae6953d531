--- Reads LuaCATS annotations as a language server does.
---
---   local parse = dofile("tools/annotations.lua")
---   local functions, classes, aliases = parse(source, "lua/rille/file.lua")
---
--- A block is a run of lines that begin with `---`, at any indentation. Text before the first tag describes what follows the
--- block; a line without a tag after one continues the description of that tag. A block that begins with `@field` after
--- empty lines continues the class before it. Private, protected and package members are omitted. An unknown tag is an
--- error, so that nothing is lost silently. Plain Lua that uses no function of a host.
local HIDDEN = { package = true, private = true, protected = true }
--- Tags that are not shown in the help.
local SILENT =
  { type = true, cast = true, diagnostic = true, nodiscard = true, async = true, generic = true, meta = true }

local CLOSING = { ["("] = ")", ["["] = "]", ["{"] = "}", ["<"] = ">" }

--- Splits a type off the front of a text. It ends at white space outside of brackets and quotes, unless the space is next to
--- a bar or follows a colon or a comma.
local function cut_type(s)
  local depth, i = 0, 1
  while i <= #s do
    local c = s:sub(i, i)
    if c == '"' or c == "'" or c == "`" then
      i = s:find(c, i + 1, true) or #s
    elseif CLOSING[c] then
      depth = depth + 1
    elseif c:find("[%)%]}>]") then
      depth = depth - 1
    elseif
      c:find("%s")
      and depth <= 0
      and not s:sub(1, i - 1):find("[:,|]%s*$")
      and not s:find("^%s*|", i)
    then
      return s:sub(1, i - 1), (s:sub(i):gsub("^%s+", ""))
    end
    i = i + 1
  end
  return s, ""
end

--- Splits a text into a name, the type after it, and the description.
local function cut_name(rest, where)
  local name, more = rest:match("^(%[[^%]]*%]%??)%s+(.*)$")
  if not name then
    name, more = rest:match("^(%S+)%s+(.*)$")
  end
  if not name then
    error(("%s: no type: %s"):format(where, rest), 0)
  end
  local kind, about = cut_type(more)
  return { name = name, type = kind, about = (about:gsub("^#%s*", "")) }
end

local tags = {}

function tags.param(doc, rest, where)
  local param = cut_name(rest, where)
  doc.params[#doc.params + 1] = param
  return param
end

tags["return"] = function(doc, rest)
  local kind, about = cut_type(rest)
  local value = { type = kind, about = (about:gsub("^#%s*", "")) }
  doc.returns[#doc.returns + 1] = value
  return value
end

function tags.field(doc, rest, where)
  local scope, more = rest:match("^(%l+)%s+(%S.*)$")
  local hidden = HIDDEN[scope]
  if hidden or scope == "public" then
    rest = more
  end
  local field = cut_name(rest, where)
  if not hidden then
    doc.fields[#doc.fields + 1] = field
  end
  return field
end

function tags.class(doc, rest)
  local parents
  doc.class, parents = rest:gsub("^%(%l+%)%s*", ""):match("^([%w_.]+)%s*:?%s*(.*)$")
  for parent in parents:gmatch("[%w_.]+") do
    doc.parents[#doc.parents + 1] = parent
  end
end

function tags.alias(doc, rest)
  local name, kind = rest:match("^([%w_.]+)%s*(.*)$")
  doc.alias = { name = name, type = kind }
  doc.aliases[#doc.aliases + 1] = doc.alias
end

function tags.overload(doc, rest)
  doc.overloads[#doc.overloads + 1] = rest
end

for scope in pairs(HIDDEN) do
  tags[scope] = function(doc)
    doc.hidden = true
  end
end

local function parse_block(block, where)
  local doc =
    { text = {}, params = {}, returns = {}, fields = {}, overloads = {}, aliases = {}, parents = {} }
  local last -- the description that a line without a tag continues
  for _, line in ipairs(block) do
    local tag, rest = line:match("^%s*@(%a+)%s*(.-)%s*$")
    local value, about = line:match("^|%s*(%S+)%s*#?%s*(.-)%s*$")
    if tag and tags[tag] then
      doc.tagged = doc.tagged or tag
      last = tags[tag](doc, rest, where)
    elseif tag then
      if not SILENT[tag] then
        error(("%s: unknown tag @%s"):format(where, tag), 0)
      end
      doc.tagged, last = doc.tagged or tag, nil
    elseif value and doc.alias then
      doc.alias.type = (doc.alias.type == "" and "" or doc.alias.type .. "|") .. value
      doc.alias.about = (doc.alias.about or "") .. (about ~= "" and ("%s: %s. "):format(value, about) or "")
    elseif last then
      last.about = (last.about .. " " .. line:gsub("^%s+", "")):gsub("^%s+", ""):gsub("%s+$", "")
    else
      doc.text[#doc.text + 1] = line:gsub("^ ", "")
    end
  end
  while doc.text[#doc.text] == "" do
    doc.text[#doc.text] = nil
  end
  return doc
end

--- Returns the annotations of a file: functions in their order, classes and aliases by name.
return function(source, path)
  local functions, classes, aliases, variables = {}, {}, {}, {}
  local block, class, number = nil, nil, 0

  --- Ends a block: applies the annotations above `code`, which is an empty line or a line of the program.
  local function ends(code)
    local doc = parse_block(block, ("%s:%d"):format(path or "?", number))
    block = nil
    for _, param in ipairs(doc.params) do
      -- A function that adds methods to a class has the class as a parameter with a capitalised name.
      variables[param.name] = variables[param.name] or param.name:find("^%u") and param.type
    end
    for _, alias in ipairs(doc.aliases) do
      alias.text = #doc.aliases == 1 and doc.text or {}
      aliases[alias.name] = alias
    end
    if doc.class or doc.tagged == "field" and class then
      class = doc.class or class
      local known = classes[class] or { fields = {}, text = {}, overloads = {}, parents = {} }
      classes[class] = known
      known.text = #known.text > 0 and known.text or doc.text
      for _, list in ipairs({ "fields", "overloads", "parents" }) do
        for _, item in ipairs(doc[list]) do
          table.insert(known[list], item)
        end
      end
      return
    end
    local owner, sep, name, args = code:match("^function ([%w_]+)([.:])([%w_]+)%((.-)%)")
    if not owner then
      owner, sep, name, args = "M", ".", code:match("^local function (new)%((.-)%)")
    end
    if not name then
      owner, name = code:match("^([%w_]+)%.([%w_]+) = [%w_]")
      sep, args = owner == "M" and "." or ":", ""
    end
    if name and (#doc.text > 0 or doc.tagged) and not doc.hidden then
      args = args:gsub("^_,%s*", ""):gsub("^_$", "")
      if doc.params[1] and doc.params[1].name == "_" then
        table.remove(doc.params, 1)
      end
      functions[#functions + 1] = { owner = owner, sep = sep, name = name, args = args, doc = doc }
    end
  end

  for line in (source .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    line = line:gsub("^%s+", "")
    local comment = line:match("^%-%-%-(.*)$")
    if comment and comment:sub(1, 1) ~= "-" then
      block = block or {}
      block[#block + 1] = comment
    else
      if block then
        ends(line)
      end
      if class then
        local variable = line:match("^local ([%w_]+) =")
        if variable then
          variables[variable] = class
        end
        class = line == "" and class or nil
      end
    end
  end
  for _, fn in ipairs(functions) do
    fn.class = variables[fn.owner]
  end
  return functions, classes, aliases
end
