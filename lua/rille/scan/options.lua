--- The options of scans, for both backends.

---@class rille.scan.options
---@field max_bytes? integer number of bytes of the text that are scanned; all by default
---@field memory_limit? integer maximum number of bytes of the automaton, 16 MiB by default

return require("rille.core.options").reader({
  max_bytes = { "integer", min = 1, bound = 2 ^ 53 - 1, default = 0 },
  memory_limit = { "integer", min = 1, default = 0 },
})
