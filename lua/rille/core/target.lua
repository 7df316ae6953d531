--- The target that this process needs a library for, and the names of files and directories that depend on it.
local backend = require("rille.core.backend")
local ffi = require("ffi")
local abi = require("rille.core.cdef").abi

local M = {}

--- The targets that libraries are built for.
M.known = {
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-unknown-linux-musl",
  "aarch64-unknown-linux-musl",
  "x86_64-pc-windows-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
}

local ARCH = ({ x64 = "x86_64", arm64 = "aarch64", x86 = "i686" })[ffi.arch] or ffi.arch
local SUFFIXES = {
  Linux = { "-unknown-linux-gnu", "-unknown-linux-musl" },
  OSX = { "-apple-darwin" },
  Windows = { "-pc-windows-gnu", "-pc-windows-msvc" },
}

--- Returns the targets whose libraries may fit this process: on Linux, which C library it has is not asked.
---@return string[]
function M.candidates()
  local list = {}
  for i, suffix in ipairs(SUFFIXES[ffi.os] or {}) do
    list[i] = ARCH .. suffix
  end
  return list
end

--- Returns the name of the library's file in an archive and where `install` puts it: with the version of the interface, so
--- that one directory can hold the libraries of several versions.
---@param target string
---@return string
function M.file(target)
  if target:find("windows", 1, true) then
    return ("rille-%d.dll"):format(abi)
  end
  return ("librille-%d.%s"):format(abi, target:find("apple", 1, true) and "dylib" or "so")
end

--- Returns a variable of the environment, or nil if it is empty, too.
local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Returns the directory in which Neovim keeps its data, which is `stdpath("data")`, or nil if no variable leads to it. It is
--- made from the environment, as in a thread of Neovim no function of the editor may be called.
---@return string?
function M.data()
  local app, data = variable("NVIM_APPNAME") or "nvim", variable("XDG_DATA_HOME")
  if ffi.os == "Windows" then
    data = data or variable("LOCALAPPDATA")
    return data and data:gsub("\\", "/") .. "/" .. app .. "-data"
  end
  data = data or variable("HOME") and variable("HOME") .. "/.local/share"
  return data and data .. "/" .. app
end

--- Returns the directory into which `:Rille install` puts a library, or nil if no variable leads to it. It has the version, so
--- that an update of the Lua code finds no library of another version there.
---@param target string
---@return string?
function M.user_directory(target)
  local data = M.data()
  return data and ("%s/rille/%s/%s"):format(data, backend.version, target)
end

--- Returns whether this process has glibc. The name in C is our own, as all declarations of a Lua state share one namespace.
local function has_glibc()
  pcall(ffi.cdef, 'const char *rille_glibc_version(void) __asm__("gnu_get_libc_version");')
  return (pcall(function()
    return ffi.C.rille_glibc_version()
  end))
end

--- Returns the target of this process, or nil and why there is none.
---@return string? target
---@return string? message
function M.current()
  local target
  if ffi.os == "Linux" then
    -- Every other C library of Linux systems is musl, except that of Android.
    if not variable("ANDROID_ROOT") then
      target = M.candidates()[has_glibc() and 1 or 2]
    end
  else
    target = M.candidates()[1]
  end
  for _, known in ipairs(M.known) do
    if known == target then
      return target
    end
  end
  return nil,
    ("there is no library to download for this system, %s"):format(target or ffi.os .. " on " .. ARCH)
end

return M
