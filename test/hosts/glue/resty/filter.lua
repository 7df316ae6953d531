--- Body filters over a connection that is kept.
-- luacheck: globals ngx rille resty handlers
local t = ...
local http = dofile(os.getenv("RILLE_ROOT") .. "/test/hosts/nginx/http.lua")

local client = http.open()
local function get(path, options)
  return client:request(path, options)
end

local PLAIN = "the secret is secret\n"
local MASKED = "the *** is ***\n"

t.test("a stream replaces in every answer of a connection that is kept", function()
  for _ = 1, 50 do
    local status, headers, body = get("/filter/plain")
    t.eq({ status, body, headers["content-length"], headers.etag }, { 200, MASKED, nil, nil })
    status, headers, body = get("/filter/static")
    t.eq({ status, body, headers["content-length"], headers.etag, headers["accept-ranges"] }, { 200, MASKED })
  end
end)

t.test("HEAD has the headers of GET and no body, and the connection continues", function()
  local status, headers, body = get("/filter/static", { method = "HEAD" })
  t.eq({ status, body, headers["content-length"], headers.etag }, { 200, "", nil, nil })
  t.eq(select(3, get("/filter/plain")), MASKED)
end)

t.test("204 and 304 have no body, and the connection continues", function()
  t.eq((get("/filter/204")), 204)
  t.eq(select(3, get("/filter/plain")), MASKED)
  local _, headers = get("/unfiltered")
  t.ok(headers["last-modified"])
  t.eq((get("/filter/static", { headers = { ["If-Modified-Since"] = headers["last-modified"] } })), 304)
  t.eq(select(3, get("/filter/plain")), MASKED)
end)

t.test("a part of a text passes unchanged, and a range request of a filtered text gets all of it", function()
  local status, headers, body = get("/filter/206")
  t.eq({ status, body, headers["content-length"] }, { 206, "secret", "6" })
  local whole_status, _, whole = get("/filter/static", { headers = { Range = "bytes=4-9" } })
  t.eq({ whole_status, whole }, { 200, MASKED })
end)

t.test("chunks and flushes, however the text is divided", function()
  for _, size in ipairs({ 1, 2, 5, 7 }) do
    local status, _, body = get("/filter/chunks?size=" .. size)
    t.eq({ status, body }, { 200, MASKED:rep(20) })
  end
end)

