--- The filter of a view, as `&` in less: shows only the matching lines, with their line numbers in the file.
local matches = require("rille.nvim.viewer.matches")
local pattern_of = require("rille.nvim.viewer.pattern")
local search = require("rille.nvim.viewer.search")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Removes the filter: shows all lines, at the cursor's place in the file.
---@param view rille.nvim.viewer.view
function M.clear(view)
  if not view.filtered then
    return
  end
  -- If the filter has kept no line, the cursor has no place in the file.
  local position = view.source:origin(view:here()) or view.filtered.from
  search.forget(view)
  work.stop(view, "filter")
  work.stop(view, "kept")
  view:unfilter()
  view:switch(view.doc, position)
  matches.start(view)
  view:redraw()
end

--- Shows only the lines that match a pattern; with a leading `!` those that do not; with an empty pattern all lines.
---@param view rille.nvim.viewer.view
---@param text string
---@param from? integer the position in the file to go to; that of the cursor by default
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
  local filtered = view.filtered
  filtered.since = view:here()
  work.run(view, "filter", job, "filtering", function()
    if view.source == kept then
      work.run(view, "kept", kept:index(), "counting lines")
      matches.grown(view)
    end
    -- If the user has moved in the meantime, the cursor stays.
    if view.source == kept and view:here() == filtered.since then
      view:go(view:kept_at(position))
    end
  end)
end

--- Prompts for a pattern, and filters by it.
---@param view rille.nvim.viewer.view
function M.ask(view)
  -- `input()` reports <C-c> as an error.
  local fine, text = pcall(vim.fn.input, { prompt = "&", default = "", cancelreturn = vim.NIL })
  if fine and text ~= vim.NIL and not view.closed then
    M.apply(view, text)
  end
end

return M
