--- jotter: searches a directory of notes in the background and lists the matches in the quickfix list.
---
--- The search is a job of rille: it runs on threads of the library, and the editor's event loop calls back when it has results.
local config = require("jotter.config")

local M = {}

---@class jotter.search
---@field pattern string
---@field matches integer number of matches so far
---@field state rille.job.state
---@field message? string why it failed, or why files were left out
---@field job rille.job
---@field list integer id of its quickfix list

local current ---@type jotter.search? the newest search

--- Appends a batch of matches to the quickfix list of a search.
local function append(search, batch)
  local items = {}
  for i = 1, batch.count do
    if batch:kind(i) == "match" then
      local from, to = batch:span(i, 1)
      items[#items + 1] = {
        filename = batch:path(i),
        lnum = batch:line(i),
        col = from,
        end_col = to + 1,
        text = batch:text(i, 500), -- a line may be as long as its file
      }
    else
      search.message = batch:text(i)
    end
  end
  search.matches = search.matches + #items
  vim.fn.setqflist({}, "a", { id = search.list, items = items })
end

--- Called whenever the job has results, and a last time when it is over.
local function continue(search, done)
  return function(job, state, message)
    local batch = job:take()
    if batch then
      append(search, batch)
      return true -- Call again in the next turn of the event loop, so that keys are handled in between.
    end
    if state ~= "running" then
      search.state, search.message = state, message or search.message
      job:close()
      if done then
        done(search)
      end
    end
  end
end

--- Searches the notes. It replaces the search before, and fills a new quickfix list while the editor continues.
---@param pattern string a regular expression
---@param done? fun(search: jotter.search) called when the search is over
---@return jotter.search?
---@return string? message why it cannot start: the pattern, the directory, or rille itself
function M.search(pattern, done)
  M.stop()
  local loaded, rille = pcall(require, "rille")
  if not loaded then
    return nil, "rille is not installed: https://example.org/rille"
  end
  local options = config.get()
  local job, message = rille.grep(pattern, vim.fs.normalize(options.directory), {
    case = "smart",
    globs = options.globs,
    limit = options.limit,
  })
  if not job then
    return nil, message
  end
  vim.fn.setqflist({}, " ", { title = "jotter: " .. pattern })
  local list = vim.fn.getqflist({ id = 0 }).id
  current = { pattern = pattern, matches = 0, state = "running", job = job, list = list }
  require("rille.nvim").await(job, continue(current, done))
  return current
end

--- Stops the running search. Its matches so far stay in the quickfix list.
---@return boolean was_running
function M.stop()
  if current and current.state == "running" then
    current.job:cancel()
    return true
  end
  return false
end

--- Sets options. Optional: the defaults work, and `vim.g.jotter` is read as well.
---@param options? jotter.options
function M.setup(options)
  config.set(options)
end

return M
