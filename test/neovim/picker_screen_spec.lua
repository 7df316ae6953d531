--- The picker on its screen: every way to leave it, window sizes, the mouse, and other features that use it.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed, prompt, name = pickers.closed, pickers.prompt, pickers.name

local directory = pickers.tree()

local function start(opts)
  return pickers.start(opts, directory)
end

t.test("every way to leave a picker frees everything, and on_choice is called once", function()
  local nvim = start({ columns = 100, lines = 30 })
  local ways = {
    "<Esc>",
    "<C-c>",
    "<C-o>:q<CR>",
    "<C-o><C-w>w",
    "<C-o>:bwipeout!<CR>",
    "<C-o>:tabnew<CR>",
    "<C-o>:Rille files<CR><Esc>",
  }
  for _, keys in ipairs(ways) do
    nvim:cmd("Rille files")
    nvim:type("file")
    nvim:sees("60/62")
    if keys == "<C-o><C-w>w" then
      -- The list and the preview cannot be entered.
      nvim:type(keys)
      nvim:wait(function()
        local current = require("rille.nvim.picker").current
        return current and vim.api.nvim_get_current_win() == current.windows.prompt
      end)
      nvim:type("<Esc>")
    else
      nvim:type(keys)
    end
    nvim:wait(function()
      return not require("rille.nvim.picker").current
    end)
    nvim:cmd("silent! tabonly | silent! stopinsert")
    closed(nvim)
  end
  t.eq(nvim:stop(), 0)
end)

t.test("screens of every size, and a size that changes", function()
  local nvim = start({ columns = 120, lines = 40 })
  nvim:cmd("Rille files")
  nvim:type("'file1")
  nvim:sees("10/62")
  for _, size in ipairs({ { 20, 5 }, { 12, 3 }, { 200, 60 }, { 80, 24 }, { 40, 12 }, { 120, 40 } }) do
    nvim:lua([[vim.o.columns, vim.o.lines = ...]], size[1], size[2])
    nvim:wait(function()
      local rects = require("rille.nvim.picker").current.windows.rects
      return rects.list.width <= vim.o.columns and rects.list.height < vim.o.lines
    end)
    nvim:sees("file1")
  end
  nvim:sees("10/62")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("the match at the end of a row is shown, however long the row is", function()
  local nvim = start({ columns = 60, lines = 20 })
  nvim:lua([[require("rille.nvim").pick({ items = { "first" } })]])
  nvim:sees("first")
  local width = nvim:lua([[return require("rille.nvim.picker").current.windows.rects.list.width]])
  nvim:type("<Esc>")
  closed(nvim)
  for extra = -3, 2 do
    local item = ("x"):rep(width + extra - 1) .. "Z"
    nvim:lua([[require("rille.nvim").pick({ items = { ... } })]], item)
    nvim:type("Z")
    nvim:sees("1/1")
    -- Two cells before each row are for the selection and the mark.
    nvim:sees(extra <= -2 and "▌ " .. item or "xxxZ")
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("frames: rille's option, then the editor's option, then a rounded one", function()
  local nvim = start({ columns = 60, lines = 20 })
  local function corners(code)
    nvim:lua(code)
    nvim:cmd("Rille files")
    nvim:sees("62/62")
    local screen = table.concat(nvim:screen(), "\n")
    nvim:type("<Esc>")
    closed(nvim)
    return {
      select(2, screen:gsub("╭", "")),
      select(2, screen:gsub("┌", "")),
      select(2, screen:gsub("╔", "")),
    }
  end
  t.eq(corners(""), { 2, 0, 0 })
  if vim.fn.has("nvim-0.11") == 1 then
    t.eq(corners([[vim.o.winborder = "single"]]), { 0, 2, 0 })
    t.eq(corners([[vim.o.winborder = "none"]]), { 0, 0, 0 })
  end
  t.eq(corners([[vim.g.rille = { picker = { border = "double" } }]]), { 0, 0, 2 })
  t.eq(corners([[vim.g.rille = { picker = { border = "none" } }]]), { 0, 0, 0 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("the mouse selects, chooses and scrolls", function()
  local nvim = start({ columns = 60, lines = 20 })
  nvim:cmd("set mouse=a")
  nvim:cmd("Rille files")
  nvim:type("file")
  nvim:sees("60/62")
  local rect = nvim:lua([[return require("rille.nvim.picker").current.windows.rects.list]])
  local function click(kind, action, row)
    nvim:api("nvim_input_mouse", kind, action, "", 0, rect.row + row, rect.col + 8)
  end
  local function cursor(wanted)
    nvim:wait([[return require("rille.nvim.picker").current.cursor == ...]], wanted)
  end
  click("left", "press", 4)
  click("left", "release", 4)
  cursor(4)
  click("wheel", "down", 2)
  cursor(7)
  click("wheel", "up", 2)
  cursor(4)
  nvim:lua([[vim.o.mousetime = 5000]])
  click("left", "press", 2)
  click("left", "release", 2)
  cursor(2)
  click("left", "press", 2)
  click("left", "release", 2)
  closed(nvim)
  t.ok(name(nvim):find("^file"))
  t.eq(nvim:stop(), 0)
end)

t.test("buffers, lines and help", function()
  local nvim = start({ columns = 100, lines = 30 })
  nvim:cmd("edit alone.conf")
  nvim:cmd("edit src/file01.txt")
  nvim:cmd("Rille buffers")
  nvim:type("alone<CR>")
  closed(nvim)
  t.eq(name(nvim), "alone.conf")
  nvim:cmd("Rille lines needle")
  nvim:sees("1/3")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return vim.api.nvim_win_get_cursor(0)]]), { 2, 0 })
  -- Some distributions omit the parsers, and then the editor's own :help fails.
  nvim:cmd("filetype plugin off")
  nvim:cmd("Rille help")
  nvim:type("^quickfix-ID$")
  nvim:sees("1/")
  nvim:sees("Each quickfix list has a unique")
  nvim:type("<CR>")
  nvim:wait(function()
    return vim.bo.filetype == "help" and vim.api.nvim_get_current_line():find("%*quickfix%-ID%*") ~= nil
  end)
  nvim:cmd("only")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("vim.ui.select by option, with preview_item, and in insert mode", function()
  local nvim = start({
    columns = 110,
    lines = 30,
    before = "lua vim.g.rille = { picker = { select = true } }",
  })
  local function ask()
    nvim:lua([[
      _G.chosen = nil
      vim.ui.select({ { n = 1 }, { n = 2 }, { n = 3 } }, {
        prompt = "Number:",
        format_item = function(item) return "number " .. item.n end,
        preview_item = function(item)
          local buf = vim.api.nvim_create_buf(false, true)
          vim.api.nvim_buf_set_lines(buf, 0, -1, false, { "this is " .. item.n })
          vim.bo[buf].bufhidden = "wipe"
          return { buf = buf, pos = { 1, 0 } }
        end,
      }, function(item, index)
        _G.chosen = { item and item.n or "none", index or "none" }
      end)
    ]])
  end
  ask()
  nvim:sees("Number")
  nvim:type("<Down>")
  nvim:sees("this is 2")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.chosen]]), { 2, 2 })
  nvim:type("ihello")
  nvim:wait([[return vim.api.nvim_get_current_line() == "hello"]])
  ask()
  nvim:type("3<CR>")
  closed(nvim)
  nvim:wait([[return _G.chosen]])
  t.eq(nvim:lua([[return _G.chosen]]), { 3, 3 })
  nvim:type(" you")
  nvim:wait([[return vim.api.nvim_get_current_line() == "hello you"]])
  ask()
  nvim:type("<Esc>")
  closed(nvim)
  nvim:wait([[return _G.chosen]])
  t.eq(nvim:lua([[return _G.chosen]]), { "none", "none" })
  t.eq(nvim:stop(), 0)
