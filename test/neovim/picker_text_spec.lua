--- Pickers over the text of open buffers: the symbols that Tree-sitter finds, and a search of all of them.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = pickers.tree()

local function start(columns)
  return pickers.start({ columns = columns or 120, lines = 34 }, directory)
end

local function here(nvim)
  return nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]])
end

local function rows(nvim)
  return nvim:lua([[
    local picker = require("rille.nvim.picker").current
    return vim.api.nvim_buf_get_lines(picker.windows.buffers.list, 0, -1, false)
  ]])
end

--- Returns whether there is a parser for Lua; some distributions omit them.
local function has_parsers(nvim)
  return nvim:lua(function()
    -- Where a Neovim has them that was moved after it was built.
    vim.opt.runtimepath:append(vim.fs.normalize(vim.env.VIMRUNTIME .. "/../../../lib/nvim"))
    return #vim.api.nvim_get_runtime_file("parser/lua.*", false) > 0
  end)
end

local LUA = {
  "local M = {}",
  "function M.first(a) return a end",
  "local second = function()",
  "  local function inner() end",
  "  return M.first(inner)",
  "end",
  "M.third = function() end",
  "local list = { fourth = function() end }",
  "return M",
}

t.test("treesitter: symbols by the types of nodes, nested, chosen, and of one kind", function()
  local nvim = start()
  if not has_parsers(nvim) then
    nvim:stop()
    return t.skip("this Neovim has no parsers")
  end
  nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, -1, false, ...) vim.bo.filetype = "lua"]], LUA)
  nvim:cmd("Rille treesitter")
  nvim:sees("5/5│")
  t.eq(rows(nvim), {
    "Function    M.first",
    "Function    second",
    "Function      inner",
    "Function    M.third",
    "Function    fourth",
  })
  nvim:type("inn")
  nvim:sees("1/5│")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim), { "", 4, 18 })
  nvim:cmd("enew!")
  nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, -1, false, ...) vim.bo.filetype = "c"]], {
    "#define SIZE 3",
    "struct point { int x; };",
    "struct point origin;",
    "static int *at(int i) { return 0; }",
  })
  nvim:cmd("Rille treesitter")
  nvim:sees("3/3│")
  t.eq(rows(nvim), { "Macro       SIZE", "Struct      point", "Function    at" })
  nvim:type("<Down><Down><C-l>")
  nvim:sees("Tree-sitter symbols: Function only")
  nvim:sees("1/1│")
  nvim:type("<C-l>")
  nvim:sees("3/3│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("enew!")
  nvim:lua(
    [[vim.api.nvim_buf_set_lines(0, 0, -1, false, ...) vim.bo.filetype = "markdown"]],
    { "# Top", "", "text", "", "## Below", "", "```lua", "function deep() end", "```", "", "# Other" }
  )
  nvim:cmd("Rille treesitter")
  nvim:sees("4/4│")
  t.eq(rows(nvim), {
    "Heading     Top",
    "Heading       Below",
    "Function        deep",
    "Heading     Other",
  })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("treesitter: the query tags is preferred, then locals, then the types of nodes", function()
  local nvim = start()
  if not has_parsers(nvim) then
    nvim:stop()
    return t.skip("this Neovim has no parsers")
  end
  local runtime = vim.fn.tempname()
  vim.fn.mkdir(runtime .. "/queries/lua", "p")
  vim.fn.writefile({
    "(variable_declaration (assignment_statement (variable_list name: (identifier) @local.definition.var)))",
    "(function_declaration) @local.scope",
  }, runtime .. "/queries/lua/locals.scm")
  nvim:lua([[vim.opt.runtimepath:append(...)]], runtime)
  nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, -1, false, ...) vim.bo.filetype = "lua"]], LUA)
  nvim:cmd("Rille treesitter")
  nvim:sees("3/3│")
  t.eq(rows(nvim), { "Variable    M", "Variable    second", "Variable    list" })
  nvim:type("<Esc>")
  closed(nvim)
  nvim:stop()
  vim.fn.writefile({
    "(function_declaration name: (_) @name) @definition.function",
    "(function_call name: (_) @name) @reference.call",
  }, runtime .. "/queries/lua/tags.scm")
  nvim = start()
  has_parsers(nvim)
  nvim:lua([[vim.opt.runtimepath:append(...)]], runtime)
  nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, -1, false, ...) vim.bo.filetype = "lua"]], LUA)
  nvim:cmd("Rille treesitter")
  nvim:sees("2/2│")
  t.eq(rows(nvim), { "Function    M.first", "Function    inner" })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(runtime, "rf")
