--- Job forms: `x_job` with the arguments of `x`, and `job:result()` with what `x` returns.
local t = ...
local rille = require("rille")

local native = rille.backend == "native"
local LONG = 60000

--- What a job form returns in the end.
local function result(job, message)
  t.ok(job, message)
  t.eq(job:wait(LONG), "done")
  t.eq(job:ready(), false)
  t.eq(job:take(), nil)
  return job:result()
end

t.test("literals are made by a job", function()
  local job = rille.literals_job({ "foo", "bar" }, { case = "ignore" })
  local lits = result(job)
  t.eq({ lits:find("a BAR") }, { 3, 5, 2 })
  t.eq(lits:len(), 2)
  t.ok(rawequal(job:result(), lits), "another object the second time")
  job:close()
  job:close()
  t.raises("rille: closed", job.result, job)
  t.eq({ lits:find("a bar") }, { 3, 5, 2 })
  t.eq(result(rille.literals_job({})):test("x"), false)
end)

t.test("what the user typed wrong is the result of a job form", function()
  t.eq({ result(rille.literals_job({ "a", "" })) }, { rille.literals({ "a", "" }) })
  t.eq({ result(rille.regex_job("a(")) }, { rille.regex("a(") })
  t.eq({ result(rille.regexset_job({ "x", "a(" })) }, { rille.regexset({ "x", "a(" }) })
  local set, message = result(rille.regexset_job({ "\\w{500}" }, { size_limit = 1000 }))
  t.eq(set, nil)
  t.eq(message, select(2, rille.regexset({ "\\w{500}" }, { size_limit = 1000 })))
end)

t.test("wrong arguments of a job form are errors at once", function()
  t.raises("rille.literals_job: list must be a list of strings, got nil", rille.literals_job)
  t.raises("rille.literals_job: list%[2%] must be a string, got number", rille.literals_job, { "a", 1 })
  t.raises("rille.literals_job: wrong option x = 1", rille.literals_job, { "a" }, { x = 1 })
  t.raises("rille.regex_job: pattern must be a string, got nil", rille.regex_job)
  t.raises("rille.regexset_job: patterns must be a list of strings, got nil", rille.regexset_job)
end)

if not native then
  return
end

t.test("patterns and sets are compiled by a job", function()
  local job = rille.regex_job("(?P<word>b+)", "i")
  local re = result(job)
  t.eq({ re:find("aBBa") }, { 2, 3 })
  t.eq(re:captures("aBBa").word, { 2, 3 })
  job:close()
  t.eq(re:test("b"), true)
  re:close()
  local set = result(rille.regexset_job({ "a$", "b" }, { flags = "i" }))
  t.eq(set:matches("BA"), { 1, 2 })
  t.eq(set:len(), 2)
end)

t.test("a pattern that a job has compiled is in the cache of patterns", function()
  local before = rille.stats().handles.regex
  local re = result(rille.regex_job("a pattern of the job forms spec"))
  local again = rille.regex("a pattern of the job forms spec")
  if not t.shared then
    t.eq(rille.stats().handles.regex, before + 1)
  end
  -- One that is there already is shared as well.
  local third = result(rille.regex_job("a pattern of the job forms spec"))
  if not t.shared then
    t.eq(rille.stats().handles.regex, before + 1)
  end
  re:close()
  again:close()
  t.eq(third:test("a pattern of the job forms spec"), true)
  third:close()
  if not t.shared then
    t.eq(rille.stats().handles.regex, before)
  end
end)

t.test("wrong flags of a job form are errors at once", function()
  t.raises("rille.regex_job: unknown flag 'q'", rille.regex_job, "a", "q")
  t.raises("rille.regexset_job: wrong option x = 1", rille.regexset_job, { "a" }, { x = 1 })
end)

t.test("a job form that still runs, or was cancelled, has no result and says so", function()
  local words = {}
  for i = 1, 3000 do
    words[i] = ("%d\\w{2}[a-f]+"):format(i)
  end
  local job = rille.regexset_job(words, { size_limit = 2 ^ 30 })
  t.eq({ job:result() }, { nil, "the job is still running" })
  job:cancel()
  t.eq(job:wait(LONG), "cancelled")
  t.eq({ job:result() }, { nil, "the job was cancelled" })
end)

t.test("a job with batches has no result", function()
  local job = rille.walk(".")
  t.raises("rille.job:result: this job has batches of results; take them with job:take()", job.result, job)
  job:close()
end)
