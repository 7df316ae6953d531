--- `rille.file`: reading, on both backends.
local t = ...
local rille = require("rille")
local LONG = 60000
local native = rille.backend == "native"

local function texts(batch)
  local list = {}
  for i = 1, batch.count do
    list[i] = batch:text(i)
  end
  return list
end

t.test("wrong arguments are errors", function()
  t.raises("rille.file: path must be a string, got nil", rille.file)
  t.raises("rille.file: opts must be a table, got number", rille.file, "x", 1)
  t.refuses(
    "rille.file: unknown option 'indx' (known: cache, index, spool, spool_directory, spool_limit, threads, unpack)",
    rille.file,
    "x",
    { indx = true }
  )
  t.with_file("a\nb\n", function(path)
    local file = rille.file(path)
    t.raises("rille.file:lines: first must be an integer from 1 on, got 0", file.lines, file, 0, 1)
    t.raises("rille.file:lines: last must be an integer from 0 on, got nil", file.lines, file, 1)
    t.refuses(
      "rille.file:lines: unknown option 'column' (known: from_column, max_bytes)",
      file.lines,
      file,
      1,
      1,
      { column = 1 }
    )
    t.raises("rille.file:line_at: position must be an integer from 1 on, got x", file.line_at, file, "x")
    t.raises("rille.file:slice_into: buffer must be a string.buffer", file.slice_into, file, {}, 1, 2)
    file:close()
    file:close()
    t.ok(file:closed())
    t.raises("rille: closed", file.size, file)
    t.raises("rille: closed", file.lines, file, 1, 2)
  end)
end)

t.test("a file that cannot be opened is nil and a reason", function()
  local file, message = rille.file("/nowhere/at all")
  t.eq(file, nil)
  t.eq(message, "/nowhere/at all: No such file or directory")
  file, message = rille.file("/")
  t.eq(file, nil)
  t.eq(message, "/: it is a directory")
end)

t.test("lines with LF and CR LF, with NUL bytes and without an end", function()
  t.with_file("one\r\ntwo\n\nfo\0ur\r\r\nfi\rve\r", function(path)
    local file = t.ok(rille.file(path))
    t.eq(file:size(), 24)
    t.eq({ file:line_count() }, { 5, true })
    local batch = file:lines(1, 100)
    t.eq(texts(batch), { "one", "two", "", "fo\0ur\r", "fi\rve\r" })
    t.eq(batch.first, 1)
    t.eq(batch.more, false)
    t.eq({ batch:number(4), batch:offset(4), batch:length(4), batch:cut(4) }, { 4, 11, 6, false, false })
    t.eq(batch:view(2):tostring(), "two")
    t.raises("rille.file.lines:text: i must be from 1 to 5, got 6", batch.text, batch, 6)
    t.eq(texts(file:lines(4, 4)), { "fo\0ur\r" })
    t.raises("stale batch", batch.text, batch, 1)
    t.eq(file:lines(3, 2).count, 0)
    t.eq(file:lines(6, 7), nil)
    t.eq({ file:line(2) }, { "two", false })
    t.eq(file:line(6), nil)
    t.eq(file:slice(2, 7), "ne\r\ntw")
    t.eq(file:slice(24, 900), "\r")
    t.eq(file:slice(25, 900), "")
    t.eq(file:offset_of(5), 19)
    t.eq(file:offset_of(6), nil)
    t.eq(file:line_at(10), 3)
    t.eq(file:line_at(11), 4)
    t.eq(file:line_at(25), nil)
    t.eq(texts(file:last(2)), { "fo\0ur\r", "fi\rve\r" })
    t.eq(texts(file:last(99)), texts(file:lines(1, 5)))
    t.eq(texts(file:around(10, 1, 2)), { "two", "", "fo\0ur\r" })
    t.eq(texts(file:around(1, 9, 1)), { "one" })
    t.eq(file:around(12, 2, 0):number(1), 2)
    local buffer = rille.buffer(1)
    t.eq(file:slice_into(buffer, 6, 8), 3)
    t.eq(buffer:tostring(), "two")
    file:close()
  end)
end)

t.test("more bytes than a result can have are nil and a message", function()
  if rille.backend ~= "native" then
    return t.skip("the fallback makes a string of what it reads")
  end
  t.with_file("", function(path)
    local sparse = assert(io.open(path, "r+b"))
    sparse:seek("set", 2 ^ 32)
    sparse:write("x")
    sparse:close()
    local file = assert(rille.file(path, { index = false }))
    t.eq(file:size(), 2 ^ 32 + 1)
    local buffer = rille.buffer(1)
    local len, message = file:slice_into(buffer, 1, 2 ^ 32 + 1)
    t.eq(len, nil)
    t.ok(message:find("more than 4 GiB - 1", 1, true), message)
    t.eq(file:slice_into(buffer, 2 ^ 32 + 1, 2 ^ 32 + 9), 1)
    t.eq(buffer:tostring(), "x")
    file:close()
  end)
end)

