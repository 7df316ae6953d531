--- What the keys of a view do, as far as they only move.
local kept_at = require("rille.nvim.viewer.filter").kept_at
local say = require("rille.nvim.viewer.status").say

local M = {}

--- Motions of Neovim's own that go by lines, with how many a count stands for; "page" is the height of the window. They
--- run as they are, after the page has been made large enough for their count.
M.steps = {
  j = 1,
  k = -1,
  ["<Down>"] = 1,
  ["<Up>"] = -1,
  ["+"] = 1,
  ["-"] = -1,
  ["<CR>"] = 1,
  ["<C-E>"] = 1,
  ["<C-Y>"] = -1,
  ["<C-D>"] = 1,
  ["<C-U>"] = -1,
  ["<C-F>"] = "page",
  ["<C-B>"] = "-page",
  ["<PageDown>"] = "page",
  ["<PageUp>"] = "-page",
}

--- The most lines that a page is extended by for a count; what goes further is a jump.
local FAR = 2000

--- Whether an operator waits for a motion.
local function pending()
  return vim.fn.mode(1):find("^no") ~= nil
end

--- Runs a motion; under an operator it is one by whole lines.
local function linewise(move)
  if pending() then
    vim.cmd("normal! V")
  end
  move()
end

--- Goes to line `n` of a text, which is the file or the lines that a filter keeps, as soon as its place is known.
---@param view rille.nvim.viewer.view
---@param text rille.file
---@param n integer
---@param go fun(position: integer) gets the place
local function to_line_of(view, text, n, go)
  local position, _, reason = text:offset_of(n)
  if position then
    go(position)
  elseif reason ~= "pending" then
    view:go_last()
  elseif view:indexed_soon(text) then
    to_line_of(view, text, n, go)
  elseif not pending() then
    view:wait_for_index(text, ("going to line %d"):format(n), function()
      to_line_of(view, text, n, go)
    end)
  end
end

--- Goes to a line by the number that it has in the file. Under a filter that is the next line that is kept.
---@param view rille.nvim.viewer.view
---@param n integer
function M.to_line(view, n)
  to_line_of(view, view.doc, n, function(position)
    view:go(kept_at(view, position))
  end)
end

--- Goes to a line by its number among those that are shown.
---@param view rille.nvim.viewer.view
---@param n integer
local function to_shown_line(view, n)
  to_line_of(view, view.source, n, function(position)
    view:go(position)
  end)
end

--- Goes to a place in the file.
---@param view rille.nvim.viewer.view
---@param place { lnum: integer?, col: integer?, offset: integer? }
function M.to_place(view, place)
  local inside = (place.col or 1) - 1
  view:push()
  if place.offset then
    view:go(kept_at(view, place.offset + inside))
  else
    to_line_of(view, view.doc, place.lnum or 1, function(position)
      view:go(kept_at(view, position + inside))
    end)
  end
end

---@param view rille.nvim.viewer.view
function M.first(view)
  local count = vim.v.count
  view:push()
  linewise(function()
    if count > 0 then
      M.to_line(view, count)
    else
      view:go(1)
    end
  end)
end

---@param view rille.nvim.viewer.view
function M.last(view)
  local count = vim.v.count
  view:push()
  linewise(function()
    if count > 0 then
      M.to_line(view, count)
    else
      view:go_last()
    end
  end)
end

--- By lines if their number is known, else by bytes.
---@param view rille.nvim.viewer.view
function M.percent(view)
  local count = vim.v.count
  if count == 0 then
    return pcall(vim.cmd, "normal! %")
  end
  count = math.min(count, 100)
  view:push()
  if view.exact then
    to_shown_line(view, math.max(math.floor((count * view.lines + 99) / 100), 1))
  else
    local position = math.max(math.floor(view.size * count / 100), 1)
    local _, entries = view:from(position, 1)
    view:go(entries[1] and entries[1].at or position)
  end
end

