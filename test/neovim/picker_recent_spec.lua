--- Recent and frequent files: what is kept of visits, how it is written, and the pickers over it.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed
local uv = vim.uv or vim.loop

local directory = uv.fs_realpath(pickers.tree())

--- Starts a child whose frecency file is in a directory.
local function start(state)
  return pickers.start({ columns = 100, lines = 30, env = { XDG_STATE_HOME = state } }, directory)
end

--- Writes a frecency file: scores, ages in seconds, and paths.
local function write(state, entries)
  local lines, now = {}, os.time()
  for i, entry in ipairs(entries) do
    local due = now + 14 * 86400 * math.log(entry[1]) / math.log(2)
    lines[i] = ("%.3f\t%d\t%s"):format(due, now - entry[2], directory .. "/" .. entry[3])
  end
  vim.fn.mkdir(state .. "/nvim/rille", "p")
  vim.fn.writefile(lines, state .. "/nvim/rille/frecency")
end

--- Returns the names in a frecency file.
local function names(state)
  local list = {}
  for _, line in ipairs(vim.fn.readfile(state .. "/nvim/rille/frecency")) do
    list[#list + 1] = vim.fs.basename(line)
  end
  table.sort(list)
  return list
end

t.test("opened files are written when Neovim ends, and merged with those of another one", function()
  local state = vim.fn.tempname()
  local one, other = start(state), start(state)
  one:cmd("edit alone.conf | edit src/file01.txt")
  other:cmd("edit src/file02.txt | edit src/file01.txt | edit nothing.txt | enew")
  t.eq(one:stop(), 0)
  t.eq(names(state), { "alone.conf", "file01.txt" })
  t.eq(other:stop(), 0)
  t.eq(names(state), { "alone.conf", "file01.txt", "file02.txt" })
  -- Two visits count more than one.
  local nvim = start(state)
  local scores = nvim:lua(function(base)
    local frecency = require("rille.nvim.frecency")
    local entries, now = {}, os.time()
    for _, entry in ipairs(frecency.below(base .. "/")) do
      entries[entry.path] = entry
    end
    return {
      math.floor(frecency.score(entries[base .. "/src/file01.txt"], now) + 0.5),
      math.floor(frecency.score(entries[base .. "/alone.conf"], now) + 0.5),
      math.floor(frecency.score(entries[base .. "/alone.conf"], now + 28 * 86400) * 100 + 0.5),
    }
  end, directory)
  t.eq(scores, { 2, 1, 25 })
  t.eq(nvim:stop(), 0)
  t.eq(vim.fn.glob(state .. "/nvim/rille/*", true, true), { state .. "/nvim/rille/frecency" })
end)

t.test("the file is bounded, a damaged line is ignored, and a lock of a dead writer is removed", function()
  local state = vim.fn.tempname()
  local entries = {}
  for i = 1, 12000 do
    entries[i] = { i, 10, ("many/%05d"):format(i) }
  end
  write(state, entries)
  vim.fn.writefile({ "damaged", "1\t2", "x\ty\tz" }, state .. "/nvim/rille/frecency", "a")
  vim.fn.writefile({}, state .. "/nvim/rille/frecency.lock")
  uv.fs_utime(state .. "/nvim/rille/frecency.lock", os.time() - 100, os.time() - 100)
  local nvim = start(state)
  nvim:cmd("edit alone.conf")
  t.eq(nvim:stop(), 0)
  local kept = names(state)
  t.eq({ #kept, kept[#kept] }, { 10000, "12000" })
  -- Of a writer that lives, nothing is removed, and Neovim ends nevertheless.
  vim.fn.writefile({}, state .. "/nvim/rille/frecency.lock")
  nvim = start(state)
  nvim:cmd("edit src/file01.txt")
  t.eq(nvim:stop(), 0)
  t.eq(#names(state), 10000)
  t.eq(vim.fn.filereadable(state .. "/nvim/rille/frecency.lock"), 1)
end)

t.test(
  "saving waited for the lock of another writer, and what could not be saved at the end was lost",
  function()
    local state = vim.fn.tempname()
    write(state, { { 3, 100, "src/file05.txt" } })
    local lock = state .. "/nvim/rille/frecency.lock"
    vim.fn.writefile({}, lock)
    uv.fs_utime(lock, os.time() + 1000, os.time() + 1000)
    local nvim = start(state)
    nvim:cmd("edit alone.conf | edit src/file01.txt")
    nvim:lua(function(path)
      local loop = vim.uv or vim.loop
      loop.sleep = function()
        _G.slept = true
      end
      _G.tries, _G.new_work = 0, loop.new_work
      loop.new_work = function(...)
        _G.tries = _G.tries + 1
        return _G.new_work(...)
      end
      local frecency = require("rille.nvim.frecency")
      frecency.save()
      frecency.forget(path)
    end, directory .. "/src/file05.txt")
    -- It is tried again and again while the other one writes, and succeeds when it has ended.
    nvim:wait([[return _G.tries > 2]])
    t.eq(names(state), { "file05.txt" })
    t.eq(nvim:lua([[return _G.slept == true]]), false)
    vim.fn.delete(lock)
    nvim:wait(
      [[return table.concat(vim.fn.readfile(vim.fn.stdpath("state") .. "/rille/frecency")):find("alone")]]
    )
    t.eq(names(state), { "alone.conf", "file01.txt" })
    nvim:wait([[return vim.fn.filereadable(vim.fn.stdpath("state") .. "/rille/frecency.lock") == 0]])
    -- At the end nothing can be tried again.
    vim.fn.writefile({}, lock)
    uv.fs_utime(lock, os.time() + 1000, os.time() + 1000)
    nvim:cmd("edit src/file02.txt")
    nvim:lua([[require("rille.nvim.frecency").forget(...)]], directory .. "/alone.conf")
    t.eq(nvim:stop(), 0)
    t.eq(names(state), { "alone.conf", "file01.txt" })
    vim.fn.delete(lock)
    nvim = start(state)
    nvim:cmd("edit src/file03.txt")
    t.eq(nvim:stop(), 0)
    t.eq(names(state), { "file01.txt", "file02.txt", "file03.txt" })
    t.eq(vim.fn.glob(state .. "/nvim/rille/*", true, true), { state .. "/nvim/rille/frecency" })
  end
)

t.test("a file that was forgotten and then opened again counts", function()
  local state = vim.fn.tempname()
  write(state, { { 3, 100, "alone.conf" } })
  local nvim = start(state)
  nvim:lua(
    [[
    require("rille.nvim.frecency").forget(...)
    vim.cmd.edit("alone.conf")
  ]],
    directory .. "/alone.conf"
  )
  t.eq(nvim:lua([[return #require("rille.nvim.frecency").below(...)]], directory .. "/"), 1)
  t.eq(nvim:stop(), 0)
  t.eq(names(state), { "alone.conf" })
end)

t.test("nothing is written if the user has turned it off", function()
  local state = vim.fn.tempname()
  local nvim = start(state)
  nvim:lua([[vim.g.rille = { picker = { recent = false } }]])
  nvim:cmd("edit alone.conf")
  t.eq(nvim:stop(), 0)
  t.eq(vim.fn.glob(state .. "/nvim/rille/*", true, true), {})
end)

t.test(
  "recent: the latest first with their ages, of this directory or of all, and a key that forgets",
  function()
    local state = vim.fn.tempname()
    write(state, {
      { 1, 7300, "src/file01.txt" },
      { 9, 86400 * 3, "src/file02.txt" },
      { 1, 130, "alone.conf" },
      { 1, 20, "gone.txt" },
    })
    local nvim = start(state)
    nvim:cmd("Rille recent")
    nvim:sees("3/3│")
    local rows = nvim:lua([[
    local picker = require("rille.nvim.picker").current
    return vim.api.nvim_buf_get_lines(picker.windows.buffers.list, 0, -1, false)
  ]])
    t.eq(rows, { "  2m alone.conf", "  2h src/file01.txt", "  3d src/file02.txt" })
    nvim:type("<Esc>")
    closed(nvim)
    nvim:cmd("cd src")
    nvim:cmd("Rille recent")
    nvim:sees("2/2│")
    nvim:sees("▌   2h file01.txt")
    nvim:type("<C-l>")
    nvim:sees("╭ Recent files [all] ")
    nvim:sees("3/3│")
    nvim:type("alone")
    nvim:sees("1/3│")
    nvim:type("<C-d>")
    nvim:sees("0/2│")
    nvim:wait(
      [[return not table.concat(vim.fn.readfile(vim.fn.stdpath("state") .. "/rille/frecency")):find("alone")]]
    )
    nvim:type("<C-u>02<CR>")
    closed(nvim)
    t.eq(pickers.name(nvim), "file02.txt")
    t.eq(nvim:messages(), "")
    t.eq(nvim:stop(), 0)
  end
)

t.test("smart: open files, then frequent ones, then all, each once; a query ranks them together", function()
  local state = vim.fn.tempname()
  write(state, { { 5, 100, "src/file33.txt" }, { 2, 50, "src/file22.txt" }, { 9, 10, "gone.txt" } })
  local nvim = start(state)
  nvim:cmd("edit src/file44.txt | edit src/file11.txt | edit alone.conf")
  nvim:cmd("Rille smart")
  -- All but once; the current one is among the others.
  nvim:sees("62/62│")
  local function rows(count)
    return nvim:lua(
      [[
      local picker, items = require("rille.nvim.picker").current, {}
      for i = 1, ... do items[i] = picker.source:item(i) end
      return items
    ]],
      count
    )
  end
  t.eq(rows(4), { "src/file11.txt", "src/file44.txt", "src/file33.txt", "src/file22.txt" })
  nvim:type("'file")
  nvim:sees("60/62│")
  t.eq(rows(4), { "src/file11.txt", "src/file44.txt", "src/file33.txt", "src/file22.txt" })
  nvim:type("<C-u>'file33")
  nvim:sees("1/62│")
  nvim:type("<C-d>")
  nvim:wait(
    [[return not table.concat(vim.fn.readfile(vim.fn.stdpath("state") .. "/rille/frecency")):find("file33")]]
  )
  nvim:type("<C-u>'file")
  nvim:sees("60/62│")
  nvim:wait([[return require("rille.nvim.picker").current.source:item(3) == "src/file22.txt"]])
  nvim:type("<C-u>file22:2<CR>")
  closed(nvim)
  t.eq({ pickers.name(nvim), nvim:lua([[return vim.fn.line(".")]]) }, { "file22.txt", 2 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
