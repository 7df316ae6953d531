--- The viewer: a file in a buffer that holds a part of it, operated by keys and checked on the screen.
local t = ...
local root = os.getenv("RILLE_ROOT")
local viewers = dofile(root .. "/test/neovim/viewers.lua")(t)
local child, directory, numbered, done = viewers.child, viewers.directory, viewers.numbered, viewers.done

local LINES = 300000
local big = numbered("big.log", LINES, function(i)
  return i % 7 == 0 and "seven" or "x"
end)

local function view(path, opts)
  return viewers.view(path or big, opts)
end

--- Waits until the cursor is in a line of the file whose number is known.
local function comes_to(nvim, n)
  nvim:wait(function(wanted)
    local at = vim.api.nvim_win_get_cursor(0)[1]
    local number = require("rille.nvim.viewer").of():number_of(at)
    return number == wanted and vim.api.nvim_get_current_line():find("^line " .. wanted .. " ") ~= nil
  end, n)
end

t.test("a file is shown with its numbers, and a page of it is in the buffer", function()
  local nvim = view()
  nvim:sees("     1 line 1 x", 2)
  local screen = nvim:screen()
  t.eq(screen[22], "    21 line 21 seven")
  nvim:sees(" big.log  1 of 300,000  0%  4.1 MB", 1)
  t.ok(nvim:lua([[return vim.api.nvim_buf_line_count(0)]]) < 3000)
  t.eq(nvim:lua([[return { vim.bo.filetype, vim.bo.buftype, vim.bo.modifiable, vim.bo.swapfile }]]), {
    "rilleview",
    "nowrite",
    false,
    false,
  })
  done(nvim)
end)

t.test("motions reach the whole file", function()
  local nvim = view()
  for _, step in ipairs({
    { "j", 2 },
    { "10j", 12 },
    { "1000j", 1012 },
    { "50000j", 51012 },
    { "5k", 51007 },
    { "500k", 50507 },
    { "50000k", 507 },
    { "G", LINES },
    { "k", LINES - 1 },
    { "10000k", LINES - 10001 },
    { "gg", 1 },
    { "123456G", 123456 },
    { "77gg", 77 },
    { "50%", LINES / 2 },
    { "100%", LINES },
    { "1%", LINES / 100 },
    { "9999999G", LINES },
    { "''", LINES / 100 },
    { "''", LINES },
    { "gg<C-o>", LINES },
    { "<C-o>", LINES / 100 },
    { "<Tab>", LINES },
    { "4000Gma5000G'a", 4000 },
    { "3go", 1 },
    { ":4321<CR>", 4321 },
    { ":$<CR>", LINES },
  }) do
    nvim:type(step[1])
    comes_to(nvim, step[2])
  end
  done(nvim)
end)

t.test("scrolling never comes to the end of a page", function()
  local nvim = view()
  nvim:lua([[vim.o.scrolloff = 0]])
  nvim:type(("<C-f>"):rep(200))
  nvim:wait(function()
    return require("rille.nvim.viewer").of():number_of(vim.fn.line("w0")) > 3500
  end)
  local top = nvim:lua([[return require("rille.nvim.viewer").of():number_of(vim.fn.line("w0"))]])
  t.eq(nvim:screen()[2], ("%6d line %d %s"):format(top, top, top % 7 == 0 and "seven" or "x"))
  nvim:type(("<C-b>"):rep(300))
  nvim:sees("line 1 x", 2)
  nvim:type("100<C-f>")
  nvim:wait(function()
    return require("rille.nvim.viewer").of():number_of(vim.fn.line("w0")) > 1500
  end)
  nvim:type(("<C-d>"):rep(100) .. ("<C-u>"):rep(400))
  comes_to(nvim, 1)
  nvim:type(("<C-e>"):rep(1000))
  nvim:sees("line 1001 seven", 2)
  nvim:type(("<C-y>"):rep(900))
  nvim:sees("line 101 x", 2)
  for _ = 1, 300 do
    nvim:api("nvim_input_mouse", "wheel", "down", "", 0, 5, 5)
  end
  nvim:sees("line 1001 seven", 2)
  t.ok(nvim:lua([[return vim.api.nvim_buf_line_count(0)]]) < 3000)
  done(nvim)
end)

