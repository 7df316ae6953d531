--- Measuring side by side in LuaJIT: rille's public functions and their peers take turns, and their times are told as
--- ratios. How, and why so: bench/README.md.
---
--- A file of rows begins with `local bench = dofile("bench/common/bench.lua")` and runs in any LuaJIT that is started in
--- rille's directory: `luajit bench/peers/text.lua [FILTER]`. It names no host.
local ffi = require("ffi")
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
local rille = require("rille")
if rille.backend ~= "native" then
  error("the fallback is not what is measured: " .. tostring(rille.health().reason), 0)
end

--- Turns that each contender gets, at most and at least; seconds that one turn and one row may take.
local ROUNDS, FEWEST, TURN, MAX_UNTAKEN_BYTES = 21, 7, 0.005, 3

local quick = os.getenv("RILLE_BENCH") == "quick"
local only = arg and arg[1] or ""

--- Seconds. Not those of the processor, as jobs run in threads of their own.
local now = os.clock
if ffi.os ~= "Windows" then
  ffi.cdef([[
    typedef struct { long seconds, nanoseconds; } rille_bench_time;
    int rille_bench_clock(int clock, rille_bench_time *time) __asm__("clock_gettime");
  ]])
  local time, MONOTONIC = ffi.new("rille_bench_time"), ffi.os == "OSX" and 6 or 1
  now = function()
    ffi.C.rille_bench_clock(MONOTONIC, time)
    return tonumber(time.seconds) + tonumber(time.nanoseconds) * 1e-9
  end
end

local M = { quick = quick, now = now }
local reached, lost = 0, {}

