--- Normalisation in pure Lua, only for text whose bytes prove that it is normalised already.
local bytes = require("rille.bytes")
local units = require("rille.text.units")

local find = string.find

--- Bytes that may change, by form. NFC changes nothing before U+0300, whose lead byte is 0xCC; invalid bytes never change.
local CHANGED = { NFC = "[\204-\255]", NFD = "[\128-\255]", NFKC = "[\128-\255]", NFKD = "[\128-\255]" }

local NEEDS_TABLES = "needs the native library"

---@class rille.fallback.text
local M = {}

--- Returns the text in a normalisation form.
---@param s rille.source
---@param form? rille.form NFC by default
---@return string? text nil if it might have to be changed
---@return string? message
function M.normalize(s, form)
  form = units.check(form or "NFC", units.forms, "rille.text.normalize", "form")
  local text = bytes.string(s, "rille.text.normalize")
  if find(text, CHANGED[form]) then
    return nil, NEEDS_TABLES
  end
  return text
end

--- Appends the text in a normalisation form to a buffer.
---@param buffer string.buffer|rille.buffer
---@param s rille.source
---@param form? rille.form NFC by default
---@return integer? len bytes appended, nil if the text might have to be changed
---@return string? message
function M.normalize_into(buffer, s, form)
  form = units.check(form or "NFC", units.forms, "rille.text.normalize_into", "form")
  bytes.sink(buffer, s, "rille.text.normalize_into")
  local text = bytes.string(s, "rille.text.normalize_into")
  if find(text, CHANGED[form]) then
    return nil, NEEDS_TABLES
  end
  buffer:put(text)
  return #text
end

return M
