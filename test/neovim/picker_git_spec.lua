--- Pickers over a git repository: what they list and show, and what their keys change.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

--- Runs git in a directory, and returns its output. A git that a picker has started may hold the lock of the index.
local function git(directory, ...)
  local command = { "git", "-C", directory, "-c", "user.name=Ada", "-c", "user.email=a@b", ... }
  local out
  vim.wait(60000, function()
    out = vim.fn.system(command)
    return vim.v.shell_error == 0 or not out:find("index.lock", 1, true)
  end, 20)
  t.eq({ vim.v.shell_error, vim.v.shell_error ~= 0 and out or "" }, { 0, "" })
  return out
end

--- Makes a repository with two commits, and changes that are not committed.
local function repository()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory .. "/sub", "p")
  directory = (vim.uv or vim.loop).fs_realpath(directory)
  git(directory, "init", "-q", "-b", "main")
  git(directory, "config", "user.name", "Ada")
  git(directory, "config", "user.email", "a@b")
  local lines = {}
  for i = 1, 30 do
    lines[i] = "line " .. i
  end
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  vim.fn.writefile({ "kept" }, directory .. "/kept.txt")
  git(directory, "add", ".")
  git(directory, "commit", "-q", "-m", "first of all")
  lines[3] = "line three"
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  git(directory, "commit", "-q", "-a", "-m", "spell a number")
  return directory, lines
end

--- Waits until a line of a file is this text. While git writes the file, it does not exist.
local function writes(nvim, path, number, text)
  nvim:wait(
    [[
    local path, number, text = ...
    local read, lines = pcall(vim.fn.readfile, path)
    return read and lines[number] == text
  ]],
    path,
    number,
    text
  )
end

local function start(directory)
  return pickers.start({ columns = 120, lines = 34 }, directory)
end

local function status(directory)
  return git(directory, "status", "--porcelain")
end

