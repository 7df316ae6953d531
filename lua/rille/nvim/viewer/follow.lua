--- Following: what is appended to a file is shown as it comes, as `tail -F` does.
local change = require("rille.nvim.viewer.change")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Ends it.
---@param view rille.nvim.viewer.view
function M.stop(view)
  view.following = nil
  work.stop(view, "follow")
  view:redraw()
end

--- Begins it at the last line, or ends it. Whoever goes up stays there, until they come to the last line again.
---@param view rille.nvim.viewer.view
function M.toggle(view)
  if view.following then
    return M.stop(view)
  end
  view:push()
  view.following = true
  change.look(view)
  view:go_last()
  M.start(view)
end

--- Waits for news of the file.
---@param view rille.nvim.viewer.view
function M.start(view)
  local job, message = view.doc:follow()
  if not job then
    view.following = nil
    view:fail(message)
    return
  end
  work.follow(view, "follow", job, function()
    change.look(view)
  end)
end

return M
