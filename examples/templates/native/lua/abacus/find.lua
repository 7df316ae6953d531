--- Finds and loads the native library: the only module that calls `ffi.load`.
local ffi = require("ffi")

local root = debug.getinfo(1, "S").source:match("^@(.*)lua[/\\]abacus[/\\]find%.lua$") or ""
local name = ({ Windows = "abacus.dll", OSX = "libabacus.dylib" })[ffi.os] or "libabacus.so"

--- The places, in order: $ABACUS_LIB; `lib`, where an archive of a release may have it; where Cargo puts it.
local PLACES = { os.getenv("ABACUS_LIB") }
PLACES[#PLACES + 1] = root .. "lib/" .. name
PLACES[#PLACES + 1] = root .. "target/release/" .. name

--- Loads the library from the first place that has the right one.
---@param places? string[]
---@return ffi.namespace*? library
---@return string place the file, or why there is none
return function(places)
  if not pcall(ffi.typeof, "abacus_counter") then
    ffi.cdef(require("abacus.cdef"))
  end
  local reasons = {}
  for _, place in ipairs(places or PLACES) do
    local loaded, library = pcall(ffi.load, place)
    -- A function that is missing is an error too: the file is another library.
    local answered, abi = pcall(function()
      return library.abacus_abi()
    end)
    if loaded and answered and abi == library.ABACUS_ABI then
      return library, place
    end
    local reason = not loaded and library or abi
    if loaded and answered then
      reason = ("it has ABI %d, this Lua code needs %d"):format(abi, library.ABACUS_ABI)
    end
    reasons[#reasons + 1] = ("\n  %s: %s"):format(place, tostring(reason))
  end
  local message = "abacus: no native library; build it: `cargo build --release` in %s; tried:%s"
  return nil, message:format(root == "" and "." or root, table.concat(reasons))
end
