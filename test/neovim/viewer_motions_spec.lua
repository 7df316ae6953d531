--- The viewer: Neovim's own motions that reach the end of the page, and operators over them.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to = viewers.comes_to

--- Paragraphs of 4,000 lines; every second one begins a section.
local path = viewers.numbered("paragraphs.log", 12000, function(i)
  return i % 100 == 0 and "hundred" or "x"
end)
do
  local lines = vim.fn.readfile(path)
  for i = 4000, 12000, 4000 do
    lines[i] = ""
  end
  lines[8001] = "{"
  vim.fn.writefile(lines, path)
end

t.test("motions by paragraphs, sentences and sections stopped at the border of the page", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  for _, step in ipairs({
    { "}", 4000 },
    { "}", 8000 },
    { "{", 4000 },
    { "2}", 12000 },
    { "2{", 4000 },
    { "gg]]", 8001 },
    { "[[", 1 },
    { ")", 4000 },
    { ")", 4001 },
    { ")", 8000 },
    { "G(", 8001 },
    { "gg3}", 12000 },
    { "<C-o>", 1 },
  }) do
    nvim:type(step[1])
    local fine, message = pcall(comes_to, nvim, step[2])
    t.ok(fine, step[1] .. " " .. tostring(message))
  end
  viewers.done(nvim)
end)

t.test("a motion that finds nothing for long says so and stays", function()
  local far = viewers.numbered("far.log", 60000)
  local nvim = viewers.view(far)
  viewers.counted(nvim)
  nvim:type("50Gyy}")
  viewers.says(nvim, "rille: `}` has found nothing in 20000 lines")
  comes_to(nvim, 50)
  nvim:type("y}")
  nvim:wait([[return select(2, vim.fn.execute("messages"):gsub("has found nothing", "")) == 2]])
  viewers.has(nvim, '"', "line 50 \n")
  comes_to(nvim, 50)
  viewers.done(nvim)
end)

t.test("motions by words and lines with a count stopped at the border of the page", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  for _, step in ipairs({
    { "9000w", 3001 },
    { "3000b", 2001 },
    { "3000e", 3000 },
    { "gg3500<CR>", 3501 },
    { "3000-", 501 },
    { "3001_", 3501 },
    { "3000gk", 501 },
    { "3000gj", 3501 },
    { "30000<Space>", 6215 },
    { "30000<BS>", 3501 },
  }) do
    nvim:type(step[1])
    local fine, message = pcall(comes_to, nvim, step[2])
    t.ok(fine, step[1] .. " " .. tostring(message))
  end
  viewers.done(nvim)
end)

t.test("operators over far motions yanked up to the border of the page", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  local function yanked()
    return nvim:lua(function()
      local lines = vim.fn.getreg('"', 1, true)
      return { #lines, lines[1], lines[#lines], vim.fn.getregtype('"') }
    end)
  end
  for _, step in ipairs({
    { "10Gy}", 3990, "line 10 x", "line 3999 x", "V" },
    { "10Gwy}", 3990, "10 x", "line 3999 x", "v" },
    { "7000Gwy{", 3001, "", "line ", "v" },
    { "3000Gy9000w", 3001, "line 3000 hundred", "line 6000 ", "v" },
    { "7000Gmay3000k", 3001, "", "line 7000 hundred", "V" },
    { "ggy'a", 7000, "line 1 x", "line 7000 hundred", "V" },
    { "7000Gwma1000Gy`a", 6001, "line 1000 hundred", "line ", "v" },
    { "5000Gy50%", 1001, "line 5000 hundred", "line 6000 hundred", "V" },
    { "2Gy80go", 8, "line 2 x", "line 9 ", "v" },
    { "3000Gy6000j", 6001, "line 3000 hundred", "line 9000 hundred", "V" },
    { "200Gy/never/<Esc>y2_", 2, "line 200 hundred", "line 201 x", "V" },
  }) do
    nvim:type(step[1])
    local got
    local fine = vim.wait(20000, function()
      got = yanked()
      return got[1] == step[2]
        and got[2] == step[3]
        and (not step[4] or got[3] == step[4])
        and got[4] == step[5]
    end, 20)
    t.ok(fine, step[1] .. " " .. vim.inspect(got))
  end
  viewers.done(nvim)
end)

t.test(
  "a yank of lines moved the cursor to another column, and `yy` with a count ended at the page",
  function()
    local nvim = viewers.view(path)
    viewers.counted(nvim)
    for _, step in ipairs({ { "yy", 1 }, { "y3j", 4 }, { "3yy", 3 }, { "3000yy", 3000 }, { "y2000j", 2001 } }) do
      nvim:type("100G05l" .. step[1])
      nvim:wait(function(count)
        return #vim.fn.getreg('"', 1, true) == count and vim.fn.col(".") == 6
      end, step[2])
      comes_to(nvim, 100)
    end
    viewers.done(nvim)
  end
)

t.test("a yank above the limit of a selection replaced the register by one line", function()
  local far = viewers.numbered("farther.log", 250000)
  local nvim = viewers.view(far)
  viewers.counted(nvim)
  nvim:type('"ayy')
  viewers.has(nvim, "a", "line 1 \n")
  nvim:cmd("call setreg('0', 'kept') | call setreg('\"', 'kept')")
  nvim:type("yG")
  viewers.says(nvim, "a selection has at most 200000 lines")
  nvim:type('"ayG"AyG')
  nvim:wait([[return select(2, vim.fn.execute("messages"):gsub("at most 200000 lines", "")) == 3]])
  t.eq(nvim:lua([[return { vim.fn.getreg('"'), vim.fn.getreg("0"), vim.fn.getreg("a") }]]), {
    "kept",
    "kept",
    "line 1 \n",
  })
  comes_to(nvim, 1)
  t.eq(nvim:lua([[return vim.fn.mode(1)]]), "n")
  viewers.done(nvim)
end)

t.test("a count above 999,999,999 went to the byte of another number", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("20G4000000000go")
  viewers.says(nvim, "a count ends at 999,999,998: type `:goto {byte}`")
  comes_to(nvim, 20)
  nvim:type("4000000000G")
  viewers.says(nvim, "type `:{number}`")
  comes_to(nvim, 20)
  viewers.done(nvim)
end)

t.test("marks and jumps under a filter were places of the filtered lines", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("50Gma5000Gmb&hundred<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and not view.works.kept]])
  nvim:type("'b")
  comes_to(nvim, 5000)
  nvim:type("'a")
  comes_to(nvim, 100)
  nvim:type("7000Gmc&<CR>ggM")
  nvim:wait([[return not require("rille.nvim.viewer").of().filtered]])
  nvim:type("'c")
  comes_to(nvim, 7000)
  nvim:type("mA")
  viewers.says(nvim, "the marks of a view are a to z")
  nvim:type("3000GV10jy10000G")
  comes_to(nvim, 10000)
  nvim:type("gv")
  nvim:wait([[return vim.fn.mode() == "V"]])
  comes_to(nvim, 3010)
  nvim:type("o")
  comes_to(nvim, 3000)
  nvim:type("<Esc>'>")
  comes_to(nvim, 3010)
  nvim:type("'[")
  comes_to(nvim, 3000)
  viewers.done(nvim)
end)
