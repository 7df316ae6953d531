-- The tour of rille: does the same work on real text in ordinary Lua, in optimised Lua and with rille, and prints the
-- times. `cargo run --release --example tour` runs this file in a LuaJIT of its own; examples/tour.rs says how.
--
-- A task in a file of examples/tour is an example of the API, and its Lua rivals say what it replaces. A new noun adds
-- such a file, with what is `checked` and what to `show`, to the list here.
local host = ...
package.loaded["tour.host"] = host
local rille = require("rille")
local measure = require("tour.measure")
local show = require("tour.print")
local text = rille.text
local say, pad, times, thousands = show.say, show.pad, show.times, show.thousands
local bold, dim, green, yellow, plain = show.bold, show.dim, show.green, show.yellow, show.plain

local nouns = {
  require("tour.text"),
  require("tour.positions"),
  require("tour.search"),
  require("tour.fuzzy"),
  require("tour.project"),
  require("tour.file"),
}

local KB, MB, LARGEST = 2 ^ 10, 2 ^ 20, measure.LARGEST
local rows, failures = measure.rows, measure.failures

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
  return math.floor(13 * math.log10(math.min(10000, math.max(1, ratio))) + 0.5)
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
  show.section('The claim: "300 to 500 times faster than pure Lua for large strings"', "reversing bytes")
  local head = " %-26s%-8s%11s%11s%11s%11s    300x from 64 KB?"
  say(dim(head:format("against", "into a", "1 KB", "64 KB", "1 MB", "16 MB")))
  for _, form in ipairs({ "string", "buffer" }) do
    claim("r = c .. r", "prepend", form)
    claim("table, sub and concat", "naive", form)
    claim("string.reverse, C already", "best", form)
  end

  show.section("Everything at 1 MB", "how many times faster than # naive and o best Lua; shaded: 300 to 500")
  say(dim((" %-28s1x           10x          100x         1,000x       10,000x   o       #"):format("")))
  local all, far, ahead, least = 0, 0, 0, { 1 / 0 }
  for _, row in ipairs(rows) do
    if row.size == MB then
      local name = row.task.full_name .. ", " .. row.source.name
      local a, b = row.naive / row.ours, row.best and row.best / row.ours
      local best = pad(b and times(b) or "none", 7)
      say((" %s%s%s%s"):format(pad(name, -28), chart(a, b or a), best, pad(times(a), 8)))
      all, far, ahead = all + 1, far + (a >= 300 and 1 or 0), ahead + (b and b >= 300 and 1 or 0)
      least = b and b < least[1] and { b, name } or least
    end
  end
  local summary = "\n 300x naive Lua: %d of %d; 300x the best: %d; least against the best: %s, %s."
  say(summary:format(far, all, ahead, least[2], times(least[1])))
  local making =
    " A new string of 16 MB takes %s times as long as a buffer that is there: use the _into forms."
  say(making:format(show.short(rows[4].string / rows[4].buffer)))
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
show.section("rille " .. health.library, "a native text engine for LuaJIT")
say(machine:format(jit.version, jit.os, jit.arch, host.cores, health.cpu, health.path))
local origin = #host.files == 1 and "1 file" or thousands(#host.files) .. " files"
local docs = introduce(host.given and "yours" or "docs", table.concat(host.files), origin)
local mixed = introduce("mixed", mixed_text(LARGEST), "10 languages, emoji")

local broken = { name = "broken", text = damage(mixed.text) }
local sample = table.concat(SAMPLE)
for _, noun in ipairs(nouns) do
  for _, job in ipairs(noun.checked) do
    for _, content in ipairs(host.files) do
      measure.check(job, content, docs.name)
    end
    for i = 1, #sample do -- mostly cut through a char
      measure.check(job, sample:sub(i), "the sample")
      measure.check(job, damage(sample:sub(1, i)), "the broken sample")
    end
  end
end
if #failures == 0 then
  local equal = " answers  %s compared with pure Lua, mostly rille's fallback: %s\n"
  say(equal:format(thousands(measure.answers), green("all equal")))
  say(dim(" naive: what one writes first (~ another answer).  best: the fastest right Lua (* rille's own"))
  say(dim(" fallback).  copy: speed against memcpy; what only reads can pass it.  Medians of CPU time."))
  say(
    dim(" none: no right Lua is known.  The best ones for width, truncate and case are given rille's tables.")
  )
  for _, noun in ipairs(nouns) do
    noun.show(docs, mixed, broken)
  end
  verdict()
end
for i = 1, math.min(10, #failures) do
  say(yellow((" wrong %d of %d  "):format(i, #failures)) .. failures[i])
end
return #failures
