--- Downloading the library, from a server of this Neovim: by `:Rille install` in a child, and by `tools/install.lua` in LuaJIT.
--- Each fault ends in a sentence, and leaves all files as they were.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")
local servers = dofile(root .. "/test/neovim/servers.lua")
local sha256 = require("rille.core.sha256")
local target = require("rille.core.target")

local name = assert(target.current())
local version = require("rille").version
local file = target.file(name)
local archive = ("rille-%s-%s"):format(version, name)

local function write(path, text)
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local out = assert(io.open(path, "wb"))
  out:write(text)
  out:close()
end

local function read(path)
  local from = assert(io.open(path, "rb"))
  local text = from:read("*a")
  from:close()
  return text
end

local function run(...)
  local result = vim.system({ ... }):wait()
  t.eq(result.code, 0, table.concat({ ... }, " ") .. "\n" .. (result.stderr or ""))
end

--- Returns the bytes of an archive that has the library with this content, or other files by path.
local function packed(content, path)
  local directory = vim.fn.tempname()
  write(directory .. "/" .. (path or ("%s/lib/%s/%s"):format(archive, name, file)), content)
  run("tar", "-czf", directory .. ".tar.gz", "-C", directory, archive)
  return read(directory .. ".tar.gz")
end

local library = read(os.getenv("RILLE_LIB"))
local good = packed(library)
local other = packed("another library")
local elsewhere = packed(library, archive .. "/lib/elsewhere/" .. file)
local bomb = packed(("\0"):rep(2 ^ 25 + 1))

--- Returns every file below a directory, with its content, and every directory.
local function snapshot(directory)
  local found = {}
  for path, kind in vim.fs.dir(directory, { depth = 20 }) do
    local is_ours = path:find("^lib") or path:find("^data/nvim/rille") or path:find("^to")
    if is_ours or path:find("%.tmp") then
      found[path] = kind == "file" and read(directory .. "/" .. path) or kind
    end
  end
  return found
end

--- Makes a copy of the modules whose table of checksums has the tests' library.
local function scratch(checksums)
  local directory = vim.fn.resolve(vim.fn.tempname())
  vim.fn.mkdir(directory, "p")
  for _, part in ipairs({ "plugin", "lua", "tools", "build.lua" }) do
    run("cp", "-r", root .. "/" .. part, directory)
  end
  checksums = checksums or { [name] = sha256(library) }
  write(directory .. "/lua/rille/core/checksums.lua", "return " .. vim.inspect(checksums))
  return directory
end

--- Returns a directory with links to these programs and to those that every case needs.
local function programs(...)
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory, "p")
  for _, program in ipairs({ "sh", "mkdir", "gzip", "cp", ... }) do
    vim.uv.fs_symlink(vim.fn.exepath(program), directory .. "/" .. program)
  end
  return directory
end

local all_programs = programs("curl", "wget", "tar")

--- Returns the environment of a process that can find nothing of this machine.
local function environment(directory, env)
  return vim.tbl_extend("force", {
    PATH = all_programs,
    RILLE_LIB = "",
    LUA_PATH = "",
    RILLE_BACKEND = "",
    RILLE_MIRROR = "",
    XDG_DATA_HOME = directory .. "/data",
    XDG_CONFIG_HOME = directory .. "/config",
    XDG_STATE_HOME = directory .. "/state",
    XDG_CACHE_HOME = directory .. "/cache",
  }, env or {})
end

local luajit = os.getenv("RILLE_LUAJIT") or vim.fn.exepath("luajit2")
if luajit == "" then
  luajit = vim.fn.exepath("luajit")
end

--- The ways to install: each returns what was said, and the path of the installed file if it is installed.
local ways = {}

function ways.luajit(directory, url, env)
  if luajit == "" then
    t.skip("there is no luajit")
  end
  local words = { luajit, directory .. "/tools/install.lua", url and "--url" or nil, url }
  local result = vim.system(words, { env = environment(directory, env), cwd = "/" }):wait()
  local said = result.stdout .. result.stderr
  t.ok(not said:find("traceback", 1, true), said)
  t.eq(result.code == 0, said:find("backend = native", 1, true) ~= nil, said)
  return said, ("%s/lib/%s/%s"):format(directory, name, file)
