--- Forks: in the child of a process that forked while its jobs ran, every function returns and waits for no lost thread.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" or t.host ~= "luajit" or ffi.os ~= "Linux" then
  return t.test("forks", function()
    t.skip("needs the native library and a process that may be forked")
  end)
end

ffi.cdef([[
int fork(void);
int waitpid(int, int *, int);
int usleep(unsigned);
unsigned alarm(unsigned);
void _exit(int);
int write(int, const void *, size_t);
]])

--- Number of forks at random moments of each kind of job. Low, unless the environment asks for more.
local ROUNDS = tonumber(os.getenv("RILLE_TEST_FORKS")) or 2
--- Seconds after which a child that has not ended counts as hanging.
local BOUND = 60
local LONG = 30000

local NEEDLES = rille.literals({ "needle", "thread" })
local LINES = 40000
local LOG = {}
for i = 1, LINES do
  LOG[i] = ("line %d, with a %s and some more text"):format(i, i % 100 == 0 and "needle" or "stone")
end
LOG = table.concat(LOG, "\n") .. "\n"

--- Calls every function of texts, patterns and streams. A child has the objects of its parent.
local function use_texts(kept)
  local text = rille.text
  t.eq(text.reverse("añb"), "bña")
  t.eq(text.upper("straße"), "STRASSE")
  t.eq(text.lower("ÄÖ"), "äö")
  t.ok(text.equal_fold("Straße", "STRASSE"))
  t.eq(text.normalize("e\204\129", "NFC"), "é")
  t.eq(text.count("a b c", "word"), 3)
  t.eq(text.count("Hi. Ho. ", "sentence"), 2)
  t.eq(text.offset("añb", 3, "char", "byte"), 4)
  t.eq(text.width("漢字"), 4)
  t.eq(text.truncate("hello world", 5), "hell…")
  t.ok(#text.wrap("some words to be wrapped", 10) > 1)
  t.ok(text.validate("x") and text.repair("\255") == "\239\191\189")
  local buffer = rille.buffer(16)
  t.eq(text.pad_into(buffer, "x", 3), 3)
  for _, re in ipairs({ kept.regex, rille.regex("n(ee)dle") }) do
    t.eq({ re:find("a needle") }, { 3, 8 })
    t.eq(re:match("a needle"), "ee")
    t.eq(re:count("needle needle"), 2)
    t.eq(re:replace("needle", "x"), "x")
  end
  t.ok(kept.set:test("abc") and #kept.set:matches("abc") == 1)
  -- Objects that the parent had made and used half-way.
  t.eq(kept.stream:feed("le ") .. kept.stream:finish(), "x ")
  t.eq(kept.buffer:put("b"):tostring(), "ab")
  t.eq(kept.spans:count(), 2)
  t.eq({ kept.spans:get(2) }, { 8, 13 })
  t.eq({ kept.iterator() }, { 8, 13 })
  t.eq({ kept.hits() }, { 8, 13, 1 })
  t.eq({ kept.words() }, { 5, 7 })
  t.eq({ NEEDLES:find("a thread") }, { 3, 8, 2 })
  local stream = rille.stream(NEEDLES, { "x", "y" })
  t.eq(stream:feed("a need") .. stream:feed("le") .. stream:finish(), "a x")
  t.eq({ rille.diff("a\n", "a\nb\n"):get(1) }, { 1, 0, 2, 1 })
  local scan = rille.scan(NEEDLES)
  t.eq(scan:feed("a need"), nil)
  t.eq(scan:feed("le", true), { 1 })
end

--- Takes all results of a job. Returns their number, and how the job ended.
local function finish(job)
  local count = 0
  while true do
    local state = job:wait(LONG)
    local batch = job:take()
    while batch do
      count = count + (batch.count or 1)
      batch = job:take()
    end
    if state ~= "running" then
      return count, state
    end
  end
end

--- Waits for a job form, and returns its result.
local function result(job)
  t.eq(job:wait(LONG), "done")
  return job:result()
end

--- Checks a file that the parent had opened, in any state, and then every method of a file.
local function use_file(doc, path)
  t.eq(doc:size(), #LOG)
  t.eq(doc:lines(1, 2):text(2), "line 2, with a stone and some more text")
  t.eq(doc:line(3), "line 3, with a stone and some more text")
  t.eq(doc:last(1):text(1), ("line %d, with a needle and some more text"):format(LINES))
  t.ok(doc:around(100, 1, 1).count == 2)
  t.eq(doc:slice(1, 4), "line")
  t.eq(doc:info().size, #LOG)
  t.eq(result(doc:lines_job(1, 2)):text(2), "line 2, with a stone and some more text")
  t.eq(result(doc:last_job(1)):number(1), doc:last(1):number(1))
  t.eq(result(doc:slice_job(1, 4)), "line")
  t.eq(result(doc:info_job()).size, #LOG)
  local again = result(rille.file_job(path))
  t.eq(result(again:line_job(3)), doc:line(3))
  again:close()
  t.eq(doc:index():wait(LONG), "done")
  local count, exact = doc:line_count()
  t.eq({ count, exact }, { LINES, true })
  t.eq(doc:line_at(doc:offset_of(500)), 500)
  t.eq(doc:line(LINES), doc:last(1):text(1))
  t.eq(select(2, finish(doc:count(NEEDLES, { lines = true }))), "done")
  t.eq({ finish(doc:search(NEEDLES, { backward = true, limit = 3 })) }, { 3, "done" })
  local filter, filling = doc:filter(NEEDLES)
  t.eq(filling:wait(LONG), "done")
  t.eq(filter:line_count(), LINES / 100)
  t.eq(filter:origin(1), doc:offset_of(100))
  local from = doc:navigate(NEEDLES):next(1, LONG)
  t.eq(from and doc:line_at(from), 100)
  local follow = doc:follow()
  -- The parent may have written the same text again.
  local change = doc:refresh()
  t.ok(change == "same" or change == "replaced", change)
  follow:close()
  local more = assert(io.open(path, "ab"))
  more:write("one more line\n")
  more:close()
  t.eq(doc:refresh(), "grown")
  t.eq(doc:index():wait(LONG), "done")
  t.eq({ doc:line_count() }, { LINES + 1, true })
  doc:close()
end

--- Checks that every object of the parent reports immediately that it belongs to the parent.
local function use_foreign(kept)
  local names = { "size", "line_count", "info", "index", "refresh", "follow" }
  for _, file in ipairs({ kept.filter, kept.spool }) do
    for _, name in ipairs(names) do
      local value, message, reason = file[name](file)
      t.eq(value, nil, name)
      t.ok(message:find("forked", 1, true), name .. ": " .. message)
      t.eq(reason, "forked", name)
    end
    for _, answer in ipairs({
      { result(file:lines_job(1, 2)) },
      { result(file:slice_job(1, 2)) },
      { result(file:last_job(1)) },
      { result(file:info_job()) },
      { result(file:refresh_job()) },
      { file:lines(1, 2) },
      { file:last(1) },
      { file:around(1, 1, 1) },
      { file:line(1) },
      { file:line_at(1) },
      { file:offset_of(1) },
      { file:slice(1, 2) },
      { file:search(NEEDLES) },
      { file:filter(NEEDLES) },
      { file:count(NEEDLES) },
      { file:origin(1) },
    }) do
      t.eq({ answer[1] == nil, answer[3] }, { true, "forked" })
    end
  end
  for _, job in ipairs(kept.jobs) do
    local state, _, message = job:poll()
    t.eq(state, "failed")
    t.ok(message:find("forked", 1, true))
    t.eq(job:wait(), "failed")
    t.eq(job:take(), nil)
    local has_result, value, reason = pcall(job.result, job)
    if has_result then
      t.eq({ value, reason }, { nil, message })
    end
    job:cancel()
    local note = rille.notifier()
    note:watch(job)
    t.eq(note:drain(), true)
    note:close()
  end
  for _, call in ipairs({
    { "push", { "x" } },
    { "query", "x" },
    { "start", "x" },
    { "clear" },
    { "text", 1 },
    { "stats" },
  }) do
    t.eq((pcall(kept.fuzzy[call[1]], kept.fuzzy, call[2])), false, call[1])
  end
  t.eq((pcall(kept.note.drain, kept.note)), false)
end

local function use_jobs(kept)
  local fuzzy = rille.fuzzy()
  fuzzy:push({ "needle", "stone" })
  t.eq(fuzzy:query("ndl").total, 1)
  fuzzy:feed(rille.walk(kept.directory))
  t.ok(finish(rille.walk(kept.directory)) > 0)
  t.ok(finish(rille.grep("^local", kept.directory)) > 0)
  t.ok(rille.fuzzy.match("ndl", "needle") ~= nil)
  t.ok(rille.stats().handles.file > 0 and rille.health().backend == "native")
  fuzzy:close()
end

local function say(message)
  ffi.C.write(2, message .. "\n", #message + 1)
end

--- Forks, and fails unless the child ends.
local function forked(kept, path, kind)
  io.stdout:flush()
  local pid = ffi.C.fork()
  if pid == 0 then
    ffi.C.alarm(BOUND)
    local ok, message = xpcall(function()
      use_foreign(kept)
      use_texts(kept)
      use_jobs(kept)
      use_file(kept.doc, path)
      for _, job in ipairs(kept.jobs) do
        job:close()
      end
      kept.filter:close()
      kept.spool:close()
      kept.fuzzy:close()
      kept.note:close()
    end, debug.traceback)
    if not ok then
      say(kind .. ": " .. message)
    end
    ffi.C._exit(ok and 0 or 1)
  end
  local status = ffi.new("int[1]")
  while ffi.C.waitpid(pid, status, 0) ~= pid do -- luacheck: ignore 542
  end
  t.ok(pid > 0)
  -- SIGALRM, which ends a hanging child, is 14.
  t.ok(status[0] % 128 ~= 14, kind .. ": the child hangs")
  t.eq(status[0], 0, kind)
end

--- The work that runs at the fork. Its jobs are new in each round, and so is its file.
local KINDS = {
  index = function(kept)
    return { kept.doc:index() }
  end,
  search = function(kept)
    return { kept.doc:search(NEEDLES), kept.doc:count(rille.regex("[a-z]+ and")) }
  end,
  filter = function(kept)
    local _, job = kept.doc:filter(rille.regex("[a-z]+ and"))
    return { job, kept.filling }
  end,
  spool = function(kept)
    return { kept.spool:index() }
  end,
  follow = function(kept, write)
    local job = kept.doc:follow()
    write(LOG, "wb")
    return { job }
  end,
  walk = function(kept)
    return { rille.walk(kept.directory) }
  end,
  grep = function(kept)
    return { rille.grep("function|local", kept.directory) }
  end,
  ["reading of a file"] = function(kept, _, path)
    local jobs =
      { rille.file_job(path), kept.doc:slice_job(1, #LOG), kept.doc:last_job(LINES), kept.doc:refresh_job() }
    for i = 1, 20 do
      jobs[#jobs + 1] = kept.doc:lines_job(i * LINES / 40, i * LINES / 40 + 1000)
    end
    return jobs
  end,
  ["text"] = function()
    return { rille.text.upper_job(LOG), rille.text.wrap_job(LOG, 20), rille.text.count_job(LOG, "word") }
  end,
  ["compiling"] = function()
    local words = {}
    for i = 1, 500 do
      words[i] = ("%d\\w{2}[a-f]+"):format(i)
    end
    return {
      rille.regex_job("\\w{100}"),
      rille.regexset_job(words),
      rille.literals_job(words),
      rille.scan_job(assert(rille.literals(words))),
    }
  end,
  ["diff"] = function()
    local other = LOG:gsub("and", "or", 1000)
    return { rille.diff_job(LOG, other) }
  end,
  ["fuzzy search"] = function(kept)
    return { kept.fuzzy:start("lin ston") }
  end,
  ["fuzzy feed"] = function(kept)
    local walk = rille.walk(kept.directory)
    kept.fuzzy:feed(walk)
    return { walk }
  end,
}

local directory = debug.getinfo(1, "S").source:match("^@(.*)test[/\\]lua[/\\][^/\\]*$")
directory = directory == "" and "lua" or directory .. "lua"

for kind, start in pairs(KINDS) do
  t.test("no child hangs that was forked while a job ran: " .. kind, function()
    local seed = os.time()
    math.randomseed(seed)
    for round = 1, ROUNDS do
      t.with_file(LOG, function(path, write)
        local kept = {
          directory = directory,
          regex = rille.regex("n(ee)dle"),
          set = rille.regexset({ "b+", "x" }),
          note = rille.notifier(),
          stream = rille.stream(NEEDLES, { "x", "y" }),
          buffer = rille.buffer():put("a"),
          spans = rille.regex("needle"):spans("needle needle"),
          iterator = rille.regex("needle"):gfind("needle needle"),
          hits = NEEDLES:gfind("needle needle"),
          fuzzy = rille.fuzzy({ normalize = true }),
          doc = rille.file(path, { cache = 2 ^ 17 }),
          spool = rille.file("/dev/zero", { spool = true, spool_limit = 2 ^ 24 }),
        }
        kept.fuzzy:push(LOG)
        t.eq(kept.stream:feed("need"), "")
        t.eq({ kept.iterator() }, { 1, 6 })
        t.eq({ kept.hits() }, { 1, 6, 1 })
        local step, state = rille.text.segments("one two", "word")
        kept.words = function()
          return step(state)
        end
        t.eq({ kept.words() }, { 1, 3 })
        kept.filter, kept.filling = kept.doc:filter(NEEDLES)
        kept.doc:navigate(NEEDLES):next(1)
        kept.jobs = start(kept, write, path)
        for _, job in ipairs(kept.jobs) do
          kept.note:watch(job)
        end
        -- Immediately, soon, or later: most of these jobs take some milliseconds.
        local pause = math.floor(10 ^ (math.random() * 4.5)) - 1
        ffi.C.usleep(pause)
        for i = 1, math.random(0, 30) do
          local _ = kept.doc:line(i)
        end
        forked(kept, path, ("%s, round %d, seed %d, after %d microseconds"):format(kind, round, seed, pause))
        for _, name in ipairs({ "doc", "spool", "filter", "fuzzy", "note" }) do
          kept[name]:close()
        end
      end)
    end
  end)
end
