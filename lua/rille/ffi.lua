--- Finds, loads and verifies the shared library: the only module that calls `ffi.cdef` and `ffi.load`.
---
--- `require` gives the namespace of the library; call `C.rille_x(...)` on it. It raises an error that lists every
--- candidate with its reason if there is no usable library: `require("rille")` then takes the pure-Lua fallback.
local ffi = require("ffi")
local backend = require("rille.backend")
local cdef = require("rille.cdef")

local HOW_TO_FIX = "build it with `cargo build --release` in rille's folder, or point RILLE_LIB at the file"

---@type string
local FILE = ({ OSX = "librille.dylib", Windows = "rille.dll" })[ffi.os] or "librille.so"

--- The folder that holds `lua/`, from where this file was loaded.
local function root()
  local source = debug and debug.getinfo and debug.getinfo(1, "S").source or ""
  return source:match("^@(.*)[/\\]lua[/\\]rille[/\\]ffi%.lua$") or (source:match("^@lua[/\\]rille") and ".")
end

--- Paths to try, in order. The last one is no path: the system's loader searches by itself.
local function candidates()
  local list = {}
  local function add(path)
    list[#list + 1] = path
  end
  add(os.getenv("RILLE_LIB"))
  for _, path in ipairs(backend.paths) do
    add(path)
  end
  local folder = root()
  if folder then
    add(folder .. "/lib/" .. FILE)
    add(folder .. "/target/release/" .. FILE)
  end
  add(package.searchpath and package.searchpath("librille", package.cpath))
  add("rille")
  return list
end

--- Declares the interface, once in a Lua state: a second declaration of a struct is an error.
---@return string? reason why it could not be done
local function declare()
  if pcall(ffi.typeof, "rille_abi_" .. cdef.abi) then
    return nil
  end
  local declared, message = pcall(ffi.cdef, cdef.cdef)
  if not declared then
    return "another version of rille is already loaded in this Lua state, restart the host: " .. message
  end
end

---@return ffi.namespace*? library
---@return string reason
local function open(path)
  if path ~= "rille" then
    local file, message = io.open(path, "rb")
    if not file then
      return nil, message
    end
    file:close()
  end
  local loaded, library = pcall(ffi.load, path)
  if not loaded then
    return nil, "the system's loader says: " .. tostring(library)
  end
  local answered, abi = pcall(function()
    return library.rille_abi()
  end)
  if not answered then
    return nil, "it is no rille library: " .. tostring(abi)
  end
  if abi ~= cdef.abi then
    return nil,
      ("it has ABI %d, and this Lua code needs ABI %d; build both from one version"):format(abi, cdef.abi)
  end
  return library, "loaded"
end

local function load()
  local reason = declare()
  if reason then
    error("rille: " .. reason, 0)
  end
  local lines = {}
  for _, path in ipairs(candidates()) do
    local library
    library, reason = open(path)
    backend.tried[#backend.tried + 1] = { path = path, reason = reason }
    if library then
      local file = library.rille_path()
      backend.path = file ~= nil and ffi.string(file) or path
      return library
    end
    lines[#lines + 1] = ("\n  %s: %s"):format(path, reason)
  end
  error("rille: no usable library (" .. HOW_TO_FIX .. "); tried:" .. table.concat(lines), 0)
end

backend.tried = {}
return load()
