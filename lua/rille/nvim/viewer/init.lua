--- The viewer: files of any size in a buffer that holds a part of them.
---
--- A buffer named `rille://` and a path is one, and so is that of a file which the option `view.above` gives to it. The text
--- is read by `rille.file` as the window moves; nothing is loaded, nothing is ever written, and nothing waits for a job.
local change = require("rille.nvim.viewer.change")
local cmdline = require("rille.nvim.viewer.cmdline")
local columns = require("rille.nvim.viewer.columns")
local config = require("rille.nvim.config")
local filter = require("rille.nvim.viewer.filter")
local follow = require("rille.nvim.viewer.follow")
local keys = require("rille.nvim.viewer.keys")
local highlight = require("rille.nvim.viewer.highlight")
local jumps = require("rille.nvim.viewer.jumps")
local motions = require("rille.nvim.viewer.motions")
local native = require("rille.nvim.viewer.native")
local operator = require("rille.nvim.viewer.operator")
local paths = require("rille.nvim.paths")
local quickfix = require("rille.nvim.viewer.quickfix")
local rille = require("rille")
local search = require("rille.nvim.viewer.search")
local status = require("rille.nvim.viewer.status")
local text = require("rille.nvim.text")
local View = require("rille.nvim.viewer.view")
local work = require("rille.nvim.viewer.work")
local write = require("rille.nvim.viewer.write")
local yank = require("rille.nvim.viewer.yank")

local uv = vim.uv or vim.loop

local M = {}

local SCHEME = "rille://"

--- Milliseconds that a jump waits for the index without letting the editor go on.
local MOMENT = 4

--- Milliseconds that the first screen has for itself.
local DRAWN = 20

local group = vim.api.nvim_create_augroup("rille.viewer", {})

--- Where views of files that were closed stood, by their paths.
local stood = {}

--- The number of a line of the buffer in the file, if it is known.
---@param line integer
---@return integer?
function View:number_of(line)
  if not self.filtered then
    return self.first and self.first + line - 1
  end
  local entry = self.page[line]
  if entry and not entry.number then
    local origin = self.source:origin(entry.at)
    entry.number = origin and self.doc:line_at(origin)
  end
  return entry and entry.number
end

--- 'statuscolumn' of a view: as wide as its largest number.
local function number_column(view)
  local item = "%%%d{v:lua.require'rille.nvim.viewer.status'.number()} "
  return config.get("view.number") and item:format(status.width(view)) or ""
end

--- Looks again at what is known of the file, and draws what tells of it.
function View:redraw()
  if self.closed or not vim.api.nvim_buf_is_valid(self.buf) then
    return
  end
  local info = self.source:info()
  if info then
    self.size, self.lines, self.exact = info.size, info.lines, info.exact
  end
  local width = status.width(self)
  if width ~= self.width then
    self.width = width
    for _, win in ipairs(self:windows()) do
      vim.wo[win][0].statuscolumn = number_column(self)
    end
  end
  if self.works.filter then
    -- There are more lines now than there were.
    self.at_end = false
    if #self.page == 0 then
      self:load(1)
    end
    for _, win in ipairs(self:windows()) do
      self:keep(win)
    end
  end
  if self:number() then
    vim.api.nvim__redraw({ buf = self.buf, valid = false })
  end
  vim.cmd("redrawstatus!")
end

--- Whether the index of lines is complete, or is so in a moment: keys that follow should not go before a jump for that.
---@param source rille.file the file or what a filter keeps of it
---@return boolean
function View.indexed_soon(_, source)
  local job = source:index()
  local state = job:wait(MOMENT)
  job:close()
  return state == "done"
end

--- Calls a function when the index of lines is complete.
---@param source rille.file the file or what a filter keeps of it
---@param title string
---@param fn fun()
function View:wait_for_index(source, title, fn)
  work.run(self, "jump", source:index(), title, function(state)
    if state == "done" then
      fn()
    end
  end)
end

--- Shows the whole file again, without asking where.
function View:unfilter()
  if self.source ~= self.doc then
    self.source:close()
    self.filtered.regex:close()
    self.source, self.filtered, self.at_end = self.doc, nil, false
  end
