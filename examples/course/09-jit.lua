-- Hosts: luajit, nvim, nginx, love
-- You learn: what "JIT" means, how to see what it does, what stops it, and how to count garbage.

-- JIT is "just in time". LuaJIT counts how often each loop runs. One round of a hot loop is recorded as it really
-- happens. The record is called a TRACE. It becomes machine code, and the loop continues in that.
print(type(jit.version), jit.status()) --> string true…

-- The compiler says what it does to anybody who attaches a function. "stop" ends a good trace, "abort" gives one up. It
-- tries again later, so one or two aborts do no harm.
local function watch(what)
  local compiled, aborts = false, 0
  local function note(event)
    compiled = compiled or event == "stop"
    aborts = aborts + (event == "abort" and 1 or 0)
  end
  jit.flush() -- forget all machine code, so that it starts afresh
  jit.attach(note, "trace")
  what()
  jit.attach(note)
  return aborts > 4 and "given up" or compiled and "compiled"
end

-- Numbers, tables and calls of Lua functions all compile.
print(watch(function()
  local sum = 0
  for i = 1, 300000 do
    sum = sum + i % 7
  end
end)) --> compiled

-- But not everything can be recorded. Making a new function in each round cannot. After about ten aborts LuaJIT gives the
-- loop up for good.
local function with_closures()
  local sum = 0
  for i = 1, 300000 do
    local function remainder()
      return i % 7
    end
    sum = sum + remainder()
  end
end
print(watch(with_closures)) --> given up

-- The cure: make the function once, outside of the loop, and pass what it needs.
local function remainder_of(i)
  return i % 7
end
local function with_one_function()
  local sum = 0
  for i = 1, 300000 do
    sum = sum + remainder_of(i)
  end
end
print(watch(with_one_function)) --> compiled

-- What is it worth? The fastest run counts.
local function time(what)
  local best = math.huge
  for _ = 1, 3 do
    local start = os.clock()
    what()
    best = math.min(best, os.clock() - start)
  end
  return best
end
print("at least 3 times faster:", time(with_closures) > 3 * time(with_one_function)) --> at least 3 times faster: true

-- GARBAGE is memory that nothing refers to any more; collecting it takes time. Stop the collector, and you can count it.
local function garbage(what)
  what() -- compiles it, which needs memory too
  collectgarbage()
  collectgarbage("stop")
  local before = collectgarbage("count") -- in kilobytes
  what()
  local kilobytes = collectgarbage("count") - before
  collectgarbage("restart")
  return kilobytes > 1000 and "much garbage" or kilobytes < 10 and "hardly any" or "some"
end
print(garbage(with_closures), "against", garbage(with_one_function)) --> much garbage against hardly any
