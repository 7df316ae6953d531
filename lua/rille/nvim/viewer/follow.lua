--- Following: what is appended to a file is shown as it comes, as `tail -F` does.
local change = require("rille.nvim.viewer.change")
local jumps = require("rille.nvim.viewer.jumps")

local uv = vim.uv or vim.loop

local M = {}

--- Milliseconds between two looks at the file. Each asks the system for its size, and reads nothing of one that is the same.
local LOOK = 100

--- Ends it.
---@param view rille.nvim.viewer.view
function M.stop(view)
  if view.following then
    view.following:stop()
    view.following:close()
    view.following = nil
  end
end

--- Begins it.
---@param view rille.nvim.viewer.view
function M.start(view)
  view.following = uv.new_timer()
  view.following:start(
    LOOK,
    LOOK,
    vim.schedule_wrap(function()
      -- While it is hidden nobody looks.
      if not view.closed and view.following and view:windows()[1] then
        change.look(view)
      end
    end)
  )
end

--- Begins it at the last line, or ends it. Whoever goes up stays there, until they come to the last line again.
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