end

--- Frees all that the view has.
function View:close()
  if self.closed then
    return
  end
  stood[self.path] = self.source == self.doc and self:here() or nil
  self.closed = true
  follow.stop(self)
  search.close(self)
  work.stop_all(self)
  self:unfilter()
  self.doc:close()
  status.views[self.buf] = nil
  vim.api.nvim_clear_autocmds({ group = group, buffer = self.buf })
end

--- The options of a window that shows a view. They are those of the window and the buffer together, so that what is edited
--- next in the window has its own.
local function dress(view, win)
  local options = vim.wo[win][0]
  options.wrap, options.list, options.spell = false, false, false
  options.number, options.relativenumber = false, false
  options.signcolumn, options.foldcolumn, options.foldmethod = "no", "0", "manual"
  options.winbar = "%{%v:lua.require'rille.nvim.viewer.status'.bar()%}"
  options.statuscolumn = number_column(view)
end

--- What the keys do, by name.
local actions = vim.tbl_extend("error", {}, motions, {
  begin = columns.begin,
  stop_of_line = columns.stop_of_line,
  column = columns.column,
  next = search.next,
  previous = search.previous,
  word = search.word,
  word_back = search.word_back,
  part = search.part,
  part_back = search.part_back,
  refresh = change.look,
  filter = filter.ask,
  keys = function()
    require("rille.nvim.keyhelp").show("view")
  end,
  follow = follow.toggle,
  stop = function(view)
    search.forget(view)
    for _, name in ipairs({ "search", "filter", "jump", "write", "count", "spool" }) do
      work.stop(view, name)
    end
  end,
})

--- What some of them do under an operator, as expressions of maps: these are Neovim's own, whose last character counts.
local operators = {
  next = function()
    return "<Cmd>lua require('rille.nvim.viewer').refuse()<CR>"
  end,
  stop_of_line = function(view)
    view.to_end = true
    return "$"
  end,
  percent = function()
    return vim.v.count == 0 and "%" or "<Cmd>lua require('rille.nvim.viewer').act('percent')<CR>"
  end,
}

operators.previous, operators.word, operators.word_back = operators.next, operators.next, operators.next
operators.part, operators.part_back = operators.next, operators.next

