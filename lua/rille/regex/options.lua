--- The options of patterns, for both backends.

---@class rille.regex.options
---@field flags? string any of "i" (ignore case), "m" (^ and $ at lines), "s" (. matches a line feed), "x" (white space
---and comments), "b" (bytes: Unicode off)
---@field anchored? boolean a match must start where the search starts. Matches then follow each other without a gap:
--- iteration ends at the first empty match
---@field memory_limit? integer maximum number of bytes of the compiled pattern, 10 MiB by default

local read = require("rille.core.options").reader({
  anchored = { "boolean", default = false },
  flags = { "string", default = "" },
  memory_limit = { "integer", min = 1, default = 0 },
})

--- Reads flags or options.
---@param flags? string|rille.regex.options
---@param name string the public function
---@param level? integer of an error raised by the calling function, 2 by default
---@return rille.regex.options
return function(flags, name, level)
  level = (level or 2) + 1
  if type(flags) == "string" then
    flags = { flags = flags }
  elseif flags ~= nil and type(flags) ~= "table" then
    error(name .. ": flags must be a string or a table, got " .. type(flags), level)
  end
  local given = read(flags, name, nil, level)
  local letter = given.flags:match("[^imsxb]")
  if letter then
    error(("%s: unknown flag '%s' (known: i, m, s, x, b)"):format(name, letter), level)
  end
  return given
end
