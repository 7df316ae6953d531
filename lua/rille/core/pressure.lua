--- Reports native memory to the garbage collector, which cannot see it.
---
--- The library keeps the native memory of all handles in one counter. When it has grown by STEP since the last check, the
--- collector does a part of a cycle, sized so that a cycle finishes within CYCLE: unreferenced handles are freed by then. A part
--- that takes longer than MAX_SECONDS, as with a large heap of the host, continues at the next checks.
--- A host that frees its handles itself never pays for this.
local C = require("rille.core.ffi")

local M = {}

local STEP = 1024
local CYCLE = 16 * 1024
--- Maximum seconds of the collector in one check; KiB that it does at once; and KiB of native memory until the next check if it
--- has not done all.
local MAX_SECONDS, PART, SOON = 0.002, 128, 64

--- Pointer to the native memory of all handles in KiB.
local held = C.rille_held_kib()

--- The size in KiB at the last check, the size at which to check again, and what the collector still has to do.
local base = held[0]
local bound, debt = base + STEP, 0

local known = pcall(collectgarbage, "isrunning")

--- Runs the collector in proportion to the growth of native memory.
local function relieve()
  local grown = held[0] - base
  -- A collector that the host has stopped stays stopped: a step would restart it.
  if not known or collectgarbage("isrunning") then
    local heap = collectgarbage("count")
    debt = math.min(debt + math.ceil(heap * math.min(grown / CYCLE, 0.5)) + 16, math.ceil(heap) + 16)
    local till = os.clock() + MAX_SECONDS
    repeat
      local part = math.min(PART, debt)
      debt = collectgarbage("step", part) and 0 or debt - part
    until debt <= 0 or os.clock() >= till
  end
  base = held[0]
  bound = base + (debt > 0 and SOON or STEP)
end

--- Checks the native memory. Call it after that may have grown.
function M.grown()
  if held[0] > bound then
    relieve()
  end
end

--- Lowers the size at which the next check happens. Call it after native memory was freed.
function M.shrunk()
  if held[0] < base then
    base = held[0]
    bound = base + (debt > 0 and SOON or STEP)
  end
end

return M
