--- The filter of a view, as `&` has it in less: only lines that match, with the numbers that they have in the file.
local search = require("rille.nvim.viewer.search")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Shows all lines again, where the cursor is now.
---@param view rille.nvim.viewer.view
function M.clear(view)
  if not view.filtered then
    return
  end
  -- A filter that keeps nothing has no place of its own.
  local position = view.source:origin(view:here()) or view.filtered.from
  search.forget(view)
  work.stop(view, "filter")
  work.stop(view, "kept")
  view:unfilter()
  view:switch(view.doc, position)
  view:redraw()
end

--- Shows only the lines that match a pattern; with a leading `!` those that do not; with an empty one all.
---@param view rille.nvim.viewer.view
---@param text string
function M.apply(view, text)
  if text == "" then
    return M.clear(view)
  end
  local invert = text:sub(1, 1) == "!"
  local pattern = invert and text:sub(2) or text
  local regex = search.compile(pattern)
  if not regex then
    return
  end
  M.clear(view)
  local position = view:here()
  local kept, job = view.doc:filter(regex, { invert = invert })
  -- The filter has what it needs of it.
  regex:close()
  if not kept then
    view:fail(job)
    return
  end
  search.forget(view)
  view.filtered = { pattern = pattern, invert = invert, job = job, from = position }
  view:switch(kept, 1)
  local since = view:here()
  work.run(view, "filter", job, "filtering", function()
    if view.source == kept then
      work.run(view, "kept", kept:index(), "counting lines")
    end
    -- Whoever has moved meanwhile stays there.
    if view.source == kept and view:here() == since then
      view:go(view:kept_at(position))
    end
  end)
end

--- Asks for a pattern.
---@param view rille.nvim.viewer.view
function M.ask(view)
  local text = vim.fn.input({ prompt = "&", default = "", cancelreturn = vim.NIL })
  if text ~= vim.NIL and not view.closed then
    M.apply(view, text)
  end
end

return M
