--- The options of diffs, for both backends.

local options = require("rille.core.options")

local M = {}

---@class rille.diff.options
---@field algorithm? "histogram"|"myers"|"minimal" how matching lines are found; "histogram" by default
---@field whitespace? "respect"|"trailing"|"amount"|"ignore" which spaces, tabs and carriage returns matter: all of them by default, not those at the end of a line, not how many there are, or none
---@field case? "respect"|"ignore" whether case matters; "respect" by default
---@field eol? "respect"|"ignore" whether LF, CR LF and the end of the text differ as the end of a line; "respect" by default
---@field indent_heuristic? boolean move hunks that can be moved to where the indentation suggests; true by default
---@field deadline? integer milliseconds after which what was not compared counts as changed; none by default
---@field memory_limit? integer maximum number of bytes of memory, 1 GiB by default

--- Reads the options of a diff.
M.diff = options.reader({
  algorithm = { values = { "histogram", "myers", "minimal" }, default = "histogram" },
  whitespace = { values = { "respect", "trailing", "amount", "ignore" }, default = "respect" },
  case = { values = { "respect", "ignore" }, default = "respect" },
  eol = { values = { "respect", "ignore" }, default = "respect" },
  indent_heuristic = { "boolean", default = true },
  deadline = { "integer", min = 0, default = 0 },
  memory_limit = { "integer", min = 1, default = 0 },
})

---@class rille.diff.unified.options
---@field context? integer unchanged lines before and after each change; 3 by default
---@field names? string[] the names of both texts, for the two lines at the top; without them the diff starts with `@@`
---@field headings? boolean show the last line before a change that starts with a letter, `_` or `$` in its `@@` line, as Git does; false by default

local function are_two(names)
  return #names == 2
end

--- Reads the options of a unified diff.
M.unified = options.reader({
  context = { "integer", min = 0, default = 3 },
  names = { "strings", fits = are_two, about = "a list of two strings" },
  headings = { "boolean", default = false },
})

---@class rille.diff.apply.options
---@field reverse? boolean take hunks back: the text is the second one of the diff; false by default

--- Reads the options of `apply`.
M.apply = options.reader({
  reverse = { "boolean", default = false },
})

---@class rille.diff.merge3.options
---@field style? "merge"|"diff3" show the lines of both sides that differ, or all of both sides and of the base; "merge" by default
---@field favor? "none"|"ours"|"theirs"|"union" which side to take in place of a conflict; "none" by default
---@field names? string[] the names after the markers of ours, base and theirs; "ours", "base" and "theirs" by default

local function are_three(names)
  return #names == 3
end

--- Reads the options of `merge3`.
M.merge3 = options.reader({
  style = { values = { "merge", "diff3" }, default = "merge" },
  favor = { values = { "none", "ours", "theirs", "union" }, default = "none" },
  names = { "strings", fits = are_three, about = "a list of three strings" },
})

---@class rille.diff.inline.options
---@field unit? "word"|"char"|"grapheme" what is compared; "word" by default

--- Reads the options of `inline`.
M.inline = options.reader({
  unit = { values = { "word", "char", "grapheme" }, default = "word" },
}, true)

return M
