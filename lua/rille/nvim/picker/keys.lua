--- The keys of the picker, and the action of each. Only a table, as the help is generated from it.
local M = {}

---@class rille.nvim.picker.key
---@field name string its name in `picker.keys`
---@field keys string|string[]
---@field about string

---@type rille.nvim.picker.key[]
M.list = {
  { name = "choose", keys = "<CR>", about = "choose the marked rows, or the selected row" },
  { name = "split", keys = "<C-x>", about = "choose, in a split window" },
  { name = "vsplit", keys = "<C-v>", about = "choose, in a vertical split" },
  { name = "tab", keys = "<C-t>", about = "choose, in a tab page" },
  {
    name = "quickfix",
    keys = "<C-q>",
    about = "quickfix list of the marked rows, or of all matches",
  },
  { name = "mark", keys = "<Tab>", about = "toggle the mark and move down" },
  { name = "mark_back", keys = "<S-Tab>", about = "toggle the mark and move up" },
  { name = "mark_all", keys = "<C-a>", about = "mark all matches, or none" },
  { name = "next", keys = { "<Down>", "<C-n>", "<C-j>" }, about = "the next row" },
  { name = "previous", keys = { "<Up>", "<C-p>", "<C-k>" }, about = "the previous row" },
  { name = "page_down", keys = "<PageDown>", about = "rows further down" },
  { name = "page_up", keys = "<PageUp>", about = "rows further up" },
  { name = "first", keys = "<C-Home>", about = "the first row" },
  { name = "last", keys = "<C-End>", about = "the last row" },
  {
    name = "older",
    keys = { "<C-Up>", "<M-p>" },
    about = "the previous query in the history",
  },
  { name = "newer", keys = { "<C-Down>", "<M-n>" }, about = "the next query in the history" },
  { name = "preview_down", keys = "<C-f>", about = "scroll the preview down" },
  { name = "preview_up", keys = "<C-b>", about = "scroll the preview up" },
  { name = "preview", keys = "<M-v>", about = "hide or show the preview" },
  { name = "maximize", keys = "<M-m>", about = "fill the screen, or no longer" },
  { name = "layout", keys = "<M-o>", about = "the next layout: default, vertical, ivy, dropdown" },
  {
    name = "refine",
    keys = "<C-g>",
    about = "freeze the rows of a search and filter them; again: back to the search",
  },
  { name = "keys", keys = { "<C-/>", "<C-_>" }, about = "list these keys; `?` in Normal mode as well" },
  { name = "close", keys = { "<Esc>", "<C-c>" }, about = "close" },
}

return M
