--- The viewer: text copied to registers, files and commands is that of the file.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local has = viewers.has

local long = {}
for i = 1, 3000 do
  long[i] = ("%06d "):format(i)
end
long = table.concat(long)
local lines = { "first", long, "nul \0 here", ("äöü"):rep(2000), "last" }
local path = viewers.written("long.log", table.concat(lines, "\n") .. "\n")

t.test("a yank of a long line had only the text of the page", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  for _, step in ipairs({
    { "2Gyy", long .. "\n" },
    { "2Gy$", long },
    { "2GY", long },
    { "2G3wy$", long:sub(22) },
    { "2Gv$y", long .. "\n" },
    { "2G3wv$hy", long:sub(22) },
    { "2Gv300wy", long:sub(1, 300 * 7 + 1) },
    { "2G400wv300by", long:sub(701, 2801) },
    { "2G400wy300b", long:sub(701, 2800) },
    { "2G$v0y", long },
    { "1Gyj", "first\n" .. long .. "\n" },
    { "2Gmx4GV'xy", long .. "\nnul \n here\n" .. lines[4] .. "\n" },
    { "1Gv2j0y", "first\n" .. long .. "\nn" },
    { "4Gy$", lines[4] },
    { "1Gy15000go", "first\n" .. long:sub(1, 14993) },
    { "2G8000|yiw", "001143" },
    { "1Gyiw", "first" },
    { "1Gy$", "first" },
    { "1GY", "first" },
    { "1Gyw", "first" },
    { "1Gv$y", "first\n" },
    { "1Gye", "first" },
    { "3Gy3e", "nul \n here" },
  }) do
    nvim:type("<Esc>" .. step[1])
    local got
    local fine = vim.wait(10000, function()
      -- A NUL becomes a line feed in a register.
      got = nvim:lua([[return vim.fn.getreg('"')]])
      return got == step[2]
    end, 20)
    t.ok(fine, ("%s: %d bytes instead of %d: %s"):format(step[1], #got, #step[2], got:sub(1, 60)))
  end
  viewers.done(nvim)
end)

t.test("an appended register had only the text of the page", function()
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type('1G"ayy2G"Ayy')
  has(nvim, "a", "first\n" .. long .. "\n")
  nvim:type('1G"ayw2G"Ay$')
  has(nvim, "a", "first" .. long)
  nvim:type('1G"ayiw2G"Ayy')
  has(nvim, "a", "first\n" .. long .. "\n")
  t.eq(nvim:lua([[return vim.fn.getreg("a")]]), "first\n" .. long .. "\n")
  viewers.done(nvim)
end)

t.test("the clipboard had only the text of the page", function()
  local nvim = viewers.view(path)
  nvim:lua(function()
    _G.pasted = {}
    local function copy(list, kind)
      _G.pasted = { list, kind }
    end
    local function paste()
      return _G.pasted
    end
    vim.g.clipboard = {
      name = "test",
      copy = { ["+"] = copy, ["*"] = copy },
      paste = { ["+"] = paste, ["*"] = paste },
    }
  end)
  viewers.counted(nvim)
  for _, option in ipairs({ "unnamedplus", "unnamed", "" }) do
    nvim:cmd("set clipboard=" .. option)
    nvim:lua([[_G.pasted = {}]])
    nvim:type(option == "" and '2G"+yy' or "2Gyy")
    nvim:wait(function(wanted)
      return _G.pasted[1] and _G.pasted[1][1] == wanted and _G.pasted[2] == "V"
    end, long)
    has(nvim, '"', long .. "\n")
  end
  viewers.done(nvim)
end)

t.test(
  "the end of a line of 30 MB could not be reached, and a line too long for a register was yanked in part",
  function()
    local wide = viewers.written("wide.log", "first\n" .. ("0123456789"):rep(3000000) .. "\nlast\n")
    local nvim = viewers.view(wide)
    nvim:type("j$")
    nvim:wait([[return require("rille.nvim.viewer").of():here() == 6 + 30000000]])
    nvim:type("y0")
    nvim:wait([[return #vim.fn.getreg('"') == 29999999]])
    nvim:type("0j")
    nvim:wait([[return vim.api.nvim_get_current_line() == "last"]])
    nvim:cmd("call setreg('\"', 'kept')")
    nvim:lua([[require("rille.nvim.viewer.bytes").MAX_REGISTER = 1000000]])
    for i, keys in ipairs({ "2Gyy", "2Gy$", "1GyG", "1GVGy", "1Gyj", "1GvGy", "2Gy5000000|" }) do
      nvim:type("<Esc>" .. keys)
      nvim:wait(function(count)
        return select(2, vim.fn.execute("messages"):gsub("are too much for a register: write them", ""))
          >= count
      end, i)
      t.eq(nvim:lua([[return vim.fn.getreg('"')]]), "kept", keys)
    end
    viewers.done(nvim)
  end
)
