--- Which implementation answers, and how it was found: a record that `rille.core.ffi` and `rille` fill.
---@class rille.backend
---@field name? "native"|"lua" nil until the first use
---@field path? string file of the library, as the system's loader knows it
---@field paths string[] further candidates, tried after $RILLE_LIB; for host glue, before the first use
---@field tried rille.tried[] every candidate in order, the last one being loaded if `path` is set
local backend = { paths = {}, tried = {} }

---@class rille.tried
---@field path string file, or "rille" for the system's own search
---@field reason string why it was not taken, or "loaded"

return backend
