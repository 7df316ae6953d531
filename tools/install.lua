--- Downloads the library of this version for this system and verifies it:
---
---   luajit tools/install.lua [--to DIR] [--url URL] [--target TARGET]
---
--- By default it goes into `lib/<target>/` beside `lua/`, where every host finds it with these modules.
local USAGE = "usage: luajit tools/install.lua [--to DIR] [--url URL] [--target TARGET]"

local root = (arg[0] or ""):match("^(.*)[/\\]tools[/\\][^/\\]*$")
  or (arg[0] or ""):find("^tools[/\\]") and "."
root = root or ".."
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, package.path)

local function stop(message)
  io.stderr:write("rille: ", message, "\n")
  os.exit(1)
end

local opts, i = {}, 1
while arg[i] do
  local key, value = arg[i]:match("^%-%-(%l+)=?(.*)$")
  if key == "help" then
    print(USAGE)
    os.exit(0)
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
opts.to = opts.to or ("%s/lib/%s"):format(root, name)
local path, present = require("rille.core.install").install(opts)
if not path then
  stop(tostring(present))
end
print(
  ("rille: %s %s"):format(path, present and "is there already, with the right checksum" or "is installed")
)
-- A library of another system is only stored.
if name == target.current() then
  if not is_found then
    print("rille: RILLE_LIB must name this file, unless the directory is one that is searched")
    require("rille.core.backend").paths[1] = path
  end
  local health = require("rille").health()
  print("backend = " .. health.backend)
  if health.backend ~= "native" then
    stop(health.reason)
  end
end