t.test("an empty file has no line", function()
  t.with_file("", function(path)
    local file = rille.file(path)
    t.eq(file:size(), 0)
    t.eq({ file:line_count() }, { 0, true })
    t.eq(file:lines(1, 1), nil)
    t.eq(file:last(5), nil)
    t.eq(file:offset_of(1), nil)
    t.eq(file:slice(1, 10), "")
    file:close()
  end)
end)

t.test("the last lines end with the newest, however long lines are", function()
  local lines = {}
  for i = 1, 50 do
    lines[i] = ("%-8d"):format(i) .. ("."):rep(40000 - 8)
  end
  t.with_file(table.concat(lines, "\n") .. "\n", function(path)
    local file = rille.file(path)
    local batch = file:last(50)
    t.eq(batch:text(batch.count), lines[50])
    local left = 50 - batch.count
    t.eq(batch.more, left > 0)
    while left > 0 do
      batch = file:around(batch:offset(1) - 1, left - 1, 1)
      t.eq(batch:text(batch.count), lines[left])
      left = left - batch.count
    end
    t.eq(batch:text(1), lines[1])
    file:close()
  end)
end)

t.test("a batch is stale after the next call that reads a line, and when the file is closed", function()
  t.with_file("one\n\nthree\n", function(path)
    local file = rille.file(path)
    local batch = file:lines(1, 3)
    t.eq(batch:length(2), 0)
    file:line(1)
    t.raises("stale batch", batch.text, batch, 1)
    batch = file:lines(1, 3)
    file:close()
    t.raises("stale batch", batch.text, batch, 1)
  end)
end)

