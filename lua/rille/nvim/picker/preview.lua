--- The preview of a picker: what the selected item leads to, shown a moment after the selection has come to rest.
local excerpt = require("rille.nvim.picker.excerpt")
local paths = require("rille.nvim.paths")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop
local space = api.nvim_create_namespace("rille.preview")

--- How long the selection has to rest, in milliseconds, and how much text gets its syntax highlighted, in bytes.
local REST_MS, HIGHLIGHTED = 40, 65536
--- Lines of a buffer around the place.
local AROUND = 200

---@class rille.nvim.preview
local Preview = {}
Preview.__index = Preview

local M = {}

---@param windows rille.nvim.windows
---@param custom? fun(item: any): any what the user shows instead
---@return rille.nvim.preview
function M.new(windows, custom)
  return setmetatable({ windows = windows, custom = custom, timer = uv.new_timer(), turn = 0 }, Preview)
end

--- Whether there is a window to show something in.
function Preview:visible()
  local win = self.windows.preview
  return self.timer ~= nil and win ~= nil and api.nvim_win_is_valid(win)
end

--- Shows a place or item a moment later, or nothing.
---@param item any nil for nothing
---@param place rille.nvim.place?
---@param key any equal for what is shown already
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

--- Forgets what is shown, so that it is shown anew.
function Preview:again()
  self.key = nil
end

function Preview:load(item, place, turn)
  if item == nil then
    return self:put({ lines = {}, first = 0 })
  elseif self.custom then
    local ok, result = pcall(self.custom, item)
    if not ok then
      -- Not asked again, so that it cannot fail again and again.
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

--- Shows what a function of the user's gave: lines, text, or what `vim.ui.select` calls a preview: `{ buf, pos, pos_end }`.
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

--- Puts an excerpt into the window.
---@param read rille.nvim.excerpt
---@param path? string
---@param note? string instead of text
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
  -- Before the text, so that what is not highlighted is never looked at.
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

--- Highlights the text as that of a file, by treesitter where there is a parser, else by the editor's syntax files.
---@param path? string nil for no highlights
---@param bufnr? integer the buffer that it is of
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
    -- It takes some milliseconds, and most files of a tree are of one kind.
    return
  end
  local language = filetype ~= "" and (vim.treesitter.language.get_lang(filetype) or filetype)
  pcall(vim.treesitter.stop, buf)
  vim.bo[buf].syntax = ""
  self.filetype = filetype
  if filetype ~= "" and not (language and pcall(vim.treesitter.start, buf, language)) then
    -- Not the filetype itself: that would start whatever works on files of that type.
    pcall(function()
      vim.bo[buf].syntax = filetype
    end)
  end
end

--- Moves what is seen, by half of the window.
---@param down boolean
function Preview:scroll(down)
  if self:visible() then
    api.nvim_win_call(self.windows.preview, function()
      vim.cmd("normal! " .. api.nvim_replace_termcodes(down and "<C-d>" or "<C-u>", true, true, true))
    end)
  end
end

--- Ends what runs.
function Preview:close()
  if self.timer then
    self.timer:close()
    self.timer = nil
  end
  self.turn = self.turn + 1
end

return M
