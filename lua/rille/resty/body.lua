--- Bodies of requests: streams and scans over what clients send.
local check_yields = require("rille.resty.phase").check_yields
local pool = require("rille.resty.pool")
local read_options = require("rille.core.options").reader({
  chunk = { "integer", min = 1, default = 65536 },
})

local M = {}

---@class rille.resty.body.options
---@field chunk? integer bytes of the temporary file that are read at a time; 65,536 by default

--- Number of bytes after which other requests run.
local BYTES_PER_TURN = 4 * 2 ^ 20

--- Calls `feed(chunk, last)` for a file; returns nil and a message if it cannot be read or `feed` fails.
local function each_chunk(path, size, feed)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message
  end
  local done, fed, chunk = 0, true, file:read(size)
  while chunk and fed do
    local following = file:read(size)
    fed, message = feed(chunk, following == nil)
    done = done + #chunk
    if done >= BYTES_PER_TURN and following then
      done = 0
      ngx.sleep(0.001)
    end
    chunk = following
  end
  file:close()
  return fed, message
end

--- Reads the body, and feeds it in one piece or from its file.
local function feed_body(options, feed)
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if body then
    return feed(body, true)
  end
  local path = ngx.req.get_body_file()
  if path then
    return each_chunk(path, options.chunk, feed)
  end
  return feed("", true)
end

--- Scans the body of the request, or replaces in it by a stream: it is read, in memory or from nginx's temporary file, and the
--- result of a stream becomes the body that is passed upstream.
---
--- Context: rewrite_by_lua, access_by_lua, content_by_lua
---@param f rille.scan|rille.stream made once, for example in init_by_lua; each request gets one like it
---@param opts? rille.resty.body.options
---@return integer[]|integer|nil found the patterns that a scan has found, ascending, or the number of replacements of a stream; nil and a message if the file cannot be read, or a match of a stream is longer than declared
---@return boolean|string? limited whether the body is longer than `max_bytes` of the scan
function M.request_body(f, opts)
  check_yields("rille.resty.request_body")
  pool.check(f, "rille.resty.request_body")
  local options = read_options(opts, "rille.resty.request_body")
  local object = pool.take(f)
  if object.is_rille_scan then
    local fed, message = feed_body(options, function(chunk, last)
      object:feed(chunk, last)
      return true
    end)
    local ids, limited = object:matches(), object:limited()
    pool.give(f, object)
    if not fed then
      return nil, message
    end
    return ids, limited
  end
  local pieces = {}
  local fed, message = feed_body(options, function(chunk, last)
    local out, why = object:feed(chunk)
    if out then
      pieces[#pieces + 1] = out
      if last then
        out, why = object:finish()
        pieces[#pieces + 1] = out
      end
    end
    return out and true, why
  end)
  local count = object:count()
  pool.give(f, object)
  if not fed then
    return nil, message
  end
  if count > 0 then
    ngx.req.set_body_data(table.concat(pieces))
  end
  return count
end

return M
