--- The files that may be the shared library, in the order in which they are tried.
---
--- Only absolute paths are searched: a file in the working directory is code of whoever made that directory. The one
--- exception is a Lua tree that is itself on `package.path` by a relative path: that path was chosen deliberately.
local backend = require("rille.core.backend")
local abi = require("rille.core.cdef").abi
local lazy = require("rille.core.lazy")
local target = require("rille.core.target")
local ffi = require("ffi")

local WINDOWS = ffi.os == "Windows"

--- The name of the file as built by Cargo, and the name under which `make install` installs it, which is that of the ABI.
local FILE = ({ OSX = "librille.dylib", Windows = "rille.dll" })[ffi.os] or "librille.so"
local VERSIONED = ({ OSX = ("librille.%d.dylib"):format(abi), Windows = FILE })[ffi.os]
  or ("librille.so.%d"):format(abi)

--- The library directory of Debian and its derivatives for each processor.
local MULTIARCH = ({
  x64 = "x86_64-linux-gnu",
  arm64 = "aarch64-linux-gnu",
  x86 = "i386-linux-gnu",
  arm = "arm-linux-gnueabihf",
})[ffi.arch] or ffi.arch .. "-linux-gnu"

--- Returns whether a path is absolute.
---@param path string
---@return boolean
local function is_absolute(path)
  if WINDOWS then
    return path:find("^%a:[/\\]") ~= nil or path:find("^[/\\][/\\]") ~= nil
  end
  return path:sub(1, 1) == "/"
end

local function exists(path)
  local file = io.open(path, "rb")
  return file ~= nil and file:close()
end

--- Returns the first file of that name in the absolute directories of a list such as PATH.
local function in_directories(list, name)
  for directory in (list or ""):gmatch(WINDOWS and "[^;]+" or "[^:]+") do
    local path = directory:gsub("[/\\]$", "") .. "/" .. name
    if is_absolute(directory) and exists(path) then
      return path
    end
  end
end

