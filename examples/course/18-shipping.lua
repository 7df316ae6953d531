-- Hosts: luajit, nvim, nginx, love
-- You learn: how a native library reaches its users: lookup, handshake, health check, build hook, prebuilt files.
local ffi = require("ffi")
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end

-- What users of such plugins suffer from most is not a slow or wrong function. The file does not arrive, is for another
-- system, is of an older version, or crashes the program; and no message says which.

-- The name of the file differs. A LOOKUP tries a fixed list of places, the same each time. All are absolute paths: a
-- library in the working directory could come from anybody.
local ending = ({ Windows = "dll", OSX = "dylib" })[ffi.os] or "so"
print(ffi.os, ffi.arch, ending) --> …

local damaged = os.tmpname()
local file = assert(io.open(damaged, "w"))
file:write("half a download")
file:close()
local candidates = {
  "/nowhere/lib/librille." .. ending,
  damaged,
  rille.health().path,
}

-- The HANDSHAKE: the Lua code and the library may be of different versions, as users update one and not the other. So
-- the first call asks for the number of the interface. With another one, no other function may be called.
ffi.cdef([[uint32_t course_interface(void) __asm__("rille_abi");]])
local function open(path, wanted)
  local loaded, library = pcall(ffi.load, path)
  if not loaded then
    return nil, library:match("[^:]*$"):gsub("^ ", "")
  end
  local asked, number = pcall(function()
    return library.course_interface()
  end)
  if not asked then
    return nil, "is another library"
  elseif number ~= wanted then
    return nil, ("has interface %d, the Lua code needs %d"):format(number, wanted)
  end
  return library, "loaded"
end

-- Each attempt leaves its reason. That list is the HEALTH CHECK: the one page that a user should send you.
local function find(wanted)
  local tried = {}
  for i, path in ipairs(candidates) do
    local library, reason = open(path, wanted)
    tried[i] = reason
    if library then
      return library, tried
    end
  end
  return nil, tried
end

local interface = rille.health().abi
local _, tried = find(interface)
print(table.concat(tried, "; ")) --> No such file or directory; …; loaded
local none
none, tried = find(interface + 1)
print(none, tried[3]) --> nil has interface …, the Lua code needs …

-- No library? Say the one command that helps, and go on with the fallback (lesson 15). A BUILD HOOK is that command, run
-- by the plugin manager after each update: here `build.lua`, which calls `cargo build --release`.

-- A PREBUILT library is for users without a compiler. Fetch it only when the user asks, never when a module is loaded.
-- Then compare its SHA-256, a fingerprint of all its bytes, with the one in the Lua code. A damaged or a false file has
-- another fingerprint.
local sha256 = require("rille.core.sha256")
local expected = sha256("a whole download")
print(expected:sub(1, 16), sha256("half a download") == expected) --> … false
os.remove(damaged)

-- You have reached the end. Start your own: `examples/templates/` has plugins to copy, one for each method.
