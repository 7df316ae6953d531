-- Runs in the master before it forks, and again in each worker: both load rille and really call it, so that
-- whatever a library keeps from before the fork has to work after it.
local rille = require("rille")
assert(rille.text.reverse("rille") == "ellir")
