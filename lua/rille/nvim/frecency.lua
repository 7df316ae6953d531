--- How often and how recently files were opened, over all Neovims of the user.
---
--- A file's score is halved every two weeks, and each visit adds one. It is kept as the time at which the score was or will be
--- one, which does not change as time passes, so that the order of files needs no clock. Visits are kept in memory and merged into
--- the file by whoever writes it: each writer reads it again under a lock and replaces it by a rename. It has a line for each
--- file: that time, the time of the last visit, and the path.
local config = require("rille.nvim.config")

local uv = vim.uv or vim.loop

local M = {}

--- Seconds after which a score is halved, and maximum number of files that are kept.
local HALF_LIFE, KEPT = 14 * 86400, 10000
--- Milliseconds to wait for another writer, and age in seconds of a lock whose writer has died.
local WAIT_MS, DEAD_SECONDS = 200, 5

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

--- Reads the entries of the file; lines that are damaged are ignored.
---@return table<string, rille.nvim.frecency.entry>
local function read()
  local entries = {}
  for due, last, path in text_of_file():gmatch("([%d.]+)\t(%d+)\t([^\n]+)\n") do
    due, last = tonumber(due), tonumber(last)
    if due and last then
      entries[path] = { due = due, last = last }
    end
  end
  return entries
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
  for _, one in ipairs(visits) do
    if counts(one[1]) then
      visit(entries, one[1], one[2])
    end
  end
  for path in pairs(forgotten) do
    entries[path] = nil
  end
  return entries
end

--- Returns the entry of a line of the file.
---@param text string
---@param at integer position of the tab before its path
local function entry_at(text, at)
  -- The numbers before it are shorter than that.
  local due, last = text:sub(math.max(1, at - 40), at - 1):match("([%d.]+)\t(%d+)$")
  return due and { due = tonumber(due), last = tonumber(last) } or nil
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
      own[path] = at and entry_at(text, at) or nil
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
    at = text:find(prefix, at, true)
    local stop = at and text:find("\n", at, true)
    if not stop then
      break
    end
    local path, entry = text:sub(at + 1, stop - 1), entry_at(text, at)
    if entry and not own[path] and not forgotten[path] then
      found = found + 1
      list[#list + 1] = { path = path, due = entry.due, last = entry.last }
    end
    at = stop
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

--- Returns the lines of the entries, the highest scores first; of too many those with the lowest scores are left out.
local function lines_of(entries)
  local paths = vim.tbl_keys(entries)
  table.sort(paths, function(a, b)
    return entries[a].due > entries[b].due or (entries[a].due == entries[b].due and a < b)
  end)
  local lines = {}
  for i = 1, math.min(#paths, KEPT) do
    local entry = entries[paths[i]]
    lines[i] = ("%.3f\t%d\t%s\n"):format(entry.due, entry.last, paths[i])
  end
  return table.concat(lines)
end

--- Takes the lock; returns whether that has succeeded.
local function lock(path)
  local till = uv.hrtime() + WAIT_MS * 1e6
  repeat
    local fd = uv.fs_open(path, "wx", 384)
    if fd then
      uv.fs_close(fd)
      return true
    end
    local stat = uv.fs_stat(path)
    if stat and os.time() - stat.mtime.sec > DEAD_SECONDS then
      uv.fs_unlink(path)
    else
      uv.sleep(2)
    end
  until uv.hrtime() >= till
  return false
end

--- Writes the visits of this Neovim. The file is replaced at once, so that no reader sees a part of it; if it cannot be written,
--- the visits are kept for the next time.
---@return boolean written
function M.save()
  if #visits == 0 and next(forgotten) == nil or not config.get("picker.recent") then
    return true
  end
  local path = M.path()
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  if not lock(path .. ".lock") then
    return false
  end
  local temporary, written = ("%s.%d"):format(path, uv.os_getpid()), false
  local file = io.open(temporary, "wb")
  if file then
    written = file:write(lines_of(update(read()))) ~= nil
    written = file:close() and written
    written = written and uv.fs_rename(temporary, path) ~= nil
    if written then
      forgotten = {}
      for i = #visits, 1, -1 do
        visits[i] = nil
      end
    else
      uv.fs_unlink(temporary)
    end
  end
  uv.fs_unlink(path .. ".lock")
  return written
end

--- Removes a file from the list; the file of visits is written in the next turn of the loop.
---@param path string
function M.forget(path)
  forgotten[path] = true
  for i = #visits, 1, -1 do
    if visits[i][1] == path then
      table.remove(visits, i)
    end
  end
  vim.schedule(M.save)
end

return M
