--- The options of literals, for both backends.

---@class rille.literals.options
---@field case? "respect"|"ignore" whether the case of ASCII letters matters; "respect" by default
---@field match? "first"|"longest" which literal matches where several start: by default the first in the list
---@field memory_limit? integer maximum number of bytes of the fast form, 16 MiB by default; larger lists use a smaller, slower form

return require("rille.core.options").reader({
  case = { values = { "respect", "ignore" }, default = "respect" },
  match = { values = { "first", "longest" }, default = "first" },
  memory_limit = { "integer", min = 1, default = 0 },
})
