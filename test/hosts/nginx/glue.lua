-- Runs the specs of the glue in a request; they wait in light threads. Not by `dofile`, which cannot yield.
-- luacheck: globals ngx
local root = os.getenv("RILLE_ROOT")
ngx.say(ngx.worker.pid())
local run = dofile(root .. "/test/support/runner.lua")
run({
  specs = { root .. "/test/hosts/glue/resty.lua" },
  print = function(line)
    io.stderr:write(line, "\n")
    ngx.say(line)
  end,
})