---@param view rille.nvim.viewer.view
function M.byte(view)
  view:push()
  view:go(math.min(vim.v.count1, math.max(view.size, 1)))
end

---@param view rille.nvim.viewer.view
function M.back(view)
  if not view:travel(-vim.v.count1) then
    vim.cmd([[execute "normal! \<C-o>"]])
  end
end

---@param view rille.nvim.viewer.view
function M.forward(view)
  if not view:travel(vim.v.count1) then
    vim.cmd([[execute "normal! 1\<C-i>"]])
  end
end

--- Letters that stand for places in the file; Neovim would put them into the page.
---@param view rille.nvim.viewer.view
function M.mark(view)
  local char = vim.fn.getcharstr()
  if char:find("^%l$") then
    view.marks[char] = view:here()
  end
end

---@param view rille.nvim.viewer.view
function M.to_mark(view)
  local char = vim.fn.getcharstr()
  char = char == "`" and "'" or char
  local position = view.marks[char]
  if position then
    view:push()
    view:go(position)
  else
    say("there is no mark " .. char)
  end
end

--- Shows each line from another byte on.
local function move_to_column(view, column, inside)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local entry = view.page[line]
  if entry and column ~= view.column then
    view.column = column
    view:load(entry.at)
  end
  if entry then
    view:go(entry.at + inside)
  end
end

---@param view rille.nvim.viewer.view
function M.begin(view)
  if view.column > 1 then
    move_to_column(view, 1, 0)
  else
    vim.cmd("normal! 0")
  end
end

---@param view rille.nvim.viewer.view
function M.stop_of_line(view)
  local entry = view.page[vim.api.nvim_win_get_cursor(0)[1]]
  if not entry or not entry.behind or vim.v.count > 1 then
    vim.cmd("normal! " .. vim.v.count1 .. "$")
  elseif entry.length then
    move_to_column(view, math.max(entry.length - math.floor(view.columns / 2), 1), entry.length - 1)
  else
    say("the end of this line is not known yet")
  end
end

--- Moves the part of the lines that is shown when the cursor comes to its end.
---@param view rille.nvim.viewer.view
function M.follow_column(view)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local entry = view.page[cursor[1]]
  if not entry then
    return
  end
  local col, edge = cursor[2], math.floor(view.columns / 10)
  local here = entry.at + view.column - 1 + entry.lead + col
  if entry.behind and col > view.columns - edge then
    move_to_column(view, view.column + math.floor(view.columns / 2), here - entry.at)
  elseif view.column > 1 and col < edge then
    move_to_column(view, math.max(view.column - math.floor(view.columns / 2), 1), here - entry.at)
  end
end

--- Runs one of `steps` with its count.
---@param view rille.nvim.viewer.view
---@param key string
function M.step(view, key)
  local unit = M.steps[key]
  local height = vim.api.nvim_win_get_height(0)
  local each = unit == "page" and height or unit == "-page" and -height or unit
  local lines = each * vim.v.count1
  local typed = vim.api.nvim_replace_termcodes(key, true, true, true)
  local count = vim.v.count > 0 and vim.v.count or ""
  local cursor = vim.api.nvim_win_get_cursor(0)[1]
  local wanted = math.abs(lines) + height
  local function room()
    return lines > 0 and #view.page - cursor or cursor
  end
  if wanted <= FAR then
    while room() < wanted do
      local grown
      if lines > 0 then
        grown = not view.at_end and view:grow_down(wanted)
      else
        grown = view:grow_up(wanted)
      end
      cursor = vim.api.nvim_win_get_cursor(0)[1]
      if not grown then
        break
      end
    end
    vim.cmd("normal! " .. (pending() and "V" or "") .. count .. typed)
    return
  end
  -- Among the lines that are shown, as a count is of those.
  local number = view.first and view.first + cursor - 1
  if not number then
    say("the number of this line is not known yet")
    return
  end
  linewise(function()
    to_shown_line(view, math.max(number + lines, 1))
  end)
end

return M
