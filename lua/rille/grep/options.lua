--- The options of a search: its own, and those of the walk that finds the files.
local read_walk = require("rille.walk.options")

---@class rille.grep.options: rille.walk.options
---@field fixed? boolean texts are literals
---@field case? "respect"|"ignore"|"smart" "respect" by default; "smart" means "ignore" unless a pattern has an
--- upper-case letter. A compiled pattern that ignores case still does
---@field word? boolean match whole words only
---@field invert? boolean return the lines that do not match
---@field multiline? boolean a match may span several lines; consecutive lines are then one result
---@field binary? boolean search files with a NUL byte to the end; otherwise the search of a file stops at the first NUL
---@field context? integer lines of context before and after each match
---@field limit_per_file? integer maximum number of lines of one file
---@field limit? integer maximum number of lines
---@field texts? table<string, string> texts in memory by path, searched first and in place of the files; a text whose file would be skipped is not searched, a text with a path outside of the root always is

local SWITCHES = { fixed = true, word = true, invert = true, multiline = true, binary = true }
local NUMBERS = { context = 0, limit_per_file = 1, limit = 1 }
local CASES = { respect = true, ignore = true, smart = true }

local KNOWN = "; fixed, word, invert, multiline, binary = true | false; case = 'respect' | 'ignore' | 'smart'; "
  .. "context, limit_per_file, limit = number; texts = table of texts by path"

---@class rille.grep.read
---@field own table<string, any>
---@field texts string[] paths and texts, alternating
---@field walk table the options of the walk, as `rille.walk.options` returns them

--- Reads the arguments of `rille.grep`, or raises an error at its caller.
---@param root string
---@param opts? rille.grep.options
---@return rille.grep.read
return function(root, opts)
  if type(root) ~= "string" then
    error("rille.grep: root must be a string, got " .. type(root), 3)
  elseif opts ~= nil and type(opts) ~= "table" then
    error("rille.grep: opts must be a table, got " .. type(opts), 3)
  end
  local own, rest, texts = {}, {}, {}
  for key, value in pairs(opts or {}) do
    local least = NUMBERS[key]
    if
      (SWITCHES[key] and type(value) == "boolean")
      or (key == "case" and CASES[value])
      or (least and type(value) == "number" and value >= least and value < 2 ^ 32 and value % 1 == 0)
    then
      own[key] = value
    elseif key == "texts" and type(value) == "table" then
      local paths = {}
      for path, text in pairs(value) do
        if type(path) ~= "string" or type(text) ~= "string" then
          error("rille.grep: texts must be a table of strings by path", 3)
        end
        paths[#paths + 1] = path
      end
      table.sort(paths)
      for _, path in ipairs(paths) do
        texts[#texts + 1] = path
        texts[#texts + 1] = value[path]
      end
    else
      rest[key] = value
    end
  end
  -- An error of the walk's options would be raised one level too low, so it is raised again here.
  local ok, flags, max_depth, globs, types = pcall(read_walk, rest, "rille.grep", KNOWN)
  if not ok then
    error((flags:gsub("^[^\n]-(rille%.grep: )", "%1")), 3)
  end
  return { own = own, texts = texts, walk = { flags, max_depth, globs, types } }
end
