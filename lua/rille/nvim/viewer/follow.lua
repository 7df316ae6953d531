--- Following a file: appended text is shown as it arrives, as by `tail -F`.
local change = require("rille.nvim.viewer.change")
local jumps = require("rille.nvim.viewer.jumps")

local uv = vim.uv or vim.loop

local M = {}

--- Milliseconds between two checks of the file. Each queries its size, and reads nothing if that is unchanged.
local LOOK = 100

--- Stops following.
---@param view rille.nvim.viewer.view
function M.stop(view)
  if view.following then
    view.following:stop()
    view.following:close()
    view.following = nil
  end
end

--- Starts following.
---@param view rille.nvim.viewer.view
function M.start(view)
  view.following = uv.new_timer()
  view.following:start(
    LOOK,
    LOOK,
    vim.schedule_wrap(function()
      -- A hidden view is not checked.
      if not view.closed and view.following and view:windows()[1] then
        change.look(view)
      end
    end)
  )
end

--- Starts following at the last line, or stops. A cursor moved up stays where it is until it returns to the last line.
---@param view rille.nvim.viewer.view
function M.toggle(view)
  if view.following then
    M.stop(view)
    view:redraw()
    return
  end
  jumps.push(view)
  change.look(view)
  view:go_last()
  M.start(view)
  view:redraw()
end

return M
