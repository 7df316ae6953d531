--- The viewer: what a search matches, how many matches it counts, and what is highlighted.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to = viewers.comes_to

local big = viewers.numbered("big.log", 20000, function(i)
  return i % 100 == 0 and "Hundred" or "x"
end)

t.test("the number of matches and of the current match was not shown", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("/Hundred<CR>")
  nvim:sees("/Hundred [1/200]", 1)
  nvim:type("2n")
  nvim:sees("/Hundred [3/200]", 1)
  nvim:type("G")
  nvim:sees("/Hundred [199/200]", 1)
  nvim:type("gg")
  nvim:sees("/Hundred [0/200]", 1)
  nvim:type("&00 H<CR>")
  nvim:wait([[return require("rille.nvim.viewer").of().filtered ~= nil]])
  nvim:type("/Hundred<CR>5n")
  nvim:sees("/Hundred [6/200]", 1)
  nvim:type("&<CR>")
  nvim:wait([[return not require("rille.nvim.viewer").of().filtered]])
  nvim:sees("/Hundred [6/200]", 1)
  -- A file that grows has more matches.
  local path = viewers.numbered("grows.log", 1000)
  nvim:cmd("bwipeout | Rille view " .. path)
  nvim:type("/line 1<CR>")
  nvim:sees("[2/112]", 1)
  local file = assert(io.open(path, "ab"))
  file:write("line 1 more\nline 1")
  file:close()
  nvim:type("R")
  nvim:sees("[2/114]", 1)
  file = assert(io.open(path, "ab"))
  file:write("23\nx\n")
  file:close()
  nvim:type("R")
  nvim:sees("of 1,003", 1)
  nvim:sees("[2/114]", 1)
  viewers.done(nvim)
end)

t.test("a search forgot its count", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  for _, step in ipairs({
    { "3/Hundred<CR>", 300 },
    { "2?Hundred<CR>", 100 },
    { "4n", 19700 },
    { "2*", 19900 },
  }) do
    nvim:type(step[1])
    comes_to(nvim, step[2])
  end
  viewers.done(nvim)
end)

t.test("'smartcase' took escapes for capital letters and did not know those beyond ASCII", function()
  local path = viewers.written("case.log", "start\nÉTÉ été\nété\nHELLO there\nhello There\nx\n")
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:cmd("set ignorecase smartcase nowrapscan")
  for _, step in ipairs({
    { "gg/hello\\S*<CR>", 4 },
    { "gg/\\Ahello|HELLO<CR>", 4 },
    { "gg/\\p{L}ello<CR>", 4 },
    { "gg/(?P<lt>Name>hello)<CR>", 4 },
    { "gg/été<CR>", 2 },
    { "gg/ÉTÉ<CR>n", 2 },
    { "gg/Hello<CR>", 1 },
    { "gg/there<CR>", 4 },
    { "b*", 5 },
  }) do
    nvim:type(step[1])
    local fine = pcall(comes_to, nvim, step[2])
    t.ok(fine, step[1] .. vim.inspect(nvim:screen()[24]))
  end
  viewers.done(nvim)
end)

t.test("`*` on a word that is not ASCII found it inside of other words", function()
  local path = viewers.written("words.log", "élan\nrélan élané\n-élan-\nñandú\nxñandú\nñandú\n")
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("gg*")
  comes_to(nvim, 3)
  nvim:type("gg0g*")
  comes_to(nvim, 2)
  nvim:type("4G0*")
  comes_to(nvim, 6)
  nvim:type("#")
  comes_to(nvim, 4)
  viewers.done(nvim)
end)

t.test("a filter's matches were not highlighted, and one that kept nothing lost the place", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("150G&Hundred<CR>")
  comes_to(nvim, 200)
  local row = 1 + nvim:lua([[return vim.fn.winline()]])
  local column = 7 + #"line 200 H"
  nvim:wait([[return true]])
  local looks = nvim:looks(row)
  t.ok(looks[column] ~= looks[column - 3], "the kept text does not look different")
  nvim:type("/line 3<CR>")
  comes_to(nvim, 300)
  looks = nvim:looks(1 + nvim:lua([[return vim.fn.winline()]]))
  t.ok(looks[8] ~= looks[column] and looks[column] ~= looks[column - 3], vim.inspect(looks))
  nvim:type("&nothing has this<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and view.filtered.pattern:find("nothing")]])
  nvim:type("&nothing has that<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and view.filtered.pattern:find("that")]])
  nvim:type("&<CR>")
  comes_to(nvim, 300)
  viewers.done(nvim)
end)

t.test("a search under an operator moved the cursor and yanked the wrong text", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("/Hundred<CR>")
  comes_to(nvim, 100)
  nvim:type("50Gyyy/Hundred<CR>")
  viewers.says(nvim, "an operator does not wait for a search: use `v` first")
  viewers.has(nvim, '"', "line 50 x\n")
  nvim:type("yn")
  nvim:wait([[return select(2, vim.fn.execute("messages"):gsub("does not wait for a search", "")) == 2]])
  viewers.has(nvim, '"', "line 50 x\n")
  comes_to(nvim, 50)
  nvim:type("v/Hundred<CR>")
  comes_to(nvim, 100)
  nvim:type("y")
  nvim:wait([[return #vim.fn.getreg('"', 1, true) == 51]])
  viewers.done(nvim)
end)
