--- The viewer: shows files of any size in a buffer that holds a part of them.
---
--- A buffer is a view if its name is `rille://` and a path, or if its file is larger than the option `view.above`. The text
--- is read by `rille.file` as the window moves: nothing is loaded, nothing is written, and nothing waits for a job.
local bind = require("rille.nvim.viewer.bind")
local change = require("rille.nvim.viewer.change")
local cmdline = require("rille.nvim.viewer.cmdline")
local columns = require("rille.nvim.viewer.columns")
local config = require("rille.nvim.config")
local follow = require("rille.nvim.viewer.follow")
local highlight = require("rille.nvim.viewer.highlight")
local quickfix = require("rille.nvim.viewer.quickfix")
local reload = require("rille.nvim.viewer.reload")
local search = require("rille.nvim.viewer.search")
local input = require("rille.nvim.viewer.source")
local ruler = require("rille.nvim.viewer.ruler")
local memory = require("rille.nvim.viewer.state")
local status = require("rille.nvim.viewer.status")
local text = require("rille.nvim.text")
local View = require("rille.nvim.viewer.view")
local work = require("rille.nvim.viewer.work")
local write = require("rille.nvim.viewer.write")
local yank = require("rille.nvim.viewer.yank")

local M = {}

local SCHEME = "rille://"

--- Milliseconds for which a jump waits for the index while the editor is blocked.
local MOMENT = 4

--- Milliseconds reserved for drawing the first screen.
local DRAWN = 20

local group = vim.api.nvim_create_augroup("rille.viewer", {})

--- Returns the number in the file of a line of the buffer, or nil if it is not known yet.
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

--- Returns the 'statuscolumn' of a view: as wide as its largest number.
local function number_column(view)
  local item = "%%%d{v:lua.require'rille.nvim.viewer.status'.number()} "
  return config.get("view.number") and item:format(status.width(view)) or ""
end

--- Updates the size and the number of lines of the file, and redraws the line numbers and the bar.
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

--- Returns whether the index of lines is complete, or is so within `MOMENT`: keys that follow a jump must not run before it.
---@param source rille.file the file, or the lines that the filter has kept
---@return boolean
function View.indexed_soon(_, source)
  local job = source:index()
  local state = job:wait(MOMENT)
  job:close()
  return state == "done"
end

--- Calls a function when the index of lines is complete.
---@param source rille.file the file, or the lines that the filter has kept
---@param title string
---@param fn fun()
function View:wait_for_index(source, title, fn)
  work.run(self, "jump", source:index(), title, function(state)
    if state == "done" then
      fn()
    end
  end)
end

--- Removes the filter, without a prompt.
function View:unfilter()
  if self.source ~= self.doc then
    self.source:close()
    self.filtered.regex:close()
    self.source, self.filtered, self.at_end = self.doc, nil, false
  end
end

--- Frees everything that the view holds.
function View:close()
  if self.closed then
    return
  end
  memory.save(self)
  self.closed = true
  ruler.leave()
  follow.stop(self)
  search.close(self)
  work.stop_all(self)
  self:unfilter()
  self.doc:close()
  self.input.close()
  status.views[self.buf] = nil
  vim.api.nvim_clear_autocmds({ group = group, buffer = self.buf })
end

--- Sets the options of a window that shows a view. They apply to this buffer in this window only, so that a buffer edited
--- next in the window has its own.
local function dress(view, win)
  local options = vim.wo[win][0]
  options.wrap, options.list, options.spell = false, false, false
  options.number, options.relativenumber = false, false
  options.signcolumn, options.foldcolumn, options.foldmethod = "no", "0", "manual"
  options.winbar = "%{%v:lua.require'rille.nvim.viewer.status'.bar()%}"
  options.statuscolumn = number_column(view)
  ruler.dress(win)
end

