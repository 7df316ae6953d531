-- Runs spec files in the LuaJIT host that loads this file, whichever that is. The caller prints and exits, because some
-- hosts must not use `print` or `os.exit`.
--
--   local passed, failed, skipped = dofile("test/support/runner.lua")({ print = print })
--
-- The configuration; an environment variable is the default of each field:
--   host   RILLE_HOST      the value of t.host in specs
--   specs  RILLE_SPECS     paths of spec files; the variable separates them with colons, on Windows with semicolons
--   jit    RILLE_JIT       false or "off": specs run in the interpreter
--   expect RILLE_EXPECT    the backend that rille must report; with another one the run fails
--   shared                 the value of t.shared in specs: true if other Lua states of this process use rille, so that
--                          process-wide numbers (rille.stats) change on their own
--   env                    overrides of os.getenv for this Lua state only; false unsets a variable
--   print                  takes one line of the report (default: print)
local SKIP = {}
local WINDOWS = package.config:sub(1, 1) == "\\"

local function show(v)
  if type(v) ~= "string" then
    return tostring(v) .. (type(v) == "cdata" and " (cdata)" or "")
  end
  local shown = ("%q"):format(#v > 200 and v:sub(1, 200) or v):gsub("\\\n", "\\n")
  shown = shown:gsub("[%z\1-\31\127]", function(c)
    return ("\\%d"):format(c:byte())
  end)
  return #v > 200 and ("%s… (%d bytes)"):format(shown, #v) or shown
end

-- Returns nil if both are equal, otherwise where and how they differ. Types must be the same too (a boxed 1LL is not 1);
-- NaN equals itself here, for specs that expect NaN.
local function difference(actual, expected, path)
  if rawequal(actual, expected) or (actual ~= actual and expected ~= expected) then
    return nil
  end
  if type(actual) == type(expected) then
    if type(actual) ~= "table" and actual == expected then
      return nil
    end
    if type(actual) == "table" then
      for k, v in pairs(expected) do
        local found = difference(actual[k], v, path .. "[" .. show(k) .. "]")
        if found then
          return found
        end
      end
      for k, v in pairs(actual) do
        if expected[k] == nil then
          return ("%s[%s]: got %s, expected nothing"):format(path, show(k), show(v))
        end
      end
      return nil
    end
  end
  return ("%sgot %s, expected %s"):format(path == "" and "" or path .. ": ", show(actual), show(expected))
end

local function trace(e)
  if e == SKIP then
    return e
  end
  local report = debug.traceback(tostring(e), 2)
  return (report:gsub("\n%s*%[C%]: in function 'xpcall'\n[^\n]*'attempt'.*", "")) -- the runner's own frames
end

return function(config)
  local overrides, getenv, say = config.env or {}, os.getenv, config.print or print
  if config.env then
    os.getenv = function(name) -- luacheck: ignore 122
      if overrides[name] ~= nil then
        return overrides[name] or nil
      end
      return getenv(name)
    end
  end
  local host, paths = config.host or os.getenv("RILLE_HOST") or "unknown", config.specs
  if not paths then
    paths = {}
    -- On Windows a path has a colon after its drive.
    local separated = WINDOWS and "[^;]+" or "[^:]+"
    for path in (os.getenv("RILLE_SPECS") or ""):gmatch(separated) do
      paths[#paths + 1] = path
    end
  end
  if config.jit == false or os.getenv("RILLE_JIT") == "off" then
    jit.off()
    jit.flush()
  end

  local passed, failed, skipped, spec, reason = 0, 0, 0, "", nil
  local function attempt(name, fn)
    say(("test %s: %s"):format(spec, name)) -- before it runs: after a crash this is the last line
    local ok, e = xpcall(fn, trace)
    if e == SKIP and not ok then
      skipped = skipped + 1
      say(("skip %s: %s: %s"):format(spec, name, reason))
    elseif not ok then
      failed = failed + 1
      say(("FAIL %s: %s\n  %s"):format(spec, name, (tostring(e):gsub("\n", "\n  "))))
    end
    return ok
  end

  -- `windows` is for what the system lacks: wine has the paths of its own system, such as /dev, too.
  local t = { host = host, shared = config.shared or false, windows = WINDOWS }
  function t.test(name, fn)
    if attempt(name, fn) then
      passed = passed + 1
    end
  end
  function t.eq(actual, expected, message)
    local found = difference(actual, expected, "")
    if found then
      error((message and message .. ": " or "") .. found, 2)
    end
  end
  function t.ok(value, message)
    if not value then
      error(message or ("got %s, expected a true value"):format(show(value)), 2)
    end
    return value
  end
  --- Waits for a condition that another thread makes true, for at most a minute.
  function t.soon(fn, ...)
    local ends, value = os.time() + 60, fn(...)
    while not value and os.time() < ends do
      value = fn(...)
    end
    return t.ok(value)
  end
  function t.raises(pattern, fn, ...)
    local ok, e = pcall(fn, ...)
    if ok then
      error(("no error, expected one that matches %q"):format(pattern), 2)
    end
    if not tostring(e):find(pattern) then
      error(("error %s does not match %q"):format(show(e), pattern), 2)
    end
    return e
  end
  --- Calls `fn`, which must raise exactly this message, at the position of its caller.
  function t.refuses(message, fn, ...)
    local function call(...)
      local result = fn(...)
      return result
    end
    local ok, e = pcall(call, ...)
    local at = debug.getinfo(call, "S")
    t.eq(ok, false, ("no error, expected %q"):format(message))
    t.eq(e, ("%s:%d: %s"):format(at.short_src, at.linedefined + 1, message))
  end
  --- Calls `fn` with the path of a file that has some content, and with a function that writes it again, given the new text
  --- and the mode of opening, "wb" by default. The file is removed after the test.
  function t.with_file(content, fn)
    local path = os.tmpname()
    if WINDOWS and path:find("^\\[^\\]*$") then
      -- Some C libraries name a file of the root.
      path = (os.getenv("TEMP") .. path):gsub("\\", "/")
    end
    local function write(text, mode)
      local file = assert(io.open(path, mode or "wb"))
      file:write(text)
      file:close()
    end
    write(content)
    local ok, message = xpcall(fn, debug.traceback, path, write)
    os.remove(path)
    if not ok then
      error(message, 0)
    end
  end
  function t.skip(why)
    reason = why or "no reason given"
    error(SKIP, 0)
  end

  local backend = config.expect or os.getenv("RILLE_EXPECT")
  if backend then
    spec = "runner"
    attempt("backend", function()
      t.eq(require("rille").backend, backend, "rille.core.backend")
    end)
  end
  for _, path in ipairs(paths) do
    spec = path:match("[^/\\]+$")
    attempt("loading", function()
      assert(loadfile(path))(t)
    end)
  end
  os.getenv = getenv -- luacheck: ignore 122
  say(("rille-specs: host=%s passed=%d failed=%d skipped=%d"):format(host, passed, failed, skipped))
  return passed, failed, skipped
end