t.test("selections and yanks extend past the page, in both directions", function()
  local nvim = view()
  local function yanked()
    return nvim:lua(
      [[return { #vim.fn.getreg('"', 1, true), vim.fn.getreg('"', 1, true)[1], vim.fn.getregtype('"') }]]
    )
  end
  -- Until the lines are counted, a jump to a line waits, and other keys do not.
  nvim:wait([[return require("rille.nvim.viewer").of().exact]])
  nvim:type("1000GV20000Gy")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 19001]])
  t.eq(yanked(), { 19001, "line 1000 x", "V" })
  nvim:type("150000GV149000Gy")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 1001]])
  t.eq(yanked(), { 1001, "line 149000 x", "V" })
  nvim:type("200000Gv" .. ("<C-b>"):rep(50) .. "0y")
  nvim:wait([[return vim.fn.getregtype('"') == "v"]])
  local got = nvim:lua([[return vim.fn.getreg('"', 1, true)]])
  t.eq(got[#got], "l")
  t.eq(tonumber(got[1]:match("%d+")), 200000 - #got + 1)
  nvim:type("5000Gy3000j")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 3001]])
  t.eq(yanked(), { 3001, "line 5000 x", "V" })
  nvim:type("5000Gy4000G")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 1001]])
  nvim:type("yy")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 1]])
  t.eq(yanked()[2], "line 4000 x")
  nvim:type("ggVGy")
  nvim:wait([[return vim.fn.execute("messages"):find("a selection has at most") ~= nil]])
  nvim:type("<Esc>")
  done(nvim)
end)