--- Returns the first file that an absolute entry of `package.cpath` leads to.
local function in_cpath()
  -- The names of Cargo, then that of `install`.
  local names = WINDOWS and { "rille", "librille" } or { "librille" }
  names[#names + 1] = target.file(target.candidates()[1] or ""):gsub("%.%a+$", "")
  for _, name in ipairs(names) do
    for entry in package.cpath:gmatch("[^;]+") do
      local path = entry:gsub("%?", name)
      -- On macOS, Lua's modules are called `.so`, but Cargo and the system name a library `.dylib`.
      local other = ffi.os == "OSX" and path:gsub("%.so$", ".dylib") or path
      for _, file in ipairs({ path, other }) do
        if is_absolute(entry) and exists(file) then
          return file
        end
      end
    end
  end
end

--- Returns the candidate for the system's loader, or why it is not used: the loader would take a bare name from the working
--- directory on macOS and Windows, and elsewhere if LD_LIBRARY_PATH has an empty or a relative entry.
---@return rille.candidate
local function from_system()
  if WINDOWS then
    local found = in_directories(os.getenv("PATH"), FILE)
    return found and { path = found }
      or { path = "rille", refused = "no absolute directory of PATH has a " .. FILE }
  elseif ffi.os == "OSX" then
    local usual = "/usr/local/lib:/opt/homebrew/lib:/usr/lib"
    local found = in_directories(os.getenv("DYLD_LIBRARY_PATH"), VERSIONED)
      or in_directories(usual, VERSIONED)
    return found and { path = found }
      or { path = "rille", refused = ("no %s in %s"):format(VERSIONED, usual) }
  end
  local list = os.getenv("LD_LIBRARY_PATH") or ""
  if list ~= "" and (":" .. list:gsub(";", ":") .. ":"):find(":[^/]") then
    return {
      path = "rille",
      refused = "the system's loader is not used, because an entry of LD_LIBRARY_PATH is empty or relative: "
        .. "it would load from the working directory",
    }
  end
  return { path = "rille", names = { VERSIONED, "rille" } }
end

---@class rille.candidate
---@field path string the path to show, and to load unless there are names
---@field names? string[] bare names for the system's loader
---@field refused? string why it is not loaded

--- Adds what host integration finds in the archive that the modules were loaded from.
---@param list rille.candidate[]
---@param targets string[]
local function add_packed(list, targets)
  local names = { FILE }
  for _, name in ipairs(targets) do
    names[#names + 1] = target.file(name)
  end
  for _, module in ipairs(backend.packed) do
    local found, unpacked = pcall(require, module)
    local candidate = found and unpacked.find(names)
    if candidate then
      list[#list + 1] = candidate
    end
  end
end

--- Returns the refusal of a library beside the program, if there is one and the Lua modules are elsewhere.
---@param list rille.candidate[]
---@param directory? string of the modules
---@return rille.candidate?
local function beside_the_program(list, directory)
  local program = type(arg) == "table" and type(arg[0]) == "string" and arg[0]:match("^.*[/\\]")
  local path = program and program .. FILE
  if not path or not exists(path) then
    return nil
  end
  for _, candidate in ipairs(list) do
    -- One beside the modules may be the same file by another path.
    if
      candidate.path == path or directory and candidate.path == directory .. FILE and exists(candidate.path)
    then
      return nil
    end
  end
  local place = directory and ("move it to %srille/"):format(directory)
    or "place it beside rille's Lua modules"
  return {
    path = path,
    refused = "is beside the program and not beside rille's Lua modules; " .. place .. " or set RILLE_LIB",
  }
end

--- Returns the candidates, in order.
---@return rille.candidate[]
return function()
  local list = {}
  local function add(path, is_own)
    list[#list + 1] = {
      path = path,
      refused = not is_own and not is_absolute(path) and "is not an absolute path" or nil,
    }
  end

  local forced = os.getenv("RILLE_LIB")
  if forced and forced ~= "" then
    add(forced)
  end
  for _, path in ipairs(backend.paths) do
    add(path)
  end

  local directory = lazy.directory
  local root = directory
    and (directory:match("^(.*[/\\])lua[/\\]$") or directory:match("^lua[/\\]$") and "./")
  local targets = target.candidates()
  if root then
    for _, name in ipairs(targets) do
      add(("%slib/%s/%s"):format(root, name, target.file(name)), true)
    end
    add(root .. "lib/" .. FILE, true)
    for _, name in ipairs(targets) do
      add(("%slib/%s/%s"):format(root, name, FILE), true)
    end
  end
  for _, name in ipairs(targets) do
    local user = target.user_directory(name)
    local path = user and user .. "/" .. target.file(name)
    if path and exists(path) then
      add(path)
    end
  end
  -- `make install` puts the modules into <prefix>/share/lua/5.1 and the library into <prefix>/lib.
  local prefix = directory and directory:match("^(.*[/\\])share[/\\]lua[^/\\]*[/\\]")
  if prefix then
    for _, lib in ipairs({ "lib", ffi.os == "Linux" and "lib/" .. MULTIARCH or nil, "lib64" }) do
      add(("%s%s/%s"):format(prefix, lib, VERSIONED), true)
    end
  end
  if directory then
    -- Where only `lua/rille` was copied: inside of it, and next to it, beside the program.
    for _, place in ipairs({ "rille/", "" }) do
      for i = 0, #targets do
        local path = directory .. place .. (targets[i] and target.file(targets[i]) or FILE)
        if exists(path) or i == 0 and not root and not prefix then
          add(path, true)
        end
      end
    end
  else
    -- The modules are in an archive that the host reads.
    add_packed(list, targets)
  end
  if root then
    add(root .. "target/release/" .. FILE, true)
    local debug_build = root .. "target/debug/" .. FILE
    if exists(debug_build) then
      list[#list + 1] =
        { path = debug_build, refused = "is a debug build, which is slow: only RILLE_LIB leads to it" }
    end
  end
  local path = in_cpath()
  if path then
    add(path)
  end
  list[#list + 1] = beside_the_program(list, directory)
  list[#list + 1] = from_system()
  return list
end
