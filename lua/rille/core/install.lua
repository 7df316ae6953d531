--- Downloads the library of exactly this version for exactly this system, on request: nothing else downloads anything.
---
--- The Lua code contains the SHA-256 of the library's file, so it does not matter where the archive comes from. The file is
--- written under a temporary name and renamed when all of it is right; a failure leaves what was there before.
local backend = require("rille.core.backend")
local sha256 = require("rille.core.sha256")
local target = require("rille.core.target")

local M = {}

--- Where the archives are: `<URL>/v<version>/rille-<version>-<target>.tar.gz`.
M.URL = "https://example.org/rille/releases/download"

local WINDOWS = package.config:sub(1, 1) == "\\"

--- Maximum size of an archive and of a library in bytes, which ends the work of a server that sends anything else.
M.MAX_BYTES = 2 ^ 25

--- Seconds after which a download without an answer, and one without an end, are given up.
local CONNECT_SECONDS, MAX_SECONDS = 30, 900

---@class rille.install.system Functions of the host; those of `M.system` use a shell, and wait.
---@field run fun(words: string[], output: string): boolean?, string? runs a program with its standard output to a file; returns true, or false and what it has printed, or nil if there is no such program
---@field mkdir fun(path: string): boolean?, string? makes a directory and those above it
---@field pause? fun() called every few milliseconds in work that takes longer

---@class rille.install.options
---@field to string the directory for the library's file
---@field target? string the target of this process by default
---@field url? string instead of $RILLE_MIRROR and `M.URL`
---@field system? rille.install.system
---@field checksums? table<string, string> SHA-256 by target, `rille.core.checksums` by default

local function quote(word)
  if WINDOWS then
    return '"' .. word:gsub('"', "") .. '"'
  end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Returns the content of a file, or at most a byte more than the maximum size.
local function read(path)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message
  end
  local text = file:read(M.MAX_BYTES + 1)
  file:close()
  return text or ""
end

--- Returns whether there is a file or a directory that can be read.
local function exists(path)
  local file = io.open(path, "rb")
  if file then
    return file:close()
  end
  -- A directory of Windows cannot be opened, and every name that exists can be renamed to itself.
  return WINDOWS and os.rename(path, path) ~= nil
end

--- Returns the last line of an output that has a reason; tar says at its end only that it is exiting.
---@param text? string
---@return string?
function M.last_line(text)
  local last
  for line in (text or ""):gmatch("[^\r\n]+") do
    if line:find("%S") and not line:find("[Ee]xiting") then
      last = line:match("^%s*(.-)%s*$")
    end
  end
  return last
end

local counter = 0

--- Returns a name that no file has, in the same directory, so that the file can be renamed.
local function temporary(path)
  counter = counter + 1
  return ("%s.%d%s%d.tmp"):format(path, os.time(), tostring({}):match("%x+$") or "", counter)
end

--- Runs a line of the shell; returns its exit status.
local function execute(line)
  -- A number in Lua 5.1, and three values in a LuaJIT with the features of 5.2.
  local first, _, status = os.execute(line)
  status = type(first) == "number" and first or status or -1
  return status > 255 and math.floor(status / 256) or status
end

--- Returns whether a directory of PATH has this program.
local function is_program(name)
  if name:find("[/\\]") then
    return exists(name)
  end
  for directory in (os.getenv("PATH") or ""):gmatch(WINDOWS and "[^;]+" or "[^:]+") do
    if exists(directory .. "/" .. name .. (WINDOWS and ".exe" or "")) then
      return true
    end
  end
  return false
end

---@type rille.install.system
M.system = {
  run = function(words, output)
    if not is_program(words[1]) then
      return nil
    end
    local quoted = {}
    for i, word in ipairs(words) do
      quoted[i] = quote(word)
    end
    local log = output .. ".log"
    local line = ("%s >%s 2>%s"):format(table.concat(quoted, " "), quote(output), quote(log))
    if WINDOWS then
      -- cmd.exe removes the first and the last quote of a line that begins with one.
      line = '"' .. line .. '"'
    else
      -- In blocks of 512 bytes.
      line = ("ulimit -f %d 2>/dev/null; %s"):format(M.MAX_BYTES / 512, line)
    end
    local status = execute(line)
    local said = M.last_line(read(log))
    os.remove(log)
    if status ~= 0 then
      return false, said or ("%s ended with status %d"):format(words[1], status)
    end
    return true
  end,
  mkdir = function(path)
    local native = WINDOWS and quote((path:gsub("/", "\\")))
    local line = native and ("if not exist %s mkdir %s"):format(native, native)
      or "mkdir -p -- " .. quote(path)
    local pipe = io.popen(line .. " 2>&1")
    local said = pipe and M.last_line(pipe:read("*a"))
    if pipe then
      pipe:close()
    end
    if said then
      return nil, said
    end
    return true
  end,
}

--- Returns the address of an archive, or nil and why its scheme is refused.
---@param name string target
---@param url? string
---@return string? address
---@return string? message
function M.address(name, url)
  local from = "the option `url`"
  if not url or url == "" then
    url, from = os.getenv("RILLE_MIRROR"), "RILLE_MIRROR"
  end
  if not url or url == "" then
    url = M.URL
  end
  -- In a line of cmd.exe a percent sign would begin the name of a variable.
  if
    not url:find("^https?://[^/]")
    or url:find("[^%w%-._~:/?#@!$&'()*+,;=%%%[%]]")
    or WINDOWS and url:find("%", 1, true)
  then
    return nil, ("%s is not an address that begins with http:// or https://: %s"):format(from, url)
  end
  return ("%s/v%s/%s.tar.gz"):format(url:gsub("/+$", ""), backend.version, M.archive(name))
