--- Jumps from the quickfix and location lists into a view. Neovim moves the cursor to the row of the page with the number of
--- the line; the view then goes to that line of the file.
local motions = require("rille.nvim.viewer.motions")

local M = {}

--- Returns the selected entry of a list, and a key that identifies this selection.
local function selected(get)
  local list = get({ id = 0, idx = 0, size = 0, changedtick = 0 })
  if list.size == 0 then
    return nil
  end
  local entry = get({ id = list.id, idx = list.idx, items = 0 }).items[1]
  return entry, ("%d:%d"):format(list.id, list.idx)
end

local function lists()
  return {
    { "quickfix", vim.fn.getqflist },
    {
      "location",
      function(what)
        return vim.fn.getloclist(0, what)
      end,
    },
  }
end

--- Checks whether a jump of a list has moved the cursor to its row, and if so goes to the place in the file.
---@param view rille.nvim.viewer.view the view of the current window
---@param entered? boolean the window was entered, as after a choice in the list's window: handles the previous entry again
function M.look(view, entered)
  local cursor = vim.api.nvim_win_get_cursor(0)
  -- The page may have been extended since the jump.
  local rows = { #view.page, view.rows or #view.page }
  view.rows = #view.page
  for _, list in ipairs(lists()) do
    local entry, key = selected(list[2])
    local known = view.selected[list[1]]
    view.selected[list[1]] = key
    if entry and entry.bufnr == view.buf and entry.lnum > 0 and (key ~= known or entered) then
      local row = cursor[1]
      local text = vim.api.nvim_buf_get_lines(view.buf, row - 1, row, false)[1] or ""
      local col = math.min(math.max(entry.col - 1, 0), math.max(#text - 1, 0))
      local there = row == math.min(entry.lnum, rows[1]) or row == math.min(entry.lnum, rows[2])
      if there and cursor[2] == col and view:number_of(row) ~= entry.lnum then
        return motions.to_place(view, { lnum = entry.lnum, col = math.max(entry.col, 1) })
      end
    end
  end
end

return M
