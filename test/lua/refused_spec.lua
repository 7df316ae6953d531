--- Refused memory: each call of each module returns or raises a sentence, or its job fails with one, and leaves the host and
--- the handle unchanged. The trials are in refused.lua; the sentences are those in |rille-limits|.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" or t.host ~= "luajit" or ffi.os ~= "Linux" then
  return t.test("refused memory", function()
    t.skip("needs the native library and a process that may be forked")
  end)
end

local ROOT = os.getenv("RILLE_ROOT")
local refused = dofile(ROOT .. "/test/support/refused.lua")
local ended = refused.ended

--- Runs a command.
local function run(command)
  local pipe = assert(io.popen(command .. " && echo done"))
  t.ok(pipe:read("*a"):find("done"), command)
  pipe:close()
end

local mixed = ("na\195\175ve \240\159\145\169 caf\101\204\129 \228\184\173\230\150\135 ABC\n"):rep(4000)
local items, words, positions = {}, {}, {}
for i = 1, 12000 do
  items[i] = ("src/dir%d/sub%d/file_%d.lua"):format(i % 7, i % 50, i)
end
for i = 1, 2000 do
  words[i] = "word" .. i * 7919
end
for i = 1, 5000 do
  positions[i] = (i * 7919) % 30000 + 1
end
local listing = table.concat(items, "\n")

local folder = os.tmpname()
os.remove(folder)
run("mkdir " .. folder)
local path = folder .. "/log"
local file = assert(io.open(path, "wb"))
for i = 1, 30000 do
  file:write("line ", i, " of the log with a needle\n")
end
file:write(("x"):rep(2000000), "needle\n")
file:close()
run("gzip -kf " .. path)

--- Patterns that are compiled before all trials.
local needle, wide = rille.regex("needle|caf"), rille.regex("\\w+")
local lits = rille.literals({ "naive", "caf" })

local cases = {}

