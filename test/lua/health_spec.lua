--- The library's information about itself, and the struct layouts that Lua relies on.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

t.test("health reports what runs and where it was found", function()
  local health = rille.health()
  t.eq(health.backend, rille.backend)
  t.eq(health.version, rille.version)
  t.eq(health.jit, jit.status())
  t.eq(health.luajit, jit.version)
  if rille.backend == "native" then
    t.eq(health.library, rille.version)
    t.eq(health.abi, require("rille.core.ffi").rille_abi())
    t.ok(health.path:find("rille", 1, true), health.path)
    t.eq(health.tried[#health.tried].reason, "loaded")
    t.ok(({ scalar = true, ssse3 = true, avx2 = true, avx512 = true, neon = true })[health.cpu], health.cpu)
  else
    t.ok(health.reason, "the reason for the fallback")
    t.eq(health.path, nil)
  end
end)

t.test("stats have an entry for each kind of handle", function()
  local stats = rille.stats()
  if rille.backend == "native" then
    for _, kind in ipairs({ "buffer", "regex", "regexset", "literals", "stream" }) do
      t.eq(type(stats.handles[kind]), "number", kind)
      t.eq(type(stats.bytes[kind]), "number", kind)
    end
  else
    t.eq(stats, { handles = {}, bytes = {} })
  end
end)

t.test("an unknown field is nil", function()
  t.eq(rille.nonsense, nil)
end)

t.test("layouts are those of the header", function()
  if rille.backend ~= "native" then
    t.skip("the fallback declares nothing")
  end
  t.eq(ffi.sizeof("rille_error"), 256)
  t.eq(ffi.offsetof("rille_error", "status"), 0)
  t.eq(ffi.offsetof("rille_error", "length"), 4)
  t.eq(ffi.offsetof("rille_error", "offset"), 8)
  t.eq(ffi.offsetof("rille_error", "message"), 16)
  t.eq(ffi.offsetof("rille_layout_options", "start"), 36)
  t.eq(ffi.offsetof("rille_layout_options", "ellipsis"), 40)
  t.eq(ffi.sizeof("rille_cut"), 16)
  t.eq(ffi.sizeof("rille_line"), 16)
  t.eq(ffi.sizeof("rille_stat"), 32)
  t.eq(ffi.offsetof("rille_stat", "handles"), 16)
  t.eq(ffi.offsetof("rille_stat", "bytes"), 24)
  t.eq(ffi.sizeof("rille_scan"), 16)
  t.eq(ffi.sizeof("rille_regex_options"), 16)
  t.eq(ffi.sizeof("rille_literals_options"), 16)
  t.eq(ffi.offsetof("rille_replacement", "text"), 16)
  t.eq(ffi.offsetof("rille_replacements", "text"), 16)
end)

t.test("no module of the core names a host", function()
  for _, name in ipairs({ "vim", "ngx", "love" }) do
    t.eq(rawget(package.loaded, "rille." .. name), nil)
  end
end)

-- The shell and wine pass such paths on, and the program may change its directory.
if t.windows and t.host == "luajit" then
  t.test("modules on a path without a drive are those of the current drive", function()
    local root = os.getenv("RILLE_ROOT")
    local path, loaded = package.path, package.loaded["rille.core.lazy"]
    package.path = root:gsub("^%a:", "") .. "/lua/?.lua"
    package.loaded["rille.core.lazy"] = nil
    local found, lazy = pcall(require, "rille.core.lazy")
    package.path, package.loaded["rille.core.lazy"] = path, loaded
    t.ok(found, tostring(lazy))
    t.eq(lazy.directory, root .. "/lua/")
  end)
end