end

--- Returns the name of an archive without its extension, which is also the directory in it.
---@param name string target
---@return string
function M.archive(name)
  return ("rille-%s-%s"):format(backend.version, name)
end

--- Downloads the content of an address to a file.
local function download(system, address, path)
  local ignored = path .. ".out"
  local ran, message = system.run({
    "curl",
    "--fail",
    "--location",
    "--silent",
    "--show-error",
    "--proto",
    "=http,https",
    "--connect-timeout",
    tostring(CONNECT_SECONDS),
    "--max-time",
    tostring(MAX_SECONDS),
    "--max-filesize",
    ("%d"):format(M.MAX_BYTES),
    "--output",
    path,
    address,
  }, ignored)
  if ran == nil then
    ran, message = system.run({ "wget", "-T", tostring(CONNECT_SECONDS), "-O", path, address }, ignored)
  end
  os.remove(ignored)
  if ran == nil then
    return nil, "neither curl nor wget was found on PATH, and one of them is needed to download " .. address
  elseif not ran then
    return nil, ("%s cannot be downloaded: %s"):format(address, message)
  end
  return true
end

--- Unpacks one file of an archive. Nothing else of it is looked at, as nothing of it was verified yet.
local function unpack_file(system, archive, member, path)
  local tar = "tar"
  local windows = WINDOWS and os.getenv("SystemRoot")
  if windows and exists(windows .. "\\System32\\tar.exe") then
    -- The system's own. Another one on PATH may take the drive's letter for the name of a host.
    tar = windows .. "\\System32\\tar.exe"
  end
  local ran, message = system.run({ tar, "-xzOf", archive, member }, path)
  if ran == nil then
    return nil, "tar was not found on PATH, and is needed to unpack the archive"
  elseif not ran then
    return nil, ("the archive cannot be unpacked, it may be truncated: %s"):format(message)
  end
  return true
end

--- Renames a file, also to the name of a file that exists.
local function replace(from, to)
  local renamed, message = os.rename(from, to)
  if not renamed and WINDOWS and exists(to) then
    -- A library that a process has loaded can be renamed, and neither replaced nor removed.
    local old = temporary(to)
    renamed, message = os.rename(to, old)
    if renamed then
      renamed, message = os.rename(from, to)
      if not renamed then
        os.rename(old, to)
      end
      os.remove(old)
    end
  end
  return renamed, message
end

--- Returns the directories of a path that do not exist, the innermost first.
local function missing_directories(path)
  local list = {}
  while path ~= "" and not exists(path) do
    list[#list + 1] = path
    path = path:match("^(.*)[/\\]") or ""
  end
  return list
end

--- Downloads, unpacks and verifies the library as `path`, by way of two temporary files.
local function fetch(system, address, member, sum, path, archive, library)
  local file, message = io.open(archive, "wb")
  if not file then
    return nil, message
  end
  file:close()
  local done
  done, message = download(system, address, archive)
  if not done then
    return nil, message
  end
  done, message = unpack_file(system, archive, member, library)
  if not done then
    return nil, message
  end
  local text
  text, message = read(library)
  if not text then
    return nil, message
  elseif text == "" then
    return nil, ("there is no %s in the archive of %s"):format(member, address)
  end
  local found = sha256(text, system.pause)
  if found ~= sum then
    return nil,
      ("checksum mismatch: the library of %s has the SHA-256 %s, and that of this version is %s"):format(
        address,
        found,
        sum
      )
  end
  done, message = replace(library, path)
  return done, message
end

--- Installs the library and returns the path of its file, and true if it was there already; or returns nil and a message. After
--- a failure nothing is changed.
---@param opts rille.install.options
---@return string? path
---@return string|boolean|nil message
function M.install(opts)
  local system = opts.system or M.system
  local name, message = opts.target, nil
  if not name then
    name, message = target.current()
  end
  if not name then
    return nil, message
  elseif not (" " .. table.concat(target.known, " ") .. " "):find(" " .. name .. " ", 1, true) then
    return nil, ("there is no target '%s' (known: %s)"):format(name, table.concat(target.known, ", "))
  end
  local sum = (opts.checksums or require("rille.core.checksums"))[name]
  if not sum then
    return nil,
      ("version %s has no library to download for %s, only releases have: build it with cargo"):format(
        backend.version,
        name
      )
  end
  local directory = opts.to:match("^(.+)[/\\]$") or opts.to
  local path = directory .. "/" .. target.file(name)
  local present = read(path)
  if present and sha256(present, system.pause) == sum then
    return path, true
  end
  local address
  address, message = M.address(name, opts.url)
  if not address then
    return nil, message
  end
  local made = missing_directories(directory)
  local done
  done, message = system.mkdir(directory)
  if done then
    local archive, library = temporary(path), temporary(path)
    local member = ("%s/lib/%s/%s"):format(M.archive(name), name, target.file(name))
    local ok
    ok, done, message = pcall(fetch, system, address, member, sum, path, archive, library)
    if not ok then
      done, message = nil, done
    end
    os.remove(archive)
    os.remove(library)
  else
    message = ("%s: %s"):format(directory, message)
  end
  if done then
    return path, false
  end
  for _, empty in ipairs(made) do
    -- Of Windows, `os.remove` removes files only.
    if not os.remove(empty) and WINDOWS then
      execute(("rmdir %s 2>NUL"):format(quote((empty:gsub("/", "\\")))))
    end
  end
  return nil, message .. "; nothing is installed"
end

return M
