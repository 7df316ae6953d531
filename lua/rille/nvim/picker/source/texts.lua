--- The texts of buffers, as searches get them. A text is read again only if its buffer has changed.
local api = vim.api

local M = {}

--- Maximum bytes of a buffer whose text is read, and lines that are read in one turn of the event loop.
local BYTES, LINES = 2 ^ 24, 5000

---@class rille.nvim.texts
---@field package known table<integer, { tick: integer, text: string }> by buffer
local Texts = {}
Texts.__index = Texts

--- Makes an empty collection of texts.
---@return rille.nvim.texts
function M.new()
  return setmetatable({ known = {} }, Texts)
end

--- Returns whether a buffer is too large for its text to be read.
---@param buf integer
---@return boolean
function M.is_large(buf)
  return api.nvim_buf_get_offset(buf, api.nvim_buf_line_count(buf)) > BYTES
end

--- Returns lines as the text of a file.
local function as_text(lines)
  return table.concat(lines, "\n") .. "\n"
end

--- Returns the text of a loaded buffer.
---@param buf integer
---@return string
function Texts:get(buf)
  local known, tick = self.known[buf], api.nvim_buf_get_changedtick(buf)
  if not known or known.tick ~= tick then
    known = { tick = tick, text = as_text(api.nvim_buf_get_lines(buf, 0, -1, false)) }
    self.known[buf] = known
  end
  return known.text
end

--- Returns a function that reads the texts of buffers, a part at each call, and returns nil at the end.
---@param buffers integer[]
---@return fun(): any[]?
function Texts:reader(buffers)
  local i, at, tick, parts = 1, 0, nil, {}
  --- Reads a part of a buffer, and returns the number of its lines.
  local function read(buf)
    if not api.nvim_buf_is_loaded(buf) then
      i = i + 1
      return 0
    elseif at > 0 and tick ~= api.nvim_buf_get_changedtick(buf) then
      at, parts = 0, {}
    end
    tick = api.nvim_buf_get_changedtick(buf)
    local lines = api.nvim_buf_get_lines(buf, at, at + LINES, false)
    if #lines > 0 then
      at, parts[#parts + 1] = at + #lines, as_text(lines)
    end
    if #lines < LINES then
      self.known[buf] = { tick = tick, text = table.concat(parts) }
      i, at, parts = i + 1, 0, {}
    end
    return #lines
  end
  return function()
    if not buffers[i] then
      return nil
    end
    local count = 0
    while buffers[i] and count < LINES do
      count = count + read(buffers[i])
    end
    return {}
  end
end

return M
