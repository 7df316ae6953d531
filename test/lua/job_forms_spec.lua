--- Job forms: `x_job` takes the arguments of `x`, and `job:result()` returns what `x` returns.
local t = ...
local rille = require("rille")

local native = rille.backend == "native"
local LONG = 60000

--- Waits for a job form, and returns its result.
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

t.test("a mistake of the user is the result of a job form", function()
  t.eq({ result(rille.literals_job({ "a", "" })) }, { rille.literals({ "a", "" }) })
  t.eq({ result(rille.regex_job("a(")) }, { rille.regex("a(") })
  t.eq({ result(rille.regexset_job({ "x", "a(" })) }, { rille.regexset({ "x", "a(" }) })
  local set, message = result(rille.regexset_job({ "\\w{500}" }, { memory_limit = 1000 }))
  t.eq(set, nil)
  t.eq(message, select(2, rille.regexset({ "\\w{500}" }, { memory_limit = 1000 })))
end)

t.test("wrong arguments of a job form are errors at once", function()
  t.raises("rille.literals_job: list must be a list of strings, got nil", rille.literals_job)
  t.raises("rille.literals_job: list%[2%] must be a string, got number", rille.literals_job, { "a", 1 })
  t.refuses(
    "rille.literals_job: unknown option 'x' (known: case, match, memory_limit)",
    rille.literals_job,
    { "a" },
    { x = 1 }
  )
  t.raises("rille.regex_job: pattern must be a string, got nil", rille.regex_job)
  t.raises("rille.regexset_job: patterns must be a list of strings, got nil", rille.regexset_job)
end)

--- Arguments for each text function that has a job form, the text first.
local TEXTS = {
  "",
  "hello world, this is a line to wrap\nand another\n",
  "Straße ΣΑΣ e\204\129 日本語 🇩🇪\t|",
  "bad \255 \226\130 bytes",
}
local CALLS = {
  reverse = { {}, { "byte" }, { "char" } },
  validate = { {} },
  repair = { {} },
  count = { { "byte" }, { "char" }, { "line" }, { "grapheme" }, { "word" }, { "utf16" } },
  offset = { { 3, "byte", "char" }, { 2 ^ 40, "char", "byte" } },
  offsets = { { { 5, 1, 3 }, "byte", "utf16" }, { {}, "byte", "char" } },
  width = { {}, { { tabstop = 4, column = 2 } } },
  truncate = { { 5 }, { 8, { side = "middle", ellipsis = "..." } }, { 1000 } },
  pad = { { 60, { align = "center", fill = "." } }, { 3 } },
  wrap = { { 10 }, { 4, { keep_long_words = true } } },
  wrap_spans = { { 10 } },
  upper = { {} },
  lower = { {} },
  fold = { {} },
  equal_fold = { { "hello" }, { "" } },
  normalize = { {}, { "NFD" }, { "NFKC" } },
}

for name, calls in pairs(CALLS) do
  t.test("the job form of text." .. name .. " returns what it returns", function()
    for _, s in ipairs(TEXTS) do
      if native or not s:find("[\128-\255]") then
        for _, arguments in ipairs(calls) do
          local expected = { rille.text[name](s, unpack(arguments)) }
          t.eq({ result(rille.text[name .. "_job"](s, unpack(arguments))) }, expected)
        end
      end
    end
  end)
end

t.test("every function on text that can be slow has a job form", function()
  for name in pairs(CALLS) do
    t.ok(rille.text[name .. "_job"], name)
  end
  for _, name in ipairs(require("rille.text.units").jobs) do
    t.ok(CALLS[name], name)
  end
end)

t.test(
  "the job form of a text reads its arguments as the function does, and raises the same errors",
  function()
    for name, arguments in pairs({
      count = { "a", "x" },
      reverse = { "a", "word" },
      offset = { "a", 0, "byte", "char" },
      offsets = { "a", { 1, nil, 3 }, "byte", "char" },
      width = { "a", { tabstop = 0 } },
      truncate = { "a", -1 },
      pad = { "a", 5, { fill = "ab" } },
      wrap = { "a", 0 },
      upper = { nil },
      equal_fold = { "a" },
      normalize = { "a", "NFX" },
    }) do
      local n = name == "offset" and 4 or 4
      local function message(fn)
        local ok, said = pcall(fn, unpack(arguments, 1, n))
        t.eq(ok, false)
        return said:gsub("^.-rille%.text%.", "")
      end
      local said = message(rille.text[name .. "_job"])
      t.eq(said, (message(rille.text[name]):gsub(name, name .. "_job", 1)))
    end
  end
)

