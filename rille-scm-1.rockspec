rockspec_format = "3.0"
package = "rille"
version = "scm-1"
source = {
  url = "git+https://example.org/rille",
}
description = {
  summary = "The native text engine for LuaJIT hosts",
  detailed = [[
One shared library that Neovim plugins, OpenResty, LÖVE and plain LuaJIT load to transform, search, rank and page through text
of any size without blocking. Needs LuaJIT 2.1; building it needs Rust.]],
  homepage = "https://example.org/rille",
  license = "MIT OR Apache-2.0",
}
dependencies = {
  -- LuaJIT, whose modules are those of Lua 5.1.
  "lua == 5.1",
}
build = {
  type = "command",
  build_command = "make",
  -- The library is found as `librille` in package.cpath.
  install_command = "make install-rock LUADIR='$(LUADIR)' LIBDIR='$(LIBDIR)'",
}
