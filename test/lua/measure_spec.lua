--- Wrapping, width, truncation and positions in units that the caller measures.
local t = ...
local rille = require("rille")
local text = rille.text

local native = rille.backend == "native"

--- Widths of a proportional font: some letters are wide, all others 10.
local WIDTHS = { i = 4, l = 4, m = 16, w = 16, [" "] = 5, ["…"] = 12, default = 10 }
local calls = 0
local function measure(cluster)
  calls = calls + 1
  return WIDTHS[cluster] or WIDTHS.default
end
--- The same for texts that have characters of several bytes.
local OPTS = { measure = measure }

t.test("widths are those of a function, or of a table", function()
  for _, opts in ipairs({ OPTS, { measure = WIDTHS } }) do
    t.eq(text.width("", opts), 0)
    t.eq(text.width("mil", opts), 24)
    t.eq({ text.width("mil", opts) }, { 24 })
    t.eq(select("#", text.width("mil", opts)), 1)
    t.eq(select("#", text.offset("mil", 2, "byte", "cell", opts)), 1)
    t.eq(select("#", text.wrap_spans("mil", 20, opts)), 1)
    t.eq(text.width("a\nb\r\n", opts), 20)
    if native then
      t.eq(text.width("日本 👩‍👩‍👧é", opts), 45)
      t.eq(text.width("\r", opts), 0)
    end
  end
  t.eq(text.width("abc", { measure = {} }), 0)
end)

t.test("a cluster is measured once", function()
  local function own(cluster)
    calls = calls + 1
    return #cluster
  end
  calls = 0
  local opts = { measure = own }
  t.eq(text.width("banana", opts), 6)
  t.eq(text.width("ananas", opts), 6)
  t.eq(calls, 4)
end)

