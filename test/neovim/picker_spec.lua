--- The picker as a user operates it: by keys and by the mouse, with its result on the screen.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed, prompt, name = pickers.closed, pickers.prompt, pickers.name

local directory = pickers.tree()

local function start(opts)
  return pickers.start(opts, directory)
end

t.test("files: a query narrows the list, matches are highlighted, and a choice opens the file", function()
  local nvim = start({ columns = 100, lines = 30 })
  nvim:cmd("Rille files")
  nvim:sees("62/62")
  nvim:type("main")
  nvim:sees("1/62")
  nvim:sees("src/deep/main.c")
  -- The matched letters have another highlight than those beside them.
  local row, column
  for i, line in ipairs(nvim:screen()) do
    local at = line:find("src/deep/main.c", 1, true)
    if at and not row then
      row, column = i, vim.fn.strdisplaywidth(line:sub(1, at - 1)) + 1
    end
  end
  local looks = nvim:looks(row)
  t.ok(looks[column] ~= looks[column + 9], "the match is not highlighted")
  t.eq(looks[column + 9], looks[column + 12])
  -- Also in the preview.
  nvim:sees("int main;")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(name(nvim), "main.c")
  t.eq(nvim:api("nvim_get_mode").mode, "n")
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("files of another directory, below the working directory and elsewhere", function()
  local nvim = start({ columns = 60 })
  nvim:cmd("Rille files src/deep")
  nvim:sees("Files in src/deep")
  nvim:sees("▌ main.c")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:api("nvim_buf_get_name", 0), (vim.uv or vim.loop).fs_realpath(directory) .. "/src/deep/main.c")
  nvim:cmd("cd /")
  nvim:lua([[require("rille.nvim").files({ cwd = ..., query = "alone" })]], directory)
  nvim:sees("1/62")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(name(nvim), "alone.conf")
  t.eq(nvim:stop(), 0)
end)

t.test("marks stay on their files when a walk finds the files in another order", function()
  local nvim = start({ columns = 60 })
  nvim:cmd("Rille files")
  nvim:type("'file07<Tab>")
  nvim:sees("+1  1/62")
  nvim:type("<C-u>'file55<Tab>")
  nvim:sees("+2  1/62")
  nvim:type("<C-u>'file")
  nvim:sees("+2  60/62")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille resume")
  nvim:sees("+2  60/62")
  nvim:type("<C-u>'file07")
  nvim:sees("▌+src/file07.txt")
  -- Both are opened.
  nvim:type("<CR>")
  closed(nvim)
  local open = nvim:lua([[return vim.fn.bufexists("src/file07.txt") + vim.fn.bufexists("src/file55.txt")]])
  t.eq(open, 2)
  t.eq(nvim:stop(), 0)
end)

t.test("only the visible rows are in the editor's buffer", function()
  local nvim = start({ columns = 60, lines = 16 })
  nvim:lua(function()
    local items = {}
    for i = 1, 100000 do
      items[i] = "item " .. i
    end
    require("rille.nvim").pick({
      items = items,
      on_choice = function(item, _, _, info)
        _G.chosen = { item, info.index }
      end,
    })
  end)
  nvim:sees("100,000/100,000")
  nvim:type("<C-End>")
  nvim:wait(function()
    local picker = require("rille.nvim.picker").current
    return vim.api.nvim_buf_line_count(picker.windows.buffers.list) == picker.list:height()
  end)
  nvim:type("<C-Home>777<Down>")
  nvim:wait(function()
    return require("rille.nvim.picker").current.cursor == 2
  end)
  nvim:type("<CR>")
  closed(nvim)
  local chosen = nvim:lua([[return _G.chosen]])
  t.ok(chosen[1]:find("777") and chosen[1] == "item " .. chosen[2], chosen[1])
  t.eq(nvim:stop(), 0)
end)

