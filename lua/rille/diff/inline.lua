--- Inline diffs: which bytes of two lines differ.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local hunks_of = require("rille.diff.hunks")
local read = require("rille.diff.options").inline

local of = bytes.of
local err = failure.block()
local out = ffi.new("rille_inline *[1]")
local array = ffi.typeof("uint32_t[?]")
local own, close = handles.kind(C.rille_inline_free)

local UNITS = {
  word = tonumber(C.RILLE_UNIT_WORD),
  char = tonumber(C.RILLE_UNIT_CHAR),
  grapheme = tonumber(C.RILLE_UNIT_GRAPHEME),
}

--- Maximum length in bytes of two texts whose memory is kept for the next ones.
local MAX_KEPT_BYTES = 2 ^ 18

--- The object whose handle has the memory of the comparison.
local kept = {}
local given = {}

---@class rille.diff.module
local M = {}

--- Returns which bytes of two lines, or of two blocks of lines, differ.
---
--- Words are those of editors: letters, digits and underscores; outside of ASCII, those of Unicode. Changes with only blanks, or
--- with a match by chance, between them are one span. The time is bounded, so that for very long lines the rest may count as changed;
--- `exact` is false then.
---@param a rille.source
---@param b rille.source
---@param opts? rille.diff.inline.options
---@param spans? rille.diff.spans an object to fill again, which then is returned: no garbage is created
---@return rille.diff.spans
function M.inline(a, b, opts, spans)
  local name = "rille.diff.inline"
  local a_ptr, a_len = of(a, name, "a")
  local b_ptr, b_len = of(b, name, "b")
  local unit = UNITS[read(opts, name, given).unit]
  if spans ~= nil then
    hunks_of.check_spans(spans, name)
  end
  local handle = kept.handle
  if not handle then
    if C.rille_inline_new(out, err) < 0 then
      failure.raise(err, name)
    end
    handle = own(out[0])
    kept.handle = handle
  end
  if C.rille_inline_compare(handle, a_ptr, a_len, b_ptr, b_len, unit, err) < 0 then
    -- After an internal error the handle can only be freed.
    close(kept)
    failure.raise(err, name)
  end
  local count = C.rille_inline_count(handle)
  if not spans then
    spans = hunks_of.spans(array(4 * count), count, true)
  elseif spans.capacity < count then
    spans.numbers, spans.capacity = array(8 * count), 2 * count
  end
  ffi.copy(spans.numbers, C.rille_inline_spans(handle), 16 * count)
  spans.count, spans.exact = count, C.rille_inline_exact(handle) ~= 0
  if a_len + b_len > MAX_KEPT_BYTES then
    close(kept)
  end
  return spans
end

return M
