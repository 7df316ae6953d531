-- Runs the specs that the request names; they make requests of this server from light threads.
-- luacheck: globals ngx
local root = os.getenv("RILLE_ROOT")
ngx.say(ngx.worker.pid())
local run = dofile(root .. "/test/support/runner.lua")
local specs = {}
for name in (ngx.var.arg_specs or ""):gmatch("[^,]+") do
  specs[#specs + 1] = ("%s/test/hosts/glue/resty/%s.lua"):format(root, name)
end
run({
  specs = specs,
  print = function(line)
    io.stderr:write(line, "\n")
    ngx.say(line)
  end,
})
