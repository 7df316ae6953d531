-- A request runs the specs of the glue, which wait in light threads. Not across `dofile`, which cannot yield.
-- luacheck: globals ngx
local root = os.getenv("RILLE_ROOT")
ngx.say(ngx.worker.pid())
local run = dofile(root .. "/test/runner.lua")
run({
  specs = { root .. "/test/hosts/glue/resty.lua" },
  print = function(line)
    io.stderr:write(line, "\n")
    ngx.say(line)
  end,
})
