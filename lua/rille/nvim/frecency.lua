--- How often and how recently files were opened, over all Neovims of the user.
---
--- A file's score is halved every two weeks, and each visit adds one. It is kept as the time at which the score was or will be
--- one, which does not change as time passes, so that the order of files needs no clock. Visits are kept in memory and merged into
--- the file by whoever writes it (`rille.nvim.merge`). It has a line for each file: that time, the time of the last visit, and
--- the path. The file is merged on another thread; a lock that another writer holds is tried again later.
local config = require("rille.nvim.config")
local merge = require("rille.nvim.merge")

local uv = vim.uv or vim.loop

local M = {}

--- Seconds after which a score is halved.
local HALF_LIFE = 14 * 86400
--- Milliseconds after which a lock is tried again, doubled each time, and their maximum.
local AGAIN_MS, MAX_AGAIN_MS = 50, 5000
--- Milliseconds at the end of Neovim for the other thread to finish.
local END_MS = 100

--- The plugin keeps visits here before this module is loaded: names of files and times.
---@type { [1]: string, [2]: integer }[]
local visits = package.loaded.rille_visits or {}
package.loaded.rille_visits = visits
---@type table<string, boolean> paths to remove at the next write
local forgotten = {}

---@class rille.nvim.frecency.entry
---@field due number when the score is one
---@field last integer time of the last visit

--- Returns the path of the file.
---@return string
function M.path()
  return vim.fn.stdpath("state") .. "/rille/frecency"
end

--- Returns the text of the file.
local function text_of_file()
  local file = io.open(M.path(), "rb")
  local text = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return text
end

--- Adds a visit.
local function visit(entries, path, at)
  local entry = entries[path]
  if entry then
    -- One more than the score of that time.
    entry.due = at + HALF_LIFE * math.log(1 + 2 ^ ((entry.due - at) / HALF_LIFE)) / math.log(2)
    entry.last = math.max(entry.last, at)
  else
    entries[path] = { due = at, last = at }
  end
end

--- Returns whether visits of a path count: an existing file that is not one of git's own.
local function counts(path)
  local stat = not path:find("\n", 1, true) and not path:find("/.git/", 1, true) and uv.fs_stat(path)
  return stat and stat.type == "file" or false
end

--- Applies what has happened in this Neovim to entries.
local function update(entries)
  -- The visits before it was forgotten are gone from the list.
  for path in pairs(forgotten) do
    entries[path] = nil
  end
  for _, one in ipairs(visits) do
    if counts(one[1]) then
      visit(entries, one[1], one[2])
    end
  end
end

--- Returns the numbers of a line of the file; nil if it is damaged.
---@param text string
---@param at integer position of the tab before its path
---@return number? due
---@return number? last
local function numbers_at(text, at)
  -- They are shorter than that.
  local due, last = text:sub(math.max(1, at - 40), at - 1):match("([%d.]+)\t(%d+)$")
  return tonumber(due), tonumber(last)
end

