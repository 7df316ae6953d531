--- The normalisation forms of UAX #15.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local memory = require("rille.core.result")
local units = require("rille.text.units")

local of, sink = bytes.of, bytes.sink
local err = failure.block()
local out = ffi.new("uint32_t[1]")

local FORMS = {
  NFC = tonumber(C.RILLE_FORM_NFC),
  NFD = tonumber(C.RILLE_FORM_NFD),
  NFKC = tonumber(C.RILLE_FORM_NFKC),
  NFKD = tonumber(C.RILLE_FORM_NFKD),
}

--- Maximum growth: a normalised text has at most this many times the bytes of the original. With that room C walks it once.
local GROWTH = { [FORMS.NFC] = 3, [FORMS.NFD] = 3, [FORMS.NFKC] = 11, [FORMS.NFKD] = 11 }

--- Maximum bytes to reserve without knowing the length of the result: for more, the result is measured first.
local MAX_RESERVED_BYTES = 2 ^ 26

local MAX_SCRATCH_BYTES, scratch = memory.MAX_SCRATCH_BYTES, memory.scratch

--- Appends the normalised text to a buffer; reserves at most `max_reserved` bytes without measuring the result first.
local function to_buffer(buffer, s, form, name, max_reserved)
  local ptr, len = of(s, name)
  local room = len * GROWTH[form]
  if room > max_reserved then
    if C.rille_text_normalize_len(ptr, len, form, out, err) < 0 then
      return failure.limit(err, name)
    end
    room = out[0]
  end
  if C.rille_text_normalize(ptr, len, form, buffer:reserve(room), room, out, err) < 0 then
    return failure.limit(err, name)
  end
  buffer:commit(out[0])
  return out[0]
end

---@class rille.text
local M = {}

---@alias rille.form "NFC" | "NFD" | "NFKC" | "NFKD"

--- Returns the text in a normalisation form. A string that is in that form already is returned unchanged.
---
--- Cost: ASCII takes no longer than reading it; other text runs at about 1 GB/s.
---@param s rille.source
---@param form? rille.form NFC by default
---@return string?
---@return string? message if the text or the result is too long
function M.normalize(s, form)
  local id = FORMS[form or "NFC"] or units.check(form, units.forms, "rille.text.normalize", "form")
  local ptr, len = of(s, "rille.text.normalize")
  if C.rille_text_normalized(ptr, len, id, out, err) < 0 then
    return failure.limit(err, "rille.text.normalize")
  elseif out[0] == len then
    return type(s) == "string" and s or bytes.string(s, "rille.text.normalize")
  end
  local room = len * GROWTH[id]
  if room > MAX_SCRATCH_BYTES then
    return memory.string(0, to_buffer, s, id, "rille.text.normalize", MAX_RESERVED_BYTES)
  end
  local result = scratch(room)
  if C.rille_text_normalize(ptr, len, id, result, room, out, err) < 0 then
    return failure.limit(err, "rille.text.normalize")
  end
  return ffi.string(result, out[0])
end

--- Appends the text in a normalisation form to a buffer, without creating a string.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param form? rille.form NFC by default
---@return integer? len bytes appended
---@return string? message if the text or the result is too long
function M.normalize_into(buffer, s, form)
  local id = FORMS[form or "NFC"] or units.check(form, units.forms, "rille.text.normalize_into", "form")
  sink(buffer, s, "rille.text.normalize_into")
  local ptr, len = of(s, "rille.text.normalize_into")
  if C.rille_text_normalized(ptr, len, id, out, err) < 0 then
    return failure.limit(err, "rille.text.normalize_into")
  elseif out[0] == len then
    ffi.copy(buffer:reserve(len), ptr, len)
    buffer:commit(len)
    return len
  end
  return to_buffer(buffer, s, id, "rille.text.normalize_into", MAX_SCRATCH_BYTES)
end

return M
