--- Files that change while they are viewed: appended text is added to the view, and a replaced file is read again.
local filter = require("rille.nvim.viewer.filter")
local matches = require("rille.nvim.viewer.matches")
local rille = require("rille")
local search = require("rille.nvim.viewer.search")
local say = require("rille.nvim.viewer.status").say
local work = require("rille.nvim.viewer.work")

local M = {}

--- Indexes the lines of new text, and shows the progress.
---@param view rille.nvim.viewer.view
function M.index(view)
  if rille.backend ~= "native" then
    return
  elseif not view.input.arrives or view.input.has_arrived then
    work.run(view, "index", view.doc:index(), "counting lines")
    return
  end
  work.run(view, "spool", view.doc:index(), view.input.arrives, {
    on_look = function()
      M.look(view)
    end,
    on_over = function()
      view.input.has_arrived = true
      M.look(view)
    end,
  })
end

--- Extends the page with appended text. The line that was last may be longer now, or have others after it.
local function extend(view)
  local last = view:is_last()
  view.at_end = false
  if #view.page == 0 then
    view:load(1)
  end
  if last and view.following then
    view:go_last()
  end
  for _, win in ipairs(view:windows()) do
    view:keep(win)
  end
  matches.grown(view)
  view:redraw()
end

--- Handles a file that has grown. With a filter, a large addition is filtered by a job.
local function grown(view)
  extend(view)
  local source = view.source
  if view.filtered and not view.works.filter and not view.works.kept then
    work.run(view, "kept", source:index(), "filtering", {
      is_quiet = true,
      on_over = function(state)
        if state == "done" and view.source == source then
          extend(view)
        end
      end,
    })
  end
  if not view.works.index and not view.works.spool and not select(2, view.doc:line_count()) then
    M.index(view)
  end
end

--- Handles a last line that has changed and that the filter no longer keeps.
local function shortened(view)
  matches.forget(view)
  view:switch(view.source, math.min(view:here(), math.max(view.source:size() or 1, 1)))
  matches.start(view)
  view:redraw()
end

--- Handles a file that was replaced: earlier positions are invalid. The filter is applied again.
local function anew(view, change)
  local filtered = view.filtered and (view.filtered.invert and "!" or "") .. view.filtered.pattern
  local position = view.source == view.doc and view:here() or 1
  search.forget(view)
  work.stop_all(view)
  view:unfilter()
  view.marks, view.jumps, view.jump, view.first = {}, {}, 1, nil
  view:switch(view.doc, math.min(position, math.max(view.doc:size() or 1, 1)))
  if view.following then
    view:go_last()
  end
  matches.start(view)
  view:redraw()
  M.index(view)
  if filtered then
    filter.apply(view, filtered)
  end
  say(("%s was %s"):format(view.input.title, change))
end

--- Checks whether the file has changed, and shows its current text.
---@param view rille.nvim.viewer.view
function M.look(view)
  -- The filter first, so that its positions are those of the file as it is now.
  local kept = view.filtered and view.source:refresh()
  local change, message = view.doc:refresh()
  if not change then
    view:fail(message)
    view:redraw()
  elseif change ~= "same" and change ~= "grown" then
    anew(view, change)
  elseif kept == "truncated" then
    shortened(view)
  elseif change == "grown" or kept == "grown" then
    grown(view)
  elseif view.trouble then
    view.trouble = nil
    view:redraw()
  end
end

return M
