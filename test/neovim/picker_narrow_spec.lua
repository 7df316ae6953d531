--- Narrowing: globs, types and directories in the prompt of grep, toggles, and lines in the prompt of files.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local narrow = require("rille.nvim.picker.narrow")
local closed = pickers.closed

local directory = vim.fn.tempname()
for path, text in pairs({
  ["a.py"] = "needle in lua",
  ["b.c"] = "needle in C",
  ["src/c.py"] = "needle Deep",
  ["src/d.rs"] = "a needles -- b",
  ["test/e.py"] = "needle of a test",
  [".hidden.py"] = "needle hidden",
  ["ignored.py"] = "needle ignored",
  [".ignore"] = "ignored.py",
}) do
  vim.fn.mkdir(vim.fs.dirname(directory .. "/" .. path), "p")
  vim.fn.writefile({ "first line", text }, directory .. "/" .. path)
end

local function start()
  return pickers.start({ columns = 100, lines = 30 }, directory)
end

t.test("a prompt is read as a pattern, globs, types and directories", function()
  local function read(query)
    local narrowed = narrow.parse(query, directory)
    return { narrowed.pattern, narrowed.globs, narrowed.types, narrowed.directories }
  end
  t.eq(read("a b"), { "a b", {}, {}, {} })
  t.eq(read("a -- *.py !test/ src/ py:"), { "a", { "*.py", "!test/" }, { "py" }, { "src" } })
  -- A name without a slash is a directory if there is one.
  t.eq(read("a -- src nothing"), { "a", { "nothing" }, {}, { "src" } })
  t.eq(read("a -- ./src//"), { "a", {}, {}, { "src" } })
  t.eq(read("a -- b -- *.c"), { "a -- b", { "*.c" }, {}, {} })
  t.eq(read("a --"), { "a", {}, {}, {} })
  t.eq(read("a -- "), { "a", {}, {}, {} })
  t.eq(read("a \\-- b"), { "a \\-- b", {}, {}, {} })
  t.eq(read("-- b"), { "-- b", {}, {}, {} })
  local function options(query)
    local opts, below = narrow.options(narrow.parse(query, directory), { case = "smart" })
    return { opts.globs or {}, opts.types or {}, below or "" }
  end
  t.eq(options("a -- *.py src/ !x"), { { "*.py", "!x" }, {}, "src" })
  t.eq(options("a -- src/ test/ !x"), { { "src/**", "!src/**/x", "test/**", "!test/**/x" }, {}, "" })
  t.eq(options("a -- src/ test/ *.py /y/z"), {
    { "src/**/*.py", "src/y/z", "test/**/*.py", "test/y/z" },
    {},
    "",
  })
end)