end

function ways.neovim(directory, url, env)
  local before = ("let &runtimepath ..= ',%s' | let g:rille = {'url': '%s'}"):format(directory, url or "")
  local nvim = child.start({ plugin = false, before = before, env = environment(directory, env) })
  nvim:lua(function()
    _G.said = {}
    rawset(vim, "notify", function(text, level)
      table.insert(_G.said, text)
      _G.is_over = #_G.said > 1 or level == vim.log.levels.ERROR
    end)
  end)
  nvim:cmd("Rille install")
  nvim:wait("return _G.is_over")
  local said = nvim:lua("return table.concat(_G.said, '\\n')")
  local is_native = nvim:lua("return require('rille').backend") == "native"
  t.eq(is_native, said:find("backend = native", 1, true) ~= nil, said)
  t.eq(nvim:stop(), 0)
  return said, ("%s/data/nvim/rille/%s/%s/%s"):format(directory, version, name, file)
end

--- Calls `fn` with each way.
local function each(fn)
  for _, key in ipairs({ "neovim", "luajit" }) do
    if key ~= "luajit" or luajit ~= "" then
      fn(ways[key], key)
    end
  end
end

local function serve(body)
  return servers.start({ [archive .. ".tar.gz"] = body })
end

t.test("the library is downloaded, verified and loaded, and a second call finds it", function()
  each(function(install, key)
    for _, answer in ipairs({ "good", "unmeasured", "moved" }) do
      local directory, server = scratch(), serve(good)
      local said, path = install(directory, server.url .. "/" .. answer .. "/")
      t.ok(said:find("backend = native", 1, true), said)
      t.eq(server.requests[1], ("/%s/v%s/%s.tar.gz"):format(answer, version, archive), key)
      t.eq(read(path), library)
      local before, count = snapshot(directory), #server.requests
      said = install(directory, server.url .. "/good")
      t.ok(said:find("there already", 1, true) or said:find("installed already", 1, true), said)
      t.eq(snapshot(directory), before)
      t.eq(#server.requests, count)
    end
  end)
end)

t.test("RILLE_MIRROR names the server, and the option has precedence", function()
  each(function(install)
    local server = serve(good)
    local said = install(scratch(), nil, { RILLE_MIRROR = server.url .. "/good" })
    t.ok(said:find("backend = native", 1, true), said)
    said = install(scratch(), server.url .. "/good", { RILLE_MIRROR = server.url .. "/nothing" })
    t.ok(said:find("backend = native", 1, true), said)
    said = install(scratch(), nil, { RILLE_MIRROR = "ftp://example.org" })
    t.ok(
      said:find(
        "RILLE_MIRROR is not an address that begins with http:// or https://: ftp://example.org",
        1,
        true
      ),
      said
    )
    said = install(scratch(), "file:///etc")
    t.ok(said:find("the option `url` is not an address that begins with http", 1, true), said)
  end)
end)

--- Installs with a fault, with and without a file of an earlier installation, and compares the files before and after.
local function fails(install, body, answer, wanted, env)
  for _, earlier in ipairs({ false, "an earlier library" }) do
    local directory, server = scratch(), serve(body)
    local url = type(answer) == "string" and server.url .. "/" .. answer or answer.url
    local path = ("%s/lib/%s/%s"):format(directory, name, file)
    local data = ("%s/data/nvim/rille/%s/%s/%s"):format(directory, version, name, file)
    if earlier then
      write(path, earlier)
      write(data, earlier)
    end
    local before = snapshot(directory)
    local said = install(directory, url, env)
    t.ok(said:find(wanted), ("%q does not match %q"):format(said, wanted))
    t.ok(said:find("nothing is installed", 1, true), said)
    local after = snapshot(directory)
    -- Neovim makes its own directory.
    after.data, after["data/nvim"], before.data, before["data/nvim"] = nil, nil, nil, nil
    t.eq(after, before)
  end
end

t.test("every fault of a server ends in a sentence and changes no file", function()
  each(function(install)
    for _, case in ipairs({
      { "nothing", "/nothing/v[^ ]*%.tar%.gz cannot be downloaded: .*404" },
      { "refused", "cannot be downloaded: .*500" },
      { "hangs_up", "cannot be downloaded: .*Empty reply" },
      { "cut", "cannot be downloaded: .*transfer closed with %d+ bytes remaining" },
      { "huge", "cannot be downloaded: .*Maximum file size exceeded" },
      { "cut_unmeasured", "the archive cannot be unpacked, it may be truncated: " },
      { "page", "the archive cannot be unpacked, it may be truncated: " },
      { "empty", "the archive cannot be unpacked, it may be truncated: " },
    }) do
      fails(install, good, case[1], case[2])
    end
  end)
end)

t.test("an archive with another library, without one, or with an endless one is refused", function()
  each(function(install)
    fails(
      install,
      other,
      "good",
      "checksum mismatch: the library of http://%S+ has the SHA%-256 %x+, and that of this version is %x+"
    )
    fails(install, elsewhere, "good", "the archive cannot be unpacked.*[Nn]ot found in archive")
    fails(install, bomb, "good", "the archive cannot be unpacked")
  end)
end)

t.test("without a network, and without the programs, a sentence says what is needed", function()
  each(function(install)
    fails(install, good, { url = "http://127.0.0.1:1" }, "cannot be downloaded: .*127.0.0.1")
    fails(install, good, { url = "http://rille.invalid" }, "cannot be downloaded: .*rille.invalid")
    fails(install, good, "good", "neither curl nor wget was found on PATH", { PATH = programs("tar") })
    fails(install, good, "good", "tar was not found on PATH", { PATH = programs("curl") })
    local said = install(scratch(), serve(good).url .. "/good", { PATH = programs("wget", "tar") })
    t.ok(said:find("backend = native", 1, true), said)
    fails(install, good, "nothing", "cannot be downloaded: .*404", { PATH = programs("wget", "tar") })
  end)
end)

t.test("a version without checksums downloads nothing", function()
  each(function(install)
    for _, checksums in ipairs({ {}, { ["x86_64-unknown-nothing"] = sha256(library) } }) do
      local server = serve(good)
      local said = install(scratch(checksums), server.url .. "/good")
      t.ok(said:find(("version %s has no library to download for %s"):format(version, name), 1, true), said)
      t.eq(server.requests, {})
    end
  end)
end)

t.test("a directory that cannot be made or written to is named", function()
  each(function(install)
    local directory = scratch()
    write(directory .. "/lib", "a file")
    write(directory .. "/data/nvim/rille", "a file")
    local said = install(directory, serve(good).url .. "/good")
    t.ok(said:find("a?n?o?t? ?directory") and said:find("nothing is installed", 1, true), said)
    t.ok(said:find(directory, 1, true), said)
  end)
end)

t.test("a full disk leaves no file", function()
  if vim.system({ "unshare", "--mount", "true" }):wait().code ~= 0 then
    t.skip("needs the right to mount")
  elseif luajit == "" then
    t.skip("there is no luajit")
  end
  local directory, server = scratch(), serve(good)
  vim.fn.mkdir(directory .. "/to")
  local script =
    [[mount -t tmpfs -o size="$1" tmpfs "$2/to"; shift; d=$1; shift; "$@"; code=$?; ls -A "$d/to"; exit $code]]
  for _, size in ipairs({ "64k", ("%dk"):format(#good / 1024 + 8) }) do
    local result = vim
      .system({
        "unshare",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        size,
        directory,
        luajit,
        directory .. "/tools/install.lua",
        "--to",
        directory .. "/to",
        "--url",
        server.url .. "/good",
      }, { env = environment(directory, { PATH = os.getenv("PATH") }) })
      :wait()
    t.eq(result.code, 1, result.stderr)
    t.eq(result.stdout, "")
    t.ok(result.stderr:find("nothing is installed", 1, true), result.stderr)
  end
end)

t.test("a second call while one runs, and one after the fallback was chosen", function()
  local directory, server = scratch(), serve(good)
  local before = ("let &runtimepath ..= ',%s' | let g:rille = {'url': '%s/good'}"):format(
    directory,
    server.url
  )
  local nvim = child.start({ plugin = false, before = before, env = environment(directory) })
  t.eq(nvim:lua("return require('rille').backend"), "lua")
  nvim:lua(function()
    _G.said = {}
    rawset(vim, "notify", function(text)
      table.insert(_G.said, text)
    end)
    vim.cmd("Rille install")
    vim.cmd("Rille install")
  end)
  nvim:wait("return #_G.said > 3")
  local said = nvim:lua("return table.concat(_G.said, '\\n')")
  t.ok(said:find("rille: the library is being installed already", 1, true), said)
  t.ok(said:find("rille: the library is installed; restart Neovim to use it", 1, true), said)
  t.eq(nvim:stop(), 0)
  nvim = child.start({ plugin = false, before = before, env = environment(directory) })
  t.eq(nvim:lua("return require('rille').backend"), "native")
  t.eq(nvim:stop(), 0)
end)

t.test("the library is installed where Neovim keeps its data, under any NVIM_APPNAME", function()
  for _, app in ipairs({ "", "other" }) do
    local nvim = child.start({ env = { NVIM_APPNAME = app } })
    local data, ours = unpack(nvim:lua(function()
      return { vim.fn.stdpath("data"), require("rille.core.target").data() }
    end))
    t.eq(ours, data)
    t.eq(nvim:stop(), 0)
  end
end)

t.test("a library in a relative directory was installed and reported as one that cannot be loaded", function()
  if luajit == "" then
    t.skip("there is no luajit")
  end
  local directory, server = scratch(), serve(good)
  for _, to in ipairs({ "to", directory .. "/to" }) do
    local words = { luajit, "tools/install.lua", "--url", server.url .. "/good", "--to", to }
    local result = vim.system(words, { env = environment(directory), cwd = directory }):wait()
    t.eq(result.code, 0, result.stderr)
    t.ok(result.stdout:find("RILLE_LIB must name this file by its absolute path", 1, true), result.stdout)
    t.eq(read(directory .. "/to/" .. file), library)
  end
end)

t.test("the tool stores the library of another system, and refuses one that it does not know", function()
  if luajit == "" then
    t.skip("there is no luajit")
  end
  local foreign = "aarch64-apple-darwin"
  local directory = scratch({ [foreign] = sha256("a library") })
  local of_it = ("rille-%s-%s"):format(version, foreign)
  local member = ("%s/lib/%s/%s"):format(of_it, foreign, target.file(foreign))
  local packing = vim.fn.tempname()
  write(packing .. "/" .. member, "a library")
  run("tar", "-czf", packing .. ".tar.gz", "-C", packing, of_it)
  local server = servers.start({ [of_it .. ".tar.gz"] = read(packing .. ".tar.gz") })
  local function tool(...)
    local words = { luajit, "tools/install.lua", "--url", server.url .. "/good", ... }
    return vim.system(words, { env = environment(directory), cwd = directory }):wait()
  end
  local result = tool("--target", foreign, "--to", "it's a $directory")
  t.eq(result.code, 0, result.stderr)
  t.ok(not result.stdout:find("backend", 1, true), result.stdout)
  t.eq(read(directory .. "/it's a $directory/" .. target.file(foreign)), "a library")
  result = tool("--target", "sparc")
  t.eq(result.code, 1)
  t.ok(
    result.stderr:find("there is no target 'sparc' (known: x86_64-unknown-linux-gnu, ", 1, true),
    result.stderr
  )
end)
