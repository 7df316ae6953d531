--- The targets of a picker: the file and byte that was found, whatever the file's name contains.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local uv = vim.uv or vim.loop
local directory = uv.fs_realpath(vim.fn.fnamemodify(vim.fn.tempname(), ":h")) .. "/places"
vim.fn.mkdir(directory, "p")

local function write(name, lines)
  vim.fn.mkdir(vim.fs.dirname(directory .. "/" .. name), "p")
  local file = assert(io.open(directory .. "/" .. name, "wb"))
  file:write(type(lines) == "table" and table.concat(lines, "\n") .. "\n" or lines)
  file:close()
end

local function start(opts, at)
  return pickers.start(opts or { columns = 120, lines = 30 }, at or directory)
end

--- Returns the name below the directory, the line and the byte of the cursor, and the line's text.
local function here(nvim)
  return nvim:lua(
    [[
    return {
      vim.api.nvim_buf_get_name(0):sub(#... + 2), vim.fn.line("."), vim.fn.col("."), vim.api.nvim_get_current_line()
    }
  ]],
    directory
  )
end

t.test("a name that is a pattern, or a part of another name, led to the other file", function()
  write("names/x.cpp", { "wrong" })
  write("names/x.c", { "one", "needle" })
  write("names/a.txt", { "wrong" })
  write("names/[ab].txt", { "one", "needle" })
  write("names/d$HOME/f*.txt", { "one", "needle" })
  write("names/d$HOME/fx.txt", { "wrong" })
  write("names/{a,b}.txt", { "one", "needle" })
  write("names/ space %name#.txt", { "one", "needle" })
  for _, name in ipairs({ "x.c", "[ab].txt", "d$HOME/f*.txt", "{a,b}.txt", " space %name#.txt" }) do
    for _, key in ipairs({ "<CR>", "<C-q>" }) do
      local nvim = start(nil, directory .. "/names")
      nvim:cmd("edit x.cpp")
      nvim:cmd("edit a.txt")
      nvim:cmd("edit d\\$HOME/fx.txt")
      nvim:lua([[require("rille.nvim").grep({ query = "needle", grep = { globs = { "!x.cpp" } } })]])
      nvim:sees("5│")
      -- The preview of each item shows its own text.
      for _ = 1, 5 do
        local selected = nvim:lua(function()
          local picker = require("rille.nvim.picker").current
          return picker.source:item(picker.cursor).path
        end)
        if selected == name then
          break
        end
        nvim:type("<Down>")
        nvim:wait(
          [[local picker = require("rille.nvim.picker").current
          return picker.source:item(picker.cursor).path ~= ...]],
          selected
        )
      end
      nvim:wait(function(wanted)
        local picker = require("rille.nvim.picker").current
        local shown = vim.api.nvim_buf_get_lines(picker.windows.buffers.preview, 0, -1, false)
        return shown[2] == "needle" and picker.windows.titles.preview:sub(-#wanted) == wanted
      end, name .. ":2")
      nvim:type(key == "<C-q>" and "<Tab>" .. key or key)
      closed(nvim)
      if key == "<C-q>" then
        nvim:wait([[return #vim.fn.getqflist() == 1]])
        nvim:cmd("cfirst")
      end
      nvim:wait([[return vim.api.nvim_get_current_line() == "needle"]])
      t.eq({ key, here(nvim)[1] }, { key, "names/" .. name })
      t.eq(nvim:stop(), 0)
    end
  end
end)

t.test("files in a directory with a variable in its name were looked for elsewhere", function()
  write("v/d$HOME/inside.txt", { "x" })
  write("v/$slug/route.txt", { "x" })
  local nvim = start(nil, directory .. "/v")
  for name, file in pairs({ ["d$HOME"] = "inside.txt", ["$slug"] = "route.txt" }) do
    nvim:cmd("Rille files " .. name)
    nvim:sees("▌ " .. file)
    nvim:type("<CR>")
    closed(nvim)
    t.eq(here(nvim)[1], "v/" .. name .. "/" .. file)
    nvim:lua([[require("rille.nvim").files({ cwd = ... })]], name)
    nvim:sees("▌ " .. file)
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(nvim:stop(), 0)
end)

t.test("after :cd an open or resumed picker showed one directory and opened another", function()
  write("cd/a/same.txt", { "of a needle" })
  write("cd/b/same.txt", { "of b needle" })
  for _, kind in ipairs({ "files", "grep" }) do
    for _, cwd in ipairs({ "", "a" }) do
      local nvim = start(nil, directory .. "/cd" .. (cwd == "" and "/a" or ""))
      nvim:lua(
        [[
          local kind, cwd = ...
          require("rille.nvim")[kind]({ cwd = cwd ~= "" and cwd or nil, query = kind == "grep" and "needle" or "" })
        ]],
        kind,
        cwd
      )
      nvim:sees("same.txt")
      nvim:lua([[vim.cmd.cd(... .. "/cd/b")]], directory)
      nvim:type("<Esc>")
      closed(nvim)
      nvim:cmd("Rille resume")
      nvim:sees("same.txt")
      -- Also in the preview.
      nvim:sees("of a needle")
      nvim:type("<CR>")
      closed(nvim)
      t.eq({ kind, cwd, here(nvim)[1] }, { kind, cwd, "cd/a/same.txt" })
      t.eq(nvim:stop(), 0)
    end
  end
end)

t.test("an absolute directory was refused where there is no working directory", function()
  write("there/f.txt", { "needle" })
  local nvim = start()
  nvim:lua([[
    local gone = vim.fn.tempname()
    vim.fn.mkdir(gone)
    vim.api.nvim_set_current_dir(gone)
    vim.fn.delete(gone, "d")
  ]])
  nvim:cmd("Rille files " .. directory .. "/there")
  nvim:sees("▌ f.txt")
  nvim:type("<CR>")
  closed(nvim)
  nvim:wait([[return vim.api.nvim_get_current_line() == "needle"]])
  t.eq(nvim:stop(), 0)
end)

t.test("the path of the directory was matched along with that of the file", function()
  write("nullify/logs/one.txt", { "x" })
  write("nullify/logs/two.txt", { "x" })
  local nvim = start(nil, "/")
  nvim:cmd("Rille files " .. directory .. "/nullify/logs")
  nvim:sees("2/2")
  nvim:type("nul")
  nvim:sees("0/2")
  nvim:type("<C-u>two")
  nvim:sees("1/2")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim)[1], "nullify/logs/two.txt")
  t.eq(nvim:stop(), 0)
end)

t.test("a match far inside a line was not shown, and the cursor did not go there", function()
  write("far/long.txt", { "first", ("é "):rep(1500) .. "the needle and " .. ("z"):rep(3000), "last" })
  local nvim = start(nil, directory .. "/far")
  nvim:cmd("Rille grep needle")
  nvim:sees("the needle and")
  nvim:wait(function()
    -- The preview shows the place.
    local picker = require("rille.nvim.picker").current
    local shown = vim.api.nvim_buf_get_lines(picker.windows.buffers.preview, 0, -1, false)
    return shown[2] and shown[2]:find("the needle", 1, true) ~= nil and #shown[2] < 600
  end)
  nvim:type("<CR>")
  closed(nvim)
  t.eq({ here(nvim)[2], here(nvim)[3] }, { 2, 4505 })
  nvim:cmd("Rille grep needle")
  nvim:sees("1│")
  nvim:type("<C-q>")
  nvim:wait([[return #vim.fn.getqflist() == 1]])
  t.eq(nvim:lua([[return vim.fn.getqflist()[1].col]]), 4505)
  t.eq(nvim:stop(), 0)
end)

t.test("unusual bytes ended a picker, or the rest of its list was lost", function()
  write("bytes/line\nfeed.txt", { "needle one" })
  write("bytes/esc\27[31m.txt", { "needle two" })
  write("bytes/tab\t.txt", { "needle \0 three" })
  write("bytes/inv\255alid.txt", { "needle \27[1m\r", "needle \255\254", "needle " .. ("w"):rep(2 ^ 20) })
  local nvim = start(nil, directory .. "/bytes")
  nvim:lua([[require("rille.nvim").grep({ query = "needle", grep = { binary = true } })]])
  nvim:sees("6│")
  for _ = 1, 6 do
    nvim:type("<Down>")
  end
  nvim:type("<C-q>")
  nvim:wait([[return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 6]])
  nvim:cmd("cclose")
  closed(nvim)
  nvim:cmd("Rille files")
  nvim:sees("4/4")
  nvim:type("line<CR>")
  closed(nvim)
  t.eq(here(nvim)[1], "bytes/line\nfeed.txt")
  -- Every field of a picker, and pasted text.
  nvim:lua([[
    local odd = "a\0b\rc\nd\27[31me\255\tf"
    require("rille.nvim").pick({
      items = { odd, { text = odd, path = odd }, { text = ("w"):rep(2 ^ 20) } },
      title = odd,
      query = "a\0",
      preview = function() return odd .. ("w"):rep(2 ^ 20) end,
      kind = odd,
    })
  ]])
  nvim:sees("2/3")
  nvim:api("nvim_paste", "\0b\r", true, -1)
  nvim:wait([[return require("rille.nvim.picker").current.prompt.query:find("b") ~= nil]])
  -- Once for the pasted text, once for the text before it.
  nvim:type("<C-u><C-u>a")
  nvim:sees("2/3")
  nvim:type("<Tab><C-a><M-v><M-v><C-q>")
  closed(nvim)
  nvim:cmd("silent! cclose | enew!")
  nvim:lua([[
    vim.api.nvim_buf_set_lines(0, 0, -1, false, { "one \0 nul", "two", "three \0", "four" })
  ]])
  nvim:cmd("Rille lines")
  nvim:sees("4/4")
  nvim:type("<C-q>")
  nvim:wait([[return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 4]])
  closed(nvim)
  local said = nvim:messages()
  t.ok(not said:find("E%d+:") and not said:find("traceback"), said)
  t.eq(nvim:stop(), 0)
end)

t.test("an option that is wrong was an error of the prompt", function()
  local nvim = start()
  for name, opts in pairs({ grep = { grep = { wrong = 1 } }, files = { walk = { wrong = 1 } } }) do
    local ok, message =
      unpack(nvim:lua([[return { pcall(require("rille.nvim")[...], select(2, ...)) }]], name, opts))
    t.eq(ok, false)
    t.ok(message:find("wrong", 1, true) and not message:find("traceback"), message)
    t.eq(nvim:lua([[return require("rille.nvim.picker").current == nil]]), true)
  end
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
