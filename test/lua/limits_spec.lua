--- Forks, full disks, and each limit of the system: the messages are the sentences in |rille-limits|.
---
--- Each case runs in a child of this process, with limits of its own.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" or t.host ~= "luajit" or ffi.os ~= "Linux" then
  return t.test("limits", function()
    t.skip("needs the native library and a process that may be forked")
  end)
end

ffi.cdef([[
  int fork(void);
  int waitpid(int, int *, int);
  void _exit(int);
  unsigned alarm(unsigned);
  unsigned geteuid(void);
  int setuid(unsigned);
  int unshare(int);
  int mount(const char *, const char *, const char *, unsigned long, const void *);
  typedef struct rille_spec_bound { unsigned long soft, hard; } rille_spec_bound;
  int prlimit(int, int, const rille_spec_bound *, rille_spec_bound *);
]])
local FSIZE, NPROC, NOFILE = 1, 6, 7
local ROOT = os.getenv("RILLE_ROOT")
local LONG = 60000

-- Any run of white space equals one space, as the help wraps its lines.
local help = assert(io.open(ROOT .. "/doc/rille.txt")):read("*a"):match("%*rille%-limits%*(.-)\n====")
help = help:gsub("%s+", " ")

--- Compares a message with a sentence of the help, in which {names} stand for variable parts.
local function says(message, sentence)
  t.ok(help:find(sentence, 1, true), "the help does not have: " .. sentence)
  local pattern = sentence:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0"):gsub("{[^}]*}", ".+")
  message = tostring(message)
  t.ok(message:find(pattern), message)
end

local function limit(resource, soft)
  local bound = ffi.new("rille_spec_bound", soft, soft)
  t.eq(ffi.C.prlimit(0, resource, bound, nil), 0)
end

--- Runs a function in a child. An error of the function is raised here; its result is returned here, as a string. With
--- `closes` the child closes its Lua state when it ends.
local function in_child(fn, closes)
  local path = os.tmpname()
  local out = assert(io.open(path, "wb"))
  local pid = ffi.C.fork()
  if pid == 0 then
    ffi.C.alarm(120)
    local ok, message = xpcall(fn, debug.traceback)
    out:write(ok and "+" or "-", tostring(message))
    out:close()
    if closes then
      os.exit(0, true)
    end
    ffi.C._exit(0)
  end
  out:close()
  local status = ffi.new("int[1]")
  ffi.C.waitpid(pid, status, 0)
  local file = assert(io.open(path, "rb"))
  local report = file:read("*a")
  file:close()
  os.remove(path)
  t.eq(status[0], 0, "the child ended in another way")
  if report:sub(1, 1) ~= "+" then
    error(report:sub(2), 0)
  end
  return report:sub(2)
end

--- Returns the state and message with which a job ends. Its results are taken and counted.
local function ended(job, why)
  t.ok(job, why)
  local taken = 0
  local state, _, message
  repeat
    state, _, message = job:wait(LONG)
    while job:take() do
      taken = taken + 1
    end
  until state ~= "running"
  return state, message, taken
end

--- Calls `fn` with a file of lines, and with the same file compressed by gzip.
local function with_log(fn)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  for i = 1, 100000 do
    file:write("line ", i, " of the log\n")
  end
  file:close()
  assert(io.popen("chmod 644 " .. path .. " && gzip -kf " .. path .. " && echo packed")):read("*a")
  local ok, message = xpcall(fn, debug.traceback, path, path .. ".gz")
  os.remove(path)
  os.remove(path .. ".gz")
  if not ok then
    error(message, 0)
  end
end

local re = rille.regex("7 of")

t.test("fork: each noun works in the child, or says that it belongs to the parent", function()
  with_log(function(path, packed)
    local set, literals, stream = rille.regexset({ "a" }), rille.literals({ "a" }), rille.stream(re, "x")
    local file, corpus, note = rille.file(path), rille.fuzzy(), rille.notifier()
    corpus:push({ "abc" })
    local spool = rille.file(packed, { unpack = true })
    t.eq(ended(spool:index()), "done")
    local filter, filling = file:filter(re)
    t.eq(ended(filling), "done")
    local job = rille.walk(ROOT .. "/lua")
    in_child(function()
      t.ok(re:test("7 of") and set:test("a") and literals:test("a"))
      t.eq(stream:feed("7 of") .. stream:finish(), "x")
      t.eq(rille.text.count("abc", "char"), 3)
      t.eq(rille.buffer(8):put("abc"):tostring(), "abc")
      t.eq(file:line(5), "line 5 of the log")
      t.eq(ended(file:search(re)), "done")
      for _, derived in ipairs({ spool, filter }) do
        local _, line, why = pcall(derived.line, derived, 1)
        says(line or why, "the file belongs to the process that this one was forked from; open it here")
      end
      local own = "belongs to the process that this one was forked from; "
      local _, message = pcall(corpus.query, corpus, "a")
      says(message, "the session " .. own .. "make another one here")
      local state, _, reason = job:poll()
      t.eq(state, "failed")
      says(reason, "the job " .. own .. "start it here")
      _, message = pcall(note.drain, note)
      says(message, "the notifier " .. own .. "make one here")
      t.eq(ended(rille.walk(ROOT .. "/lua")), "done")
      t.eq(ended(rille.grep("rille", ROOT .. "/lua")), "done")
    end)
  end)
end)

