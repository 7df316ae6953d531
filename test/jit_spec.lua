--- Hot calls compile without an abort and make no garbage.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local found, string_buffer = pcall(require, "string.buffer")

local LINE = "hello world"
local MIXED = "größer 日本 😀"
local view = rille.bytes(ffi.new("char[11]", LINE), 11)
local buffer = rille.buffer(4096)
local sb = found and string_buffer.new(4096)

--- Each hot call as a loop of its own, so that a trace is of this call only.
local loops = {
  ["count of a string"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(LINE, "char")
    end
    return sum
  end,
  ["count of mixed text in three units"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(MIXED, "utf16") + text.count(MIXED, "line") + text.count(MIXED, "grapheme")
    end
    return sum
  end,
  ["count of a view"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + text.count(view, "char")
    end
    return sum
  end,
  ["validate"] = function(n)
    local valid = 0
    for _ = 1, n do
      if text.validate(MIXED) then
        valid = valid + 1
      end
    end
    return valid
  end,
  ["repair of a valid string"] = function(n)
    local same = 0
    for _ = 1, n do
      if text.repair(MIXED) == MIXED then
        same = same + 1
      end
    end
    return same
  end,
  ["reverse to a string that is there already"] = function(n)
    local last
    for _ = 1, n do
      last = text.reverse(LINE, "byte")
    end
    return last
  end,
  ["reverse_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.reverse_into(buffer, LINE, "char")
    end
    return sum
  end,
  ["repair_into a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      buffer:reset()
      sum = sum + text.repair_into(buffer, MIXED)
    end
    return sum
  end,
  ["put, len and reset of a rille buffer"] = function(n)
    local sum = 0
    for _ = 1, n do
      sum = sum + buffer:reset():put(LINE):len()
    end
    return sum
  end,
  ["reverse_into a string.buffer"] = sb and function(n)
    local sum = 0
    for _ = 1, n do
      sb:reset()
      sum = sum + text.reverse_into(sb, LINE, "grapheme")
    end
    return sum
  end or nil,
  ["count of a string.buffer"] = sb and function(n)
    local sum = 0
    sb:reset():put(LINE)
    for _ = 1, n do
      sum = sum + text.count(sb, "char")
    end
    return sum
  end or nil,
}

--- Runs `loop` under the eyes of the trace recorder: how many traces of it were made, and why one was given up.
---
--- A trace of the loop is one that starts in it, or at a side exit. The recorder also tries the functions that it calls
--- on their own when their counters, which are shared by hash, happen to run out first; such a trace ends where the
--- function returns, is given up by design, and keeps nothing from being compiled.
local function record(loop)
  local made, aborts, ours = 0, {}, false
  local function watch(what, _, func, _, a, b)
    if what == "start" then
      ours = func == loop or a ~= nil
    elseif what == "stop" and ours then
      made = made + 1
    elseif what == "abort" and ours then
      aborts[#aborts + 1] = ("error %s (%s)"):format(tostring(a), tostring(b))
    end
  end
  jit.flush()
  jit.opt.start("hotloop=2")
  jit.attach(watch, "trace")
  local ok, message = pcall(loop, 2000)
  jit.attach(watch)
  jit.opt.start("hotloop=56")
  t.ok(ok, message)
  return made, aborts
end

local names = {}
for name in pairs(loops) do
  names[#names + 1] = name
end
table.sort(names)

for _, name in ipairs(names) do
  t.test(name .. " compiles without an abort", function()
    if not jit.status() then
      t.skip("the JIT is off")
    elseif rille.backend ~= "native" then
      t.skip("the fallback makes no such promise")
    end
    local made, aborts = record(loops[name])
    t.eq(aborts, {})
    t.ok(made > 0, "no trace was made")
  end)

  t.test(name .. " makes no garbage", function()
    if not jit.status() then
      t.skip("the JIT is off")
    elseif rille.backend ~= "native" then
      t.skip("the fallback makes no such promise")
    end
    local loop = loops[name]
    loop(5000)
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    loop(10000)
    local garbage = (collectgarbage("count") - before) * 1024
    collectgarbage("restart")
    -- A side trace that is made now may cost some; 10,000 calls that leave even one byte each would show.
    t.ok(garbage < 5000, ("%d bytes after 10,000 rounds"):format(garbage))
  end)
end
