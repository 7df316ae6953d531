--- Job forms of files: `x_job` takes the arguments of `x`, and `job:result()` returns what `x` returns.
local t = ...
local rille = require("rille")

local native = rille.backend == "native"
local LONG = 60000
local TEXT = "first\nsecond line\r\nthird " .. ("x"):rep(100) .. "\nlast"

--- Waits for a job form, and returns its result.
local function result(job, message)
  t.ok(job, message)
  t.eq(job:wait(LONG), "done")
  t.eq({ job:ready(), job:take() }, { false, nil })
  return job:result()
end

--- Converts lines to plain values.
local function plain(lines, ...)
  if type(lines) ~= "table" or not lines.text then
    return lines, ...
  end
  local list = { count = lines.count, first = lines.first, more = lines.more }
  for i = 1, lines.count do
    list[i] = { lines:text(i), lines:number(i), lines:offset(i), lines:length(i), lines:cut(i) }
  end
  return list
end

--- Calls of each function that has a job form.
local CALLS = {
  lines = {
    { 1, 2 },
    { 2, 100 },
    { 3, 3, { from_column = 3, max_bytes = 5 } },
    { 9, 10 },
    { 2, 1 },
    { 1, 0 },
  },
  line = { { 1 }, { 2 }, { 3, { max_bytes = 7 } }, { 5 } },
  around = { { 8, 1, 1 }, { 1, 5, 5, { max_bytes = 3 } }, { 10000, 1, 1 }, { 7, 0, 0 } },
  last = { { 1 }, { 2, { from_column = 2 } }, { 100 } },
  slice = { { 1, 5 }, { 4, 2 ^ 52 }, { 1000, 2000 }, { 3, 2 } },
  line_at = { { 1 }, { 9 }, { 10000 } },
  offset_of = { { 1 }, { 3 }, { 7 } },
  size = { {} },
  line_count = { {} },
  info = { {} },
  refresh = { {} },
}

for name, calls in pairs(CALLS) do
  t.test("the job form of file:" .. name .. " returns what it returns", function()
    for _, content in ipairs({ TEXT, "", "\n", ("a line\n"):rep(300000) }) do
      t.with_file(content, function(path)
        local doc = rille.file(path)
        if native then
          t.eq(doc:index():wait(LONG), "done")
        end
        for _, arguments in ipairs(calls) do
          local expected = { plain(doc[name](doc, unpack(arguments))) }
          t.eq({ plain(result(doc[name .. "_job"](doc, unpack(arguments)))) }, expected)
        end
        doc:close()
      end)
    end
  end)
end

