--- Records which implementation is in use, native or pure Lua, and how it was found; `rille.core.ffi` and `rille` fill it.
---@class rille.backend
---@field version string version of the Lua code and of the library that it belongs to
---@field name? "native"|"lua" nil until the first use
---@field path? string the library's file, as the system's loader knows it
---@field paths string[] further candidates, tried after $RILLE_LIB; set by host glue before the first use
---@field tried rille.tried[] every candidate in order; the last one is loaded if `path` is set
---@field parent? string prefix of the modules' names, as "vendor." if rille was required as `vendor.rille`
---@field packed string[] modules that find the library if the Lua modules are in an archive that the host reads
local backend = { version = "0.1.0", paths = {}, tried = {}, packed = { "rille.love.library" } }

---@class rille.tried
---@field path string file, or "rille" for the system's own search
---@field reason string why it was not loaded, or "loaded"

return backend
