--- What belongs to a request: objects that are closed when it ends.
local ffi = require("ffi")

local M = {}

--- The field of `ngx.ctx`.
local KEY = "rille"

--- The state of each request by its address: an internal redirect empties `ngx.ctx`, and continues the same request.
local by_address = setmetatable({}, { __mode = "v" })

local has_base, base = pcall(require, "resty.core.base")
local get_request = has_base and base.get_request

--- Returns the address of the request, and the time at which it started: addresses are used again.
local function identity()
  local request = get_request and get_request()
  if request then
    -- The stream module of nginx has no such function.
    local timed, since = pcall(ngx.req and ngx.req.start_time)
    return tonumber(ffi.cast("uintptr_t", request)), timed and since or 0
  end
end

---@class rille.resty.state
---@field since? number
---@field count integer
---@field phase? string the phase in which `ngx.on_abort` was called
---@field notifiers table<rille.notifier, boolean> those of waits in progress

--- Returns the state of the current request, or nil if it has none.
---@return rille.resty.state?
function M.state()
  local ctx = ngx.ctx
  local state = ctx[KEY]
  if not state then
    local address, since = identity()
    state = address and by_address[address]
    if state and state.since ~= since then
      return nil
    end
    ctx[KEY] = state
  end
  return state
end

local function new_state()
  local address, since = identity()
  local state = { since = since, count = 0, notifiers = {} }
  ngx.ctx[KEY] = state
  if address then
    by_address[address] = state
  end
  return state
end

--- Closes an object; an error in it does not keep the others open.
local function close(object)
  local closed, message = pcall(object.close, object)
  if not closed then
    ngx.log(ngx.ERR, "rille.resty.finish: ", message)
  end
end

local function finish(state)
  for i = state.count, 1, -1 do
    close(state[i])
    state[i] = nil
  end
  state.count = 0
  for notifier in pairs(state.notifiers) do
    state.notifiers[notifier] = nil
    notifier:close()
  end
end

--- Closes all objects that `with` has registered for this request. A second call does nothing. Call it in `log_by_lua`, which
--- also runs after an error in a handler and after a client has left; a timer and a subrequest call it at their end.
---
--- Context: every phase of a request, and timers
function M.finish()
  local state = M.state()
  if state then
    finish(state)
  end
end

--- Phases in which `ngx.on_abort` may be called.
local ABORTS = { rewrite = true, server_rewrite = true, access = true, content = true }

--- Registers the callback that ends the request when the client leaves; returns whether it could be registered, and why not.
local function on_abort(state, phase)
  local registered, message = ngx.on_abort(function()
    finish(state)
    ngx.exit(499)
  end)
  -- The callback of an earlier phase stays in some versions, and not in others.
  if registered or (state.phase and message == "duplicate call") then
    state.phase = phase
    return true
  end
  return false, message
end

--- Registers an object with a method `close`, such as a job, a file or a session, for the current request: it is closed by
--- `finish()`, and when the client leaves if the directive `lua_check_client_abort` is on. The latter uses the one
--- callback that `ngx.on_abort` has for each request.
---
--- A nil is passed on with its message, so that the result of a function may be given as it is.
---
--- Context: rewrite_by_lua, access_by_lua, content_by_lua, ngx.timer
---@generic T
---@param object T
---@param ... any the message of an object that is nil
---@return T? object nil if `ngx.on_abort` is used by other code; the object is registered all the same
---@return string? message why the object is not closed when the client leaves
function M.with(object, ...)
  if object == nil then
    return nil, ...
  elseif type(object) ~= "table" or type(object.close) ~= "function" then
    error("rille.resty.with: object must have a method close, got " .. type(object), 2)
  end
  local state, phase = M.state() or new_state(), ngx.get_phase()
  state.count = state.count + 1
  state[state.count] = object
  if ABORTS[phase] and state.phase ~= phase then
    local registered, message = on_abort(state, phase)
    if not registered and message == "duplicate call" then
      return nil,
        "rille.resty.with: ngx.on_abort is used by other code; call rille.resty.finish() in its callback"
    elseif not registered then
      return object, message
    end
  end
  return object
end

return M