t.test("a function adds lists and texts at any time, and a line may arrive in parts", function()
  local nvim = start({ columns = 60, lines = 16 })
  nvim:lua([[
    require("rille.nvim").pick({
      items = function(add, done)
        add("first\nsec")
        add({ "from a list", { text = "with more", n = 7 } })
        _G.add, _G.done = add, done
        return function() _G.stopped = (_G.stopped or 0) + 1 end
      end,
      on_choice = function(item) _G.chosen = item end,
    })
  ]])
  nvim:sees("3/3 …")
  nvim:lua([[_G.add("o"); vim.defer_fn(function() _G.add("nd\nthe last"); _G.done() end, 30)]])
  nvim:sees("5/5│")
  nvim:type("'more<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.chosen.n]]), 7)
  nvim:cmd("Rille resume")
  nvim:lua([[_G.add("o"); vim.defer_fn(function() _G.add("nd\nthe last"); _G.done() end, 30)]])
  nvim:type("<C-u>'second<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { _G.chosen, _G.stopped }]]), { "second", 2 })
  -- Items that are added too late are ignored.
  nvim:lua([[_G.add("late\n"); _G.add({ "later" }); _G.done()]])
  closed(nvim)
  -- A large text and a large list are pushed in parts; all of their items arrive.
  nvim:lua([[
    require("rille.nvim").pick({
      items = function(add, done)
        local list, more = {}, {}
        for i = 1, 50000 do list[i], more[i] = "line " .. i, "item " .. i end
        add(table.concat(list, "\n") .. "\n")
        add(more)
        done()
      end,
    })
  ]])
  nvim:sees("100,000/100,000│")
  nvim:type("^line 50000$")
  nvim:sees("1/100,000│")
  nvim:type("<C-u>^item 50000$")
  nvim:sees("1/100,000│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("jobs: a walk, and the lines of a search", function()
  local nvim = start({ columns = 110, lines = 30 })
  nvim:lua([[require("rille.nvim").pick({ items = require("rille").walk("src"), title = "Walk" })]])
  nvim:type("main")
  nvim:sees("src/deep/main.c")
  nvim:sees("int main;")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(name(nvim), "main.c")
  nvim:cmd("Rille resume")
  t.ok(nvim:messages():find("cannot be resumed", 1, true))
  nvim:lua([[require("rille.nvim").pick({ items = require("rille").grep("text of \\d+", ".") })]])
  nvim:sees("60/60│")
  nvim:type("file37<CR>")
  closed(nvim)
  t.eq(
    nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]]),
    { "file37.txt", 1, 1 }
  )
  t.eq(nvim:stop(), 0)
end)

t.test("the example of doc/neovim.md", function()
  local file = assert(io.open(os.getenv("RILLE_ROOT") .. "/doc/neovim.md"))
  local example = file:read("*a"):match("\n```lua picker\n(.-)\n```\n")
  file:close()
  local nvim = start({ columns = 100, lines = 30 })
  nvim:lua(function()
    vim.fn.system({ "git", "init", "-q" })
    vim.fn.system({
      "git",
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@b",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "begun",
    })
  end)
  nvim:lua(example)
  nvim:sees("begun")
  nvim:sees("1/1│")
  nvim:type("<CR>")
  nvim:wait([[return vim.fn.execute("messages"):find("begun") ~= nil]])
  closed(nvim)
  nvim:lua([[vim.ui.select({ "a", "b" }, {}, function(item) _G.chosen = item end)]])
  nvim:type("b<CR>")
  nvim:wait([[return _G.chosen == "b"]])
  closed(nvim)
  nvim:lua([[vim.fn.delete(".git", "rf")]])
  t.eq(nvim:stop(), 0)
end)

