--- The grep picker: searching a tree while typing.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = vim.fn.tempname()
vim.fn.mkdir(directory .. "/src", "p")
for i = 1, 30 do
  local lines = {}
  for k = 1, 100 do
    lines[k] = ("    file %d line %d"):format(i, k)
  end
  lines[50] = "    the Needle of " .. i
  vim.fn.writefile(lines, ("%s/src/file%02d.txt"):format(directory, i))
end
vim.fn.writefile({ ("x"):rep(300000) .. " a long line" .. ("y"):rep(300000) }, directory .. "/long.txt")

local function start(opts)
  return pickers.start(opts, directory)
end

t.test("lines appear as the pattern is typed, and a choice goes there", function()
  local nvim = start({ columns = 110, lines = 30 })
  nvim:cmd("Rille grep")
  nvim:type("needle of 7$")
  nvim:sees("src/file07.txt:50: the Needle of 7")
  nvim:sees("49     file 7 line 49")
  nvim:sees("╭ src/file07.txt:50 ─")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(
    nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]]),
    { "file07.txt", 50, 9 }
  )
  -- Smart case: a capital letter matches only itself.
  nvim:cmd("Rille grep neEdle")
  nvim:sees(" 0│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("a wrong pattern is reported in the prompt, and the earlier lines stay", function()
  local nvim = start({ columns = 110, lines = 30 })
  nvim:cmd("Rille grep")
  nvim:type("Needle of 12")
  nvim:sees("src/file12.txt:50")
  nvim:type("(")
  nvim:sees("unclosed group")
  nvim:sees("src/file12.txt:50")
  nvim:type("|)")
  nvim:wait(function()
    return not require("rille.nvim.picker").current.source:state().failure
  end)
  nvim:sees("src/file12.txt:50")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("only more lines than the limit are reported", function()
  local nvim = start({ columns = 80 })
  nvim:lua([[vim.g.rille = { grep = { limit = 30 } }]])
  nvim:cmd("Rille grep line")
  nvim:sees("showing the first 30")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille grep Needle")
  nvim:sees("30│")
  t.ok(not table.concat(nvim:screen(), "\n"):find("showing the first", 1, true))
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("unsaved text is searched and shown as it is in the editor", function()
  local nvim = start({ columns = 110, lines = 30 })
  nvim:cmd("edit src/file03.txt")
  nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, 0, false, { "just typed in" }) ]])
  nvim:cmd("Rille grep just typed")
  nvim:sees("src/file03.txt:1: just typed in")
  nvim:sees(" 1 just typed in")
  nvim:type("<Esc>")
  closed(nvim)
  -- A large one would take too long to pass to the search at each key.
  nvim:lua(function()
    vim.cmd("edit src/file04.txt")
    vim.api.nvim_buf_set_lines(0, 0, 0, false, { "just typed in a large one", ("x"):rep(2 ^ 24) })
  end)
  nvim:cmd("Rille grep just typed")
  nvim:sees("1 as saved, too large  1│")
  nvim:sees("src/file03.txt:1: just typed in")
  nvim:type("<Esc>")
  closed(nvim)
  -- Also from another directory, where the tree has another relative path.
  nvim:lua([[vim.api.nvim_set_current_dir("/")]])
  nvim:lua([[require("rille.nvim").grep({ cwd = ..., query = "just typed" })]], directory)
  nvim:sees("file03.txt:1: just typed in")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return vim.fn.expand("%:t")]]), "file03.txt")
  t.eq(nvim:stop(), 0)
end)

t.test("the part of a long line with the match is shown", function()
  local nvim = start({ columns = 80 })
  nvim:cmd("Rille grep a long line")
  nvim:sees("long.txt:1:")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("each key cancels the previous search", function()
  local nvim = start({ columns = 80 })
  nvim:cmd("Rille grep")
  for _ = 1, 10 do
    nvim:type("line<BS><BS><BS><BS>")
  end
  nvim:type("Needle")
  nvim:sees("30│")
  t.ok((nvim:lua([[return _G.handles()]]).job or 0) <= 1)
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("a quickfix list has lines and columns", function()
  local nvim = start({ columns = 80 })
  nvim:cmd("Rille grep")
  nvim:type("Needle<C-q>")
  nvim:wait(function()
    return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 30
  end)
  local item =
    nvim:lua([[local list = vim.fn.getqflist(); return { #list, list[1].lnum, list[1].col, list[1].text }]])
  t.eq({ item[1], item[2], item[3] }, { 30, 50, 9 })
  t.ok(item[4]:find("the Needle of", 1, true))
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")

t.test("rows of a search had the icon of the whole row, and a byte-order mark shifted the place", function()
  local here = vim.fn.tempname()
  vim.fn.mkdir(here)
  local file = assert(io.open(here .. "/with.c", "wb"))
  file:write("\239\187\191the first\r\nsecond pin\r\n\239\187\191third pin\r\n")
  file:close()
  file = assert(io.open(here .. "/top.txt", "wb"))
  file:write("\239\187\191pin\nx\n")
  file:close()
  local nvim = pickers.start({ columns = 110, lines = 30 }, here)
  nvim:lua([[
    _G.MiniIcons = { get = function(_, path) return path:find("%.c$") and "C" or "T", "Special" end }
  ]])
  nvim:cmd("Rille grep second pin")
  nvim:sees("C with.c:2: second pin")
  nvim:sees("2 second pin")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.line("."), vim.fn.col(".") }]]), { 2, 1 })
  nvim:cmd("Rille grep ^pin")
  nvim:sees("T top.txt:1: ")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]]), { "top.txt", 1, 1 })
  t.eq(nvim:stop(), 0)
end)
