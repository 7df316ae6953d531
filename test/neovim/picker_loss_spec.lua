--- The git pickers and what they must not lose: conflicts of a merge, and files that git would overwrite.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

--- Runs git in a directory, and returns its output.
---@param fails? boolean whether it may fail, as a merge with conflicts does
local function run(fails, directory, ...)
  local command = { "git", "-C", directory, "-c", "protocol.file.allow=always", ... }
  local out
  vim.wait(60000, function()
    out = vim.fn.system(command)
    return vim.v.shell_error == 0 or not out:find("index.lock", 1, true)
  end, 20)
  t.eq({ fails or vim.v.shell_error == 0, vim.v.shell_error ~= 0 and not fails and out or "" }, { true, "" })
  return out
end

local function git(directory, ...)
  return run(false, directory, ...)
end

local function write(directory, files)
  for name, text in pairs(files) do
    if text then
      vim.fn.mkdir(vim.fs.dirname(directory .. "/" .. name), "p")
      vim.fn.writefile(vim.split(text, "\n"), directory .. "/" .. name)
    else
      vim.fn.delete(directory .. "/" .. name)
    end
  end
end

--- Makes a repository with a commit.
local function repository(files)
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory, "p")
  directory = (vim.uv or vim.loop).fs_realpath(directory)
  git(directory, "init", "-q", "-b", "main")
  git(directory, "config", "user.name", "Ada")
  git(directory, "config", "user.email", "a@b")
  write(directory, files)
  git(directory, "add", ".")
  git(directory, "commit", "-q", "-m", "base")
  return directory
end

--- Makes a repository in the middle of a merge, with conflicts of each kind.
local function merging()
  local directory =
    repository({ ["both.txt"] = "one\ntwo\nthree", ["ours.txt"] = "base", ["theirs.txt"] = "base" })
  git(directory, "checkout", "-q", "-b", "other")
  write(directory, {
    ["both.txt"] = "one\nTHEIRS\nthree",
    ["new.txt"] = "theirs",
    ["ours.txt"] = "base, theirs",
    ["theirs.txt"] = false,
  })
  git(directory, "add", "-A")
  git(directory, "commit", "-q", "-m", "theirs")
  git(directory, "checkout", "-q", "main")
  write(directory, {
    ["both.txt"] = "one\nOURS\nthree",
    ["new.txt"] = "ours",
    ["ours.txt"] = false,
    ["theirs.txt"] = "base, ours",
  })
  git(directory, "add", "-A")
  git(directory, "commit", "-q", "-m", "ours")
  run(true, directory, "merge", "-q", "other")
  return directory
end

local function start(directory)
  return pickers.start({ columns = 120, lines = 34 }, directory)
end

local function status(directory)
  return git(directory, "status", "--porcelain")
end

local function read(directory, name)
  return table.concat(vim.fn.readfile(directory .. "/" .. name), "\n")
end

--- Waits for a warning that is the last message.
local function warns(nvim, text)
  nvim:wait([[return vim.fn.execute("messages"):find(..., 1, true)]], text)
  nvim:cmd("messages clear")
end

--- Asks the picker to discard, answers yes, and waits for a warning.
local function refuses(nvim, query, warning)
  nvim:type("<C-u>" .. query)
  nvim:sees("> " .. query .. " ")
  nvim:wait([[return require("rille.nvim.picker").current.source:state().count == 1]])
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  warns(nvim, warning .. "; nothing was done")
end

t.test(
  "status: conflicts are shown with their diffs, are not discarded, and are staged when they are resolved",
  function()
    local directory = merging()
    local before = status(directory)
    local nvim = start(directory)
    nvim:cmd("Rille git_status")
    nvim:sees("4/4│")
    nvim:sees("UU both.txt both modified")
    nvim:sees("AA new.txt both added")
    nvim:sees("DU ours.txt deleted by us")
    nvim:sees("UD theirs.txt deleted by them")
    nvim:type("both.txt")
    nvim:sees("++=======")
    nvim:sees("+ THEIRS")
    nvim:type("<C-u>new.txt")
    nvim:sees("++<<<<<<<")
    nvim:type("<C-u>ours.txt")
    nvim:sees("+base, theirs")
    nvim:type("<C-u>theirs.txt")
    nvim:sees("+base, ours")
    -- Neither discarding nor unstaging takes what the other side has done.
    for _, name in ipairs({ "both.txt", "new.txt", "ours.txt", "theirs.txt" }) do
      refuses(nvim, name, name .. " has conflicts: resolve and stage it")
      nvim:type("<M-s>")
      warns(nvim, name .. " has conflicts; nothing was done")
    end
    t.eq(status(directory), before)
    -- The markers are still there: it asks first.
    nvim:type("<C-u>both.txt<C-s>")
    nvim:sees("both.txt still has conflict markers; stage nevertheless?")
    pickers.answer(nvim, "n")
    t.eq(status(directory), before)
    write(directory, { ["both.txt"] = "one\nBOTH\nthree" })
    nvim:type("<C-s>")
    nvim:sees("▌ M  both.txt")
    -- One that is kept, and one that is deleted.
    nvim:type("<C-u>ours.txt<C-s>")
    nvim:sees("▌ A  ours.txt")
    write(directory, { ["theirs.txt"] = false })
    nvim:type("<C-u>theirs.txt<C-s>")
    nvim:sees("▌ D  theirs.txt")
    nvim:type("<Esc>")
    closed(nvim)
    t.eq(status(directory), "M  both.txt\nAA new.txt\nA  ours.txt\nD  theirs.txt\n")
    t.eq(nvim:stop(), 0)
    vim.fn.delete(directory, "rf")
  end
)

