--- Three-way merges.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local hunks_of = require("rille.diff.hunks")
local read = require("rille.diff.options").merge3
local scratch = require("rille.core.scratch")

local of = bytes.of
local err = failure.block()
local out_handle = ffi.new("rille_buffer *[1]")
local merge = ffi.new("rille_merge", { size = ffi.sizeof("rille_merge") })
local array = ffi.typeof("uint32_t[?]")
local CONFLICT_BYTES = ffi.sizeof("rille_conflict")
local own = handles.kind(C.rille_buffer_free)

local STYLES = { merge = tonumber(C.RILLE_MERGE_PLAIN), diff3 = tonumber(C.RILLE_MERGE_DIFF3) }
local FAVORS = {
  none = tonumber(C.RILLE_MERGE_SHOW),
  ours = tonumber(C.RILLE_MERGE_OURS),
  theirs = tonumber(C.RILLE_MERGE_THEIRS),
  union = tonumber(C.RILLE_MERGE_UNION),
}
local NAMES = { "ours", "base", "theirs" }

--- The buffer for conflicts.
local kept

---@class rille.diff.module
local M = {}

--- Merges the changes from a base to two texts, and decides as `git merge-file` does: changes of one side are taken, equal changes
--- of both are taken once, and changes that overlap or touch are a conflict, which is shown between markers.
---@param base rille.source the text that both were made from
---@param ours rille.source
---@param theirs rille.source
---@param opts? rille.diff.merge3.options
---@return string? merged
---@return rille.diff.conflicts|string conflicts; a message if a text or the result is too long
function M.merge3(base, ours, theirs, opts)
  local name = "rille.diff.merge3"
  merge.base, merge.base_len = of(base, name, "base")
  merge.ours, merge.ours_len = of(ours, name, "ours")
  merge.theirs, merge.theirs_len = of(theirs, name, "theirs")
  local given = read(opts, name)
  local names = given.names or NAMES
  merge.style, merge.favor = STYLES[given.style], FAVORS[given.favor]
  merge.ours_name, merge.ours_name_len = names[1], #names[1]
  merge.base_name, merge.base_name_len = names[2], #names[2]
  merge.theirs_name, merge.theirs_name_len = names[3], #names[3]
  if not kept then
    if C.rille_buffer_new(0, out_handle, err) < 0 then
      failure.raise(err, name)
    end
    kept = own(out_handle[0])
  end
  C.rille_buffer_reset(kept, nil)
  if C.rille_diff_merge3(merge, scratch.buffer(name), kept, err) < 0 then
    return failure.limit(err, name)
  end
  local len = C.rille_buffer_len(kept)
  local numbers = array(len / 4)
  ffi.copy(numbers, C.rille_buffer_ptr(kept), len)
  return scratch.string(name), hunks_of.conflicts(numbers, len / CONFLICT_BYTES)
end

return M