t.test("the list continues after the rows requested at first", function()
  local nvim = start({ columns = 60, lines = 16 })
  nvim:lua([[
    local items = {}
    for i = 1, 3000 do items[i] = "item " .. i end
    require("rille.nvim").pick({ items = items })
  ]])
  nvim:sees("3,000/3,000")
  for _ = 1, 40 do
    nvim:type("<PageDown>")
    nvim:wait(function()
      return not require("rille.nvim.picker").current.source:state().busy
    end)
  end
  nvim:wait(function()
    return require("rille.nvim.picker").current.cursor > 250
  end)
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("actions: split, vsplit, tab", function()
  local nvim = start({ columns = 60 })
  for key, windows in pairs({ ["<C-x>"] = "col", ["<C-v>"] = "row" }) do
    nvim:cmd("Rille files")
    nvim:type("alone" .. key)
    nvim:wait(function()
      return #vim.api.nvim_list_wins() == 2 and vim.fn.bufname():find("alone") ~= nil
    end)
    t.eq(nvim:lua([[return vim.fn.winlayout()[1] ]]), windows)
    nvim:cmd("only")
  end
  nvim:cmd("Rille files")
  nvim:type("alone<C-t>")
  nvim:wait(function()
    return vim.fn.tabpagenr("$") == 2 and vim.fn.bufname():find("alone") ~= nil
  end)
  nvim:cmd("tabonly")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("marked items, and the quickfix list of them or of all", function()
  local nvim = start({ columns = 60 })
  nvim:cmd("Rille files")
  nvim:type("'file0")
  nvim:sees("9/62")
  nvim:type("<Tab><Tab><S-Tab><Tab>")
  nvim:sees("+2  9/62")
  nvim:type("<C-q>")
  nvim:wait(function()
    return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 2
  end)
  nvim:cmd("cclose")
  nvim:cmd("Rille files")
  nvim:type("'file<C-q>")
  nvim:wait(function()
    return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 60
  end)
  nvim:cmd("cclose")
  closed(nvim)
  -- Marking all, and what the function receives.
  nvim:lua([[
    require("rille.nvim").pick({ items = { "a1", "a2", "b1" }, on_choice = function(item, how, _, info)
      _G.chosen = { item, info.marked, how }
    end })
  ]])
  nvim:type("a<C-a>")
  nvim:sees("+2")
  nvim:type("<C-v>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.chosen]]), { "a1", { "a1", "a2" }, "vsplit" })
  t.eq(nvim:stop(), 0)
end)

t.test("a long quickfix list is filled in parts, completely and in order", function()
  local nvim = start({ columns = 60 })
  nvim:lua([[
    local items = {}
    for i = 1, 20000 do
      items[i] = { text = "line " .. i, path = "alone.conf", lnum = i }
    end
    require("rille.nvim").pick({ items = items, title = "many" })
  ]])
  nvim:type("<C-q>")
  nvim:wait(function()
    return vim.bo.buftype == "quickfix" and vim.api.nvim_buf_line_count(0) == 20000
  end)
  local got = nvim:lua(function()
    local list = vim.fn.getqflist({ items = 0, title = 0 })
    for i, item in ipairs(list.items) do
      if item.lnum ~= i or item.text ~= "line " .. i then
        return { i, item.lnum, item.text }
      end
    end
    return { #list.items, list.title }
  end)
  t.eq(got, { 20000, "many" })
  nvim:cmd("cclose")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("resume opens the last picker as it was, and the history has its queries", function()
  local nvim = start({ columns = 60 })
  nvim:cmd("Rille resume")
  t.ok(nvim:messages():find("nothing to resume", 1, true))
  nvim:cmd("Rille files")
  nvim:type("'file0")
  nvim:sees("9/62")
  nvim:type("<Down><Down>")
  nvim:wait(function()
    return require("rille.nvim.picker").current.cursor == 3
  end)
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille resume")
  nvim:sees("9/62")
  nvim:wait(function()
    return require("rille.nvim.picker").current.cursor == 3
  end)
  t.eq(prompt(nvim), "'file0")
  nvim:type("<CR>")
  closed(nvim)
  t.ok(name(nvim):find("file0"))
  nvim:cmd("Rille files")
  nvim:type("alone<CR>")
  closed(nvim)
  nvim:cmd("Rille files")
  nvim:type("begun<C-Up>")
  nvim:wait(function()
    return require("rille.nvim.picker").current.prompt.query == "alone"
  end)
  nvim:type("<C-Up>")
  nvim:sees("9/62")
  nvim:type("<C-Down><C-Down>")
  nvim:wait(function()
    return require("rille.nvim.picker").current.prompt.query == "begun"
  end)
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
