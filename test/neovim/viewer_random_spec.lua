--- The viewer: random keys raise no error, and every linewise yank is text of the file.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)

local KEYS = {
  "j",
  "k",
  "5j",
  "700j",
  "3000j",
  "900k",
  "w",
  "b",
  "50w",
  "400b",
  "e",
  "ge",
  "}",
  "{",
  ")",
  "(",
  "]]",
  "[[",
  "G",
  "gg",
  "50%",
  "%",
  "1234G",
  "5000go",
  "0",
  "$",
  "^",
  "|",
  "2500|",
  "<C-f>",
  "<C-b>",
  "<C-d>",
  "<C-u>",
  "<C-e>",
  "<C-y>",
  "v",
  "V",
  "<C-v>",
  "o",
  "y",
  "Y",
  "yy",
  "3yy",
  "y}",
  "y{",
  "y$",
  "y0",
  "yw",
  "yG",
  "ygg",
  "y500j",
  "gv",
  "ma",
  "mb",
  "'a",
  "`b",
  "''",
  "y'a",
  "<C-o>",
  "<Tab>",
  "n",
  "N",
  "yn",
  "*",
  "#",
  "g*",
  "/line<CR>",
  "?x<CR>",
  "3/7<CR>",
  "&7<CR>",
  "&!x<CR>",
  "&<CR>",
  "gl",
  "R",
  "<Esc>",
  "<Esc>",
  ":500<CR>",
  ":10,20y<CR>",
  ":.,+3y<CR>",
  ":g/x/d<CR>",
  ":'ay<CR>",
  ":%y<CR>",
  ":+5<CR>",
  ":noh<CR>",
  ":split<CR>",
  "<C-w>w",
  ":close<CR>",
  ":edit<CR>",
  "zz",
  "zt",
  "zb",
  "H",
  "M",
  "L",
}

t.test("random keys raise no error, and leave nothing open", function()
  local lines, text = {}, {}
  for i = 1, 6000 do
    lines[i] = ("line %d %s"):format(i, i % 50 == 0 and ("é7 "):rep(1000) or i % 13 == 0 and "" or "x")
    text[lines[i]] = true
  end
  local path = viewers.written("random.log", table.concat(lines, "\n") .. "\n")
  local seed = tonumber(os.getenv("RILLE_SEED")) or 20261130
  local state = seed
  local function random(n)
    state = (state * 1103515245 + 12345) % 2 ^ 31
    return math.floor(state / 65536) % n + 1
  end
  local nvim = viewers.view(path)
  local typed = {}
  for round = 1, 40 do
    for _ = 1, 12 do
      typed[#typed + 1] = KEYS[random(#KEYS)]
      nvim:type(typed[#typed])
    end
    nvim:type("<Esc><Esc>")
    -- It responds, and its messages are not errors of rille.
    nvim:wait([[return true]])
    local said = nvim:messages()
    local last = table.concat(typed, " ", math.max(1, #typed - 14))
    t.ok(
      not (said:find("traceback") or said:find("%.lua:%d") or said:find("attempt to") or said:find("nvim_")),
      ("seed %d, %s:\n%s"):format(seed, last, said)
    )
    nvim:cmd("messages clear")
    local view = nvim:lua(function(name)
      if not require("rille.nvim.viewer").of() then
        vim.cmd("silent! only | Rille view " .. name)
      end
      local page, rows = require("rille.nvim.viewer").of().page, vim.api.nvim_buf_line_count(0)
      return { #page, rows, vim.fn.getreg('"', 1, true), vim.fn.getregtype('"') }
    end, path)
    t.ok(
      view[1] == view[2] or view[1] == 0 and view[2] == 1,
      ("seed %d, round %d: page and buffer differ after %s"):format(seed, round, last)
    )
    if view[4] == "V" then
      for _, line in ipairs(view[3]) do
        t.ok(text[line], ("seed %d: %q was yanked after %s"):format(seed, line:sub(1, 60), last))
      end
    end
  end
  nvim:type("<Esc>")
  nvim:cmd("silent! only!")
  viewers.done(nvim)
end)
