--- Takes the README's pictures of the plugin, of what a terminal shows. In the root of the tree:
---
---   cargo build --release && nvim -l doc/pictures.lua
---
--- It needs tmux. The pictures show rille's own sources, so they change with them.
vim.fn.setenv("RILLE_ROOT", vim.fn.getcwd())
local terminal = dofile("test/neovim/terminal.lua")
local draw = dofile("doc/picture.lua")
local COLUMNS, LINES = 110, 30

--- Shows something and draws it.
---@param name string
---@param title string
---@param folder string where the editor is
---@param steps fun(term: rille.test.terminal)
local function picture(name, title, folder, steps)
  local term = terminal.start({
    columns = COLUMNS,
    lines = LINES,
    cwd = vim.fn.getcwd() .. folder,
    commands = { "set termguicolors noshowcmd noruler laststatus=0 fillchars=eob:\\ ", "filetype plugin off" },
  })
  local ok, message = pcall(steps, term)
  local screen = ok and term:screen(true)
  term:stop()
  assert(ok, message)
  local out = assert(io.open(("doc/%s.svg"):format(name), "w"))
  out:write(draw(screen, { columns = COLUMNS, title = title }))
  out:close()
end

picture("picker", "The picker: files that match what is typed, and a preview", "", function(term)
  term:type(":Rille files")
  term:press("Enter")
  term:sees("Files")
  term:type("src job")
  term:press("Tab", "Tab")
  term:sees("+2")
  vim.wait(1500)
end)

picture("grep", "Searching a tree while typing", "/src", function(term)
  term:type(":Rille grep")
  term:press("Enter")
  term:sees("Grep")
  term:type([[impl Drop for \w+]])
  vim.wait(2000)
end)