t.test("unload: a Lua state that closes waits for no job and leaves nothing running", function()
  local count = in_child(function()
    local kept =
      { rille.regex("a"), rille.literals({ "a" }), rille.buffer(8), rille.fuzzy(), rille.notifier() }
    for _ = 1, 20 do
      kept[#kept + 1] = rille.grep("(\\w+) (\\w+)", ROOT)
      kept[#kept + 1] = rille.walk("/")
    end
    _G.kept = kept
    return #kept
  end, true)
  t.eq(count, "45")
end)

t.test("full disk: the bytes before it can be read", function()
  with_log(function(_, packed)
    in_child(function()
      limit(FSIZE, 8192)
      local file = rille.file(packed, { unpack = true })
      local state, message = ended(file:index())
      t.eq(state, "failed")
      says(
        message,
        "File too large: the temporary file in {directory} ends after {n} bytes, which can be read"
      )
      t.eq(file:line(1), "line 1 of the log")
      t.eq({ file:line(100000) }, {})
      t.eq(select(2, file:line_count()), false)
    end)
  end)
end)

t.test("full disk: a file system without room", function()
  with_log(function(_, packed)
    local done = in_child(function()
      local directory = os.tmpname()
      os.remove(directory)
      assert(io.popen("mkdir " .. directory .. " && echo made")):read("*a")
      -- A mount that only this child has.
      if
        ffi.C.unshare(0x20000) ~= 0
        or ffi.C.mount("none", "/", nil, 0x44000, nil) ~= 0
        or ffi.C.mount("rille", directory, "tmpfs", 0, ffi.cast("const char *", "size=65536")) ~= 0
      then
        return "no mount"
      end
      local file = rille.file(packed, { unpack = true, spool_directory = directory })
      local state, message = ended(file:index())
      t.eq(state, "failed")
      says(
        message,
        "No space left on device: the temporary file in {directory} ends after {n} bytes, which can be read"
      )
      t.eq(file:line(1), "line 1 of the log")
      return "done"
    end)
    if done == "no mount" then
      t.skip("needs the right to mount")
    end
  end)
end)

t.test("no descriptor: each noun says so, and needs none for what is open", function()
  with_log(function(path, packed)
    local file = rille.file(path, { index = false })
    -- Modules loaded at their first use have a spec of their own.
    local warm = { rille.notifier(), rille.walk(ROOT .. "/lua"), rille.grep("x", ROOT .. "/lua") }
    t.eq(ended(file:search(re)), "done")
    t.eq(rille.text.count("abc", "char"), 3)
    for i = 2, #warm do
      t.eq(ended(warm[i]), "done")
    end
    t.ok(rille.fuzzy)
    in_child(function()
      local corpus = rille.fuzzy()
      corpus:push({ "abc" })
      limit(NOFILE, 0)
      local sentence = "{path}: Too many open files"
      for _, call in ipairs({
        { rille.file, path },
        { rille.file, packed, { unpack = true } },
        { rille.walk, ROOT .. "/lua" },
        { rille.grep, "x", ROOT .. "/lua" },
      }) do
        local none, message = call[1](call[2], call[3])
        t.eq(none, nil)
        says(message, sentence)
      end
      local none, message = rille.notifier()
      t.eq(none, nil)
      says(message, "no descriptor for a notifier: Too many open files")
      t.eq(rille.text.count("abc", "char"), 3)
      t.ok(rille.regex("another"):test("another"))
      t.eq(file:line(5), "line 5 of the log")
      t.eq(ended(file:index()), "done")
      t.eq(ended(file:search(re)), "done")
      t.eq(corpus:query("a").count, 1)
    end)
    says(
      require("rille.core.lazy").sentence("rille.walk", 24),
      "rille: no file descriptor is left in this process (EMFILE, see RLIMIT_NOFILE), so the module '{name}' "
        .. "cannot be loaded; close one and try again"
    )
  end)
end)

t.test("no thread: jobs fail with a sentence, and the rest continues", function()
  with_log(function(path, packed)
    local file = rille.file(path, { index = false })
    local kinds = {
      walk = function()
        return rille.walk(ROOT .. "/lua")
      end,
      grep = function()
        return rille.grep("x", ROOT .. "/lua")
      end,
      index = function()
        return file:index()
      end,
      search = function()
        return file:search(re)
      end,
      spool = function()
        return rille.file(packed, { unpack = true }):index()
      end,
    }
    in_child(function()
      limit(NPROC, 0)
      -- The limit does not apply to root.
      if ffi.C.geteuid() == 0 then
        t.eq(ffi.C.setuid(54321), 0)
      end
      for kind, make in pairs(kinds) do
        local state, message = ended(make())
        t.eq(state, "failed", kind)
        says(message, "no thread could be started for the job: {the system's reason}")
      end
      t.eq(file:line(5), "line 5 of the log")
      t.eq(rille.fuzzy.match("a", "abc") ~= nil, true)
    end)
  end)
end)

t.test("messages about limits that a caller sets have their number", function()
  with_log(function(_, packed)
    local none, message = rille.regex("\\w{500}", { memory_limit = 1000 })
    t.eq(none, nil)
    says(message, "the compiled pattern takes more than {n} bytes; simplify it or raise the memory limit")
    local corpus = rille.fuzzy({ memory_limit = 100000 })
    none, message = corpus:push((("x"):rep(50) .. "\n"):rep(10000))
    t.eq(none, nil)
    says(message, "memory limit of {n} bytes reached")
    local file = rille.file(packed, { unpack = true, spool_limit = 70000 })
    local state
    state, message = ended(file:index())
    t.eq(state, "failed")
    says(message, "spool limit of {n} bytes reached; the rest was not read")
    t.eq(file:line(1), "line 1 of the log")
  end)
end)

t.test("a buffer that is larger than memory is refused", function()
  in_child(function()
    limit(9, 2 ^ 30)
    local ok, message = pcall(rille.buffer, 2 ^ 31)
    t.eq(ok, false)
    says(message, "no memory for {n} more bytes of a buffer")
    t.eq(rille.buffer(8):put("abc"):tostring(), "abc")
  end)
end)
