--- The keys of the picker: what does what. A table and nothing else, as the help is made from it.
local M = {}

---@class rille.nvim.picker.key
---@field name string as `picker.keys` knows it
---@field keys string|string[]
---@field about string

---@type rille.nvim.picker.key[]
M.list = {
  { name = "choose", keys = "<CR>", about = "choose: what is marked, or else what is selected" },
  { name = "split", keys = "<C-x>", about = "choose, in a window below" },
  { name = "vsplit", keys = "<C-v>", about = "choose, in a window beside" },
  { name = "tab", keys = "<C-t>", about = "choose, in a tab page" },
  {
    name = "quickfix",
    keys = "<C-q>",
    about = "a quickfix list of what is marked, or else of all that match",
  },
  { name = "mark", keys = "<Tab>", about = "mark the selected row, or no longer, and go on to the next" },
  { name = "mark_back", keys = "<S-Tab>", about = "the same, and go back" },
  { name = "mark_all", keys = "<C-a>", about = "mark all that match, or none" },
  { name = "next", keys = { "<Down>", "<C-n>", "<C-j>" }, about = "the next row" },
  { name = "previous", keys = { "<Up>", "<C-p>", "<C-k>" }, about = "the row before" },
  { name = "page_down", keys = "<PageDown>", about = "rows further down" },
  { name = "page_up", keys = "<PageUp>", about = "rows further up" },
  { name = "first", keys = "<C-Home>", about = "the first row" },
  { name = "last", keys = "<C-End>", about = "the last row" },
  {
    name = "older",
    keys = { "<C-Up>", "<M-p>" },
    about = "what was typed in an earlier picker of this kind",
  },
  { name = "newer", keys = { "<C-Down>", "<M-n>" }, about = "what was typed after that" },
  { name = "preview_down", keys = "<C-f>", about = "scroll the preview down" },
  { name = "preview_up", keys = "<C-b>", about = "scroll the preview up" },
  { name = "preview", keys = "<M-v>", about = "hide the preview, or show it" },
  { name = "keys", keys = { "<C-/>", "<C-_>" }, about = "list these keys; `?` in Normal mode as well" },
  { name = "close", keys = { "<Esc>", "<C-c>" }, about = "close" },
}

return M
