--- Patches, merges and inline diffs, the same in every host and on both backends.
local t = ...
local rille = require("rille")
local diff = rille.diff

--- Returns a text of lines, one for each character: "abc" is "a\nb\nc\n".
local function lines(letters)
  return (letters:gsub(".", "%0\n"))
end

t.test("a unified diff has context, and a header for changes that are apart", function()
  local a, b = lines("abcdefghijklmnop"), lines("abcXefghijklmnoYp")
  t.eq(
    diff(a, b):unified(),
    [[
@@ -1,7 +1,7 @@
 a
 b
 c
-d
+X
 e
 f
 g
@@ -13,4 +13,5 @@
 m
 n
 o
+Y
 p
]]
  )
  t.eq(diff(a, b):unified({ context = 0 }), "@@ -4 +4 @@\n-d\n+X\n@@ -15,0 +16 @@\n+Y\n")
  t.eq(diff(a, a):unified({ names = { "a", "b" } }), "")
end)

t.test("a unified diff marks a last line without a line feed", function()
  local mark = "\\ No newline at end of file\n"
  t.eq(diff("a", "a\n"):unified(), "@@ -1 +1 @@\n-a\n" .. mark .. "+a\n")
  t.eq(diff("a\nb", "b"):unified(), "@@ -1,2 +1 @@\n-a\n b\n" .. mark)
end)

t.test("names and headings of a unified diff are as Git writes them", function()
  local text = diff("f()\n1\n2\n3\n4\n", "f()\n1\n2\n3\n4\n5\n"):unified({
    names = { "a/one two", 'b/"é"' },
    headings = true,
  })
  local names = '--- a/one two\t\n+++ "b/\\"\\303\\251\\""\n'
  t.eq(text, names .. "@@ -3,3 +3,4 @@ f()\n 2\n 3\n 4\n+5\n")
end)

t.test("unified_into appends to a buffer", function()
  local out = rille.buffer()
  out:put("before:")
  local hunks = diff("a\n", "")
  t.eq({ hunks:unified_into(out), out:tostring() }, { 17, "before:@@ -1 +0,0 @@\n-a\n" })
end)

t.test("hunks are applied and taken back, one or all", function()
  local a, b = lines("abcdefghijklmnop"), lines("abcXefghijklmnoYp")
  local hunks = diff(a, b)
  t.eq(hunks.count, 2)
  t.eq(diff.apply(a, hunks), b)
  t.eq(diff.apply(b, hunks, nil, { reverse = true }), a)
  t.eq(diff.apply(a, hunks, 1), lines("abcXefghijklmnop"))
  t.eq(diff.apply(a, hunks, 2), lines("abcdefghijklmnoYp"))
  t.eq(diff.apply(b, hunks, 2, { reverse = true }), lines("abcXefghijklmnop"))
  -- Other lines may have changed.
  t.eq(diff.apply(lines("abcdefghiJKlmnop"), hunks, 1), lines("abcXefghiJKlmnop"))
end)

t.test("a hunk that does not fit is reported with its line, and nothing is half done", function()
  local hunks = diff(lines("abcdefghijklmnop"), lines("abcXefghijklmnoYp"))
  t.eq({ diff.apply(lines("abcdefghijklmNop"), hunks) }, { nil, "hunk 2 does not fit: line 14 differs", 14 })
  t.eq({ diff.apply("", hunks, 1) }, { nil, "hunk 1 does not fit: line 1 differs", 1 })
  t.raises("rille.diff.apply: i must be from 1 to 2, got 3", diff.apply, "", hunks, 3)
  t.raises("rille.diff.apply: hunks must be those of rille.diff, got table", diff.apply, "", {})
  t.raises("rille.diff.apply: s must be a string", diff.apply, nil, hunks)
end)

