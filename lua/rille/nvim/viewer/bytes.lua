--- Reads the exact bytes of lines from the file of a view, for yanks and writes. The page is not used for that: it holds
--- only a part of long lines, and no line ends.
local M = {}

--- Maximum number of bytes that are put into a register.
M.MAX_REGISTER = 2 ^ 26

--- Returns the position of the line after the one that starts at a position, or the position after the last byte.
---@param view rille.nvim.viewer.view
---@param at integer
---@return integer? position nil and a message if it is not known yet
---@return string? message
function M.next_line(view, at)
  local source = view.source
  local batch, message = source:around(at, 0, 2, { max_bytes = 1 })
  if not batch then
    return nil, message
  elseif batch.count >= 2 then
    return batch:offset(2)
  end
  local size = source:size() or 0
  local number = source:line_at(at)
  local following, _, reason
  if number then
    following, _, reason = source:offset_of(number + 1)
  end
  if following then
    return following
  elseif number and not reason or not batch.more then
    return size + 1
  end
  return nil, "the end of this line is not known yet"
end

--- Returns the start and end of the text of some rows in the source, line ends included.
---@param view rille.nvim.viewer.view
---@param from integer row
---@param to integer row
---@return integer? first position; nil and a message if it is not known
---@return integer|string last
function M.of_rows(view, from, to)
  local head, tail = view.page[from], view.page[to]
  if not head or not tail then
    return nil, "these lines are not shown any more"
  elseif view.page[to + 1] then
    return head.at, view.page[to + 1].at - 1
  end
  local following, message = M.next_line(view, tail.at)
  if not following then
    return nil, message
  end
  return head.at, following - 1
end

--- Returns why the text of some rows cannot be put into a register, or nil if it can.
---@param view rille.nvim.viewer.view
---@param from? integer row
---@param to? integer row
---@return string? message
function M.check(view, from, to)
  if not from or not to then
    return "these lines are not shown any more"
  end
  local first, last = M.of_rows(view, math.min(from, to), math.max(from, to))
  if not first then
    return last
  elseif last - first + 1 > M.MAX_REGISTER then
    return ("%d MB are too much for a register: write them with `:w`"):format((last - first + 1) / 2 ^ 20)
  end
end

--- Returns the text between two positions as the lines of a register: without line ends, and with a line feed for each NUL.
---@param view rille.nvim.viewer.view
---@param first integer
---@param last integer
---@return string[]? lines nil and a message if they cannot be read or are too long
---@return string? message
function M.lines(view, first, last)
  if last - first + 1 > M.MAX_REGISTER then
    return nil,
      ("%d MB are too much for a register: write them with `:w`"):format((last - first + 1) / 2 ^ 20)
  end
  local text, message = "", nil
  if last >= first then
    text, message = view:read("slice", first, last)
  end
  if not text then
    return nil, message or "the lines cannot be read"
  end
  local lines = vim.split(text, "\n", { plain = true })
  for i, line in ipairs(lines) do
    -- The text may end inside a line.
    line = i < #lines and line:gsub("\r$", "") or line
    lines[i] = (line:gsub("%z", "\n"))
  end
  return lines
end

--- Returns the text of the whole lines between two positions as the lines of a register.
---@param view rille.nvim.viewer.view
---@param first integer
---@param last integer
---@return string[]?
---@return string? message
function M.whole_lines(view, first, last)
  local lines, message = M.lines(view, first, last)
  if lines and #lines > 1 and lines[#lines] == "" then
    table.remove(lines)
  end
  if lines then
    lines[#lines] = lines[#lines]:gsub("\r$", "")
  end
  return lines, message
end

return M
