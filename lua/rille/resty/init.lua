--- rille in OpenResty, and in nginx with the Lua module. Users require it as `resty.rille`.
local listener = require("rille.resty.listener")

local M = {}

for _, part in ipairs({ "wait", "request", "filter", "body" }) do
  for name, value in pairs(require("rille.resty." .. part)) do
    M[name] = value
  end
end
M.state = nil

---@class rille.resty.options
---@field backend? "native"|"lua" the implementation that is required; `init` fails with the reason if another one is in use
---@field library? string absolute path of the library, tried after $RILLE_LIB
---@field directory? string where the directory of the worker's socket is created; that of temporary files by default

--- Modules that are loaded before the fork, so that workers share their memory and no request reads files.
local NOUNS = {
  "text",
  "regex",
  "regexset",
  "literals",
  "stream",
  "scan",
  "buffer",
  "bytes",
  "file",
  "fuzzy",
  "grep",
  "walk",
  "notifier",
}

local read_options = require("rille.core.options").reader({
  backend = { values = { "native", "lua" } },
  library = { "string" },
  directory = { "string" },
})

--- Loads rille before the master forks; otherwise each worker does so in its first request. With `backend = "native"` nginx does
--- not start without the library, and the message has every file that was tried.
---
--- Context: init_by_lua, init_worker_by_lua
---@param opts? rille.resty.options
---@return rille rille
function M.init(opts)
  opts = read_options(opts, "rille.resty.init")
  listener.directory = opts.directory
  local backend = require("rille.core.backend")
  if opts.library and not backend.name then
    table.insert(backend.paths, 1, opts.library)
  end
  local rille = require("rille")
  if opts.backend and rille.backend ~= opts.backend then
    local reason = backend.reason or ("the library is in use: " .. tostring(backend.path))
    error(
      ("rille.resty.init: backend = '%s' is required, but %s is in use: %s"):format(
        opts.backend,
        rille.backend,
        reason
      ),
      0
    )
  end
  for _, noun in ipairs(NOUNS) do
    local _ = rille[noun]
  end
  return rille
end

---@class rille.resty.health: rille.health
---@field waits? "event"|"sleep" how the waits of this worker are woken; nil in the master, which has none
---@field waits_reason? string why they sleep
---@field hint? string what nginx.conf lacks

--- Returns what `rille.health()` returns, and how waits are woken.
---
--- Context: every phase
---@return rille.resty.health
function M.health()
  local health = require("rille").health() --[[@as rille.resty.health]]
  if ngx.get_phase() ~= "init" then
    if health.backend == "native" then
      listener.look()
      health.waits, health.waits_reason = listener.way, listener.reason
    else
      health.waits, health.waits_reason = "sleep", "the jobs of the fallback continue when they are polled"
    end
  end
  if health.backend == "lua" and not os.getenv("RILLE_LIB") then
    health.hint =
      "nginx removes environment variables: if RILLE_LIB is set, nginx.conf needs the line `env RILLE_LIB;`"
  end
  return health
end

return M