--- Returns the files below a directory, the highest scores first. The lines of the file have that order, so that of a large
--- file only as many are read as are wanted.
---@param base string the directory with a slash at its end
---@param limit? integer maximum number
---@return { path: string, due: number, last: integer }[]
function M.below(base, limit)
  local text, own, list = text_of_file(), {}, {}
  for _, one in ipairs(visits) do
    local path = one[1]
    if vim.startswith(path, base) and not own[path] then
      local at = text:find("\t" .. path .. "\n", 1, true)
      local due, last = numbers_at(text, at or 1)
      own[path] = at and due and last and { due = due, last = last } or nil
    end
  end
  update(own)
  for path, entry in pairs(own) do
    if vim.startswith(path, base) then
      list[#list + 1] = { path = path, due = entry.due, last = entry.last }
    end
  end
  local at, found, prefix = 1, 0, "\t" .. base
  while not limit or found < limit do
    local due, last, path, after = text:match("^([%d.]+)\t(%d+)\t([^\n]*)\n()", at)
    if not path or not vim.startswith(path, base) then
      -- The next line with such a path.
      local tab = text:find(prefix, at, true)
      if not tab then
        break
      end
      path, after = text:match("^\t([^\n]*)\n()", tab)
      if not path then
        break
      end
      due, last = numbers_at(text, tab)
    end
    due, last = tonumber(due), tonumber(last)
    if due and last and not own[path] and not forgotten[path] then
      found = found + 1
      list[#list + 1] = { path = path, due = due, last = last }
    end
    at = after
  end
  -- They are in order, but for those of this Neovim.
  for i = 2, #list do
    if list[i].due > list[i - 1].due then
      table.sort(list, function(a, b)
        return a.due > b.due or (a.due == b.due and a.path < b.path)
      end)
      break
    end
  end
  return list
end

--- Returns the score of an entry.
---@param entry rille.nvim.frecency.entry
---@param now integer
---@return number
function M.score(entry, now)
  return 2 ^ ((entry.due - now) / HALF_LIFE)
end

--- What is being written.
---@class rille.nvim.frecency.batch
---@field visits table<table, boolean> the visits in it
---@field forgotten string[] the paths in it
---@field text string what is merged
local Batch = {}
Batch.__index = Batch

---@type rille.nvim.frecency.batch? the batch that is being written on another thread
local running
---@type table? the timer until the next try
local timer
local again_ms = AGAIN_MS

--- Returns a batch of what has not been written, without that of another one.
---@param without? rille.nvim.frecency.batch
local function batch_of(without)
  local self = setmetatable({ visits = {}, forgotten = vim.tbl_keys(forgotten) }, Batch)
  local lines = {}
  for _, path in ipairs(self.forgotten) do
    lines[#lines + 1] = "-\t" .. path .. "\n"
  end
  for _, one in ipairs(visits) do
    if not (without and without.visits[one]) then
      self.visits[one] = true
      if counts(one[1]) then
        lines[#lines + 1] = ("%d\t%s\n"):format(one[2], one[1])
      end
    end
  end
  self.text = table.concat(lines)
  return self
end

--- Removes what has been written from memory.
function Batch:done()
  for i = #visits, 1, -1 do
    if self.visits[visits[i]] then
      table.remove(visits, i)
    end
  end
  for _, path in ipairs(self.forgotten) do
    forgotten[path] = nil
  end
end

--- Writes later.
local function again()
  timer = timer or uv.new_timer()
  timer:start(
    again_ms,
    0,
    vim.schedule_wrap(function()
      M.save()
    end)
  )
  again_ms = math.min(again_ms * 2, MAX_AGAIN_MS)
end

--- Ends the timer.
local function settle()
  if timer then
    timer:close()
    timer = nil
  end
  again_ms = AGAIN_MS
end

local function is_idle()
  return #visits == 0 and next(forgotten) == nil or not config.get("picker.recent")
end

--- Writes the visits of this Neovim, on another thread; nothing waits for that. If another Neovim writes at this moment it is
--- tried again later; if the file cannot be written, the visits are kept for the next time.
function M.save()
  if running or is_idle() then
    return
  end
  local path, batch = M.path(), batch_of()
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  running = batch
  local work = uv.new_work(
    merge.run,
    vim.schedule_wrap(function(result)
      running = nil
      if result == "written" then
        batch:done()
        settle()
        if #visits > 0 or next(forgotten) then
          M.save()
        end
      elseif result == "locked" then
        again()
      else
        settle()
      end
    end)
  )
  work:queue(merge.arguments(path, batch.text, HALF_LIFE))
end

--- Writes the visits of this Neovim before it ends. If another Neovim writes at this moment, they are left in a file of their own,
--- which the next writer merges: nothing waits for the other one.
function M.finish()
  if running then
    -- What has to be written depends on what the other thread has written.
    vim.wait(END_MS, function()
      return running == nil
    end, 1)
  end
  settle()
  if is_idle() then
    return
  end
  local path, batch = M.path(), batch_of(running)
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local result = running and "locked" or merge.run(merge.arguments(path, batch.text, HALF_LIFE))
  if result == "locked" and batch.text ~= "" then
    merge.leave(path, batch.text)
  end
end

--- Removes a file from the list, and writes.
---@param path string
function M.forget(path)
  forgotten[path] = true
  for i = #visits, 1, -1 do
    if visits[i][1] == path then
      table.remove(visits, i)
    end
  end
  M.save()
end

return M
