--- Measures calls of the public functions with very short texts, compared with calls that do nothing.
local bench = dofile("bench/common/bench.lua")
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

-- LuaJIT has no built-in knowledge of these functions: each is a call.
ffi.cdef([[
  int rille_bench_empty(void) __asm__("getpagesize");
  int rille_bench_one(int value) __asm__("abs");
]])
local C = ffi.C
-- A lua_CFunction that returns the length of a string. Only a host can register one.
local classic = rawget(_G, "rille_bench_length")

local LINE, MIXED = "hello world", "größer 日本"
local lines = { [0] = "another one", LINE }
local buffer = rille.buffer(64)

--- Calls a function without arguments, the minimum cost of a call.
local function empty(calls)
  local last
  for _ = 1, calls do
    last = C.rille_bench_empty()
  end
  return last
end

--- Returns the peers, including the classic C function if there is one.
local function with_classic(loop, reach, peers)
  if classic then
    table.insert(peers, 1, { "classic C function", loop, reach = reach })
  end
  return peers
end

bench.title("text: calls")

bench.row({
  name = "count of 11 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = text.count(LINE, "char")
    end
    return last
  end,
  peers = with_classic(
    function(calls)
      local last
      for _ = 1, calls do
        last = classic(LINE)
      end
      return last
    end,
    1,
    {
      { "empty FFI call", empty, reach = 0.25, limit = true },
      {
        "FFI call of an integer",
        function(calls)
          local last
          for i = 1, calls do
            last = C.rille_bench_one(i)
          end
          return last
        end,
        limit = true,
      },
    }
  ),
})

-- Here LuaJIT cannot hoist the type check and the length out of the loop.
bench.row({
  name = "count of 11 bytes, changing",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for i = calls, 1, -1 do
      last = text.count(lines[i % 2], "char")
    end
    return last
  end,
  peers = with_classic(function(calls)
    local last
    for i = calls, 1, -1 do
      last = classic(lines[i % 2])
    end
    return last
  end, nil, { { "empty FFI call", empty, limit = true } }),
})

bench.row({
  name = "count utf16 of 16 mixed bytes",
  bytes = #MIXED,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = text.count(MIXED, "utf16")
    end
    return last
  end,
  peers = { { "empty FFI call", empty, limit = true } },
})

bench.row({
  name = "count graphemes of 11 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = text.count(LINE, "grapheme")
    end
    return last
  end,
  peers = { { "empty FFI call", empty, limit = true } },
})

bench.row({
  name = "validate 11 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = text.validate(LINE)
    end
    return last
  end,
  peers = { { "empty FFI call", empty, limit = true } },
})

bench.row({
  name = "reverse_into of 11 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    for i = calls, 1, -1 do
      buffer:reset()
      text.reverse_into(buffer, lines[i % 2], "byte")
    end
    return buffer
  end,
  peers = {
    { "empty FFI call", empty, limit = true },
    {
      "string.reverse",
      function(calls)
        local last
        for i = calls, 1, -1 do
          last = lines[i % 2]:reverse()
        end
        return last
      end,
    },
  },
})

bench.finish()
