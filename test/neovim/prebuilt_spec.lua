--- `build.lua` tries a library that is there, the one to download, and Cargo; each step says why it went on. Cargo is a script
--- that records its call and fails, the download comes from a server of this Neovim.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")
local servers = dofile(root .. "/test/neovim/servers.lua")
local sha256 = require("rille.core.sha256")
local target = require("rille.core.target")

local name = assert(target.current())
local archive = ("rille-%s-%s"):format(require("rille").version, name)

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local library = read(os.getenv("RILLE_LIB"))
local packing = vim.fn.tempname()
write(("%s/%s/lib/%s/%s"):format(packing, archive, name, target.file(name)), library)
vim.fn.system({ "tar", "-czf", packing .. ".tar.gz", "-C", packing, archive })
local server = servers.start({ [archive .. ".tar.gz"] = read(packing .. ".tar.gz") })

--- Makes a directory with rille, without a library, and a PATH with Neovim and Cargo; returns it and the environment.
local function scratch(url)
  local directory = vim.fn.resolve(vim.fn.tempname())
  vim.fn.mkdir(directory .. "/bin", "p")
  for _, part in ipairs({ "plugin", "lua", "tools", "build.lua" }) do
    vim.fn.system({ "cp", "-r", root .. "/" .. part, directory })
  end
  write(directory .. "/lua/rille/core/checksums.lua", ("return { [%q] = %q }"):format(name, sha256(library)))
  write(
    directory .. "/bin/cargo",
    ('#!/bin/sh\necho "$*" >> %s/cargo.log\necho no compiler >&2\nexit 1\n'):format(directory)
  )
  write(
    directory .. "/bin/nvim",
    ('#!/bin/sh\nexec %s "$@"\n'):format(os.getenv("RILLE_CHILD") or vim.v.progpath)
  )
  vim.fn.system({ "chmod", "+x", directory .. "/bin/cargo", directory .. "/bin/nvim" })
  return directory,
    {
      PATH = directory .. "/bin:" .. os.getenv("PATH"),
      RILLE_LIB = "",
      LUA_PATH = "",
      RILLE_MIRROR = server.url .. "/" .. (url or "good"),
      XDG_DATA_HOME = directory .. "/data",
      XDG_CONFIG_HOME = directory .. "/config",
      XDG_STATE_HOME = directory .. "/state",
      XDG_CACHE_HOME = directory .. "/cache",
    }
end

--- Runs build.lua as a script; returns its exit status and what it printed.
local function build(directory, env, ...)
  local words = { os.getenv("RILLE_CHILD"), "--clean", "-l", directory .. "/build.lua", ... }
  local result = vim.system(words, { env = env, cwd = "/" }):wait()
  return result.code, result.stdout .. result.stderr
end

local function was_built(directory)
  return vim.uv.fs_stat(directory .. "/cargo.log") ~= nil
end

t.test("a library of this version that is there is not built again", function()
  local directory, env = scratch()
  local path = ("%s/lib/%s/%s"):format(directory, name, target.file(name))
  write(path, library)
  local code, said = build(directory, env)
  t.eq(code, 0, said)
  t.ok(said:find(("rille: %s is there, and of this version"):format(path), 1, true), said)
  t.ok(not was_built(directory))
  -- Unless the user wants just that.
  code, said = build(directory, env, "cargo")
  t.eq(code, 1, said)
  t.ok(was_built(directory))
end)

t.test("a library that belongs to another version is not taken for one that fits", function()
  local directory, env = scratch()
  write(("%s/lib/%s/%s"):format(directory, name, target.file(name)), library)
  local backend = directory .. "/lua/rille/core/backend.lua"
  for _, version in ipairs({ "0.0.1", "99.0.0" }) do
    write(backend, (read(backend):gsub('version = "[^"]+"', ('version = "%s"'):format(version))))
    os.remove(directory .. "/cargo.log")
    local _, said = build(directory, env)
    t.ok(said:find("rille: no library of this version is there", 1, true), said)
    t.ok(was_built(directory))
  end
end)

t.test("without the option nothing is downloaded, and cargo builds", function()
  local directory, env = scratch()
  local before = #server.requests
  local code, said = build(directory, env)
  t.eq(code, 1, said)
  t.ok(said:find("rille: no library of this version is there.*rille: `prebuilt` is off.*no compiler"), said)
  t.eq(#server.requests, before)
end)

t.test("with the option it is downloaded, and a failure is said before cargo builds", function()
  local directory, env = scratch()
  local code, said = build(directory, env, "prebuilt")
  t.eq(code, 0, said)
  t.ok(said:find("rille: .*/data/nvim/rille/.* is installed"), said)
  t.ok(not was_built(directory))
  directory, env = scratch("nothing")
  code, said = build(directory, env, "prebuilt")
  t.eq(code, 1, said)
  t.ok(said:find("rille: no library could be downloaded: .*404"), said)
  t.ok(not was_built(directory))
end)

t.test("in the editor, the option decides", function()
  for _, case in ipairs({
    { "good", "v:true", "is installed" },
    { "nothing", "v:true", "rille: building the library (the download failed)" },
    { "good", "v:false", "rille: building the library (`prebuilt` is off)" },
  }) do
    local directory, env = scratch(case[1])
    local nvim =
      child.start({ env = env, plugin = false, before = ("let g:rille = {'prebuilt': %s}"):format(case[2]) })
    nvim:lua([[dofile(...)]], directory .. "/build.lua")
    nvim:wait(function(wanted)
      return vim.fn.execute("messages"):find(wanted, 1, true) ~= nil
    end, case[3])
    if case[1] == "nothing" then
      t.ok(nvim:messages():gsub("\n", ""):find("404", 1, true), nvim:messages())
    end
    t.eq(nvim:stop(), 0)
  end
end)
