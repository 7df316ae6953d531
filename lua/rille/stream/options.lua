--- The options of streams, for both backends. An integer that is not set is 0.

---@class rille.stream.options
---@field max_match_length? integer maximum length of a match in bytes; for patterns of unbounded length
---@field limit? integer maximum number of replacements

return require("rille.core.options").reader({
  max_match_length = { "integer", min = 1, default = 0 },
  limit = { "integer", min = 1, default = 0 },
})
