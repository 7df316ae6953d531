--- Streams and scans for requests. A worker serves many at once, and each needs an object with a text of its own: the one that
--- the user has made is a pattern for those, which are kept for the next requests.
local M = {}

--- Maximum number of idle objects kept for each pattern.
local MAX_IDLE = 64

--- The idle objects of each pattern.
local idle = setmetatable({}, { __mode = "k" })

--- Checks a stream or a scan.
---@param pattern any
---@param name string the public function, for the error of its caller
function M.check(pattern, name)
  if type(pattern) ~= "table" or not (pattern.is_rille_stream or pattern.is_rille_scan) then
    error(("%s: f must be a rille.stream or a rille.scan, got %s"):format(name, type(pattern)), 3)
  end
end

--- Returns an object like the pattern, at the start of a text.
---@generic T: rille.stream|rille.scan
---@param pattern T
---@return T
function M.take(pattern)
  local list = idle[pattern]
  local object = list and table.remove(list)
  return object or pattern:clone()
end

--- Returns an object that is no longer in use, for the next request.
function M.give(pattern, object)
  local list = idle[pattern]
  if not list then
    list = {}
    idle[pattern] = list
  end
  if #list < MAX_IDLE then
    list[#list + 1] = object:reset()
  else
    object:close()
  end
end

return M
