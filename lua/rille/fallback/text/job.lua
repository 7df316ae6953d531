--- Job forms of the text functions, in pure Lua: they are called at once, see `rille.fallback.job`.
local bytes = require("rille.bytes")
local layout = require("rille.text.layout")
local load = require("rille.core.lazy").load
local of = require("rille.fallback.job").of

--- Maximum bytes of a text, the same as in the native library, so that no program depends on the fallback having no limit.
local MAX_TEXT_BYTES = 8 * 2 ^ 20

local MESSAGE = "%s_job: %s %d bytes, and a job copies at most 8388608 (8 MiB): open larger texts with rille.file "
  .. "(rille_file_open), or call the function itself"

local M = {}

for _, verb in ipairs(require("rille.text.units").jobs) do
  local name = "rille.text." .. verb
  local read = layout.read_cells[verb == "wrap_spans" and "wrap" or verb]
  M[verb .. "_job"] = function(s, other, ...)
    if read then
      -- A measured text needs functions of Lua, which no thread can call.
      local opts = verb == "width" and other or verb ~= "width" and ... or nil
      read(opts, name .. "_job", {})
    end
    local len = bytes.is_text(s) and #bytes.string(s, name) or 0
    if len > MAX_TEXT_BYTES then
      return nil, MESSAGE:format(name, "the text has", len)
    elseif verb == "equal_fold" and bytes.is_text(other) then
      len = #bytes.string(other, name)
      if len > MAX_TEXT_BYTES then
        return nil, MESSAGE:format(name, "the second text has", len)
      end
    end
    local job = of(name, load("rille.fallback.text")[verb], s, other, ...)
    return job
  end
end

return M
