--- `:Rille learn`: the course in the editor.
local t = ...
local child = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/child.lua")

--- Returns a PATH on which a child finds its own program, where a wrapper hides it.
local function path_with_neovim()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  assert(vim.uv.fs_symlink(os.getenv("RILLE_CHILD"), directory .. "/nvim"))
  return directory .. ":" .. os.getenv("PATH")
end

local function start(columns)
  return child.start({ columns = columns, env = { PATH = path_with_neovim() } })
end

--- Returns the lines of the window at the right once they contain a text.
local function output(nvim, text)
  return nvim:wait(function(wanted)
    local window = vim.fn.win_getid(2)
    local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    return vim.tbl_contains(lines, wanted) and lines or nil
  end, text)
end

t.test("a lesson opens beside its output", function()
  local nvim = start(120)
  nvim:type(":Rille learn<CR>")
  output(nvim, "Rex says woof")
  nvim:sees("-- Hosts: luajit, nvim, nginx, love", 2)
  t.eq(nvim:lua([[return vim.bo.filetype]]), "lua")
  t.eq(nvim:lua([[return #vim.api.nvim_list_tabpages()]]), 2)
  t.eq(nvim:stop(), 0)
end)

t.test("a changed lesson runs again when it is written, and the course stays as it is", function()
  local nvim = start()
  nvim:type(":Rille learn 1<CR>")
  output(nvim, "Rex says woof")
  nvim:type("ggVGcprint('my' .. ' own')<Esc>:w<CR>")
  t.eq(output(nvim, "my own"), { "my own" })
  t.eq(nvim:lua([[return vim.bo.modified]]), false)
  nvim:type("ccerror('oh no', 0)<Esc>:w<CR>")
  local lines = output(nvim, "-- ended with exit code 1, signal 0")
  t.ok(table.concat(lines, "\n"):find("oh no", 1, true), lines)
  nvim:type(":e!<CR>")
  output(nvim, "Rex says woof")
  local path = os.getenv("RILLE_ROOT") .. "/examples/course/01-lua.lua"
  t.eq(nvim:lua([[return vim.api.nvim_buf_get_lines(0, 0, -1, false)]]), vim.fn.readfile(path))
  t.eq(nvim:stop(), 0)
end)

t.test("without a number the next lesson opens, and an open one is entered again", function()
  local nvim = start()
  local function name()
    return nvim:lua([[return vim.api.nvim_buf_get_name(0)]])
  end
  nvim:type(":Rille learn 01<CR>")
  t.eq(name(), "rille-lesson://01-lua.lua")
  nvim:type(":Rille learn<CR>")
  t.eq(name(), "rille-lesson://02-globals.lua")
  nvim:type(":Rille learn 1<CR>")
  t.eq(name(), "rille-lesson://01-lua.lua")
  t.eq(nvim:lua([[return #vim.api.nvim_list_tabpages()]]), 3)
  t.eq(nvim:stop(), 0)
end)

t.test("numbers of lessons are completed, and a wrong one is refused", function()
  local nvim = start()
  local numbers = nvim:lua([[return vim.fn.getcompletion("Rille learn ", "cmdline")]])
  t.eq(numbers[1], "01")
  t.eq(nvim:lua([[return vim.fn.getcompletion("Rille learn 02", "cmdline")]]), { "02" })
  for _, wrong in ipairs({ "99", "x", "1.5" }) do
    nvim:type((":Rille learn %s<CR>"):format(wrong))
    nvim:sees(("rille: there is no lesson `%s` (known: 1 to %d)"):format(wrong, #numbers))
  end
  nvim:type((":Rille learn %d<CR>"):format(#numbers))
  nvim:type(":Rille learn<CR>")
  nvim:sees("rille: this was the last lesson")
  t.eq(nvim:stop(), 0)
end)

t.test("the course is found in an installed plugin, and missed in one without it", function()
  local root = os.getenv("RILLE_ROOT")
  local directory = vim.fn.tempname() .. " a directory"
  local plugin = directory .. "/pack/any/start/rille"
  vim.fn.mkdir(plugin .. "/examples", "p")
  for _, name in ipairs({ "lua", "plugin", "examples/course" }) do
    vim.fn.system({ "cp", "-r", root .. "/" .. name, plugin .. "/" .. name })
  end
  local nvim = child.start({
    plugin = false,
    before = "let &packpath ..= ',' .. " .. vim.fn.string(directory),
    env = { PATH = path_with_neovim() },
  })
  nvim:type(":Rille learn 1<CR>")
  output(nvim, "Rex says woof")
  vim.fn.delete(plugin .. "/examples", "rf")
  nvim:type(":Rille learn 2<CR>")
  nvim:sees("rille: the course is not part of this installation:")
  t.eq(nvim:stop(), 0)
end)

t.test(
  "a lesson without end is stopped by the next run, by too much output, and by the end of Neovim",
  function()
    local nvim = start()
    nvim:type(":Rille learn 1<CR>")
    output(nvim, "Rex says woof")
    local file = vim.fn.tempname()
    local function endless(code)
      nvim:type((("ggVGc%s<Esc>:w<CR>"):format(code):gsub("<FILE>", file)))
    end
    -- Whether the lesson that wrote its process id is there no more.
    local function is_over()
      return vim.wait(20000, function()
        return vim.uv.kill(tonumber(vim.fn.readfile(file)[1]), 0) ~= 0
      end, 5)
    end
    local code = "local f = io.open('<FILE>', 'w') f:write(vim.uv.os_getpid()) f:close() while true do end"
    endless(code)
    t.ok(vim.wait(20000, function()
      return vim.fn.getfsize(file) > 0
    end, 5))
    endless("print('my' .. ' own')")
    t.eq(output(nvim, "my own"), { "my own" })
    t.ok(is_over())
    endless("while true do print('again') end")
    output(nvim, "-- stopped after more than 1048576 bytes of output")
    vim.fn.delete(file)
    endless(code)
    t.ok(vim.wait(20000, function()
      return vim.fn.getfsize(file) > 0
    end, 5))
    t.eq(nvim:stop(), 0)
    t.ok(is_over())
  end
)
