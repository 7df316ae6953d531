--- rille: the native text engine for LuaJIT hosts.
---
--- Nothing is loaded before its first use. If the shared library cannot be loaded, the same functions run in pure Lua:
--- `rille.backend` is the one in use, `rille.health()` returns why.

-- As `lib.rille` or `vendor.rille`, in a directory below one that is searched: the modules of rille are then in the same
-- directory.
-- As `rille.init`, where `package.path` has no entry for `init.lua`, as that of plain LuaJIT.
local required = type(...) == "string" and ... or "rille"
local parent = required:match("^(.+%.)rille$") or required:match("^(.+%.)rille%.init$")
if required ~= "rille" and type(package.loaded.rille) == "table" then
  return package.loaded.rille
elseif parent then
  table.insert(package.loaders, function(wanted)
    for _, loader in ipairs(wanted:find("^rille%.") and package.loaders or {}) do
      local found = loader(parent .. wanted)
      if type(found) == "function" then
        return found
      end
    end
  end)
end

local backend = require("rille.core.backend")
backend.parent = backend.parent or parent
local lazy = require("rille.core.lazy")

---@class rille
---@field version string version of the Lua code and of the library that it belongs to
---@field backend "native"|"lua"
---@field text rille.text
---@field regex rille.regex.module
---@field regexset fun(patterns: string[], flags?: string|rille.regex.options): rille.regexset?, string?, integer?
---@field stream fun(matcher: rille.regex|rille.literals, replacement: string|string[], opts?: rille.stream.options): rille.stream?, string?, integer?
---@field scan fun(matcher: rille.regexset|rille.literals, opts?: rille.scan.options): rille.scan?, string?
---@field scan_job fun(matcher: rille.regexset|rille.literals, opts?: rille.scan.options): rille.job
---@field literals fun(list: string[], opts?: rille.literals.options): rille.literals?, string?
---@field regex_job fun(pattern: string, flags?: string|rille.regex.options): rille.job?, string?
---@field regexset_job fun(patterns: string[], flags?: string|rille.regex.options): rille.job?, string?
---@field literals_job fun(list: string[], opts?: rille.literals.options): rille.job?, string?
---@field fuzzy rille.fuzzy.module
---@field bytes fun(ptr: ffi.cdata*, len: integer): rille.view
---@field buffer fun(capacity?: integer): rille.buffer
---@field file fun(path: string, opts?: rille.file.options): rille.file?, string?
---@field file_job fun(path: string, opts?: rille.file.options): rille.job?, string?
---@field grep fun(pattern: rille.line_pattern|rille.line_pattern[], root: string, opts?: rille.grep.options): rille.job?, string?
---@field walk fun(root: string, opts?: rille.walk.options): rille.job?, string?
---@field diff rille.diff.module
---@field diff_job fun(a: rille.source, b: rille.source, opts?: rille.diff.options): rille.job?, string?
---@field notifier fun(): rille.notifier?, string?
local M = { version = backend.version }

--- Returns the namespace of the library, or nil if the fallback runs. The first call decides which.
local function library()
  if backend.name == "lua" then
    return nil
  end
  local forced = os.getenv("RILLE_BACKEND")
  if forced ~= "lua" then
    local C, message, again = lazy.try("rille.core.ffi")
    if C then
      backend.name = "native"
      return C
    elseif forced == "native" or again then
      error(message, 0)
    end
    backend.reason = message
  else
    backend.reason = "RILLE_BACKEND=lua"
  end
  backend.name = "lua"
end

local function noun(name)
  return lazy.load((library() and "rille." or "rille.fallback.") .. name)
end

--- Functions that make `rille.<key>` at its first use.
local fields = {
  backend = function()
    library()
    return backend.name
  end,
  bytes = function()
    return lazy.load("rille.bytes").view
  end,
  buffer = function()
    return noun("buffer").new
  end,
  text = function()
    return noun("text")
  end,
  regex = function()
    return noun("regex")
  end,
  regexset = function()
    return noun("regexset").new
  end,
  literals = function()
    return noun("literals").new
  end,
  regex_job = function()
    return noun("regex.job").regex_job
  end,
  regexset_job = function()
    return noun("regex.job").regexset_job
  end,
  literals_job = function()
    return noun("regex.job").literals_job
  end,
  stream = function()
    return noun("stream").new
  end,
  scan = function()
    return noun("scan").new
  end,
  scan_job = function()
    return noun("scan").scan_job
  end,
  file = function()
    return noun("file").new
  end,
  file_job = function()
    return noun("file").file_job
  end,
  fuzzy = function()
    return noun("fuzzy")
  end,
  grep = function()
    return noun("grep").new
  end,
  walk = function()
    return noun("walk").new
  end,
  diff = function()
    return noun("diff")
  end,
  diff_job = function()
    return noun("diff.job").diff_job
  end,
  notifier = function()
    return noun("notifier").new
  end,
}

---@class rille.health
---@field backend "native"|"lua"
---@field version string of the Lua code
---@field library? string version of the library
---@field path? string file of the library
---@field abi integer number of the interface that the Lua code needs
---@field cpu? string SIMD kernels that the library has chosen
---@field reason? string why the fallback runs
---@field tried rille.tried[] every candidate for the library, in order
---@field jit boolean whether the JIT compiler is on
---@field luajit string version of the host's LuaJIT

--- Returns which backend runs, where the library was found, and which candidates were tried.
---@return rille.health
function M.health()
  local C = library()
  local ffi = require("ffi")
  return {
    backend = backend.name,
    version = M.version,
    library = C and ffi.string(C.rille_version()),
    path = backend.path,
    abi = lazy.load("rille.core.cdef").abi,
    cpu = C and ffi.string(C.rille_cpu()),
    reason = backend.reason,
    tried = backend.tried,
    jit = jit.status(),
    luajit = jit.version,
  }
end

---@class rille.stats
---@field handles table<string, integer> live objects of each kind, in the whole process
---@field bytes table<string, integer> native memory that they hold, which the garbage collector does not see

--- Returns the number of live objects and their native memory, by kind.
---@return rille.stats
function M.stats()
  local stats = { handles = {}, bytes = {} }
  local C = library()
  if C then
    local ffi = require("ffi")
    local count = ffi.new("uint32_t[1]")
    C.rille_stats(nil, 0, count, nil)
    local list = ffi.new("rille_stat[?]", count[0])
    C.rille_stats(list, count[0], count, nil)
    for i = 0, count[0] - 1 do
      local kind = ffi.string(list[i].kind)
      stats.handles[kind] = tonumber(list[i].handles)
      stats.bytes[kind] = tonumber(list[i].bytes)
    end
  end
  return stats
end

setmetatable(M, {
  __index = function(self, key)
    local make = fields[key]
    if make then
      local value = make()
      rawset(self, key, value)
      return value
    end
  end,
})

if required ~= "rille" then
  package.loaded.rille = M
end
return M
