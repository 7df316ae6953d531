--- The looks of pickers: layouts by the size of the screen, terminals of 16 colors, borders, wide glyphs, and the mouse in each.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = pickers.tree()

local function start(opts)
  return pickers.start(opts, directory)
end

local function rects(nvim)
  return nvim:lua([[return require("rille.nvim.picker").current.windows.rects]])
end

--- Waits until the open picker has a layout.
local function has_layout(nvim, name)
  nvim:wait([[return require("rille.nvim.picker").current.windows:layout_name() == ...]], name)
end

--- Clicks a row of the list, and waits until it is selected.
local function click(nvim, row)
  local place = nvim:lua(function()
    local win = require("rille.nvim.picker").current.windows.list
    return vim.fn.screenpos(win, 1, 1)
  end)
  for _, action in ipairs({ "press", "release" }) do
    nvim:api("nvim_input_mouse", "left", action, "", 0, place.row - 2 + row, place.col + 2)
  end
  nvim:wait([[return require("rille.nvim.picker").current.cursor == ...]], row)
end

t.test("layouts switch with the width of the screen, by table, function, picker and key", function()
  local nvim = start({ columns = 120, lines = 40 })
  nvim:lua([[require("rille.nvim").setup({ picker = {
    layout = { wide = "ivy", narrow = "dropdown", columns = 90 },
    layouts = { lines = "vertical" },
  } })]])
  t.eq(nvim:lua([[return require("rille.nvim.config").faults()]]), {})
  nvim:cmd("Rille files")
  nvim:sees("62/62│")
  t.eq(rects(nvim).prompt.col, 0)
  nvim:lua([[vim.o.columns = 89]])
  has_layout(nvim, "dropdown")
  nvim:wait([[return not require("rille.nvim.picker").current.windows.rects.preview]])
  nvim:sees("62/62│")
  nvim:lua([[vim.o.columns = 90]])
  has_layout(nvim, "ivy")
  nvim:wait([[return require("rille.nvim.picker").current.windows.rects.preview]])
  nvim:type("<Esc>")
  closed(nvim)
  -- One picker has its own, and a key switches to the next ones; a picker that is resumed keeps it.
  nvim:cmd("edit alone.conf")
  nvim:cmd("Rille lines")
  has_layout(nvim, "vertical")
  nvim:sees("3/3")
  nvim:type("<M-o>")
  has_layout(nvim, "ivy")
  nvim:type("<M-o>")
  has_layout(nvim, "dropdown")
  nvim:type("<M-o>")
  has_layout(nvim, "default")
  nvim:sees("▌    1 first")
  nvim:type("<M-o><M-o><Esc>")
  closed(nvim)
  nvim:cmd("Rille resume lines")
  has_layout(nvim, "ivy")
  nvim:type("<Esc>")
  closed(nvim)
  -- A function, for one picker; one that fails chooses the default.
  nvim:lua([[require("rille.nvim").pick({ items = { "a" }, layout = function(columns, lines)
    _G.size = { columns, lines }
    return columns > 100 and "vertical" or "select"
  end })]])
  has_layout(nvim, "select")
  nvim:sees("1/1│")
  t.eq(nvim:lua([[return _G.size]]), { 90, 39 })
  nvim:lua([[vim.o.columns = 110]])
  has_layout(nvim, "vertical")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[require("rille.nvim").pick({ items = { "a" }, layout = function() error("on purpose") end })]])
  has_layout(nvim, "default")
  nvim:type("<Esc>")
  closed(nvim)
  -- Mistakes are reported, and the default is used.
  nvim:lua(
    [[require("rille.nvim").setup({ picker = { layout = { wide = "wider" }, layouts = { lines = 3 } } })]]
  )
  t.eq(#nvim:lua([[return require("rille.nvim.config").faults()]]), 2)
  nvim:cmd("Rille files")
  has_layout(nvim, "default")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("each layout fits on screens of 40 and 250 columns, and a click selects its row", function()
  local nvim = start({ columns = 250, lines = 50 })
  -- Clicks in consecutive pickers are no double click.
  nvim:cmd("set mouse=a mousetime=1")
  for _, size in ipairs({ { 250, 50 }, { 40, 24 }, { 40, 12 } }) do
    nvim:lua([[vim.o.columns, vim.o.lines = ...]], size[1], size[2])
    for _, name in ipairs({ "default", "vertical", "ivy", "dropdown", "select" }) do
      nvim:lua(
        [[
        local items = {}
        for i = 1, 3 do items[i] = { text = "row " .. i, path = "alone.conf" } end
        require("rille.nvim").pick({ items = items, layout = ... })
      ]],
        name
      )
      nvim:sees("3/3")
      nvim:sees("▌ row 1")
      click(nvim, 3)
      nvim:sees("▌ row 3")
      local taken, found = {}, rects(nvim)
      for _, part in ipairs({ "prompt", "list", "preview" }) do
        local rect, edge = found[part], found.frame and 2 or 0
        for row = rect and rect.row or 1, rect and rect.row + rect.height + edge - 1 or 0 do
          for _, col in ipairs({ rect.col, rect.col + rect.width + edge - 1 }) do
            local where = ("%s %s of %d columns: %d, %d"):format(name, part, size[1], row, col)
            t.ok(row >= 0 and row < size[2] - 1 and col >= 0 and col < size[1], where .. " is outside")
            t.ok(not taken[row * 1000 + col], where .. " is taken twice")
            taken[row * 1000 + col] = true
          end
        end
      end
      t.eq({ name, size[1] == 40 or found.list.width >= 58 }, { name, name ~= "select" or size[1] == 40 })
      nvim:type("<Esc>")
      closed(nvim)
    end
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("every border is drawn, and clicks select the right row also without a line above the text", function()
  local nvim = start({ columns = 120, lines = 30 })
  -- Clicks in consecutive pickers are no double click.
  nvim:cmd("set mouse=a mousetime=1")
  local borders = { "none", "single", "double", "rounded", "solid", "shadow" }
  local has_option = vim.fn.has("nvim-0.11") == 1
  if vim.fn.has("nvim-0.12") == 1 then
    borders[#borders + 1] = "+,-,+,!,+,-,+,!"
  end
  for _, border in ipairs(borders) do
    if has_option then
      nvim:lua([[vim.o.winborder = ...]], border)
    else
      nvim:lua([[vim.g.rille = { picker = { border = ... } }]], border)
    end
    nvim:cmd("Rille files")
    nvim:type("file")
    nvim:sees("60/62")
    click(nvim, 4)
    click(nvim, 1)
    nvim:sees("> file")
    nvim:type("<Esc>")
    closed(nvim)
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("in 16 colors, dark and light, all groups exist, and what is selected can be seen", function()
  local nvim = start({ columns = 120, lines = 30 })
  nvim:cmd("set t_Co=16 notermguicolors")
  for _, background in ipairs({ "light", "dark" }) do
    nvim:lua(
      [[
      vim.o.background = ...
      -- As at the start of an editor with this background.
      for name in pairs(require("rille.nvim.picker.highlights").links) do vim.api.nvim_set_hl(0, name, {}) end
      vim.cmd.colorscheme("default")
    ]],
      background
    )
    nvim:cmd("Rille lines")
    nvim:sees("/1│")
    nvim:type("<Esc>")
    closed(nvim)
    local plain, missing = unpack(nvim:lua(function()
      local without, unknown = {}, {}
      for name, target in pairs(require("rille.nvim.picker.highlights").links) do
        if vim.fn.hlexists(target) == 0 then
          unknown[#unknown + 1] = target
        end
        local id, seen = vim.fn.synIDtrans(vim.fn.hlID(name)), false
        for _, what in ipairs({ "fg", "bg", "reverse", "bold", "underline" }) do
          seen = seen or vim.fn.synIDattr(id, what, "cterm") ~= ""
        end
        if not seen then
          without[#without + 1] = name
        end
      end
      table.sort(without)
      return { without, unknown }
    end))
    t.eq(missing, {})
    -- Neovim's own theme gives comments no color there, so that these are not dimmed.
    t.eq(plain, { "RilleBorder", "RilleCount", "RilleLine", "RilleNormal", "RillePath" })
  end
  nvim:cmd("edit src/file01.txt")
  nvim:cmd("Rille files")
  nvim:type("file")
  nvim:sees("60/62")
  local place = rects(nvim).list
  local selected, other = nvim:looks(place.row + 2), nvim:looks(place.row + 3)
  t.ok(selected[place.col + 20] ~= other[place.col + 20], "the selected row looks like the others")
  local row = nvim:screen()[place.row + 3]
  local at = vim.fn.strdisplaywidth(row:sub(1, row:find("file", 1, true) - 1)) + 1
  t.ok(other[at] ~= other[at + 4], "the match looks like other text")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("files of one name can be told apart where their directories are cut", function()
  local tree = vim.fn.tempname()
  for _, part in ipairs({ "first", "second", "third" }) do
    local path = ("%s/a/directory/of/modules/%s/and/its/sources"):format(tree, part)
    vim.fn.mkdir(path, "p")
    vim.fn.writefile({}, path .. "/init.lua")
  end
  local nvim = pickers.start({ columns = 44, lines = 20 }, tree)
  nvim:cmd("Rille files")
  nvim:sees("3/3│")
  local rows = nvim:lua([[
    local picker, seen, count = require("rille.nvim.picker").current, {}, 0
    for _, line in ipairs(vim.api.nvim_buf_get_lines(picker.windows.buffers.list, 0, -1, false)) do
      assert(vim.fn.strdisplaywidth(line) <= picker.windows.rects.list.width - 2, line)
      count = count + (seen[line] and 0 or 1)
      seen[line] = true
    end
    return count
  ]])
  t.eq(rows, 3)
  nvim:sees("second")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("names come first by option, the directory is dimmed, and matches are highlighted in both", function()
  local nvim = start({ columns = 60, lines = 20 })
  nvim:lua([[vim.g.rille = { picker = { name_first = true } }]])
  nvim:cmd("Rille files")
  nvim:type("srcmain")
  nvim:sees("▌ main.c src/deep")
  local marks = nvim:lua(function()
    local buf, list = require("rille.nvim.picker").current.windows.buffers.list, {}
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, -1, { 0, 0 }, { 0, -1 }, { details = true })) do
      if mark[4].hl_group then
        list[#list + 1] = ("%s %d-%d"):format(mark[4].hl_group, mark[3] + 1, mark[4].end_col)
      end
    end
    table.sort(list)
    return list
  end)
  t.eq(marks, { "RilleMatch 1-4", "RilleMatch 8-10", "RillePath 8-15" })
  nvim:type("<CR>")
  closed(nvim)
  t.eq(pickers.name(nvim), "main.c")
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("rows of wide glyphs stay in their frame, in each layout and at each width", function()
  local nvim = start({ columns = 40, lines = 24 })
  for columns = 40, 47 do
    nvim:lua([[vim.o.columns = ...]], columns)
    for _, name in ipairs({ "default", "vertical", "ivy", "dropdown", "select" }) do
      nvim:lua(
        [[
        local items = {}
        for i, text in ipairs({ "漢字", "👩‍🚀 ", "é", "ｗｉｄｅ" }) do items[i] = text:rep(30) .. "終" end
        require("rille.nvim").pick({ items = items, layout = ..., title = ("題"):rep(40) })
      ]],
        name
      )
      nvim:sees("4/4│")
      nvim:type("終")
      nvim:sees("4/4│")
      local found = rects(nvim)
      for row = found.list.row + 2, found.list.row + 5 do
        local cells = nvim:lua(
          [[
          vim.cmd.redraw()
          local row, left, right = ...
          return { vim.fn.screenstring(row, left), vim.fn.screenstring(row, right) }
        ]],
          row,
          found.list.col + 1,
          found.list.col + found.list.width + 2
        )
        t.eq({ name, columns, row, cells }, { name, columns, row, { "│", "│" } })
      end
      t.ok(table.concat(nvim:screen(), "\n"):find("終", 1, true), "the match is not shown")
      nvim:type("<Esc>")
      closed(nvim)
    end
  end
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