--- The words of common/words.txt, a list for each script.
local scripts = {}
for line in io.lines("bench/common/words.txt") do
  local words = {}
  for word in line:gmatch("[^ ]+") do
    words[#words + 1] = word
  end
  scripts[#scripts + 1] = words
end

--- A text of `len` bytes from the first `count` scripts; the first one is the same as that of texts.rs.
local function draw(len, count, seed)
  local state, pieces, size = seed, {}, 0
  local function below(limit)
    state = state * 48271 % 0x7fffffff
    return state % limit + 1
  end
  while size < len do
    local words = scripts[below(count)]
    local piece = words[below(#words)] .. (below(12) == 1 and "\n" or " ")
    pieces[#pieces + 1] = piece
    size = size + #piece
  end
  local text, stop = table.concat(pieces), len
  while (text:byte(stop + 1) or 0) >= 0x80 and text:byte(stop + 1) < 0xc0 do
    stop = stop - 1
  end
  return text:sub(1, stop) .. ("."):rep(len - stop)
end

--- Words of the ASCII alphabet.
---@param len integer bytes
---@return string
function M.ascii(len)
  return draw(len, 1, 1)
end

--- Western, CJK, Cyrillic, emoji and Devanagari amid ASCII.
---@param len integer bytes
---@return string
function M.mixed(len)
  return draw(len, #scripts, 1)
end

--- Two texts of one length, [0] and [1], for loops of the shape `for i = calls, 1, -1 do f(texts[i % 2]) end`. A builtin
--- on a text that stays the same is computed once and moved out of the loop, and nothing is measured.
---@param len integer bytes
---@param kind "ascii"|"mixed"
---@return table<integer, string>
function M.texts(len, kind)
  local count = kind == "ascii" and 1 or #scripts
  return { [0] = draw(len, count, 2), draw(len, count, 1) }
end

--- A number of bytes as a person says it.
function M.size(len)
  return len >= 2 ^ 20 and len / 2 ^ 20 .. " MB" or len >= 1024 and len / 1024 .. " KB" or len .. " B"
end

--- Begins the part of a noun, and tells what is measured.
function M.title(title)
  local health = rille.health()
  print(("\n%s (kernels %s, %s, %s)"):format(title, health.cpu, health.luajit, health.path))
  if not quick then
    local head = "%-38s %10s  %-24s %10s %8s  %13s %6s"
    print(head:format("", "rille", "peer", "", "times", "spread", "reach"))
  end
end

--- The value below which half of them lie, or another share than half.
local function quantile(values, at)
  local sorted = {}
  for i, value in ipairs(values) do
    sorted[i] = value
  end
  table.sort(sorted)
  return sorted[math.floor(#sorted * (at or 0.5)) + 1]
end

--- Throughput, or the time of a call on a text too short for that to mean anything.
local function speed(seconds, len)
  local value, unit = seconds * 1e9, "ns"
  if len >= 1024 then
    value, unit = len / seconds / 1e9, "GB/s"
  end
  return (value >= 100 and "%.0f %s" or value >= 10 and "%.1f %s" or "%.2f %s"):format(value, unit)
end

local function verdict(good, lost_line)
  if good then
    reached = reached + 1
    return "reached"
  end
  lost[#lost + 1] = lost_line
  return "LOST"
end

--- What a loop came to, as something that can be compared: buffers give their content.
local function answer(value)
  if type(value) == "table" or type(value) == "userdata" then
    return value:tostring()
  end
  return value
end

local function time(loop, calls)
  local since = now()
  loop(calls)
  return now() - since
end

--- How many calls make a turn.
local function calibrate(loop)
  local calls = 1
  while true do
    local took = time(loop, calls)
    if took >= TURN / 4 then
      return math.max(1, math.floor(calls * TURN / took))
    end
    calls = calls * 4
  end
end

--- Whether a loop is compiled as a whole. Only traces of the loop itself count, and their side exits: see
--- test/jit_spec.lua.
local function compiles(loop)
  local made, aborted, ours = 0, 0, false
  local function watch(what, _, func, _, other)
    if what == "start" then
      ours = func == loop or other ~= nil
    elseif what == "stop" and ours then
      made = made + 1
    elseif what == "abort" and ours then
      aborted = aborted + 1
    end
  end
  jit.attach(watch, "trace")
  loop(2000)
  jit.attach(watch)
  return made > 0 and aborted == 0
end

--- Bytes that a call leaves to the collector, of a loop that is compiled already.
local function garbage(loop)
  local calls = 10000
  loop(calls)
  collectgarbage()
  collectgarbage("stop")
  local before = collectgarbage("count")
  loop(calls)
  local bytes = (collectgarbage("count") - before) * 1024 / calls
  collectgarbage("restart")
  return bytes
end

--- Seconds since some moment.
M.now = now

--- Whether what has this name was asked for.
---@param name string
---@return boolean
function M.wanted(name)
  return name:find(only, 1, true) ~= nil
end

--- A line for what is no comparison: a promise, and whether it is kept.
---@param name string
---@param what string what was measured, and what was promised
---@param good boolean
function M.promise(name, what, good)
  print(("%-38s %10s  %-58s   %s"):format(name, "", what, verdict(good, name .. ": " .. what)))
end

---@class rille.bench.way
---@field [1] string who
---@field [2] fun(calls: integer): any the call in a loop of its own, and what the last one came to
---@field reach? number how many times as fast as this peer rille is to be; 0.25 is within four times its time
---@field limit? boolean it does less than the work, so its answer is another

---@class rille.bench.row
---@field name string
---@field bytes integer of the text
---@field rille fun(calls: integer): any the call in a loop of its own, and what the last one came to
---@field peers rille.bench.way[]
---@field hot? boolean the loop is promised to compile, and to make no garbage

--- Compares the results, then measures, and prints a line for each peer.
---
--- Each loop is written out where it is given, as a function that is shared between contenders would be compiled for the
--- first of them alone.
---@param row rille.bench.row
---@return table<string, number>? ratios by peer, for what a file makes of all its rows
function M.row(row)
  local told = {}
  if not row.name:find(only, 1, true) then
    return
  end
  -- Traces of rows before this one are none of its business.
  jit.flush()
  collectgarbage()
  local compiled = row.hot and compiles(row.rille)
  local expected = answer(row.rille(1))
  for _, peer in ipairs(row.peers) do
    if answer(peer[2](1)) ~= expected and not peer.limit then
      error(row.name .. ": " .. peer[1] .. " differs", 0)
    end
  end
  if quick then
    print(row.name .. ": equal")
    return
  end

  local ways = { { "rille", row.rille } }
  for _, peer in ipairs(row.peers) do
    ways[#ways + 1] = peer
  end
  local calls, times = {}, {}
  for i, way in ipairs(ways) do
    calls[i], times[i] = calibrate(way[2]), {}
  end
  local since = now()
  for round = 1, ROUNDS do
    if round > FEWEST and now() - since > MAX_UNTAKEN_BYTES then
      break
    end
    for i, way in ipairs(ways) do
      -- What others left behind is not collected in this turn.
      collectgarbage()
      times[i][round] = time(way[2], calls[i]) / calls[i]
    end
  end
  for i = 2, #ways do
    local peer, ratios = ways[i], {}
    for round, theirs in ipairs(times[i]) do
      ratios[round] = theirs / times[1][round]
    end
    local ours, theirs = quantile(times[1]), quantile(times[i])
    local ratio, reach = theirs / ours, ""
    told[peer[1]] = ratio
    local low, high = quantile(ratios, 0.25), quantile(ratios, 0.75)
    if peer.reach then
      local line = ("%s, against %s: %.2f of %g"):format(row.name, peer[1], ratio, peer.reach)
      -- Another run may well say otherwise.
      local unsure = low < peer.reach and peer.reach < high and "?" or ""
      reach = ("%6g %s%s"):format(peer.reach, verdict(ratio >= peer.reach, line), unsure)
    end
    local spread = ("%.2f-%.2f"):format(low, high)
    local line = "%-38s %10s  %-24s %10s %8.2f  %13s %s"
    print(
      line:format(row.name, speed(ours, row.bytes), peer[1], speed(theirs, row.bytes), ratio, spread, reach)
    )
  end
  if row.hot then
    M.promise(row.name, compiled and "compiled" or "not compiled", compiled)
    local bytes = garbage(row.rille)
    M.promise(row.name, ("%.0f bytes of garbage"):format(bytes), bytes < 0.5)
  end
  return told
end

--- Whether a row of this name was asked for.
function M.wants(name)
  return name:find(only, 1, true) ~= nil
end

--- Tells numbers that are no ratios: the median of some times, and the worst of them. They are the machine's own.
---@param name string
---@param seconds number[]
---@param unit "ms"|"µs"
---@param most { median?: number, worst?: number } what they may be, in that unit
function M.figures(name, seconds, unit, most)
  if quick then
    print(name .. ": measured")
    return
  end
  for _, what in ipairs({ "median", "worst" }) do
    local value = quantile(seconds, what == "median" and 0.5 or 1 - 1 / #seconds)
      * (unit == "ms" and 1e3 or 1e6)
    local goal = most[what]
    local line = ("%s, %s: %.2f %s of %g"):format(name, what, value, unit, goal or 0)
    local reach = goal and ("at most %g %s"):format(goal, verdict(value <= goal, line)) or ""
    print(("%-38s %14s %8.2f %s   %s"):format(name, what, value, unit, reach))
  end
end

--- Tells how many goals were reached.
function M.finish()
  if quick then
    print("\nresults are equal; times are not told after a quick pass")
    return
  end
  print(("\n%d goals reached, %d lost"):format(reached, #lost))
  for _, line in ipairs(lost) do
    print("  lost: " .. line)
  end
end

return M
