--- The picker when something fails: each failure is reported once, and closing frees everything.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local start = pickers.start

local function count(text, what)
  return select(2, text:gsub(vim.pesc(what), ""))
end

t.test("a working directory that no longer exists", function()
  local nvim = start({ columns = 60 })
  nvim:lua([[
    local directory = vim.fn.tempname()
    vim.fn.mkdir(directory)
    vim.api.nvim_set_current_dir(directory)
    vim.fn.delete(directory, "d")
  ]])
  for _, name in ipairs({ "files", "grep" }) do
    nvim:type(":Rille " .. name .. "<CR>")
  end
  nvim:wait(function()
    return select(2, vim.fn.execute("messages"):gsub("the working directory no longer exists", "")) == 2
  end)
  nvim:cmd("Rille buffers")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("a directory that does not exist opens no picker", function()
  local nvim = start({ columns = 80 })
  for _, name in ipairs({ "files", "grep" }) do
    nvim:type(":Rille files no/such/directory<CR>")
    nvim:sees("no/such/directory is not a directory")
    t.eq(nvim:lua([[return require("rille.nvim.picker").current == nil]]), true)
    local ok, message = unpack(nvim:lua(
      [[
      return { pcall(require("rille.nvim")[...], { cwd = "no/such/directory" }) }
    ]],
      name
    ))
    t.eq(ok, false)
    t.ok(message:find("rille.nvim." .. name .. ": ", 1, true) and not message:find("traceback"), message)
  end
  nvim:cmd("Rille grep x")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("files that vanish and binary files are reported in the preview", function()
  local nvim = start({ columns = 120, lines = 34 })
  nvim:lua([[
    local directory = vim.fn.tempname()
    vim.fn.mkdir(directory)
    vim.api.nvim_set_current_dir(directory)
    vim.fn.writefile({ "x" }, "gone.txt")
    local out = io.open("binary.dat", "wb")
    out:write("\0\1\2")
    out:close()
  ]])
  nvim:cmd("Rille files")
  nvim:sees("2/2")
  nvim:type("binary")
  nvim:sees("a binary file of 3 bytes")
  nvim:lua([[vim.fn.delete("gone.txt")]])
  nvim:type("<C-u>gone")
  nvim:sees("no such file or directory")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("functions of the user's that fail are reported once", function()
  local nvim = start({ columns = 120, lines = 34 })
  nvim:lua([[
    require("rille.nvim").pick({
      items = { "one", "two", "three" },
      preview = function() _G.previews = (_G.previews or 0) + 1; error("preview on purpose") end,
    })
  ]])
  nvim:sees("preview on purpose")
  for _ = 1, 5 do
    nvim:type("<Down>")
  end
  nvim:wait([[return require("rille.nvim.picker").current.cursor == 3]])
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.previews]]), 1)
  nvim:lua([[
    require("rille.nvim").pick({ items = { 1, 2 }, format = function() error("format on purpose") end })
  ]])
  nvim:sees("format on purpose")
  nvim:type("x<Esc>")
  closed(nvim)
  nvim:lua([[
    require("rille.nvim").pick({ items = { "a" }, place = function() error("place on purpose") end })
  ]])
  closed(nvim)
  t.eq(count(nvim:messages(), "place on purpose"), 1)
  nvim:lua([[require("rille.nvim").pick({ items = function() error("items on purpose") end })]])
  nvim:sees("items on purpose")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua(
    [[require("rille.nvim").pick({ items = { "a" }, on_choice = function() error("choice on purpose") end })]]
  )
  nvim:type("<CR>")
  nvim:wait(
    [[return vim.fn.execute("messages"):find("choice on purpose") ~= nil or vim.v.errmsg:find("choice on purpose")]]
  )
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("items with any text: none, empty, with controls, not UTF-8", function()
  local nvim = start({ columns = 60 })
  nvim:lua([[
    require("rille.nvim").pick({ items = { "", "a\nb", "x\0y", "\255\254", ("long "):rep(20000), "\27[31mred", "漢字" } })
  ]])
  nvim:sees("7/7")
  nvim:sees("漢字")
  nvim:type("red")
  nvim:sees("1/7")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[require("rille.nvim").pick({ items = {} })]])
  nvim:sees("0/0")
  nvim:type("<Down><Up><Tab><C-a><CR><C-q><Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("no picker opens from the command-line window", function()
  local nvim = start({ columns = 60 })
  nvim:type("q:")
  nvim:wait([[return vim.fn.getcmdwintype() ~= ""]])
  nvim:type("<Esc>:Rille files<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("close the command-line window first", 1, true) ~= nil]])
  nvim:type("<C-c><C-c>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("without the library pickers work, and say so once", function()
  local nvim = start({ columns = 110, lines = 30, env = { RILLE_BACKEND = "lua" } })
  nvim:lua([[vim.api.nvim_set_current_dir(os.getenv("RILLE_ROOT") .. "/test")]])
  for _ = 1, 2 do
    nvim:cmd("Rille files")
    nvim:type("pickertrouble")
    nvim:sees("neovim/picker_trouble_spec.lua")
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(count(nvim:messages(), "no native library"), 1)
  nvim:lua([[
    local items = {}
    for i = 1, 60000 do items[i] = "item " .. i end
    require("rille.nvim").pick({ items = items })
  ]])
  nvim:sees("only the first 50000 items")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:type(":Rille grep x<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("grep needs the native library") ~= nil]])
  t.eq(nvim:stop(), 0)
end)

t.test("random keys raise no error, and leave nothing open", function()
  math.randomseed(11)
  local nvim = start({ columns = 90, lines = 30 })
  local keys = {
    "a",
    "e",
    ".",
    "(",
    " ",
    "<BS>",
    "<Down>",
    "<Up>",
    "<Tab>",
    "<S-Tab>",
    "<C-a>",
    "<PageDown>",
    "<C-End>",
    "<C-Home>",
    "<C-Up>",
    "<C-Down>",
    "<M-v>",
    "<C-f>",
    "<C-b>",
    "<C-u>",
    "<C-w>",
    "<Left>",
    "<C-o>0",
  }
  for _, name in ipairs({ "files", "grep", "lines", "buffers", "help", "files", "grep" }) do
    nvim:cmd("Rille " .. name)
    for _ = 1, 60 do
      nvim:type(keys[math.random(#keys)])
    end
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)
