--- The socket of the worker through which the library wakes light threads.
---
--- ngx_lua waits only for connections that it has opened. So the library listens to a socket, a waiting light thread connects
--- to it, and the other end of the connection becomes a notifier of the library. Neither connecting nor accepting waits.
local ffi = require("ffi")

local M = {}

--- Seconds after a failure in which the socket is not tried again.
local RETRY = 1

--- The directory in which that of the socket is created; the one of temporary files by default.
M.directory = nil

--- How the last wait was woken, or how the next one will be: nil before the first one, and before `look`.
---@type "event"|"sleep"|nil
M.way = nil

--- Why the last wait has slept.
---@type string?
M.reason = nil

local C, notifiers, err, out_listener, out_notifier, own_listener
local listener, address, token, retry_at = nil, nil, 0, 0

--- Creates the socket. Returns whether there is one, or false and why not.
local function listen()
  if not C then
    C, notifiers = require("rille.core.ffi"), require("rille.notifier")
    err = require("rille.core.error").block()
    out_listener, out_notifier = ffi.new("rille_listener *[1]"), ffi.new("rille_notifier *[1]")
    own_listener = require("rille.core.handle").kind(C.rille_listener_free)
  end
  local directory = M.directory or ""
  if C.rille_listener_new(directory, #directory, out_listener, err) < 0 then
    return false, ffi.string(err.message, err.length)
  end
  -- When the Lua state of the worker is closed, the finaliser removes the socket.
  listener = own_listener(out_listener[0])
  address = "unix:" .. ffi.string(C.rille_listener_path(listener))
  return true
end

local function token_bytes()
  token = (token + 1) % 2 ^ 32
  return string.char(
    token % 256,
    math.floor(token / 256) % 256,
    math.floor(token / 65536) % 256,
    math.floor(token / 16777216)
  )
end

--- Connects; returns the connection and its notifier, or nil and why there is none.
local function connect()
  if not listener then
    local listening, message = listen()
    if not listening then
      return nil, message
    end
  end
  local connection = ngx.socket.tcp()
  local connected, message = connection:connect(address)
  if not connected then
    -- Another program may have removed the socket: the next call creates a new one.
    listener = nil
    return nil, ("connecting to %s: %s"):format(address, message)
  end
  local _
  _, message = connection:send(token_bytes())
  local status = C.rille_listener_accept(listener, token, out_notifier, err)
  if status == 0 then
    return connection, notifiers.adopt(out_notifier[0])
  end
  connection:close()
  return nil,
    status < 0 and ffi.string(err.message, err.length) or message or "the connection was not accepted"
end

--- Determines how the first wait will be woken: creates the socket, unless there was a wait before.
function M.look()
  if not M.way then
    local listening, message = listen()
    M.way, M.reason = listening and "event" or "sleep", not listening and message or nil
  end
end

--- Returns a connection that receives a byte when a job is ready, and the notifier that watches jobs for it. Returns nil if
--- there is none: then the caller has to sleep.
---@return table? connection a cosocket
---@return rille.notifier? notifier
function M.connect()
  if ngx.now() < retry_at then
    return nil
  end
  local connection, notifier = connect()
  if connection then
    M.way, M.reason = "event", nil
    return connection, notifier
  end
  if M.way ~= "sleep" then
    ngx.log(ngx.WARN, "rille: waits sleep for up to 8 ms, as there is no socket to be woken by: ", notifier)
  end
  M.way, M.reason, retry_at = "sleep", notifier, ngx.now() + RETRY
  return nil
end

return M
