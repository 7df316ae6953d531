--- Detection of literals in text that arrives in chunks, in pure Lua: one plain `find` for each that was not found yet. The
--- end of the text is kept, as a literal may begin there.
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local dot = require("rille.core.dot")
local read_options = require("rille.scan.options")

local find, lower, sub = string.find, string.lower, string.sub

--- The same interface as the native `rille.scan`.
local Scan = { is_rille_scan = true }
Scan.__index = Scan

class.named(Scan, "rille.scan", function(self)
  return self.list and class.number(#self.list, "pattern")
end)

local M = {}

local function open(self)
  if type(self) ~= "table" or not getmetatable(self) then
    error(dot .. type(self), 3)
  elseif not self.list then
    error("rille: closed", 3)
  end
end

---@param matcher rille.literals
---@param opts? rille.scan.options
---@return rille.scan?
---@return string? message
function M.new(matcher, opts)
  if type(matcher) ~= "table" or not matcher.is_rille_literals then
    error("rille.scan: matcher must be a rille.regexset or rille.literals, got " .. type(matcher), 2)
  end
  matcher:len()
  local given = read_options(opts, "rille.scan")
  local longest = matcher:longest_len()
  local scan =
    { list = matcher.list, ignore_case = matcher.ignore_case, longest = longest, max_bytes = given.max_bytes }
  return setmetatable(scan, Scan):reset()
end

--- The same as of the native `rille.scan_job`: the job is done at once.
function M.scan_job(matcher, opts)
  return (require("rille.fallback.job").of("rille.scan", M.new, matcher, opts))
end

function Scan:feed(chunk, last)
  open(self)
  local text = bytes.string(chunk, "rille.scan:feed", "chunk")
  if self.finished then
    error("rille.scan:feed: the text of the scan is finished; reset it", 2)
  end
  self.finished = last and true or false
  local at = self.at
  self.at = at + #text
  if self.max_bytes > 0 then
    text = sub(text, 1, math.max(0, self.max_bytes - at))
  end
  local before = at - #self.held
  text = self.held .. (self.ignore_case and lower(text) or text)
  local ids = {}
  for i, literal in ipairs(self.list) do
    local stop = not self.ends[i] and select(2, find(text, literal, 1, true))
    if stop then
      self.ends[i] = before + stop
      ids[#ids + 1] = i
    end
  end
  self.held = self.longest > 1 and sub(text, -(self.longest - 1)) or ""
  return ids[1] and ids or nil
end

function Scan:matches()
  open(self)
  local ids = {}
  for i = 1, #self.list do
    if self.ends[i] then
      ids[#ids + 1] = i
    end
  end
  return ids
end

function Scan:first(id)
  open(self)
  local n = #self.list
  if type(id) ~= "number" or not (id >= 1 and id <= n) or id % 1 ~= 0 then
    error(("rille.scan:first: id must be an integer from 1 to %d, got %s"):format(n, tostring(id)), 2)
  end
  return self.ends[id]
end

function Scan:limited()
  open(self)
  return self.max_bytes > 0 and self.at > self.max_bytes
end

function Scan:reset()
  open(self)
  self.held, self.at, self.ends, self.finished = "", 0, {}, false
  return self
end

function Scan:clone()
  open(self)
  local clone =
    { list = self.list, ignore_case = self.ignore_case, longest = self.longest, max_bytes = self.max_bytes }
  return setmetatable(clone, Scan):reset()
end

function Scan:close()
  if type(self) ~= "table" then
    error(dot .. type(self), 2)
  end
  self.list = nil
end

return M