t.test("hunks: conflicts are shown at their lines, and neither staged nor reset", function()
  local directory = merging()
  write(directory, { ["plain.txt"] = "plain" })
  git(directory, "add", "plain.txt")
  write(directory, { ["plain.txt"] = "changed" })
  local before = status(directory)
  local nvim = start(directory)
  nvim:cmd("Rille git_hunks")
  nvim:sees("5/5│")
  nvim:sees("both.txt:2 +5 -0 conflict <<<<<<< HEAD")
  nvim:sees("ours.txt:1 +0 -0 conflict")
  nvim:sees("plain.txt:1 +1 -1 changed")
  nvim:type("'both")
  nvim:sees("++=======")
  nvim:type("<C-s>")
  warns(nvim, "both.txt has conflicts: resolve it, and stage it in `:Rille git_status`")
  nvim:type("<C-d>")
  warns(nvim, "both.txt has conflicts: resolve it, and stage it in `:Rille git_status`")
  nvim:type("<C-u><C-a><C-s>")
  warns(nvim, "has conflicts")
  t.eq(status(directory), before)
  nvim:type("<C-a><C-u>'plain<C-s>")
  nvim:sees("0/4│")
  nvim:type("<C-u>'both<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line(".") }]]), { "both.txt", 2 })
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("a file that has changed since it was listed was discarded", function()
  local directory = repository({ ["a.txt"] = "base", ["b.txt"] = "base" })
  write(directory, { ["a.txt"] = "listed", ["new.txt"] = "listed" })
  local nvim = start(directory)
  nvim:cmd("Rille git_status")
  nvim:sees("2/2│")
  vim.wait(20)
  write(directory, { ["a.txt"] = "much later", ["new.txt"] = "much later" })
  refuses(nvim, "a.txt", "a.txt has changed since it was listed")
  vim.wait(20)
  write(directory, { ["new.txt"] = "later still" })
  refuses(nvim, "new", "new.txt has changed since it was listed")
  t.eq({ read(directory, "a.txt"), read(directory, "new.txt") }, { "much later", "later still" })
  -- A file whose state is another one.
  git(directory, "add", "a.txt")
  refuses(nvim, "a.txt", "a.txt has changed since it was listed")
  t.eq(read(directory, "a.txt"), "much later")
  -- The list is up to date now.
  nvim:sees("▌ M  a.txt")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/1│")
  t.eq(read(directory, "a.txt"), "base")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)

t.test("restoring a file replaced a directory, a file or a link at its path, with what was in it", function()
  local directory = repository({
    ["file"] = "base",
    ["sub/file.txt"] = "base",
    ["linked/file.txt"] = "base",
    ["renamed.txt"] = "a text that is long enough to be seen as renamed",
    ["again.txt"] = "base",
  })
  write(directory, { ["file"] = false })
  write(directory, { ["file/untracked.txt"] = "kept" })
  vim.fn.delete(directory .. "/sub", "rf")
  write(directory, { ["sub"] = "kept" })
  vim.fn.delete(directory .. "/linked", "rf")
  local elsewhere = vim.fn.tempname()
  vim.fn.mkdir(elsewhere)
  vim.fn.writefile({ "kept" }, elsewhere .. "/file.txt")
  vim.fn.system({ "ln", "-s", elsewhere, directory .. "/linked" })
  git(directory, "mv", "renamed.txt", "to.txt")
  write(directory, { ["renamed.txt"] = "kept" })
  git(directory, "rm", "-q", "--cached", "again.txt")
  write(directory, { ["again.txt"] = "kept" })
  local nvim = start(directory)
  nvim:cmd("Rille git_status")
  nvim:sees("again.txt")
  refuses(nvim, "^file$", "file is a directory now")
  refuses(nvim, "sub/file", "sub is in the way of sub/file.txt")
  refuses(nvim, "linked/file", "linked is in the way of linked/file.txt")
  refuses(nvim, "^to", "renamed.txt exists again and would be overwritten")
  t.eq(read(directory, "file/untracked.txt"), "kept")
  t.eq(read(directory, "sub"), "kept")
  t.eq(read(elsewhere, "file.txt"), "kept")
  t.eq(vim.fn.getftype(directory .. "/linked"), "link")
  t.eq(read(directory, "renamed.txt"), "kept")
  -- Of a deletion that is staged only that is undone.
  nvim:type("<C-u>again")
  nvim:sees("D  again.txt")
  nvim:sees("?? again.txt")
  nvim:wait([[return require("rille.nvim.picker").current.source:item(1).state == "D "]])
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("▌  M again.txt")
  t.eq(read(directory, "again.txt"), "kept")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
  vim.fn.delete(elsewhere, "rf")
end)

t.test(
  "submodules and repositories in the tree stay, and what is in no commit is deleted only after that question",
  function()
    local inner = repository({ ["inner.txt"] = "base" })
    local directory = repository({ ["a.txt"] = "base" })
    git(directory, "submodule", "--quiet", "add", inner, "module")
    git(directory, "commit", "-q", "-m", "submodule")
    git(directory, "config", "submodule.recurse", "true")
    write(directory, { ["module/inner.txt"] = "changed", ["nested/own.txt"] = "kept" })
    git(directory .. "/nested", "init", "-q")
    write(directory, { ["added.txt"] = "added", ["untracked/deep.txt"] = "untracked", ["a.txt"] = "changed" })
    git(directory, "add", "added.txt")
    vim.fn.system({ "ln", "-s", directory .. "/a.txt", directory .. "/link" })
    local nvim = start(directory)
    nvim:cmd("Rille git_status")
    nvim:sees("6/6│")
    refuses(nvim, "module", "module is a submodule: discard its changes in it")
    refuses(nvim, "nested", "nested/ is a repository of its own")
    t.eq({ read(directory, "module/inner.txt"), read(directory, "nested/own.txt") }, { "changed", "kept" })
    nvim:type("<C-u>^added<C-d>")
    nvim:sees("Delete added.txt, in no commit?")
    pickers.answer(nvim, "n")
    t.eq(read(directory, "added.txt"), "added")
    -- Only the link, and only this file of the directory.
    nvim:type("<C-u>^link")
    nvim:sees("▌ ?? link")
    nvim:type("<C-d>")
    nvim:sees("Delete link, in no commit?")
    pickers.answer(nvim, "y")
    nvim:sees("0/5│")
    t.eq({ vim.fn.getftype(directory .. "/link"), read(directory, "a.txt") }, { "", "changed" })
    write(directory, { ["untracked/other.txt"] = "kept" })
    nvim:type("<C-u>deep")
    nvim:sees("▌ ?? untracked/deep.txt")
    nvim:type("<C-d>")
    pickers.answer(nvim, "y")
    nvim:sees("0/5│")
    t.eq(vim.fn.readdir(directory .. "/untracked"), { "other.txt" })
    -- Several at once.
    nvim:type("<C-u>^a.txt | ^added")
    nvim:sees("2/5│")
    nvim:type("<C-a><C-d>")
    nvim:sees("Discard all changes of 2 files, and delete 1 of them, in no commit?")
    pickers.answer(nvim, "y")
    nvim:sees("0/3│")
    t.eq({ read(directory, "a.txt"), vim.fn.filereadable(directory .. "/added.txt") }, { "base", 0 })
    nvim:type("<Esc>")
    closed(nvim)
    t.eq(nvim:stop(), 0)
    vim.fn.delete(directory, "rf")
    vim.fn.delete(inner, "rf")
  end
)

t.test("in a repository without a commit files are shown, unstaged and deleted", function()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  directory = (vim.uv or vim.loop).fs_realpath(directory)
  git(directory, "init", "-q")
  write(directory, { ["a.txt"] = "text of a", ["b.txt"] = "text of b" })
  git(directory, "add", ".")
  local nvim = start(directory)
  nvim:cmd("Rille git_status")
  nvim:sees("2/2│")
  nvim:sees("1 text of a")
  nvim:type("<M-s>")
  nvim:sees("?? a.txt")
  nvim:type("<C-u>b.txt")
  nvim:sees("▌ A  b.txt")
  nvim:type("<C-d>")
  pickers.answer(nvim, "y")
  nvim:sees("0/1│")
  t.eq({ vim.fn.filereadable(directory .. "/b.txt"), read(directory, "a.txt") }, { 0, "text of a" })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
  vim.fn.delete(directory, "rf")
end)
