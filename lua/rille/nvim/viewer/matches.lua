--- Counts the matches of the last search in a view, and finds which of them the cursor is at: `[3/1204]` in the bar.
local status = require("rille.nvim.viewer.status")
local work = require("rille.nvim.viewer.work")

local M = {}

--- Maximum number of match positions to store; the match at the cursor is numbered only if it is among these.
local MAX_POSITIONS = 200000

---@class rille.nvim.viewer.matches
---@field source rille.file
---@field positions integer[]
---@field total integer
---@field searched integer number of bytes searched, if `exact`
---@field exact boolean

local function run(view, list, from)
  local size = view.source:size() or 0
  local base = list.total
  local job = view.source:search(view.query.regex, { from = from })
  if not job then
    return
  end
  list.exact = false
  work.run(view, "count", job, "counting matches", {
    is_quiet = true,
    on_batch = function()
      local batch = job:take()
      if not batch then
        return false
      end
      for i = 1, math.min(batch.count, MAX_POSITIONS - #list.positions) do
        list.positions[#list.positions + 1] = batch:span(i)
      end
      list.total = base + batch.total
      return true
    end,
    on_over = function(state)
      list.exact, list.searched = state == "done", size
      M.grown(view)
    end,
  })
end

--- Counts the matches of the last search in the source.
---@param view rille.nvim.viewer.view
function M.start(view)
  local query = view.query
  if not query or query.matches and query.matches.source == view.source then
    return
  end
  query.matches = { source = view.source, positions = {}, total = 0, searched = 0, exact = false }
  run(view, query.matches, 1)
end

--- Discards the count.
---@param view rille.nvim.viewer.view
function M.forget(view)
  work.stop(view, "count")
  if view.query then
    view.query.matches = nil
  end
end

--- Continues counting after text was appended, from the line that was the last one.
---@param view rille.nvim.viewer.view
function M.grown(view)
  local list = view.query and view.query.matches
  if not list or not list.exact or view.closed or (view.source:size() or 0) <= list.searched then
    return
  elseif list.total > #list.positions then
    M.forget(view)
    return M.start(view)
  end
  local batch = list.searched > 0 and view.source:around(list.searched, 0, 1, { max_bytes = 1 })
  local from = batch and batch.count > 0 and batch:offset(1) or 1
  local positions = list.positions
  while positions[1] and positions[#positions] >= from do
    positions[#positions] = nil
  end
  list.total = #positions
  run(view, list, from)
end

--- Returns how many matches start at or before a position.
local function ordinal(positions, here)
  local low, high = 0, #positions
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if positions[middle] <= here then
      low = middle
    else
      high = middle - 1
    end
  end
  return low
end

--- Returns the number of the match at the cursor and the total, for the bar.
---@param view rille.nvim.viewer.view
---@param here integer position of the cursor
---@return string?
function M.shown(view, here)
  local list = view.query and view.query.matches
  if not list then
    return nil
  end
  local n = ordinal(list.positions, here)
  local at = ("%d"):format(n)
  if n == #list.positions and list.total > n then
    at = (">%d"):format(n)
  elseif n == #list.positions and not list.exact then
    at = "…"
  end
  return ("/%s [%s/%d%s]"):format(status.cut(view.query.pattern), at, list.total, list.exact and "" or "…")
end

status.matches = M.shown

return M
