--- `rille.file`: pipes, devices and archives, which are spooled.
local t = ...
local rille = require("rille")
local LONG = 60000
local native = rille.backend == "native"

--- "one\ntwo\n", compressed: a gzip member, and a zstd frame with one uncompressed block.
local GZIP = "\31\139\8\0\0\0\0\0\2\3\203\207\75\229\42\41\207\231\2\0\230\11\186\18\8\0\0\0"
local ZSTD = "\40\181\47\253\32\8\65\0\0one\ntwo\n"

t.test("wrong options are errors", function()
  t.refuses("rille.file: option 'spool' must be a boolean, got 1", rille.file, "x", { spool = 1 })
  t.refuses("rille.file: option 'unpack' must be a boolean, got 'gzip'", rille.file, "x", { unpack = "gzip" })
  t.refuses(
    "rille.file: option 'spool_limit' must be an integer >= 1, got 0",
    rille.file,
    "x",
    { spool_limit = 0 }
  )
  t.refuses(
    "rille.file: option 'spool_directory' must be a non-empty string, got ''",
    rille.file,
    "x",
    { spool_directory = "" }
  )
end)

t.test("a file that is not an archive is read unchanged and in place", function()
  t.with_file("one\ntwo", function(path)
    local file = t.ok(rille.file(path, { unpack = true, spool = true }))
    t.eq({ file:line_count() }, { 2, true })
    t.eq(file:line(2), "two")
    file:close()
  end)
  t.with_file(GZIP, function(path)
    local file = t.ok(rille.file(path))
    t.eq(file:slice(1, 2), "\31\139", "nobody wanted it unpacked")
    file:close()
  end)
end)

if not native then
  return t.test("spooling and unpacking say that they need the native library", function()
    for _, archive in ipairs({ GZIP, ZSTD }) do
      t.with_file(archive, function(path)
        local file, message = rille.file(path, { unpack = true })
        t.eq(file, nil)
        t.ok(message:find("rille.file: to unpack " .. path .. " needs the native library", 1, true), message)
      end)
    end
    if not t.windows and io.open("/dev/zero") then
      local file, message = rille.file("/dev/zero", { spool = true })
      t.eq(file, nil)
      t.ok(message:find("rille.file: to spool /dev/zero needs the native library", 1, true), message)
      file, message = rille.file("/dev/zero")
      t.eq(file, nil)
      t.ok(message:find("/dev/zero: the system does not report its size", 1, true), message)
    end
  end)
end

t.test("archives of gzip and zstd", function()
  for _, archive in ipairs({ GZIP, ZSTD }) do
    t.with_file(archive:rep(3), function(path)
      local file = t.ok(rille.file(path, { unpack = true }))
      local state, done, message, total = file:index():wait(LONG)
      t.eq({ state, done, message, total }, { "done", 3 * #archive, nil, 3 * #archive })
      t.eq(file:refresh(), "grown")
      t.eq(file:refresh(), "same")
      t.eq({ file:line_count() }, { 6, true })
      t.eq(file:slice(1, 100), ("one\ntwo\n"):rep(3))
      t.eq(file:last(2):number(1), 5)
      file:close()
    end)
  end
end)

t.test("a damaged archive has a message, and the bytes before the damage", function()
  for name, archive in pairs({ gzip = GZIP, zstd = ZSTD }) do
    t.with_file(archive .. archive:sub(1, -3), function(path, write)
      local file = t.ok(rille.file(path, { unpack = true }))
      local state, _, message = file:index():wait(LONG)
      t.eq(state, "failed")
      t.ok(message:find("^the " .. name .. " archive ends too early"), message)
      t.eq({ file:line(2) }, { "two", false })
      t.eq(select(2, file:line_count()), false)
      -- Repaired: it is then another archive.
      write(archive:rep(2))
      t.eq(file:refresh(), "replaced")
      t.eq(file:index():wait(LONG), "done")
      t.eq({ file:line_count() }, { 4, true })
      file:close()
    end)
  end
end)

t.test("the spool limit", function()
  t.with_file(GZIP, function(path)
    local file = t.ok(rille.file(path, { unpack = true, spool_limit = 5 }))
    local state, _, message = file:index():wait(LONG)
    t.eq(state, "failed")
    t.ok(message:find("spool limit of 5 bytes reached", 1, true), message)
    t.eq(file:slice(1, 100), "one\nt")
    file:close()
    local none
    none, message = rille.file(path, { unpack = true, spool_directory = "/nowhere" })
    t.eq(none, nil)
    local nowhere = t.windows and message:match(" in (%u:\\nowhere): ") or "/nowhere"
    t.eq(message, path .. ": no temporary file in " .. nowhere .. ": No such file or directory")
  end)
end)

t.test("a pipe is read while it is written, and wakes the waiting host", function()
  if t.windows then
    t.skip("this system has no pipes with names")
  end
  local path = os.tmpname()
  os.remove(path)
  -- The command's output is checked, as not every host returns a program's exit status.
  local shell = io.popen(("mkfifo %s && test -p %s && echo made"):format(path, path))
  t.eq(shell:read("*l"), "made")
  shell:close()
  local refused, why = rille.file(path)
  t.eq(refused, nil)
  t.ok(why:find("it is a pipe", 1, true), why)
  local file = t.ok(rille.file(path, { spool = true }))
  t.eq(file:size(), 0)
  t.eq(file:last(1), nil)
  local none, message = file:follow()
  t.eq(none, nil)
  t.eq(message, "a spooled file cannot be followed; watch its index job instead")
  local job, note = file:index(), rille.notifier()
  note:watch(job)
  local writer = io.open(path, "wb")
  writer:write("one\ntw")
  writer:flush()
  t.soon(note.drain, note)
  t.eq(file:refresh(), "grown")
  t.eq(file:last(1):text(1), "tw")
  t.eq({ file:line_count() }, { 2, false })
  writer:write("o\n")
  writer:close()
  t.eq({ job:wait(LONG) }, { "done", 8, nil, 0 })
  t.eq({ file:line_count() }, { 2, true })
  t.eq(file:line(2), "two")
  note:close()
  file:close()
  -- A pipe without a writer is cancelled.
  file = rille.file(path, { spool = true, index = false })
  job = file:index()
  t.eq(job:wait(5), "running")
  job:cancel()
  t.eq(job:wait(LONG), "cancelled")
  file:close()
  os.remove(path)
end)
