--- The keys of the viewer, and the action of each. Only a table, as the help is generated from it.
local M = {}

---@class rille.nvim.viewer.key
---@field name string its name in `view.keys`
---@field keys string|string[]
---@field about string
---@field modes? string "n" by default

---@type rille.nvim.viewer.key[]
M.list = {
  {
    name = "first",
    keys = { "gg", "<C-Home>" },
    modes = "nxo",
    about = "go to the first line, or to line {count}",
  },
  {
    name = "last",
    keys = { "G", "<C-End>" },
    modes = "nxo",
    about = "go to the last line, or to line {count}",
  },
  { name = "percent", keys = "%", modes = "nx", about = "go to {count} percent of the file" },
  { name = "byte", keys = "go", modes = "nxo", about = "go to byte {count} of the file" },
  { name = "next", keys = "n", modes = "nx", about = "the next match of the last search with `/` or `?`" },
  { name = "previous", keys = "N", modes = "nx", about = "the previous match" },
  { name = "word", keys = "*", about = "the next occurrence of the word under the cursor" },
  { name = "word_back", keys = "#", about = "the previous occurrence of the word under the cursor" },
  { name = "part", keys = "g*", about = "as `*`, also inside longer words" },
  { name = "part_back", keys = "g#", about = "as `#`, also inside longer words" },
  {
    name = "filter",
    keys = "&",
    about = "show only matching lines, or with a leading `!` the others; an empty pattern ends that",
  },
  { name = "follow", keys = "gl", about = "follow appended lines, or stop following" },
  { name = "keys", keys = "g?", about = "list these keys" },
  { name = "refresh", keys = "R", about = "check the file for changes" },
  { name = "stop", keys = "<C-c>", about = "stop the running search, filter, jump or writing" },
  { name = "back", keys = "<C-o>", about = "go back to where a jump started" },
  { name = "forward", keys = "<C-i>", about = "go forward again" },
  { name = "mark", keys = "m", modes = "nx", about = "set a mark" },
  {
    name = "to_mark",
    keys = { "'", "`" },
    modes = "nxo",
    about = "go to a mark; twice, to where the last jump started",
  },
  {
    name = "begin",
    keys = { "0", "<Home>", "^" },
    modes = "nxo",
    about = "the start of the line, also of a line shown in part",
  },
  {
    name = "stop_of_line",
    keys = { "$", "<End>" },
    modes = "nx",
    about = "the end of the line, also of a line shown in part",
  },
  { name = "column", keys = "|", modes = "nxo", about = "byte {count} of a line shown in part" },
  { name = "reselect", keys = "gv", about = "repeat the last selection" },
}

return M
