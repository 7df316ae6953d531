--- The preview of a picker: the target of the selected item, shown shortly after the selection has stopped moving.
local excerpt = require("rille.nvim.picker.excerpt")
local paths = require("rille.nvim.paths")
local row = require("rille.nvim.picker.row")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop
local space = api.nvim_create_namespace("rille.preview")

--- Milliseconds before the preview follows the selection, and maximum bytes of text with syntax highlighting.
local REST_MS, HIGHLIGHTED = 40, 65536
--- Milliseconds until the preview of the previous item is removed while the user's function has not answered.
local ANSWER_MS = 200
--- Cells of a window's width that its title cannot have.
local FRAME_CELLS = 4
--- Lines of a buffer to show before and after the place.
local AROUND = 200

---@class rille.nvim.preview
local Preview = {}
Preview.__index = Preview

local M = {}

--- Makes the preview of a picker.
---@param windows rille.nvim.windows
---@param custom? fun(item: any, show: fun(shown: rille.nvim.preview.shown)): any the user's function that returns what to show instead, or calls `show` with it, at once or later
---@return rille.nvim.preview
function M.new(windows, custom)
  return setmetatable({ windows = windows, custom = custom, timer = uv.new_timer(), turn = 0 }, Preview)
end

--- Returns whether the preview window is open.
function Preview:visible()
  local win = self.windows.preview
  return self.timer ~= nil and win ~= nil and api.nvim_win_is_valid(win)
end

--- Shows a place or item after a delay, or nothing.
---@param item any nil for nothing
---@param place rille.nvim.place?
---@param key any equal to the key of what is shown already
function Preview:show(item, place, key)
  if not self:visible() or (key ~= nil and key == self.key) then
    return
  end
  self.key, self.turn = key, self.turn + 1
  local turn = self.turn
  self.timer:start(
    REST_MS,
    0,
    vim.schedule_wrap(function()
      if turn == self.turn and self:visible() then
        self:load(item, place, turn)
      end
    end)
  )
end

--- Makes the next `show` draw again, even if it shows the same item.
function Preview:again()
  self.key = nil
end

function Preview:load(item, place, turn)
  if item == nil then
    return self:put({ lines = {}, first = 0 })
  elseif self.custom then
    return self:ask(item, place, turn)
  elseif not place then
    return self:put({ lines = {}, first = 0 })
  elseif place.bufnr and api.nvim_buf_is_loaded(place.bufnr) and not paths.view(place.bufnr) then
    return self:put_buffer(place)
  elseif not place.path then
    return self:put({ lines = {}, first = 0 }, nil, "not loaded")
  end
  self:put_path(place, turn)
end

--- Reads a part of a file and shows it.
---@param place rille.nvim.place
---@param turn integer
---@param shown? rille.nvim.preview.shown
function Preview:put_path(place, turn, shown)
  excerpt.read(place, function(read)
    if turn == self.turn and self:visible() then
      self:put(read, place.path, nil, place, shown)
    end
  end, function(why)
    if turn == self.turn and self:visible() then
      self:put({ lines = {}, first = 0 }, place.path, why, nil, shown)
    end
  end)
end

--- What a preview shows: one of lines, a buffer or a path.
---@class rille.nvim.preview.shown
---@field lines? string[]|string lines or text
---@field buf? integer a buffer, which is shown itself
---@field path? string a file, of which a part is read
---@field filetype? string for highlighting; by default that of the path
---@field title? string by default the path
---@field lnum? integer the line that is highlighted and in the middle of the window
---@field end_lnum? integer the last highlighted line
---@field number? boolean whether lines have numbers; by default those of a path have