end)

t.test("pasted lines become one, and the cursor of the window below stays", function()
  local nvim = start({ columns = 60 })
  nvim:cmd("edit alone.conf")
  nvim:type("2G5l")
  nvim:cmd("Rille files")
  nvim:api("nvim_paste", "file\n01.", true, -1)
  nvim:sees("1/62")
  t.eq(prompt(nvim), "file 01.")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:lua([[return vim.api.nvim_win_get_cursor(0)]]), { 2, 5 })
  t.eq(nvim:stop(), 0)
end)

t.test("icons of mini.icons are shown, and a provider that fails is not called again", function()
  local nvim = start({ columns = 60 })
  nvim:lua([[
    _G.MiniIcons = { get = function(_, path) return path:find("%.c$") and "C" or "T", "Special" end }
  ]])
  nvim:cmd("Rille files")
  nvim:type("main")
  nvim:sees("C src/deep/main.c")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[_G.asked = 0; MiniIcons.get = function() _G.asked = _G.asked + 1; error("on purpose") end]])
  nvim:cmd("Rille files")
  nvim:type("file")
  nvim:sees("60/62")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.asked]]), 1)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("other keys by option", function()
  local nvim = start({ columns = 60 })
  nvim:lua(
    [[require("rille.nvim").setup({ picker = { keys = { split = "<C-s>", next = { "<C-l>" }, tab = false } } })]]
  )
  nvim:cmd("Rille files")
  nvim:type("file<C-l>")
  nvim:wait([[return require("rille.nvim.picker").current.cursor == 2]])
  nvim:type("<C-s>")
  nvim:wait([[return #vim.api.nvim_list_wins() == 2]])
  t.eq(nvim:stop(), 0)
end)

t.test("wrong arguments are errors", function()
  local nvim = start()
  local function message(code)
    return nvim:lua([[return select(2, pcall(loadstring(...)))]], code)
  end
  local function at(code, said)
    t.eq(message(code), ('[string "%s"]:1: %s'):format(code, said))
  end
  at(
    [[require("rille.nvim").pick({})]],
    "rille.nvim.pick: items must be a list, a job or a function, got nil"
  )
  at(
    [[require("rille.nvim").pick({ itms = {} })]],
    "rille.nvim.pick: unknown option 'itms' (known: context, format, fuzzy, icons, items, keys, kind, layout, live, name, normalize, on_choice, on_close, on_move, place, preview, query, refine, selected, sort, title)"
  )
  at([[require("rille.nvim").files({ cwd = 3 })]], "rille.nvim.files: option 'cwd' must be a string, got 3")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
