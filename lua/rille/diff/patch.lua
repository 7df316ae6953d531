--- Patches: unified diffs, and hunks that are applied to a text and taken back.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local hunks_of = require("rille.diff.hunks")
local read = require("rille.diff.options")
local scratch = require("rille.core.scratch")

local of = bytes.of
local err = failure.block()
local out_misfit = ffi.new("uint32_t[2]")
local patch = ffi.new("rille_patch", { size = ffi.sizeof("rille_patch") })
local how = ffi.new("rille_unified_options", { size = ffi.sizeof("rille_unified_options") })
local which = ffi.new("rille_apply_options", { size = ffi.sizeof("rille_apply_options") })
local hunk_array = ffi.typeof("const rille_hunk *")
local HEADINGS, NO_CONTEXT = tonumber(C.RILLE_UNIFIED_HEADINGS), tonumber(C.RILLE_UNIFIED_NO_CONTEXT)
local REVERSE, NONE = tonumber(C.RILLE_APPLY_REVERSE), tonumber(C.RILLE_NONE)

---@class rille.hunks
local Hunks = hunks_of.Hunks

---@class rille.diff.module
local M = {}

--- Writes the texts and the hunks to the struct of C. `level` is that of an error, for the caller of the public function.
local function prepare(hunks, name, level)
  hunks_of.check(hunks, name, level)
  patch.count, patch.hunks = hunks.count, ffi.cast(hunk_array, hunks.numbers)
  patch.a, patch.a_len = of(hunks.a, name, "the first text")
  patch.b, patch.b_len = of(hunks.b, name, "the second text")
end

--- Appends a unified diff to a native buffer; returns the status.
local function write(hunks, opts, buffer, name)
  prepare(hunks, name, 5)
  local given = read.unified(opts, name, nil, 3)
  local names = given.names
  how.context = given.context
  how.flags = (given.headings and HEADINGS or 0) + (given.context == 0 and NO_CONTEXT or 0)
  how.a_name, how.a_name_len = names and names[1] or nil, names and #names[1] or 0
  how.b_name, how.b_name_len = names and names[2] or nil, names and #names[2] or 0
  return C.rille_diff_unified(patch, how, buffer, err)
end

--- Returns the hunks as a unified diff, byte for byte as `git diff` and `diff -u` write it after their first lines: "" if there
--- are none. Unchanged lines are those of the first text. Both texts must be what they were when they were compared.
---@param opts? rille.diff.unified.options
---@return string?
---@return string? message if the result is too long
function Hunks:unified(opts)
  local buffer = scratch.buffer("rille.hunks:unified")
  if write(self, opts, buffer, "rille.hunks:unified") < 0 then
    return failure.limit(err, "rille.hunks:unified")
  end
  return scratch.string("rille.hunks:unified")
end

--- Appends the hunks as a unified diff to a buffer, see `unified`.
---@param buffer string.buffer|rille.buffer
---@param opts? rille.diff.unified.options
---@return integer? len bytes appended
---@return string? message if the result is too long
function Hunks:unified_into(buffer, opts)
  bytes.sink(buffer, nil, "rille.hunks:unified_into")
  if type(buffer) == "table" then
    local before = buffer:len()
    if write(self, opts, buffer.handle, "rille.hunks:unified_into") < 0 then
      return failure.limit(err, "rille.hunks:unified_into")
    end
    return buffer:len() - before
  end
  local native = scratch.buffer("rille.hunks:unified_into")
  if write(self, opts, native, "rille.hunks:unified_into") < 0 then
    return failure.limit(err, "rille.hunks:unified_into")
  end
  return scratch.move(buffer)
end

--- Returns a text with one hunk, or all of them, applied or taken back.
---
--- The text may differ from that of the diff away from the hunks, but the lines of each hunk, and three lines before and after
--- it, must be at their places. If one does not fit, nothing is applied.
---@param s rille.source the first text of the diff, or, to take hunks back, the second one
---@param hunks rille.hunks
---@param i? integer which one; all by default
---@param opts? rille.diff.apply.options
---@return string?
---@return string? message which hunk does not fit
---@return integer? line the line of the text that is not as the hunk expects it
function M.apply(s, hunks, i, opts)
  local ptr, len = of(s, "rille.diff.apply")
  prepare(hunks, "rille.diff.apply", 4)
  hunks_of.check_index(hunks, i, "rille.diff.apply")
  local given = read.apply(opts, "rille.diff.apply")
  which.hunk, which.flags = i or 0, given.reverse and REVERSE or 0
  local buffer = scratch.buffer("rille.diff.apply")
  local status = C.rille_diff_apply(patch, ptr, len, which, buffer, out_misfit, err)
  if status == NONE then
    local hunk, line = out_misfit[0] + 1, out_misfit[1] + 1
    return nil, ("hunk %d does not fit: line %d differs"):format(hunk, line), line
  elseif status < 0 then
    return failure.limit(err, "rille.diff.apply")
  end
  return scratch.string("rille.diff.apply")
end

return M
