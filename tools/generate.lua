--- Generates `doc/rille.txt` from `doc/rille.in`, the annotations of the Lua modules, and the tables of options and keys.
---
---   local text = dofile("tools/generate.lua")(read, paths)
---
--- `read(path)` returns a file of the tree, or nil; `paths` are the Lua modules, in which types are looked up. The template is
--- help text with these lines in it:
---
---   @functions FILE PREFIX NAME…   the functions of a module, whose `M` is public as PREFIX; only those named, if any are.
---                                  `new` is the function that a call of PREFIX runs.
---   @methods FILE CLASS…           classes, their public fields and their methods
---   @fields FILE CLASS…            the public fields of classes, for example tables of options
---   @types                         every other type that the help refers to
---   @options                       the options of the plugin
---   @keys FILE                     the keys in a module's list
---   @pickers                       the pickers of the catalogue
---   @recipe                        the hook for vim.pack, copied from doc/neovim.md
---
--- Annotations are read by tools/annotations.lua, examples are those in doc/examples.lua, and what the fallback supports is
--- in doc/fallback.lua, which a test writes. Plain Lua that uses no function of a host, so that it runs in any LuaJIT.
local WIDTH = 78

--- Breaks text into lines of the help's width. Backticked code stays in one piece.
local function wrap(text, first, rest)
  local lines, line = {}, first
  local width = function(s)
    return #s:gsub("[\128-\191]", "")
  end
  local empty = true
  text = text:gsub("`[^`]*`", function(code)
    return (code:gsub(" ", "\1"))
  end)
  for word in text:gmatch("%S+") do
    if not empty and width(line) + 1 + width(word) > WIDTH then
      lines[#lines + 1] = line
      line, empty = rest, true
    end
    line = line .. (empty and "" or " ") .. word
    empty = false
  end
  lines[#lines + 1] = line
  return (table.concat(lines, "\n"):gsub("\1", " "))
end

--- Wraps each paragraph; lines that begin with four spaces or a dash are kept as they are.
local function paragraphs(list, indent)
  local out, text = {}, {}
  local function flush()
    if #text > 0 then
      out[#out + 1] = wrap(table.concat(text, " "), indent, indent)
      text = {}
    end
  end
  for _, line in ipairs(list) do
    if line == "" then
      flush()
      out[#out + 1] = ""
    elseif line:find("^    ") then
      flush()
      out[#out + 1] = indent .. line
    else
      if line:find("^%- ") then
        flush()
      end
      text[#text + 1] = line
    end
  end
  flush()
  return table.concat(out, "\n")
end

--- Adds spaces around bars: a bar between two words would be a link in the help.
local function shown(kind)
  return (kind:gsub("%s*|%s*", " | "))
end

--- Names that are not types of rille.
local BUILTIN = {}
for word in
  ("any boolean fun function integer nil number self string table thread true false userdata T"):gmatch("%S+")
do
  BUILTIN[word] = true
end

--- Calls `visit` for each type in a type expression.
local function each_type(kind, visit)
  kind = kind:gsub('"[^"]*"', " "):gsub("'[^']*'", " "):gsub("`[^`]*`", " ")
  -- Names of parameters and fields are followed by a colon, types are not.
  kind = kind:gsub("%f[%w_]([%w_]+)%??%s*:%s", function(name)
    return (name == "fun" and name or "") .. " "
  end)
  for name in kind:gmatch("%f[%a_][%w_.]+%f[^%w_.]") do
    if
      not BUILTIN[name]
      and not name:find("^ffi%.")
      and not name:find("^string%.buffer")
      and not name:find("^uv%.")
    then
      visit(name)
    end
  end
end

--- Returns a line with a name at the left and its tag at the right; two lines if they do not fit in one.
local function heading(text, tag)
  local mark = ("*%s*"):format(tag)
  if #text + 2 + #mark > WIDTH then
    return (" "):rep(WIDTH - #mark) .. mark .. "\n" .. text
  end
  return text .. (" "):rep(WIDTH - #text - #mark) .. mark
end

--- Returns public fields, as a list.
local function render_fields(fields)
  local out = {}
  for _, field in ipairs(fields) do
    local lead = ("      • %s  "):format(field.name)
    out[#out + 1] = wrap(("(`%s`) %s"):format(shown(field.type), field.about), lead, "        ")
  end
  return table.concat(out, "\n")
end

--- Returns the help for one function.
local function render(fn, tag, where, example)
  local args = {}
  for name in fn.args:gmatch("[%w_.]+") do
    args[#args + 1] = "{" .. name .. "}"
  end
  local out = { heading(("%s(%s)"):format(tag, table.concat(args, ", ")), tag .. "()") }
  out[#out + 1] = paragraphs(fn.doc.text, "    ")
  if #fn.doc.params > 0 then
    out[#out + 1] = "\n    Parameters: ~"
    local width = 0
    for _, param in ipairs(fn.doc.params) do
      width = math.max(width, #param.name + 2)
    end
    for _, param in ipairs(fn.doc.params) do
      local name = ("{%s}"):format(param.name:gsub("%?$", ""))
      name = param.name:find("%?$") and name .. "?" or name
      local lead = ("      • %s%s "):format(name, (" "):rep(width + 1 - #name))
      out[#out + 1] = wrap(("(`%s`) %s"):format(shown(param.type), param.about), lead, (" "):rep(#lead - 2))
    end
  end
  if #fn.doc.returns > 0 then
    out[#out + 1] = "\n    Returns: ~"
    for _, value in ipairs(fn.doc.returns) do
      local lead = #fn.doc.returns > 1 and "      • " or "        "
      out[#out + 1] = wrap(("(`%s`) %s"):format(shown(value.type), value.about), lead, "        ")
    end
  end
  for _, overload in ipairs(fn.doc.overloads) do
    out[#out + 1] = "\n    Also: `" .. shown(overload) .. "`"
  end
  if example and example.see then
    out[#out + 1] = ("\n    Example: |%s()|\n    %s"):format(example.see, where)
  elseif example then
    out[#out + 1] = "\n    Example: >lua\n        "
      .. example.code:gsub("\n$", ""):gsub("\n", "\n        ")
      .. "\n<"
    out[#out + 1] = "    " .. where
  else
    out[#out + 1] = "\n    " .. where
  end
  return table.concat(out, "\n") .. "\n"
end

local function split(words)
  local list = {}
  for word in words:gmatch("%S+") do
    list[#list + 1] = word
  end
  return list
end

--- Descriptions of the fallback's support.
local FALLBACK = {
  full = "all; the fallback has it too",
  ascii = "all; the fallback takes ASCII text only",
  none = "all; needs the native library",
}

return function(read, paths)
  local function run(path)
    local source = read(path)
    return source and assert(loadstring(source, "@" .. path))() or {}
  end
  local parse = run("tools/annotations.lua")
  local fallback, examples = run("doc/fallback.lua"), {}
  for _, entry in ipairs(run("doc/examples.lua")) do
    local first = entry[1]:match("^%S+")
    for name in entry[1]:gmatch("%S+") do
      examples[name] = name == first and { code = entry[2] } or { see = first }
    end
  end
  local used, defined, named = {}, {}, {}

  local function load_module(path)
    local source = read(path)
    if not source then
      error("tools/generate.lua: there is no " .. path, 0)
    end
    used[path] = used[path] or { parse(source, path) }
    return unpack(used[path])
  end

  --- Collects the types in a text of the help.
  local function note(list)
    for _, item in ipairs(list) do
      each_type(item.type, function(name)
        named[#named + 1] = name
      end)
    end
  end

  --- Returns where a function runs: the host that it is for, or whether the fallback supports it.
  local function where(path, name)
    local glue = path:match("^lua/rille/(%w+)/")
    local host = ({ nvim = "Neovim", resty = "OpenResty and nginx", love = "LÖVE" })[glue]
    if host then
      return "Hosts: " .. host
    elseif not fallback[name] then
      error(("tools/generate.lua: doc/examples.lua has nothing about %s"):format(name), 0)
    end
    return "Hosts: " .. FALLBACK[fallback[name]]
  end

  local function entry(fn, tag, path)
    note(fn.doc.params)
    note(fn.doc.returns)
    return render(fn, tag, where(path, tag), examples[tag])
  end

  --- Returns the help for a class or an alias, at its first use.
  local function type_entry(name, known)
    if defined[name] then
      return nil
    end
    defined[name] = true
    local out = { heading("", name) }
    if #known.text > 0 then
      out[#out + 1] = paragraphs(known.text, "    ")
    end
    if known.fields then
      note(known.fields)
      for _, parent in ipairs(known.parents) do
        note({ { type = parent } })
        out[#out + 1] = ("      • the fields of |%s|"):format(parent)
      end
      out[#out + 1] = #known.fields > 0 and render_fields(known.fields) or nil
    else
      note({ known })
      out[#out + 1] = wrap("`" .. shown(known.type) .. "`", "    ", "    ")
      out[#out + 1] = known.about and wrap(known.about, "    ", "    ") or nil
    end
    return table.concat(out, "\n") .. "\n"
  end

  local directives = {}

  function directives.functions(words)
    local path, prefix, wanted, out = words[1], words[2], {}, {}
    for i = 3, #words do
      wanted[words[i]] = true
    end
    for _, fn in ipairs((load_module(path))) do
      if fn.owner == "M" and (#words == 2 or wanted[fn.name]) then
        wanted[fn.name] = nil
        local tag = (fn.name == "new" or fn.name == "view" and prefix == "rille.bytes") and prefix
          or prefix .. fn.sep .. fn.name
        out[#out + 1] = entry(fn, tag, path)
      end
    end
    if next(wanted) or #out == 0 then
      error(("tools/generate.lua: %s has no annotated function %s"):format(path, next(wanted) or "at all"), 0)
    end
    return table.concat(out, "\n")
  end

  function directives.methods(words)
    local path, out = words[1], {}
    for i = 2, #words do
      local functions, classes = load_module(path)
      out[#out + 1] = classes[words[i]] and type_entry(words[i], classes[words[i]])
      local before = #out
      for _, fn in ipairs(functions) do
        if fn.class == words[i] then
          out[#out + 1] = entry(fn, words[i] .. fn.sep .. fn.name, path)
        end
      end
      if #out == before then
        error(("tools/generate.lua: %s has no methods of %s"):format(path, words[i]), 0)
      end
    end
    return table.concat(out, "\n")
  end

  function directives.fields(words)
    local _, classes = load_module(words[1])
    local out = {}
    for i = 2, #words do
      local class = classes[words[i]]
      if not class or #class.fields == 0 then
        error(("tools/generate.lua: %s has no fields of %s"):format(words[1], words[i]), 0)
      end
      out[#out + 1] = type_entry(words[i], class)
    end
    return table.concat(out, "\n")
  end

  --- Returns all types that were referred to and not yet shown, in the order of their names.
  function directives.types()
    local known, out = {}, {}
    for _, path in ipairs(paths) do
      local _, classes, aliases = load_module(path)
      for _, list in ipairs({ classes, aliases }) do
        for name, doc in pairs(list) do
          known[name] = known[name] or doc
        end
      end
    end
    local i = 1
    while named[i] do
      local name = named[i]
      if not defined[name] then
        if not known[name] then
          error("tools/generate.lua: no class and no alias defines the type " .. name, 0)
        end
        out[#out + 1] = { name, type_entry(name, known[name]) }
      end
      i = i + 1
    end
    table.sort(out, function(a, b)
      return a[1] < b[1]
    end)
    for at, item in ipairs(out) do
      out[at] = item[2]
    end
    return table.concat(out, "\n")
  end

  --- Runs a module of the plugin that contains only tables, and returns one of its fields.
  local function table_of(path, field)
    return run(path)[field]
  end

  function directives.options()
    local out = {}
    for _, option in ipairs(table_of("lua/rille/nvim/config.lua", "options")) do
      local name, default, declared, about = unpack(option)
      local types = {}
      for _, list in ipairs({ declared, declared.values or {} }) do
        for _, kind in ipairs(list) do
          types[#types + 1] = tostring(kind)
        end
      end
      local value = type(default) == "table" and "{}"
        or type(default) == "string" and '"' .. default .. '"'
        or default
      local mark = ("*rille.%s*"):format(name)
      out[#out + 1] = name .. (" "):rep(WIDTH - #name - #mark) .. mark
      out[#out + 1] = wrap(
        ("(`%s`, default `%s`)"):format(shown(table.concat(types, "|")), tostring(value)),
        "    ",
        "    "
      )
      out[#out + 1] = paragraphs({ about }, "    ") .. "\n"
    end
    return table.concat(out, "\n")
  end

  function directives.keys(words)
    local out = {}
    for _, key in ipairs(table_of(words[1] or "lua/rille/nvim/viewer/keys.lua", "list")) do
      local keys = "`" .. table.concat(type(key.keys) == "table" and key.keys or { key.keys }, "` `") .. "`"
      local lead = ("    %-14s"):format(keys)
      out[#out + 1] = wrap(("%s (`%s`)"):format(key.about, key.name), lead .. "  ", (" "):rep(20))
    end
    return table.concat(out, "\n")
  end

  function directives.pickers()
    local out = {}
    for _, picker in ipairs(table_of("lua/rille/nvim/catalogue.lua", "list")) do
      out[#out + 1] = wrap(picker.about, ("    %-19s "):format("`" .. picker.name .. "`"), (" "):rep(24))
    end
    return table.concat(out, "\n")
  end

  --- Returns the recipe for vim.pack in doc/neovim.md.
  function directives.recipe()
    return "    " .. read("doc/neovim.md"):match("\n```lua pack\n(.-)\n```\n"):gsub("\n", "\n    ")
  end

  -- What the template itself describes under its own tag, such as the module, is not shown again.
  for tag in read("doc/rille.in"):gmatch("%*(%S+)%*") do
    defined[tag] = true
  end
  local out = {}
  for line in (read("doc/rille.in")):gmatch("(.-)\n") do
    local name, words = line:match("^@(%w+)%s*(.*)$")
    if name then
      line = directives[name](split(words))
    end
    out[#out + 1] = line
  end
  return table.concat(out, "\n") .. "\n"
end