t.test("outside of a repository the pickers say so in one sentence and do not open", function()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  local nvim = start(directory)
  for i, name in ipairs({
    "git_status",
    "git_hunks",
    "git_log",
    "git_buffer_log",
    "git_files",
    "git_branches",
    "git_stash",
  }) do
    nvim:cmd("Rille " .. name)
    nvim:wait(
      [[
      local _, count = vim.fn.execute("messages"):gsub("rille: this directory is in no git repository", "")
      return count == ...
    ]],
      i
    )
  end
  closed(nvim)
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("status: states, diffs, and keys that stage, unstage and discard", function()
  local directory, lines = repository()
  lines[10] = "line ten"
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  vim.fn.writefile({ "untracked text" }, directory .. "/new file.txt")
  git(directory, "mv", "kept.txt", "moved.txt")
  local nvim = start(directory)
  nvim:cmd("Rille git_status")
  nvim:sees("3/3│")
  nvim:sees("R  moved.txt from kept.txt")
  nvim:sees(" M sub/file.txt")
  nvim:sees("?? new file.txt")
  nvim:type("'sub")
  nvim:sees("+line ten")
  nvim:type("<C-s>")
  nvim:sees("▌ M  sub/file.txt")
  t.ok(status(directory):find("M  sub/file.txt", 1, true))
  nvim:type("<M-s>")
  nvim:sees("▌  M sub/file.txt")
  -- The question is answered with no, and then with yes.
  nvim:type("<C-d>")
  pickers.answer(nvim, "n")
  nvim:sees("▌  M sub/file.txt")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/2│")
  t.eq(vim.fn.readfile(directory .. "/sub/file.txt")[10], "line 10")
  nvim:type("<C-u>new")
  nvim:sees("untracked text")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(pickers.name(nvim), "new file.txt")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("hunks: places, counts, and keys that stage and reset", function()
  local directory, lines = repository()
  lines[10] = "line ten"
  table.remove(lines, 25)
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  local nvim = start(directory)
  nvim:cmd("Rille git_hunks")
  nvim:sees("2/2│")
  nvim:sees("▌ sub/file.txt:10 +1 -1 line ten")
  nvim:sees("  sub/file.txt:24 +0 -1 line 25")
  nvim:sees("+line ten")
  nvim:type("<C-s>")
  nvim:sees("1/1│")
  t.ok(git(directory, "diff", "--cached"):find("+line ten", 1, true))
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/0│")
  t.eq(vim.fn.readfile(directory .. "/sub/file.txt")[25], "line 25")
  nvim:type("<Esc>")
  closed(nvim)
  -- All at once, and the place of a hunk.
  git(directory, "checkout", "-q", "-f", "HEAD")
  lines = vim.fn.readfile(directory .. "/sub/file.txt")
  lines[1], lines[20] = "ONE", "TWENTY"
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  nvim:cmd("Rille git_hunks")
  nvim:sees("2/2│")
  nvim:type("<C-a><C-s>")
  nvim:sees("0/0│")
  t.eq(git(directory, "diff"), "")
  git(directory, "reset", "-q")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille git_hunks twenty")
  nvim:sees("1/2│")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line(".") }]]), { "file.txt", 20 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("a hunk that was staged or reset without those before it came to another line", function()
  local directory, lines = repository()
  -- Five lines at the top, one after 20, and 27 is gone.
  local changed = vim.list_extend({ "A", "B", "C", "D", "E" }, lines)
  table.insert(changed, 26, "NEW")
  table.remove(changed, 33)
  local path = directory .. "/sub/file.txt"
  vim.fn.writefile(changed, path)
  local nvim = start(directory)
  nvim:cmd("Rille git_hunks NEW")
  nvim:sees("1/3│")
  nvim:type("<C-s>")
  nvim:sees("0/2│")
  local staged = vim.split(git(directory, "show", ":sub/file.txt"), "\n")
  t.eq({ staged[20], staged[21], staged[22] }, { "line 20", "NEW", "line 21" })
  nvim:type("<C-u>'27")
  nvim:sees("1/2│")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/1│")
  local left = vim.fn.readfile(path)
  t.eq({ left[5], left[26], left[32], left[33], left[34] }, { "E", "NEW", "line 26", "line 27", "line 28" })
  -- A file that has changed since the list was made.
  nvim:type("<C-u>")
  nvim:sees("1/1│")
  vim.fn.writefile(vim.list_extend({ "0" }, left), path)
  nvim:type("<C-s>")
  nvim:wait([[return vim.fn.execute("messages"):find("the file has changed; nothing was done", 1, true)]])
  t.eq(vim.split(git(directory, "show", ":sub/file.txt"), "\n")[1], "line 1")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("a name that git reads as a pattern discarded other files, and odd names had no hunks", function()
  local directory = repository()
  local names = { "[ab].txt", "a.txt", "with space.txt", 'tab\tand "quotes".txt', "ä.txt" }
  for _, name in ipairs(names) do
    vim.fn.writefile({ "before" }, directory .. "/" .. name)
  end
  git(directory, "add", ".")
  git(directory, "commit", "-q", "-m", "odd names")
  for _, name in ipairs(names) do
    vim.fn.writefile({ "after" }, directory .. "/" .. name)
  end
  git(directory, "config", "diff.mnemonicPrefix", "true")
  local nvim = start(directory)
  nvim:cmd("Rille git_status '[ab]")
  nvim:sees("1/5│")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/4│")
  t.eq(vim.fn.readfile(directory .. "/a.txt"), { "after" })
  t.eq(vim.fn.readfile(directory .. "/[ab].txt"), { "before" })
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille git_hunks")
  nvim:sees("4/4│")
  nvim:type("<C-a><C-s>")
  nvim:sees("0/0│")
  t.eq(git(directory, "diff"), "")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("a renamed file that was discarded was gone under both of its names", function()
  local directory = repository()
  git(directory, "mv", "kept.txt", "moved.txt")
  local nvim = start(directory)
  nvim:cmd("Rille git_status")
  nvim:sees("R  moved.txt from kept.txt")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/0│")
  t.eq(vim.fn.readfile(directory .. "/kept.txt"), { "kept" })
  t.eq(status(directory), "")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("log: commits and their diffs, of the repository and of a file, and their keys", function()
  local directory = repository()
  local nvim = start(directory)
  nvim:cmd("Rille git_log")
  nvim:sees("2/2│")
  nvim:sees("Ada")
  nvim:sees("spell a number")
  nvim:sees("+line three")
  nvim:type("first<C-y>")
  closed(nvim)
  t.eq(
    nvim:lua([[return vim.fn.getreg('"')]]),
    vim.trim(git(directory, "log", "--format=%h", "-1", "HEAD~1"))
  )
  nvim:cmd("Rille git_log spell")
  nvim:sees("1/2│")
  nvim:type("<CR>")
  nvim:wait([[return vim.bo.filetype == "git"]])
  nvim:sees("+line three")
  closed(nvim)
  nvim:cmd("edit kept.txt")
  nvim:cmd("Rille git_buffer_log")
  nvim:sees("Git log of kept.txt")
  nvim:sees("1/1│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("edit sub/file.txt")
  nvim:cmd("Rille git_buffer_log first")
  nvim:sees("1/2│")
  nvim:type("<M-d>")
  nvim:wait([[return #vim.api.nvim_list_wins() == 2 and vim.wo.diff]])
  closed(nvim)
  nvim:sees("line three")
  nvim:cmd("only | diffoff")
  nvim:cmd("Rille git_log first")
  nvim:sees("1/2│")
  nvim:type("<M-c>")
  pickers.answer(nvim, "y")
  closed(nvim)
  writes(nvim, "sub/file.txt", 3, "line 3")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("files, branches and stashes", function()
  local directory, lines = repository()
  git(directory, "branch", "other", "HEAD~1")
  lines[10] = "line ten"
  vim.fn.writefile(lines, directory .. "/sub/file.txt")
  git(directory, "stash", "-q")
  vim.fn.writefile({ "x" }, directory .. "/untracked.txt")
  local nvim = start(directory)
  nvim:cmd("cd sub")
  nvim:cmd("Rille git_files")
  nvim:sees("2/2│")
  nvim:type("kept")
  nvim:sees("1/2│")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:api("nvim_buf_get_name", 0), directory .. "/kept.txt")
  nvim:cmd("Rille git_stash")
  nvim:sees("▌ stash@{0} WIP on main")
  nvim:sees("+line ten")
  nvim:type("<CR>")
  closed(nvim)
  writes(nvim, "file.txt", 10, "line ten")
  git(directory, "checkout", "-q", "-f", "HEAD")
  nvim:cmd("Rille git_branches")
  nvim:sees("2/2│")
  nvim:sees("* main")
  nvim:type("other")
  nvim:sees("first of all")
  nvim:type("<CR>")
  closed(nvim)
  nvim:wait([[return vim.trim(vim.fn.system("git branch --show-current")) == "other"]])
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)
