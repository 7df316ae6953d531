--- Makes `doc/rille.txt` of `doc/rille.in`, the annotations of the Lua modules, and the tables of options and keys.
---
---   local text = dofile("doc/generate.lua")(read)      -- read(path) gives a file of the tree, or nil
---
--- The template is help text with these lines in it:
---
---   @functions FILE PREFIX NAME…   the functions of a module, of which `M` is public as PREFIX; only the named, if any are.
---                                  `new` is what PREFIX itself calls.
---   @methods FILE CLASS…           the methods of classes
---   @fields FILE CLASS…            the public fields of classes, as tables of options have them
---   @options                       the options of the plugin
---   @keys FILE                     the keys that a module lists
---   @recipe                        the hook for vim.pack, as doc/neovim.md has it
---
--- Plain Lua that names no host, so that it runs in any LuaJIT.
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

--- Paragraphs, each wrapped; lines that begin with four spaces or a dash stay apart.
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

--- Cuts a type off: it ends at a space outside of brackets, unless the space follows a colon, a comma or a bar.
local function cut_type(s)
  local depth = 0
  for i = 1, #s do
    local c = s:sub(i, i)
    if c:find("[%(%[{<]") then
      depth = depth + 1
    elseif c:find("[%)%]}>]") then
      depth = depth - 1
    elseif c == " " and depth == 0 and not s:sub(i - 1, i - 1):find("[:,|]") then
      return s:sub(1, i - 1), s:sub(i + 1)
    end
  end
  return s, ""
end

--- A bar between two words would be a link in the help.
local function shown(kind)
  return (kind:gsub("%s*|%s*", " | "))
end

