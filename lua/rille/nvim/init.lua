--- rille in Neovim: awaits jobs in the editor's event loop, and opens views and pickers.
local lazy = require("rille.core.lazy")
local rille = require("rille")
local text = require("rille.nvim.text")

local uv = vim.uv or vim.loop

-- Now, as an update may later change the files on disk.
require("rille.nvim.library")

local M = {}

--- The waits for jobs, each with its function. A set, as jobs end in any order.
---@type table<rille.nvim.wait, true>
local waits = {}

-- One of each for the editor: a descriptor and a handle for every job would be a waste. They are never closed, as a
-- watched job may outlive every reference of the caller's.
local notifier, handle
local scheduled = false
local schedule, next_turn

---@class rille.nvim.wait
---@field package job rille.job
---@field package fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@field package is_polled boolean
local Wait = {}
Wait.__index = Wait

--- Ends the wait: `fn` is not called again. The job continues.
function Wait:stop()
  waits[self] = nil
  if handle and not next(waits) then
    handle:stop()
  end
end

--- Serves one wait, and returns whether it must be called again. An error of `fn` must not affect the other waits.
local function serve(wait)
  local job = wait.job
  if job:closed() then
    return wait:stop()
  end
  -- In this order: `fn` learns of the end after all results.
  local state, _, message = job:poll()
  local over = state ~= "running"
  if not over and (wait.is_polled or not job:ready()) then
    -- A job that makes progress only when it is polled continues in the next turn of the loop.
    return wait.is_polled
  end
  local ok, again = pcall(wait.fn, job, state, message)
  if not ok then
    text.notify("await: " .. text.reason(again))
    return wait:stop()
  end
  if over and not again then
    wait:stop()
  end
  return again
end

