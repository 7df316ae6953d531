--- The handlers of the locations of resty.conf. It is loaded before the fork.
-- luacheck: globals ngx rille resty handlers
resty = require("resty.rille")

local M = { seen = {} }

local start

--- A job of the tests; the module belongs to the workers, as it makes a job.
local function job(options)
  start = start or dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")
  return start(options)
end
M.job = job

--- Waits, and records the outcome or the error.
function M.wait(phase)
  local ran, state = pcall(resty.wait, job({}), 60000)
  M.seen[phase] = ran and "waited" or tostring(state)
  return state
end

-- Here, in the master, as the phase `init`: the job is not reached.
M.seen.init = select(2, pcall(resty.wait))

M.seen.waits_in_master = tostring(resty.health().waits)

function M.init_worker()
  -- Before the first wait: that of the next line is refused.
  M.seen.waits_before = resty.health().waits
  M.wait("init_worker")
end

--- Starts a job that would run for minutes, and answers when it is over.
function M.endless()
  local running = assert(resty.with(job({ steps = 1000000, microseconds = 1000 })))
  M.seen.endless = (M.seen.endless or 0) + 1
  local state = resty.wait(running)
  M.seen.went_on = (M.seen.went_on or 0) + 1
  ngx.say(state)
end

--- Registers a job before the content handler does.
function M.early()
  assert(resty.with(job({ steps = 1000000, microseconds = 1000 })))
end

function M.taken()
  assert(ngx.on_abort(function() end))
  local running, message = resty.with(job({ steps = 1000000, microseconds = 1000 }))
  ngx.say(tostring(running), " ", message)
end

function M.unchecked()
  local running, message = resty.with(job({ steps = 1000000, microseconds = 1000 }))
  ngx.say(running:poll(), " ", message)
end

function M.raises()
  resty.with(job({ steps = 1000000, microseconds = 1000 }))
  error("the test asked for this error")
end

function M.load()
  local running = assert(resty.with(job({ steps = 1, results = 1 })))
  local state = resty.wait(running, 60000)
  ngx.say(state, " ", tostring(running:take() ~= nil))
end

--- Patterns for the filters of requests, made in the master.
M.mask = assert(rille.stream(assert(rille.literals({ "secret" })), "***"))
M.short = assert(rille.stream(assert(rille.regex("[a-z]+")), "*", { max_match_length = 4 }))
M.detect = assert(rille.scan(assert(rille.regexset({ "s[a-z]cret" }))))
M.limited = assert(rille.scan(assert(rille.literals({ "secret" })), { max_bytes = 10 }))

local PLAIN = "the secret is secret\n"

function M.plain(times)
  local text = PLAIN:rep(times)
  ngx.header.content_length = #text
  ngx.header.etag = '"a tag"'
  ngx.print(text)
end

--- Prints a text in pieces of the size that the request asks for, with flushes.
function M.chunks()
  local what = ngx.var.uri:match("[^/]+$")
  if what ~= "chunks" then
    return M.plain(what == "large" and 2000 or 1)
  end
  local size, text = tonumber(ngx.var.arg_size), PLAIN:rep(20)
  for at = 1, #text, size do
    ngx.print(text:sub(at, at + size - 1))
    ngx.flush(at % 3 == 1)
    if ngx.var.arg_slow and at % 10 == 1 then
      ngx.sleep(0.001)
    end
  end
end

--- Prints the text packed by gzip, up to `len` bytes of it.
function M.packed(len)
  M.gzip = M.gzip or assert(io.open(os.getenv("RILLE_SOCKET"):gsub("s$", "packed.gz"), "rb")):read("*a")
  local packed = M.gzip:sub(1, len or -1)
  ngx.header.content_encoding = "gzip"
  ngx.header.content_length = #packed
  ngx.print(packed)
end

function M.missing()
  local ran, message = pcall(resty.body_filter, M.mask)
  M.seen.missing = tostring(message)
  error(ran and "it passed" or message, 0)
end

function M.scan_body(scan)
  local ids, limited = resty.request_body(scan)
  ngx.say(table.concat(ids, " "), " ", tostring(limited), " ", ngx.req.get_body_file() and "file" or "memory")
end

function M.replace_body()
  local count = resty.request_body(M.mask)
  local body = ngx.req.get_body_data()
  if not body then
    body = assert(io.open(ngx.req.get_body_file(), "rb")):read("*a")
  end
  ngx.print(count, " ", body)
end

return M
