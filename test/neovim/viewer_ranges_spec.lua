--- The viewer: commands with ranges act on lines of the file, and writing writes the file's bytes.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to, says = viewers.comes_to, viewers.says

local LINES = 30000
local big = viewers.numbered("big.log", LINES, function(i)
  return i % 7 == 0 and "seven" or "x"
end)

--- Returns lines as `numbered` writes them.
local function expected(first, last, step)
  local lines = {}
  for i = first, last, step or 1 do
    lines[#lines + 1] = ("line %d %s"):format(i, i % 7 == 0 and "seven" or "x")
  end
  return table.concat(lines, "\n") .. "\n"
end

t.test("a range with the shown line numbers acted on rows of the page", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("20000G")
  comes_to(nvim, 20000)
  for _, step in ipairs({
    { ":10,20y<CR>", expected(10, 20) },
    { ":20000y<CR>", expected(20000, 20000) },
    { ":.,+5y<CR>", expected(20000, 20005) },
    { ":-2,.+1 yank<CR>", expected(19998, 20001) },
    { ":29999,$y<CR>", expected(29999, 30000) },
    { ":5y 3<CR>", expected(5, 7) },
    { ":silent 7ya|echo<CR>", expected(7, 7) },
    { "V3j:y<CR>", expected(20000, 20003) },
    { "20000GVjjma:y<CR>", expected(20000, 20002) },
    { ":'a-1,'ay<CR>", expected(20001, 20002) },
    { ":%y<CR>", expected(1, LINES) },
    { ":100ka<CR>:'ay<CR>", expected(100, 100) },
  }) do
    nvim:type(step[1])
    local got
    local fine = vim.wait(10000, function()
      got = nvim:lua([[return vim.fn.getreg('"')]])
      return got == step[2]
    end, 20)
    t.ok(fine, ("%s: %s"):format(step[1], got:sub(1, 80)))
  end
  nvim:type(":10y a<CR>:11y A<CR>")
  viewers.has(nvim, "a", expected(10, 11))
  nvim:type(":500<CR>")
  comes_to(nvim, 500)
  nvim:type(":+10<CR>")
  comes_to(nvim, 510)
  nvim:type(":goto 1<CR>")
  comes_to(nvim, 1)
  nvim:type(":/line 777 <CR>")
  comes_to(nvim, 777)
  nvim:type(":=<CR>")
  says(nvim, "30000")
  nvim:type(":15,17p<CR>")
  says(nvim, expected(15, 17):sub(1, -2))
  viewers.done(nvim)
end)

t.test("commands that cannot take a range of the file acted on rows of the page", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("50Gyy")
  viewers.has(nvim, '"', expected(50, 50))
  for _, step in ipairs({
    { ":g/x/normal yy<CR>", "`:global` knows only the page; `&` filters the file" },
    { ":v/x/y<CR>", "`:vglobal` knows only the page" },
    { ":10,20normal yy<CR>", "in a view ranges work with :yank, :write, :print and :mark" },
    { ":/seven/,$y<CR>", "a range in a view cannot contain a pattern" },
    { ":40000y<CR>", "there is no line 40,000" },
    { ":20,10y<CR>", "the range is backwards" },
    { ":'zy<CR>", "there is no mark z" },
    { ":1,2000p<CR>", "`:print` shows 1000 lines at most" },
    { ":1,5w<CR>", "a view does not write to its own file" },
    { ":1,5w " .. big .. "<CR>", "the file exists (add ! to override)" },
    { ":1,5w! " .. big .. "<CR>", "a view does not write to its own file" },
  }) do
    nvim:type(step[1])
    says(nvim, step[2])
    nvim:cmd("messages clear")
  end
  viewers.has(nvim, '"', expected(50, 50))
  viewers.done(nvim)
end)

t.test("with a filter a range has the kept lines of these numbers", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("&seven<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and not view.works.kept]])
  nvim:type(":10,30y<CR>")
  viewers.has(nvim, '"', expected(14, 28, 7))
  nvim:type(":15,20y<CR>")
  says(nvim, "the filter keeps none of these lines")
  nvim:type(":%y<CR>")
  viewers.has(nvim, '"', expected(7, LINES, 7))
  viewers.done(nvim)
end)

t.test("a command or an appended file got only the text of the page", function()
  local text = ("first\r\n%s\r\nnul \0\r\nlast"):format(("0123456789"):rep(3000))
  local path = viewers.written("odd.log", text)
  local out = viewers.directory .. "/out"
  local nvim = viewers.view(path)
  local function comes(command, wanted)
    nvim:type(command .. "<CR>")
    local fine = vim.wait(10000, function()
      local file = io.open(out, "rb")
      local got = file and file:read("*a")
      if file then
        file:close()
      end
      return got == wanted
    end, 20)
    t.ok(fine, command)
    nvim:wait([[return not require("rille.nvim.viewer").of().works.write]])
  end
  comes(":w !cat > " .. out, text)
  comes(":2w !cat > " .. out, text:match("^[^\n]*\n([^\n]*\n)"))
  comes(":1,2w! " .. out, text:match("^[^\n]*\n[^\n]*\n"))
  comes(":1w >> " .. out, text:match("^[^\n]*\n[^\n]*\n") .. "first\r\n")
  comes(":w! " .. out, text)
  comes(":w >> " .. out, text .. text)
  nvim:type(":1w !wc -c; exit 3<CR>")
  says(nvim, "shell returned 3")
  says(nvim, "7")
  nvim:cmd("Rille view " .. big)
  nvim:type(":w !cat > " .. out .. "<CR>")
  local all = viewers.read(big)
  t.ok(vim.wait(10000, function()
    return vim.fn.getfsize(out) == #all
  end, 20))
  t.eq(vim.fn.sha256(viewers.read("out")), vim.fn.sha256(all))
  nvim:cmd("bwipeout!")
  viewers.done(nvim)
end)

t.test(
  "a filtered view was not written until the filter was complete, and writing could not be stopped",
  function()
    local nvim = viewers.view(big)
    local out = viewers.directory .. "/kept"
    nvim:type("&seven<CR>:w " .. out .. "<CR>")
    local wanted = expected(7, LINES, 7)
    t.ok(vim.wait(10000, function()
      return vim.fn.getfsize(out) == #wanted
    end, 20))
    t.eq(viewers.read("kept") == wanted, true)
    -- A command that reads nothing blocks the write until it is stopped.
    nvim:type("&<CR>:w !sleep 100<CR>")
    nvim:wait([[return require("rille.nvim.viewer").of().works.write ~= nil]])
    nvim:sees("writing !sleep 100", 1)
    nvim:type(":w " .. out .. "2<CR>")
    says(nvim, "something is being written; <C-c> stops that")
    nvim:type("<C-c>")
    says(nvim, "!sleep 100 was not written: cancelled")
    t.eq(vim.fn.filereadable(out .. "2"), 0)
    viewers.done(nvim)
  end
)
