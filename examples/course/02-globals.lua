-- Hosts: luajit, nvim, nginx, love
-- You learn: which names are Lua's, which LuaJIT's, and which belong to the program around it; and how to know in any code.

-- Lua never runs alone: a program starts it, and may add names of its own. A name that no `local` declares is a global, a
-- key of the one table `_G`. So we can list them all. These are the names in the manual of Lua 5.1, with two old ones:
local owners = {}
for name in
  ([[
  _G _VERSION assert collectgarbage coroutine debug dofile error getfenv getmetatable io ipairs load loadfile loadstring math
  module next os package pairs pcall print rawequal rawget rawset require select setfenv setmetatable string table
  tonumber tostring type unpack xpcall gcinfo newproxy]]):gmatch("%S+")
do
  owners[name] = "Lua"
end

-- LuaJIT is a faster Lua 5.1. It adds two globals of its own, and a few functions from later versions of Lua.
for name in ("bit jit rawlen"):gmatch("%S+") do
  owners[name] = "LuaJIT"
end

local function owner(name)
  return owners[name] or "the program around it"
end

-- Now count: who has how many globals here?
local names = {}
for name in pairs(_G) do
  local list = names[owner(name)] or {}
  names[owner(name)] = list
  list[#list + 1] = name
end
print(#names["Lua"], "names are Lua's") --> 39 names are Lua's
print(#names["LuaJIT"] >= 2, "LuaJIT adds at least two") --> true LuaJIT adds at least two

-- This line differs from program to program, and answers the question "which Lua is whose?". Run the lesson in another
-- one: an editor, a web server and a game engine each have one large table, with everything that they can do.
table.sort(names["the program around it"] or {})
print("added here: " .. table.concat(names["the program around it"] or {}, " ")) --> added here: …

-- How to know whose a piece of code is? Look at its globals. This function finds them without that program. It runs the
-- code in a world of our own, where every global exists and is one value that can be called and indexed for ever.
local function globals_of(code)
  local found, anything = {}, {}
  local function answer()
    return anything
  end
  setmetatable(anything, { __index = answer, __call = answer })
  local world = setmetatable({}, {
    __index = function(_, name)
      found[#found + 1] = name
      return anything
    end,
  })
  setfenv(assert(loadstring(code)), world)()
  return found
end

-- A plugin for an editor that does not exist. Only its last line needs that editor.
local plugin = [[
  local shout = string.upper
  local flags = bit.bor(1, 4)
  editor.command("Shout", function(word) return shout(word) end)
]]
for _, name in ipairs(globals_of(plugin)) do
  print(name, "belongs to", owner(name))
end
--> string belongs to Lua
--> bit belongs to LuaJIT
--> editor belongs to the program around it

-- `require` is Lua's, but what it loads need not be: a module can use the program's names inside.
