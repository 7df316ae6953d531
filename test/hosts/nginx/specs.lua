-- A request runs the specs in the worker that took it, once in that worker's life: a second run in the same
-- state would prove less than one in the other worker. The first line of the answer is the worker's pid.
-- luacheck: globals ngx
ngx.say(ngx.worker.pid())

if package.loaded["rille.test.ran"] then
  -- Stay busy for a moment, so that the request beside this one goes to the other worker.
  local stop = os.clock() + 0.02
  while os.clock() < stop do -- luacheck: ignore 542
  end
  return ngx.say("again")
end
package.loaded["rille.test.ran"] = true

dofile(os.getenv("RILLE_ROOT") .. "/test/runner.lua")({
  print = function(line)
    io.stderr:write(line, "\n") -- to the error log: an answer dies with its worker, this stays
    ngx.say(line)
  end,
})
