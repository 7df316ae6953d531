--- Side-by-side measurements in LuaJIT: rille's public functions and their peers take turns, and the results are ratios of
--- their times. How and why: bench/README.md.
---
--- A file of rows begins with `local bench = dofile("bench/common/bench.lua")` and runs in any LuaJIT that is started in
--- rille's directory: `luajit bench/peers/text.lua [FILTER]`. It names no host.
local ffi = require("ffi")
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
local rille = require("rille")
if rille.backend ~= "native" then
  error("the benches need the native library: " .. tostring(rille.health().reason), 0)
end

--- Maximum and minimum rounds of each contender; maximum seconds of one turn and of one row.
local ROUNDS, FEWEST, TURN, MAX_ROW_SECONDS = 21, 7, 0.005, 3

local quick = os.getenv("RILLE_BENCH") == "quick"
local only = arg and arg[1] or ""

--- Returns wall-clock seconds, not processor time, as jobs run in threads of their own.
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

--- The words of common/words.txt, one list for each script.
local scripts = {}
for line in io.lines("bench/common/words.txt") do
  local words = {}
  for word in line:gmatch("[^ ]+") do
    words[#words + 1] = word
  end
  scripts[#scripts + 1] = words
end

--- Returns a text of `len` bytes from the first `count` scripts; the first text equals that of texts.rs.
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

--- Returns words of the ASCII alphabet.
---@param len integer bytes
---@return string
function M.ascii(len)
  return draw(len, 1, 1)
end

--- Returns Western, CJK, Cyrillic, emoji and Devanagari words amid ASCII.
---@param len integer bytes
---@return string
function M.mixed(len)
  return draw(len, #scripts, 1)
end

--- Returns two texts of one length, [0] and [1], for loops of the shape `for i = calls, 1, -1 do f(texts[i % 2]) end`. With
--- a single text, a builtin would be computed once and moved out of the loop, and nothing would be measured.
---@param len integer bytes
---@param kind "ascii"|"mixed"
---@return table<integer, string>
function M.texts(len, kind)
  local count = kind == "ascii" and 1 or #scripts
  return { [0] = draw(len, count, 2), draw(len, count, 1) }
end

--- Formats a number of bytes.
function M.size(len)
  return len >= 2 ^ 20 and len / 2 ^ 20 .. " MB" or len >= 1024 and len / 1024 .. " KB" or len .. " B"
end

--- Prints the title of a section, and what is measured.
function M.title(title)
  local health = rille.health()
  print(("\n%s (kernels %s, %s, %s)"):format(title, health.cpu, health.luajit, health.path))
  if not quick then
    local head = "%-38s %10s  %-24s %10s %8s  %13s %6s"
    print(head:format("", "rille", "peer", "", "times", "spread", "reach"))
  end
end

--- Returns the median of the values, or another quantile.
local function quantile(values, at)
  local sorted = {}
  for i, value in ipairs(values) do
    sorted[i] = value
  end
  table.sort(sorted)
  return sorted[math.floor(#sorted * (at or 0.5)) + 1]
end

--- Formats the throughput, or the time of a call on a text too short for a throughput to be meaningful.
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

--- Returns the result of a loop in a form that can be compared: of a buffer, its contents.
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

--- Returns the number of calls in a turn.
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

--- Returns whether a loop is compiled as a whole. Only traces of the loop itself and their side exits count: see
--- test/jit/jit_spec.lua.
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

--- Returns the bytes of garbage per call, for a loop that is compiled already.
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

--- Returns seconds since an unspecified moment.
M.now = now

--- Returns whether a section of this name was selected.
---@param name string
---@return boolean
function M.wanted(name)
  return name:find(only, 1, true) ~= nil
end

--- Prints a line for a promise that is not a comparison, and whether it is kept.
---@param name string
---@param what string what was measured, and what was promised
---@param good boolean
function M.promise(name, what, good)
  print(("%-38s %10s  %-58s   %s"):format(name, "", what, verdict(good, name .. ": " .. what)))
end

---@class rille.bench.way
---@field [1] string name of the peer
---@field [2] fun(calls: integer): any runs the call in a loop of its own and returns the last result
---@field reach? number goal: how many times as fast as this peer rille should be; 0.25 is within four times its time
---@field limit? boolean it does less than the work, so its result differs

---@class rille.bench.row
---@field name string
---@field bytes integer of the text
---@field rille fun(calls: integer): any runs the call in a loop of its own and returns the last result
---@field peers rille.bench.way[]
---@field hot? boolean the loop is promised to compile and to create no garbage

--- Compares the results, then measures, and prints a line for each peer.
---
--- Each loop is written out by its caller, as a function shared between contenders would be compiled for the first of them
--- alone.
---@param row rille.bench.row
---@return table<string, number>? ratios by peer, for summaries over all rows of a file
function M.row(row)
  local by_peer = {}
  if not row.name:find(only, 1, true) then
    return
  end
  -- Traces of earlier rows must not affect this one.
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
    if round > FEWEST and now() - since > MAX_ROW_SECONDS then
      break
    end
    for i, way in ipairs(ways) do
      -- The garbage of other contenders is not collected in this turn.
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
    by_peer[peer[1]] = ratio
    local low, high = quantile(ratios, 0.25), quantile(ratios, 0.75)
    if peer.reach then
      local line = ("%s, against %s: %.2f of %g"):format(row.name, peer[1], ratio, peer.reach)
      -- Another run may come out the other way.
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
  return by_peer
end

--- Returns whether a row of this name was selected.
function M.wants(name)
  return name:find(only, 1, true) ~= nil
end

--- Prints absolute times: the median and the worst of a list. They depend on the machine.
---@param name string
---@param seconds number[]
---@param unit "ms"|"µs"
---@param most { median?: number, worst?: number } their maximum, in that unit
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

--- Prints how many goals were reached.
function M.finish()
  if quick then
    print("\nresults are equal; times are not measured in a quick pass")
    return
  end
  print(("\n%d goals reached, %d lost"):format(reached, #lost))
  for _, line in ipairs(lost) do
    print("  lost: " .. line)
  end
end

return M
