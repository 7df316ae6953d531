--- Measures every call listed in `:help rille-costs` on the host's thread. Prints a row for each: the size of its input,
--- its median and its worst time. "Processor" is the median of the time that the thread had a processor: on a busy machine
--- it is more exact than the time by the clock.
local bench = dofile("bench/common/bench.lua")
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local now = bench.now

bench.title("costs of calls on the host's thread")

local MB, LONG = 2 ^ 20, 60000
local ASCII, MIXED = bench.ascii(MB), bench.mixed(MB)
local ROUNDS = bench.quick and 1 or tonumber(os.getenv("RILLE_BENCH_ROUNDS")) or 60

--- Milliseconds in which this thread had a processor, where the system counts them; otherwise those of the wall.
local busy = function()
  return now() * 1e3
end
if ffi.os == "Linux" then
  local time = ffi.new("rille_bench_time")
  busy = function()
    ffi.C.rille_bench_clock(3, time)
    return tonumber(time.seconds) * 1e3 + tonumber(time.nanoseconds) * 1e-6
  end
end

if not bench.quick then
  print(("%-34s %-24s %12s %12s %12s"):format("call", "input", "processor", "median", "worst"))
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

--- Calls a function many times, and prints a row. `before` creates the arguments of the call; its time is not counted.
local function row(name, size, fn, before)
  if not bench.wants(name) then
    return
  end
  local times, own = {}, {}
  for round = 1, ROUNDS do
    local a, b = nil, nil
    if before then
      a, b = before(round)
    end
    collectgarbage("stop")
    local since, before_call = now(), busy()
    fn(a, b, round)
    own[round] = busy() - before_call
    times[round] = (now() - since) * 1e3
    collectgarbage("restart")
    -- The collector runs between the rounds, as it does in a host.
    collectgarbage()
  end
  if bench.quick then
    print(name .. ": measured")
    return
  end
  local line = "%-34s %-24s %9.3f ms %9.3f ms %9.3f ms"
  print(line:format(name, size, median(own), median(times), times[#times]))
end

for _, unit in ipairs({ "byte", "char", "line", "utf16", "grapheme", "word", "sentence" }) do
  row("text.count " .. unit, "1 MB mixed", function()
    return text.count(MIXED, unit)
  end)
end
row("text.validate", "1 MB mixed", function()
  return text.validate(MIXED)
end)
row("text.repair", "1 MB with 1% invalid", function(s)
  return text.repair(s)
end, function()
  return (MIXED:gsub("..................................................", "%0\255"))
end)
for _, unit in ipairs({ "byte", "char", "grapheme" }) do
  row("text.reverse " .. unit, "1 MB mixed", function()
    return text.reverse(MIXED, unit)
  end)
end
for _, name in ipairs({ "upper", "lower", "fold" }) do
  row("text." .. name, "1 MB ASCII", function()
    return text[name](ASCII)
  end)
  row("text." .. name, "1 MB mixed", function()
    return text[name](MIXED)
  end)
end
row("text.equal_fold", "1 MB mixed, twice", function()
  return text.equal_fold(MIXED, MIXED)
end)
for _, form in ipairs({ "NFC", "NFD" }) do
  row("text.normalize " .. form, "1 MB mixed", function()
    return text.normalize(MIXED, form)
  end)
end
for _, input in ipairs({ { "1 MB ASCII", ASCII }, { "1 MB mixed", MIXED } }) do
  local size, s = input[1], input[2]
  row("text.width", size, function()
    return text.width(s)
  end)
  row("text.pad", size, function()
    return text.pad(s, 2 ^ 21)
  end)
  row("text.truncate", size, function()
    return text.truncate(s, 2 ^ 19)
  end)
  row("text.wrap", size, function()
    return text.wrap(s, 80)
  end)
  row("text.offset char to byte", size, function()
    return text.offset(s, 2 ^ 30, "char", "byte")
  end)
end
row("text.offset grapheme to byte", "1 MB mixed", function()
  return text.offset(MIXED, 2 ^ 30, "grapheme", "byte")
end)
do
  local positions = {}
  for i = 1, 10000 do
    positions[i] = i * 100
  end
  row("text.offsets byte to char", "1 MB, 10,000 positions", function()
    return text.offsets(MIXED, positions, "byte", "char")
  end)
  local rows = {}
  for i = 1, 100 do
    rows[i] = MIXED:sub(i * 200, i * 200 + 199)
  end
  row("text.truncate_list", "100 rows of 200 bytes", function()
    return text.truncate_list(rows, 80)
  end)
end

--- A list of distinct words, other ones in each round, as compiled patterns are kept.
local function words(count)
  return function(round)
    local list = {}
    for i = 1, count do
      list[i] = ("word%dof%d"):format(i, round)
    end
    return list
  end
end

row("regex", "short pattern", function(pattern)
  return rille.regex(pattern)
end, function(round)
  return ("(\\w+)@[a-z]{2,5}%d"):format(round)
end)
row("regex", "\\w{100} ignoring case", function(pattern)
  return rille.regex(pattern, "i")
end, function(round)
  return "\\w{100}" .. round
end)
row("regexset", "1,000 words", rille.regexset, words(1000))
row("literals", "1,000 words", rille.literals, words(1000))
row("literals", "10,000 words", rille.literals, words(10000))
do
  local re, lits = rille.regex("[a-z]+ing\\b"), rille.literals({ "needle", "haystack" })
  row("re:count", "1 MB ASCII", function()
    return re:count(ASCII)
  end)
  row("re:replace", "1 MB ASCII", function()
    return re:replace(ASCII, "<$0>")
  end)
  row("lits:count", "1 MB ASCII", function()
    return lits:count(ASCII)
  end)
  row("re:spans", "1 MB ASCII", function()
    return re:spans(ASCII)
  end)
  row("re:split", "1 MB ASCII", function()
    return re:split(ASCII)
  end)
  local set = rille.regexset({ "needle\\d", "[0-9]{4}-", "stack$" })
  row("set:matches", "1 MB ASCII", function()
    return set:matches(ASCII)
  end)
  row("stream:feed", "1 MB ASCII", function(stream)
    return stream:feed(ASCII)
  end, function()
    return rille.stream(lits, { "x", "y" })
  end)
end

--- A session of so many paths.
local function session(count)
  local fuzzy, list = rille.fuzzy(), {}
  for i = 1, count do
    list[i] = ("src/dir%d/part%d/file_%d.lua"):format(i % 97, i % 1013, i)
  end
  fuzzy:push(list)
  return fuzzy, list
end

do
  local fuzzy, list = session(bench.quick and 1000 or 100000)
  row("f:push", "100,000 paths", function(other)
    other:push(list)
  end, function()
    return rille.fuzzy()
  end)
  row("f:query", "100,000 paths", function(_, _, round)
    return fuzzy:query("part lua" .. round)
  end)
  local boosts = {}
  for i = 1, #list do
    boosts[i] = i % 50
  end
  row("f:boost", "100,000 numbers", function()
    return fuzzy:boost(boosts)
  end)
  row("f:clear", "100,000 paths", function(other)
    other:clear()
  end, function()
    return (session(#list))
  end)
  row("f:start", "100,000 paths", function(_, _, round)
    return fuzzy:start("part lua" .. round)
  end)
  row("fuzzy.filter", "100,000 paths", function(_, _, round)
    return rille.fuzzy.filter("part lua" .. round, list, { limit = 100 })
  end)
  local short = {}
  for i = 1, 1000 do
    short[i] = list[i] or ""
  end
  row("fuzzy.filter", "1,000 paths", function(_, _, round)
    return rille.fuzzy.filter("part lua" .. round, short, { limit = 100 })
  end)
  row("poll of f:push_job", "100,000 paths", function(job)
    return job:poll()
  end, function()
    return rille.fuzzy():push_job(list)
  end)
end

local path = os.tmpname()
local file = assert(io.open(path, "wb"))
for i = 1, bench.quick and 1000 or 400000 do
  file:write(("line %d: what a log has to say, with a needle now and then\n"):format(i))
end
file:close()

row("rille.file", "26 MB", rille.file, function()
  return path
end)
row("rille.file_job", "26 MB", rille.file_job, function()
  return path
end)
do
  local doc = rille.file(path)
  doc:index():wait(LONG)
  local count = doc:line_count()
  local function anywhere(round)
    return 1 + (round * 7919) % math.max(count - 200, 1)
  end
  row("doc:lines", "100 lines anywhere", function(_, _, round)
    return doc:lines(anywhere(round), anywhere(round) + 99)
  end)
  row("doc:last", "100 lines", function()
    return doc:last(100)
  end)
  row("doc:slice", "64 KB", function(_, _, round)
    return doc:slice(round * 1000, round * 1000 + 65535)
  end)
  row("doc:slice", "1 MB", function()
    return doc:slice(1, MB)
  end)
  row("doc:line_at", "anywhere", function(_, _, round)
    return doc:line_at(1 + round * 100003 % doc:size())
  end)
  row("doc:size", "", function()
    return doc:size()
  end)
  row("doc:refresh", "unchanged", function()
    return doc:refresh()
  end)
  row("doc:lines_job, start", "100 lines", function(_, _, round)
    return doc:lines_job(anywhere(round), anywhere(round) + 99)
  end)
  row("doc:lines_job, result", "100 lines", function(job)
    return job:result()
  end, function(round)
    local job = doc:lines_job(anywhere(round), anywhere(round) + 99)
    job:wait(LONG)
    return job
  end)
  local needle = rille.literals({ "needle" })
  row("doc:search", "start", function()
    return doc:search(needle)
  end)
  row("doc:filter", "start", function()
    return doc:filter(needle)
  end)
  doc:close()
end
os.remove(path)

row("rille.walk", "start", function()
  return rille.walk(".")
end)
row("rille.grep", "start", function()
  return rille.grep("needle", ".")
end)
row("text.count_job, start", "1 MB", function()
  return text.count_job(MIXED, "word")
end)
row("text.upper_job, result", "1 MB", function(job)
  return job:result()
end, function()
  local job = text.upper_job(MIXED)
  job:wait(LONG)
  return job
end)

bench.finish()
