--- Downloads the library of this version for this system and verifies it:
---
---   luajit tools/install.lua [--to DIR | --user] [--url URL] [--target TARGET]
---   luajit tools/install.lua --check
---
--- By default it goes into `lib/<target>/` beside `lua/`, where every host finds it with these modules; with `--user`, where
--- `:Rille install` puts it. `--check` downloads nothing: it succeeds if a library of this version is there, other than what
--- Cargo has built here.
local USAGE = "usage: luajit tools/install.lua [--to DIR | --user] [--url URL] [--target TARGET] | --check"

local root = (arg[0] or ""):match("^(.*)[/\\]tools[/\\][^/\\]*$")
  or (arg[0] or ""):find("^tools[/\\]") and "."
root = root or ".."
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, package.path)

--- Prints to the standard output, which `print` of Neovim does not.
local function say(line)
  io.stdout:write(line, "\n")
end

local function stop(message)
  message = tostring(message):gsub("^rille: ", "")
  io.stderr:write("rille: ", message, "\n")
  os.exit(1)
end

local opts, i = {}, 1
while arg[i] do
  local key, value = arg[i]:match("^%-%-(%l+)=?(.*)$")
  if key == "help" then
    say(USAGE)
    os.exit(0)
  elseif arg[i] == "--user" or arg[i] == "--check" then
    value = key
  elseif key ~= "to" and key ~= "url" and key ~= "target" then
    stop(("unknown argument '%s'; %s"):format(arg[i], USAGE))
  end
  if value == "" then
    i = i + 1
    value = arg[i]
  end
  if not value or value == "" then
    stop(("--%s needs a value; %s"):format(key, USAGE))
  end
  opts[key] = value
  i = i + 1
end

if opts.check then
  local health = require("rille").health()
  if health.backend ~= "native" then
    stop(health.reason)
  elseif health.library ~= health.version then
    stop(("%s is version %s, and this is version %s"):format(health.path, health.library, health.version))
  elseif health.path:find("[/\\]target[/\\]release[/\\]") then
    stop(health.path .. " may be of another state of the sources")
  end
  say(("rille: %s is there, and of this version"):format(health.path))
  os.exit(0)
end

local target = require("rille.core.target")
local name, message = opts.target, nil
if not name then
  name, message = target.current()
end
if not name then
  stop(message)
end
local is_found = not opts.to
opts.target = name
if opts.user then
  opts.to, is_found = target.user_directory(name), true
  if not opts.to then
    stop("there is no home directory: neither HOME nor XDG_DATA_HOME is set")
  end
end
opts.to = opts.to or ("%s/lib/%s"):format(root, name)
local path, present = require("rille.core.install").install(opts)
if not path then
  stop(tostring(present))
end
say(("rille: %s %s"):format(path, present and "is there already, with the right checksum" or "is installed"))
-- A library of another system is only stored.
if name == target.current() then
  if not is_found then
    say(
      "rille: RILLE_LIB must name this file by its absolute path, unless its directory is one that is searched"
    )
    if not path:find("^[/\\]") and not path:find("^%a:[/\\]") then
      os.exit(0)
    end
    require("rille.core.backend").paths[1] = path
  end
  local health = require("rille").health()
  say("backend = " .. health.backend)
  if health.backend ~= "native" then
    stop(health.reason)
  end
end
