-- LÖVE: specs run in love.load, or in a love.thread or from frame to frame when RILLE_HOST says so.
-- luacheck: globals love
local root = os.getenv("RILLE_ROOT")

local function say(line)
  io.stdout:write(line, "\n")
  io.stdout:flush()
end

-- Runs every spec in a thread with a Lua state of its own, which sends the report line by line, then the number of
-- failures. Waiting for the thread's end proves that its state closes without harm.
local function in_thread()
  local channel = love.thread.newChannel()
  local thread = love.thread.newThread("thread.lua")
  thread:start(channel, root)
  while true do
    local message = channel:demand(1)
    if type(message) == "number" then
      thread:wait()
      return message
    elseif message then
      say(message)
    elseif not thread:isRunning() and channel:getCount() == 0 then
      say("the thread ended early: " .. tostring(thread:getError()))
      return 1
    end
  end
end

-- Runs specs that wait for frames in a coroutine, one step per frame. `yield` across `pcall` works in LuaJIT.
local function in_frames()
  local run = coroutine.wrap(function()
    return "over", select(2, dofile(root .. "/test/support/runner.lua")({ print = say }))
  end)
  function love.update()
    local over, failed = run()
    if over then
      love.event.quit(failed == 0 and 0 or 1)
    end
  end
end

function love.load()
  local failed
  if os.getenv("RILLE_HOST") == "love-glue" then
    return in_frames()
  end
  if os.getenv("RILLE_HOST") == "love-thread" then
    failed = in_thread()
  else
    failed = select(2, dofile(root .. "/test/support/runner.lua")({ print = say }))
  end
  love.event.quit(failed == 0 and 0 or 1)
end

function love.errorhandler(message)
  say(debug.traceback(tostring(message), 2))
  return function()
    return 1
  end
end
