--- Finds, loads and verifies the shared library: the only module that calls `ffi.cdef` and `ffi.load`.
---
--- `require` returns the namespace of the library; call `C.rille_x(...)` on it. If there is no usable library, it raises an
--- error that lists every candidate with its reason, and `require("rille")` uses the pure-Lua fallback.
local ffi = require("ffi")
local backend = require("rille.core.backend")
local candidates = require("rille.core.candidates")
local cdef = require("rille.core.cdef")
local lazy = require("rille.core.lazy")

local HOW_TO_FIX = "build it with `cargo build --release` in rille's directory, download it with `luajit tools/install.lua` "
  .. "or `:Rille install`, or point RILLE_LIB at the file"

--- Declares the interface, once per Lua state: declaring a struct again is an error.
---@return string? reason why it failed
local function declare()
  if pcall(ffi.typeof, "rille_abi_" .. cdef.abi) then
    return nil
  end
  local declared, message = pcall(ffi.cdef, cdef.cdef)
  if not declared then
    return "another version of rille is already loaded in this Lua state, restart the host: " .. message
  end
end

--- Returns whether a version is older than this Lua code.
---@param version string
---@return boolean
local function is_older(version)
  local numbers = version:gmatch("%d+")
  for ours in backend.version:gmatch("%d+") do
    local theirs = tonumber(numbers()) or 0
    if theirs ~= tonumber(ours) then
      return theirs < tonumber(ours)
    end
  end
  return false
end

--- Returns why a library does not belong to this Lua code, or nil if it does. A newer library with the same ABI has all
--- functions that this code calls.
---@param library ffi.namespace*
---@param abi integer
---@return string?
local function misfit(library, abi)
  if abi ~= cdef.abi then
    return ("it has ABI %d, and this Lua code needs ABI %d: %s"):format(
      abi,
      cdef.abi,
      abi > cdef.abi and "the library is newer, update the Lua code"
        or ("the library is older, it must be that of version %s"):format(backend.version)
    )
  end
  local version = ffi.string(library.rille_version())
  if is_older(version) then
    return ("it is version %s and this Lua code is version %s: the library is older, build or install it again"):format(
      version,
      backend.version
    )
  end
end

--- Loads a candidate and verifies it; returns the library, or nil and why it was not loaded.
---@param candidate rille.candidate
---@return ffi.namespace*? library
---@return string reason
local function open(candidate)
  if candidate.refused then
    return nil, candidate.refused
  end
  if not candidate.names then
    local file, message = io.open(candidate.path, "rb")
    if not file then
      return nil, message
    end
    file:close()
  end
  local loaded, library
  for _, name in ipairs(candidate.names or { candidate.path }) do
    loaded, library = pcall(ffi.load, name)
    if loaded then
      break
    end
  end
  if not loaded then
    return nil, "the system's loader says: " .. tostring(library)
  end
  local answered, abi = pcall(function()
    return library.rille_abi()
  end)
  if not answered then
    return nil, "not a rille library: " .. tostring(abi)
  end
  local reason
  answered, reason = pcall(misfit, library, abi)
  if not answered or reason then
    return nil, answered and reason or "not a rille library: " .. tostring(reason)
  end
  return library, "loaded"
end

local function load()
  if backend.name == "lua" and #backend.tried > 0 then
    -- An earlier search has failed and the fallback is in use: a process has one backend.
    return nil, backend.reason
  end
  backend.tried = {}
  local reason = declare()
  if reason then
    return nil, "rille: " .. reason
  end
  local lines = {}
  for _, candidate in ipairs(candidates()) do
    local library
    library, reason = open(candidate)
    backend.tried[#backend.tried + 1] = { path = candidate.path, reason = reason }
    if library then
      local file = library.rille_path()
      backend.path = file ~= nil and ffi.string(file) or candidate.path
      return library
    end
    lines[#lines + 1] = ("\n  %s: %s"):format(candidate.path, reason)
  end
  return nil, "rille: no usable library (" .. HOW_TO_FIX .. "); tried:" .. table.concat(lines)
end

local library, message = load()
if not library then
  lazy.forget()
  error(message, 0)
end
return library
