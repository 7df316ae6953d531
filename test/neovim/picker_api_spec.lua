--- The picker as plugins use it: each field of the table that `pick` takes, by keys and on the screen.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = pickers.tree()

local function start(opts)
  return pickers.start(opts or { columns = 100, lines = 30 }, directory)
end

--- Returns the row of the screen that contains a text, and the column of its first cell.
local function place_of(nvim, text)
  nvim:sees(text)
  for i, line in ipairs(nvim:screen()) do
    local at = line:find(text, 1, true)
    if at then
      return i, vim.fn.strdisplaywidth(line:sub(1, at - 1)) + 1
    end
  end
end

t.test("entries of a quickfix list need nothing, and on_list = pick works", function()
  local nvim = start()
  nvim:lua(function()
    _G.list = require("rille.nvim").pick
    _G.list({
      title = "References",
      context = { method = "textDocument/references" },
      items = {
        { filename = "src/deep/main.c", lnum = 1, col = 5, end_lnum = 1, end_col = 9, text = "int main;" },
        { filename = "alone.conf", lnum = 2, col = 1, end_lnum = 2, end_col = 7, text = "needle\n  here" },
      },
    })
  end)
  nvim:sees("References")
  nvim:sees("▌ src/deep/main.c:1: int main;")
  nvim:sees("  alone.conf:2: needle here")
  -- The preview marks the match, not only the line.
  nvim:type("alone")
  nvim:sees("1/2")
  local row, column = place_of(nvim, "needle here  ")
  if nvim:screen()[row]:find("alone", 1, true) then
    row, column = place_of(nvim, "2 needle here")
    column = column + 2
  end
  nvim:wait(function()
    local picker = require("rille.nvim.picker").current
    local marks = vim.api.nvim_buf_get_extmarks(picker.windows.buffers.preview, -1, 0, -1, { details = true })
    for _, mark in ipairs(marks) do
      if mark[4].hl_group == "RilleMatch" and mark[3] == 0 and mark[4].end_col == 6 then
        return true
      end
    end
  end)
  local looks = nvim:looks(row)
  t.ok(looks[column] ~= looks[column + 8], "the match is not highlighted")
  nvim:type("<C-u><C-a><C-q>")
  nvim:wait([[return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 2]])
  closed(nvim)
  local entry = nvim:lua([[return vim.fn.getqflist()[2] ]])
  t.eq({ entry.lnum, entry.col, entry.end_col, entry.text }, { 2, 1, 7, "needle\n  here" })
  nvim:cmd("cclose")
  -- The quickfix list itself, whose entries have a buffer.
  nvim:lua([[_G.list({ items = vim.fn.getqflist() })]])
  nvim:type("needle")
  nvim:sees("▌ alone.conf:2: needle")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(
    nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]]),
    { "alone.conf", 2, 1 }
  )
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("diagnostics of vim.diagnostic.toqflist are items", function()
  local nvim = start()
  nvim:lua(function()
    vim.cmd.edit("alone.conf")
    vim.diagnostic.set(vim.api.nvim_create_namespace("spec"), 0, {
      { lnum = 1, col = 2, end_lnum = 1, end_col = 4, message = "wrong\nword", severity = 2 },
    })
    require("rille.nvim").pick({ items = vim.diagnostic.toqflist(vim.diagnostic.get()) })
  end)
  nvim:sees("▌ alone.conf:2: wrong word")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return { vim.fn.line("."), vim.fn.col(".") }]]), { 2, 3 })
  t.eq(nvim:stop(), 0)
end)

