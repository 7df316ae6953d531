-- Runs a lesson of the course in LÖVE: the first argument is its number. A lesson that yields continues in the next frame.
-- luacheck: globals love
local run = assert(loadfile(os.getenv("RILLE_ROOT") .. "/examples/course/run.lua"))

local function say(line)
  io.stdout:write(line, "\n")
  io.stdout:flush()
end

local lesson
function love.load(arguments)
  lesson = coroutine.create(function()
    run(arguments[1], say)
  end)
end

function love.update()
  assert(coroutine.resume(lesson))
  if coroutine.status(lesson) == "dead" then
    love.event.quit()
  end
end

function love.errorhandler(message)
  say(debug.traceback(tostring(message), 2))
  return function()
    return 1
  end
end
