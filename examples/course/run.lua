-- Runs a lesson of the course: `luajit examples/course/run.lua 01`, or `nvim -l examples/course/run.lua 01`.
-- Without a number it lists the lessons. In place of a number it takes the path of a file, such as your changed copy of a
-- lesson. Other hosts load this file and pass a number and their own `print`.
local lesson, print_line = ...
lesson = lesson or arg[1] -- where the host keeps the words of the command line
local here = debug.getinfo(1, "S").source:sub(2):match("^(.*)[/\\]") or "."

-- `require("rille")` finds this checkout, wherever the program was started.
package.path = here .. "/../../lua/?.lua;" .. here .. "/../../lua/?/init.lua;" .. package.path

-- Each line that a lesson prints appears at once and ends with a line feed, in every host.
print_line = print_line or function(line)
  io.stdout:write(line, "\n")
  io.stdout:flush()
end

local host = "luajit"
for global, name in pairs({ vim = "nvim", ngx = "nginx", love = "love" }) do
  host = rawget(_G, global) and name or host
end

local function fail(message)
  if host == "luajit" then -- which would print where in this file that was
    io.stderr:write(message, "\n")
    os.exit(1)
  end
  error(message, 0)
end

-- The table of contents names all lessons, one a row: [01](01-name.lua).
local names = {}
for line in io.lines(here .. "/README.md") do
  local number, name = line:match("%[(%d%d)%]%((%d%d%-[%w-]+%.lua)%)")
  if number then
    names[number] = name
    names[#names + 1] = name
  end
end

if not lesson then
  print_line("usage: luajit examples/course/run.lua NN, where NN is the number of a lesson:")
  for _, name in ipairs(names) do
    print_line("  " .. name)
  end
  return
end

local number = lesson:match("^%d%d?$") and ("%02d"):format(lesson)
if number and not names[number] then
  fail(("there is no lesson %s (known: 01 to %02d)"):format(lesson, #names))
end
local path = number and here .. "/" .. names[number] or lesson
local chunk, message = loadfile(path)
if not chunk then
  fail(message)
end
local hosts = (io.lines(path)() or ""):match("^%-%- Hosts: (.*)")
if hosts and not hosts:find(host, 1, true) then
  fail(("this lesson does not run in %s, only in: %s"):format(host, hosts))
end

-- A lesson has all globals of its host, and a `print` that works in each of them.
setfenv(
  chunk,
  setmetatable({
    print = function(...)
      local shown = {}
      for i = 1, select("#", ...) do
        shown[i] = tostring((select(i, ...)))
      end
      print_line(table.concat(shown, " "))
    end,
  }, { __index = _G })
)

-- A lesson gets the directory of the course, and the command that runs a Lua file in a process of its own, if this host can.
-- The variable is for a program that was started by a wrapper, whose name `arg` does not have.
local program = os.getenv("RILLE_CHILD") or (host == "nvim" and "nvim" or arg and arg[-1])
chunk(here, program and program .. (host == "nvim" and " --clean -l" or ""))
