--- The visible rows of a picker. Only these become text in a buffer.
local api = vim.api
local config = require("rille.nvim.config")
local row = require("rille.nvim.picker.row")
local text_of = require("rille.nvim.text")
local space = api.nvim_create_namespace("rille.list")

---@class rille.nvim.list.row
---@field text string
---@field ranges integer[] start and end of each match, flat, 1-based bytes
---@field is_path? boolean the text is a path, of which the directory is dimmed and may be cut in the middle
---@field spans? (integer|string)[] first and last byte and group of each highlighted part, flat
---@field lead? string[] two parts shown before the text: a path, which may lose its beginning, and its suffix
---@field icon? string[] icon and its highlight
---@field marked? boolean

---@class rille.nvim.list
---@field package windows rille.nvim.windows
---@field package drawn rille.nvim.list.row[]
local List = {}
List.__index = List

local M = {}

--- Cells before each row: one shows whether it is selected, one whether it is marked.
local GUTTER = 2

--- Makes the list that draws the rows into a window.
---@param windows rille.nvim.windows
---@return rille.nvim.list
function M.new(windows)
  return setmetatable({ windows = windows, drawn = {} }, List)
end

--- Returns the number of visible rows.
---@return integer
function List:height()
  return self.windows.rects.list.height
end

--- Highlights a part of a row, which may be cut off.
local function highlight(buf, line, from, to, length, group, priority)
  from, to = math.max(from, 1), math.min(to, length)
  if from <= to then
    api.nvim_buf_set_extmark(
      buf,
      space,
      line,
      from - 1,
      { end_col = to, hl_group = group, priority = priority }
    )
  end
end

--- Shows rows.
---@param rows rille.nvim.list.row[] at most `height()`
---@param selected integer index of the selected one, 0 for none
function List:draw(rows, selected)
  local buf, lines, shifts, paths = self.windows.buffers.list, {}, {}, {}
  local matches, spans = {}, {}
  if not api.nvim_buf_is_valid(buf) then
    return
  end
  local width, same = self.windows.rects.list.width - GUTTER, {}
  for i, item in ipairs(rows) do
    local room, lead = width - (item.icon and 2 or 0), ""
    if item.lead then
      local path = row.tail(item.lead[1], math.floor(room / 2))
      lead, paths[i] = path .. item.lead[2], #path
      room = room - text_of.cells(lead)
    end
    local whole, ranges = item.text, item.ranges
    if item.is_path and config.get("picker.name_first") then
      local start
      whole, ranges, start = row.name_first(whole, ranges, math.max(1, room))
      spans[i] = start and { start, #whole, "RillePath" } or nil
    elseif item.is_path then
      local directory
      whole, ranges, directory = row.path(whole, ranges, math.max(1, room))
      if same[whole] and whole ~= item.text then
        -- Another one looks the same without what is cut.
        whole, ranges, directory = row.distinct(item.text, same[whole], item.ranges, math.max(1, room))
      end
      same[whole] = item.text
      spans[i] = directory > 0 and { 1, directory, "RillePath" } or nil
    end
    matches[i] = ranges
    local text, shift = row.fit(whole, ranges, math.max(1, room))
    lines[i], shifts[i] = lead .. text, shift + #lead
  end
  api.nvim_buf_clear_namespace(buf, space, 0, -1)
  api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  for i, item in ipairs(rows) do
    local shift, length = shifts[i], #lines[i]
    if item.lead then
      local stop = paths[i]
      highlight(buf, i - 1, 1, stop, length, "RillePath", 100)
      highlight(buf, i - 1, stop + 1, stop + #item.lead[2], length, "RilleLine", 100)
    end
    local ranges, own = matches[i], spans[i] or item.spans or {}
    for k = 1, #own, 3 do
      highlight(buf, i - 1, own[k] + shift, own[k + 1] + shift, length, own[k + 2], 100)
    end
    for k = 1, #ranges, 2 do
      highlight(buf, i - 1, ranges[k] + shift, ranges[k + 1] + shift, length, "RilleMatch", 110)
    end
    local front = {}
    if i == selected then
      front[1] = { "▌", "RillePrompt" }
    end
    front[#front + 1] = { (item.marked and "+" or " ") .. (i == selected and "" or " "), "RilleMark" }
    if item.icon then
      front[#front + 1] = { item.icon[1] .. " ", item.icon[2] }
    end
    api.nvim_buf_set_extmark(buf, space, i - 1, 0, {
      virt_text = front,
      virt_text_pos = "inline",
      right_gravity = false,
      line_hl_group = i == selected and "RilleSelection" or nil,
    })
  end
  local win = self.windows.list
  if api.nvim_win_is_valid(win) then
    api.nvim_win_set_cursor(win, { 1, 0 })
  end
end

--- Returns the row under the mouse, counted from the first visible one, or nil if the mouse is elsewhere.
---@return integer?
function List:at_mouse()
  local mouse = vim.fn.getmousepos()
  if mouse.winid == self.windows.list and mouse.line > 0 then
    -- A border may have no row above the text.
    local border = api.nvim_win_get_config(mouse.winid).border
    local top = type(border) == "table" and border[2] ~= "" and border[2][1] ~= "" and 1 or 0
    local inside = mouse.winrow - top
    return inside >= 1 and inside <= self:height() and inside or nil
  end
end

return M
