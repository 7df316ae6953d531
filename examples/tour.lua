-- The tour of rille: the same work in Lua as people write it, in Lua at its best, and by rille, over real text.
-- `cargo run --release --example tour` runs this file in a LuaJIT of its own; examples/tour.rs says how.
--
-- A task below is an example of the API, and its Lua rivals say what it replaces. A new noun adds its tasks to `checked`
-- and a section to the list at the end.
local host = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local fallback = require("rille.fallback.text") -- what runs where no library can be loaded; here it is the judge
local has_string_buffer, string_buffer = pcall(require, "string.buffer")

local KB, MB, LARGEST = 2 ^ 10, 2 ^ 20, 2 ^ 24

-- What is to be done, and how it is done without rille -----------------------------------------------------------

-- What everybody writes first. Each step copies all that was done before.
local function prepend(s)
  local r = ""
  for i = 1, #s do
    r = s:sub(i, i) .. r
  end
  return r
end

local function loop_over_bytes(s)
  local t = {}
  for i = #s, 1, -1 do
    t[#t + 1] = s:sub(i, i)
  end
  return table.concat(t)
end

local function loop_over_chars(s)
  local t, n = {}, 0
  for c in s:gmatch(".[\128-\191]*") do
    n = n + 1
    t[n] = c
  end
  for i = 1, math.floor(n / 2) do
    t[i], t[n - i + 1] = t[n - i + 1], t[i]
  end
  return table.concat(t)
end

-- Turn the bytes of each long char round, then everything.
local function gsub_and_reverse(s)
  return (s:gsub("[\192-\255][\128-\191]+", string.reverse):reverse())
end

local function count_matches(pattern)
  return function(s)
    local n = 0
    for _ in s:gmatch(pattern) do
      n = n + 1
    end
    return n
  end
end

local function count_lines(s)
  return count_matches("\n")(s) + (s:find("\n", -1, true) and 0 or 1)
end

-- `astral` is what a char of four bytes counts: 2 for UTF-16.
local function count_by_match(astral)
  return function(s)
    local n = 0
    for c in s:gmatch(".[\128-\191]*") do
      n = n + (#c == 4 and astral or 1)
    end
    return n
  end
end

-- Loops over bytes are what LuaJIT compiles best: no pattern comes near.
local function count_by_byte(astral)
  return function(s)
    local n = 0
    for i = 1, #s do
      local b = s:byte(i)
      if b < 128 or b > 191 then
        n = n + (b < 240 and 1 or astral)
      end
    end
    return n
  end
end

-- Like most that are written by hand it lets surrogates and overlong forms through.
local function valid_by_byte(s)
  local i = 1
  while i <= #s do
    local b = s:byte(i)
    local more = b < 0x80 and 0 or b < 0xC2 and 9 or b < 0xE0 and 1 or b < 0xF0 and 2 or b < 0xF5 and 3 or 9
    if i + more > #s then
      return false, i
    end
    for j = i + 1, i + more do
      local continuation = s:byte(j)
      if continuation < 0x80 or continuation > 0xBF then
        return false, i
      end
    end
    i = i + 1 + more
  end
  return true
end

local function repair_each_char(s)
  local t = {}
  for c in s:gmatch(".[\128-\191]*") do
    t[#t + 1] = valid_by_byte(c) and c or "\239\191\189"
  end
  return table.concat(t)
end

-- A function of rille.text and its rivals: `naive` is what is written first, `best` the fastest pure Lua that is known
-- to be right; where it is nil, that is the fallback.
local function task(name, verb, unit, naive, best)
  local into = text[verb .. "_into"]
  return {
    name = name,
    full_name = name == verb and name or verb .. " " .. name,
    run = function(api, s)
      return api[verb](s, unit)
    end,
    into = into and function(buffer, s)
      return into(buffer, s, unit)
    end,
    naive = naive,
    best = best,
  }
end

local reverse_bytes = task("bytes", "reverse", "byte", loop_over_bytes, string.reverse)
local reverse_chars = task("chars", "reverse", "char", loop_over_chars, gsub_and_reverse)
local reverse_graphemes = task("graphemes", "reverse", "grapheme", loop_over_chars)
local repair = task("repair", "repair", nil, repair_each_char)
local answering = {
  task("validate", "validate", nil, valid_by_byte),
  task("chars", "count", "char", count_by_match(1), count_by_byte(1)),
  task("UTF-16", "count", "utf16", count_by_match(2), count_by_byte(2)),
  task("graphemes", "count", "grapheme", count_by_match(1)),
  task("words", "count", "word", count_matches("%w+")),
  task("lines", "count", "line", count_lines),
}
local checked = { reverse_bytes, reverse_chars, reverse_graphemes, repair, unpack(answering) }

-- Printing -------------------------------------------------------------------------------------------------------

local function say(line)
  io.stdout:write(line or "", "\n")
  io.stdout:flush()
end

local function paint(code)
  return function(s)
    return host.colour and s ~= " " and ("\27[%sm%s\27[0m"):format(code, s) or s
  end
end
local plain, bold, dim, green, yellow = tostring, paint("1"), paint("2"), paint("32"), paint("33")

-- Aligned at the right, or at the left if the width is negative, as string.format does it, which knows bytes only.
local function pad(s, width)
  local space = (" "):rep(math.abs(width) - text.count(s, "grapheme"))
  return width < 0 and s .. space or space .. s
end

local function thousands(n)
  local s, more = ("%.0f"):format(n), 1
  while more > 0 do
    s, more = s:gsub("^(%d+)(%d%d%d)", "%1,%2")
  end
  return s
end

local function short(x, unit)
  return (x < 9.95 and ("%.1f"):format(x) or thousands(x)) .. (unit or "")
end

local function times(ratio)
  return short(ratio, "x")
end

local function speed(bytes_per_ns)
  return bytes_per_ns < 0.9995 and short(bytes_per_ns * 1000, " MB/s") or short(bytes_per_ns, " GB/s")
end

local function size_name(size)
  return size < MB and size / KB .. " KB" or size / MB .. " MB"
end

local function section(name, remark)
  say(("\n %s  %s"):format(bold(name), dim(remark)))
end

-- Texts ----------------------------------------------------------------------------------------------------------

-- Western, Cyrillic, CJK, Devanagari, emoji; the last ones have clusters of several chars.
local SAMPLE = {
  "Der Bär überquert größtenteils müßig die Straße.",
  "À bientôt, garçon : où est passé l’été dernier ?",
  "¿Mañana comerá el niño piñón y cigüeña, señor?",
  "Příliš žluťoučký kůň úpěl ďábelské ódy.",
  "Съешь же ещё этих мягких французских булок, да выпей чаю.",
  "日本語の文章は空白なしで書かれる。テキストは文字の列である。",
  "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。",
  "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.",
  "ऋषियों को सताने वाले दुष्ट राक्षसों का क्षय हो गया।",
  "👩‍👩‍👧 went to 🇯🇵 and 🇩🇪 by 🚄, 👍🏽! 😀😃😄",
  "Cafe\204\129 nai\204\136ve: accents of their own.",
}

-- In an order that does not repeat, so that pieces of it differ.
local function mixed_text(size)
  local lines, total = {}, 0
  while total < size do
    local line = SAMPLE[math.random(#SAMPLE)]
    lines[#lines + 1] = line
    total = total + #line + 1
  end
  return table.concat(lines, "\n")
end

-- What careless programs leave: Latin-1 among UTF-8, and chars cut in half.
local function damage(s)
  return (s:gsub("é", "\233"):gsub("я", "\209"))
end

-- The first position from `i` on that is not inside a char.
local function boundary(s, i)
  local _, last = s:find("^[\128-\191]+", i)
  return last and last - i < 3 and last + 1 or i
end

-- About `size` bytes, no char split.
local function piece(s, from, size)
  return s:sub(boundary(s, from), boundary(s, from + size) - 1)
end

-- Checking and measuring -----------------------------------------------------------------------------------------

local rille_buffer = rille.buffer(LARGEST + 4) -- pieces may be that much longer
local lua_buffer = has_string_buffer and string_buffer.new(LARGEST) or nil
local failures, answers = {}, 0

-- Whether native and fallback agree on all that the task gives.
local function check(job, s, name)
  local value, position = job.run(text, s)
  local judged, judged_position = job.run(fallback, s)
  local right = value == judged and position == judged_position
  answers = answers + 1
  for _, buffer in ipairs(job.into and { rille_buffer, lua_buffer } or {}) do
    right = job.into(buffer:reset(), s) == #judged and buffer:tostring() == judged and right
    answers = answers + 1
  end
  if not right then
    failures[#failures + 1] = ("%s of %s, %s bytes"):format(job.full_name, name, thousands(#s))
  end
end

local BUDGET = 60e6 -- nanoseconds to spend on one number

-- Nanoseconds that `run` takes for a text: the median. The collector does all its work between the runs, since a
-- string that is still there would not be made again.
local function measure(run, texts)
  -- Compiled anew, since what ran before would leave traces that suit other work.
  jit.flush()
  local loop = loadstring([[
    local run, texts, now = ...
    return function(calls)
      local since, last = now(), nil
      for i = 1, calls do
        last = run(texts[i])
      end
      return now() - since, last
    end
  ]])(run, texts, host.now)
  collectgarbage()
  local deadline, samples = host.now() + BUDGET, { (loop(1)) }
  local calls = math.max(1, math.min(#texts, math.floor(BUDGET / 10 / samples[1])))
  while host.now() < deadline do -- the first runs are compiled on the way; the median leaves them out
    collectgarbage()
    samples[#samples + 1] = loop(calls) / calls
  end
  table.sort(samples)
  return samples[math.ceil(#samples / 2)]
end

-- As good as new: what the trace compiler has given up, it never tries again.
local function fresh_fallback()
  for name in pairs(package.loaded) do
    package.loaded[name] = not name:find("^rille%.fallback") and package.loaded[name] or nil
  end
  return require("rille.fallback.text")
end

-- A task, a text and a size: nanoseconds by name.
local function contest(job, source, size)
  -- Several texts, so that each result is a new string.
  local texts, n = {}, size > MB and 1 or math.max(4, MB / size)
  local row = { task = job, source = source, size = size, bytes = 0 }
  for i = 1, n do
    texts[i] = piece(source.text, 1 + (i - 1) * math.floor((#source.text - size) / n), size)
    row.bytes = row.bytes + #texts[i] / n
  end
  check(job, texts[1], source.name)
  local pure = fresh_fallback()
  local memory = rille_buffer:reset():reserve(size + 4) -- copied to where rille writes, too
  local ways = {
    prepend = job == reverse_bytes and size <= 64 * KB and prepend,
    naive = job.naive,
    best = job.best or function(s)
      return job.run(pure, s)
    end,
    string = function(s)
      return job.run(text, s)
    end,
    string_buffer = job.into and lua_buffer and function(s)
      return job.into(lua_buffer:reset(), s)
    end,
    buffer = job.into and function(s)
      return job.into(rille_buffer:reset(), s)
    end,
    memcpy = function(s)
      ffi.copy(memory, s, #s)
    end,
  }
  for key, way in pairs(ways) do
    row[key] = way and measure(way, texts)
  end
  local some = piece(texts[1], 1, MB / 4)
  row.wrong = job.naive(some) ~= job.run(text, some)
  row.ours = row.buffer or row.string
  return row
end

-- Sections -------------------------------------------------------------------------------------------------------

local WIDTHS = { -16, 10, 10, 10, 11, 11, 10, 7, 7, 6 }
local COLOURS = { plain, plain, plain, bold, bold, bold, dim, green, green, dim }
local rows = {}

local function line(cells, colour)
  local shown = {}
  for i, width in ipairs(WIDTHS) do
    shown[i] = (colour or COLOURS[i])(pad(cells[i], width))
  end
  say(" " .. table.concat(shown))
end

local function table_of(name, call, answer)
  section(name, call)
  local groups = "%21spure Lua:           %-33s           rille against:"
  say(dim(groups:format("", answer and "rille, an" or "rille, into a:")))
  local forms = answer and { "answer", "", "" } or { "string", "string.buf", "rille.buf" }
  line({ "", "naive", "best", forms[1], forms[2], forms[3], "memcpy", "naive", "best", "copy" }, dim)
end

local function contests(job, sources, sizes)
  for _, source in ipairs(sources) do
    for _, size in ipairs(sizes) do
      local row = contest(job, source, size)
      rows[#rows + 1] = row
      local cells = { ("%-9s "):format(#sizes > 1 and size_name(size) or job.name) .. source.name }
      for i, key in ipairs({ "naive", "best", "string", "string_buffer", "buffer", "memcpy" }) do
        local mark = key == "naive" and row.wrong and "~" or key == "best" and not job.best and "*" or ""
        cells[i + 1] = row[key] and mark .. speed(row.bytes / row[key]) or ""
      end
      cells[8], cells[9] = times(row.naive / row.ours), times(row.best / row.ours)
      cells[10] = short(row.memcpy / row.ours * 100, "%")
      line(cells)
    end
  end
end

local function text_section(docs, mixed)
  table_of("Reverse, byte by byte", 'text.reverse(s, "byte")   text.reverse_into(buffer, s, "byte")')
  contests(reverse_bytes, { docs }, { KB, 64 * KB, MB, LARGEST })
  table_of("Reverse, char by char", 'text.reverse(s, "char")')
  contests(reverse_chars, { docs, mixed }, { KB, MB, LARGEST })
  table_of("Reverse, grapheme cluster by grapheme cluster", "text.reverse(s)")
  contests(reverse_graphemes, { docs, mixed }, { KB, MB, LARGEST })
  table_of("Repair 1 MB", "text.repair(s)   text.repair_into(buffer, s)")
  contests(repair, { mixed, { name = "broken", text = damage(mixed.text) } }, { MB })
  table_of("Validate and count 1 MB", 'text.validate(s)   text.count(s, "char")', true)
  for _, job in ipairs(answering) do
    contests(job, { docs, mixed }, { MB })
  end
end

-- The claim ------------------------------------------------------------------------------------------------------

-- How many times longer `rival` takes than `form`, size by size, and what becomes of the claim.
local function claim(label, rival, form)
  local cells, large, reached = "", 0, 0
  for i = 1, 4 do -- the rows of reverse_bytes
    local ratio = rows[i][rival] and rows[i][rival] / rows[i][form]
    local enough = ratio and ratio >= 300
    if ratio and rows[i].size > KB then
      large, reached = large + 1, reached + (enough and 1 or 0)
    end
    cells = cells .. (enough and green or plain)(pad(ratio and times(ratio) or "too slow", 11))
  end
  local answer = reached == 0 and yellow("no") or reached < large and yellow("in part") or green("yes")
  say((" %s%s%s    %s"):format(pad(label, -26), pad(form, -8), cells, answer))
end

local function at(ratio)
  return math.floor(13 * math.log10(math.max(1, ratio)) + 0.5)
end

-- A line from one ratio to the other over a logarithmic scale.
local function chart(naive, best)
  local marks = {}
  for i = 0, at(10000) do
    local ground = i >= at(300) and i <= at(500) and "░" or i % 13 == 0 and "┊" or " "
    local between = (i - at(naive)) * (i - at(best)) < 0
    local mark = i == at(naive) and green("#") or i == at(best) and bold("o")
    marks[#marks + 1] = mark or dim(between and "─" or ground)
  end
  return table.concat(marks)
end

local function verdict()
  section('The claim: "300 to 500 times faster than pure Lua for large strings"', "reversing bytes")
  local head = " %-26s%-8s%11s%11s%11s%11s    300x from 64 KB?"
  say(dim(head:format("against", "into a", "1 KB", "64 KB", "1 MB", "16 MB")))
  for _, form in ipairs({ "string", "buffer" }) do
    claim("r = c .. r", "prepend", form)
    claim("table, sub and concat", "naive", form)
    claim("string.reverse, C already", "best", form)
  end

  section("Everything at 1 MB", "how many times faster than # naive and o best Lua; shaded: 300 to 500")
  say(dim((" %-25s1x           10x          100x         1,000x       10,000x   o       #"):format("")))
  local all, far, ahead, least = 0, 0, 0, { 1 / 0 }
  for _, row in ipairs(rows) do
    if row.size == MB then
      local name = row.task.full_name .. ", " .. row.source.name
      local a, b = row.naive / row.ours, row.best / row.ours
      say((" %s%s%s%s"):format(pad(name, -25), chart(a, b), pad(times(b), 7), pad(times(a), 8)))
      all, far, ahead = all + 1, far + (a >= 300 and 1 or 0), ahead + (b >= 300 and 1 or 0)
      least = b < least[1] and { b, name } or least
    end
  end
  local summary = "\n 300x naive Lua: %d of %d; 300x the best: %d; least against the best: %s, %s."
  say(summary:format(far, all, ahead, least[2], times(least[1])))
  local making =
    " A new string of 16 MB takes %s times as long as a buffer that is there: use the _into forms."
  say(making:format(short(rows[4].string / rows[4].buffer)))
end

-- The tour -------------------------------------------------------------------------------------------------------

local function introduce(name, content, origin)
  local words, lines = thousands(text.count(content, "word")), thousands(text.count(content, "line"))
  local foreign = select(2, content:gsub("[\128-\255]", "")) / #content * 100
  local message = " %-8s %s: %s bytes, %s words, %s lines, %.2g%% not ASCII"
  say(message:format(name, origin, thousands(#content), words, lines, foreign))
  return { name = name, text = content:rep(math.ceil(LARGEST / #content)) }
end

local health = rille.health()
assert(not health.tried[2], health.tried[1].path .. ": " .. health.tried[1].reason)
local machine = " host     %s, %s %s, %d cores\n engine   %s kernels in %s"
section("rille " .. health.library, "a native text engine for LuaJIT")
say(machine:format(jit.version, jit.os, jit.arch, host.cores, health.cpu, health.path))
local origin = #host.files == 1 and "1 file" or thousands(#host.files) .. " files"
local docs = introduce(host.given and "yours" or "docs", table.concat(host.files), origin)
local mixed = introduce("mixed", mixed_text(LARGEST), "10 languages, emoji")

local sample = table.concat(SAMPLE)
for _, job in ipairs(checked) do
  for _, content in ipairs(host.files) do
    check(job, content, docs.name)
  end
  for i = 1, #sample do -- mostly cut through a char
    check(job, sample:sub(i), "the sample")
    check(job, damage(sample:sub(1, i)), "the broken sample")
  end
end
if #failures == 0 then
  local equal = " answers  %s compared with rille's fallback in pure Lua: %s\n"
  say(equal:format(thousands(answers), green("all equal")))
  say(dim(" naive: what one writes first (~ another answer).  best: the fastest right Lua (* rille's own"))
  say(dim(" fallback).  copy: speed against memcpy; what only reads can pass it.  Medians of CPU time."))
  for _, show in ipairs({ text_section }) do -- one for each noun
    show(docs, mixed)
  end
  verdict()
end
for i = 1, math.min(10, #failures) do
  say(yellow((" wrong %d of %d  "):format(i, #failures)) .. failures[i])
end
return #failures