--- Adds a case whose call must work again afterwards. With `engine`, a part of its memory is allocated by crates in a way
--- that cannot be refused, so only the total memory of the process is limited.
local function case(name, call, make, engine)
  cases[#cases + 1] = { name = name, call = call, make = make, engine = engine, again = true }
end

--- Waits for the end of a job, and returns what `get` returns for it.
local function finished(job, why, get)
  if not job then
    return nil, why
  end
  local done, message = ended(job)
  if not done then
    return nil, message
  end
  return get(job)
end

for _, name in ipairs({ "upper", "lower", "fold", "repair" }) do
  case("text." .. name, function()
    return #rille.text[name](mixed)
  end)
  case("text." .. name .. "_into", function(buffer)
    buffer:reset()
    return rille.text[name .. "_into"](buffer, mixed)
  end, function()
    return rille.buffer(8)
  end)
end
case("text.normalize", function()
  return #rille.text.normalize(mixed, "NFD")
end)
case("text.reverse", function()
  return #rille.text.reverse(mixed)
end)
case("text.wrap", function()
  return #rille.text.wrap(mixed, 20)
end)
case("text.count", function()
  return rille.text.count(mixed, "word")
end)
case("text.offsets", function()
  return rille.text.offsets(mixed, positions, "byte", "utf16")[17]
end)
case("text.count_job", function()
  local job, why = rille.text.count_job(mixed, "word")
  return finished(job, why, function(over)
    return over:result()
  end)
end)
case("text.upper_job", function()
  local job, why = rille.text.upper_job(mixed)
  return finished(job, why, function(over)
    return #over:result()
  end)
end)
case("buffer:put", function(buffer)
  buffer:reset()
  return #buffer:put(mixed):tostring()
end, function()
  return rille.buffer(8)
end)

case("regex", function()
  local re, why = rille.regex("(\\w+)-(\\d+)x")
  return re and re:test("a-1x"), why
end, nil, true)
case("regex_job", function()
  local job, why = rille.regex_job("(\\w+)-(\\d+)y")
  return finished(job, why, function(over)
    local re, wrong = over:result()
    return re and re:test("a-1y"), wrong
  end)
end, nil, true)
case("regex:count", function()
  return wide:count(mixed)
end, nil, true)
case("regex:replace", function()
  return #wide:replace(mixed, "<$0>")
end, nil, true)
case("regex:split", function()
  return #needle:split(mixed)
end, nil, true)
case("regexset", function()
  local set, why = rille.regexset(words)
  return set and #set:matches("word7919"), why
end, nil, true)
case("literals", function()
  local list, why = rille.literals(words)
  return list and list:count(listing .. "word7919"), why
end, nil, true)
case("literals_job", function()
  local job, why = rille.literals_job(words)
  return finished(job, why, function(over)
    local list, wrong = over:result()
    return list and list:count("word7919"), wrong
  end)
end, nil, true)
case("literals:count, backward", function(list)
  return list:count(("ab"):rep(30000))
end, function()
  -- The long one begins at each place and never ends, so the rest is searched backward, by an automaton that is built here.
  local list = rille.literals({ ("ab"):rep(5000) .. "x", "b" })
  t.eq(list:count(("ab"):rep(30000)), 30000)
  return list
end)
case("literals:replace", function()
  return #lits:replace(mixed, "<>")
end)
case("stream", function()
  local stream, why = rille.stream(lits, "<>")
  return stream and #stream:feed(mixed) + #stream:finish(), why
end)
case("stream of a regex", function()
  local stream, why = rille.stream(needle, "<>")
  return stream and #stream:feed(mixed) + #stream:finish(), why
end, nil, true)

local edited = listing:gsub("sub7/", "sub8/"):gsub("\n", "\n\n", 500)
for _, algorithm in ipairs({ "histogram", "myers", "minimal" }) do
  case("diff by " .. algorithm, function()
    local hunks, why = rille.diff(listing, edited, { algorithm = algorithm, whitespace = "amount" })
    return hunks and hunks.count, why
  end)
end
case("diff_job", function()
  local job, why = rille.diff_job(listing, edited, { case = "ignore" })
  return finished(job, why, function(over)
    local hunks, wrong = over:result()
    return hunks and hunks.count, wrong
  end)
end)

case("walk", function()
  return ended(rille.walk(ROOT .. "/src"))
end)
case("walk in order", function()
  return ended(rille.walk(ROOT .. "/lua", { sort = true }))
end)
case("grep", function()
  return ended(rille.grep("fn", ROOT .. "/src/text", { fixed = true }))
end, nil, true)

local changed = listing:gsub("sub7/", "sub9/"):gsub("dir3", "dir-three")
local hunks = rille.diff(listing, changed)
case("diff: unified", function()
  return #hunks:unified()
end)
case("diff: unified_into", function(buffer)
  buffer:reset()
  return hunks:unified_into(buffer)
end, function()
  return rille.buffer(8)
end)
case("diff: apply", function()
  return #rille.diff.apply(listing, hunks)
end)
case("diff: merge3", function()
  local merged, conflicts = rille.diff.merge3(listing, changed, (listing:gsub("sub7/", "sub11/")))
  return #merged + conflicts.count
end)
case("diff: inline", function()
  return rille.diff.inline(listing, changed).count
end)

local function opened()
  return rille.file(path, { index = false })
end
case("file", function()
  local log, why = opened()
  return log and log:line(5), why
end)
case("file:lines", function(log)
  local lines, why = log:lines(1, 5000)
  return lines and lines.count, why
end, opened)
case("file:slice", function(log)
  local slice, why = log:slice(1, 1500000)
  return slice and #slice, why
end, opened)
case("file:last", function(log)
  local lines, why = log:last(5)
  return lines and lines.count, why
end, opened)
case("file:index", function(log)
  local done, why = ended(log:index())
  return done and log:line_count(), why
end, opened)
case("file:search", function(log)
  return ended(log:search(needle))
end, opened, true)
case("file:filter", function(log)
  local kept, job = log:filter("1")
  return finished(kept and job, job, function()
    return kept:line(3)
  end)
end, opened, true)
case("file with unpack", function()
  local log, why = rille.file(path .. ".gz", { unpack = true })
  if not log then
    return nil, why
  end
  local done, message = ended(log:index())
  return done and log:line_count(), message
end, nil, true)

for name, list in pairs({ ["a list"] = items, ["a text"] = listing }) do
  case("fuzzy:push of " .. name, function(session)
    session:clear()
    local pushed, why = session:push(list)
    return pushed and session:len(), why
  end, rille.fuzzy)
end
local function filled()
  local session = rille.fuzzy()
  session:push(items)
  return session
end
case("fuzzy:query", function(session)
  local result, why = session:query("file 12 !sub4")
  return result and result.total, why
end, filled)
case("fuzzy:start", function(session)
  local job, why = session:start("file 12 | 13")
  return finished(job, why, function()
    return session:results().total
  end)
end, filled)
case("fuzzy:boost", function(session)
  session:boost(positions)
  return session:query("file").total
end, filled)
case("the text of a result", function(result)
  return result:text(1)
end, function()
  return filled():query("file1")
end)
case("fuzzy:feed", function(session)
  session:clear()
  local job, why = rille.walk(ROOT .. "/lua")
  if not job then
    return nil, why
  end
  session:feed(job)
  local done, message = ended(job)
  return done and session:len() > 50, message
end, rille.fuzzy)
case("fuzzy.match", function()
  return (rille.fuzzy.match("src lua", ("src/"):rep(20000) .. "lua"))
end)
case("fuzzy.filter", function()
  return rille.fuzzy.filter("file 12", items).total
end)

t.test("the help has each sentence about refused memory", function()
  local help = assert(io.open(ROOT .. "/doc/rille.txt")):read("*a"):match("%*rille%-limits%*(.-)\n====")
  help = help:gsub("%s+", " ")
  for _, sentence in ipairs(refused.SENTENCES) do
    t.ok(help:find(sentence, 1, true), "the help does not have: " .. sentence)
  end
end)

--- Runs only one case, selected by a part of its name.
local only = os.getenv("RILLE_TEST_CASE") or ""

for _, one in ipairs(cases) do
  if one.name:find(only, 1, true) then
    t.test("refused memory: " .. one.name, function()
      one.wanted = refused.wanted(one)
      t.ok(one.wanted and not one.wanted:find("nil") and not one.wanted:find("\n%s"), one.wanted)
      if not one.engine then
        t.eq(table.concat(refused.one_by_one(one), "\n"), "")
      end
      t.eq(table.concat(refused.in_total(one), "\n"), "")
    end)
  end
end

t.test("a file with a line for which there is no memory is a row of the kind error", function()
  local found = refused.in_child(function()
    local job = assert(rille.grep("needle", folder, { fixed = true, globs = { "log" } }))
    -- When the search runs, the buffer for the line is refused.
    refused.refuse(1000000)
    local rows = {}
    while job:wait(60000) do
      local batch = job:take()
      if not batch then
        break
      end
      for i = 1, batch.count do
        rows[batch:kind(i)] = batch:text(i)
      end
    end
    return tostring(rows.error) .. tostring(select(3, job:poll()))
  end)
  t.ok(found:find("the system has no memory for %d+ bytes"), found)
end)

t.test("a process with a bounded address space survives, and each noun reports refused memory", function()
  ffi.cdef([[
    typedef struct rille_refused_bound { unsigned long soft, hard; } rille_refused_bound;
    int rille_refused_prlimit(int, int, const rille_refused_bound *, rille_refused_bound *) __asm__("prlimit");
    void *rille_refused_malloc(size_t) __asm__("malloc");
  ]])
  local AS = 9
  local plain = ("src/some/file.lua\n"):rep(400000)
  local large, huge = ("Some text, na\195\175ve.\n"):rep(400000), {}
  for i = 1, 20000 do
    huge[i] = "w" .. i * 7919 .. "z"
  end
  local report, how = refused.in_child(function()
    local session, log = rille.fuzzy(), opened()
    -- Loads the modules that are loaded at their first use.
    t.ok(rille.text.upper("a") and rille.regexset and rille.grep and rille.walk)
    local status = assert(io.open("/proc/self/status")):read("*a")
    local size = tonumber(status:match("VmSize:%s+(%d+)")) * 1024
    local bound, old = ffi.new("rille_refused_bound"), ffi.new("rille_refused_bound")
    assert(ffi.C.rille_refused_prlimit(0, AS, nil, old) == 0)
    -- The specs before this one may have left the process memory that it can use without asking the system: take it all.
    bound.soft, bound.hard = size, old.hard
    assert(ffi.C.rille_refused_prlimit(0, AS, bound, nil) == 0)
    local piece = 2 ^ 25
    while piece >= 2 ^ 12 do
      if ffi.C.rille_refused_malloc(piece) == nil then
        piece = piece / 2
      end
    end
    bound.soft = size + 2 ^ 22
    assert(ffi.C.rille_refused_prlimit(0, AS, bound, nil) == 0)
    local buffer = rille.buffer(8)
    local said = {}
    local function ask(name, call)
      local ok, result, message = pcall(call)
      local sentence = not ok and result or result == nil and message or nil
      if
        sentence
        and not refused.is_refusal(sentence)
        and not tostring(sentence):find("no thread could be started")
      then
        said[#said + 1] = name .. ": " .. tostring(sentence)
      end
      return sentence ~= nil
    end
    if not ask("text.upper_into", function()
      return rille.text.upper_into(buffer, large)
    end) then
      said[#said + 1] = "24 MB were found in 4"
    end
    if not ask("regexset", function()
      return rille.regexset(huge)
    end) then
      said[#said + 1] = "a set of 20,000 words was compiled"
    end
    if not ask("fuzzy:push", function()
      return session:push(plain)
    end) then
      said[#said + 1] = "8 MB of lines were pushed into 4"
    end
    ask("grep", function()
      return ended(rille.grep("needle", folder, { fixed = true }))
    end)
    ask("file:index", function()
      return ended(log:index())
    end)
    ask("file:search", function()
      return ended(log:search(needle))
    end)
    ask("fuzzy:query", function()
      return session:query("zz")
    end)
    assert(ffi.C.rille_refused_prlimit(0, AS, old, nil) == 0)
    t.eq(session:query("zz").total, 0)
    t.ok(rille.regexset(words):test("word7919"))
    t.ok(ended(log:index()))
    return "lives. " .. table.concat(said, "; ")
  end)
  t.eq(report or how, "lives. ")
end)

run("rm -r " .. folder)
