-- Hosts: luajit, nvim, nginx, love
-- You learn: all of plain Lua (version 5.1) on one page. What a line prints is written after the arrow.

-- VALUES. `local` makes a variable. A number is a double, a string is a row of bytes, and nil means "nothing here".
-- `..` joins, `#` is the length, `%` the remainder, `^` the power, `~=` means "not equal".
local name, year, nothing = "Lua", 1993, nil
print(name .. " is from " .. year, #name, nothing) --> Lua is from 1993 3 nil
print(7 / 2, 7 % 2, 2 ^ 10, 1 ~= 2) --> 3.5 1 1024 true
-- Only nil and false are false. Zero and the empty string are true!
print(0 and "zero is true", nothing or "a default") --> zero is true a default

-- TABLES are the only container. Values in a row make a list, which starts at 1; names make a record.
local planets = { "Mercury", "Venus", "Earth" }
local earth = { moons = 1 }
earth.radius = 6371 -- a short form of earth["radius"]
print(planets[1], #planets, earth.radius, earth.rings) --> Mercury 3 6371 nil
-- `ipairs` walks a list in order; `pairs` walks all keys, in any order. Every block ends with `end`.
for position, planet in ipairs(planets) do
  if position > 1 then
    print(position, planet)
  end
end
--> 2 Venus
--> 3 Earth

-- CLOSURES. A function is a value. It keeps the variables around it alive: each counter has a `count` of its own.
local function counter()
  local count = 0
  return function()
    count = count + 1
    return count
  end
end
local sheep, goats = counter(), counter()
sheep()
print(sheep(), goats()) --> 2 1

-- METATABLES. A metatable is a table of rules for another table. The rule `__index` says where to look for a missing key:
-- that is all that a class needs. `dog:speak()` is short for `dog.speak(dog)`, so `self` is the dog.
local Animal = {}
Animal.__index = Animal
function Animal:speak()
  return self.name .. " says " .. self.sound
end
local dog = setmetatable({ name = "Rex", sound = "woof" }, Animal)
print(dog:speak()) --> Rex says woof

-- MODULES. A module is a file that returns a table. `require` runs the file once and keeps the result. Here a function in
-- `package.preload` stands in for the file.
package.preload["greeter"] = function()
  print("the module runs")
  return { hello = "Hello!" }
end
print(require("greeter").hello, require("greeter").hello)
--> the module runs
--> Hello! Hello!

-- ERRORS. `error` raises one. `pcall` calls a function, and returns false and the message if that raises an error.
print(pcall(error, "too bad", 0)) --> false too bad

-- COROUTINES. A coroutine is a function that can pause: `yield` hands out a value and waits to be continued.
local next_square = coroutine.wrap(function()
  for n = 1, 3 do
    coroutine.yield(n * n)
  end
end)
print(next_square(), next_square(), next_square()) --> 1 4 9

-- PATTERNS are small regular expressions: %d is a digit, %a a letter, + means "one or more", ( ) returns a part. Strings
-- have methods: `s:match(p)` is short for `string.match(s, p)`.
print(("born 1993"):match("%d+"), ("key=value"):match("(%a+)=(%a+)")) --> 1993 key value
print((("a-b-c"):gsub("%-", "+"))) --> a+b+c
-- A pattern has no "this or that", and takes ü for two characters, as it has two bytes.

-- LUAJIT adds a compiler, bit operations, calls of C functions (lesson 8), and the number 64 bits wide.
print(bit.band(12, 10), bit.lshift(1, 4), 2 ^ 53 + 1, 9007199254740993LL) --> 8 16 9.007199254741e+15 9007199254740993LL
-- LUA 5.2 TO 5.4 have things that LuaJIT has not: integers, `//`, `a & b`, the library utf8, `local x <close>`.
print(_G.utf8, loadstring("return 7 // 2")) --> nil nil [string "return 7 // 2"]:1: unexpected symbol near '/'
