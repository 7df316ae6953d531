--- Requests that end: by `finish`, by an error, and because the client has left.
-- luacheck: globals ngx rille resty handlers
local t = ...
local http = dofile(os.getenv("RILLE_ROOT") .. "/test/hosts/nginx/http.lua")

--- Waits until no more jobs and notifiers are there than before; returns the milliseconds.
local function settle(before)
  ngx.update_time()
  local since = ngx.now()
  local handles
  repeat
    ngx.sleep(0.005)
    handles = rille.stats().handles
  until (handles.job <= before.job and handles.notifier <= before.notifier) or ngx.now() - since > 5
  t.eq({ handles.job, handles.notifier }, { before.job, before.notifier })
  return (ngx.now() - since) * 1000
end

collectgarbage()
collectgarbage()
collectgarbage("stop")

t.test("a hundred clients that leave in mid-request leave nothing after a second", function()
  for _, path in ipairs({ "/endless", "/left" }) do
    local before, seen = rille.stats().handles, handlers.seen.endless or 0
    local clients = {}
    for i = 1, 100 do
      clients[i] = http.open()
      clients[i]:send(path)
    end
    t.soon(function()
      ngx.sleep(0.005)
      return (handlers.seen.endless or 0) - seen == 100
    end)
    t.eq(rille.stats().handles.job - before.job, 100)
    for i = 1, 100 do
      clients[i]:close()
    end
    local took = settle(before)
    t.ok(took < 1000, ("%s: %d ms"):format(path, took))
    -- The handler ends where it waits.
    t.eq(handlers.seen.went_on, nil)
  end
end)

t.test("what several phases have registered is closed when the client leaves", function()
  local before, seen = rille.stats().handles, handlers.seen.endless
  local client = http.open()
  client:send("/early")
  t.soon(function()
    ngx.sleep(0.005)
    return handlers.seen.endless == seen + 1
  end)
  t.eq(rille.stats().handles.job - before.job, 4)
  client:close()
  local took = settle(before)
  t.ok(took < 1000, ("%d ms"):format(took))
  t.eq(handlers.seen.went_on, nil)
end)

t.test("an error in the handler closes what the request has", function()
  local before = rille.stats().handles
  t.eq((http.get("/raises")), 500)
  settle(before)
end)

t.test("an internal redirect after an error keeps what the request has", function()
  local before = rille.stats().handles
  local status, _, body = http.get("/redirected")
  t.eq({ status, body }, { 500, "sorry\n" })
  settle(before)
end)

t.test("an on_abort that is taken is reported, and finish still closes", function()
  local before = rille.stats().handles
  local _, _, body = http.get("/taken")
  t.eq(
    body,
    "nil rille.resty.with: ngx.on_abort is used by other code; call rille.resty.finish() in its callback\n"
  )
  settle(before)
end)

t.test("without lua_check_client_abort with says so, and finish closes", function()
  local before = rille.stats().handles
  local _, _, body = http.get("/unchecked")
  t.eq(body, "running lua_check_client_abort is off\n")
  settle(before)
end)

t.test("with passes a failure on, and refuses what cannot be closed", function()
  t.eq({ resty.with(nil, "a reason", 7) }, { nil, "a reason", 7 })
  t.raises("rille.resty.with: object must have a method close, got number", resty.with, 5)
  t.raises("rille.resty.with: object must have a method close, got table", resty.with, {})
end)

t.test("a timer closes by finish, last object first, and continues after an error in one", function()
  local closed = {}
  local function object(name, fails)
    return {
      close = function()
        closed[#closed + 1] = name
        if fails then
          error("the test asked for this error")
        end
      end,
    }
  end
  local outcome
  ngx.timer.at(0, function()
    resty.with(object("first"))
    resty.with(object("second", true))
    resty.with(object("third"))
    resty.finish()
    resty.finish()
    outcome = true
  end)
  while not outcome do
    ngx.sleep(0.005)
  end
  t.eq(closed, { "third", "second", "first" })
end)

t.test("requests over connections that are kept leave memory and handles where they were", function()
  collectgarbage("restart")
  local clients = {}
  for i = 1, 8 do
    clients[i] = http.open()
  end
  local function requests(count)
    local threads = {}
    for i, client in ipairs(clients) do
      threads[i] = ngx.thread.spawn(function()
        for _ = 1, count do
          local status, _, body = client:request("/load")
          if status ~= 200 or body ~= "done true\n" and body ~= "running true\n" then
            return status, body
          end
        end
        return "good"
      end)
    end
    for i = 1, #threads do
      t.eq({ ngx.thread.wait(threads[i]) }, { true, "good" })
    end
    collectgarbage()
    collectgarbage()
  end
  requests(50)
  local before, kib = rille.stats().handles, collectgarbage("count")
  -- 100,000 requests.
  requests(12500)
  local after = rille.stats().handles
  t.eq(after.job, before.job)
  t.eq(after.notifier, before.notifier)
  t.ok(collectgarbage("count") < kib + 300, ("%d KiB, then %d"):format(kib, collectgarbage("count")))
  for i = 1, 8 do
    clients[i]:close()
  end
end)

collectgarbage("restart")
