--- The options of a search: its own, and those of the walk that finds the files.

---@class rille.grep.options: rille.walk.options
---@field fixed? boolean texts are literals
---@field case? "respect"|"ignore"|"smart" "respect" by default; "smart" means "ignore" unless a pattern has an
--- upper-case letter. A compiled pattern that ignores case still does
---@field word? boolean match whole words only
---@field invert? boolean return the lines that do not match
---@field multiline? boolean a match may span several lines; consecutive lines are then one result
---@field binary? boolean search files with a NUL byte to the end; otherwise the search of a file stops at the first NUL
---@field context? integer lines of context before and after each match
---@field limit_per_file? integer maximum number of lines of one file
---@field limit? integer maximum number of lines
---@field texts? table<string, string> texts in memory by path, searched first and in place of the files; a text whose file would be skipped is not searched, a text with a path outside of the root always is

local function are_texts(texts)
  for path, text in pairs(texts) do
    if type(path) ~= "string" or type(text) ~= "string" then
      return false
    end
  end
  return true
end

---@type table<string, rille.option>
local fields = {
  fixed = { "boolean", default = false },
  case = { values = { "respect", "ignore", "smart" }, default = "respect" },
  word = { "boolean", default = false },
  invert = { "boolean", default = false },
  multiline = { "boolean", default = false },
  binary = { "boolean", default = false },
  context = { "integer", min = 0, default = 0 },
  limit_per_file = { "integer", min = 1, default = 0 },
  limit = { "integer", min = 1, default = 0 },
  texts = { "table", fits = are_texts, about = "a table of strings by path" },
}
for key, field in pairs(require("rille.walk.options").fields) do
  fields[key] = field
end

return require("rille.core.options").reader(fields)