--- The annotations above a thing, in parts.
local function parse_block(block)
  local doc = { text = {}, params = {}, returns = {}, fields = {} }
  for _, line in ipairs(block) do
    local tag, rest = line:match("^@(%w+)%s*(.*)$")
    if not tag then
      doc.text[#doc.text + 1] = line:gsub("^ ", "")
    elseif tag == "param" then
      local name, more = rest:match("^(%S+)%s+(.*)$")
      local kind, about = cut_type(more)
      doc.params[#doc.params + 1] = { name, kind, about }
    elseif tag == "return" then
      local kind, about = cut_type(rest)
      doc.returns[#doc.returns + 1] = { kind, about }
    elseif tag == "class" then
      doc.class = rest:match("^([%w_.]+)")
    elseif tag == "field" and not rest:find("^package ") and not rest:find("^private ") then
      local name, more = rest:match("^(%S+)%s+(.*)$")
      local kind, about = cut_type(more)
      doc.fields[#doc.fields + 1] = { name, kind, about }
    end
  end
  while doc.text[#doc.text] == "" do
    doc.text[#doc.text] = nil
  end
  return doc
end

--- All that is annotated in a file: functions in their order, and classes by name.
local function parse(source)
  local functions, classes, variables, block = {}, {}, {}, nil
  local function class_ends(doc)
    if doc.class then
      local known = classes[doc.class] or { fields = {}, text = doc.text }
      for _, field in ipairs(doc.fields) do
        known.fields[#known.fields + 1] = field
      end
      classes[doc.class] = known
    end
  end
  for line in (source .. "\n"):gmatch("(.-)\n") do
    -- What a function adds to a class is one level deeper.
    line = line:gsub("^  (%-%-%-)", "%1"):gsub("^  (function %u)", "%1")
    local comment = line:match("^%-%-%-(.*)$")
    if comment then
      block = block or {}
      block[#block + 1] = comment
    else
      local doc = block and parse_block(block) or nil
      block = nil
      local owner, sep, name, args = line:match("^function ([%w_]+)([.:])([%w_]+)%((.-)%)")
      if not owner then
        owner, name, args = "M", line:match("^local function (new)%((.-)%)")
        sep = name and "."
      end
      if not sep then
        owner, name = line:match("^([%w_]+)%.([%w_]+) = %w")
        sep = name and owner ~= "M" and ":"
        args = ""
      end
      if doc then
        for _, param in ipairs(doc.params) do
          variables[param[1]] = variables[param[1]] or param[1]:find("^%u") and param[2]
        end
        class_ends(doc)
        local variable = line:match("^local ([%w_]+) = ")
        if doc.class and variable then
          variables[variable] = doc.class
        elseif sep and #doc.text > 0 then
          args = args:gsub("^_, ?", "")
          functions[#functions + 1] = { owner = owner, sep = sep, name = name, args = args, doc = doc }
        end
      end
    end
  end
  for _, fn in ipairs(functions) do
    fn.class = variables[fn.owner]
  end
  return functions, classes
end

--- The hosts that a file runs in.
local function hosts(read, path)
  local glue = path:match("^lua/rille/(%w+)/init%.lua$") or path:match("^lua/rille/(%w+)/")
  local named = ({ nvim = "Neovim", resty = "OpenResty and nginx", love = "LÖVE" })[glue]
  if named then
    return named
  end
  local fallback = path:gsub("^lua/rille/", "lua/rille/fallback/")
  local source = read(fallback)
  if not read(path):find('require("rille.core.ffi")', 1, true) then
    return "all; needs no library"
  elseif source and not source:find("needs the native library", 1, true) then
    return "all, and the fallback"
  end
  return "all; needs the library"
end

--- One function as help.
local function render(fn, tag, where)
  local args = {}
  for name in fn.args:gmatch("[%w_.]+") do
    args[#args + 1] = "{" .. name .. "}"
  end
  local head = ("%s(%s)"):format(tag, table.concat(args, ", "))
  local mark = ("*%s()*"):format(tag)
  local out = {}
  if #head + 2 + #mark > WIDTH then
    out[1] = (" "):rep(WIDTH - #mark) .. mark
    out[2] = head
  else
    out[1] = head .. (" "):rep(WIDTH - #head - #mark) .. mark
  end
  out[#out + 1] = paragraphs(fn.doc.text, "    ")
  if #fn.doc.params > 0 then
    out[#out + 1] = "\n    Parameters: ~"
    local width = 0
    for _, param in ipairs(fn.doc.params) do
      width = math.max(width, #param[1] + 2)
    end
    for _, param in ipairs(fn.doc.params) do
      local name = ("{%s}"):format(param[1]:gsub("%?$", ""))
      name = param[1]:find("%?$") and name .. "?" or name
      local lead = ("      • %s%s "):format(name, (" "):rep(width + 1 - #name))
      out[#out + 1] = wrap(("(`%s`) %s"):format(shown(param[2]), param[3]), lead, (" "):rep(#lead - 2))
    end
  end
  if #fn.doc.returns > 0 then
    out[#out + 1] = "\n    Returns: ~"
    for _, value in ipairs(fn.doc.returns) do
      local lead = #fn.doc.returns > 1 and "      • " or "        "
      out[#out + 1] = wrap(("(`%s`) %s"):format(shown(value[1]), value[2]), lead, "        ")
    end
  end
  out[#out + 1] = "\n    Hosts: " .. where
  return table.concat(out, "\n") .. "\n"
end

local function split(words)
  local list = {}
  for word in words:gmatch("%S+") do
    list[#list + 1] = word
  end
  return list
end

return function(read)
  local used = {}
  local function load_module(path)
    local source = read(path)
    if not source then
      error("doc/generate.lua: there is no " .. path, 0)
    end
    used[path] = used[path] or { parse(source) }
    return used[path][1], used[path][2]
  end
  --- Runs a module of the plugin that has nothing but tables in it, and gives a field.
  local function table_of(path, field)
    local _, chunk = nil, assert(loadstring(read(path), "@" .. path))
    return chunk()[field]
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
        out[#out + 1] = render(fn, tag, hosts(read, path))
      end
    end
    if next(wanted) or #out == 0 then
      error(("doc/generate.lua: %s has no annotated function %s"):format(path, next(wanted) or "at all"), 0)
    end
    return table.concat(out, "\n")
  end

  function directives.methods(words)
    local path, out = words[1], {}
    for i = 2, #words do
      local before = #out
      for _, fn in ipairs((load_module(path))) do
        if fn.class == words[i] then
          out[#out + 1] = render(fn, words[i] .. fn.sep .. fn.name, hosts(read, path))
        end
      end
      if #out == before then
        error(("doc/generate.lua: %s has no methods of %s"):format(path, words[i]), 0)
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
        error(("doc/generate.lua: %s has no fields of %s"):format(words[1], words[i]), 0)
      end
      out[#out + 1] = ("%s*%s*"):format((" "):rep(WIDTH - #words[i] - 2), words[i])
      for _, field in ipairs(class.fields) do
        local lead = ("      • %s  "):format(field[1])
        out[#out + 1] = wrap(("(`%s`) %s"):format(shown(field[2]), field[3]), lead, "        ")
      end
    end
    return table.concat(out, "\n")
  end

  function directives.options()
    local out = {}
    for _, option in ipairs(table_of("lua/rille/nvim/config.lua", "options")) do
      local name, default, types, about = unpack(option)
      local value = type(default) == "table" and "{}"
        or type(default) == "string" and '"' .. default .. '"'
        or default
      local mark = ("*rille.%s*"):format(name)
      out[#out + 1] = name .. (" "):rep(WIDTH - #name - #mark) .. mark
      out[#out + 1] = wrap(("(`%s`, default `%s`)"):format(shown(types), tostring(value)), "    ", "    ")
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

  --- The recipe for vim.pack, as doc/neovim.md has it.
  function directives.recipe()
    return "    " .. read("doc/neovim.md"):match("\n```lua pack\n(.-)\n```\n"):gsub("\n", "\n    ")
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
