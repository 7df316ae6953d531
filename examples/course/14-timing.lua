-- Hosts: nvim
-- You learn: one function in all three methods and in Lua, timed honestly: where native is 300 times faster, and where 2.
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end

-- The function: reverse a text. In Lua, as one would write it after lesson 7.
local ways = {}
function ways.lua(text)
  local parts = {}
  for i = #text, 1, -1 do
    parts[#parts + 1] = text:sub(i, i)
  end
  return table.concat(parts)
end

-- Neovim: method 1, a process (lesson 11). Another Neovim answers.
local channel = vim.fn.jobstart({ "nvim", "--clean", "--embed", "--headless" }, { rpc = true })
function ways.process(text)
  return vim.rpcrequest(channel, "nvim_exec_lua", "return (...):reverse()", { text })
end

-- Method 2, Lua's C functions (lesson 12). Nobody needs to write it: Lua has come with it for 25 years.
ways.module = string.reverse

-- Method 3, plain C by FFI (lesson 13): once with a new string as result, once into memory that is used again and again.
function ways.ffi(text)
  return rille.text.reverse(text, "byte")
end
local buffer = rille.buffer(65536)
function ways.into(text)
  buffer:reset()
  rille.text.reverse_into(buffer, text, "byte")
end

-- Neovim: honest means: every way gets the same texts; all texts differ, as an equal one is found, not made (lesson 7);
-- results are kept, as the compiler leaves out what nobody uses; the first round, in which it works, does not count.
local function time(way, texts)
  local best, results = math.huge, nil
  for round = 0, 5 do
    results = {}
    local start = vim.uv.hrtime()
    for i = 1, #texts do
      results[i] = way(texts[i])
    end
    best = round > 0 and math.min(best, vim.uv.hrtime() - start) or best
    collectgarbage()
  end
  return best, results
end

local function compare(size, count)
  local texts, times = {}, {}
  for i = 1, count do
    texts[i] = (("%06d"):format(i) .. ("abcdefgh"):rep(size / 8)):sub(1, size)
  end
  for name, way in pairs(ways) do
    times[name] = time(way, texts)
  end
  local function ratio(name)
    return ("%s %.2f"):format(name, times.lua / times[name])
  end
  print("times as fast as Lua:", ratio("process"), ratio("module"), ratio("ffi"), ratio("into"))
  return times
end

-- A short text: a call of any kind is good, a message to a process is a waste.
local short = compare(8, 200) --> times as fast as Lua: process … module … ffi … into …
print("the process is slower than Lua:", short.process > 3 * short.lua) --> the process is slower than Lua: true

-- A long text: "300 times faster" is true, against Lua that makes a string of each byte. Against the function that Lua
-- has had all along it is a small number: ask whom a figure is compared with.
local long = compare(64000, 30) --> times as fast as Lua: process … module … ffi … into …
print("native code is faster than Lua:", long.lua > 20 * long.into) --> native code is faster than Lua: true
print(("and than string.reverse: %.1f times"):format(long.module / long.ffi)) --> and than string.reverse: … times

-- Neovim: the process ends.
vim.fn.jobstop(channel)
