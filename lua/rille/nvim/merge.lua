--- Merging what a Neovim knows of visits into the file of `rille.nvim.frecency`, also on another thread.
---
--- Each writer reads the file again under a lock and replaces it by a rename, so that no reader sees a part of it. What could not
--- be merged when a Neovim ended is in files of its own beside it.
local M = {}

--- Maximum number of files that are kept, and age in seconds of a lock whose writer has died.
local KEPT, DEAD_SECONDS = 10000, 5

--- Merges visits into the file. It runs on another thread, so it has no upvalues and gets only texts and numbers.
---@param path string
---@param text string a line for each visit, of its time and the path; and for each path to remove, of `-` and the path
---@param half_life number seconds after which a score is halved
---@param kept integer maximum number of files
---@param dead integer age in seconds of a lock whose writer has died
---@param pid integer
---@return "written"|"locked"|"failed"
function M.run(path, text, half_life, kept, dead, pid)
  local uv = vim.uv or vim.loop
  local function text_of(name)
    local file = io.open(name, "rb")
    local all = file and file:read("*a") or ""
    if file then
      file:close()
    end
    return all
  end
  local function lock()
    for _ = 1, 2 do
      local fd = uv.fs_open(path .. ".lock", "wx", 384)
      if fd then
        uv.fs_close(fd)
        return true
      end
      local stat = uv.fs_stat(path .. ".lock")
      if not stat or os.time() - stat.mtime.sec <= dead then
        return false, stat ~= nil
      end
      uv.fs_unlink(path .. ".lock")
    end
    return false, true
  end
  local locked, held = lock()
  if not locked then
    return held and "locked" or "failed"
  end

  local entries = {}
  for due, last, name in text_of(path):gmatch("([%d.]+)\t(%d+)\t([^\n]+)\n") do
    due, last = tonumber(due), tonumber(last)
    if due and last then
      entries[name] = { due, last }
    end
  end
  local function update(lines)
    for at, name in lines:gmatch("([%d-]+)\t([^\n]+)\n") do
      local entry, time = entries[name], tonumber(at)
      if not time then
        entries[name] = nil
      elseif entry then
        -- One more than the score of that time.
        entry[1] = time + half_life * math.log(1 + 2 ^ ((entry[1] - time) / half_life)) / math.log(2)
        entry[2] = math.max(entry[2], time)
      else
        entries[name] = { time, time }
      end
    end
  end
  local directory, base = path:match("^(.*)/([^/]*)$")
  local left, scan = {}, uv.fs_scandir(directory)
  while scan do
    local name = uv.fs_scandir_next(scan)
    if not name then
      break
    elseif name:sub(1, #base + 7) == base .. ".later." then
      left[#left + 1] = directory .. "/" .. name
    end
  end
  for _, name in ipairs(left) do
    update(text_of(name))
  end
  update(text)

  local names = {}
  for name in pairs(entries) do
    names[#names + 1] = name
  end
  table.sort(names, function(a, b)
    local one, other = entries[a][1], entries[b][1]
    return one > other or one == other and a < b
  end)
  local lines = {}
  for i = 1, math.min(#names, kept) do
    local entry = entries[names[i]]
    lines[i] = ("%.3f\t%d\t%s\n"):format(entry[1], entry[2], names[i])
  end
  local temporary, written = ("%s.%d"):format(path, pid), nil
  local file = io.open(temporary, "wb")
  if file then
    written = file:write(table.concat(lines)) ~= nil
    written = file:close() and written
    written = written and uv.fs_rename(temporary, path)
    if not written then
      uv.fs_unlink(temporary)
    end
  end
  for _, name in ipairs(written and left or {}) do
    uv.fs_unlink(name)
  end
  uv.fs_unlink(path .. ".lock")
  return written and "written" or "failed"
end

--- Returns the arguments of `run`.
---@param path string
---@param text string
---@param half_life number
function M.arguments(path, text, half_life)
  return path, text, half_life, KEPT, DEAD_SECONDS, (vim.uv or vim.loop).os_getpid()
end

--- Leaves what could not be merged to the next writer.
---@param path string
---@param text string
function M.leave(path, text)
  local uv = vim.uv or vim.loop
  local temporary = ("%s.part.%d"):format(path, uv.os_getpid())
  local file = io.open(temporary, "wb")
  if not file then
    return
  end
  local written = file:write(text) ~= nil
  if file:close() and written then
    uv.fs_rename(temporary, ("%s.later.%d.%d"):format(path, uv.os_getpid(), os.time()))
  else
    uv.fs_unlink(temporary)
  end
end

return M