t.test("format: parts have their highlights, and only visible rows are formatted", function()
  local nvim = start({ columns = 60, lines = 20 })
  nvim:lua(function()
    vim.api.nvim_set_hl(0, "SpecHash", { fg = "#ff0000", ctermfg = 1 })
    local items = {}
    for i = 1, 10000 do
      items[i] = { text = "subject " .. i, hash = ("%07x"):format(i) }
    end
    _G.calls = 0
    require("rille.nvim").pick({
      items = items,
      preview = false,
      format = function(item)
        _G.calls = _G.calls + 1
        return { { item.hash, "SpecHash" }, " ", item.text }
      end,
    })
  end)
  nvim:sees("10,000/10,000│")
  nvim:sees("▌ 0000001 subject 1")
  nvim:type("'9999")
  nvim:sees("▌ 000270f subject 9999")
  t.ok(nvim:lua([[return _G.calls]]) < 500, nvim:lua([[return _G.calls]]))
  local row, column = place_of(nvim, "000270f subject 9999")
  local looks = nvim:looks(row)
  -- The hash, the subject, and the match in the subject.
  t.eq(looks[column], looks[column + 6])
  t.ok(looks[column] ~= looks[column + 8], "the part is not highlighted")
  t.ok(looks[column + 8] ~= looks[column + 16], "the match is not highlighted")
  nvim:type("<Esc>")
  closed(nvim)
  -- Values without a text are matched by the joined text.
  nvim:lua(function()
    require("rille.nvim").pick({
      items = { 10, 20 },
      format = function(item)
        return { { "number ", "Comment" }, tostring(item) }
      end,
      on_choice = function(item)
        _G.chosen = item
      end,
    })
  end)
  nvim:type("number20<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.chosen]]), 20)
  -- A text that the row does not contain: the matches in the row are highlighted.
  nvim:lua(function()
    require("rille.nvim").pick({
      items = { { text = "alpha beta" } },
      format = function()
        return { { "beta", "Comment" }, " of alpha" }
      end,
    })
  end)
  nvim:type("beta")
  nvim:sees("▌ beta of alpha")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("keys: functions, names of actions and false, with descriptions in the list of keys", function()
  local nvim = start({ columns = 110, lines = 40 })
  nvim:lua(function()
    _G.got = {}
    _G.handle = require("rille.nvim").pick({
      items = { "one", "two", "three" },
      keys = {
        ["<C-y>"] = {
          function(picker, item, marked)
            table.insert(_G.got, { picker == _G.handle, item, marked })
          end,
          desc = "copy the number",
        },
        ["<C-d>"] = "mark_all",
        ["<C-a>"] = false,
        ["<M-x>"] = function(picker)
          picker:close(function()
            _G.after = vim.api.nvim_get_mode().mode
          end)
        end,
      },
    })
  end)
  nvim:type("t<C-y>")
  nvim:wait([[return #_G.got == 1]])
  nvim:type("<C-a><C-y>")
  nvim:wait([[return #_G.got == 2]])
  nvim:type("<C-u>t<C-d>")
  nvim:sees("+2")
  nvim:type("<C-y>")
  nvim:wait([[return #_G.got == 3]])
  local got = nvim:lua([[return _G.got]])
  t.eq(got[1], { true, "two", {} })
  t.eq({ got[3][2], got[3][3] }, { "two", { "two", "three" } })
  nvim:type("<C-/>")
  nvim:sees("╭ Keys ")
  local text = table.concat(nvim:screen(), "\n")
  t.ok(text:find("<C%-y> +copy the number") and text:find("<C%-d> +mark all matches"), text)
  t.ok(not text:find("<C-a>", 1, true), text)
  t.ok(text:match("╭ Keys [^\n]*\n([^\n]*)"):find("│ <C-d>  ", 1, true), text)
  nvim:type("<Esc>")
  nvim:misses("╭ Keys ")
  nvim:type("<M-x>")
  closed(nvim)
  nvim:wait([[return _G.after ~= nil]])
  t.eq(nvim:lua([[return _G.after]]), "n")
  -- An error of a key's function is reported once, and the picker ends.
  nvim:lua([[
    require("rille.nvim").pick({ items = { "a" }, keys = { ["<C-y>"] = function() error("key on purpose") end } })
  ]])
  nvim:type("<C-y>")
  closed(nvim)
  local _, count = nvim:messages():gsub("key on purpose", "")
  t.eq(count, 1)
  t.eq(nvim:stop(), 0)
end)

t.test("preview: an answer that comes later is shown, and an answer for another item is not", function()
  local nvim = start()
  nvim:lua(function()
    _G.shows = {}
    require("rille.nvim").pick({
      items = { "one", "two", "three" },
      preview = function(item, show)
        _G.shows[item] = show
      end,
    })
  end)
  nvim:wait([[return _G.shows.one ~= nil]])
  nvim:type("<Down>")
  nvim:wait([[return _G.shows.two ~= nil]])
  nvim:lua([[
    _G.shows.two({ lines = { "the second", "more" }, title = "Two", number = true, lnum = 2, end_lnum = 2 })
    _G.shows.one({ lines = { "the first" } })
  ]])
  nvim:sees("1 the second")
  nvim:sees("╭ Two ")
  t.ok(not table.concat(nvim:screen(), "\n"):find("the first", 1, true))
  nvim:type("<Down>")
  nvim:wait([[return _G.shows.three ~= nil]])
  nvim:lua([[_G.shows.three({ path = "src/deep/main.c", lnum = 1 })]])
  nvim:sees("int main;")
  nvim:sees("╭ src/deep/main.c ")
  nvim:lua([[
    _G.buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_lines(_G.buf, 0, -1, false, { "of a buffer" })
    _G.shows.three({ buf = _G.buf })
  ]])
  nvim:sees("of a buffer")
  -- The filetype highlights the lines.
  nvim:lua([[_G.shows.three({ lines = { "local word = 1" }, filetype = "lua" })]])
  nvim:sees("local word = 1")
  local row, column = place_of(nvim, "local word = 1")
  local looks = nvim:looks(row)
  t.ok(looks[column] ~= looks[column + 6], "the filetype has no highlights")
  -- The wrapper raises at its caller.
  t.ok(
    nvim
      :lua([[return select(2, pcall(_G.shows.three, 3))]])
      :find("show must be called with a table, got number")
  )
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[_G.shows.three({ lines = { "too late" } })]])
  -- `true` is the place of the item.
  nvim:lua([[
    require("rille.nvim").pick({ items = { { text = "main", path = "src/deep/main.c" } }, preview = function() return true end })
  ]])
  nvim:sees("int main;")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("on_choice without a row gets what was typed; on_move and on_close follow", function()
  local nvim = start()
  nvim:lua(function()
    _G.log = {}
    _G.open = function()
      require("rille.nvim").pick({
        items = { "one", "two" },
        on_choice = function(item, how, query)
          table.insert(_G.log, ("choice %s %s %s"):format(tostring(item), tostring(how), tostring(query)))
        end,
        on_move = function(item)
          table.insert(_G.log, "move " .. tostring(item))
        end,
        on_close = function()
          table.insert(_G.log, "close")
        end,
      })
    end
    _G.open()
  end)
  local function log()
    closed(nvim)
    nvim:wait([[return _G.log[#_G.log] == "close"]])
    return nvim:lua([[local log = _G.log; _G.log = {}; return log]])
  end
  nvim:wait([[return _G.log[1] == "move one"]])
  nvim:type("<Down>")
  nvim:wait([[return _G.log[2] == "move two"]])
  nvim:type("<C-x>")
  t.eq(log(), { "move one", "move two", "choice two split ", "close" })
  nvim:lua([[_G.open()]])
  nvim:wait([[return _G.log[1] == "move one"]])
  nvim:type("new thing")
  nvim:sees("0/2")
  nvim:type("<C-t>")
  t.eq(log(), { "move one", "move nil", "choice nil tab new thing", "close" })
  for _, keys in ipairs({ "<Esc>", "<C-o>:close<CR>", "<C-o>:lua vim.cmd.tabnew()<CR>" }) do
    nvim:lua([[_G.open()]])
    nvim:wait([[return _G.log[1] == "move one"]])
    nvim:type(keys)
    t.eq(log(), { "move one", "choice nil nil nil", "close" })
  end
  -- Another picker in its place.
  nvim:lua([[_G.open()]])
  nvim:wait([[return _G.log[1] == "move one"]])
  nvim:lua([[require("rille.nvim").pick({ items = { "x" } })]])
  nvim:type("<Esc>")
  t.eq(log(), { "move one", "choice nil nil nil", "close" })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("the handle reads and changes an open picker, and is safe after its end", function()
  local nvim = start()
  nvim:lua(function()
    _G.list = { "one", "two", "three" }
    _G.handle = require("rille.nvim").pick({ items = _G.list, title = "Numbers" })
  end)
  nvim:sees("3/3│")
  nvim:lua([[_G.handle:query("t")]])
  nvim:sees("2/3│")
  nvim:type("<Down><Tab>")
  nvim:sees("+1")
  local seen = nvim:lua(function()
    local handle = _G.handle
    return {
      handle:query(),
      handle:items(),
      handle:current(),
      handle:marked(),
      handle:closed(),
      handle:title(),
    }
  end)
  t.eq(seen, { "t", { "two", "three" }, "three", { "three" }, false, "Numbers" })
  nvim:lua([[_G.handle:title("More numbers"); _G.list[4] = "ten"; _G.handle:refresh()]])
  nvim:sees("╭ More numbers ")
  nvim:sees("3/4│")
  t.ok(not table.concat(nvim:screen(), "\n"):find("+1", 1, true))
  t.eq(nvim:lua([[return _G.handle:current()]]), "ten")
  nvim:lua([[_G.handle:close()]])
  closed(nvim)
  t.eq(
    nvim:lua(function()
      local handle = _G.handle
      handle:refresh()
      handle:close()
      return {
        handle:query("x"),
        handle:items(),
        handle:current() or "none",
        handle:marked(),
        handle:closed(),
      }
    end),
    { "t", {}, "none", {}, true }
  )
  -- It follows a picker that is resumed.
  nvim:cmd("Rille resume")
  nvim:sees("3/4│")
  t.eq(nvim:lua([[return { _G.handle:closed(), _G.handle:query() }]]), { false, "t" })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test(
  "a refresh many times over, while items still arrive, keeps the rows and frees all sessions",
  function()
    local nvim = start()
    nvim:lua(function()
      -- So that no session is freed by a finaliser.
      collectgarbage("stop")
      _G.calls = 0
      _G.handle = require("rille.nvim").pick({
        items = function(add, done)
          _G.calls = _G.calls + 1
          local list = {}
          for i = 1, 3000 do
            list[i] = ("call %d item %d"):format(_G.calls, i)
          end
          add(list)
          vim.defer_fn(done, 20)
        end,
      })
    end)
    for _ = 1, 10 do
      nvim:lua([[_G.handle:refresh()]])
    end
    nvim:sees("3,000/3,000│")
    nvim:sees("▌ call 11 item 1")
    nvim:lua([[_G.handle:refresh()]])
    nvim:type("<Esc>")
    closed(nvim)
    -- A job cannot be read again.
    nvim:lua([[_G.handle = require("rille.nvim").pick({ items = require("rille").walk(".") })]])
    nvim:sees("62/62│")
    nvim:lua([[_G.handle:refresh()]])
    nvim:sees("62/62│")
    nvim:type("<Esc>")
    closed(nvim)
    t.eq(nvim:messages(), "")
    t.eq(nvim:stop(), 0)
  end
)

t.test("selected, sort = false and layouts", function()
  local nvim = start({ columns = 120, lines = 40 })
  nvim:lua(function()
    local items = {}
    for i = 1, 500 do
      items[i] = (i % 2 == 0 and "even " or "odd ") .. i
    end
    _G.handle = require("rille.nvim").pick({ items = items, selected = 300, sort = false })
  end)
  nvim:wait([[return _G.handle:current() == "even 300"]])
  nvim:type("eve1")
  nvim:sees("▌ even 10")
  t.eq(
    nvim:lua([[return vim.list_slice(_G.handle:items(), 1, 4)]]),
    { "even 10", "even 12", "even 14", "even 16" }
  )
  nvim:type("<Esc>")
  closed(nvim)
  for name, wanted in pairs({
    vertical = { preview = true, top = false, side = false },
    ivy = { preview = true, bottom = true, side = true },
    dropdown = { preview = false },
    select = { preview = false, height = 3 },
  }) do
    nvim:lua(
      [[
      local items = {}
      for i = 1, 3 do items[i] = { text = "abc", path = "alone.conf" } end
      require("rille.nvim").pick({ items = items, layout = ..., title = "Some" })
    ]],
      name
    )
    nvim:sees("3/3│")
    local rects = nvim:lua([[return require("rille.nvim.picker").current.windows.rects]])
    t.eq({ name, rects.preview ~= nil }, { name, wanted.preview })
    if wanted.side ~= nil then
      t.eq({ name, rects.preview.col > rects.list.col }, { name, wanted.side })
    end
    if wanted.bottom then
      t.eq({ rects.list.row + rects.list.height + 2, rects.prompt.col }, { 39, 0 })
    end
    if wanted.height then
      t.eq({ rects.list.height, rects.list.width }, { wanted.height, 38 })
    end
    nvim:type("<Esc>")
    closed(nvim)
  end
  -- A key makes any layout fill the screen, and restores it.
  nvim:lua([[require("rille.nvim").pick({ items = { "a", "b" }, layout = "select" })]])
  nvim:sees("2/2│")
  local function size()
    local rects = nvim:lua([[return require("rille.nvim.picker").current.windows.rects]])
    return { rects.prompt.col, rects.prompt.width, rects.list.height }
  end
  local before = size()
  nvim:type("<M-m>")
  nvim:wait([[return require("rille.nvim.picker").current.windows.rects.prompt.width == 118]])
  t.eq(size(), { 0, 118, 34 })
  nvim:sees("▌ a")
  nvim:type("<M-m>")
  nvim:wait([[return require("rille.nvim.picker").current.windows.rects.prompt.width < 118]])
  t.eq(size(), before)
  nvim:type("<Esc>")
  closed(nvim)
  -- Items without a place have no preview, unless a function makes one.
  nvim:lua([[require("rille.nvim").pick({ items = { "a", "b" } })]])
  nvim:sees("2/2│")
  t.eq(nvim:lua([[return require("rille.nvim.picker").current.windows.rects.preview ~= nil]]), false)
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[require("rille.nvim").pick({ items = { "a", "b" }, preview = function(item) return item end })]])
  nvim:sees("2/2│")
  t.eq(nvim:lua([[return require("rille.nvim.picker").current.windows.rects.preview ~= nil]]), true)
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[require("rille.nvim").setup({ picker = { layout = "ivy" } })]])
  nvim:cmd("Rille files")
  nvim:sees("62/62")
  t.eq(nvim:lua([[return require("rille.nvim.picker").current.windows.rects.prompt.col]]), 0)
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("normalize: accents do not matter, in composed and decomposed form", function()
  local nvim = start()
  local function open(opts)
    nvim:lua(
      [[
      local items = { "caf\195\169 one", "cafe\204\129 two", "cafe three", "other" }
      require("rille.nvim").pick(vim.tbl_extend("force", { items = items }, ...))
    ]],
      opts
    )
    nvim:sees("4/4│")
  end
  open({ normalize = true })
  for _, query in ipairs({ "caf\195\169", "cafe\204\129", "cafe" }) do
    nvim:type("<C-u>" .. query)
    nvim:sees("3/4│")
  end
  nvim:type("<Esc>")
  closed(nvim)
  open(vim.empty_dict())
  nvim:type("caf\195\169")
  nvim:sees("1/4│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[require("rille.nvim").setup({ picker = { normalize = true } })]])
  open(vim.empty_dict())
  nvim:type("caf\195\169")
  nvim:sees("3/4│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("a name is a sub-command, is completed, and is resumed by kind", function()
  local nvim = start()
  nvim:lua(function()
    require("rille.nvim").register({ name = "numbers", title = "Numbers", items = { "one", "two" } })
    require("rille.nvim").pick({ name = "letters", title = "Letters", items = { "a", "b" } })
  end)
  nvim:sees("╭ Letters ")
  nvim:type("b<Esc>")
  closed(nvim)
  nvim:cmd("Rille numbers tw")
  nvim:sees("╭ Numbers ")
  nvim:sees("1/2│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:lua([[return vim.fn.getcompletion("Rille nu", "cmdline")]]), { "numbers" })
  t.eq(nvim:lua([[return vim.fn.getcompletion("Rille resume ", "cmdline")]]), { "letters", "numbers" })
  nvim:cmd("Rille resume letters")
  nvim:sees("╭ Letters ")
  nvim:sees("> b ")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille resume nonsense")
  t.ok(nvim:messages():find("rille: there is no picker `nonsense` to resume", 1, true), nvim:messages())
  t.eq(nvim:stop(), 0)
end)

t.test("a mistake in a field is an error at the caller", function()
  local nvim = start()
  local function refuses(code, said)
    local message = nvim:lua([[return select(2, pcall(loadstring(...)))]], code)
    t.eq(message:match('^%[string ".*"%]:1: (.*)$'), said)
  end
  for name, message in pairs({
    files = "got 'files'",
    ["a b"] = "got 'a b'",
  }) do
    refuses(
      ([[require("rille.nvim").pick({ items = {}, name = "%s" })]]):format(name),
      "rille.nvim.pick: option 'name' must be a name of letters, digits, - and _ that is no sub-command of :Rille, "
        .. message
    )
  end
  refuses(
    [[require("rille.nvim").pick({ items = {}, keys = { ["<C-y>"] = "nonsense" } })]],
    "rille.nvim.pick: option 'keys[<C-y>]' must be a function, the name of an action or false, got 'nonsense'"
  )
  refuses(
    [[require("rille.nvim").pick({ items = {}, live = true })]],
    "rille.nvim.pick: option 'items' must be a function with 'live', got table"
  )
  refuses(
    [[require("rille.nvim").register({ items = {} })]],
    "rille.nvim.register: option 'name' must be a string, got nil"
  )
  refuses(
    [[require("rille.nvim").pick({ items = {}, layout = "wide" })]],
    "rille.nvim.pick: option 'layout' must be 'default', 'vertical', 'ivy', 'dropdown', 'select', a table with such a 'wide' and 'narrow' layout and the 'columns' of a wide screen, or a function, got 'wide'"
  )
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