t.test("a text above 8 MiB is refused by a job, with a sentence that names rille.file", function()
  local long = ("x"):rep(8 * 2 ^ 20)
  t.eq(result(rille.text.count_job(long, "byte")), 8 * 2 ^ 20)
  for _, arguments in ipairs({
    { "count", long .. "y", "char" },
    { "upper", long .. "y" },
    { "equal_fold", "a", long .. "y" },
  }) do
    local job, message = rille.text[arguments[1] .. "_job"](unpack(arguments, 2))
    t.eq(job, nil)
    t.ok(message:find("rille.text." .. arguments[1] .. "_job: ", 1, true), message)
    t.ok(message:find("8388609 bytes", 1, true) and message:find("rille.file", 1, true), message)
  end
end)

t.test("a job of a text has its own copy", function()
  local buffer = rille.buffer()
  buffer:put("one two three")
  local job = rille.text.wrap_job(buffer, 4)
  buffer:reset():put("xxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
  t.eq(result(job), { "one", "two", "thre", "e" })
  local results = { 9, 9, 9 }
  job = rille.text.offsets_job("abc", { 2 }, "byte", "char", results)
  t.ok(rawequal(result(job), results))
  t.eq(results, { 2 })
end)

t.test("a scan is made by a job", function()
  local literals = assert(rille.literals({ "cat", "dog" }))
  local job = rille.scan_job(literals, { max_bytes = 6 })
  literals:close()
  local scan = result(job)
  t.eq(scan:feed("a ca"), nil)
  t.ok(rawequal(job:result(), scan), "another object the second time")
  job:close()
  t.eq(scan:feed("t dog"), { 1 })
  t.eq(scan:limited(), true)
  t.eq(scan:reset():feed("dog"), { 2 })
  t.raises("rille.scan_job: matcher must be a rille.regexset or rille.literals, got nil", rille.scan_job)
  t.raises("rille: closed", rille.scan_job, literals)
end)

if not native then
  return
end

t.test("what a scan refuses, its job form refuses, with the same message", function()
  for _, set in ipairs({
    rille.regexset({ [[\bx]] }),
    rille.regexset({ [[\w{500}]] }, { memory_limit = 2 ^ 28 }),
  }) do
    local scan, message = rille.scan(set, { memory_limit = 100000 })
    t.eq(scan, nil)
    t.eq({ result(rille.scan_job(set, { memory_limit = 100000 })) }, { nil, message })
  end
end)

t.test("the automaton of a scan that a job has made is counted while the scan lives", function()
  local words = {}
  for i = 1, 2000 do
    words[i] = "a word of the job forms spec " .. i
  end
  local literals = assert(rille.literals(words))
  local job = rille.scan_job(literals)
  local scan = result(job)
  job:close()
  literals:close()
  if not t.shared then
    local held = rille.stats().bytes.scan
    scan:close()
    local freed = held - rille.stats().bytes.scan
    t.ok(freed > 50000, tostring(freed))
  end
end)

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
  -- A pattern that is already cached is shared as well.
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
  t.refuses("rille.regex_job: unknown flag 'q' (known: i, m, s, x, b)", rille.regex_job, "a", "q")
  t.refuses(
    "rille.regexset_job: unknown option 'x' (known: anchored, flags, memory_limit)",
    rille.regexset_job,
    { "a" },
    { x = 1 }
  )
end)

t.test("a job form that still runs, or was cancelled, has no result and says so", function()
  local words = {}
  for i = 1, 3000 do
    words[i] = ("%d\\w{2}[a-f]+"):format(i)
  end
  local job = rille.regexset_job(words, { memory_limit = 2 ^ 30 })
  t.eq({ job:result() }, { nil, "the job is still running" })
  job:cancel()
  t.eq(job:wait(LONG), "cancelled")
  t.eq({ job:result() }, { nil, "the job was cancelled" })
end)

t.test("results that wait in a job are counted by rille.stats", function()
  if t.shared then
    t.skip("other Lua states of this process use jobs")
  end
  collectgarbage()
  local before = rille.stats().bytes.job
  local job = rille.text.upper_job(("x"):rep(2 ^ 20))
  t.eq(job:wait(LONG), "done")
  local held = rille.stats().bytes.job - before
  t.ok(held >= 2 ^ 20 and held < 2 ^ 21, held)
  job:close()
  t.ok(rille.stats().bytes.job <= before, "the result is not given back")
end)

t.test("a job with batches has no result", function()
  local job = rille.walk(".")
  t.raises("rille.job:result: this job has batches of results; take them with job:take()", job.result, job)
  job:close()
end)
