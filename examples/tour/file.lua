-- Opens, indexes, navigates and searches a temporary log of one gigabyte, compared with wc and ripgrep.
local host = require("tour.host")
local rille = require("rille")
local show = require("tour.print")
local say, pad, dim, green, bold = show.say, show.pad, show.dim, show.green, show.bold

local M = { checked = {} }

local MB = 2 ^ 20
local NEEDLE = "zyxomma"

--- Runs a command; returns its output and the time it took, or nil if there is no such command.
local function run(command)
  local since = host.wall()
  local pipe = io.popen(command .. " 2>/dev/null")
  local answer = pipe and tonumber((pipe:read("*a") or ""):match("%d+"))
  if pipe then
    pipe:close()
  end
  return answer, host.wall() - since
end

--- Returns the size of the log in megabytes: a gigabyte if the disk has plenty of room.
local function megabytes(directory)
  local pipe = io.popen(("df -Pk '%s' 2>/dev/null"):format(directory))
  local free = pipe and pipe:read("*a"):match("\n%S+%s+%d+%s+%d+%s+(%d+)")
  if pipe then
    pipe:close()
  end
  return tonumber(free) and tonumber(free) > 8 * MB and 1024 or 64
end

--- Returns a megabyte of lines that differ from each other.
local function block(number)
  local lines, size = {}, 0
  while size < MB - 200 do
    local words = (" request served from cache"):rep(math.random(4))
    local line = ("2026-01-%02d %06d 10.%d.%d.%d%s\n"):format(
      number % 28 + 1,
      #lines,
      math.random(0, 255),
      math.random(0, 255),
      math.random(0, 255),
      words
    )
    lines[#lines + 1] = line
    size = size + #line
  end
  return table.concat(lines)
end

local function make(path, size)
  local file = assert(io.open(path, "wb"))
  local blocks = {}
  for i = 1, 16 do
    blocks[i] = block(i)
  end
  for i = 1, size do
    assert(file:write(blocks[math.random(#blocks)]))
    if i == math.floor(size * 0.9) then
      assert(file:write("one line with a ", NEEDLE, "\n"))
    end
  end
  file:close()
end

local function time(ms)
  return ms < 1 and show.short(ms * 1e3, " us") or show.short(ms, " ms")
end

local function row(what, call, took, rival, theirs)
  local against = theirs
      and pad(rival, -18) .. pad(time(theirs), 10) .. green(pad(show.times(theirs / took), 9))
    or ""
  say((" %s%s%s   %s"):format(pad(what, -29), dim(pad(call, -25)), bold(pad(time(took), 10)), against))
end

local function timed(fn)
  local since = host.wall()
  local answer = fn()
  return answer, host.wall() - since
end

--- Waits for a job to finish and returns its count.
local function counted(job)
  local last
  repeat
    local state = job:wait(60000)
    last = job:take() or last
  until state ~= "running"
  return job:take() or last
end

local function table_of(path, size)
  show.section(("A log of %d MB"):format(size), "in the page cache; time on the wall")
  local lines, wc = run(("wc -l < '%s'"):format(path))
  -- The first call loads the library.
  assert(rille.file(path, { index = false })):close()
  local file, opened = timed(function()
    return assert(rille.file(path, { index = false }))
  end)
  row("open", "file = rille.file(path)", opened)
  local last, tail = timed(function()
    return file:last(50)
  end)
  assert(last.count == 50)
  row("the last 50 lines", "file:last(50)", tail)
  local _, indexed = timed(function()
    return file:index():wait(60000)
  end)
  local count, exact = file:line_count()
  assert(exact and (not lines or count == lines), "lines are lost")
  row(show.thousands(count) .. " lines", "file:index():wait()", indexed, "wc -l", lines and wc)
  local text, jumped = timed(function()
    return file:line(math.floor(count / 2))
  end)
  assert(#text > 0)
  row("the line in the middle", "file:line(n)", jumped)
  for _, pattern in ipairs({ NEEDLE, [[10\.7\.\d+\.\d+\b]] }) do
    local found, took = timed(function()
      return counted(file:count(rille.regex(pattern), { lines = true }))
    end)
    local theirs, rg = run(("rg --no-mmap --no-config -c '%s' '%s'"):format(pattern, path))
    assert(not theirs or theirs == found.lines, "matches are lost")
    row("lines of " .. pattern, "file:count(re)", took, "rg --no-mmap -c", theirs and rg)
  end
  say(dim((" index: %.0f KB of memory"):format(file:info().index_bytes / 1024)))
  file:close()
end

function M.show()
  local path = os.tmpname()
  local size = megabytes(path:match("^(.*)[/\\]") or ".")
  local ok, message = pcall(function()
    make(path, size)
    table_of(path, size)
  end)
  os.remove(path)
  if not ok then
    say(show.yellow(" the log: ") .. tostring(message))
  end
end

return M