t.test("a large answer is filtered in constant memory", function()
  local status, _, body = get("/filter/large")
  t.eq(status, 200)
  t.eq(#body, 2000 * #MASKED)
  t.eq(body, MASKED:rep(2000))
end)

t.test("answers packed by gzip pass, or are unpacked", function()
  local status, headers, body = get("/filter/gzip/pass")
  t.eq({ status, headers["content-encoding"], body:sub(1, 2) }, { 200, "gzip", "\31\139" })
  t.eq(headers["content-length"], tostring(#body))
  status, headers, body = get("/filter/gzip/decode")
  t.eq(
    { status, headers["content-encoding"], headers["content-length"], body },
    { 200, nil, nil, MASKED:rep(20) }
  )
  status, headers, body = get("/filter/gzip/scan")
  t.eq({ status, headers["content-encoding"], body }, { 200, nil, PLAIN:rep(20) })
  t.eq(handlers.seen.found, { 1 })
  status, headers, body = get("/filter/other")
  t.eq({ status, headers["content-encoding"], body }, { 200, "br", PLAIN })
end)

t.test("damaged data of gzip ends the connection, and not the worker", function()
  local broken = http.open()
  broken:send("/filter/gzip/damaged")
  t.raises("closed", broken.answer, broken)
  broken:close()
  t.eq(select(3, get("/filter/plain")), MASKED)
  -- The next response gets the decompression that has failed.
  t.eq(select(3, get("/filter/gzip/decode")), MASKED:rep(20))
end)

t.test("a scan finds patterns in an answer and leaves it as it is", function()
  for _ = 1, 3 do
    handlers.seen.found = nil
    local status, headers, body = get("/filter/scan")
    t.eq({ status, body, headers["content-length"] }, { 200, PLAIN, tostring(#PLAIN) })
    t.eq(handlers.seen.found, { 1 })
  end
end)

t.test("a response that is set to pass is not filtered", function()
  local _, headers, body = get("/filter/pass")
  t.eq({ body, headers["content-length"] }, { PLAIN, tostring(#PLAIN) })
end)

t.test("without header_filter the body filter raises an error that names it", function()
  local broken = http.open()
  broken:send("/filter/missing")
  pcall(broken.answer, broken)
  broken:close()
  t.ok(
    handlers.seen.missing:find(
      "call rille.resty.header_filter with the same f in header_filter_by_lua_block",
      1,
      true
    ),
    handlers.seen.missing
  )
end)

t.test("a match that is longer than declared ends the connection", function()
  local broken = http.open()
  broken:send("/filter/overlong")
  t.raises("closed", broken.answer, broken)
  broken:close()
end)

t.test("answers of many requests at once do not mix", function()
  local threads = {}
  for i = 1, 20 do
    threads[i] = ngx.thread.spawn(function()
      local own = http.open()
      for _ = 1, 5 do
        local _, _, body = own:request("/filter/chunks?size=3&slow=1")
        if body ~= MASKED:rep(20) then
          return body
        end
      end
      own:close()
      return "good"
    end)
  end
  for i = 1, 20 do
    t.eq({ ngx.thread.wait(threads[i]) }, { true, "good" })
  end
end)

t.test("filters are made once and used again", function()
  get("/filter/plain")
  get("/filter/gzip/decode")
  collectgarbage()
  collectgarbage()
  local before = rille.stats().handles
  for _ = 1, 100 do
    get("/filter/plain")
    get("/filter/scan")
    get("/filter/gzip/decode")
  end
  local after = rille.stats().handles
  t.eq({ after.stream, after.scan, after.gunzip }, { before.stream, before.scan, before.gunzip })
  t.ok(before.gunzip >= 1, "a decompression is kept")
end)

t.test("programmer errors", function()
  local stream = handlers.mask
  t.raises(
    "rille.resty.header_filter belongs in header_filter_by_lua_block, but was called in the phase content",
    resty.header_filter,
    stream
  )
  t.raises(
    "rille.resty.body_filter belongs in body_filter_by_lua_block, but was called in the phase content",
    resty.body_filter,
    stream
  )
  t.raises(
    "rille.resty.request_body: f must be a rille.stream or a rille.scan, got string",
    resty.request_body,
    "x"
  )
  t.raises(
    "rille.resty.request_body: unknown option 'size' %(known: chunk%)",
    resty.request_body,
    stream,
    { size = 1 }
  )
end)

t.test("a request body is scanned in memory and in its file", function()
  local small = "a=secret&b=1"
  t.eq(select(3, get("/body/scan", { method = "POST", body = small })), "1 false memory\n")
  t.eq(select(3, get("/body/scan", { method = "POST", body = "nothing" })), " false memory\n")
  t.eq(select(3, get("/body/scan", { method = "POST", body = "" })), " false memory\n")
  -- Above the buffer of 16 KiB it is a file. The match crosses the border of two chunks.
  local large = ("x"):rep(65533) .. "secret" .. ("x"):rep(100000)
  t.eq(select(3, get("/body/scan", { method = "POST", body = large })), "1 false file\n")
  t.eq(select(3, get("/body/limited", { method = "POST", body = large })), " true file\n")
  t.eq(select(3, get("/body/limited", { method = "POST", body = "12secret" })), "1 false memory\n")
end)

t.test("a stream replaces in a request body", function()
  t.eq(select(3, get("/body/stream", { method = "POST", body = "a secret" })), "1 a ***")
  t.eq(select(3, get("/body/stream", { method = "POST", body = "nothing" })), "0 nothing")
  local large = ("x"):rep(65533) .. "secret" .. ("x"):rep(100000)
  t.eq(select(3, get("/body/stream", { method = "POST", body = large })), "1 " .. large:gsub("secret", "***"))
end)

client:close()
