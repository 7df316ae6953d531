--- Motions of a view under an operator, as in `yG`. The page grows by as many lines as the motion crosses; an operator that
--- cannot run is cancelled before it has changed anything.
local bytes = require("rille.nvim.viewer.bytes")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local status = require("rille.nvim.viewer.status")
local text = require("rille.nvim.text")

local M = {}

--- Shows why a motion fails. A pending operator is cancelled, as after a failed motion of Neovim's own.
---@param view rille.nvim.viewer.view
---@param message string
---@return boolean moved false
function M.refuse(view, message)
  view.refused = true
  if not page.pending() then
    status.say(message)
    return false
  end
  -- An error message cancels the operator; it must fit on the line, or it would have to be confirmed.
  local short = text.cut("rille: " .. message, math.max(20, vim.o.columns - 14))
  if vim.fn.has("nvim-0.11") == 1 then
    vim.api.nvim_echo({ { short } }, true, { err = true })
  else
    vim.api.nvim_err_writeln(short)
  end
  if short ~= "rille: " .. message then
    vim.schedule(function()
      status.say(message)
    end)
  end
  return false
end

--- Selects from one position to another; the page contains both.
local function select(view, mode, from, to)
  local win = vim.api.nvim_get_current_win()
  selection.place(view, win, from)
  vim.cmd("normal! " .. mode)
  view.anchor = { position = from, pos = vim.fn.getpos("v") }
  selection.place(view, win, to)
end

--- Selects from one position to another, without the character at the end. As everywhere in Vim, a selection that ends at
--- the start of a line ends with the line before, and becomes linewise if it also starts at the start of a line. The cursor
--- stays at the end that the motion leads to, as only that end is certain to be shown.
local function select_until(view, first, to, is_backward, is_word)
  local mode, last = "v"
  local row, first_row = view:locate(to), view:locate(first)
  if to == view.page[row].at and row > first_row then
    local lead = view.source:slice(view.page[first_row].at, first - 1) or ""
    mode = lead:find("^%s*$") and not is_word and "V" or "v"
    last = mode == "V" and view.page[row - 1].at or to - 1
  else
    local tail = view.source:slice(math.max(to - 4, 1), to - 1) or ""
    local char = tail:find("[%z\1-\127\192-\255][\128-\191]*$") or #tail
    last = math.max(to - #tail + char - 1, 1)
  end
  if is_backward then
    first, last = last, first
  end
  select(view, mode, first, last)
end

--- Runs a motion; under an operator, selects the text that it crosses.
---@param view rille.nvim.viewer.view
---@param kind "line"|"exclusive"|"inclusive"|"word" "word" is exclusive, and never becomes linewise
---@param move fun(): boolean? moves the cursor; returns false if it has not, and has said why
function M.run(view, kind, move)
  if not page.pending() then
    return move()
  end
  if #view.page == 0 then
    return M.refuse(view, "no line is shown")
  end
  local from, col = view:here(), vim.api.nvim_win_get_cursor(0)[2]
  view.refused, view.operator_col = nil, nil
  local moved = move()
  if moved == false or view.refused then
    return view.refused or M.refuse(view, "the motion has no target")
  end
  local to = view:here()
  if kind == "line" then
    local message = vim.v.operator == "y" and bytes.check(view, view:locate(from), view:locate(to))
    if message then
      return M.refuse(view, message)
    end
    view.operator_col = col
    select(view, "V", from, to)
  elseif kind == "inclusive" then
    select(view, "v", from, to)
  elseif to ~= from then
    select_until(view, math.min(from, to), math.max(from, to), to < from, kind == "word")
  else
    M.refuse(view, "the motion covers no text")
  end
end

return M
