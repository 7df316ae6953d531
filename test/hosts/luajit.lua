-- The plain LuaJIT program, without a host. Returns normally on success, so that the state is closed.
local _, failed = dofile(os.getenv("RILLE_ROOT") .. "/test/support/runner.lua")({
  print = function(line)
    io.stdout:write(line, "\n")
    io.stdout:flush()
  end,
})
if failed > 0 then
  os.exit(1, true)
end
