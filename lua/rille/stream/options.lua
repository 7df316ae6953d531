--- The options of streams, for both backends.

---@class rille.stream.options
---@field max_match_length? integer maximum length of a match in bytes; for patterns of unbounded length
---@field limit? integer maximum number of replacements

local defaults = { max_match_length = 0, limit = 0 }

--- Reads the options, or raises an error at the caller's caller. An option that is not set is 0.
---@param opts? rille.stream.options
---@return rille.stream.options
return function(opts)
  if opts == nil then
    return defaults
  elseif type(opts) ~= "table" then
    error("rille.stream: opts must be a table, got " .. type(opts), 3)
  end
  local read = { max_match_length = 0, limit = 0 }
  for key, value in pairs(opts) do
    if not read[key] or type(value) ~= "number" or value < 1 or value > 2 ^ 32 - 1 or value % 1 ~= 0 then
      local message = "rille.stream: wrong option %s = %s (known: max_match_length = bytes, limit = number)"
      error(message:format(tostring(key), tostring(value)), 3)
    end
    read[key] = value
  end
  return read
end
