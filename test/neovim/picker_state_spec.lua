--- The picker over a source controlled by the spec: the selected and the visible row while rows appear and disappear.
local t = ...
local child = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/child.lua")

--- Starts a child in which `open(resumed)` opens a picker; `state` is that of its source, and `drawn` what was drawn last.
local function start()
  local nvim = child.start({ columns = 80, lines = 24 })
  nvim:lua(function()
    _G.state = { count = 0, total = 0, busy = false, stale = false, version = 1 }
    _G.set = function(changes)
      for name, value in pairs(changes) do
        _G.state[name] = value
      end
      _G.state.total = math.max(_G.state.total, _G.state.count)
      _G.state.version = _G.state.version + 1
      if _G.picker then
        _G.picker:news()
      end
    end
    _G.row = function(i)
      return { text = "row " .. i, ranges = {} }
    end
    local source = {
      open = function() end,
      more = function() end,
      close = function() end,
      start = function() end,
      state = function()
        return vim.deepcopy(_G.state)
      end,
      row = function(_, i)
        return _G.row(i)
      end,
      item = function(_, i)
        return "row " .. i, i
      end,
      all = function(self, visit, done)
        for i = 1, _G.state.count do
          visit(self:item(i))
        end
        done()
      end,
    }
    _G.open = function(resumed)
      local spec = { title = "Fake", kind = "fake", query = "", preview = false, place = function() end }
      spec.source = function()
        return source
      end
      _G.picker = require("rille.nvim.picker").open(spec, resumed)
      local draw = _G.picker.list.draw
      _G.picker.list.draw = function(self, rows, selected)
        _G.drawn = { rows = rows, selected = selected }
        return draw(self, rows, selected)
      end
      return _G.picker
    end
  end)
  return nvim
end

t.test("a resumed row is selected as soon as it arrives, and not before", function()
  local nvim = start()
  local cursors = nvim:lua(function()
    local seen = {}
    _G.set({ count = 3, busy = true })
    local picker = _G.open({ cursor = 5, marked = {} })
    seen[1] = picker.cursor
    _G.set({ count = 10 })
    seen[2] = picker.cursor
    -- If it never arrives, the last row is selected.
    _G.set({ count = 3, busy = true })
    picker = _G.open({ cursor = 5, marked = {} })
    _G.set({ busy = false })
    seen[3] = picker.cursor
    return seen
  end)
  t.eq(cursors, { 1, 5, 3 })
  t.eq(nvim:stop(), 0)
end)

