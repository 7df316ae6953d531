--- Patterns of searches and filters in a view, with the options of Neovim that change what they mean.
local rille = require("rille")
local status = require("rille.nvim.viewer.status")

local M = {}

--- The letters of a pattern that stand for themselves: classes, numbers, names and flags are none.
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

--- Whether 'ignorecase' and 'smartcase' want a pattern to ignore case.
---@param pattern string
---@param is_word? boolean it is that of `*`, for which 'smartcase' does not count
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

--- Compiles a pattern; what is wrong with it is said.
---@param pattern string
---@param is_word? boolean
---@return rille.regex?
function M.compile(pattern, is_word)
  local regex, message, at = rille.regex(pattern, M.ignores_case(pattern, is_word) and "i" or "")
  if not regex then
    -- In a moment: an error message while the command line is left is an error of what looks at that.
    vim.schedule(function()
      status.say(("%s%s: %s"):format(message, at and " at " .. at or "", pattern), vim.log.levels.ERROR)
    end)
  end
  return regex
end

--- The pattern of a text, with the borders of a word where it begins or ends with a character of words.
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