--- Sets the keys of a view.
local function bind(view)
  local chosen = config.get("view.keys")
  local function map(modes, key, fn, about)
    for mode in modes:gmatch(".") do
      vim.keymap.set(mode, key, fn, { buffer = view.buf, nowait = true, desc = "rille: " .. about })
    end
  end
  for _, entry in ipairs(keys.list) do
    local lhs = chosen[entry.name]
    if lhs == nil then
      lhs = entry.keys
    end
    for _, key in ipairs(lhs and (type(lhs) == "table" and lhs or { lhs }) or {}) do
      map(entry.modes or "n", key, function()
        actions[entry.name](view, key)
      end, entry.about)
      if operators[entry.name] then
        vim.keymap.set("o", key, function()
          return operators[entry.name](view)
        end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: " .. entry.about })
      end
    end
  end
  for key in pairs(native.steps) do
    map("nxo", key, function()
      native.step(view, key, motions.to_shown_line)
    end, "as without")
  end
  for key in pairs(native.searches) do
    map("nxo", key, function()
      native.search(view, key, jumps.push)
    end, "as without")
  end
  for key in pairs(native.words) do
    map("nx", key, function()
      native.word(view, key)
    end, "as without")
    vim.keymap.set("o", key, function()
      return native.word_operator(view, key)
    end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: as without" })
  end
  yank.bind(view)
end

--- Shows a file in a buffer: what reading it is.
---@param buf integer
---@param path string
function M.read(buf, path)
  local old = status.views[buf]
  if old then
    old:close()
  end
  local options = vim.bo[buf]
  options.swapfile, options.undolevels = false, -1
  -- It has a name that can be read again, and is never written: see 'buftype'.
  options.buftype, options.bufhidden = "nowrite", "unload"
  local doc, message =
    rille.file(path, { index = false, threads = math.max(uv.available_parallelism() - 1, 1) })
  if not doc then
    options.modifiable = false
    text.notify(message)
    return
  end
  local view = View.new(buf, path, doc, config.get("view.columns"))
  view.works, view.selected = {}, {}
  status.views[buf] = view
  local position = math.min(stood[path] or 1, math.max(doc:size() or 1, 1))
  view:load(position)
  bind(view)
  local function on(events, fn)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buf, callback = fn })
  end
  on("BufWinEnter", function()
    for _, win in ipairs(view:windows()) do
      dress(view, win)
    end
  end)
  on("CursorMoved", function()
    quickfix.look(view)
    columns.follow(view)
    view:keep(vim.api.nvim_get_current_win())
  end)
  on("TextYankPost", function()
    yank.yanked(view)
  end)
  on("ModeChanged", function(event)
    yank.mode_changed(view, event.match:match("^(.-):(.*)$"))
  end)
  on({ "BufWriteCmd", "FileWriteCmd", "FileAppendCmd" }, function(event)
    write.write(view, event)
  end)
  on("BufEnter", function()
    vim.schedule(function()
      if not view.closed and vim.api.nvim_get_current_buf() == buf then
        quickfix.look(view, true)
      end
    end)
  end)
  -- When a person comes back to it, or waits.
  on({ "FocusGained", "BufEnter", "CursorHold" }, function()
    change.look(view)
  end)
  on({ "BufUnload", "BufWipeout" }, function()
    view:close()
  end)
  for _, win in ipairs(view:windows()) do
    dress(view, win)
    local line = view:locate(position)
    if line then
      view:set_cursor(win, line, position, "center")
    end
  end
  view.on_changed = change.look
  -- After the first screen, which should not share the machine with it.
  vim.defer_fn(function()
    if not view.closed then
      change.index(view)
    end
  end, DRAWN)
  view:redraw()
  -- As late as this, so that what users do at the event has the last word.
  options.filetype = "rilleview"
end

--- A page goes along with what the mouse and other plugins scroll.
vim.api.nvim_create_autocmd({ "WinScrolled", "WinResized" }, {
  group = group,
  callback = function()
    for win in pairs(vim.v.event) do
      local id = tonumber(win)
      if id and vim.api.nvim_win_is_valid(id) then
        local view = status.views[vim.api.nvim_win_get_buf(id)]
        if view then
          view:keep(id)
        end
      end
    end
  end,
})

cmdline.enable(group)
highlight.enable()

--- Does in the view of the current buffer what a key does, for a map.
---@param name string
function M.act(name)
  actions[name](M.of())
end

--- Cancels an operator that a search would have to be waited for.
function M.refuse()
  operator.refuse(M.of(), "an operator does not wait for a search: select with `v`, then search")
end

--- Runs a motion by words in the view of the current buffer, for a map.
---@param key string
function M.word(key)
  native.word(M.of(), key)
end

--- The path in the name of a buffer.
---@param name string
---@return string
function M.path(name)
  return name:sub(1, #SCHEME) == SCHEME and name:sub(#SCHEME + 1) or name
end

--- The view of a buffer, the current one by default.
---@param buf? integer
---@return rille.nvim.viewer.view?
function M.of(buf)
  return status.views[buf or vim.api.nvim_get_current_buf()]
end

--- Opens a file, in the current window unless `mods` say otherwise.
---@param file? string without, the file of the current buffer
---@param opts? { mods?: table } modifiers of commands, as `smods` of `nvim_create_user_command`
function M.open(file, opts)
  local path = file or vim.api.nvim_buf_get_name(0)
  path = paths.absolute(M.path(path)) or M.path(path)
  local found, message = uv.fs_stat(path)
  if not found or found.type == "directory" then
    text.notify(found and text.shown(path) .. " is a directory" or message)
    return
  end
  local mods = opts and opts.mods or {}
  local apart = (mods.split or "") ~= "" or mods.vertical or (mods.tab or -1) >= 0
  vim.cmd({ cmd = apart and "split" or "edit", args = { vim.fn.fnameescape(SCHEME .. path) }, mods = mods })
end

return M
