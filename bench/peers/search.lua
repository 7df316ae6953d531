--- Benches of searches in a web log, compared with the crate regex called from Rust, PCRE2 with its JIT, and Lua patterns.
local bench = dofile("bench/common/bench.lua")
local ffi = require("ffi")
local rille = require("rille")
local pcre2 = dofile("bench/common/pcre2.lua")

-- A function that counts the matches of a pattern in Rust. Only the embedded host has it.
local crate = rawget(_G, "rille_bench_crate")

local MB = 2 ^ 20
local LEN = bench.quick and MB / 4 or 64 * MB

--- Lehmer's generator, as for the other texts.
local state = 1
local function below(limit)
  state = state * 48271 % 0x7fffffff
  return state % limit + 1
end

--- Returns words of four to ten letters.
local function draw_words(count)
  local words, known = {}, {}
  while #words < count do
    local letters = {}
    for i = 1, below(7) + 3 do
      letters[i] = string.char(96 + below(26))
    end
    local word = table.concat(letters)
    if not known[word] then
      known[word], words[#words + 1] = true, word
    end
  end
  return words
end

local words = draw_words(1000)
local common = draw_words(500)
for i, word in ipairs({
  "the",
  "listing",
  "pending",
  "index",
  "search",
  "running",
  "about",
  "other",
  "static",
  "string",
}) do
  common[i * 7] = word
end

--- Returns lines of a web log, one in ten of which contains one of `words`.
local function draw_log(len)
  local lines, size = {}, 0
  local function word()
    return common[below(#common)]
  end
  while size < len do
    local line = ('%d.%d.%d.%d - - [%02d/Nov/2026:%02d:%02d:%02d +0000] "GET /%s/%s-%s?id=%d HTTP/1.1" %d %d "https://%s.example/%s" "Mozilla/5.0 (X11; Linux x86_64) %s %s/%d.0"\n'):format(
      below(255),
      below(255),
      below(255),
      below(255),
      below(28),
      below(24) - 1,
      below(60) - 1,
      below(60) - 1,
      word(),
      word(),
      below(10) == 1 and words[below(#words)] or word(),
      below(100000),
      below(20) == 1 and 404 or 200,
      below(60000),
      word(),
      word(),
      below(4) == 1 and "Safari" or "Gecko",
      below(3) == 1 and "Chrome" or "Firefox",
      below(120)
    )
    lines[#lines + 1] = line
    size = size + #line
  end
  return table.concat(lines):sub(1, len)
end

local log = draw_log(LEN)
local short = log:sub(1, LEN / 16)

bench.title("search: a web log of " .. bench.size(LEN))

local product, rows = 1, 0

local function peers_of(pattern, text, lua_pattern, reach)
  local peers = {}
  if crate then
    peers[#peers + 1] = {
      "crate regex, in Rust",
      function(calls)
        local count
        for _ = 1, calls do
          count = crate(pattern, text)
        end
        return count
      end,
      reach = 0.95,
    }
  end
  if pcre2 then
    local count_of = pcre2(pattern)
    peers[#peers + 1] = {
      "PCRE2-JIT",
      function(calls)
        local count
        for _ = 1, calls do
          count = count_of(text)
        end
        return count
      end,
      reach = reach,
    }
  end
  if lua_pattern then
    peers[#peers + 1] = {
      "Lua " .. lua_pattern,
      function(calls)
        local count
        for _ = 1, calls do
          local at
          count, at = 0, 1
          while true do
            local _, to = text:find(lua_pattern, at)
            if not to then
              break
            end
            count, at = count + 1, to + 1
          end
        end
        return count
      end,
    }
  end
  return peers
end

--- Measures one pattern. PCRE2 takes flags in the pattern, as the others do.
local function row(name, pattern, text, lua_pattern)
  local re = assert(rille.regex(pattern))
  local result = bench.row({
    name = name,
    bytes = #text,
    rille = function(calls)
      local count
      for _ = 1, calls do
        count = re:count(text)
      end
      return count
    end,
    peers = peers_of(pattern, text, lua_pattern),
  })
  local ratio = type(result) == "table" and result["PCRE2-JIT"]
  if ratio then
    product, rows = product * ratio, rows + 1
  end
end

row("absent literal", "no such thing", log, "no such thing")
row("the", "the", log, "the")
row("literal, ignoring case", "(?i)chrome/99", log)
row("\\b\\w+ing\\b", "\\b\\w+ing\\b", log, "%f[%w_]%a+ing%f[^%w_]")
row("dotted IPv4", "\\b\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\b", log, "%d+%.%d+%.%d+%.%d+")
row("[A-Z]\\w+ [A-Z]\\w+", "[A-Z]\\w+ [A-Z]\\w+", log, "%u[%w_]+ %u[%w_]+")
row("50 words", table.concat(words, "|", 1, 50), short)

--- Lists of words as literals, their main use.
for _, count in ipairs({ 50, 1000 }) do
  local list = { unpack(words, 1, count) }
  local lits = assert(rille.literals(list))
  local text = count == 50 and short or short:sub(1, #short / 8)
  bench.row({
    name = count .. " words, literals",
    bytes = #text,
    rille = function(calls)
      local found
      for _ = 1, calls do
        found = lits:count(text)
      end
      return found
    end,
    peers = peers_of(table.concat(list, "|"), text, nil, count == 50 and 10 or 50),
  })
end

if rows > 0 then
  print(("geometric mean against PCRE2-JIT over %d rows: %.2f"):format(rows, product ^ (1 / rows)))
end

bench.title("search: replacement in a stream")

do
  local lits = assert(rille.literals(words))
  local chunk, buffer = 65536, rille.buffer(2 * 65536)
  local bytes = ffi.cast("const uint8_t *", log)
  local views = {}
  for at = 0, #log - 1, chunk do
    views[#views + 1] = rille.bytes(bytes + at, math.min(chunk, #log - at))
  end
  local one = rille.buffer(#log + #log / 8)
  bench.row({
    name = "1,000 literals in 64 KB chunks",
    bytes = #log,
    rille = function(calls)
      local count
      for _ = 1, calls do
        local stream = rille.stream(lits, "<word>")
        for i = 1, #views do
          buffer:reset()
          stream:feed_into(buffer, views[i])
        end
        stream:finish_into(buffer)
        count = stream:count()
        stream:close()
      end
      return count
    end,
    peers = {
      {
        "search of one piece",
        function(calls)
          local count
          for _ = 1, calls do
            count = lits:count(log)
          end
          return count
        end,
        reach = 1 / 1.3,
      },
      {
        "replacement of one piece",
        function(calls)
          local count
          for _ = 1, calls do
            one:reset()
            count = select(2, lits:replace_into(one, log, "<word>"))
          end
          return count
        end,
      },
    },
  })
end

bench.title("search: time by the length of the text")

for _, case in ipairs({ { "(a+)+$", "a" }, { "(x+x+)+y", "x" }, { "(?:a{0,3}b?){1,9}", "a" } }) do
  local pattern, letter = case[1], case[2]
  local re = rille.regex(pattern)
  local tenth = letter:rep(bench.quick and 1000 or MB / 10)
  local long = tenth:rep(10) .. "!"
  tenth = tenth .. "!"
  bench.row({
    name = pattern,
    bytes = #long,
    rille = function(calls)
      local found
      for _ = 1, calls do
        found = re:count(long) > 1
      end
      return found
    end,
    peers = {
      {
        "a tenth of the text, 10x",
        function(calls)
          local found
          for _ = 1, calls do
            for _ = 1, 10 do
              found = re:count(tenth) > 1
            end
          end
          return found
        end,
        reach = 10 / 12,
      },
    },
  })
end

bench.finish()