--- Sets the autocommands of a view's buffer.
local function listen(view)
  local buf = view.buf
  local function on(events, fn)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buf, callback = fn })
  end
  on("BufWinEnter", function()
    for _, win in ipairs(view:windows()) do
      dress(view, win)
    end
    memory.shown(view)
  end)
  on("BufWinLeave", function()
    view.place = view:origin(view:here())
  end)
  on({ "BufEnter", "WinEnter" }, ruler.enter)
  on({ "BufLeave", "WinLeave" }, ruler.leave)
  on("BufHidden", function()
    memory.hidden(view)
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
  -- When the user returns to the view, or pauses.
  on({ "FocusGained", "BufEnter", "CursorHold" }, function()
    change.look(view)
  end)
  on({ "BufUnload", "BufWipeout" }, function()
    view:close()
  end)
  reload.watch(view)
end

--- Shows a file in a buffer: called instead of reading the file.
---@param buf integer
---@param name string a path, or `!` and a command
function M.read(buf, name)
  local old = status.views[buf]
  if old then
    old:close()
  end
  local options = vim.bo[buf]
  options.swapfile, options.undolevels = false, -1
  -- The name can be read again, and is never written: see 'buftype'.
  options.buftype, options.bufhidden = "nowrite", "hide"
  local from, message = input.open(name)
  if not from then
    options.modifiable = false
    text.notify(message)
    return
  end
  local view = View.new(buf, name, from.doc, config.get("view.columns"))
  view.works, view.selected, view.input = {}, {}, from
  status.views[buf] = view
  local known = memory.of(name)
  local position = math.min(known.position or 1, math.max(from.doc:size() or 1, 1))
  view.column = known.column or 1
  view:load(position)
  bind.bind(view)
  listen(view)
  for _, win in ipairs(view:windows()) do
    dress(view, win)
    local line = view:locate(position)
    if line then
      view:set_cursor(win, line, position, "center")
    end
  end
  if vim.api.nvim_get_current_buf() == buf then
    ruler.enter()
  end
  view.on_changed = change.look
  memory.restore(view, known)
  if known.position then
    -- Neovim moves the cursor to the row that it had in an earlier page, once the buffer has been read.
    vim.schedule(function()
      if view.closed then
        return
      elseif view.works.filter then
        view.filtered.since = view:here()
      else
        view:go(view:kept_at(known.position))
      end
    end)
  end
  -- After the first screen, so that the index does not slow it down; input that must arrive first starts at once.
  vim.defer_fn(function()
    if not view.closed then
      change.index(view)
    end
  end, from.arrives and 0 or DRAWN)
  view:redraw()
  -- Last, so that users can change the options at this event.
  options.filetype = "rilleview"
end

--- Moves the page when the mouse or another plugin scrolls.
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

--- Returns the path in the name of a buffer.
---@param name string
---@return string
function M.path(name)
  return name:sub(1, #SCHEME) == SCHEME and name:sub(#SCHEME + 1) or name
end

--- Returns the view of a buffer, by default of the current one.
---@param buf? integer
---@return rille.nvim.viewer.view?
function M.of(buf)
  return status.views[buf or vim.api.nvim_get_current_buf()]
end

local read = require("rille.core.options").reader({ mods = { "table" } })

--- Opens a file in a view, in the current window unless `mods` specify another.
---@param file? string the file of the current buffer by default; `-` for the text that Neovim has read from its standard input; `!` and a shell command for its output
---@param opts? { mods?: table } command modifiers, as `smods` of `nvim_create_user_command()`
function M.open(file, opts)
  local mods = read(opts, "rille.nvim.view").mods or {}
  local name, message = input.name(file or M.path(vim.api.nvim_buf_get_name(0)))
  if not name then
    text.notify(message)
    return
  end
  local apart = (mods.split or "") ~= "" or mods.vertical or (mods.tab or -1) >= 0
  vim.cmd({ cmd = apart and "split" or "edit", args = { vim.fn.fnameescape(SCHEME .. name) }, mods = mods })
end

return M
