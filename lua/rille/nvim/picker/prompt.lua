--- The prompt of a picker: the input line, with status text after it.
local text_of = require("rille.nvim.text")

local api = vim.api
local space = api.nvim_create_namespace("rille.prompt")

---@class rille.nvim.prompt
---@field package buf integer
---@field package win fun(): integer
---@field package query string
---@field package on_query fun(query: string)
local Prompt = {}
Prompt.__index = Prompt

local M = {}

local SIGN = "> "

--- Turns a buffer into a prompt.
---@param windows rille.nvim.windows
---@param query string initial text
---@param on_query fun(query: string) called whenever the text has changed
---@return rille.nvim.prompt
function M.new(windows, query, on_query)
  local self = setmetatable({ windows = windows, buf = windows.buffers.prompt }, Prompt)
  self.on_query = on_query
  api.nvim_buf_set_extmark(self.buf, space, 0, 0, {
    virt_text = { { SIGN, "RillePrompt" } },
    virt_text_pos = "inline",
    right_gravity = false,
  })
  self:set(query)
  -- Not a buffer event: those come once for all keys typed ahead.
  api.nvim_create_autocmd({ "TextChangedI", "TextChangedP", "TextChanged" }, {
    buffer = self.buf,
    callback = function()
      self:changed()
    end,
  })
  return self
end

function Prompt:changed()
  local lines = api.nvim_buf_get_lines(self.buf, 0, -1, false)
  if #lines > 1 then
    -- Text was pasted.
    local before = self.query
    self:set(table.concat(lines, " "))
    lines, self.query = { self.query }, before
  end
  if lines[1] ~= self.query then
    self.query = lines[1]
    self.on_query(self.query)
  end
end

--- Replaces the text and moves to its end, without calling `on_query`.
---@param query string
function Prompt:set(query)
  query = query:gsub("[\r\n]+", " ")
  api.nvim_buf_set_lines(self.buf, 0, -1, false, { query })
  self.query = query
  local win = self.windows.prompt
  if api.nvim_win_is_valid(win) then
    api.nvim_win_set_cursor(win, { 1, #query })
  end
end

--- Shows a message after the text: an error directly after it, anything else at the right end.
---@param text string
---@param failed? boolean
function Prompt:say(text, failed)
  local width = self.windows.rects.prompt.width
  local room = width - text_of.cells(self.query) - #SIGN - 2
  if failed then
    if text:find("\n", 1, true) and self.recorded ~= text then
      self.recorded = text
      text_of.notify(text)
    end
    -- An error is shown even if there is too little room: its end may be cut off.
    text = " " .. text_of.shown(text:match("[^\n]*"))
  elseif text_of.cells(text) > room then
    text = ""
  end
  self.note = api.nvim_buf_set_extmark(self.buf, space, 0, 0, {
    id = self.note,
    virt_text = { { text, failed and "RilleError" or "RilleCount" } },
    virt_text_pos = failed and "eol" or "right_align",
    hl_mode = "combine",
  })
end

return M
