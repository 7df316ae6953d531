--- Stores the state of views that are hidden or closed. The last few hidden views stay in memory; of older ones, and of
--- closed ones, only what is needed to show them again in the same state is stored.
local filter = require("rille.nvim.viewer.filter")
local follow = require("rille.nvim.viewer.follow")
local matches = require("rille.nvim.viewer.matches")
local search = require("rille.nvim.viewer.search")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Maximum number of hidden views that stay in memory, at some megabytes each.
M.MAX_HIDDEN = 6

--- States of closed views, by name.
---@type table<string, rille.nvim.viewer.state>
local closed = {}

--- Buffers of hidden views, the most recently hidden one last.
---@type integer[]
local hidden = {}

---@class rille.nvim.viewer.state
---@field position? integer the cursor's position in the file
---@field column? integer
---@field marks? table<string, integer>
---@field jumps? integer[]
---@field search? { pattern: string, backward: boolean, is_word: boolean? }
---@field filter? string as the user types it
---@field following? boolean

--- Returns the stored state for a name, or an empty table.
---@param name string
---@return rille.nvim.viewer.state
function M.of(name)
  return closed[name] or {}
end

--- Returns the current state of a view.
---@param view rille.nvim.viewer.view
---@return rille.nvim.viewer.state
local function current(view)
  local query, filtered = view.query, view.filtered
  local here = view:here()
  -- A filter that still runs has not reached the cursor's place yet.
  local is_waiting = filtered and view.works.filter and here == filtered.since
  return {
    position = is_waiting and filtered.from or view:origin(here),
    column = not filtered and view.column or 1,
    marks = view.marks,
    jumps = view.jumps,
    search = query and { pattern = query.pattern, backward = query.backward, is_word = query.is_word },
    filter = filtered and (filtered.invert and "!" or "") .. filtered.pattern,
    following = view.following ~= nil,
  }
end

--- Stores the state of a view that is about to be closed.
---@param view rille.nvim.viewer.view
function M.save(view)
  closed[view.path] = current(view)
end

--- Restores the state of a view that was just opened. The caller restores its place.
---@param view rille.nvim.viewer.view
---@param known rille.nvim.viewer.state
function M.restore(view, known)
  view.marks, view.jumps = known.marks or {}, known.jumps or {}
  view.jump = #view.jumps + 1
  if known.search and search.set(view, known.search.pattern, known.search.backward, known.search.is_word) then
    matches.start(view)
  end
  if known.filter then
    filter.apply(view, known.filter, known.position)
  end
  if known.following then
    follow.start(view)
  end
end

local function forget(buf)
  for i = #hidden, 1, -1 do
    if hidden[i] == buf then
      table.remove(hidden, i)
    end
  end
end

--- Notes that a view is shown.
---@param view rille.nvim.viewer.view
function M.shown(view)
  forget(view.buf)
  if view.place then
    local place = view.place
    view.place = nil
    view:go(view:kept_at(place))
  end
end

--- Notes that a view is hidden. Beyond `MAX_HIDDEN`, the views that were hidden first are closed.
---@param view rille.nvim.viewer.view
function M.hidden(view)
  forget(view.buf)
  if not view.input.is_once then
    hidden[#hidden + 1] = view.buf
  end
  vim.schedule(function()
    while #hidden > M.MAX_HIDDEN do
      local buf = table.remove(hidden, 1)
      local old = status.views[buf]
      if old and vim.api.nvim_buf_is_valid(buf) and not old:windows()[1] then
        vim.cmd("silent! bunload " .. buf)
      end
    end
  end)
end

--- Restores the state of a view that was stored in a session.
---@param encoded string
function M.revive(encoded)
  local all = vim.json.decode(encoded)
  for name, known in pairs(all) do
    known = vim.tbl_extend("force", { marks = {}, jumps = {} }, known)
    closed[name] = known
    for _, view in pairs(status.views) do
      if view.path == name then
        view.column = known.column or 1
        view:load(math.max(known.position or 1, 1))
        view:go(known.position or 1, "center")
        M.restore(view, known)
      end
    end
  end
end

--- Adds the state of views, which Neovim does not store, to a session that was just written.
vim.api.nvim_create_autocmd("SessionWritePost", {
  group = vim.api.nvim_create_augroup("rille.session", {}),
  desc = "rille: adds the places of views to the session",
  callback = function()
    local all, any = {}, false
    for _, view in pairs(status.views) do
      if not view.input.is_once and vim.fn.match(view.path, [[\n]]) < 0 then
        local known = current(view)
        known.following = known.following or nil
        all[view.path], any = known, true
      end
    end
    local fine, encoded = pcall(vim.json.encode, all)
    if not any or not fine then
      return
    end
    local line = ([[silent! call luaeval('require("rille.nvim.viewer.state").revive(_A)', %s)]]):format(
      vim.fn.string(encoded)
    )
    vim.fn.writefile({ line }, vim.v.this_session, "a")
  end,
})

return M
