--- Segments in pure Lua: grapheme clusters, words and lines. Sentences and line breaks need the native library's tables.
local bytes = require("rille.bytes")
local segment = require("rille.fallback.segment")
local units = require("rille.text.units")

local find, byte = string.find, string.byte
local next_segment = segment.next

local CR = 13

--- By unit, a function that takes the state and returns the next segment's first and last byte.
local steps = {}

function steps.grapheme(state)
  local s, from = state.s, state.at
  if from <= #s then
    local stop = next_segment(state.machine, s, from)
    state.at = stop + 1
    return from, stop
  end
end

function steps.word(state)
  local s, from = state.s, state.at
  while from <= #s do
    local stop, word = next_segment(state.machine, s, from)
    if word then
      state.at = stop + 1
      return from, stop
    end
    from = stop + 1
  end
  state.at = from
end

function steps.line(state)
  local s, from = state.s, state.at
  if from <= #s then
    local feed = find(s, "\n", from, true)
    if not feed then
      state.at = #s + 1
      return from, #s
    end
    state.at = feed + 1
    if feed > from and byte(s, feed - 1) == CR then
      return from, feed - 2
    end
    return from, feed - 1
  end
end

---@class rille.fallback.text
local M = {}

--- Iterates over the segments of a text: `for from, to in rille.text.segments(s, "word") do … end`.
---@param s rille.source
---@param unit rille.unit.segment
---@return (fun(state: table): integer?, integer?)? iterator of positions of the first and the last byte
---@return table|string state or the message if the unit needs the native library
function M.segments(s, unit)
  units.check(unit, units.segments, "rille.text.segments")
  local text = bytes.string(s, "rille.text.segments")
  local step = steps[unit]
  if not step then
    return nil, "needs the native library"
  end
  return step, { s = text, at = 1, machine = unit ~= "line" and segment.machine(unit) or nil }
end

return M
