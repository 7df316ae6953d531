-- The body of the love.thread: see main.lua.
local channel, root = ...
local _, failed = dofile(root .. "/test/support/runner.lua")({
  print = function(line)
    channel:push(line)
  end,
})
channel:push(failed)
