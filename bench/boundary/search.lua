--- Measures searches of a short text through the public functions, and what a match costs in addition to the engine's time.
local bench = dofile("bench/common/bench.lua")
local rille = require("rille")

local LINE =
  "2026-11-20 12:34:56 GET /index.html?user=bob HTTP/1.1 200 0.0042 Mozilla/5.0 (X11) and so on, ok"
local word = rille.regex("[a-z]+=[a-z]+")
local literal = rille.regex("user=")

-- A call from Lua may take 60 ns more than an empty loop, so the peer is a clock: no results are compared.
bench.title("search: calls on 100 bytes")

bench.row({
  name = "find a word, 100 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = word:find(LINE)
    end
    return last
  end,
  peers = {
    {
      "string.find",
      function(calls)
        local last
        for _ = 1, calls do
          last = LINE:find("[a-z]+=[a-z]+")
        end
        return last
      end,
      reach = 1,
    },
  },
})

bench.row({
  name = "find a literal, 100 bytes",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = literal:find(LINE)
    end
    return last
  end,
  peers = {
    {
      "string.find, a pattern",
      function(calls)
        local last
        for _ = 1, calls do
          last = LINE:find("use[r]=")
        end
        return last
      end,
      reach = 1,
    },
  },
})

bench.row({
  name = "compile from the cache, find",
  bytes = #LINE,
  hot = true,
  rille = function(calls)
    local last
    for _ = 1, calls do
      last = rille.regex("user="):find(LINE)
    end
    return last
  end,
  peers = {
    {
      "string.find, a pattern",
      function(calls)
        local last
        for _ = 1, calls do
          last = LINE:find("use[r]=")
        end
        return last
      end,
    },
  },
})

bench.title("search: a match of an iteration")

do
  local many = ("ab "):rep(bench.quick and 1000 or 1000000)
  local letter = rille.regex("a")
  bench.row({
    name = "gfind, a million matches",
    bytes = #many,
    rille = function(calls)
      local sum
      for _ = 1, calls do
        sum = 0
        for _ in letter:gfind(many) do
          sum = sum + 1
        end
      end
      return sum
    end,
    peers = {
      {
        "count, the engine alone",
        function(calls)
          local sum
          for _ = 1, calls do
            sum = letter:count(many)
          end
          return sum
        end,
      },
      {
        "string.gmatch",
        function(calls)
          local sum
          for _ = 1, calls do
            sum = 0
            for _ in many:gmatch("()a") do
              sum = sum + 1
            end
          end
          return sum
        end,
        reach = 1,
      },
    },
  })
end

bench.finish()
