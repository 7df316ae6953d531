--- What keeps the keys of the git pickers from losing work: conflicts, files that have changed since they were listed, and
--- paths at which git would overwrite something else.
local uv = vim.uv or vim.loop

local M = {}

--- What the states of conflicts mean, in the words of git.
local CONFLICTS = {
  DD = "both deleted",
  AU = "added by us",
  UD = "deleted by them",
  UA = "added by them",
  DU = "deleted by us",
  AA = "both added",
  UU = "both modified",
}

--- Maximum bytes of a file in which conflict markers are looked for.
local MARKED_BYTES = 2 ^ 24

--- Returns what the state of a file with conflicts means; nil if it has none.
---@param state string of `git status --porcelain`
---@return string?
function M.conflict(state)
  return CONFLICTS[state]
end

--- Returns whether an item is in no commit, so that discarding it deletes it.
---@param item table
---@return boolean
function M.is_new(item)
  return item.state == "??" or item.state:find("A", 1, true) ~= nil
end

--- Returns the current time, for `changed`.
---@return { sec: integer, nsec: integer }
function M.now()
  local sec, usec = uv.gettimeofday()
  return { sec = sec, nsec = usec * 1000 }
end

--- Returns whether the file of an item has been changed since it was listed.
local function changed(item)
  local stat, since = uv.fs_lstat(item.path), item.since
  return stat ~= nil
    and since ~= nil
    and (stat.ctime.sec > since.sec or stat.ctime.sec == since.sec and stat.ctime.nsec > since.nsec)
end

--- Returns the part of a path, above the file, that is no directory; restoring the file would replace it.
local function in_the_way(root, name)
  local at = name:find("/", 1, true)
  while at do
    local stat = uv.fs_lstat(root .. "/" .. name:sub(1, at - 1))
    if stat and stat.type ~= "directory" then
      return name:sub(1, at - 1)
    end
    at = name:find("/", at + 1, true)
  end
end

--- Returns why the changes of a file cannot be discarded without losing something else, or nil.
---@param root string
---@param item table
---@return string?
function M.hindrance(root, item)
  if M.conflict(item.state) then
    return ("%s has conflicts: resolve and stage it"):format(item.name)
  elseif item.name:find("/$") then
    return ("%s is a repository of its own"):format(item.name)
  elseif changed(item) then
    return ("%s has changed since it was listed"):format(item.name)
  end
  local stat = uv.fs_lstat(item.path)
  if stat and stat.type == "directory" then
    local is_submodule = uv.fs_lstat(item.path .. "/.git") ~= nil
    return (is_submodule and "%s is a submodule: discard its changes in it" or "%s is a directory now"):format(
      item.name
    )
  end
  for _, name in ipairs({ item.name, item.from }) do
    local other = in_the_way(root, name)
    if other then
      return ("%s is in the way of %s"):format(other, name)
    end
  end
  if item.state:find("R", 1, true) and item.from and uv.fs_lstat(root .. "/" .. item.from) then
    return ("%s exists again and would be overwritten"):format(item.from)
  end
end

--- Returns whether the deletion of a file is staged that exists again: its new text is in no commit.
---@param item table
---@return boolean
function M.exists_again(item)
  return item.state:sub(1, 1) == "D" and uv.fs_lstat(item.path) ~= nil
end

--- Returns the first item of which the state is not that of another list any more.
---@param items table[]
---@param list table[]
---@return table?
function M.stale(items, list)
  local states = {}
  for _, item in ipairs(list) do
    -- A path may have two entries: a staged deletion, and a new file.
    states[item.state .. item.name .. "\n" .. (item.from or "")] = true
  end
  for _, item in ipairs(items) do
    if not states[item.state .. item.name .. "\n" .. (item.from or "")] then
      return item
    end
  end
end

--- Returns whether a file with conflicts still has the markers that git has written.
---@param item table
---@return boolean
function M.has_markers(item)
  local file = M.conflict(item.state) and io.open(item.path, "rb")
  local text = file and file:read(MARKED_BYTES) or ""
  if file then
    file:close()
  end
  text = "\n" .. text
  return text:find("\n<<<<<<< ", 1, true) ~= nil and text:find("\n>>>>>>> ", 1, true) ~= nil
end

return M
