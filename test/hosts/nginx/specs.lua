-- Runs the specs in the worker that takes the request, once per worker: a second run in the same state would prove less
-- than one in the other worker. The first line of the answer is the worker's pid.
-- luacheck: globals ngx
ngx.say(ngx.worker.pid())

if package.loaded["rille.test.ran"] then
  -- Stay busy for a moment, so that the simultaneous request goes to the other worker.
  local stop = os.clock() + 0.02
  while os.clock() < stop do -- luacheck: ignore 542
  end
  return ngx.say("again")
end
package.loaded["rille.test.ran"] = true

dofile(os.getenv("RILLE_ROOT") .. "/test/support/runner.lua")({
  print = function(line)
    io.stderr:write(line, "\n") -- to the error log: an answer is lost with its worker, the log is not
    ngx.say(line)
  end,
})