end)

t.test("treesitter: a buffer without a parser is reported in one sentence, and no picker opens", function()
  local nvim = start()
  nvim:cmd("Rille treesitter")
  t.eq(nvim:messages(), "rille: there is no Tree-sitter parser for a buffer without a file type")
  nvim:cmd("messages clear | noautocmd setlocal filetype=nolanguage")
  nvim:cmd("Rille treesitter")
  t.eq(nvim:messages(), "rille: there is no Tree-sitter parser for the file type `nolanguage`")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("grep_buffers: unsaved text, buffers without a file, and the right places", function()
  local nvim = start()
  nvim:cmd("edit alone.conf | edit src/file01.txt | edit src/file02.txt | enew")
  nvim:lua(function()
    vim.api.nvim_buf_set_lines(0, 0, -1, false, { "with\0NUL", "ä a needle", "nothing" })
    vim.fn.setbufline("src/file01.txt", 3, "an unsaved needle")
  end)
  -- One that is loaded but not listed is left out, as is a file that no buffer has.
  nvim:lua([[
    local buf = vim.fn.bufadd("src/file03.txt")
    vim.fn.bufload(buf)
    vim.fn.setbufline(buf, 1, "a needle")
  ]])
  nvim:cmd("Rille grep_buffers")
  nvim:type("needle")
  nvim:sees("3│")
  local found = rows(nvim)
  t.eq(found[1], "[No Name] #4:2: ä a needle")
  table.sort(found)
  t.eq(
    found,
    { "[No Name] #4:2: ä a needle", "alone.conf:2: needle here", "src/file01.txt:3: an unsaved needle" }
  )
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim), { "", 2, 6 })
  nvim:cmd("Rille grep_buffers unsaved")
  nvim:sees("1│")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim), { "file01.txt", 3, 4 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("grep_buffers: toggles, refining, the quickfix list, a wrong pattern, and resuming", function()
  local nvim = start()
  nvim:cmd("edit alone.conf | edit src/file01.txt")
  nvim:cmd("Rille grep_buffers")
  nvim:type("f.rst")
  nvim:sees("▌ alone.conf:1: first")
  nvim:type("<M-f>")
  nvim:sees("Grep buffers [fixed]")
  nvim:sees(" 0│")
  nvim:type("<M-f><C-u>(")
  nvim:sees("unclosed")
  nvim:type("<C-u>e")
  nvim:sees("3│")
  nvim:type("<C-g>")
  nvim:sees("(refined)")
  nvim:type("conf last")
  nvim:sees("0/3│")
  nvim:type("<C-u>conf needle")
  nvim:sees("▌ alone.conf:2: needle here")
  nvim:type("<C-g><C-q>")
  nvim:wait([[return #vim.fn.getqflist() == 3]])
  closed(nvim)
  t.eq(
    nvim:lua([[
      return vim.tbl_map(function(entry)
        return vim.fn.fnamemodify(vim.fn.bufname(entry.bufnr), ":t") .. entry.lnum .. ":" .. entry.col
      end, vim.fn.getqflist())
    ]]),
    { "file01.txt1:2", "file01.txt2:2", "alone.conf2:2" }
  )
  nvim:cmd("cclose | Rille resume grep_buffers")
  nvim:sees("Grep buffers")
  nvim:sees("3│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
