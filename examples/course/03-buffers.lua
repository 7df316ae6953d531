-- Hosts: nvim
-- You learn: Neovim's options and variables, and what every plugin draws with: buffers, windows, floats, extmarks.

-- Neovim: all that it can do is in one global table, `vim`. Its functions for plugins are in `vim.api`. Their names begin
-- with `nvim_`, and `:help nvim_buf_set_lines` explains each one.
local api = vim.api

-- Neovim: an option is a setting of the editor. `vim.o` reads and sets it. `vim.bo` is for one buffer, `vim.wo` for one
-- window; both come below.
vim.o.ignorecase = true
vim.bo.shiftwidth = 2
print(vim.o.ignorecase, vim.bo.shiftwidth, vim.wo.number) --> true 2 false

-- Neovim: an option that is a list of words, such as "a,b,c", is a table in `vim.opt`.
vim.opt.wildignore = { "*.o" }
vim.opt.wildignore:append("*.tmp")
print(vim.o.wildignore) --> *.o,*.tmp

-- Neovim: a variable belongs to you, not to the editor. `vim.g` is for all, `vim.b` for one buffer. Many plugins
-- read their settings there.
vim.g.greeting = { word = "hello", loud = true }
print(vim.g.greeting.word) --> hello

-- Neovim: careful, what you read from `vim.g` is a copy. A change of the copy is lost; assign the whole table.
local copy = vim.g.greeting
copy.word = "good morning"
print(vim.g.greeting.word) --> hello
vim.g.greeting = copy
print(vim.g.greeting.word) --> good morning

-- Neovim: a buffer is a text in memory. Most belong to a file; this one is "scratch": nobody is asked to save it. Here
-- lines count from 0, and the end is not part of the range: 0, -1 means all lines.
local buffer = api.nvim_create_buf(false, true)
api.nvim_buf_set_lines(buffer, 0, -1, false, { "roses are red", "violets are blue" })
print(api.nvim_buf_line_count(buffer)) --> 2
print(api.nvim_buf_get_lines(buffer, 1, 2, false)[1]) --> violets are blue

-- Neovim: `set_text` replaces a part: from row 0, byte 10, to row 0, byte 13.
api.nvim_buf_set_text(buffer, 0, 10, 0, 13, { "white" })
print(api.nvim_buf_get_lines(buffer, 0, 1, false)[1]) --> roses are white

-- Neovim: a window shows a buffer. Two windows can show the same one, as a tree seen from two sides.
local window = api.nvim_get_current_win()
api.nvim_win_set_buf(window, buffer)
api.nvim_win_set_cursor(window, { 2, 0 }) -- here lines count from 1, as on the screen, and bytes from 0
print(api.nvim_get_current_line()) --> violets are blue

-- Neovim: a float is a window above the others: menus and pickers are made of it.
local float = api.nvim_open_win(buffer, false, {
  relative = "editor",
  row = 2,
  col = 10,
  width = 20,
  height = 3,
  style = "minimal",
  border = "rounded",
})
print(#api.nvim_list_wins(), api.nvim_win_get_config(float).relative) --> 2 editor
api.nvim_win_close(float, true)

-- Neovim: an extmark is a pin in the text: it stays at its place while the text moves, and it can carry colour or extra
-- words. A namespace keeps your marks apart from those of others.
local namespace = api.nvim_create_namespace("course")
local mark = api.nvim_buf_set_extmark(buffer, namespace, 1, 0, {
  end_col = 7,
  hl_group = "Search", -- a named colour: "violets" looks as a match of a search does
  virt_text = { { "  <- a flower", "Comment" } }, -- shown after the line, and not part of the text
})
api.nvim_buf_set_lines(buffer, 0, 0, false, { "A poem", "" })
local row = api.nvim_buf_get_extmark_by_id(buffer, namespace, mark, {})[1]
print(row, api.nvim_buf_get_lines(buffer, row, row + 1, false)[1]) --> 3 violets are blue