--- Calls the user's function. Only the latest request is shown, whenever it is answered.
function Preview:ask(item, place, turn)
  local answered = false
  local function show(shown)
    if turn ~= self.turn or not self:visible() then
      return
    end
    answered = true
    if type(shown) ~= "table" then
      error("rille.nvim.pick: preview: show must be called with a table, got " .. type(shown), 2)
    end
    self:put_shown(shown, turn)
  end
  local ok, result = pcall(self.custom, item, show)
  if not ok then
    -- Not called again, so that it does not fail repeatedly.
    self.custom = function()
      return { "preview: " .. text_of.reason(result) }
    end
    result = self.custom()
  end
  if result == true then
    -- The item's place, as without a function.
    local custom = self.custom
    self.custom = nil
    self:load(item, place, turn)
    self.custom = custom
  elseif result ~= nil then
    self:put_shown(type(result) == "table" and result or { lines = tostring(result) }, turn)
  elseif not answered then
    vim.defer_fn(function()
      if not answered and turn == self.turn and self:visible() then
        self:put({ lines = {}, first = 0 })
      end
    end, ANSWER_MS)
  end
end

--- Shows a buffer itself.
---@param buf integer
---@param pos? { [1]: integer, [2]?: integer } line and column of its cursor, as `nvim_win_set_cursor` takes them
function Preview:put_itself(buf, pos)
  local win = self.windows.preview
  api.nvim_win_set_buf(win, buf)
  vim.wo[win].winfixbuf = false
  if pos then
    local line = math.max(1, math.min(pos[1], api.nvim_buf_line_count(buf)))
    pcall(api.nvim_win_set_cursor, win, { line, math.max(0, pos[2] or 0) })
  end
end

--- Shows what the user's function has passed or returned: a list of lines, `rille.nvim.preview.shown`, or the preview of
--- `vim.ui.select`: `{ buf, pos, pos_end }`.
---@param shown table
---@param turn integer
function Preview:put_shown(shown, turn)
  if shown.buf and api.nvim_buf_is_valid(shown.buf) then
    self.windows:title("preview", shown.title or "")
    return self:put_itself(shown.buf, shown.pos or shown.lnum and { shown.lnum, 0 } or nil)
  elseif shown.path then
    return self:put_path({ path = paths.absolute(shown.path), lnum = shown.lnum }, turn, shown)
  end
  local lines, given = {}, shown.lines or shown
  if type(given) == "string" then
    given = vim.split(given, "\n")
  end
  for i, line in ipairs(type(given) == "table" and given or {}) do
    lines[i] = excerpt.shorten(tostring(line))
  end
  local first = (shown.number or (shown.number == nil and not shown.lines)) and 1 or 0
  self:put({ lines = lines, first = first, at = shown.lnum }, nil, nil, nil, shown)
end

function Preview:put_buffer(place)
  local count = api.nvim_buf_line_count(place.bufnr)
  local lnum = place.lnum and math.min(place.lnum, count)
  local first = math.max(1, (lnum or 1) - AROUND)
  local lines = api.nvim_buf_get_lines(place.bufnr, first - 1, first - 1 + 2 * AROUND, false)
  local at = lnum and lnum - first + 1
  for i, line in ipairs(lines) do
    lines[i] = excerpt.shorten(line, i == at and place.col or nil)
  end
  local name = api.nvim_buf_get_name(place.bufnr)
  self:put({ lines = lines, first = first, at = at }, name, nil, place, { bufnr = place.bufnr })
end

--- Highlights the match at a place, if its end is known and the line is shown as it is, and shows the place's note.
local function mark_place(buf, at, line, place)
  if place.note then
    local note = type(place.note) == "table" and place.note or { place.note }
    api.nvim_buf_set_extmark(buf, space, at - 1, 0, { virt_text = { note }, virt_text_pos = "eol" })
  end
  local col, end_col = place.col, place.end_col
  if not col or not end_col or col < 1 then
    return
  end
  local last = (place.end_lnum or place.lnum) > place.lnum and #line or end_col - 1
  -- A longer line is cut.
  if last >= col and last <= #line and #line < excerpt.LINE then
    api.nvim_buf_set_extmark(
      buf,
      space,
      at - 1,
      col - 1,
      { end_col = last, hl_group = "RilleMatch", priority = 200 }
    )
  end
end

--- Returns the title for a path, with the line of a place. A directory that is too long is cut in the middle.
---@param path string
---@param place? rille.nvim.place
function Preview:title_of(path, place)
  local line = place and place.lnum and (":%d"):format(place.lnum) or ""
  local name = vim.fn.fnamemodify(text_of.argument(path), ":~:.")
  local room = self.windows.rects.preview.width - FRAME_CELLS - #line
  return (row.path(name, {}, math.max(1, room))) .. line
