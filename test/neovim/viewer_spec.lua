--- The viewer: a file in a buffer that holds a part of it, driven by keys and looked at on the screen.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")

local folder = vim.fn.tempname()
vim.fn.mkdir(folder)

--- A file with numbered lines, and its path.
local function numbered(name, count, text)
  local path, lines = folder .. "/" .. name, {}
  for i = 1, count do
    lines[i] = ("line %d %s"):format(i, text and text(i) or "")
  end
  local file = assert(io.open(path, "wb"))
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
  return path
end

local LINES = 300000
local big = numbered("big.log", LINES, function(i)
  return i % 7 == 0 and "seven" or "x"
end)

--- A child that views a file.
local function view(path, opts)
  local nvim = child.start(opts)
  nvim:cmd("Rille view " .. (path or big))
  return nvim
end

--- The number in the status column and the text of the line with the cursor.
local function here(nvim)
  return nvim:lua(function()
    local at = vim.api.nvim_win_get_cursor(0)[1]
    local view = require("rille.nvim.viewer").of()
    return { view:number_of(at), vim.api.nvim_get_current_line() }
  end)
end

--- Waits until the cursor is in a line of the file.
local function comes_to(nvim, n)
  nvim:wait(function(wanted)
    return vim.api.nvim_get_current_line():find("^line " .. wanted .. " ") ~= nil
  end, n)
  nvim:wait(function()
    return require("rille.nvim.viewer").of().exact
  end)
  t.eq(here(nvim)[1], n)
end

--- Quits, and sees that nothing is left.
local function done(nvim)
  nvim:cmd("enew | silent! bwipeout! #")
  t.eq(
    nvim:lua(function()
      local left = {}
      for kind, count in pairs(require("rille").stats().handles) do
        if count > 0 and kind ~= "notifier" then
          left[kind] = count
        end
      end
      return left
    end),
    vim.empty_dict()
  )
  t.eq(nvim:stop(), 0)
end

t.test("a file is shown with its numbers, and a page of it is in the buffer", function()
  local nvim = view()
  nvim:sees("     1 line 1 x", 2)
  local screen = nvim:screen()
  t.eq(screen[22], "    21 line 21 seven")
  t.ok(screen[1]:find("^ big.log  1 of 300,000  0%%  "), screen[1])
  t.ok(nvim:lua([[return vim.api.nvim_buf_line_count(0)]]) < 3000)
  t.eq(nvim:lua([[return { vim.bo.filetype, vim.bo.buftype, vim.bo.modifiable, vim.bo.swapfile }]]), {
    "rille",
    "nowrite",
    false,
    false,
  })
  done(nvim)
end)

t.test("motions go through the whole file", function()
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
  comes_to(nvim, tonumber((here(nvim)[2]:match("%d+"))))
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
