-- Hosts: luajit, nvim, nginx, love
-- You learn: how the place of data in memory makes a game loop many times faster, without native code.

-- A game moves a hundred thousand sparks in every frame. As objects: a table for each spark.
local COUNT = 100000
local Spark = {}
Spark.__index = Spark
function Spark:move(dt)
  self.x = self.x + self.vx * dt
  self.y = self.y + self.vy * dt
end

local sparks = {}
for i = 1, COUNT do
  sparks[i] = setmetatable({ x = i, y = i, vx = i % 5, vy = i % 3 }, Spark)
end
local function frame_of_objects()
  for i = 1, COUNT do
    sparks[i]:move(0.5)
  end
end

-- Each spark is somewhere else in memory, with its keys and the type of each value, and must be found through a pointer.
-- The processor waits for memory longer than it calculates. An array of C structs (lesson 8) holds the bare numbers, one
-- spark right after the other.
local ffi = require("ffi")
local structs = ffi.new("struct { double x, y, vx, vy; }[?]", COUNT)
for i = 0, COUNT - 1 do
  local spark = structs[i]
  spark.x, spark.y, spark.vx, spark.vy = i + 1, i + 1, (i + 1) % 5, (i + 1) % 3
end
local function frame_of_structs()
  for i = 0, COUNT - 1 do
    local spark = structs[i]
    spark.x = spark.x + spark.vx * 0.5
    spark.y = spark.y + spark.vy * 0.5
  end
end

-- Columns: all x in one array, all y in another. A loop that needs only x reads only x, and a new property of sparks is
-- one more column, which costs the other loops nothing.
local x, y = ffi.new("double[?]", COUNT), ffi.new("double[?]", COUNT)
local vx, vy = ffi.new("double[?]", COUNT), ffi.new("double[?]", COUNT)
for i = 0, COUNT - 1 do
  x[i], y[i], vx[i], vy[i] = i + 1, i + 1, (i + 1) % 5, (i + 1) % 3
end
local function frame_of_columns()
  for i = 0, COUNT - 1 do
    x[i] = x[i] + vx[i] * 0.5
    y[i] = y[i] + vy[i] * 0.5
  end
end

local function time(what)
  local best = math.huge
  for _ = 1, 30 do
    local start = os.clock()
    what()
    best = math.min(best, os.clock() - start)
  end
  return best
end
local objects, columns = time(frame_of_objects), time(frame_of_columns)
print("structs:", ("%.1f times faster"):format(objects / time(frame_of_structs))) --> structs: … times faster
print("columns:", ("%.1f times faster"):format(objects / columns), objects > 2 * columns) --> columns: … times faster true
print(x[999] == sparks[1000].x, y[999] == structs[999].y) --> true true

-- A spark burns out: the last one takes its place, so that no column has a gap. With a million sparks that is
-- no more work than with ten.
local count = COUNT
local function remove(i)
  count = count - 1
  x[i], y[i], vx[i], vy[i] = x[count], y[count], vx[count], vy[count]
end
local last = x[COUNT - 1]
remove(7)
print(count, x[7] == last) --> 99999 true
