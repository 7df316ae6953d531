--- Files that change while they are viewed: what has grown is shown, what was replaced is read anew.
local matches = require("rille.nvim.viewer.matches")
local rille = require("rille")
local search = require("rille.nvim.viewer.search")
local say = require("rille.nvim.viewer.status").say
local work = require("rille.nvim.viewer.work")

local M = {}

--- Makes the index of what is new, and tells how far it is.
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

--- There is more of the file: what was the end is no longer.
local function grown(view)
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
  if not view.exact and not view.works.index and not view.works.spool then
    M.index(view)
  end
end

--- It is another text: positions of before mean nothing.
local function anew(view, change)
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
  say(("%s was %s"):format(view.input.title, change))
end

--- Looks whether the file has changed, and shows what it is now.
---@param view rille.nvim.viewer.view
function M.look(view)
  local change, message = view.doc:refresh()
  if not change then
    view:fail(message)
    view:redraw()
  elseif change == "grown" then
    grown(view)
  elseif change ~= "same" then
    anew(view, change)
  elseif view.trouble then
    view.trouble = nil
    view:redraw()
  end
end

return M
