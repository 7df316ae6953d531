--- Closing a picker: it ends exactly once, and Neovim is in the previous mode again.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = vim.fn.tempname()
vim.fn.mkdir(directory)
vim.fn.writefile({ "first line", "a needle here", "last line" }, directory .. "/alone.txt")
vim.fn.writefile({ "another" }, directory .. "/other.txt")

local function start(opts)
  local nvim = pickers.start(opts or { columns = 80, lines = 24 }, directory)
  nvim:lua(function()
    _G.ends = {}
    --- Opens a picker for a choice whose result is recorded.
    function _G.choose(items)
      vim.ui.select(items or { "one", "two" }, { prompt = "Which" }, function(item, index)
        table.insert(_G.ends, { item or "none", index or 0, vim.api.nvim_get_mode().mode })
      end)
    end
    vim.ui.select = require("rille.nvim").select
  end)
  return nvim
end

--- Waits until the picker is open and its prompt accepts keys.
local function prompted(nvim)
  nvim:wait(function()
    local picker = require("rille.nvim.picker").current
    return picker
      and vim.api.nvim_get_current_win() == picker.windows.prompt
      and vim.api.nvim_get_mode().mode == "i"
  end)
end

local function ends(nvim)
  return nvim:lua([[return _G.ends]])
end

local function mode(nvim)
  return nvim:api("nvim_get_mode").mode
end

