--- A small HTTP client over a cosocket, for specs that make requests of their own server.
-- luacheck: globals ngx
local Client = {}
Client.__index = Client

local M = {}

--- Opens a connection to the server.
function M.open()
  local socket = ngx.socket.tcp()
  socket:settimeout(60000)
  assert(socket:connect("unix:" .. os.getenv("RILLE_SOCKET")))
  return setmetatable({ socket = socket }, Client)
end

--- Sends a request, and does not wait for the answer.
function Client:send(path, options)
  options = options or {}
  local lines = { ("%s %s HTTP/1.1"):format(options.method or "GET", path), "Host: rille" }
  for name, value in pairs(options.headers or {}) do
    lines[#lines + 1] = name .. ": " .. value
  end
  if options.body then
    lines[#lines + 1] = "Content-Length: " .. #options.body
  end
  assert(self.socket:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (options.body or "")))
end

local function chunked(socket)
  local pieces = {}
  while true do
    local len = tonumber(assert(socket:receive("*l")), 16)
    pieces[#pieces + 1] = len > 0 and assert(socket:receive(len)) or nil
    assert(socket:receive("*l"))
    if len == 0 then
      return table.concat(pieces)
    end
  end
end

--- Receives an answer: its status, its headers by lower-case name, and its body.
function Client:answer(method)
  local socket = self.socket
  local status = tonumber(assert(socket:receive("*l")):match("^HTTP/1.1 (%d+)"))
  local headers = {}
  for line in
    function()
      local line = assert(socket:receive("*l"))
      return line ~= "" and line or nil
    end
  do
    local name, value = line:match("^([^:]+):%s*(.*)$")
    headers[name:lower()] = value
  end
  local body = ""
  if method == "HEAD" or status == 204 or status == 304 then
    return status, headers, body
  elseif headers["transfer-encoding"] == "chunked" then
    body = chunked(socket)
  elseif headers["content-length"] then
    body = headers["content-length"] == "0" and ""
      or assert(socket:receive(tonumber(headers["content-length"])))
  end
  return status, headers, body
end

--- Sends a request and receives the answer.
function Client:request(path, options)
  self:send(path, options)
  return self:answer(options and options.method)
end

function Client:close()
  self.socket:close()
end

--- Makes one request over a connection of its own.
function M.get(path, options)
  local client = M.open()
  local status, headers, body = client:request(path, options)
  client:close()
  return status, headers, body
end

return M