t.test("the list scrolls only as far as needed, and leaves no empty line below it", function()
  local nvim = start()
  local result = nvim:lua(function()
    _G.set({ count = 100 })
    local picker = _G.open()
    local height, seen = picker.list:height(), {}
    local function look(name)
      seen[name] = { picker.cursor, picker.top, #_G.drawn.rows, _G.drawn.selected }
    end
    picker:move(height - 1)
    look("last of the first page")
    picker:move(1)
    look("one further")
    picker:move(math.huge)
    look("end")
    picker:move(-1)
    look("one back")
    _G.set({ count = 60 })
    look("fewer")
    return { seen, height }
  end)
  local seen, height = unpack(result)
  t.eq(seen["last of the first page"], { height, 1, height, height })
  t.eq(seen["one further"], { height + 1, 2, height, height })
  t.eq(seen["end"], { 100, 100 - height + 1, height, height })
  t.eq(seen["one back"], { 99, 100 - height + 1, height, height - 1 })
  t.eq(seen.fewer, { 60, 60 - height + 1, height, height })
  t.eq(nvim:stop(), 0)
end)

t.test("rows of an earlier query keep the selection, and rows of a new query select the first", function()
  local nvim = start()
  local cursors = nvim:lua(function()
    local seen = {}
    _G.set({ count = 10 })
    local picker = _G.open()
    picker:move(3)
    seen[1] = picker.cursor
    picker.prompt:set("x")
    picker:ask("x")
    _G.set({ stale = true, busy = true })
    seen[2] = picker.cursor
    _G.set({ stale = false, busy = false })
    seen[3] = picker.cursor
    return seen
  end)
  t.eq(cursors, { 4, 4, 1 })
  t.eq(nvim:stop(), 0)
end)

t.test("a mark is drawn although nothing else has changed", function()
  local nvim = start()
  local marked = nvim:lua(function()
    _G.set({ count = 4 })
    local picker, seen = _G.open(), {}
    picker:news()
    for i = 1, 3 do
      picker:mark()
      picker:news()
      seen[i] = _G.drawn.rows[1].marked == true
    end
    return seen
  end)
  t.eq(marked, { true, false, true })
  t.eq(nvim:stop(), 0)
end)

t.test("marking all a second time marks none", function()
  local nvim = start()
  local counts = nvim:lua(function()
    _G.set({ count = 7 })
    local picker, seen = _G.open(), {}
    for i = 1, 3 do
      picker:mark_all()
      seen[i] = #picker.marked
    end
    picker:mark_all()
    picker:mark()
    picker:mark_all()
    seen[4] = #picker.marked
    return seen
  end)
  t.eq(counts, { 7, 0, 7, 7 })
  t.eq(nvim:stop(), 0)
end)

t.test("keys that are typed ahead run in order, as soon as the rows that they need are there", function()
  local nvim = start()
  local seen = nvim:lua(function()
    local seen = {}
    _G.set({ count = 10, busy = true, stale = true })
    local picker = _G.open()
    picker:move(20)
    _G.set({ stale = false })
    -- The move waits for rows, and the mark waits for the move.
    picker:mark()
    seen.early = { picker.cursor, #picker.marked }
    _G.set({ count = 30 })
    seen.later = { picker.cursor, picker.marked[1] and picker.marked[1].key }
    -- A move to the end goes to the last row that exists: it does not wait for more.
    _G.set({ stale = true })
    picker:move(math.huge)
    seen.stale = picker.cursor
    _G.set({ stale = false })
    seen["end"] = picker.cursor
    -- An action that waits for the rows of one query does not run on those of another.
    _G.set({ stale = true })
    picker:move(5)
    picker.prompt:set("y")
    picker:ask("y")
    _G.set({ stale = false, busy = false })
    seen.other = picker.cursor
    return seen
  end)
  t.eq(seen, { early = { 1, 0 }, later = { 21, 21 }, stale = 21, ["end"] = 30, other = 1 })
  t.eq(nvim:stop(), 0)
end)

t.test("a missing row is not selected", function()
  local nvim = start()
  local seen = nvim:lua(function()
    _G.set({ count = 3 })
    local picker = _G.open()
    return { picker:select(3), picker.cursor, picker:select(4), picker.cursor }
  end)
  t.eq(seen, { true, 3, false, 3 })
  t.eq(nvim:stop(), 0)
end)

t.test("opening a picker closes the previous one, and closing its list closes the picker", function()
  local nvim = start()
  t.ok(nvim:lua(function()
    local first = _G.open()
    _G.open()
    return first.finished and not _G.picker.finished
  end))
  nvim:wait(function()
    return vim.api.nvim_get_mode().mode == "i"
  end)
  nvim:lua(function()
    vim.api.nvim_win_close(_G.picker.windows.list, true)
  end)
  nvim:wait(function()
    return not require("rille.nvim.picker").current and #vim.api.nvim_list_wins() == 1
  end)
  nvim:wait(function()
    return vim.api.nvim_get_mode().mode == "n"
  end)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("a match that continues past the visible part of its row is highlighted up to its end", function()
  local nvim = start()
  local seen = nvim:lua(function()
    _G.row = function()
      return { text = ("x"):rep(500), ranges = { 1, 500 } }
    end
    local picker = _G.open()
    _G.set({ count = 1 })
    local buf = picker.windows.buffers.list
    local line, last = vim.api.nvim_buf_get_lines(buf, 0, 1, true)[1], 0
    local space = vim.api.nvim_get_namespaces()["rille.list"]
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, space, 0, -1, { details = true })) do
      last = math.max(last, mark[4].hl_group == "RilleMatch" and mark[4].end_col or 0)
    end
    return { picker.finished or false, #line < 500, last == #line }
  end)
  t.eq(seen, { false, true, true })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("a click on the frame of the list selects no row", function()
  local nvim = start()
  local seen = nvim:lua(function()
    _G.set({ count = 50 })
    local picker = _G.open()
    local frame = picker.windows.rects.frame and 1 or 0
    local found = { frame }
    for i, row in ipairs({ 0, 1, picker.list:height(), picker.list:height() + 1 }) do
      vim.fn.getmousepos = function() -- luacheck: ignore 122
        return { winid = picker.windows.list, line = 5, winrow = row + frame }
      end
      found[i + 1] = picker.list:at_mouse() or "none"
    end
    found[#found + 1] = picker.list:height()
    return found
  end)
  t.eq(seen, { 1, "none", 1, seen[6], "none", seen[6] })
  t.eq(nvim:stop(), 0)
end)
