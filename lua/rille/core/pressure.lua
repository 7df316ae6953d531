--- Reports native memory to the garbage collector, which cannot see it.
---
--- The library keeps the native memory of all handles in one counter. When it has grown by STEP since the last check, the
--- collector does a part of a cycle, sized so that a cycle finishes within CYCLE: unreferenced handles are freed by then.
--- A host that frees its handles itself never pays for this.
local C = require("rille.core.ffi")

local M = {}

local STEP = 1024
local CYCLE = 16 * 1024

--- Pointer to the native memory of all handles in KiB.
local held = C.rille_held_kib()

--- The size in KiB at which to check again.
local bound = held[0] + STEP

local known = pcall(collectgarbage, "isrunning")

--- Runs the collector in proportion to the growth of native memory.
local function relieve()
  local grown = held[0] - (bound - STEP)
  -- A collector that the host has stopped stays stopped: a step would restart it.
  if not known or collectgarbage("isrunning") then
    local heap = collectgarbage("count")
    collectgarbage("step", math.ceil(heap * math.min(grown / CYCLE, 0.5)) + 16)
  end
  bound = held[0] + STEP
end

--- Checks the native memory. Call it after that may have grown.
function M.grown()
  if held[0] > bound then
    relieve()
  end
end

--- Lowers the size at which the next check happens. Call it after native memory was freed.
function M.shrunk()
  local lower = held[0] + STEP
  if lower < bound then
    bound = lower
  end
end

return M