t.test("grep: globs, types and directories choose the files, also after a mistake", function()
  local nvim = start()
  nvim:cmd("Rille grep needle")
  nvim:sees("5│")
  local function ask(words, count, seen)
    nvim:type("<C-u>needle -- " .. words)
    nvim:sees("> needle -- " .. words .. " ")
    nvim:sees(" " .. count .. "│")
    nvim:sees(seen)
  end
  -- As with ripgrep, a glob also finds hidden and ignored files.
  ask("*.py", 5, "a.py:2: ")
  ask("*.py !test/", 4, "src/c.py:2: needle Deep")
  ask("src/", 2, "src/d.rs:2: a needles")
  ask("src/ *.py", 1, "▌ src/c.py:2: needle Deep")
  ask("src test", 3, "test/e.py:2:")
  ask("rust:", 1, "▌ src/d.rs:2:")
  ask("!py:", 2, "b.c:2:")
  nvim:type("<C-u>needle -- nonsense:")
  nvim:sees("unknown type nonsen")
  nvim:type("<C-u>needle -- *.{p")
  nvim:sees("error parsing")
  ask("*.{py,c}", 6, "b.c:2:")
  -- A place in a directory of the search.
  ask("src/ *.rs", 1, "▌ src/d.rs:2:")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.expand("%:."), vim.fn.line("."), vim.fn.col(".") }]]), { "src/d.rs", 2, 3 })
  -- Unsaved text of a directory of the search.
  nvim:lua([[vim.fn.setline(1, "needle unsaved")]])
  nvim:cmd("Rille grep needle -- src/")
  nvim:sees("3│")
  nvim:sees("src/d.rs:1: needle unsaved")
  -- The separator in a pattern.
  nvim:type("<C-u>needles \\-- b")
  nvim:sees("1│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("grep: toggles are in the title and in the list of keys, and kept for resume", function()
  local nvim = start()
  nvim:cmd("Rille grep needle")
  nvim:sees("5│")
  nvim:type("<M-h>")
  nvim:sees("╭ Grep [hidden] ")
  nvim:sees("6│")
  nvim:type("<M-i>")
  nvim:sees("╭ Grep [hidden, ignored] ")
  nvim:sees("7│")
  nvim:type("<M-w>")
  nvim:sees("╭ Grep [word, hidden, ignored] ")
  nvim:sees("6│")
  nvim:type("<M-h><M-i><M-w><C-u>needle deep")
  nvim:sees("1│")
  nvim:type("<M-c>")
  nvim:sees("╭ Grep [case] ")
  nvim:sees("0│")
  nvim:type("<M-c><M-f><C-u>needle.")
  nvim:sees("╭ Grep [fixed] ")
  nvim:sees("0│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille resume")
  nvim:sees("╭ Grep [fixed] ")
  nvim:sees("0│")
  nvim:type("<M-f>")
  nvim:sees("╭ Grep ─")
  nvim:sees("5│")
  local lines = nvim:lua([[
    local picker = require("rille.nvim.picker").current
    return require("rille.nvim.keyhelp").lines("picker", require("rille.nvim.picker.actions").descriptions(picker.spec.keys))
  ]])
  t.ok(table.concat(lines, "\n"):find("<M%-w> +whole words only, or not"))
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("grep_word searches the word under the cursor, or the selected text", function()
  local nvim = start()
  nvim:cmd("edit b.c | 2")
  nvim:cmd("Rille grep_word")
  nvim:sees("╭ Grep [fixed, word] ")
  nvim:sees("> needle ")
  nvim:sees("4│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd([[xnoremap <F2> <Cmd>Rille grep_word<CR>]])
  nvim:type("0wv$<F2>")
  nvim:sees("> in C ")
  nvim:sees("╭ Grep [fixed] ")
  nvim:sees("1│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:type("<Esc>")
  nvim:cmd("enew")
  nvim:cmd("Rille grep_word")
  t.ok(nvim:messages():find("there is no word under the cursor", 1, true))
  t.eq(nvim:stop(), 0)
end)

t.test("files: toggles, and a line after the name that does not take part in the match", function()
  local nvim = start()
  nvim:cmd("Rille files")
  nvim:sees("5/5│")
  nvim:type("<M-h>")
  nvim:sees("╭ Files [hidden] ")
  nvim:sees("7/7│")
  nvim:type("<M-i>")
  nvim:sees("8/8│")
  nvim:type("<M-h><M-i>")
  nvim:sees("╭ Files ─")
  nvim:sees("5/5│")
  nvim:type("py<Down>")
  nvim:sees("3/5│")
  local before = nvim:lua([[
    local picker = require("rille.nvim.picker").current
    return { picker.cursor, picker.source:item(picker.cursor) }
  ]])
  t.eq(before[1], 2)
  nvim:type(":2")
  nvim:sees("> py:2 ")
  nvim:sees("3/5│")
  -- The selection stays.
  t.eq(
    nvim:lua([[
      local picker = require("rille.nvim.picker").current
      return { picker.cursor, picker.source:item(picker.cursor) }
    ]]),
    before
  )
  nvim:type(":4<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.expand("%:."), vim.fn.line("."), vim.fn.col(".") }]]), { before[2], 2, 4 })
  nvim:cmd("Rille resume")
  nvim:sees("> py:2:4 ")
  nvim:sees("3/5│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("files: a key leaves one type of files, hidden ones do not appear, and resuming keeps it", function()
  local nvim = start()
  vim.fn.writefile({ "" }, directory .. "/src/py.c")
  for _, name in ipairs({ "files", "smart" }) do
    nvim:cmd("Rille " .. name)
    nvim:type("a.py")
    nvim:sees("▌ a.py")
    nvim:type("<M-t>")
    nvim:sees("[.py] ")
    nvim:type("<C-u>")
    nvim:sees("3/6│")
    nvim:type("c")
    nvim:sees("1/6│")
    nvim:sees("▌ src/c.py")
    -- Together with another toggle and a line.
    nvim:type("<C-u><M-h>")
    nvim:sees("[hidden, .py] ")
    nvim:sees("4/8│")
    nvim:type("<M-h>:2<Esc>")
    closed(nvim)
    nvim:cmd("Rille resume " .. name)
    nvim:sees("[.py] ")
    nvim:sees("3/6│")
    nvim:type("<M-t>")
    nvim:sees("6/6│")
    nvim:misses("[.py]")
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
