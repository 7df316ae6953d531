--- A web server in this Neovim, for specs that download: it serves one archive, with a fault if one is asked for.
local M = {}

---@class rille.test.server
---@field url string its address, without a slash at the end
---@field requests string[] the paths that were asked for

--- The answers, by the first directory of the path. Each returns the text to send before the connection is closed.
local answers = {
  good = function(body)
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body)
  end,
  -- Without a length, so that only the archive itself can show that its end is missing.
  unmeasured = function(body)
    return "HTTP/1.1 200 OK\r\n\r\n" .. body
  end,
  cut = function(body)
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body:sub(1, #body / 2))
  end,
  cut_unmeasured = function(body)
    return "HTTP/1.1 200 OK\r\n\r\n" .. body:sub(1, #body / 2)
  end,
  page = function()
    return "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>"
  end,
  empty = function()
    return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  end,
  nothing = function()
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
  end,
  refused = function()
    return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
  end,
  moved = function(_, path)
    return ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"):format(
      (path:gsub("^/moved", "/good"))
    )
  end,
  hangs_up = function()
    return ""
  end,
  huge = function()
    return "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"
  end,
}

--- Starts a server; it ends with this Neovim.
---@param bodies table<string, string> what is served, by the name of the file
---@return rille.test.server
function M.start(bodies)
  local socket = vim.uv.new_tcp()
  assert(socket:bind("127.0.0.1", 0))
  local self = { requests = {}, url = ("http://127.0.0.1:%d"):format(socket:getsockname().port) }
  assert(socket:listen(16, function()
    local client, request = vim.uv.new_tcp(), ""
    socket:accept(client)
    client:read_start(function(_, data)
      request = request .. (data or "")
      local path = request:match("^GET (%S+) .*\r\n\r\n")
      if not path then
        return not data and not client:is_closing() and client:close() or nil
      end
      request = ""
      self.requests[#self.requests + 1] = path
      local body = bodies[path:match("[^/]+$")]
      local answer = answers[body and path:match("^/([^/]+)/") or "nothing"]
      client:write(answer(body, path), function()
        client:shutdown(function()
          if not client:is_closing() then
            client:close()
          end
        end)
      end)
    end)
  end))
  return self
end

return M
