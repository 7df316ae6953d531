--- Patterns of searches and filters in a view, and the options of Neovim that affect them.
local rille = require("rille")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Returns the literal letters of a pattern, without those of classes, numbers, names and flags.
local function letters(pattern)
  return (
    pattern
      :gsub("\\\\", "")
      :gsub("\\[pPxuU]%b{}", "")
      :gsub("\\[pP]%a", "")
      :gsub("\\x%x%x", "")
      :gsub("\\u%x%x%x%x", "")
      :gsub("\\.", "")
      :gsub("%(%?P?<[%w_]+>", "")
      :gsub("%(%?[%a-]+[:)]", "")
  )
end

--- Returns whether a pattern ignores case, by 'ignorecase' and 'smartcase'.
---@param pattern string
---@param is_word? boolean it is the pattern of `*`, to which 'smartcase' does not apply
---@return boolean
function M.ignores_case(pattern, is_word)
  if not vim.o.ignorecase then
    return false
  elseif is_word or not vim.o.smartcase then
    return true
  end
  local text = letters(pattern)
  return rille.text.lower(text) == text
end

--- Compiles a pattern; an error in it is shown to the user.
---@param pattern string
---@param is_word? boolean
---@return rille.regex?
function M.compile(pattern, is_word)
  local regex, message, at = rille.regex(pattern, M.ignores_case(pattern, is_word) and "i" or "")
  if not regex then
    -- Later: an error message while the command line closes would be taken for an error of the autocommand.
    vim.schedule(function()
      status.say(("%s%s: %s"):format(message, at and " at " .. at or "", pattern), vim.log.levels.ERROR)
    end)
  end
  return regex
end

--- Returns the pattern for a text, with word boundaries where it starts or ends with a word character.
---@param text string
---@param with_borders boolean
---@return string
function M.of_word(text, with_borders)
  local escaped = rille.regex.escape(text)
  local function matches(pattern)
    local regex = rille.regex(pattern)
    local found = regex and regex:test(text)
    if regex then
      regex:close()
    end
    return found
  end
  local front = with_borders and matches("^\\w") and "\\b" or ""
  local back = with_borders and matches("\\w$") and "\\b" or ""
  return front .. escaped .. back
end

return M