t.test("on_choice was not called, or called twice, when a picker was not ended by one of its keys", function()
  for keys, ex in pairs({
    ["<Esc>"] = false,
    ["<C-c>"] = false,
    ["<C-q>"] = false,
    ["<C-o>:q<CR>"] = false,
    ["<C-o>:close<CR>"] = false,
    ["<C-o>:tabnew<CR>"] = false,
    ["<C-o>:new<CR>"] = false,
    ["<C-o>:bwipeout!<CR>"] = false,
    ["<C-o>:Rille files<CR>"] = "<Esc>",
    ["<C-o>:wincmd p<CR>"] = false,
    ["<C-o>:lua vim.api.nvim_set_current_win(vim.fn.win_getid(1))<CR>"] = false,
  }) do
    local nvim = start()
    nvim:lua([[_G.choose()]])
    prompted(nvim)
    nvim:type(keys)
    if ex then
      nvim:sees("Files")
      prompted(nvim)
      nvim:type(ex)
    end
    closed(nvim)
    nvim:wait([[return #_G.ends > 0]])
    t.eq({ keys, ends(nvim)[1][1], #ends(nvim) }, { keys, "none", 1 })
    t.eq({ keys, mode(nvim) }, { keys, "n" })
    -- Keys typed now must not become text of the file.
    nvim:type("x")
    t.eq({ keys, nvim:lua([[return vim.api.nvim_get_current_line()]]) }, { keys, "" })
    nvim:cmd("Rille resume")
    nvim:type("<Esc>")
    closed(nvim)
    t.eq({ keys, #ends(nvim) }, { keys, 1 })
    t.eq(nvim:stop(), 0)
  end
end)

t.test("on_choice was not called when the editor ended", function()
  local nvim = start()
  local out = directory .. "/ended"
  nvim:lua(
    [[
    local out = ...
    vim.ui.select({ "a" }, {}, function(item)
      vim.fn.writefile({ tostring(item) }, out, "a")
    end)
  ]],
    out
  )
  prompted(nvim)
  t.eq(nvim:stop(), 0)
  t.eq(vim.fn.readfile(out), { "nil" })
  vim.fn.delete(out)
end)

t.test("a coroutine that asks twice in a row gets both answers", function()
  local nvim = start()
  nvim:lua([[
    coroutine.wrap(function()
      local co = coroutine.running()
      local function ask(items)
        vim.ui.select(items, {}, function(item) coroutine.resume(co, item) end)
        return coroutine.yield()
      end
      _G.answers = { ask({ "a", "b" }), ask({ "c", "d" }) }
    end)()
  ]])
  -- All at once: the second picker opens in insert mode automatically, and the keys wait for it.
  nvim:type("b<CR>d<CR>")
  nvim:wait([[return _G.answers ~= nil]])
  t.eq(nvim:lua([[return _G.answers]]), { "b", "d" })
  closed(nvim)
  t.eq(mode(nvim), "n")
  t.eq(nvim:stop(), 0)
end)

t.test("resume opened a picker of vim.ui.select again", function()
  local nvim = start()
  nvim:cmd("Rille files")
  nvim:type("alone")
  nvim:sees("1/2")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[_G.choose()]])
  prompted(nvim)
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille resume")
  nvim:sees("Files")
  nvim:sees("1/2")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(#ends(nvim), 1)
  t.eq(nvim:stop(), 0)
end)

t.test("keys that were typed ahead had another result than slow ones", function()
  for _, slow in ipairs({ true, false }) do
    for keys, expected in pairs({
      ["needle<CR>"] = { "alone.txt", 2, 2, 1 },
      ["needle<C-v>"] = { "alone.txt", 2, 2, 2 },
      ["needle<C-x>"] = { "alone.txt", 2, 2, 2 },
      ["needle<C-q>"] = { "", 1, 0, 2 },
    }) do
      local nvim = start({ columns = 100, lines = 30 })
      nvim:lua([[
        _G.modes = {}
        vim.api.nvim_create_autocmd({ "BufReadPre", "BufReadPost", "BufEnter" }, {
          pattern = "alone.txt",
          callback = function(event)
            table.insert(_G.modes, vim.api.nvim_get_mode().mode)
          end,
        })
      ]])
      nvim:cmd("Rille grep")
      prompted(nvim)
      if slow then
        nvim:type("needle")
        nvim:sees("1│")
        nvim:type(keys:sub(#"needle" + 1))
      else
        nvim:type(keys)
      end
      closed(nvim)
      nvim:wait(
        [[return vim.fn.expand("%:t") == ... or ... == "" and vim.bo.buftype == "quickfix"]],
        expected[1]
      )
      t.eq({ keys, slow, mode(nvim) }, { keys, slow, "n" })
      local at = nvim:lua(
        [[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") - 1, vim.fn.winnr("$") }]]
      )
      at[1] = expected[1] == "" and "" or at[1]
      t.eq({ keys, slow, at }, { keys, slow, expected })
      for _, seen in ipairs(nvim:lua([[return _G.modes]])) do
        t.eq({ keys, slow, seen }, { keys, slow, "n" })
      end
      t.eq(nvim:stop(), 0)
    end
  end
end)

t.test("keys typed after the choice went into the prompt or were inserted", function()
  local nvim = start()
  nvim:cmd("edit other.txt")
  nvim:lua([[_G.choose()]])
  prompted(nvim)
  nvim:wait([[return require("rille.nvim.picker").current.source:state().count == 2]])
  nvim:type("<CR>yyp")
  nvim:wait([[return vim.api.nvim_buf_line_count(0) == 2]])
  t.eq(nvim:lua([[return vim.api.nvim_buf_get_lines(0, 0, -1, false)]]), { "another", "another" })
  t.eq(nvim:stop(), 0)
end)

t.test("the previous mode was lost, or the mode of the prompt remained", function()
  local cases = {
    { "n", "", "n" },
    { "i", "A", "i" },
    { "i at the beginning", "I", "i" },
    { "R", "R", "R" },
    { "v", "v", "v" },
    { "V", "Vj", "V" },
    { "blockwise", "<C-v>j", "\22" },
    { "s", "gh", "s" },
    { "an operator", "d", "n" },
    { "one command of insert mode", "A<C-o>", "i" },
  }
  for _, case in ipairs(cases) do
    local name, keys, expected = unpack(case)
    for _, key in ipairs({ "<Esc>", "<CR>" }) do
      local nvim = start()
      nvim:cmd("edit alone.txt")
      nvim:lua([[vim.keymap.set({ "n", "i", "x", "s", "o", "t" }, "<F2>", "<Cmd>lua _G.choose()<CR>")]])
      nvim:type(keys)
      local before = keys ~= "d" and not keys:find("<C%-o>") and nvim:lua([[return vim.fn.getpos(".")]])
      nvim:type("<F2>")
      prompted(nvim)
      nvim:wait([[return require("rille.nvim.picker").current.source:state().count == 2]])
      nvim:type(key)
      closed(nvim)
      nvim:wait([[return #_G.ends == 1]])
      nvim:wait([[return vim.api.nvim_get_mode().mode == ...]], expected)
      if before then
        t.eq({ name, key, nvim:lua([[return vim.fn.getpos(".")]]) }, { name, key, before })
      end
      t.eq(nvim:lua([[return vim.api.nvim_buf_get_lines(0, 0, -1, false)]]), {
        "first line",
        "a needle here",
        "last line",
      })
      nvim:type("<Esc>")
      t.eq(nvim:stop(), 0)
    end
  end
end)

t.test("a terminal stayed in Normal mode", function()
  local nvim = start()
  nvim:cmd("terminal cat")
  nvim:lua([[vim.keymap.set("t", "<F2>", "<Cmd>lua _G.choose()<CR>")]])
  nvim:type("i")
  nvim:wait([[return vim.api.nvim_get_mode().mode == "t"]])
  nvim:type("<F2>")
  prompted(nvim)
  nvim:type("<Esc>")
  nvim:wait([[return vim.api.nvim_get_mode().mode == "t"]])
  t.eq(ends(nvim)[1][1], "none")
  nvim:type("<C-\\><C-n>")
  nvim:stop()
end)

t.test("completion and pairs of other plugins acted in the prompt", function()
  local nvim = start()
  nvim:cmd("Rille files")
  prompted(nvim)
  local found = nvim:lua(function()
    local b = vim.b
    return {
      vim.bo.filetype,
      vim.fn.exists("+autocomplete") == 0 or not vim.bo.autocomplete,
      b.completion,
      b.minicompletion_disable,
      b.minipairs_disable,
      b["nvim-autopairs"],
      b.coc_enabled,
      b.copilot_enabled,
    }
  end)
  t.eq(found, { "rille", true, false, true, true, 1, 0, false })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("a named pipe among the files blocked the editor", function()
  local nvim = start()
  if vim.fn.executable("mkfifo") == 0 then
    t.skip("mkfifo is not installed")
  end
  vim.fn.system({ "mkfifo", directory .. "/pipe.txt" })
  t.eq(vim.v.shell_error, 0)
  nvim:cmd("Rille files")
  nvim:type("pipe.txt")
  nvim:sees("1/3")
  nvim:type("<CR>")
  closed(nvim)
  nvim:sees("pipe.txt is a named pipe")
  nvim:cmd("Rille files")
  nvim:type("pipe.txt")
  nvim:sees("1/3")
  nvim:type("<C-q>")
  closed(nvim)
  t.eq(nvim:lua([[return #vim.fn.getqflist()]]), 0)
  vim.fn.delete(directory .. "/pipe.txt")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
