--- Moving from match to match in a file: matches found before are reused, and only the rest of the file is searched.

local class = require("rille.core.class")

--- Maximum number of matches to search for at once: the next one is needed now, and those after it soon.
local CHUNK = 500

--- The matches around a position. All matches between `low` and `high` are known.
---@class rille.file.navigation
---@field job? rille.job the running search, to wait for
---@field package file rille.file
---@field package patterns rille.line_pattern[] those of the caller, who may close them
---@field package what rille.line_pattern[]? the same patterns, open until `close`
---@field package fore table[] matches from the anchor on, ascending
---@field package aft table[] matches before it, descending
---@field package low integer? the first position that was searched
---@field package high integer? the first position after it that was not
---@field package size integer? bytes of the file, if everything from `high` on was searched
local Navigation = {}
Navigation.__index = Navigation

class.named(Navigation, "rille.file.navigation", function(self)
  return ("%s found"):format(class.number(#self.fore + #self.aft, "match"))
end)

local function forget(self, anchor)
  if self.job then
    self.job:close()
  end
  self.job, self.size = nil, nil
  self.fore, self.aft, self.low, self.high = {}, {}, anchor, anchor
end

--- Discards the matches from the last line on after the file has grown: that line may have changed, and is searched again.
local function look_for_growth(self)
  local size = self.file:size()
  if not size or not self.size or size == self.size then
    return
  elseif size < self.size then
    return forget(self, 1)
  end
  local from = math.max(self.size - 65535, 1)
  local tail = self.file:slice(from, self.size) or ""
  local feed = tail:match("^.*()\n")
  self.high = math.max(feed and from + feed or from, self.low)
  self.size = nil
  local fore = self.fore
  while fore[1] and fore[#fore][1] >= self.high do
    fore[#fore] = nil
  end
end

--- Takes the matches that the search has found. Returns whether it has ended.
local function drain(self)
  local job = self.job
  local list = self.backward and self.aft or self.fore
  local state, _, message = job:poll()
  local batch = job:take()
  while batch do
    for i = 1, batch.count do
      if batch:kind(i) == "match" then
        local from, to = batch:span(i)
        list[#list + 1] = { from, to, batch:line(i) }
        self.found = self.found + 1
      end
    end
    batch = job:take()
  end
  if state == "running" then
    if #list > 0 and self.found > 0 then
      self[self.backward and "low" or "high"] = list[#list][1] + (self.backward and 0 or 1)
    end
    return false
  end
  job:close()
  self.job = nil
  if state ~= "done" then
    return true, message or state
  elseif self.found == CHUNK then
    self[self.backward and "low" or "high"] = list[#list][1] + (self.backward and 0 or 1)
  elseif self.backward then
    self.low = 1
  else
    self.high, self.size = self.until_size + 1, self.until_size
  end
  return true
end

--- Makes objects of the patterns that stay open when the caller closes theirs.
local function hold(self)
  local what = {}
  for i, pattern in ipairs(self.patterns) do
    if type(pattern) == "table" and not pattern.handle then
      error("rille: closed", 4)
    end
    what[i] = type(pattern) == "table" and pattern:clone() or pattern
  end
  self.what = what
end

local function start(self, backward)
  if not self.what then
    hold(self)
  end
  if self.job and self.backward == backward then
    return true
  elseif self.job then
    self.job:close()
  end
  local size, message, reason = self.file:size()
  if not size then
    return nil, message, reason
  end
  self.backward, self.found, self.until_size = backward, 0, size
  self.job, message, reason = self.file:search(self.what, {
    from = math.max(backward and self.low or self.high, 1),
    backward = backward,
    limit = CHUNK,
  })
  return self.job and true, message, reason
end

--- Returns the first match of a list, in its order, for which `wanted` returns true.
local function first(list, wanted)
  local low, high = 1, #list + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if wanted(list[middle]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return list[low]
end

--- Returns the last match of a list for which `wanted` returns true; it must return false for all matches after that one.
local function last(list, wanted)
  local low, high = 0, #list
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if wanted(list[middle]) then
      low = middle
    else
      high = middle - 1
    end
  end
  return list[low]
end

local function known_next(self, position)
  local function is_after(match)
    return match[1] >= position
  end
  return last(self.aft, is_after) or first(self.fore, is_after)
end

local function known_previous(self, position)
  local function before(match)
    return match[1] < position
  end
  return last(self.fore, before) or first(self.aft, before)
end

--- The caller is that of `next` or `previous`, which end with this call.
local function go(self, position, ms, backward, name)
  if type(position) ~= "number" or position < 1 or position % 1 ~= 0 then
    error(
      ("rille.file.navigation:%s: position must be an integer from 1 on, got %s"):format(
        name,
        tostring(position)
      ),
      2
    )
  end
  if self.job then
    drain(self)
  end
  look_for_growth(self)
  if not self.low or position < self.low or position > self.high then
    forget(self, position)
  end
  local known = backward and known_previous or known_next
  while true do
    local match = known(self, position)
    if match then
      return match[1], match[2], match[3]
    elseif backward and self.low <= 1 or not backward and self.size then
      return nil
    end
    local started, message, reason = start(self, backward)
    if not started then
      return nil, message, reason
    end
    local state = self.job:wait(ms or 0)
    local over, failed = drain(self)
    if failed then
      return nil, failed, "failed"
    elseif not over and state == "running" and not known(self, position) then
      return nil, "the search has not reached this position yet; wait for navigation.job", "pending"
    end
  end
end

--- Returns the first match that starts at or after a position. If it is not known yet, a search starts and nil, a
--- message and "pending" are returned: wait for `job`, then call again.
---@param position integer
---@param ms? integer how long to wait for the answer; 0 by default
---@return integer? from nil without a message if there is none
---@return integer|string? to or the message
---@return integer|rille.file.reason? line number of the line, if known; or the reason
function Navigation:next(position, ms)
  return go(self, position, ms, false, "next")
end

--- Returns the last match that starts before a position; see `next`.
---@param position integer
---@param ms? integer how long to wait for the answer; 0 by default
---@return integer? from nil without a message if there is none
---@return integer|string? to or the message
---@return integer|rille.file.reason? line number of the line, if known; or the reason
function Navigation:previous(position, ms)
  return go(self, position, ms, true, "previous")
end

--- Stops the search and discards the matches: call it when a refresh returns "truncated" or "replaced". Later calls search
--- again, and need patterns that are open.
function Navigation:close()
  forget(self, nil)
  for _, pattern in ipairs(self.what or {}) do
    if type(pattern) == "table" then
      pattern:close()
    end
  end
  self.what = nil
end

--- Returns an object that moves from match to match; see `file:navigate`.
---@param file rille.file
---@param patterns rille.line_pattern[] open; the caller may close them and change the list afterwards
---@return rille.file.navigation
return function(file, patterns)
  local self = setmetatable({ file = file, patterns = { unpack(patterns) }, fore = {}, aft = {} }, Navigation)
  hold(self)
  return self
end