end

--- Shows an excerpt in the window.
---@param read rille.nvim.excerpt
---@param path? string
---@param note? string shown instead of the text
---@param place? rille.nvim.place
---@param shown? table what differs from the defaults, as in `rille.nvim.preview.shown`; `bufnr` is the buffer of the lines
function Preview:put(read, path, note, place, shown)
  shown = shown or {}
  local buf, win = self.windows.buffers.preview, self.windows.preview
  if api.nvim_win_get_buf(win) ~= buf then
    api.nvim_win_set_buf(win, buf)
  end
  local lines, bytes = {}, 0
  for i, text in ipairs(read.lines) do
    lines[i] = text_of.line(tostring(text))
    bytes = bytes + #lines[i]
  end
  if note then
    lines = { "", "  " .. note }
  end
  api.nvim_buf_clear_namespace(buf, space, 0, -1)
  -- Before the text, so that text without highlighting is never parsed.
  local is_short = not note and bytes <= HIGHLIGHTED
  self:syntax(
    is_short and path or nil,
    shown.bufnr,
    lines,
    is_short and shown.filetype or shown.filetype and ""
  )
  api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  if note then
    api.nvim_buf_set_extmark(buf, space, 1, 0, { end_col = #lines[2], hl_group = "RilleCount" })
  end
  vim.wo[win].number = false
  vim.wo[win].statuscolumn = read.first > 0
      and not note
      and shown.number ~= false
      and ("%%#LineNr#%%=%%{v:lnum+%d} "):format(read.first - 1)
    or ""
  self.windows:title(
    "preview",
    shown.title or path and self:title_of(path, not (note or shown.path) and place or nil) or ""
  )
  local at = read.at and math.max(1, math.min(read.at, #lines))
  api.nvim_win_set_cursor(win, { at or 1, 0 })
  if at then
    local last = shown.end_lnum and shown.lnum and at + shown.end_lnum - shown.lnum or at
    for line = at, math.min(last, #lines) do
      api.nvim_buf_set_extmark(buf, space, line - 1, 0, { line_hl_group = "RillePreviewLine" })
    end
    if place and place.lnum and not note then
      mark_place(buf, at, lines[at], place)
    end
  end
  api.nvim_win_call(win, function()
    vim.cmd(at and "normal! zz" or "normal! zt")
  end)
end

--- Highlights the text as that of a file, by treesitter if there is a parser, otherwise by the editor's syntax files.
---@param path? string nil for no highlights
---@param bufnr? integer the buffer that the text comes from
---@param lines? string[]
---@param wanted? string the filetype
function Preview:syntax(path, bufnr, lines, wanted)
  local buf = self.windows.buffers.preview
  local filetype = ""
  if wanted then
    filetype = wanted
  elseif bufnr then
    filetype = vim.bo[bufnr].filetype
  elseif path then
    local _, found = pcall(vim.filetype.match, { filename = path, contents = vim.list_slice(lines, 1, 50) })
    filetype = type(found) == "string" and found or ""
  end
  if self.filetype == filetype then
    -- It takes some milliseconds, and most files of a tree have the same type.
    return
  end
  local language = filetype ~= "" and (vim.treesitter.language.get_lang(filetype) or filetype)
  pcall(vim.treesitter.stop, buf)
  vim.bo[buf].syntax = ""
  self.filetype = filetype
  if filetype ~= "" and not (language and pcall(vim.treesitter.start, buf, language)) then
    -- The filetype itself is not set: that would start everything that is attached to files of that type.
    pcall(function()
      vim.bo[buf].syntax = filetype
    end)
  end
end

--- Scrolls by half of the window.
---@param down boolean
function Preview:scroll(down)
  if self:visible() then
    api.nvim_win_call(self.windows.preview, function()
      vim.cmd("normal! " .. api.nvim_replace_termcodes(down and "<C-d>" or "<C-u>", true, true, true))
    end)
  end
end

--- Stops the running reads and timers.
function Preview:close()
  if self.timer then
    self.timer:close()
    self.timer = nil
  end
  self.turn = self.turn + 1
end

return M