t.test("random texts: all hunks make the second text, and taken back the first", function()
  local seed = 1
  local function below(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
  end
  for _ = 1, 200 do
    local a, b = {}, {}
    for _ = 0, below(12) do
      local line = ("abcde "):sub(below(6) + 1):sub(1, 1)
      a[#a + 1] = below(4) > 0 and line or nil
      b[#b + 1] = below(4) > 0 and line or nil
    end
    local ends = { "\n", "" }
    local a_text = table.concat(a, "\n") .. ends[below(2) + 1]
    local b_text = table.concat(b, "\n") .. ends[below(2) + 1]
    for _, algorithm in ipairs({ "histogram", "myers", "minimal" }) do
      local hunks = diff(a_text, b_text, { algorithm = algorithm })
      t.eq(diff.apply(a_text, hunks), b_text)
      t.eq(diff.apply(b_text, hunks, nil, { reverse = true }), a_text)
    end
  end
end)

t.test("what was not compared before the deadline is changed, and the hunks are valid", function()
  local a, b, seed = {}, {}, 7
  for i = 1, 20000 do
    seed = (seed * 16807) % 2147483647
    a[i], b[i] = seed % 2 == 0 and "x" or "y", seed % 3 == 0 and "x" or "y"
  end
  local a_text, b_text = table.concat(a, "\n"), table.concat(b, "\n")
  local hunks = diff(a_text, b_text, { algorithm = "minimal", deadline = 1 })
  t.eq(hunks.exact, false)
  t.ok(diff.apply(a_text, hunks) == b_text)
  t.ok(diff.apply(b_text, hunks, nil, { reverse = true }) == a_text)
end)

t.test("merge3 takes the changes of both sides, and equal ones once", function()
  local base = lines("abcdefgh")
  local merged, conflicts = diff.merge3(base, lines("Xbcdefgh"), lines("abcdefgY"))
  t.eq({ merged, conflicts.count }, { lines("XbcdefgY"), 0 })
  merged, conflicts = diff.merge3(base, lines("aXcdefgh"), lines("aXcdefgh"))
  t.eq({ merged, conflicts.count }, { lines("aXcdefgh"), 0 })
end)

t.test("merge3 returns conflicts as spans", function()
  local base, ours, theirs = lines("abcdefgh"), lines("abcXefgh"), lines("abcYYefgh")
  local merged, conflicts = diff.merge3(base, ours, theirs)
  local block = "<<<<<<< ours\nX\n=======\nY\nY\n>>>>>>> theirs\n"
  t.eq({ merged, conflicts.count }, { lines("abc") .. block .. lines("efgh"), 1 })
  local from, to = conflicts:get(1)
  t.eq(merged:sub(from, to), block)
  t.eq({ conflicts:lines(1, "base") }, { 4, 1 })
  t.eq({ conflicts:lines(1, "ours") }, { 4, 1 })
  t.eq({ conflicts:lines(1, "theirs") }, { 4, 2 })
  t.eq(conflicts:get(2), nil)
  t.eq(conflicts:lines(2, "ours"), nil)

  t.eq(diff.merge3(base, ours, theirs, { favor = "ours" }), ours)
  t.eq(diff.merge3(base, ours, theirs, { favor = "theirs" }), theirs)
  t.eq(diff.merge3(base, ours, theirs, { favor = "union" }), lines("abcXYYefgh"))
  merged = diff.merge3(base, ours, theirs, { style = "diff3", names = { "A", "", "C" } })
  block = "<<<<<<< A\nX\n|||||||\nd\n=======\nY\nY\n>>>>>>> C\n"
  t.eq(merged, lines("abc") .. block .. lines("efgh"))
  -- A side without lines stands after its line.
  conflicts = select(2, diff.merge3(base, lines("abcefgh"), theirs))
  t.eq({ conflicts:lines(1, "ours") }, { 3, 0 })
end)

t.test("adjacent changes are a conflict, as for Git", function()
  local merged, conflicts = diff.merge3(lines("abc"), lines("Xbc"), lines("aYc"))
  t.eq(conflicts.count, 1)
  t.eq(merged, "<<<<<<< ours\nX\nb\n=======\na\nY\n>>>>>>> theirs\nc\n")
end)

--- Returns both texts with their changes in brackets.
local function inline(a, b, unit)
  local spans = diff.inline(a, b, { unit = unit })
  local marked_a, marked_b, a_done, b_done = {}, {}, 0, 0
  for i = 1, spans.count do
    local a_from, a_to, b_from, b_to = spans:get(i)
    marked_a[i] = a:sub(a_done + 1, a_from - 1) .. "[" .. a:sub(a_from, a_to) .. "]"
    marked_b[i] = b:sub(b_done + 1, b_from - 1) .. "[" .. b:sub(b_from, b_to) .. "]"
    a_done, b_done = a_to, b_to
  end
  t.ok(spans.exact)
  return table.concat(marked_a) .. a:sub(a_done + 1), table.concat(marked_b) .. b:sub(b_done + 1)
end

t.test("an inline diff marks words and not letters", function()
  t.eq({ inline("", "") }, { "", "" })
  t.eq({ inline("same", "same") }, { "same", "same" })
  t.eq({ inline("", "new") }, { "[]", "[new]" })
  t.eq({ inline("let count = 1;", "let total = 1;") }, { "let [count] = 1;", "let [total] = 1;" })
  t.eq({ inline("the quick fox", "the slow dog") }, { "the [quick fox]", "the [slow dog]" })
  t.eq({ inline("f(a, c)", "f(a, b, c)") }, { "f(a, []c)", "f(a, [b, ]c)" })
  t.eq({ inline("größe = 1", "größer = 1") }, { "[größe] = 1", "[größer] = 1" })
  t.eq({ inline("naïve.x", "naïve.y") }, { "naïve.[x]", "naïve.[y]" })
  t.eq({ inline("日本", "日本語") }, { "日本[]", "日本[語]" })
end)

t.test("an inline diff of characters and grapheme clusters", function()
  t.eq({ inline("kitten", "sitting", "char") }, { "[k]itt[en]", "[s]itt[ing]" })
  t.eq({ inline("e\204\129", "e", "char") }, { "e[\204\129]", "e[]" })
  t.eq({ inline("ae\204\129b", "aeb", "grapheme") }, { "a[e\204\129]b", "a[e]b" })
  t.eq({ inline("a\r\n", "a\n", "grapheme") }, { "a[\r\n]", "a[\n]" })
  local spans = diff.inline("a\255b", "a\254b", { unit = "char" })
  t.eq({ spans:get(1) }, { 2, 2, 2, 2 })
  t.eq(spans:get(2), nil)
end)

t.test("spans are filled again", function()
  local spans = diff.inline("", "")
  t.eq({ spans.count, spans:get(1) }, { 0 })
  local again = diff.inline("a, b, c", "x, b, z", nil, spans)
  t.ok(rawequal(again, spans))
  t.eq({ spans.count, spans:get(2) }, { 2, 7, 7, 7, 7 })
  t.raises(
    "rille.diff.inline: spans must be those of an earlier call, got table",
    diff.inline,
    "",
    "",
    nil,
    {}
  )
end)

t.test("long lines end soon and are not exact", function()
  local a, b = {}, {}
  for i = 1, 20000 do
    a[i], b[i] = "a" .. i, "b" .. i
  end
  t.eq(diff.inline(table.concat(a, " "), table.concat(b, " ")).exact, false)
end)
