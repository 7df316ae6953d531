--- Benches of the text functions, compared with the code that a Lua programmer would write.
local bench = dofile("bench/common/bench.lua")
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

bench.title("text: against Lua")

for _, size in ipairs({ 1024, 65536, 2 ^ 20, 2 ^ 24 }) do
  local texts, buffer = bench.texts(size, "ascii"), rille.buffer(size)
  local source = texts[1]
  -- The same memory that the buffer reverses to, so that neither has a better alignment.
  local copy = buffer:reserve(size)
  local large = size >= 65536
  bench.row({
    name = "reverse bytes, " .. bench.size(size),
    bytes = size,
    rille = function(calls)
      for _ = 1, calls do
        buffer:reset()
        text.reverse_into(buffer, source, "byte")
      end
      return buffer
    end,
    peers = {
      {
        "table, sub, concat",
        function(calls)
          local result
          for _ = 1, calls do
            local chars = {}
            for at = 1, size do
              chars[at] = source:sub(size - at + 1, size - at + 1)
            end
            result = table.concat(chars)
          end
          return result
        end,
        reach = large and 300 or nil,
      },
      {
        "string.reverse",
        function(calls)
          local result
          for i = calls, 1, -1 do
            result = texts[i % 2]:reverse()
          end
          return result
        end,
      },
      {
        "ffi.copy (memcpy)",
        function(calls)
          for _ = 1, calls do
            ffi.copy(copy, source, size)
          end
        end,
        reach = size == 2 ^ 20 and 0.85 or nil,
        limit = true,
      },
    },
  })
  buffer:close()
end

for _, size in ipairs({ 1024, 65536, 2 ^ 20 }) do
  local source, buffer = bench.mixed(size), rille.buffer(size)
  bench.row({
    name = "reverse chars, mixed, " .. bench.size(size),
    bytes = size,
    rille = function(calls)
      for _ = 1, calls do
        buffer:reset()
        text.reverse_into(buffer, source, "char")
      end
      return buffer
    end,
    peers = {
      {
        "gmatch, table, concat",
        function(calls)
          local result
          for _ = 1, calls do
            local chars, at = {}, size
            for char in source:gmatch("[^\128-\191][\128-\191]*") do
              chars[at] = char
              at = at - 1
            end
            result = table.concat(chars, "", at + 1, size)
          end
          return result
        end,
      },
    },
  })
  bench.row({
    name = "count chars, mixed, " .. bench.size(size),
    bytes = size,
    rille = function(calls)
      local result
      for _ = 1, calls do
        result = text.count(source, "char")
      end
      return result
    end,
    peers = {
      {
        "gsub of followers",
        function(calls)
          local result
          for _ = 1, calls do
            result = #source:gsub("[\128-\191]", "")
          end
          return result
        end,
      },
    },
  })
  buffer:close()
end

bench.finish()