t.test("a file whose size the system does not report is read correctly", function()
  local plain = not t.windows and io.open("/proc/version", "rb")
  if not plain then
    return t.skip("there is no /proc")
  end
  local text = plain:read("*a")
  plain:close()
  local file = rille.file("/proc/version")
  t.eq(file:size(), #text)
  t.eq(file:slice(1, #text), text)
  t.eq({ file:line_count() }, { 1, true })
  t.eq(file:last(1):text(1), (text:gsub("\n$", "")))
  t.eq(file:refresh(), "same")
  file:close()
end)

t.test("windows into long lines", function()
  local long = ("0123456789"):rep(20000)
  t.with_file("short\n" .. long .. "\nend\n", function(path)
    local file = rille.file(path)
    local batch = file:lines(1, 3)
    t.eq(batch:text(2), long:sub(1, 65536))
    t.eq({ batch:cut(2) }, { false, true })
    t.eq(batch:length(2), 200000)
    batch = file:lines(1, 3, { from_column = 100003, max_bytes = 5 })
    t.eq(texts(batch), { "", "23456", "" })
    t.eq({ batch:cut(2) }, { true, true })
    t.eq({ batch:cut(1) }, { true, false })
    t.eq({ file:line(2, { max_bytes = 3 }) }, { "012", true })
    t.eq({ file:line(2, { from_column = 199999 }) }, { "89", false })
    t.eq(file:around(100000, 1, 1, { from_column = 2, max_bytes = 2 }):text(2), "12")
    file:close()
  end)
end)

t.test("a file with many lines, compared with a plain read", function()
  local lines = {}
  for i = 1, 30000 do
    lines[i] = ("line %d%s"):format(i, ("."):rep(i * 7919 % 97))
  end
  t.with_file(table.concat(lines, "\n") .. "\n", function(path)
    local file = rille.file(path)
    if native then
      t.eq(file:index():wait(LONG), "done")
    end
    t.eq({ file:line_count() }, { 30000, true })
    for n = 1, 30000, 997 do
      t.eq(file:line(n), lines[n])
      local offset = file:offset_of(n)
      t.eq(file:line_at(offset), n)
      t.eq(file:slice(offset, offset + #lines[n] - 1), lines[n])
      local around = file:around(offset + 3, 2, 2)
      t.eq(around:number(around.count), math.min(n + 1, 30000))
    end
    t.eq(file:last(3):number(1), 29998)
    t.eq(#file:slice(1, 2 ^ 40), file:size())
    local info = file:info()
    t.ok(info.exact and info.indexed == info.size)
    t.ok(info.index_bytes < 64 * 30, info.index_bytes)
    file:close()
  end)
end)

t.test("a file that grows, is truncated and replaced", function()
  t.with_file("one\ntwo", function(path, write)
    local file = rille.file(path)
    t.eq(file:refresh(), "same")
    write("!\nthree\n", "ab")
    t.eq({ file:line_count() }, { 2, true })
    t.eq(file:refresh(), "grown")
    t.eq(texts(file:lines(1, 9)), { "one", "two!", "three" })
    write("x\n")
    local lines, message, reason = file:lines(1, 9)
    t.eq({ lines, reason }, { nil, "changed" })
    t.eq(message, "the file was truncated from 15 bytes to 2 since the last refresh; refresh it")
    t.eq({ select(3, file:size()) }, { "changed" })
    t.eq({ select(3, file:slice(1, 2)) }, { "changed" })
    t.eq(file:refresh(), "truncated")
    t.eq(texts(file:lines(1, 9)), { "x" })
    local other = path .. ".new"
    local made = assert(io.open(other, "wb"))
    made:write("another\nfile\n")
    made:close()
    if t.windows then
      -- There `os.rename` replaces no file, and the name of one that is open is free only after it is renamed.
      t.ok(os.rename(path, path .. ".old"))
    end
    t.ok(os.rename(other, path))
    t.eq(texts(file:lines(1, 9)), { "x" }, "the old one until it is refreshed")
    t.eq(file:refresh(), "replaced")
    t.eq(texts(file:lines(1, 9)), { "another", "file" })
    file:close()
    os.remove(path .. ".old")
  end)
end)

if not native then
  return t.test("files report what needs the native library", function()
    t.with_file("a\n", function(path)
      local file = rille.file(path)
      for _, name in ipairs({ "index", "search", "count", "filter", "navigate", "follow" }) do
        local job, message = file[name](file, "a")
        t.eq(job, nil)
        t.ok(message:find("rille.file:" .. name .. " needs the native library", 1, true), message)
      end
      t.eq(file:origin(1), nil)
      file:close()
    end)
  end)
end

t.test("the index is a job, and lines after it are not known until then", function()
  local line = ("x"):rep(63) .. "\n"
  t.with_file(line:rep(2 ^ 17), function(path)
    local file = rille.file(path, { index = false, threads = 2, cache = 2 ^ 17 })
    t.eq({ file:line_count() }, { 2 ^ 17, false })
    t.eq(file:line(1000), line:sub(1, 63))
    local text, message, reason = file:line(100000)
    t.eq({ text, reason }, { nil, "pending" })
    t.ok(message:find("wait for file:index%(%)"), message)
    t.eq(select(3, file:line_at(2 ^ 22)), "pending")
    local last = file:last(2)
    t.eq({ last:text(2), last.first }, { line:sub(1, 63) })
    local job = file:index()
    t.eq(job:wait(LONG), "done")
    t.eq({ select(2, job:poll()) }, { 2 ^ 23, nil, 2 ^ 23 })
    t.eq(job:take(), nil)
    t.eq({ file:line_count() }, { 2 ^ 17, true })
    t.eq(file:line_at(2 ^ 22), 2 ^ 16)
    t.eq(file:last(2).first, 2 ^ 17 - 1)
    t.eq(file:index():wait(LONG), "done", "again, though there is nothing to do")
    file:close()
  end)
end)

t.test("a job that follows a file becomes ready, also by a notifier", function()
  t.with_file("one\n", function(path, write)
    local file = rille.file(path)
    local job = t.ok(file:follow())
    local note = rille.notifier()
    note:watch(job)
    for n = 1, 3 do
      write(("line %d\n"):format(n), "ab")
      t.eq(job:wait(LONG), "running")
      t.soon(note.drain, note)
      local news = job:take()
      t.eq({ news.change, news.size }, { "grown", 4 + 7 * n })
      t.eq(job:take(), nil)
      t.eq(file:refresh(), "grown")
      t.eq(file:last(1):text(1), ("line %d"):format(n))
    end
    write("short\n")
    t.eq(job:wait(LONG), "running")
    t.ok(job:take().change ~= "same")
    t.eq(file:refresh(), "truncated")
    job:cancel()
    while job:poll() == "running" do
      job:wait(1)
      job:take()
    end
    t.eq(job:poll(), "cancelled")
    file:close()
  end)
end)

t.test("files are counted in the stats", function()
  if t.shared then
    return t.skip("other states of this process open files")
  end
  collectgarbage()
  local before = rille.stats().handles.file
  t.with_file("a\n", function(path)
    local file = rille.file(path)
    t.eq(rille.stats().handles.file, before + 1)
    file:close()
    t.eq(rille.stats().handles.file, before)
  end)
end)

t.test("the stats include the memory of indexes and caches", function()
  if t.shared then
    return t.skip("other states of this process open files")
  end
  collectgarbage()
  collectgarbage()
  local before = rille.stats().bytes.file
  t.with_file(("a line\n"):rep(500000), function(path)
    local file = rille.file(path)
    t.eq(file:index():wait(60000), "done")
    file:line(400000)
    local held = rille.stats().bytes.file - before
    t.ok(held >= 2 ^ 16 + 3000, held)
    file:close()
    t.eq(rille.stats().bytes.file, before)
  end)
end)
