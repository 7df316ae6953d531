--- The filter of a view, as `&` has it in less: only lines that match, with the numbers that they have in the file.
local matches = require("rille.nvim.viewer.matches")
local pattern_of = require("rille.nvim.viewer.pattern")
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
  matches.start(view)
  view:redraw()
end

--- Shows only the lines that match a pattern; with a leading `!` those that do not; with an empty one all.
---@param view rille.nvim.viewer.view
---@param text string
---@param from? integer the place in the file to be at, that of the cursor by default
function M.apply(view, text, from)
  if text == "" then
    return M.clear(view)
  end
  local invert = text:sub(1, 1) == "!"
  local pattern = invert and text:sub(2) or text
  local regex = pattern_of.compile(pattern)
  if not regex then
    return
  end
  M.clear(view)
  local position = from or view:here()
  local kept, job = view.doc:filter(regex, { invert = invert })
  if not kept then
    regex:close()
    view:fail(job)
    return
  end
  search.forget(view)
  view.filtered = { pattern = pattern, invert = invert, job = job, from = position, regex = regex }
  view:switch(kept, 1)
  matches.start(view)
  local since = view:here()
  view.filtered.since = since
  work.run(view, "filter", job, "filtering", function()
    if view.source == kept then
      work.run(view, "kept", kept:index(), "counting lines")
      matches.grown(view)
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
  -- <C-c> is an error of `input()`.
  local fine, text = pcall(vim.fn.input, { prompt = "&", default = "", cancelreturn = vim.NIL })
  if fine and text ~= vim.NIL and not view.closed then
    M.apply(view, text)
  end
end

return M