t.test("the kerning of a pair is asked for once", function()
  local asked = {}
  local opts = { measure = WIDTHS }
  function opts.kerning(left, right)
    asked[#asked + 1] = left .. right
    return left == "A" and -1 or nil
  end
  t.eq({ text.width("AAb", opts), text.width("AAbAb\nb", opts) }, { 28, 57 })
  t.eq(asked, { "AA", "Ab", "bA" })
end)

t.test("more pairs of clusters than are kept are measured too", function()
  if not native then
    return
  end
  local distinct, seed = {}, 1
  for i = 0, 399 do
    distinct[i] = ("\228%s%s"):format(string.char(184 + math.floor(i / 64)), string.char(128 + i % 64))
  end
  local asked = 0
  local function kerning(left, right)
    asked = asked + 1
    return left < right and -1 or 0
  end
  local letters, seen, pairs_seen, expected = {}, {}, 0, 0
  for i = 1, 150000 do
    seed = seed * 16807 % 2147483647
    letters[i] = distinct[seed % 400]
    local pair = letters[i - 1] and letters[i - 1] .. letters[i]
    expected = expected + 10 + (pair and letters[i - 1] < letters[i] and -1 or 0)
    if pair and not seen[pair] then
      seen[pair], pairs_seen = true, pairs_seen + 1
    end
  end
  t.ok(pairs_seen > 70000, pairs_seen)
  local s, opts = table.concat(letters), { measure = { default = 10 }, kerning = kerning }
  t.eq(text.width(s, opts), expected)
  t.eq(asked, pairs_seen)
  t.eq(text.width(s, opts), expected)
  -- The pairs of the first text were too many to keep.
  t.eq(asked, 2 * pairs_seen)
end)

t.test("kerning moves clusters", function()
  local kerning = { A = { V = -3 }, V = { A = -3, V = 1 } }
  for _, given in ipairs({
    kerning,
    function(left, right)
      return kerning[left] and kerning[left][right]
    end,
  }) do
    local opts = { measure = WIDTHS, kerning = given }
    t.eq(text.width("AVA", opts), 24)
    t.eq(text.width("A\nV", opts), 20)
    -- The first cluster of a line has no neighbour.
    t.eq(text.wrap("AVAVA", 17, opts), { "AV", "AV", "A" })
    t.eq(text.offset("AVA", 3, "byte", "cell", opts), 15)
  end
end)

t.test(
  "wrapping: no line is wider than the width unless it is one cluster, and none could be longer",
  function()
    local samples =
      { "", "a", "hello world, mild mammals will swim", "a b  c   d", "one\ntwo\r\n\nthree", "wwwwwwwwww ii" }
    if native then
      samples[#samples + 1] =
        "「これはペンです。」と言った。👩‍👩‍👧が、来た！ éa"
      samples[#samples + 1] = "日本語と English の mix、テキスト。"
    end
    for _, s in ipairs(samples) do
      for width = 1, 200, 3 do
        local lines = t.ok(text.wrap_spans(s, width, OPTS))
        local strings = text.wrap(s, width, OPTS)
        local buffer = rille.buffer()
        t.eq(text.wrap_into(buffer, s, width, OPTS), buffer:len())
        t.eq(buffer:tostring(), #strings > 0 and table.concat(strings, "\n") .. "\n" or "")
        local at = 1
        for i = 1, #lines, 2 do
          local from, to = lines[i], lines[i + 1]
          local line = s:sub(from, to)
          t.eq(strings[(i + 1) / 2], line)
          -- Only white space is between lines.
          t.ok(s:sub(at, from - 1):find("^%s*$"), s)
          at = to + 1
          local is_narrow = text.width(line, OPTS) <= width
          t.ok(is_narrow or text.count(line, "grapheme") == 1, ("%q, %d"):format(line, width))
        end
        t.ok(s:sub(at):find("^%s*$"), s)
      end
    end
  end
)

t.test("wrapping in cells of a monospaced font is wrapping in cells", function()
  local function cells(cluster)
    return text.width(cluster)
  end
  local samples =
    { "hello world, mild mammals will swim", "a b  c   d", "one\ntwo\r\n\nthree\n", "wwwwwwwwww ii", " x y" }
  samples[#samples + 1] = "one\rtwo\vthree \f four\t\t\rfive\r"
  if native then
    samples[#samples + 1] =
      "日本\227\128\128\227\128\128語\226\128\168x \226\128\169y\194\133z\226\128\131\226\128\131zz"
    samples[#samples + 1] = "12\194\160cells of \226\128\175no-break space, and one\204\129 mark"
    samples[#samples + 1] =
      "「これはペンです。」と言った。👩‍👩‍👧が、来た！ éa (foo-bar) “quoted”"
    samples[#samples + 1] = "日本語と English の mix、テキスト。"
  end
  for _, s in ipairs(samples) do
    -- A word that is cut ends differently: in cells, the next one follows it on the same line after a hyphen.
    for width = s:find("[\128-\255]") and 8 or 2, 40 do
      for _, keep in ipairs({ false, true }) do
        local expected = text.wrap_spans(s, width, { keep_long_words = keep })
        local found = text.wrap_spans(s, width, { keep_long_words = keep, measure = cells })
        t.eq(found, expected, ("%q, %d"):format(s, width))
      end
      if not s:find("%c") then
        for _, side in ipairs({ "left", "right", "middle" }) do
          local expected = text.truncate(s, width, { side = side, ellipsis = "..." })
          local found = text.truncate(s, width, { side = side, ellipsis = "...", measure = cells })
          t.ok(text.width(found) <= width and (side == "middle" or found == expected), found)
        end
      end
    end
  end
end)

t.test("truncation on each side", function()
  local s = "will swim"
  t.eq(text.truncate(s, 200, OPTS), s)
  for _, case in ipairs({
    { "right", 40, "will..." },
    { "left", 40, "...im" },
    { "middle", 50, "wi...im" },
    { "right", 11, "i..." },
    { "right", 3, "" },
  }) do
    local opts =
      { measure = { w = 16, i = 4, l = 4, m = 16, s = 10, [" "] = 5, ["."] = 3 }, ellipsis = "..." }
    opts.side = case[1]
    local cut = text.truncate(case[1] == "right" and case[2] == 11 and "iii will" or s, case[2], opts)
    if case[2] > 11 then
      t.eq(cut, case[3], case[1])
    end
    t.ok(text.width(cut, { measure = opts.measure }) <= case[2], cut)
  end
end)

t.test("positions, from x and back", function()
  -- w at 0, i at 16, l at 20, l at 24; the end is at 28.
  for byte, cell in ipairs({ 1, 17, 21, 25, 29 }) do
    t.eq(text.offset("will", byte, "byte", "cell", OPTS), cell)
    t.eq(text.offset("will", cell, "cell", "byte", OPTS), byte)
    t.eq(text.offset("will", cell + 0.5, "cell", "byte", OPTS), byte)
    t.eq(text.offset("will", cell, "cell", "char", OPTS), byte)
  end
  t.eq(text.offset("will", 1000, "cell", "byte", OPTS), 5)
  t.eq(text.offset("will", 16.5, "cell", "byte", OPTS), 1)
  if native then
    t.eq(text.offset("é日x", 21, "cell", "utf16", OPTS), 3)
    t.eq(text.offset("é日x", 3, "char", "cell", OPTS), 21)
  end
end)

t.test("wrong arguments are errors that name the function", function()
  local function nothing() end
  t.raises(
    'rille.text.width: measure must return a number for "a", got nil',
    text.width,
    "a",
    { measure = nothing }
  )
  t.raises(
    "rille.text.wrap: option 'measure' must be a function or a table, got 'x'",
    text.wrap,
    "a",
    1,
    { measure = "x" }
  )
  t.raises("rille.text.wrap: width must be a number >= 0, got nil", text.wrap, "a", nil, OPTS)
  t.raises("rille.text.truncate: width must be a number >= 0, got %-1", text.truncate, "a", -1, OPTS)
  t.raises("rille.text.width: unknown option 'kerned'", text.width, "a", { measure = measure, kerned = 1 })
  t.raises("rille.text.pad: unknown option 'measure'", text.pad, "a", 1, OPTS)
  t.raises(
    "rille.text.offset: position must be a number >= 1, got 0",
    text.offset,
    "a",
    0,
    "cell",
    "byte",
    OPTS
  )
end)