t.test("a file is opened by a job", function()
  t.with_file(TEXT, function(path)
    local job = rille.file_job(path, { cache = 2 ^ 17 })
    local doc = result(job)
    t.eq(doc:size(), #TEXT)
    t.ok(rawequal(job:result(), doc), "another object the second time")
    job:close()
    t.raises("rille: closed", job.result, job)
    t.eq(doc:line(1), "first")
    doc:close()
  end)
  t.eq({ result(rille.file_job("/no such file")) }, { rille.file("/no such file") })
  t.eq({ result(rille.file_job(".")) }, { rille.file(".") })
end)

t.test("wrong arguments of the job forms of files are errors at once, in their own name", function()
  t.raises("rille.file_job: path must be a string, got nil", rille.file_job)
  t.refuses(
    "rille.file_job: unknown option 'x' (known: cache, index, spool, spool_directory, spool_limit, threads, unpack)",
    rille.file_job,
    "x",
    { x = 1 }
  )
  t.with_file(TEXT, function(path)
    local doc = rille.file(path)
    t.raises("rille.file:lines_job: first must be an integer from 1 on, got 0", doc.lines_job, doc, 0, 1)
    t.raises("rille.file:lines_job: last must be an integer from 0 on, got nil", doc.lines_job, doc, 1)
    t.refuses(
      "rille.file:lines_job: unknown option 'x' (known: from_column, max_bytes)",
      doc.lines_job,
      doc,
      1,
      2,
      { x = 1 }
    )
    t.raises("rille.file:line_job: n must be an integer from 1 on, got a", doc.line_job, doc, "a")
    t.raises("rille.file:around_job: before must be", doc.around_job, doc, 1, -1, 1)
    t.raises("rille.file:last_job: n must be", doc.last_job, doc, 0)
    t.raises("rille.file:slice_job: from must be", doc.slice_job, doc, 0, 1)
    t.raises("rille.file:line_at_job: position must be", doc.line_at_job, doc, 1.5)
    t.raises("rille.file:offset_of_job: n must be", doc.offset_of_job, doc)
    doc:close()
    for name in pairs(CALLS) do
      t.raises("rille: closed", doc[name .. "_job"], doc, 1, 1, 1)
    end
  end)
end)

t.test("lines that a job has read stay valid, whatever is read later and whatever is closed", function()
  t.with_file(TEXT, function(path)
    local doc = rille.file(path)
    local mine = doc:lines(1, 1)
    local jobs, pages = {}, {}
    for i = 1, 3 do
      jobs[i] = doc:lines_job(i, i)
    end
    local around, last = doc:around_job(1, 0, 2), doc:last_job(1)
    -- The jobs keep what they need alive.
    t.eq(mine:text(1), "first")
    doc:close()
    for i = 1, 3 do
      pages[i] = result(jobs[i])
      t.ok(rawequal(jobs[i]:result(), pages[i]))
      jobs[i]:close()
      jobs[i]:close()
      t.ok(jobs[i]:closed())
      t.raises("rille: closed", jobs[i].result, jobs[i])
    end
    local first, newest = result(around), result(last)
    jobs, around, last = nil, nil, nil -- luacheck: ignore 331 311
    collectgarbage()
    collectgarbage()
    t.eq(pages[1]:text(1), "first")
    t.eq(pages[2]:text(1), "second line")
    t.eq({ pages[3]:number(1), pages[3]:length(1) }, { 3, 106 })
    t.eq(rille.bytes and rille.text.count(pages[2]:view(1), "byte"), 11)
    t.eq({ first:text(2), newest:text(1) }, { "second line", "last" })
    t.raises("i must be from 1 to 1, got 2", pages[1].text, pages[1], 2)
  end)
end)

t.test("a job does not change the lines that the last call has read", function()
  t.with_file(TEXT, function(path)
    local doc = rille.file(path)
    local mine = doc:lines(1, 2)
    result(doc:lines_job(3, 3))
    result(doc:line_job(1))
    result(doc:last_job(1))
    t.eq(mine:text(2), "second line")
    doc:close()
  end)
end)

t.test("a job returns the change of a file as the function does", function()
  t.with_file(TEXT, function(path, write)
    local doc = rille.file(path)
    write("more\n", "ab")
    t.eq(result(doc:refresh_job()), "grown")
    t.eq(result(doc:size_job()), #TEXT + 5)
    write("short", "wb")
    for name, arguments in pairs({ lines = { 1, 2 }, last = { 1 }, slice = { 1, 3 }, size = {}, info = {} }) do
      local expected = { doc[name](doc, unpack(arguments)) }
      t.eq(expected[3], "changed")
      t.eq({ result(doc[name .. "_job"](doc, unpack(arguments))) }, expected)
    end
    t.eq(result(doc:refresh_job()), "truncated")
    t.eq(result(doc:slice_job(1, 10)), "short")
    doc:close()
  end)
end)

if not native then
  return
end

t.test("a job form takes the working directory of when it was started", function()
  local ffi = require("ffi")
  if t.shared or ffi.os == "Windows" then
    t.skip("other Lua states of this process have the same working directory")
  end
  ffi.cdef("int chdir(const char *); char *getcwd(char *, size_t);")
  t.with_file(TEXT, function(path)
    local directory, name = path:match("^(.*)/([^/]*)$")
    local before = ffi.string(ffi.C.getcwd(ffi.new("char[4096]"), 4096))
    t.eq(ffi.C.chdir(directory), 0)
    local jobs = {}
    for i = 1, 20 do
      jobs[i] = rille.file_job(name)
    end
    t.eq(ffi.C.chdir(before), 0)
    for _, job in ipairs(jobs) do
      t.eq(result(job):line(1), "first")
    end
  end)
end)

t.test("the lines that a job has read are counted in the stats, and freed with their last owner", function()
  if t.shared then
    t.skip("other Lua states of this process use jobs")
  end
  local line = ("x"):rep(1023)
  t.with_file((line .. "\n"):rep(2 ^ 13), function(path)
    -- Its index would be another job. In nginx a job of the worker fills its results meanwhile, by far less than SLACK.
    local SLACK = 2 ^ 19
    local doc = rille.file(path, { index = false })
    collectgarbage()
    collectgarbage()
    local before = rille.stats().bytes.job
    local job = doc:slice_job(1, 2 ^ 22)
    t.eq(job:wait(LONG), "done")
    t.ok(rille.stats().bytes.job - before >= 2 ^ 22)
    local _, done, _, total = job:poll()
    t.eq({ done, total }, { 2 ^ 22, 2 ^ 22 })
    job:close()
    t.ok(rille.stats().bytes.job - before <= SLACK)
    before = rille.stats().bytes.job
    job = doc:lines_job(1, 1000)
    local page = result(job)
    job:close()
    t.ok(rille.stats().bytes.job - before >= 1000 * 1024, "the lines have gone with the job")
    t.eq(page:text(1000), line)
    page, job = nil, nil -- luacheck: ignore 311 331
    collectgarbage()
    collectgarbage()
    t.ok(rille.stats().bytes.job - before <= SLACK, "the lines are not given back")
    doc:close()
  end)
end)

t.test("a job form of a file that still runs, or was cancelled, has no result and says so", function()
  t.with_file(("a line\n"):rep(2 ^ 22), function(path)
    local doc = rille.file(path, { index = false })
    local job = doc:slice_job(1, 2 ^ 25)
    job:cancel()
    local state = job:wait(LONG)
    if state ~= "done" then
      t.eq(state, "cancelled")
      t.eq({ job:result() }, { nil, "the job was cancelled" })
    end
    doc:close()
  end)
end)

t.test("lines after the index are pending for a job as for the function", function()
  t.with_file(("a line\n"):rep(2 ^ 20), function(path)
    local doc = rille.file(path, { index = false })
    local _, message, reason = result(doc:lines_job(2 ^ 19, 2 ^ 19))
    t.eq({ message, reason }, { select(2, doc:lines(2 ^ 19, 2 ^ 19)) })
    t.eq(reason, "pending")
    doc:close()
  end)
end)

t.test("spools and filters are opened and read by jobs", function()
  t.with_file(TEXT, function(path)
    if not t.windows then
      local spool = result(rille.file_job("/dev/zero", { spool = true, spool_limit = 2 ^ 16 }))
      t.eq(spool:index():wait(LONG), "failed")
      t.eq(result(spool:slice_job(1, 2)), "\0\0")
      spool:close()
    end
    local doc = rille.file(path)
    local kept, job = doc:filter("line")
    t.eq(job:wait(LONG), "done")
    t.eq(result(kept:lines_job(1, 5)):text(1), "second line")
    doc:close()
    kept:close()
  end)
end)
