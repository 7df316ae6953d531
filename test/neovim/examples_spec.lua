--- The examples for plugin authors: those of the help, and the pickers in examples/pickers.
local t = ...
local root = os.getenv("RILLE_ROOT")
local pickers = dofile(root .. "/test/neovim/pickers.lua")
local lsp = dofile(root .. "/test/neovim/lsp.lua")
local closed = pickers.closed

local directory = pickers.tree()

local function git(...)
  local command = { "git", "-C", directory, "-c", "user.name=Ada", "-c", "user.email=a@b", ... }
  local out = vim.fn.system(command)
  t.eq({ vim.v.shell_error, vim.v.shell_error ~= 0 and out or "" }, { 0, "" })
end

git("init", "-q")
git("add", ".")
git("commit", "-q", "-m", "first of all")
vim.fn.writefile({ "changed" }, directory .. "/alone.conf")
git("commit", "-q", "-a", "-m", "change one file")

local function start()
  return pickers.start({ columns = 120, lines = 30 }, directory)
end

local function open(nvim, name)
  nvim:lua([[_G.handle = dofile(...)()]], ("%s/examples/pickers/%s.lua"):format(root, name))
end

t.test("the examples of the help", function()
  local count = 0
  for _, example in ipairs(dofile(root .. "/doc/examples.lua")) do
    if example.host == "nvim" then
      count = count + 1
      local nvim = start()
      local printed = nvim:lua(
        [[
        local lines = {}
        local print = function(...)
          local parts = {}
          for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
          lines[#lines + 1] = table.concat(parts, "\t")
        end
        setfenv(assert(loadstring(...)), setmetatable({ print = print }, { __index = _G }))()
        return lines
      ]],
        example[2]
      )
      local wanted = {}
      for line in example[2]:gmatch("%-%-> ([^\n]*)") do
        wanted[#wanted + 1] = line
      end
      t.eq({ example[1], printed }, { example[1], wanted })
      nvim:type("<Esc>")
      closed(nvim)
      t.eq({ example[1], nvim:messages() }, { example[1], "" })
      t.eq(nvim:stop(), 0)
    end
  end
  t.ok(count >= 7, count)
end)

t.test("each picker is shorter than 20 lines", function()
  local count = 0
  for name in vim.fs.dir(root .. "/examples/pickers") do
    local source = table.concat(vim.fn.readfile(root .. "/examples/pickers/" .. name), "\n")
    local lines = vim.split(source:match("\n(return function.*\nend)$"), "\n")
    t.ok(#lines < 20, ("%s: %d lines"):format(name, #lines))
    count = count + 1
  end
  t.eq(count, 3)
end)

t.test("git_log: commits and their diffs, and a process that is ended", function()
  local nvim = start()
  open(nvim, "git_log")
  nvim:sees("2/2│")
  nvim:sees(" change one file")
  nvim:sees("+changed")
  nvim:type("first")
  nvim:sees("1/2│")
  nvim:sees("first of all")
  nvim:type("<Esc>")
  closed(nvim)
  -- Closed while the process runs.
  open(nvim, "git_log")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("diagnostics: severity, message and place", function()
  local nvim = start()
  nvim:lua(function()
    vim.cmd.edit("src/file01.txt")
    vim.diagnostic.set(vim.api.nvim_create_namespace("spec"), 0, {
      { lnum = 1, col = 2, message = "a warning", severity = 2 },
      { lnum = 0, col = 1, message = "an error", severity = 1 },
    })
  end)
  open(nvim, "diagnostics")
  nvim:sees("E an error  src/file01.txt:1")
  nvim:type("warning")
  nvim:sees("▌ W a warning  src/file01.txt:2")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.line("."), vim.fn.col(".") }]]), { 2, 3 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("symbols: the answer of a language server, and a request that is cancelled", function()
  local nvim = start()
  nvim:cmd("edit src/deep/main.c")
  lsp.attach(nvim, { documentSymbolProvider = true })
  nvim:lua(function(range)
    _G.server.answers["textDocument/documentSymbol"] = {
      { name = "main", kind = 12, range = range, selectionRange = range },
      { name = "other", kind = 13, range = range, selectionRange = range },
    }
  end, lsp.range(0, 4, 8))
  open(nvim, "symbols")
  nvim:sees("2/2│")
  nvim:sees("▌ [Function] main")
  nvim:type("main<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return vim.fn.col(".")]]), 5)
  -- A slow server.
  nvim:lua([[_G.server.answers["textDocument/documentSymbol"] = function() end]])
  open(nvim, "symbols")
  nvim:sees("0/0 …│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:wait([[return vim.tbl_contains(_G.server.cancelled, "textDocument/documentSymbol")]])
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
