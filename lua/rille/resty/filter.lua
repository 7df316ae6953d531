--- Body filters: streams and scans over the responses of nginx.
local check_is = require("rille.resty.phase").check_is
local gunzip = require("rille.resty.gunzip")
local pool = require("rille.resty.pool")
local read_options = require("rille.core.options").reader({
  gzip = { values = { "pass", "decode" }, default = "pass" },
  pass = { "boolean", default = false },
}, true)

local M = {}

---@class rille.resty.filter.options
---@field gzip? "pass"|"decode" what to do with a response that is packed by gzip: nothing (the default), or send it unpacked
---@field pass? boolean send this response as it is, for example because of its type

--- The filter of a request.
---@class rille.resty.filter
---@field object rille.stream|rille.scan
---@field gunzip? table
---@field failed? string why no more of the body may pass

--- Statuses of responses without a body.
local EMPTY = { [204] = true, [304] = true }

--- Whether a response is to be filtered. Responses in another encoding than gzip are not.
local function decide(f, options)
  if options.pass or EMPTY[ngx.status] or ngx.status < 200 then
    return false
  elseif ngx.status == 206 and f.is_rille_stream then
    -- A part of a text: matches at its borders cannot be determined.
    return false
  end
  local encoding = ngx.header["Content-Encoding"]
  if encoding == nil or encoding == "identity" then
    return true
  end
  return encoding == "gzip" and options.gzip == "decode", encoding == "gzip" and options.gzip == "decode"
end

--- Prepares the response for `body_filter(f)`: decides whether its body is filtered, and if it is changed removes the headers
--- Content-Length, ETag and Accept-Ranges. Responses without a body, parts of one (206) that a stream would change, and those in
--- another encoding pass as they are; `gzip = "decode"` unpacks those of gzip, which a client without Accept-Encoding can
--- read too.
---
--- Context: header_filter_by_lua
---@param f rille.stream|rille.scan made once, for example in init_by_lua; each response gets one like it
---@param opts? rille.resty.filter.options
---@return boolean filtered
function M.header_filter(f, opts)
  check_is("rille.resty.header_filter", "header_filter", "header_filter_by_lua_block")
  pool.check(f, "rille.resty.header_filter")
  local options = read_options(opts, "rille.resty.header_filter")
  if options.gzip == "decode" and require("rille").backend ~= "native" then
    error(
      "rille.resty.header_filter: gzip = 'decode' needs the native library; rille.health() says why it is not loaded",
      2
    )
  end
  local filtered, decode = decide(f, options)
  if not filtered then
    ngx.ctx[f] = false
    return false
  end
  if f.is_rille_stream or decode then
    ngx.header["Content-Length"] = nil
    ngx.header["ETag"] = nil
    ngx.header["Accept-Ranges"] = nil
  end
  if decode then
    ngx.header["Content-Encoding"] = nil
  end
  if ngx.req.get_method() == "HEAD" then
    -- The headers are those of the answer to GET.
    ngx.ctx[f] = false
    return false
  end
  ngx.ctx[f] = { object = pool.take(f), gunzip = decode and gunzip.take() or nil }
  return true
end

--- Ends the filter of a request.
local function finish(f, filter)
  pool.give(f, filter.object)
  if filter.gunzip then
    filter.gunzip:give()
  end
end

--- Raises an error, with which nginx closes the connection: the client must see that the body is not whole.
local function fail(f, filter, message)
  if not filter.failed then
    filter.failed = message
    finish(f, filter)
  end
  error("rille.resty.body_filter: " .. message, 3)
end

--- Filters a chunk of the body: a stream replaces it, a scan reads it. `header_filter(f)` must have prepared the response.
---
--- An error ends the response: a match of a stream that is longer than declared, or damaged data of gzip.
---
--- Context: body_filter_by_lua
---@param f rille.stream|rille.scan
---@return integer[]? ids patterns that a scan has found for the first time in this response
function M.body_filter(f)
  check_is("rille.resty.body_filter", "body_filter", "body_filter_by_lua_block")
  local filter = ngx.ctx[f]
  if not filter then
    if filter == nil then
      pool.check(f, "rille.resty.body_filter")
      error(
        "rille.resty.body_filter: this response was not prepared; call rille.resty.header_filter with the same f in header_filter_by_lua_block, or its Content-Length is wrong",
        2
      )
    end
    return nil
  end
  if filter.failed then
    -- nginx may call the filter again, and must not send the rest as it is.
    return fail(f, filter, filter.failed)
  end
  local chunk, last = ngx.arg[1], ngx.arg[2]
  if chunk == "" and not last then
    -- A flush.
    return nil
  end
  local text = chunk
  if filter.gunzip then
    local unpacked, damage = filter.gunzip:feed(chunk, last)
    if not unpacked then
      return fail(f, filter, damage)
    end
    text = unpacked
  end
  local object, ids = filter.object, nil
  if object.is_rille_scan then
    ids = object:feed(text, last)
    if filter.gunzip then
      ngx.arg[1] = text:tostring()
    end
  else
    local out, message = object:feed(text)
    if out and last then
      local rest
      rest, message = object:finish()
      out = rest and (rest == "" and out or out .. rest)
    end
    if not out then
      return fail(f, filter, message)
    end
    ngx.arg[1] = out
  end
  if last then
    ngx.ctx[f] = false
    finish(f, filter)
  end
  return ids
end

return M
