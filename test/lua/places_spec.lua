--- Where plain LuaJIT finds the Lua modules and the library: each test runs a program in a process of its own.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" or t.host ~= "luajit" or ffi.os == "Windows" then
  return t.test("places", function()
    t.skip("needs the native library and a process that may be forked")
  end)
end

local LIBRARY = os.getenv("RILLE_LIB") or rille.health().path
local NAME = LIBRARY:match("%.dylib$") and "librille.dylib" or "librille.so"
local root = os.getenv("RILLE_ROOT") .. "/"

local function sh(command, ...)
  local words = {}
  for i, word in ipairs({ ... }) do
    words[i] = "'" .. word:gsub("'", [['\'']]) .. "'"
  end
  local pipe = assert(io.popen(command:format(unpack(words)) .. " 2>&1; echo status $?"))
  local output = pipe:read("*a")
  pipe:close()
  local text, status = output:match("^(.-)status (%d+)\n$")
  return text, tonumber(status)
end

local function must(command, ...)
  local text, status = sh(command, ...)
  t.ok(status == 0, command .. ": " .. text)
  return text
end

--- Calls `fn` with an empty directory, which is removed after it.
local function directory(fn)
  local path = os.tmpname()
  os.remove(path)
  must("mkdir %s", path)
  -- The system may know it by another name.
  path = must("cd %s && pwd -P", path):match("[^\n]+")
  local ok, message = xpcall(fn, debug.traceback, path)
  must("rm -rf %s", path)
  t.ok(ok, message)
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

--- What a program prints: the backend, the path and the reasons.
local REPORT = [[
local rille = require("rille")
local health = rille.health()
print(health.backend, health.path)
for _, tried in ipairs(health.tried) do
  print(tried.path, tried.reason)
end
assert(rille.text.reverse("ab") == "ba" and rille.fuzzy() and rille.literals_job({ "a" }))
]]

--- Runs a program and returns what it prints.
local function run(path, where, variables, program, code)
  if code then
    write(path .. "/" .. program, code)
  end
  local command = "cd %s && env -i HOME=/nonexistent PATH=%s " .. variables .. " luajit %s"
  return must(command, where, os.getenv("PATH"), program)
end

local function expect(output, backend, path)
  local first = output:match("^[^\n]*")
  t.eq(first, backend .. "\t" .. tostring(path), output)
end

t.test("a tree on a relative LUA_PATH works after the program has changed its working directory", function()
  directory(function(path)
    must("cp -r %s %s && mkdir %s", root .. "lua", path .. "/lua", path .. "/lib")
    must("ln -s %s %s", LIBRARY, path .. "/lib/" .. NAME)
    local code = 'local rille = require("rille")\nrequire("ffi").cdef("int chdir(const char *);")\n'
      .. 'assert(require("ffi").C.chdir("/") == 0)\nassert(rille.version)\n'
      .. REPORT
    for _, entry in ipairs({ "lua/?.lua;lua/?/init.lua", "./lua/?.lua;./lua/?/init.lua" }) do
      expect(
        run(path, path, "LUA_PATH='" .. entry .. "'", "program.lua", code),
        "native",
        path .. "/lib/" .. NAME
      )
      expect(run(path, path, "RILLE_BACKEND=lua LUA_PATH='" .. entry .. "'", "program.lua", code), "lua")
    end
  end)
end)

t.test("only lua/rille copied beside a program, with a library in it or next to it", function()
  directory(function(path)
    must("cp -r %s %s", root .. "lua/rille", path .. "/rille")
    -- The default `package.path` has no entry for `init.lua`.
    local code = REPORT:gsub('require%("rille"%)', 'require("rille.init")', 1)
      .. 'assert(require("rille") == rille)\n'
    local output = run(path, path, "", "program.lua", code)
    expect(output, "lua")
    t.ok(output:find(path .. "/rille/" .. NAME .. "\t", 1, true), output)
    t.ok(output:find(path .. "/" .. NAME .. "\t", 1, true), output)
    for _, place in ipairs({ "/", "/rille/" }) do
      must("ln -s %s %s", LIBRARY, path .. place .. NAME)
      expect(run(path, path, "", "program.lua"), "native", path .. place .. NAME)
    end
  end)
end)

t.test("a library beside the program is refused with the reason if the modules are elsewhere", function()
  directory(function(path)
    must("mkdir %s && cp -r %s %s", path .. "/modules", root .. "lua/rille", path .. "/modules/rille")
    must("ln -s %s %s", LIBRARY, path .. "/" .. NAME)
    write(path .. "/program.lua", REPORT)
    local variables = "LUA_PATH='" .. path .. "/modules/?.lua;" .. path .. "/modules/?/init.lua'"
    local output = run(path, "/", variables, path .. "/program.lua")
    expect(output, "lua")
    local reason = ("%s/%s\tis beside the program and not beside rille's Lua modules; move it to %s/modules/rille/"):format(
      path,
      NAME,
      path
    )
    t.ok(output:find(reason, 1, true), output)
  end)
end)

t.test("modules compiled to bytecode find the library", function()
  for _, flags in ipairs({ "-b", "-bg" }) do
    directory(function(path)
      must("cp -r %s %s", root .. "lua/.", path)
      -- The paths at compile time are those of another directory, in which a library is.
      must("mkdir -p %s && ln -s %s %s", path .. "/elsewhere/lib", LIBRARY, path .. "/elsewhere/lib/" .. NAME)
      must("ln -s %s %s", root .. "lua", path .. "/elsewhere/lua")
      local compile = [[cd %s && find lua/ -name '*.lua' | while read -r f; do luajit ]]
        .. flags
        .. [[ "$f" "../${f#lua/}" || exit 1; done]]
      must(compile, path .. "/elsewhere")
      local expected = path .. "/rille/" .. NAME
      must("ln -s %s %s", LIBRARY, expected)
      for _, where in ipairs({ path, path .. "/elsewhere" }) do
        local entry = ("LUA_PATH='%s/?.lua;%s/?/init.lua'"):format(path, path)
        write(path .. "/program.lua", REPORT)
        expect(run(path, where, entry, path .. "/program.lua"), "native", expected)
      end
      -- By a relative path, too.
      expect(run(path, path, "LUA_PATH='./?.lua;./?/init.lua'", "program.lua"), "native", expected)
    end)
  end
end)

t.test("rille below another directory answers to both names", function()
  directory(function(path)
    must("mkdir %s && cp -r %s %s", path .. "/vendor", root .. "lua/rille", path .. "/vendor/rille")
    local code = 'local vendored = require("vendor.rille")\nassert(vendored == require("rille"))\n' .. REPORT
    local output = run(path, path, "LUA_PATH='./?.lua;./?/init.lua'", "program.lua", code)
    expect(output, "lua")
  end)
end)