t.test("long lines are shown in part, and yanked whole", function()
  local path = directory .. "/long.log"
  local file = assert(io.open(path, "wb"))
  local long = {}
  for i = 1, 100000 do
    long[i] = ("%06d "):format(i)
  end
  long = table.concat(long)
  file:write("short\n", long, "\n", ("äöü€😀"):rep(2000), "\nlast\n")
  file:close()
  local nvim = view(path)
  nvim:type("jyy")
  nvim:wait([[return #vim.fn.getreg('"') == 700001]])
  t.eq(nvim:lua([[return vim.fn.getreg('"')]]), long .. "\n")
  t.eq(#nvim:lua([[return vim.api.nvim_get_current_line()]]), 2000)
  nvim:type("200w60w40w")
  nvim:wait([[return require("rille.nvim.viewer").of().column > 1]])
  t.eq(nvim:lua([[return vim.fn.expand("<cword>")]]), "000301")
  nvim:type("50w$")
  nvim:wait([[return require("rille.nvim.viewer").of():here() == 6 + 700000]])
  t.eq(nvim:lua([[return vim.api.nvim_get_current_line():sub(-7)]]), "100000 ")
  nvim:type("0")
  nvim:wait([[return require("rille.nvim.viewer").of():here() == 7]])
  nvim:type("70001go")
  nvim:wait([[return require("rille.nvim.viewer").of():here() == 70001]])
  t.eq(nvim:lua([[return vim.fn.expand("<cword>")]]), "010000")
  -- A character at the edge of the visible part is shown whole or not at all.
  nvim:type("0j")
  nvim:wait([[return vim.fn.line(".") == 3]])
  local text = nvim:lua([[return vim.api.nvim_get_current_line()]])
  t.ok(#text > 1990 and #text <= 2000, #text)
  t.eq(text:gsub("äöü€😀", ""):gsub("ä?ö?ü?€?", ""), "")
  nvim:type("$")
  nvim:wait([[return require("rille.nvim.viewer").of().column > 1]])
  text = nvim:lua([[return vim.api.nvim_get_current_line()]])
  t.eq(text:sub(-#"€😀"), "€😀")
  t.ok(not text:find("^[\128-\191]"), "it begins in the middle of a character")
  nvim:type("G")
  nvim:wait([[return vim.api.nvim_get_current_line() == "last"]])
  done(nvim)
end)

t.test("a search covers the whole file, in both directions, and wraps around at its end", function()
  local path = numbered("search.log", 200000, function(i)
    return i % 50000 == 0 and "Needle" or "hay"
  end)
  local nvim = view(path)
  for _, step in ipairs({
    { "/Needle<CR>", 50000 },
    { "n", 100000 },
    { "2n", 200000 },
    { "n", 50000 },
    { "N", 200000 },
    { "2N", 100000 },
    { "gg?Needle<CR>", 200000 },
    { "n", 150000 },
    { "N", 200000 },
    { "/line 1234\\d\\b<CR>", 12340 },
    { "n", 12341 },
    { "/<Up><Up><CR>", 50000 },
    { "*", 100000 },
    { "#", 50000 },
    { "gg:set ignorecase<CR>/needle<CR>", 50000 },
    { ":set nowrapscan<CR>G/needle<CR>", 200000 },
    { "gg/Needle<CR>nn", 150000 },
  }) do
    nvim:type(step[1])
    comes_to(nvim, step[2])
  end
  nvim:type(":set noignorecase<CR>/needle<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("rille: not found: needle", 1, true) ~= nil]])
  nvim:type("/(<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("unclosed group at 1: %(") ~= nil]])
  done(nvim)
end)

t.test("visible matches are highlighted as long as Neovim's own would be", function()
  local nvim = view()
  nvim:type("/seven<CR>")
  comes_to(nvim, 7)
  local row = 1 + nvim:lua([[return vim.fn.winline()]])
  local looks, column = nvim:looks(row + 7), 8 + #"line 14 "
  t.ok(looks[column] ~= looks[column - 1], "the match does not look different")
  t.eq(looks[column + 4], looks[column])
  t.eq(looks[column + 5], looks[column - 1])
  nvim:cmd("nohlsearch")
  looks = nvim:looks(row + 7)
  t.eq(looks[column], looks[column - 1])
  done(nvim)
end)

t.test("a running search can be stopped", function()
  -- A terabyte, most of it a hole: a search takes minutes.
  local huge = numbered("huge.log", 1000)
  local file = assert(vim.uv.fs_open(huge, "r+", 438))
  assert(vim.uv.fs_ftruncate(file, 2 ^ 40))
  vim.uv.fs_close(file)
  local nvim = view(huge)
  nvim:type("/nowhere at all<CR>")
  nvim:wait([[return require("rille.nvim.viewer").of().works.search ~= nil]])
  -- Neovim drops one that comes while it runs a callback; a person presses it again.
  local stopped = vim.wait(60000, function()
    nvim:type("<C-c>")
    return nvim:lua([[return not require("rille.nvim.viewer").of().works.search]])
  end, 50)
  t.ok(stopped)
  nvim:type("/line 900<CR>")
  comes_to(nvim, 900)
  done(nvim)
end)

t.test("a search that is stopped before it has begun does not begin", function()
  local nvim = view()
  nvim:lua(function()
    local viewer = require("rille.nvim.viewer")
    require("rille.nvim.viewer.search").start(viewer.of(), "nowhere at all", false)
    require("rille.nvim.viewer.bind").act("stop")
  end)
  nvim:type("/line 250000<CR>")
  comes_to(nvim, 250000)
  t.ok(nvim:lua([[return not vim.fn.execute("messages"):find("not found")]]))
  done(nvim)
end)

t.test("a search in the other direction replaces the one that runs", function()
  local nvim = view()
  nvim:lua(function()
    local of_child = require("rille.nvim.viewer").of()
    local search = require("rille.nvim.viewer.search")
    search.start(of_child, "line 250000 ", false)
    search.start(of_child, "", true)
    search.go(of_child, true, 1)
  end)
  comes_to(nvim, 250000)
  done(nvim)
end)

t.test("a filter shows the lines that match, with their numbers in the file", function()
  local nvim = view()
  nvim:type("70G&seven<CR>")
  comes_to(nvim, 70)
  nvim:sees("   77 line 77 seven")
  nvim:sees("70 of 300,000  0%  737.8 KB  42,857 lines with seven", 1)
  nvim:type("j")
  comes_to(nvim, 77)
  nvim:type("G")
  comes_to(nvim, LINES - LINES % 7)
  nvim:type("gg/line 70007<CR>")
  comes_to(nvim, 70007)
  nvim:type("&!seven<CR>")
  comes_to(nvim, 70008)
  nvim:type("6j")
  comes_to(nvim, 70015)
  nvim:type("&<CR>k")
  comes_to(nvim, 70014)
  nvim:type("&nowhere at all<CR>")
  nvim:wait([[return not require("rille.nvim.viewer").of().works.filter]])
  t.eq(nvim:screen()[2], "")
  nvim:type("Ggg&<CR>")
  comes_to(nvim, 70014)
  nvim:type("&(<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("unclosed group at 1: %(") ~= nil]])
  done(nvim)
end)

t.test("a file may grow, shrink, be replaced and vanish", function()
  local path = numbered("change.log", 5000)
  local nvim = view(path)
  nvim:type("G")
  comes_to(nvim, 5000)
  local file = assert(io.open(path, "ab"))
  file:write("line 5001 new\nno end")
  file:close()
  nvim:type("RG")
  nvim:sees("5002 no end")
  file = assert(io.open(path, "ab"))
  file:write(" but now\nline 5003 \n")
  file:close()
  nvim:type("R")
  nvim:sees("5002 no end but now")
  numbered("change.log", 100)
  nvim:type("R")
  nvim:sees("100 line 100")
  t.ok(nvim:messages():find("rille: change.log was truncated", 1, true), nvim:messages())
  numbered("other.log", 200)
  os.rename(directory .. "/other.log", path)
  nvim:type("R50G")
  nvim:sees(" 50 line 50")
  t.ok(nvim:messages():find("rille: change.log was replaced", 1, true), nvim:messages())
  os.remove(path)
  nvim:type("RG")
  nvim:sees("200 line 200")
  done(nvim)
end)

t.test("a file is followed as it grows, from its last line on", function()
  local path = numbered("follow.log", 5000)
  local nvim = view(path)
  local count = 5000
  local function append(lines)
    local file = assert(io.open(path, "ab"))
    for _ = 1, lines do
      count = count + 1
      file:write(("line %d x\n"):format(count))
    end
    file:close()
  end
  nvim:type("gl")
  comes_to(nvim, 5000)
  nvim:sees("following", 1)
  for _, lines in ipairs({ 1, 10, 10000, 1 }) do
    append(lines)
    comes_to(nvim, count)
  end
  -- After moving up the cursor stays there.
  nvim:type("100k")
  comes_to(nvim, count - 100)
  local stayed = count - 100
  append(10)
  nvim:sees(tostring(stayed + 5))
  nvim:wait([[return require("rille.nvim.viewer").of().lines == ...]], count)
  comes_to(nvim, stayed)
  nvim:type("G")
  append(1)
  comes_to(nvim, count)
  numbered("follow.log", 20)
  nvim:wait([[return vim.fn.execute("messages"):find("follow.log was truncated", 1, true) ~= nil]])
  count = 20
  append(30)
  comes_to(nvim, 50)
  nvim:type("gl")
  nvim:wait([[return not require("rille.nvim.viewer").of().following]])
  nvim:wait([[return next(require("rille.nvim.viewer").of().works) == nil]])
  done(nvim)
end)

t.test("empty files, files without line feeds, and bytes of every kind", function()
  local function written(name, text)
    local file = assert(io.open(directory .. "/" .. name, "wb"))
    file:write(text)
    file:close()
    return directory .. "/" .. name
  end
  local nvim = view(written("empty", ""))
  nvim:type("Gggj<C-f>R")
  nvim:sees("empty", 1)
  nvim:cmd("Rille view " .. written("one", "no line feed"))
  nvim:type("Ggg")
  nvim:sees("  1 no line feed", 2)
  nvim:cmd("Rille view " .. written("bytes", "a\0b\255\rc\r\nd"))
  nvim:sees("  1 a^@b<ff>^Mc", 2)
  nvim:sees("  2 d", 3)
  done(nvim)
end)

t.test("a file that cannot be opened is reported", function()
  local nvim = child.start()
  nvim:type(
    ":Rille view " .. directory .. "/nothing<CR>:Rille view " .. directory .. "<CR>:edit rille:///nothing<CR>"
  )
  nvim:wait([[return vim.fn.execute("messages"):find("rille: /nothing: ") ~= nil]])
  local said = nvim:messages()
  t.ok(said:find("nothing: no such file", 1, true) or said:find("ENOENT", 1, true), said)
  t.ok(said:find(" is a directory", 1, true), said)
  nvim:type("<CR>")
  t.eq(nvim:stop(), 0)
end)

t.test("nothing is written to the file", function()
  local path = numbered("write.log", 5000)
  local before = vim.fn.sha256(table.concat(vim.fn.readfile(path, "b"), "\n"))
  local nvim = view(path)
  for _, line in ipairs({
    "write",
    "write!",
    "wall!",
    "update!",
    "write! " .. path,
    "saveas! " .. path,
    "normal! dd",
  }) do
    nvim:lua([[pcall(vim.cmd, ...)]], line)
  end
  nvim:lua([[pcall(vim.cmd, "1,5write! " .. ...); pcall(vim.cmd, "1,5write >> " .. ...)]], path)
  t.eq(vim.fn.sha256(table.concat(vim.fn.readfile(path, "b"), "\n")), before)
  nvim:cmd(("3,4write %s/part | 6write >> %s/part"):format(directory, directory))
  t.eq(vim.fn.readfile(directory .. "/part"), { "line 3 ", "line 4 ", "line 6 " })
  done(nvim)
end)

t.test("a write through another name of the viewed file destroyed it", function()
  local path = numbered("linked.log", 5000)
  local uv = vim.uv or vim.loop
  local before = vim.fn.readfile(path, "b")
  assert(uv.fs_link(path, directory .. "/hard.log"))
  assert(uv.fs_symlink(path, directory .. "/soft.log"))
  assert(uv.fs_symlink(directory, directory .. "/same"))
  local nvim = view(path)
  for _, name in ipairs({ "hard.log", "soft.log", "same/linked.log", "same/hard.log", "./linked.log" }) do
    for _, command in ipairs({ "1,3write! ", "1,3write >> ", "write! ", "2write! " }) do
      nvim:lua([[pcall(vim.cmd, ...)]], command .. directory .. "/" .. name)
      t.eq({ name, command, vim.fn.readfile(path, "b") }, { name, command, before })
    end
  end
  done(nvim)
end)

t.test("the page was written instead of the file: lines cut, line ends changed, the rest missing", function()
  local path, long = directory .. "/odd.log", ("äöü 0123456789 "):rep(3000)
  local lines = { "first\r", "nul \0 here\r", long .. "\r", "caf\233 \255\r", "last" }
  local text = table.concat(lines, "\n")
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local function read(name)
    local out = assert(io.open(directory .. "/" .. name, "rb"))
    local all = out:read("*a")
    out:close()
    return all
  end
  local nvim = view(path)
  local function writes(command, name, expected)
    vim.fn.delete(directory .. "/" .. name)
    nvim:cmd(command .. " " .. directory .. "/" .. name)
    nvim:wait(function(out, size)
      return vim.fn.getfsize(out) == size
    end, directory .. "/" .. name, #expected)
    t.ok(read(name) == expected, command)
  end
  writes("1write", "out1", lines[1] .. "\n")
  writes("2,3write", "out2", lines[2] .. "\n" .. lines[3] .. "\n")
  writes("4,5write", "out3", lines[4] .. "\n" .. lines[5])
  writes("write", "out4", text)
  writes("%write", "out5", text)
  t.eq(vim.fn.filereadable(directory .. "/out4.rille-part"), 0)
  done(nvim)
  -- The whole of a file of many pages, and all lines that a filter keeps.
  nvim = view(big)
  nvim:cmd("write " .. directory .. "/copy")
  nvim:wait(function(out, size)
    return vim.fn.getfsize(out) == size
  end, directory .. "/copy", vim.fn.getfsize(big))
  t.eq(vim.fn.sha256(read("copy")), vim.fn.sha256(read("big.log")))
  nvim:cmd("write >> " .. directory .. "/copy")
  nvim:wait(function(out, size)
    return vim.fn.getfsize(out) == size
  end, directory .. "/copy", 2 * vim.fn.getfsize(big))
  vim.fn.delete(directory .. "/copy")
  nvim:type("&line 1.*seven<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and not view.works.kept]])
  nvim:cmd("write " .. directory .. "/kept")
  nvim:wait(function(out)
    return vim.fn.getfsize(out) > 0
  end, directory .. "/kept")
  local kept, expected = vim.fn.readfile(directory .. "/kept"), 0
  for i = 1, LINES do
    expected = expected + ((i % 7 == 0 and tostring(i):find("^1")) and 1 or 0)
  end
  t.eq(#kept, expected)
  t.eq(kept[1], "line 14 seven")
  done(nvim)
end)

t.test("the keys are listed by a key", function()
  local nvim = view()
  nvim:type("g?")
  nvim:wait([[return #vim.api.nvim_list_wins() == 2]])
  nvim:type("q")
  nvim:wait([[return #vim.api.nvim_list_wins() == 1]])
  -- Another key has its usual effect.
  nvim:type("g?G")
  comes_to(nvim, LINES)
  t.eq(nvim:lua([[return #vim.api.nvim_list_wins()]]), 1)
  nvim:cmd("Rille files")
  nvim:sees("Files")
  nvim:type("<C-_>")
  nvim:wait([[return true]])
  nvim:type("<Esc>")
  nvim:wait([[return require("rille.nvim.picker").current ~= nil]])
  local lines = nvim:lua([[return require("rille.nvim.keyhelp").lines("picker")]])
  t.ok(lines[1]:find("<CR>", 1, true) and table.concat(lines, "\n"):find("<C-/> <C-_>", 1, true), lines[1])
  nvim:type("<Esc>")
  nvim:wait([[return require("rille.nvim.picker").current == nil]])
  done(nvim)
end)

t.test("under a filter line numbers meant rows", function()
  local nvim = view()
  nvim:type("&seven<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and not view.works.kept and view.exact]])
  for keys, expected in pairs({
    [":5000<CR>"] = 5005,
    ["100G"] = 105,
    ["70gg"] = 70,
    ["gg3j"] = 28,
    ["gg20000j"] = 140007,
  }) do
    nvim:type(keys)
    comes_to(nvim, expected)
  end
  done(nvim)
end)

t.test("a hit of a search opened the row of a page with its number", function()
  local here = directory .. "/hits"
  vim.fn.mkdir(here)
  local lines = {}
  for i = 1, 30000 do
    lines[i] = i == 12626 and "the needle" or "line " .. i
  end
  vim.fn.writefile(lines, here .. "/long.log")
  for _, opened in ipairs({ "as a view", "as one that is large" }) do
    local nvim = child.start({
      columns = 120,
      lines = 30,
      before = opened == "as one that is large" and "let g:rille = #{ view: #{ above: 100000 } }" or nil,
    })
    nvim:lua([[vim.api.nvim_set_current_dir(...)]], here)
    if opened == "as a view" then
      nvim:cmd("Rille view long.log")
    end
    nvim:cmd("Rille grep needle")
    nvim:sees("1│")
    -- The preview shows the lines of the file with their numbers.
    nvim:sees("12625 line 12625")
    nvim:type("<CR>")
    nvim:wait(function()
      local shown = require("rille.nvim.viewer").of()
      local line = vim.api.nvim_win_get_cursor(0)[1]
      return shown and shown:number_of(line) == 12626 and vim.api.nvim_get_current_line() == "the needle"
    end)
    t.eq(nvim:lua([[return vim.fn.col(".")]]), 5)
    local function comes_to_hit()
      nvim:wait(function()
        local shown = require("rille.nvim.viewer").of()
        return shown
          and shown:number_of(vim.api.nvim_win_get_cursor(0)[1]) == 12626
          and vim.api.nvim_get_current_line() == "the needle"
          and vim.fn.col(".") == 5
      end)
    end
    -- By the quickfix list, by a command, by the same command again, and from the list's window.
    nvim:cmd("Rille grep needle")
    nvim:sees("1│")
    nvim:type("<C-q>")
    nvim:wait([[return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 1]])
    nvim:type("<CR>")
    comes_to_hit()
    nvim:type("gg")
    nvim:wait([[return vim.fn.line(".") == 1]])
    nvim:cmd("copen")
    nvim:type("<CR>")
    comes_to_hit()
    nvim:cmd("cclose")
    nvim:cmd("Rille lines")
    t.ok(nvim:messages():find("a view has only a page", 1, true))
    nvim:cmd("enew")
    t.eq(nvim:stop(), 0)
  end
end)

t.test("large files open in a view automatically, if the option is set", function()
  local small = numbered("small.log", 10)
  local nvim = child.start({ before = "let g:rille = #{ view: #{ above: 1000000 } }" })
  local function kind()
    return nvim:lua([[return { vim.bo.filetype, vim.bo.buftype }]])
  end
  nvim:cmd("edit " .. big)
  t.eq(kind(), { "rilleview", "nowrite" })
  nvim:type("G")
  comes_to(nvim, LINES)
  nvim:cmd("edit " .. small)
  t.eq(kind()[2], "")
  t.eq(nvim:lua([[return vim.api.nvim_buf_line_count(0)]]), 10)
  nvim:cmd("buffer " .. big)
  comes_to(nvim, LINES)
  nvim:cmd("bwipeout")
  nvim:cmd("noautocmd edit " .. big)
  t.eq(nvim:lua([[return vim.api.nvim_buf_line_count(0)]]), LINES)
  done(nvim)

  nvim = child.start({ before = "let g:rille = #{ view: #{ above: 1000000 } } | argadd " .. big })
  nvim:cmd("first")
  t.eq(kind(), { "rilleview", "nowrite" })
  done(nvim)

  -- The example of doc/neovim.md.
  local page = table.concat(vim.fn.readfile(root .. "/doc/neovim.md"), "\n")
  nvim = child.start()
  nvim:lua(page:match("\n```lua config\n(.-)\n```\n"))
  t.eq(nvim:lua([[return require("rille.nvim.config").get("view.above")]]), 2 ^ 28)
  t.eq(nvim:lua([[return require("rille.nvim.config").faults()]]), {})
  nvim:lua([[require("rille.nvim").setup({ view = { above = 1000000 } })]])
  nvim:cmd("edit " .. big)
  t.eq(kind(), { "rilleview", "nowrite" })
  nvim:cmd("bwipeout")
  nvim:lua([[vim.api.nvim_create_autocmd("BufReadCmd", { pattern = "*.log", callback = function() end })]])
  nvim:cmd("edit " .. big)
  t.eq(kind()[1], "")
  done(nvim)
end)

t.test("without the library a file can be viewed, and functions that need it say so", function()
  local nvim = child.start({ env = { RILLE_BACKEND = "lua" } })
  nvim:cmd("Rille view " .. big)
  nvim:type("123456G")
  comes_to(nvim, 123456)
  nvim:type("G")
  comes_to(nvim, LINES)
  nvim:type("/seven<CR>&seven<CR>")
  nvim:wait(function()
    return select(2, vim.fn.execute("messages"):gsub("rille.regex needs the native library", "")) == 2
  end)
  comes_to(nvim, LINES)
  done(nvim)
end)
