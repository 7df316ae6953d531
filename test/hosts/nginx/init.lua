-- Runs in the master before it forks, and again in each worker: both load rille and call it, so that whatever a library
-- keeps from before the fork has to work after it.
local rille = require("rille")
assert(rille.text.reverse("rille") == "ellir")

-- A pool that runs before the fork, jobs included, and another one after it.
local start = dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")
local before = package.loaded["rille.test.job"]
if before then
  local state, _, message = before:poll()
  assert(state == "failed" and message:find("forked", 1, true), state)
  assert(before:wait() == "failed" and not before:take())
end
local job = start({ steps = 1000000, microseconds = 100, results = 1 })
assert(job:wait(60000) == "running" and job:take(1))
package.loaded["rille.test.job"] = job
