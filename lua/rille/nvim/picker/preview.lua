--- The preview of a picker: the target of the selected item, shown shortly after the selection has stopped moving.
local excerpt = require("rille.nvim.picker.excerpt")
local paths = require("rille.nvim.paths")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop
local space = api.nvim_create_namespace("rille.preview")

--- Milliseconds before the preview follows the selection, and maximum bytes of text with syntax highlighting.
local REST_MS, HIGHLIGHTED = 40, 65536
--- Lines of a buffer to show before and after the place.
local AROUND = 200

---@class rille.nvim.preview
local Preview = {}
Preview.__index = Preview

local M = {}

--- Makes the preview of a picker.
---@param windows rille.nvim.windows
---@param custom? fun(item: any): any the user's function that returns what to show instead
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
    local ok, result = pcall(self.custom, item)
    if not ok then
      -- Not called again, so that it does not fail repeatedly.
      self.custom = function()
        return { "preview: " .. text_of.reason(result) }
      end
      result = self.custom()
    end
    return self:put_custom(result)
  elseif not place then
    return self:put({ lines = {}, first = 0 })
  elseif place.bufnr and api.nvim_buf_is_loaded(place.bufnr) and not paths.view(place.bufnr) then
    return self:put_buffer(place)
  elseif not place.path then
    return self:put({ lines = {}, first = 0 }, nil, "not loaded")
  end
  excerpt.read(place, function(read)
    if turn == self.turn and self:visible() then
      self:put(read, place.path)
    end
  end, function(why)
    if turn == self.turn and self:visible() then
      self:put({ lines = {}, first = 0 }, place.path, why)
    end
  end)
end

--- Shows the result of the user's function: lines, text, or the preview of `vim.ui.select`: `{ buf, pos, pos_end }`.
function Preview:put_custom(result)
  if type(result) == "string" then
    result = vim.split(result, "\n")
  end
  if type(result) == "table" and result.buf and api.nvim_buf_is_valid(result.buf) then
    local win = self.windows.preview
    api.nvim_win_set_buf(win, result.buf)
    vim.wo[win].winfixbuf = false
    if result.pos then
      local line = math.max(1, math.min(result.pos[1], api.nvim_buf_line_count(result.buf)))
      pcall(api.nvim_win_set_cursor, win, { line, math.max(0, result.pos[2] or 0) })
    end
    return
  end
  local lines = {}
  for i, line in ipairs(type(result) == "table" and result or {}) do
    lines[i] = excerpt.shorten(tostring(line))
  end
  self:put({ lines = lines, first = 1 })
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
  self:put({ lines = lines, first = first, at = at }, api.nvim_buf_get_name(place.bufnr), nil, place)
end

--- Shows an excerpt in the window.
---@param read rille.nvim.excerpt
---@param path? string
---@param note? string shown instead of the text
---@param place? rille.nvim.place
function Preview:put(read, path, note, place)
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
  self:syntax(not note and bytes <= HIGHLIGHTED and path or nil, place and place.bufnr, lines)
  api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  if note then
    api.nvim_buf_set_extmark(buf, space, 1, 0, { end_col = #lines[2], hl_group = "RilleCount" })
  end
  vim.wo[win].number = false
  vim.wo[win].statuscolumn = read.first > 0
      and not note
      and ("%%#LineNr#%%=%%{v:lnum+%d} "):format(read.first - 1)
    or ""
  self.windows:title("preview", path and vim.fn.fnamemodify(text_of.argument(path), ":~:.") or "")
  local at = read.at and math.max(1, math.min(read.at, #lines))
  api.nvim_win_set_cursor(win, { at or 1, 0 })
  if at then
    api.nvim_buf_set_extmark(buf, space, at - 1, 0, { line_hl_group = "RillePreviewLine" })
  end
  api.nvim_win_call(win, function()
    vim.cmd(at and "normal! zz" or "normal! zt")
  end)
end

--- Highlights the text as that of a file, by treesitter if there is a parser, otherwise by the editor's syntax files.
---@param path? string nil for no highlights
---@param bufnr? integer the buffer that the text comes from
---@param lines? string[]
function Preview:syntax(path, bufnr, lines)
  local buf = self.windows.buffers.preview
  local filetype = ""
  if bufnr then
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