local function serve_all()
  scheduled = false
  -- Before polling the jobs, as results that arrive later make the descriptor readable again.
  if notifier then
    notifier:drain()
  end
  -- A list, as `fn` may start and end waits.
  local list, again = {}, false
  for wait in pairs(waits) do
    list[#list + 1] = wait
  end
  for _, wait in ipairs(list) do
    if waits[wait] and serve(wait) then
      again = true
    end
  end
  if again then
    next_turn()
  end
end

function schedule()
  if not scheduled then
    scheduled = true
    vim.schedule(serve_all)
  end
end

local timer

--- Polls again in the next turn of the loop. A function scheduled by a scheduled function would run in the same turn, before
--- keys and the screen are handled.
function next_turn()
  if not scheduled then
    scheduled = true
    timer = timer or uv.new_timer()
    timer:start(0, 0, vim.schedule_wrap(serve_all))
  end
end

--- Handles a readable descriptor. In a callback of the loop most of Neovim's functions are not allowed, so the users'
--- functions run shortly after. Until then the descriptor would stay readable, so it is drained here as well.
local function on_readable()
  notifier:drain()
  schedule()
end

--- Starts the handle, if no job was awaited before.
---@return string? reason why it cannot be started
local function listen()
  local message
  if not notifier then
    notifier, message = rille.notifier()
    if not notifier then
      return message
    end
  end
  if not handle then
    handle, message = uv.new_poll(notifier:fd())
    if not handle then
      return message
    end
  end
  if not handle:is_active() then
    handle:start("r", on_readable)
  end
end

--- Calls `fn(job, state, message)` on the editor's main loop, where every function of Neovim may be used, whenever the
--- job has results, and a last time when it is over: then `state` is no longer "running". In `fn`, take until
--- `job:take()` returns nil, or take some and return true to be called again in the next turn of the loop. An error in
--- `fn` is shown and ends the wait, as does closing the job.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@return rille.nvim.wait wait `wait:stop()` ends it
function M.await(job, fn)
  if type(fn) ~= "function" then
    error("rille.nvim.await: fn must be a function, got " .. type(fn), 2)
  end
  local is_polled = lazy.load("rille.core.job").check(job, "rille.nvim.await")
  local wait = setmetatable({ job = job, fn = fn, is_polled = is_polled }, Wait)
  if is_polled then
    waits[wait] = true
    next_turn()
    return wait
  end
  local reason = listen()
  if reason then
    error("rille.nvim.await: " .. reason, 2)
  end
  waits[wait] = true
  notifier:watch(job)
  return wait
end

--- Shows a file of any size in a buffer that holds a part of it: |rille-viewer|.
---@param file? string the file of the current buffer by default; `-` for the text that Neovim has read from its standard input; `!` and a shell command for its output
---@param opts? { mods?: table } `mods`: the window, as in `smods` of `nvim_create_user_command()`
function M.view(file, opts)
  return lazy.load("rille.nvim.viewer").open(file, opts)
end

local read_filter = require("rille.core.options").reader({
  limit = { "integer", min = 0 },
  fuzzy = { "table" },
  key = { "string", "function", default = "label" },
})

--- Returns the items that match a query in fzf's syntax, best first: for completion and other lists.
---@generic T
---@param query string
---@param items T[] strings, or tables that contain a text
---@param opts? { limit?: integer, fuzzy?: rille.fuzzy.filter_options, key?: string|fun(item: any): string } `key`: where the text of an item is; "label" by default, as for language servers
---@return T[] items
---@return integer[][] positions of the matching characters of each item: first bytes, ascending
function M.filter(query, items, opts)
  local given = read_filter(opts, "rille.nvim.filter")
  lazy.load("rille.fuzzy.options").filter(given.fuzzy, "rille.nvim.filter: fuzzy")
  local key, texts = given.key, items
  if type(items[1]) == "table" then
    texts = {}
    for i, item in ipairs(items) do
      texts[i] = type(key) == "function" and key(item) or item[key]
    end
  end
  local ranked =
    rille.fuzzy.filter(query, texts, vim.tbl_extend("force", { limit = given.limit }, given.fuzzy or {}))
  local found, positions = {}, {}
  for i = 1, ranked.count do
    found[i], positions[i] = items[ranked:index(i)], ranked:positions(i) or {}
  end
  return found, positions
end

--- Sets options, which take precedence over `vim.g.rille`. Calling it is optional.
---@param opts? table
function M.setup(opts)
  local config = lazy.load("rille.nvim.config")
  config.setup(opts)
  if config.get("view.above") then
    lazy.load("rille.nvim.viewer.above").enable()
  end
end

--- Opens a picker for any items: see |rille.nvim.pick.options|.
---@param opts rille.nvim.pick.options
function M.pick(opts)
  return lazy.load("rille.nvim.pickers").pick(opts)
end

--- Opens a picker for the files of a directory tree, which is walked meanwhile.
---@param opts? rille.nvim.files.options
function M.files(opts)
  return lazy.load("rille.nvim.pickers").files(opts)
end

--- Opens a picker that searches a directory tree while you type.
---@param opts? rille.nvim.grep.options
function M.grep(opts)
  return lazy.load("rille.nvim.pickers").grep(opts)
end

--- Opens a picker for the lines of the current buffer.
---@param opts? rille.nvim.query.options
function M.lines(opts)
  return lazy.load("rille.nvim.pickers").lines(opts)
end

--- Opens a picker for buffers.
---@param opts? rille.nvim.query.options
function M.buffers(opts)
  return lazy.load("rille.nvim.pickers").buffers(opts)
end

--- Opens a picker for help tags.
---@param opts? rille.nvim.query.options
function M.help(opts)
  return lazy.load("rille.nvim.pickers").help(opts)
end

--- Opens the last picker as it was left.
function M.resume()
  return lazy.load("rille.nvim.pickers").resume()
end

--- Opens a picker as `vim.ui.select` does. Set `vim.ui.select = require("rille.nvim").select`, or use the option
--- `picker.select`.
---@param items any[]
---@param opts? table of |vim.ui.select()|, `preview_item` included
---@param on_choice fun(item: any, index: integer?)
function M.select(items, opts, on_choice)
  return lazy.load("rille.nvim.pickers").select(items, opts, on_choice)
end

return M
