--- Native and fallback agree on cells, cuts, pads and lines of ASCII, and the fallback never returns a wrong answer.
local t = ...
local rille = require("rille")
if rille.backend ~= "native" then
  return t.test("native against fallback", function()
    t.skip("needs the native library beside it")
  end)
end

local native = require("rille.text")
local fallback = require("rille.fallback.text")

local PIECES = {
  "a",
  "Bc",
  "word",
  "the quick brown fox",
  " ",
  "  ",
  "   ",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\v",
  "\f",
  "\0",
  "\1",
  "\127",
  ".",
  ",",
  ":",
  ";",
  "!",
  "?",
  "-",
  "--",
  "_",
  "/",
  "\\",
  "|",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "$",
  "+",
  "%",
  "3",
  "42",
  "3.14",
  "$5",
  "-1",
  "a-b",
  "x/y",
  "http://a.b/c?d=e&f",
  "=",
  "#",
  "~",
  "^",
  "`",
  "<",
  ">",
  "@",
  "&",
  "*",
} -- stylua: ignore

local seed = 20261120
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local function sample()
  local parts = {}
  for i = 1, random(25) - 1 do
    parts[i] = PIECES[random(#PIECES)]
  end
  return table.concat(parts)
end

local function pick(...)
  return (select(random(select("#", ...)), ...))
end

local function options(more)
  local opts = more or {}
  opts.style = pick(nil, "terminal", "neovim", "strwidth")
  opts.ambiguous = pick(nil, 1, 2)
  opts.tabstop = pick(nil, 1, 2, 4, 8)
  opts.column = pick(nil, 0, 1, 3, 7)
  return opts
end

local function show(opts)
  local fields = {}
  for name, value in pairs(opts) do
    fields[#fields + 1] = ("%s=%s"):format(name, tostring(value))
  end
  table.sort(fields)
  return table.concat(fields, " ")
end

t.test("width, truncate and pad of 4,000 generated texts", function()
  for _ = 1, 4000 do
    local s, cells = sample(), random(30) - 1
    local opts = options()
    t.eq(fallback.width(s, opts), native.width(s, opts), ("width of %q, %s"):format(s, show(opts)))
    opts = options({ side = pick(nil, "right", "left", "middle"), ellipsis = pick(nil, "", "...", "…") })
    t.eq(
      fallback.truncate(s, cells, opts),
      native.truncate(s, cells, opts),
      ("truncate %q to %d, %s"):format(s, cells, show(opts))
    )
    opts = options({ align = pick(nil, "left", "right", "center"), fill = pick(nil, " ", ".") })
    t.eq(
      fallback.pad(s, cells, opts),
      native.pad(s, cells, opts),
      ("pad %q to %d, %s"):format(s, cells, show(opts))
    )
  end
end)

t.test("wrap of 4,000 generated texts", function()
  for _ = 1, 4000 do
    local s, cells = sample(), random(30)
    local opts = options({ keep_long_words = pick(nil, true, false) })
    t.eq(
      fallback.wrap_spans(s, cells, opts),
      native.wrap_spans(s, cells, opts),
      ("wrap %q to %d, %s"):format(s, cells, show(opts))
    )
  end
end)

t.test("text that needs tables is refused, never guessed", function()
  local none = { nil, "needs the native library" }
  t.eq({ fallback.width("é") }, none)
  t.eq({ fallback.count("é", "cell") }, none)
  t.eq({ fallback.pad("é", 3) }, none)
  t.eq({ fallback.pad("a", 3, { fill = "─" }) }, none)
  t.eq({ fallback.truncate("日本", 3) }, none)
  t.eq({ fallback.truncate("abcdef", 3, { ellipsis = "·" }) }, none)
  t.eq({ fallback.truncate_list({ "abc", "é" }, 2) }, none)
  t.eq({ fallback.wrap("é", 3) }, none)
  t.eq({ fallback.wrap_spans("é", 3) }, none)
  for _, name in ipairs({ "pad_into", "truncate_into", "wrap_into" }) do
    t.eq({ fallback[name](rille.buffer(), "é", 3) }, none)
  end
  t.eq({ fallback.truncate_list_into(rille.buffer(), { "é" }, 3) }, none)
end)

t.test("the same errors", function()
  local function message(fn, ...)
    local ok, text = pcall(fn, ...)
    t.ok(not ok)
    return (tostring(text):gsub("^[^ ]+:%d+: ", ""))
  end
  for _, call in ipairs({
    { "width", nil },
    { "width", "a", 1 },
    { "width", "a", { foo = 1 } },
    { "width", "a", { style = "x" } },
    { "width", "a", { ambiguous = 3 } },
    { "width", "a", { tabstop = 0 } },
    { "width", "a", { column = -1 } },
    { "pad", "a", -1 },
    { "pad", "a", 3, { fill = "ab" } },
    { "pad", "a", 3, { fill = "" } },
    { "pad", "a", 3, { fill = "\t" } },
    { "pad", "a", 3, { align = "top" } },
    { "truncate", "a" },
    { "truncate", "a", 0.5 },
    { "truncate", "a", 1, { side = 1 } },
    { "truncate", "a", 1, { ellipsis = 1 } },
    { "truncate_list", "a", 1 },
    { "truncate_list", { "a", 1 }, 1 },
    { "truncate_list", { "a", nil, "b" }, 1 },
    { "wrap", "a", 0 },
    { "wrap", "a", 1, { keep_long_words = 1 } },
    { "wrap_spans", "a", 1 / 0 },
    { "wrap_into", 1, "a", 1 },
    { "pad_into", 1, "a", 1 },
    { "truncate_into", 1, "a", 1 },
  }) do -- stylua: ignore
    t.eq(
      message(fallback[call[1]], call[2], call[3], call[4], call[5]),
      message(native[call[1]], call[2], call[3], call[4], call[5])
    )
  end
end)
