--- Makes any bytes safe for Vim, whose functions take a string with a NUL for a Blob, and whose messages break lines at a
--- line feed. Every text of a file, an item or a user passes through here on its way to Vim.
local M = {}

--- Maximum bytes of a message or title, before it is cut to cells: measuring a longer one would be slow.
local MAX_BYTES = 4096

--- Returns a text for an argument of a Vim function: a NUL becomes a line feed, as in Vim's own lists of lines.
---@param text string
---@return string
function M.argument(text)
  return (text:gsub("%z", "\n"))
end

--- Returns a text for a line of a buffer or for virtual text: a line feed becomes a NUL, which Neovim shows as ^@.
---@param text string
---@return string
function M.line(text)
  return text:find("\n", 1, true) and (text:gsub("\n", "\0")) or text
end

--- Returns a text in one line, with control characters as Vim shows them: for titles and messages.
---@param text string
---@return string
function M.shown(text)
  return (
    text:gsub("%c", function(char)
      return char == "\127" and "^?" or "^" .. string.char(char:byte() + 64)
    end)
  )
end

--- Returns the display cells of a text in a buffer.
---@param text string
---@return integer
function M.cells(text)
  -- Every other control character is as wide as a NUL.
  return vim.fn.strdisplaywidth((text:gsub("[%z\n]", "\1")))
end

--- Cuts a text to a number of cells; an ellipsis replaces the rest.
---@param text string without control characters
---@param cells integer
---@return string
function M.cut(text, cells)
  if #text > MAX_BYTES then
    text = text:sub(1, MAX_BYTES)
  elseif vim.fn.strdisplaywidth(text) <= cells then
    return text
  end
  local count = math.max(0, cells - 1)
  local cut = vim.fn.strcharpart(text, 0, count)
  while cut ~= "" and vim.fn.strdisplaywidth(cut) > count do
    cut = vim.fn.strcharpart(cut, 0, vim.fn.strchars(cut) - 1)
  end
  return cut .. "…"
end

--- Returns the text of an error message, without the code location that `error` puts before it and without a stack trace.
---@param message any
---@return string
function M.reason(message)
  local text = tostring(message):gsub("\nstack traceback:.*$", "")
  return (text:gsub("^[^\n]-%.lua:%d+: ", ""))
end

--- Formats an error in a pattern, with its position.
---@param message string
---@param position? integer byte of the pattern, from 1
---@return string
function M.pattern_error(message, position)
  return position and ("%s (at column %d of the pattern)"):format(message, position) or message
end

--- Adds a long message to `:messages` in pieces that fit the command line, so that none has to be confirmed.
---@param message string
---@param cells integer
---@param group? string
local function record(message, cells, group)
  for line in message:sub(1, MAX_BYTES):gmatch("[^\n]+") do
    line = M.shown(line)
    repeat
      local piece = vim.fn.strcharpart(line, 0, cells)
      while vim.fn.strdisplaywidth(piece) > cells do
        piece = vim.fn.strcharpart(piece, 0, vim.fn.strchars(piece) - 1)
      end
      line = line:sub(#piece + 1)
      vim.api.nvim_echo({ { piece, group } }, true, {})
      vim.cmd("redraw")
    until line == "" or piece == ""
  end
end

--- Returns whether messages go to Neovim's own command line, where a long one has to be confirmed.
local function is_builtin(notify)
  local source = debug.getinfo(notify, "S").source
  -- The source of Neovim 0.12's own function is stripped.
  return source == "?" or source:find("^@?vim/") ~= nil
end

--- Notifies the user. On the command line a message is cut to its first line and to the free cells; `:messages` has it all.
---@param message string
---@param level? integer of `vim.log.levels`; an error by default
function M.notify(message, level)
  level = level or vim.log.levels.ERROR
  message = "rille: " .. message
  if not is_builtin(vim.notify) then
    return vim.notify(message, level)
  end
  -- Not `vim.notify`: an error message of Vim discards the keys typed ahead.
  local group = level >= vim.log.levels.ERROR and "ErrorMsg"
    or level == vim.log.levels.WARN and "WarningMsg"
    or nil
  -- The right end of the line is used by 'showcmd' and 'ruler'.
  local cells = math.max(20, vim.o.columns - 14)
  local short = M.cut(M.shown(message:match("[^\n]*")), cells)
  if short ~= message then
    record(message, cells, group)
  end
  vim.api.nvim_echo({ { short, group } }, short == message, {})
end

return M
