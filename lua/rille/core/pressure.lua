--- Native memory, which the collector cannot see, as a reason for it to work.
---
--- The library keeps the native memory of all handles in one number. When that has grown by STEP since the last look, the
--- collector does a part of a cycle, so large that a cycle is over after CYCLE: handles that nobody holds any more are
--- freed by then. A host that frees its handles itself never pays for it.
local C = require("rille.core.ffi")

local M = {}

local STEP = 1024
local CYCLE = 16 * 1024

--- The native memory of all handles in KiB, behind a pointer.
local held = C.rille_held_kib()

--- When to look again.
local bound = held[0] + STEP

local known = pcall(collectgarbage, "isrunning")

--- Lets the collector work for what native memory has grown.
local function relieve()
  local grown = held[0] - (bound - STEP)
  -- A collector that the host has stopped stays so: a step would start it.
  if not known or collectgarbage("isrunning") then
    local heap = collectgarbage("count")
    collectgarbage("step", math.ceil(heap * math.min(grown / CYCLE, 0.5)) + 16)
  end
  bound = held[0] + STEP
end

--- To be called where native memory may have grown.
function M.grown()
  if held[0] > bound then
    relieve()
  end
end

--- To be called where native memory was given back.
function M.shrunk()
  local lower = held[0] + STEP
  if lower < bound then
    bound = lower
  end
end

return M
