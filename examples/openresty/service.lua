--- The handlers of the locations in nginx.conf.
local resty = require("resty.rille")
local rille = require("rille")

local M = {}

local ROOT = ngx.config.prefix()

--- Made in the master and shared by all workers: it replaces mail addresses, wherever nginx divides the text.
local address = assert(rille.regex([[[\w.+-]+@[\w-]+\.[\w.]+]]))
M.addresses = assert(rille.stream(address, "hidden", { max_match_length = 254 }))

--- Returns an argument of the request as text.
local function argument(name)
  return ngx.unescape_uri(ngx.var["arg_" .. name] or "")
end

--- Answers with the lines below `src` that match `q`, while the search continues on a thread of the library.
function M.search()
  local pattern, message, at = rille.regex(argument("q"))
  if not pattern then
    ngx.status = 400
    return ngx.say(message, at and " at " .. at or "")
  end
  local job = assert(rille.grep(pattern, ROOT .. "src", { relative = true, limit = 1000 }))
  -- Closes it when the request ends, also if the client has left.
  assert(resty.with(job))
  local state, _, failure
  repeat
    state, _, failure = resty.wait(job)
    local batch = job:take()
    while batch do
      for i = 1, batch.count do
        ngx.say("src/", batch:path(i), ":", batch:line(i), ": ", batch:text(i))
      end
      batch = job:take()
    end
    ngx.flush(true)
  until state ~= "running"
  if failure then
    ngx.say("stopped: ", failure)
  end
end

--- The names of all files, in a session of each worker: the master's cannot be used after the fork.
local names

--- Answers with the ten file names that fit the letters of `q` best.
function M.complete()
  if not names then
    names = rille.fuzzy({ scheme = "path" })
    local walk = assert(rille.walk(ROOT, { relative = true }))
    names:feed(walk)
    repeat
    until resty.wait(walk) ~= "running"
    walk:close()
  end
  local rows = names:query(argument("q"), { limit = 10 })
  for i = 1, rows.count do
    ngx.say(rows:text(i))
  end
end

return M
