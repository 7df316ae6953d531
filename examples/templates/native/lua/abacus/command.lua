--- The command: `:Abacus 5` shows the five most frequent words of the buffer or of a range of lines.
local M = {}

--- Shows the most frequent words of some lines.
---@param argument string their number as the user typed it; 10 by default
---@param first integer line
---@param last integer line
function M.run(argument, first, last)
  local limit = argument == "" and 10 or argument:match("^%d+$") and tonumber(argument)
  if not limit then
    local message = "abacus: the number of words must be a whole number, got '%s'"
    return vim.notify(message:format(argument), vim.log.levels.ERROR)
  end
  local counter = require("abacus").counter()
  counter:add(table.concat(vim.api.nvim_buf_get_lines(0, first - 1, last, false), "\n"))
  local lines = {}
  for i, row in ipairs(counter:top(limit)) do
    lines[i] = ("%6d  %s"):format(row.count, row.word)
  end
  counter:close()
  vim.api.nvim_echo({ { table.concat(lines, "\n") } }, false, {})
end

return M
