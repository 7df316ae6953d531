--- The status of a view: line numbers in the status column, and a bar at the top of the window.
local text = require("rille.nvim.text")

local M = {}

--- Views by the number of their buffer; filled by `rille.nvim.viewer`.
---@type table<integer, rille.nvim.viewer.view>
M.views = {}

--- Returns a number with its digits grouped for reading.
---@param n integer
---@return string
function M.grouped(n)
  local digits = ("%d"):format(n)
  local rest = #digits % 3
  return digits:sub(1, rest)
    .. (digits:sub(rest + 1):gsub("(%d%d%d)", function(three)
      return "," .. three
    end)):sub(rest == 0 and 2 or 1)
end

local UNITS = { "B", "KB", "MB", "GB", "TB" }

local function size(bytes)
  local unit = 1
  while bytes >= 1024 and unit < #UNITS do
    bytes, unit = bytes / 1024, unit + 1
  end
  return (unit == 1 and "%d %s" or "%.1f %s"):format(bytes, UNITS[unit])
end

--- Returns the part of the bar about the matches of a search; set by `rille.nvim.viewer.matches`.
---@type fun(view: rille.nvim.viewer.view, here: integer): string?
M.matches = nil

--- Maximum cells of the pattern and of the title in the bar.
local PATTERN, TITLE = 30, 40

--- Returns a pattern or a title, cut for the bar.
---@param part string
---@param cells? integer
---@return string
function M.cut(part, cells)
  return text.cut(text.shown(part), cells or PATTERN)
end

--- Shows a message in one line, without a prompt because of the previous message.
---@param message string
---@param level? integer of `vim.notify`; a warning by default
function M.say(message, level)
  vim.cmd("redraw")
  text.notify(message, level or vim.log.levels.WARN)
end

local function view_here()
  local win = vim.g.statusline_winid or vim.api.nvim_get_current_win()
  return M.views[vim.api.nvim_win_get_buf(win)], win
end

--- Returns the width of the line numbers of a view, in cells.
---@param view rille.nvim.viewer.view
---@return integer
function M.width(view)
  local most = view.filtered and view.doc:line_count() or view.lines
  return math.max(#("%d"):format(most or 0), 3)
end

--- Returns the number of a line for 'statuscolumn', or nothing until the index has reached the line.
---@return string
function M.number()
  local view = view_here()
  if not view or #view.page == 0 then
    return ""
  end
  local number = view:number_of(vim.v.lnum)
  return vim.v.virtnum ~= 0 and "" or number and ("%d"):format(number) or "·"
end

--- Returns the position of a row of the page in the file, in percent.
---@param view rille.nvim.viewer.view
---@param line integer
---@return integer
function M.percent(view, line)
  local entry, all = view.page[line], view.source:size() or 0
  if not entry or all == 0 or view.at_end and line >= #view.page then
    return 100
  end
  return math.floor(math.min((entry.at - 1) / all, 0.99) * 100)
end

--- Returns the bar, for 'winbar'.
---@return string
function M.bar()
  local view, win = view_here()
  if not view then
    return ""
  end
  local parts = { " " .. M.cut(view.input.title, TITLE) }
  local function add(part)
    parts[#parts + 1] = part
  end
  local lines, exact = view.lines or 0, view.exact
  local cursor = vim.api.nvim_win_get_cursor(win)
  local line = cursor[1]
  local entry, number = view.page[line], view:number_of(line)
  local kept = view.filtered and ("%s%s lines"):format(exact and "" or "about ", M.grouped(lines))
  if kept then
    local all, known = view.doc:line_count()
    lines, exact = all or 0, known == true
  end
  add(("%s of %s%s"):format(number and M.grouped(number) or "·", exact and "" or "about ", M.grouped(lines)))
  -- If the bar is too long for the window, it is cut from here on.
  local position = #parts
  if entry and view.size and view.size > 0 then
    add(("%d%%"):format(M.percent(view, line)))
    add(size(view.size))
  end
  if view.column > 1 then
    add(("from byte %s of each line"):format(M.grouped(view.column)))
  end
  if view.filtered then
    add(("%s %s %s"):format(kept, view.filtered.invert and "without" or "with", M.cut(view.filtered.pattern)))
  end
  if view.following then
    add("following")
  end
  if M.matches then
    parts[#parts + 1] = M.matches(view, view:position(line, cursor[2]) or 1)
  end
  for _, work in vim.spairs(view.works) do
    if not work.is_quiet then
      add(work.title .. (work.share and (" %d%%"):format(math.floor(work.share * 100)) or " …"))
    end
  end
  if view.trouble then
    add(view.trouble)
  end
  for i, part in ipairs(parts) do
    parts[i] = part:gsub("%%", "%%%%")
  end
  parts[position] = parts[position] .. "%<"
  return table.concat(parts, "  ")
end

return M
