-- Hosts: luajit, nvim, nginx, love
-- You learn: how to read a file that is larger than memory, without waiting for it.
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end

-- Our file is a log of 7 megabytes. The code would be the same for 7 gigabytes: after it is written, no step of rille's
-- reads all of it at once.
local path = os.tmpname()
local writer = assert(io.open(path, "wb"))
local filler = ("."):rep(60)
for block = 0, 99 do
  local lines = {}
  for i = 1, 1000 do
    local number = block * 1000 + i
    lines[i] = (number % 10000 == 0 and "ERROR " or "info ") .. number .. " " .. filler .. "\n"
  end
  writer:write(table.concat(lines))
end
writer:flush()
local size = writer:seek("end")
print(size > 7000000) --> true

-- The usual way makes one string of it: memory for the whole file, and nothing else happens until it is read.
local function usual_way()
  collectgarbage()
  local before = collectgarbage("count") -- in kilobytes
  local whole = assert(io.open(path, "rb"))
  local content = whole:read("*a")
  whole:close()
  return select(2, content:gsub("ERROR", "")), collectgarbage("count") - before > size / 1024 / 2
end
print(usual_way()) --> 10 true

-- A VIEW opens the file and reads nothing. Its end is there at once, since it need not know what comes before.
local file = assert(rille.file(path))
print(file:last(1):text(1):match("%a+ %d+")) --> ERROR 100000
print(file:line_count()) --> …

-- Line 54,321 is somewhere, but where? An INDEX notes the place of some lines. It is made by a job on another thread
-- (lesson 16); meanwhile the loop goes around, and all that is known already can be read.
local index, rounds = file:index(), 0
while index:poll() == "running" do
  rounds = rounds + 1 -- here an editor draws, and a server serves
  index:wait(1)
end
index:close()
print(file:line_count()) --> 100000 true
print((file:line(54321):match("%a+ %d+"))) --> info 54321

-- A search is a job too. It returns matches in batches as they are found, so that the first ones can be shown at once.
local search = assert(file:search("^ERROR"))
local found, first = 0, nil -- the number of matches, and the line of the first one
repeat
  local state = search:wait(20)
  local batch = search:take()
  while batch do
    first = first or batch:line(1)
    found = found + batch.count
    batch = search:take()
  end
until state ~= "running"
search:close()
print(found, first) --> 10 10000

-- What all this keeps in memory: the index and some pages, not the text.
print("kept in memory:", rille.stats().bytes.file > size / 4) --> kept in memory: false

-- The file grows while we look, as logs do. `refresh` sees the new lines, and what is known stays known.
writer:write("info the last line\n")
writer:close()
print(file:refresh(), file:last(1):text(1)) --> grown info the last line
file:close()
os.remove(path)
