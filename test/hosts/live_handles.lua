-- Makes a handle of each kind that rille has and leaves all of them to the closing state. Takes the project's root; returns
-- the number of handles. A kind that is not available is skipped.
local root = ...
local rille = require("rille")
local makers = {
  buffer = function()
    return rille.buffer(64)
  end,
  regex = function()
    return rille.regex("a+")
  end,
  regexset = function()
    return rille.regexset({ "a", "b" })
  end,
  literals = function()
    return rille.literals({ "a", "b" })
  end,
  stream = function()
    return rille.stream(rille.regex("a"), "b")
  end,
  fuzzy = function()
    local corpus = rille.fuzzy()
    corpus:push({ "one", "two" })
    return { corpus, corpus:query("o") }
  end,
  fuzzy_job = function()
    local corpus = rille.fuzzy()
    corpus:push({ "one", "two" })
    return { corpus, corpus:start("o") }
  end,
  file = function()
    return rille.file(root .. "/test/support/runner.lua")
  end,
  walk = function()
    return rille.walk(root .. "/test")
  end,
  grep = function()
    return rille.grep("local", root .. "/test")
  end,
  diff = function()
    return rille.diff("a\nb\n", "a\nc\n")
  end,
  notifier = function()
    return rille.notifier()
  end,
  job = function()
    local start = dofile(root .. "/test/support/jobs.lua")
    local jobs, note = {}, rille.notifier()
    for i = 1, 20 do
      jobs[i] = start({ steps = 1000000, microseconds = 100, results = 1 })
      note:watch(jobs[i])
    end
    return { jobs, note }
  end,
}

local count, held = 0, {}
for kind, make in pairs(makers) do
  local ok, handle = pcall(make)
  if ok and handle then
    held[kind] = handle
    count = count + 1
  end
end
-- Globals, since only reachable objects are left for the closing state.
_G.rille_held = held
_G.late_call = function()
  return rille.text.reverse("late")
end
return count
