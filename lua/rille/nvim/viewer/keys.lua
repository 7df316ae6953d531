--- The keys of the viewer: what does what. A table and nothing else, as the help is made from it.
local M = {}

---@class rille.nvim.viewer.key
---@field name string as `view.keys` knows it
---@field keys string|string[]
---@field about string
---@field modes? string "n" if not given

---@type rille.nvim.viewer.key[]
M.list = {
  {
    name = "first",
    keys = { "gg", "<C-Home>" },
    modes = "nxo",
    about = "the first line, or that with the number {count}",
  },
  {
    name = "last",
    keys = { "G", "<C-End>" },
    modes = "nxo",
    about = "the last line, or that with the number {count}",
  },
  { name = "percent", keys = "%", modes = "nx", about = "{count} percent of the file" },
  { name = "byte", keys = "go", modes = "nxo", about = "byte {count} of the file" },
  { name = "next", keys = "n", modes = "nx", about = "the next match of the last search with `/` or `?`" },
  { name = "previous", keys = "N", modes = "nx", about = "the match before" },
  { name = "word", keys = "*", about = "the next place of the word under the cursor" },
  { name = "word_back", keys = "#", about = "the place before of the word under the cursor" },
  { name = "part", keys = "g*", about = "as `*`, also inside of longer words" },
  { name = "part_back", keys = "g#", about = "as `#`, also inside of longer words" },
  {
    name = "filter",
    keys = "&",
    about = "only lines that match, or with a leading `!` those that do not; nothing ends that",
  },
  { name = "follow", keys = "gl", about = "follow what is appended; again, and that ends" },
  { name = "keys", keys = "g?", about = "list these keys" },
  { name = "refresh", keys = "R", about = "look whether the file has changed" },
  { name = "stop", keys = "<C-c>", about = "stop the search, the filter, the jump or the writing that runs" },
  { name = "back", keys = "<C-o>", about = "back to where a jump began" },
  { name = "forward", keys = "<C-i>", about = "forward again" },
  { name = "mark", keys = "m", modes = "nx", about = "set a mark" },
  {
    name = "to_mark",
    keys = { "'", "`" },
    modes = "nxo",
    about = "jump to a mark; twice, to where the last jump began",
  },
  {
    name = "begin",
    keys = { "0", "<Home>", "^" },
    modes = "nxo",
    about = "the begin of the line, of one that is shown in part too",
  },
  {
    name = "stop_of_line",
    keys = { "$", "<End>" },
    modes = "nx",
    about = "the end of the line, of one that is shown in part too",
  },
  { name = "column", keys = "|", modes = "nxo", about = "byte {count} of a line that is shown in part" },
  { name = "reselect", keys = "gv", about = "select again what was selected last" },
}

return M
