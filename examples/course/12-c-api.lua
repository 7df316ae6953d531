-- Hosts: luajit, nvim
-- You learn: method 2 of a native backend: a module in C that calls Lua's own C functions; and what ties it to one Lua.

-- Lua is a C library, and C code can use it as Lua code does: take arguments, return values, make tables. `require`
-- finds such a module through `package.cpath`, loads it, and calls its function `luaopen_NAME`. This is all of one:
local source = [[
#include <lua.h>
#include <lauxlib.h>

/* Arguments and results are on a stack: 1 is the first argument; the number returned is how many results there are. */
static int count(lua_State *L) {
  size_t length, found = 0;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *byte = luaL_checkstring(L, 2);
  for (size_t i = 0; i < length; i++) found += text[i] == byte[0];
  lua_pushinteger(L, found);
  return 1;
}

int luaopen_course_count(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, count);
  lua_setfield(L, -2, "count");
  return 1;
}
]]

-- The compiler needs lua.h of LuaJIT or of Lua 5.1. It comes in a package for developers (on Debian libluajit-5.1-dev or
-- liblua5.1-0-dev), which a user of your plugin often does not have.
local base = os.tmpname()
local function build()
  local file = assert(io.open(base .. ".c", "w"))
  file:write(source)
  file:close()
  for _, place in ipairs({ "luajit-2.1", "lua5.1", "lua-5.1", "lua/5.1" }) do
    for _, prefix in ipairs({ "/usr/include/", "/usr/local/include/", "/opt/homebrew/include/" }) do
      -- The functions of Lua are left open: the program that loads the module has them.
      local command = "cc -shared -fPIC -O2 -I%s%s -o %s.so %s.c 2>/dev/null"
      local status = os.execute(command:format(prefix, place, base, base))
      if status == 0 or status == true then
        return true
      end
    end
  end
end

-- A backend of a plugin must live without a compiler too (lesson 15). Here the same function in Lua takes its place.
local module, from
if build() then
  module, from = assert(package.loadlib(base .. ".so", "luaopen_course_count"))(), "C"
else
  module, from =
    {
      count = function(text, byte)
        assert(type(text) == "string", "bad argument #1")
        return select(2, text:gsub(byte, ""))
      end,
    }, "Lua, as there is no C compiler with lua.h"
end
for _, ending in ipairs({ "", ".c", ".so" }) do
  os.remove(base .. ending)
end
print("this runs in", from) --> this runs in …
print(module.count("banana", "a")) --> 3

-- A wrong argument is an error in Lua, with its position: `luaL_checklstring` has seen to that.
print(pcall(module.count, {}, "a")) --> false …bad argument #1…

-- What ties it to one Lua: the functions of lua.h differ between Lua 5.1 to 5.4, and a compiled file belongs to one of
-- them; LuaJIT has those of 5.1. And the JIT compiler (lesson 9) cannot look into such a function: it stops at each call.

-- In Rust the crate mlua does the same work with safe types; the compiled file is tied to one Lua all the same:
--   #[mlua::lua_module]
--   fn course_count(lua: &Lua) -> mlua::Result<Table> {
--     let count = |_: &Lua, (text, byte): (LuaString, u8)| Ok(text.as_bytes().iter().filter(|b| **b == byte).count());
--     let module = lua.create_table()?;
--     module.set("count", lua.create_function(count)?)?;
--     Ok(module)
--   }
