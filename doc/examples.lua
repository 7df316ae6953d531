--- Examples of the library's functions. The help shows them, and a test runs them on both backends to find which functions
--- the fallback supports.
---
--- An entry has the functions that it is an example of, and code that uses `rille` and prints the output that its comments
--- show. `unicode` is the same for text that is not ASCII. A test runs all of it on both backends; the help shows the
--- example with the first function.
---
--- An example with `host = "nvim"` runs in Neovim, in a spec.
return {
  {
    "rille.health",
    [[
print(rille.health().backend) --> native
]],
  },
  {
    "rille.stats",
    [[
local stats = rille.stats()
print(type(stats.handles), type(stats.bytes)) --> table	table
]],
  },
  {
    "rille.text.reverse",
    [[
print(rille.text.reverse("one, two")) --> owt ,eno
print(rille.text.reverse("abc", "byte")) --> cba
]],
    unicode = [[print(rille.text.reverse("naïve 👩‍👩‍👧 日本"))]],
  },
  {
    "rille.text.reverse_into",
    [[
local out = rille.buffer()
print(rille.text.reverse_into(out, "abc"), out:tostring()) --> 3	cba
]],
    unicode = [[local out = rille.buffer() print(rille.text.reverse_into(out, "naïve 👩‍👩‍👧"), out:tostring())]],
  },
  {
    "rille.text.validate",
    [[
print(rille.text.validate("abc")) --> true
print(rille.text.validate("ab\255c")) --> false	3
]],
    unicode = [[print(rille.text.validate("日本\255"))]],
  },
  {
    "rille.text.repair",
    [[
print(rille.text.repair("ab\255c")) --> ab�c
]],
    unicode = [[print(rille.text.repair("日本\255\227\129"))]],
  },
  {
    "rille.text.repair_into",
    [[
local out = rille.buffer()
print(rille.text.repair_into(out, "ab\255c"), out:tostring()) --> 6	ab�c
]],
  },
  {
    "rille.text.count",
    [[
print(rille.text.count("one, two", "word")) --> 2
print(rille.text.count("a\nb\n", "line")) --> 2
]],
    unicode = [[for _, unit in ipairs({ "byte", "char", "utf16", "grapheme", "word", "line", "cell", "sentence", "linebreak" }) do print(rille.text.count("naïve 👩‍👩‍👧 日本. Да!", unit)) end]],
  },
  {
    "rille.text.offset",
    [[
-- UTF-16 column 7 as a byte.
print(rille.text.offset("size = 1", 7, "utf16", "byte")) --> 7
]],
    unicode = [[print(rille.text.offset("größe = 日本", 7, "utf16", "byte"), rille.text.offset("größe = 日本", 12, "byte", "cell"))]],
  },
  {
    "rille.text.offsets",
    [[
local columns = rille.text.offsets("size = 1", { 1, 8 }, "byte", "utf16")
print(columns[1], columns[2]) --> 1	8
]],
    unicode = [[print(unpack(assert(rille.text.offsets("größe = 日本", { 1, 5, 14 }, "byte", "utf16"))))]],
  },
  {
    "rille.text.width",
    [[
print(rille.text.width("abc"), rille.text.width("\tx", { tabstop = 4 }))
--> 3	5
]],
    unicode = [[print(rille.text.width("日本 👩‍👩‍👧 é"))]],
  },
  {
    "rille.text.pad",
    [[
print(rille.text.pad("right", 8, { align = "right" })) -->    right
]],
    unicode = [[print(rille.text.pad("日本", 6, { align = "right" }))]],
  },
  {
    "rille.text.pad_into",
    [[
local out = rille.buffer()
rille.text.pad_into(out, "ab", 4)
print(out:tostring() .. "|") --> ab  |
]],
    unicode = [[local out = rille.buffer() assert(rille.text.pad_into(out, "日本", 6)) print(out:tostring() .. "|")]],
  },
  {
    "rille.text.truncate",
    [[
print(rille.text.truncate("lua/rille/fallback/text.lua", 16, { side = "middle" }))
--> lua/rill…ext.lua
]],
    unicode = [[print(rille.text.truncate("日本語のテキスト", 9))]],
  },
  {
    "rille.text.truncate_into",
    [[
local out = rille.buffer()
rille.text.truncate_into(out, "a long line", 6)
print(out:tostring()) --> a lon…
]],
    unicode = [[local out = rille.buffer() assert(rille.text.truncate_into(out, "日本語のテキスト", 9)) print(out:tostring())]],
  },
  {
    "rille.text.truncate_list",
    [[
print(unpack(rille.text.truncate_list({ "src/main.rs", "a.rs" }, 6)))
--> src/m…	a.rs
]],
    unicode = [[print(unpack(assert(rille.text.truncate_list({ "日本語のテキスト", "a.rs" }, 6))))]],
  },
  {
    "rille.text.truncate_list_into",
    [[
local out = rille.buffer()
rille.text.truncate_list_into(out, { "src/main.rs", "a.rs" }, 6)
print((out:tostring():gsub("\n", "/"))) --> src/m…/a.rs/
]],
    unicode = [[local out = rille.buffer() assert(rille.text.truncate_list_into(out, { "日本語のテキスト" }, 6)) print(out:tostring())]],
  },
  {
    "rille.text.wrap",
    [[
for _, line in ipairs(rille.text.wrap("The quick brown fox jumps.", 16)) do
  print(line)
end
--> The quick brown
--> fox jumps.
]],
    unicode = [[print(unpack(assert(rille.text.wrap("日本語のテキスト, größer", 8))))]],
  },
  {
    "rille.text.wrap_spans",
    [[
print(unpack(rille.text.wrap_spans("one two three", 7))) --> 1	7	9	13
]],
    unicode = [[print(unpack(assert(rille.text.wrap_spans("日本語のテキスト", 8))))]],
  },
  {
    "rille.text.wrap_into",
    [[
local out = rille.buffer()
rille.text.wrap_into(out, "one two three", 7)
print((out:tostring():gsub("\n", "/"))) --> one two/three/
]],
    unicode = [[local out = rille.buffer() assert(rille.text.wrap_into(out, "日本語のテキスト", 8)) print(out:tostring())]],
  },
  {
    "rille.text.upper",
    [[
print(rille.text.upper("abc")) --> ABC
]],
    unicode = [[print(rille.text.upper("straße"))]],
  },
  {
    "rille.text.upper_into",
    [[
local out = rille.buffer()
rille.text.upper_into(out, "abc")
print(out:tostring()) --> ABC
]],
    unicode = [[local out = rille.buffer() assert(rille.text.upper_into(out, "straße")) print(out:tostring())]],
  },
  {
    "rille.text.lower",
    [[
print(rille.text.lower("ABC")) --> abc
]],
    unicode = [[print(rille.text.lower("ÀΣ"))]],
  },
  {
    "rille.text.lower_into",
    [[
local out = rille.buffer()
rille.text.lower_into(out, "ABC")
print(out:tostring()) --> abc
]],
    unicode = [[local out = rille.buffer() assert(rille.text.lower_into(out, "ÀΣ")) print(out:tostring())]],
  },
  {
    "rille.text.fold",
    [[
print(rille.text.fold("ABC")) --> abc
]],
    unicode = [[print(rille.text.fold("Straße"))]],
  },
  {
    "rille.text.fold_into",
    [[
local out = rille.buffer()
rille.text.fold_into(out, "ABC")
print(out:tostring()) --> abc
]],
    unicode = [[local out = rille.buffer() assert(rille.text.fold_into(out, "Straße")) print(out:tostring())]],
  },
  {
    "rille.text.equal_fold",
    [[
print(rille.text.equal_fold("README", "readme")) --> true
]],
    unicode = [[print(rille.text.equal_fold("STRASSE", "straße"))]],
  },
  {
    "rille.text.normalize",
    [[
print(#rille.text.normalize("abc", "NFD")) --> 3
]],
    unicode = [[print(#assert(rille.text.normalize("é", "NFD")))]],
  },
  {
    "rille.text.normalize_into",
    [[
local out = rille.buffer()
rille.text.normalize_into(out, "abc", "NFC")
print(out:tostring()) --> abc
]],
    unicode = [[local out = rille.buffer() assert(rille.text.normalize_into(out, "e\204\129", "NFC")) print(out:tostring())]],
  },
  {
    "rille.text.segments",
    [[
for from, to in rille.text.segments("one, two", "word") do
  print(from, to)
end
--> 1	3
--> 6	8
]],
    unicode = [[for from, to in rille.text.segments("naïve 日本", "word") do print(from, to) end]],
  },
  {
    "rille.text.reverse_job",
    [[
local job = assert(rille.text.reverse_job("abc"))
repeat until job:wait() ~= "running"
print(job:result()) --> cba
]],
  },
  {
    "rille.text.validate_job",
    [[
local job = assert(rille.text.validate_job("ab\255c"))
repeat until job:wait() ~= "running"
print(job:result()) --> false	3
]],
  },
  {
    "rille.text.repair_job",
    [[
local job = assert(rille.text.repair_job("ab\255c"))
repeat until job:wait() ~= "running"
print(job:result()) --> ab�c
]],
  },
  {
    "rille.text.count_job",
    [[
local job = assert(rille.text.count_job("one, two", "word"))
repeat until job:wait() ~= "running"
print(job:result()) --> 2
]],
  },
  {
    "rille.text.offset_job",
    [[
local job = assert(rille.text.offset_job("size = 1", 7, "utf16", "byte"))
repeat until job:wait() ~= "running"
print(job:result()) --> 7
]],
  },
  {
    "rille.text.offsets_job",
    [[
local job = assert(rille.text.offsets_job("size = 1", { 1, 8 }, "byte", "utf16"))
repeat until job:wait() ~= "running"
print(unpack(job:result())) --> 1	8
]],
  },
  {
    "rille.text.width_job",
    [[
local job = assert(rille.text.width_job("abc"))
repeat until job:wait() ~= "running"
print(job:result()) --> 3
]],
  },
  {
    "rille.text.truncate_job",
    [[
local job = assert(rille.text.truncate_job("a long line", 6))
repeat until job:wait() ~= "running"
print(job:result()) --> a lon…
]],
  },
  {
    "rille.text.pad_job",
    [[
local job = assert(rille.text.pad_job("right", 8, { align = "right" }))
repeat until job:wait() ~= "running"
print(job:result()) -->    right
]],
  },
  {
    "rille.text.wrap_job",
    [[
local job = assert(rille.text.wrap_job("one two three", 7))
repeat until job:wait() ~= "running"
print(unpack(job:result())) --> one two	three
]],
  },
  {
    "rille.text.wrap_spans_job",
    [[
local job = assert(rille.text.wrap_spans_job("one two three", 7))
repeat until job:wait() ~= "running"
print(unpack(job:result())) --> 1	7	9	13
]],
  },
  {
    "rille.text.upper_job",
    [[
local job = assert(rille.text.upper_job("abc"))
repeat until job:wait() ~= "running"
print(job:result()) --> ABC
]],
  },
  {
    "rille.text.lower_job",
    [[
local job = assert(rille.text.lower_job("ABC"))
repeat until job:wait() ~= "running"
print(job:result()) --> abc
]],
  },
  {
    "rille.text.fold_job",
    [[
local job = assert(rille.text.fold_job("ABC"))
repeat until job:wait() ~= "running"
print(job:result()) --> abc
]],
  },
  {
    "rille.text.normalize_job",
    [[
local job = assert(rille.text.normalize_job("abc", "NFC"))
repeat until job:wait() ~= "running"
print(job:result()) --> abc
]],
  },
  {
    "rille.text.equal_fold_job",
    [[
local job = assert(rille.text.equal_fold_job("README", "readme"))
repeat until job:wait() ~= "running"
print(job:result()) --> true
]],
  },
  {
    "rille.regex",
    [=[
local re = assert(rille.regex([[(?<key>\w+)=(\w+)]]))
print(re:find("user=bob")) --> 1	8
print(rille.regex("(a|b")) --> nil	unclosed group	1
]=],
  },
  {
    "rille.regex:hint",
    [[
local re = assert(rille.regex("%d+"))
print(re:hint()) --> (%d has its meaning in Lua patterns only; rille.regex.from_lua translates them)
print(rille.regex("a|b", "i")) --> rille.regex: a|b [i]
]],
  },
  {
    "rille.regex:test",
    [[
local re = assert(rille.regex("^warning", "i"))
print(re:test("Warning: unused")) --> true
]],
  },
  {
    "rille.regex:find",
    [=[
local re = assert(rille.regex([[\d+]]))
print(re:find("port 8080 or 9090")) --> 6	9
print(re:find("port 8080 or 9090", 10)) --> 14	17
print(re:find("port 8080 or 9090", -2)) --> 16	17
]=],
  },
  {
    "rille.regex:gfind",
    [=[
local re = assert(rille.regex([[\d+]]))
for from, to in re:gfind("1, 22") do
  print(from, to)
end
--> 1	1
--> 4	5
]=],
  },
  {
    "rille.regex:spans",
    [=[
local re = assert(rille.regex([[\d+]]))
local spans = re:spans("1, 22")
print(spans:count(), spans:get(2)) --> 2	4	5
]=],
  },
  {
    "rille.regex:count",
    [=[
local re = assert(rille.regex([[\d+]]))
print(re:count("1, 22, 333")) --> 3
]=],
  },
  {
    "rille.regex:match",
    [=[
local re = assert(rille.regex([[(\w+)=(\w+)]]))
print(re:match("user=bob")) --> user	bob
]=],
  },
  {
    "rille.regex:captures",
    [=[
local re = assert(rille.regex([[(?<key>\w+)=(\w+)]]))
local found = re:captures("user=bob")
print(found.key[1], found.key[2]) --> 1	4
]=],
  },
  {
    "rille.regex:gmatch",
    [=[
local re = assert(rille.regex([[(\w+)=(\w+)]]))
for key, value in re:gmatch("a=1 b=2") do
  print(key, value)
end
--> a	1
--> b	2
]=],
  },
  {
    "rille.regex:replace",
    [=[
local re = assert(rille.regex([[(\w+)=(\w+)]]))
print(re:replace("a=1 b=2", "$2=$1")) --> 1=a 2=b	2
print(re:replace("a=1 b=2", string.upper, 1)) --> A b=2	1
]=],
  },
  {
    "rille.regex:replace_into",
    [[
local re, out = assert(rille.regex("cat")), rille.buffer()
print(re:replace_into(out, "a cat", "dog")) --> 5	1
print(out:tostring()) --> a dog
]],
  },
  {
    "rille.regex:split",
    [=[
local re = assert(rille.regex([[\s*,\s*]]))
print(unpack(re:split("a , b,c"))) --> a	b	c
]=],
  },
  {
    "rille.regex:close",
    [[
local re = assert(rille.regex("a"))
re:close()
]],
  },
  {
    "rille.regex.escape",
    [[
print(rille.regex.escape("1+1")) --> 1\+1
]],
  },
  {
    "rille.regex.from_lua",
    [[
print(rille.regex.from_lua("%d+%s")) --> (?s-u)[0-9]+[\x09-\x0D ]
]],
  },
  {
    "rille.regex.explain_pcre",
    [[
local missing = assert(rille.regex.explain_pcre("(?<=a)b"))
print(missing[1].feature, missing[1].position) --> look-behind	1
]],
  },
  {
    "rille.regexset",
    [=[
local rules = assert(rille.regexset({ "^GET ", [[\.php\b]], "curl" }))
print(unpack(rules:matches("GET /index.php"))) --> 1	2
]=],
  },
  {
    "rille.regexset:test",
    [[
local rules = assert(rille.regexset({ "^GET ", "curl" }))
print(rules:test("POST /")) --> false
]],
  },
  {
    "rille.regexset:matches",
    [[
local rules = assert(rille.regexset({ "^GET ", "curl" }))
print(unpack(rules:matches("GET / curl"))) --> 1	2
]],
  },
  {
    "rille.regexset:len rille.regexset:close",
    [[
local rules = assert(rille.regexset({ "^GET ", "curl" }))
print(rules:len()) --> 2
rules:close()
]],
  },
  {
    "rille.diff rille.hunks:get rille.hunks:kind",
    [[
local hunks = rille.diff("one\ntwo\nthree\n", "one\n2\nthree\nfour\n")
for i = 1, hunks.count do
  print(hunks:kind(i), hunks:get(i))
end
--> change	2	1	2	1
--> add	3	0	4	1
]],
  },
  {
    "rille.diff_job",
    [[
local job = assert(rille.diff_job("one\ntwo\n", "one\n2\n", { algorithm = "minimal" }))
repeat until job:wait() ~= "running"
print(job:result():get(1)) --> 2	1	2	1
]],
    unicode = [[print(assert(rille.diff_job("größe\n", "größer\n")):wait())]],
  },
  {
    "rille.hunks:unified",
    [[
local hunks = rille.diff("one\ntwo\n", "one\n2\n")
print((hunks:unified({ names = { "a/numbers", "b/numbers" } }):gsub("\n", "$")))
--> --- a/numbers$+++ b/numbers$@@ -1,2 +1,2 @@$ one$-two$+2$
]],
    unicode = [[print(rille.diff("größe", "größer"):unified({ names = { "ä", "b" }, headings = true }))]],
  },
  {
    "rille.hunks:unified_into",
    [[
local out = rille.buffer()
print(rille.diff("a\n", ""):unified_into(out)) --> 17
]],
  },
  {
    "rille.diff.apply",
    [[
local hunks = rille.diff("a\nb\nc\n", "a\nB\nc\n")
print(rille.diff.apply("a\nb\nc\n", hunks) == "a\nB\nc\n") --> true
print(rille.diff.apply("a\nB\nc\n", hunks, 1, { reverse = true }) == "a\nb\nc\n") --> true
print(rille.diff.apply("a\nx\nc\n", hunks)) --> nil	hunk 1 does not fit: line 2 differs	2
]],
  },
  {
    "rille.diff.merge3 rille.diff.conflicts:get rille.diff.conflicts:lines",
    [[
local base = "1\n2\n3\n"
print((rille.diff.merge3(base, "one\n2\n3\n", "1\n2\nthree\n"):gsub("\n", "$"))) --> one$2$three$
local merged, conflicts = rille.diff.merge3(base, "1\ntwo\n3\n", "1\nzwei\n3\n")
local from, to = conflicts:get(1)
print(conflicts.count, from, to) --> 1	3	47
print(conflicts:lines(1, "theirs")) --> 2	1
]],
  },
  {
    "rille.diff.inline rille.diff.spans:get",
    [[
local a, b = "let count = 1;", "let total = 1;"
local spans = rille.diff.inline(a, b)
print(spans.count, spans:get(1)) --> 1	5	9	5	9
local a_from, a_to = spans:get(1)
print(a:sub(a_from, a_to)) --> count
]],
    unicode = [[print(rille.diff.inline("größe 日本", "größer 日本語", { unit = "grapheme" }):get(2))]],
  },
  {
    "rille.literals",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
print(names:find("a dog")) --> 3	5	2
]],
    unicode = [[print(assert(rille.literals({ "größe", "日本" })):find("die größe"))]],
  },
  {
    "rille.literals:test",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
print(names:test("a dog")) --> true
]],
  },
  {
    "rille.literals:find",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
local from, to, id = names:find("a dog")
print(from, to, id) --> 3	5	2
]],
  },
  {
    "rille.literals:gfind",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
for from, to, id in names:gfind("cat, dog") do
  print(from, to, id)
end
--> 1	3	1
--> 6	8	2
]],
  },
  {
    "rille.literals:spans rille.spans.identified:get",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
local spans = names:spans("cat, dog")
print(spans:count(), spans:get(2)) --> 2	6	8	2
]],
  },
  {
    "rille.spans:count rille.spans:get",
    [[
local spans = assert(rille.regex("[ab]+")):spans("abba ab")
for i = 1, spans:count() do
  print(spans:get(i))
end
--> 1	4
--> 6	7
]],
  },
  {
    "rille.literals:count",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
print(names:count("cat, dog, cat")) --> 3
]],
  },
  {
    "rille.literals:len rille.literals:close",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
print(names:len()) --> 2
names:close()
]],
  },
  {
    "rille.literals:replace",
    [[
local names = assert(rille.literals({ "cat", "dog" }))
print(names:replace("cat, dog", { "dog", "cat" })) --> dog, cat	2
]],
  },
  {
    "rille.literals:replace_into",
    [[
local names, out = assert(rille.literals({ "cat", "dog" })), rille.buffer()
print(names:replace_into(out, "cat, dog", "pet")) --> 8	2
print(out:tostring()) --> pet, pet
]],
  },
  {
    "rille.stream rille.stream:feed rille.stream:finish rille.stream:count rille.stream:hold_back rille.stream:close",
    [[
local stream = assert(rille.stream(assert(rille.literals({ "cat", "dog" })), "pet"))
print(stream:feed("a ca") .. stream:feed("t and a do") .. stream:feed("g") .. stream:finish())
--> a pet and a pet
print(stream:count(), stream:hold_back()) --> 2	2
stream:close()
]],
  },
  {
    "rille.stream:feed_into rille.stream:finish_into",
    [[
local stream, out = assert(rille.stream(assert(rille.literals({ "cat" })), "pet")), rille.buffer()
stream:feed_into(out, "a ca")
stream:feed_into(out, "t")
stream:finish_into(out)
print(out:tostring()) --> a pet
]],
  },
  {
    "rille.stream:reset",
    [[
local stream = assert(rille.stream(assert(rille.literals({ "cat" })), "pet"))
print(stream:feed("a ca") .. stream:feed("t") .. stream:finish()) --> a pet
print(stream:reset():feed("cat") .. stream:finish()) --> pet
]],
  },
  {
    "rille.scan rille.scan:feed rille.scan:matches rille.scan:first rille.scan:reset rille.scan:limited rille.scan:close",
    [[
local scan = assert(rille.scan(assert(rille.literals({ "cat", "dog" })), { max_bytes = 1000 }))
print(scan:feed("a hot d")) --> nil
print(unpack(scan:feed("og", true))) --> 2
print(scan:first(2), scan:first(1), scan:limited()) --> 9	nil	false
print(unpack(scan:matches())) --> 2
scan:reset()
print(#scan:matches()) --> 0
scan:close()
]],
  },
  {
    "rille.scan_job",
    [[
local job = rille.scan_job(assert(rille.literals({ "cat", "dog" })))
repeat until job:wait() ~= "running"
print(unpack(assert(job:result()):feed("hot dog", true))) --> 2
]],
  },
  {
    "rille.regex:match_table",
    [=[
local re = assert(rille.regex([[(?<key>\w+)=(\w+)]]))
local m = re:match_table("a=1", 1, {})
print(m[0], m[1], m[2], m.key) --> a=1	a	1	a
]=],
  },
  {
    "rille.regex_job",
    [=[
local job = assert(rille.regex_job([[\p{Greek}{1,100}]]))
repeat until job:wait() ~= "running"
print(assert(job:result()):test("α")) --> true
]=],
  },
  {
    "rille.regexset_job",
    [[
local job = assert(rille.regexset_job({ "a", "b" }))
repeat until job:wait() ~= "running"
print(assert(job:result()):len()) --> 2
]],
  },
  {
    "rille.literals_job",
    [[
local job = assert(rille.literals_job({ "cat", "dog" }))
repeat until job:wait() ~= "running"
print(assert(job:result()):len()) --> 2
]],
  },
  {
    "rille.fuzzy rille.fuzzy:push rille.fuzzy:query rille.fuzzy.result:text",
    [[
local files = rille.fuzzy({ scheme = "path" })
files:push({ "src/main.rs", "src/domain.rs", "test/main_test.rs" })
local r = files:query("main rs$ !test", { limit = 10 })
for i = 1, r.count do
  print(r:text(i))
end
--> src/main.rs
--> src/domain.rs
]],
    unicode = [[local f = rille.fuzzy({ normalize = true }) f:push({ "größe", "Danço", "ABC", "Ätna" }) local r = f:query("ä danco") print(r.count) r = f:query("danco") print(r.count, r:text(1)) r = f:query("GRÖ") print(r.count) r = f:query("ätn") print(r.count, r:text(1))]],
  },
  {
    "rille.fuzzy.match",
    [[
print((rille.fuzzy.match("smr", "src/main.rs"))) --> 74
]],
    unicode = [[print(rille.fuzzy.match("ÄT", "Ätna"), rille.fuzzy.match("ät", "Ätna"), (rille.fuzzy.match("σ", "ΑΣ")))]],
  },
  {
    "rille.fuzzy.result:text_into",
    [[
local files = rille.fuzzy()
files:push({ "src/main.rs", "README.md" })
local row, buffer = files:query("main"), rille.buffer()
print(row:text_into(buffer, 1), buffer:tostring()) --> 11	src/main.rs
]],
  },
  {
    "rille.fuzzy.filter rille.fuzzy.result:index rille.fuzzy.result:score rille.fuzzy.result:positions",
    [[
local r = rille.fuzzy.filter("gre", { "Blue", "Green", "Grey" }, { limit = 1 })
print(r:text(1), r:index(1), r.total) --> Grey	3	2
print(table.concat(r:positions(1), " "), r:score(1)) --> 1 2 3	88
]],
    unicode = [[local r = rille.fuzzy.filter("ö", { "größe", "GRÖSSE" }) print(r.count, r:text(1), r:positions(1)[1])]],
  },
  {
    "rille.fuzzy.filter_job",
    [[
local job = assert(rille.fuzzy.filter_job("gre", { "Blue", "Green", "Grey" }))
repeat until job:wait() ~= "running"
print(assert(job:result()):text(1)) --> Grey
]],
  },
  {
    "rille.fuzzy:push_job",
    [[
local files = rille.fuzzy()
local job = assert(files:push_job({ "a", "b" }))
repeat until job:wait() ~= "running"
print(files:len()) --> 2
]],
  },
  {
    "rille.fuzzy:feed rille.fuzzy:feeding",
    [[
local files = rille.fuzzy({ scheme = "path" })
local walk = assert(rille.walk("lua", { types = { "lua" } }))
files:feed(walk)
repeat until walk:wait() ~= "running"
print(files:query("nvim/init.lua$"):text(1)) --> lua/rille/nvim/init.lua
print(files:feeding()) --> false	nil
]],
  },
  {
    "rille.fuzzy:len rille.fuzzy:clear rille.fuzzy:text rille.fuzzy:stats",
    [[
local files = rille.fuzzy()
files:push("one\ntwo")
print(files:len(), files:text(2), files:stats().items) --> 2	two	2
files:clear()
print(files:len()) --> 0
]],
  },
  {
    "rille.fuzzy:boost",
    [[
local files = rille.fuzzy()
files:push({ "main.rs", "maintain.rs" })
files:boost({ 0, 100 })
print(files:query("main"):text(1)) --> maintain.rs
]],
  },
  {
    "rille.fuzzy:start rille.fuzzy:results",
    [[
local files = rille.fuzzy()
files:push({ "main.rs", "maintain.rs" })
local job = assert(files:start("mtn"))
repeat until job:wait() ~= "running"
local r = files:results()
print(r:text(1), r.done) --> maintain.rs	true
]],
  },
  {
    "rille.file",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:last(1):text(1)) --> SOFTWARE.
log:close()
]],
  },
  {
    "rille.file:size rille.file:line_count rille.file:info",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:size(), log:line_count()) --> 1077	21	true
print(log:info().lines) --> 21
]],
  },
  {
    "rille.file:lines rille.file.lines:text rille.file.lines:number rille.file.lines:offset rille.file.lines:length rille.file.lines:cut",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local batch = assert(log:lines(3, 3))
for i = 1, batch.count do
  print(batch:number(i), batch:offset(i), batch:length(i), batch:text(i))
end
--> 3	14	39	Copyright (c) 2026 The rille developers
print(batch:cut(1)) --> false	false
]],
  },
  {
    "rille.file.lines:view",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(rille.text.count(log:lines(1, 1):view(1), "word")) --> 2
]],
  },
  {
    "rille.file:line",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print((log:line(1))) --> MIT License
]],
  },
  {
    "rille.file:around",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:around(13, 1, 1).count) --> 2
]],
  },
  {
    "rille.file:last",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:last(3):text(3)) --> SOFTWARE.
]],
  },
  {
    "rille.file:line_at rille.file:offset_of",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:offset_of(3), log:line_at(14)) --> 14	3
]],
  },
  {
    "rille.file:slice rille.file:slice_into",
    [[
local log, out = assert(rille.file("LICENSE-MIT")), rille.buffer()
print(log:slice(1, 3)) --> MIT
log:slice_into(out, 5, 11)
print(out:tostring()) --> License
]],
  },
  {
    "rille.file:refresh",
    [[
local log = assert(rille.file("LICENSE-MIT"))
print(log:refresh()) --> same
]],
  },
  {
    "rille.file:index",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = assert(log:index())
repeat until job:wait() ~= "running"
print(log:line_count()) --> 21	true
]],
  },
  {
    "rille.file:follow",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = assert(log:follow())
print((job:poll())) --> running
job:close()
]],
  },
  {
    "rille.file:close rille.file:closed",
    [[
local log = assert(rille.file("LICENSE-MIT"))
log:close()
print(log:closed()) --> true
]],
  },
  {
    "rille.file:search rille.file.matches:span rille.file.matches:line rille.file.matches:line_offset rille.file.matches:kind",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = assert(log:search("OTHER", { limit = 10 }))
repeat until job:wait() ~= "running" or job:ready()
local batch = job:take()
print(batch:line(1), batch:line_offset(1), batch:kind(1), batch:span(1))
--> 18	841	match	906	910
]],
  },
  {
    "rille.file:count",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = assert(log:count("OTHER"))
repeat until job:wait() ~= "running"
print(job:take().total) --> 3
]],
  },
  {
    "rille.file:filter rille.file:origin",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local found, job = log:filter("SOFTWARE")
assert(found, job)
local index = found:index() -- ready when all matching lines are found and numbered
repeat until index:wait() ~= "running"
print(found:line_count()) --> 3	true
print(log:line_at(found:origin(1))) --> 15
]],
  },
  {
    "rille.file:navigate rille.file.navigation:next rille.file.navigation:previous rille.file.navigation:close",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local places = assert(log:navigate("OTHER"))
print(places:next(1, 1000)) --> 906	910	18
print((places:previous(1, 1000))) --> nil
places:close()
]],
  },
  {
    "rille.walk rille.paths:path rille.paths:kind rille.paths:message",
    [[
local job = assert(rille.walk("doc", { globs = { "*.in" }, relative = true }))
repeat until job:wait() ~= "running"
local batch = job:take()
print(batch:path(1), batch:kind(1), batch:message(1)) --> rille.in	file
]],
  },
  {
    "rille.grep rille.lines:kind rille.lines:path rille.lines:line rille.lines:offset rille.lines:text rille.lines:spans rille.lines:span",
    [[
local job = assert(rille.grep("\\bMIT\\b", ".", { globs = { "LICENSE-MIT" }, max_depth = 1 }))
repeat until job:wait() ~= "running"
local batch = job:take()
print(batch:kind(1), batch:path(1), batch:line(1), batch:offset(1))
--> match	LICENSE-MIT	1	1
print(batch:text(1), batch:spans(1), batch:span(1, 1)) --> MIT License	1	1	3
]],
  },
  {
    "rille.job:take",
    [[
local job = assert(rille.walk("doc", { globs = { "*.in" } }))
repeat
  local state = job:wait(100) -- an event loop waits for a notifier instead
  local batch = job:take()
  while batch do
    for i = 1, batch.count do
      print(batch:path(i))
    end
    batch = job:take()
  end
until state ~= "running"
--> doc/rille.in
]],
  },
  {
    "rille.job:result",
    [[
local job = assert(rille.text.count_job("one, two", "word"))
repeat until job:wait() ~= "running"
print(job:result()) --> 2
]],
  },
  {
    "rille.job:poll rille.job:ready rille.job:wait rille.job:cancel rille.job:close rille.job:closed",
    [[
local job = assert(rille.text.count_job("one, two", "word"))
local state, done, message, total = job:poll()
repeat until job:wait(100) ~= "running"
print((job:poll())) --> done
job:cancel() -- has no effect on a job that is done
job:close()
print(job:closed()) --> true
]],
  },
  {
    "rille.notifier rille.notifier:fd rille.notifier:watch rille.notifier:drain rille.notifier:close",
    [[
local notifier = assert(rille.notifier())
local job = assert(rille.walk("doc"))
notifier:watch(job)
-- Wait until notifier:fd() is readable, then:
print(notifier:fd() >= 0) --> true
notifier:drain()
job:close()
notifier:close()
]],
  },
  {
    "rille.bytes rille.view:tostring",
    [[
local page = require("ffi").new("uint8_t[4]", { 97, 98, 99, 100 })
local view = rille.bytes(page, 3)
print(rille.text.reverse(view), view:tostring()) --> cba	abc
]],
  },
  {
    "rille.buffer rille.buffer:put rille.buffer:tostring rille.buffer:len rille.buffer:reset rille.buffer:close",
    [[
local out = rille.buffer(4096)
out:put("some text")
print(out:tostring(), out:len()) --> some text	9
out:reset()
print(out:len()) --> 0
out:close()
]],
  },
  {
    "rille.buffer:ptr rille.buffer:reserve rille.buffer:commit",
    [[
local ffi, out = require("ffi"), rille.buffer()
local ptr = out:reserve(3)
ffi.copy(ptr, "abc", 3)
out:commit(3)
print(ffi.string(out:ptr(), out:len())) --> abc
]],
  },
  {
    "rille.file_job",
    [[
local job = assert(rille.file_job("LICENSE-MIT"))
repeat until job:wait() ~= "running"
local log = assert(job:result())
print(log:size()) --> 1077
]],
  },
  {
    "rille.file:lines_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:lines_job(3, 3)
repeat until job:wait() ~= "running"
print(assert(job:result()):text(1))
--> Copyright (c) 2026 The rille developers
]],
  },
  {
    "rille.file:line_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:line_job(1)
repeat until job:wait() ~= "running"
print((job:result())) --> MIT License
]],
  },
  {
    "rille.file:around_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:around_job(13, 1, 1)
repeat until job:wait() ~= "running"
print(assert(job:result()).count) --> 2
]],
  },
  {
    "rille.file:last_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:last_job(1)
repeat until job:wait() ~= "running"
print(assert(job:result()):text(1)) --> SOFTWARE.
]],
  },
  {
    "rille.file:slice_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:slice_job(1, 3)
repeat until job:wait() ~= "running"
print((job:result())) --> MIT
]],
  },
  {
    "rille.file:line_at_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:line_at_job(14)
repeat until job:wait() ~= "running"
print((job:result())) --> 3
]],
  },
  {
    "rille.file:offset_of_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:offset_of_job(3)
repeat until job:wait() ~= "running"
print((job:result())) --> 14
]],
  },
  {
    "rille.file:size_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:size_job()
repeat until job:wait() ~= "running"
print((job:result())) --> 1077
]],
  },
  {
    "rille.file:line_count_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:line_count_job()
repeat until job:wait() ~= "running"
print((job:result())) --> 21
]],
  },
  {
    "rille.file:info_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:info_job()
repeat until job:wait() ~= "running"
print(assert(job:result()).size) --> 1077
]],
  },
  {
    "rille.file:refresh_job",
    [[
local log = assert(rille.file("LICENSE-MIT"))
local job = log:refresh_job()
repeat until job:wait() ~= "running"
print((job:result())) --> same
]],
  },
  {
    "rille.nvim.pick",
    [[
local picker = require("rille.nvim").pick({
  title = "Branches",
  items = vim.fn.systemlist({ "git", "branch", "--format=%(refname:short)" }),
  preview = function(branch, show)
    vim.system({ "git", "log", "--oneline", "-20", branch }, { text = true }, function(log)
      vim.schedule(function()
        show({ lines = log.stdout, filetype = "git" })
      end)
    end)
  end,
  on_choice = function(branch, how, query)
    if branch then
      vim.fn.system({ "git", "switch", branch })
    elseif query then
      vim.fn.system({ "git", "switch", "--create", query })
    end
  end,
})
print(picker:title()) --> Branches
]],
    host = "nvim",
  },
  {
    "rille.nvim.register",
    [[
require("rille.nvim").register({
  name = "scripts",
  items = function()
    return vim.api.nvim_get_runtime_file("plugin/*.lua", true)
  end,
  format = function(path)
    return { vim.fs.basename(path), { " " .. path, "Comment" } }
  end,
})
print(vim.fn.getcompletion("Rille scr", "cmdline")[1]) --> scripts
]],
    host = "nvim",
  },
  {
    "rille.nvim.pick.handle:query",
    [[
local picker = require("rille.nvim").pick({ items = { "one", "two" } })
picker:query("tw")
print(picker:query()) --> tw
]],
    host = "nvim",
  },
  {
    "rille.nvim.pick.handle:items rille.nvim.pick.handle:current rille.nvim.pick.handle:marked",
    [[
local picker = require("rille.nvim").pick({
  items = { "one", "two", "three" },
  keys = {
    ["<C-y>"] = {
      function(handle)
        -- Those that are marked, otherwise all that match.
        local chosen = #handle:marked() > 0 and handle:marked() or handle:items()
        vim.fn.setreg('"', chosen)
        vim.print(handle:current())
      end,
      desc = "copy",
    },
  },
})
print(#picker:marked()) --> 0
]],
    host = "nvim",
  },
  {
    "rille.nvim.pick.handle:refresh",
    [[
local files = { "a.txt", "b.txt" }
local picker = require("rille.nvim").pick({
  items = files,
  keys = {
    ["<C-d>"] = {
      function(handle, file)
        table.remove(files, vim.fn.index(files, file) + 1)
        handle:refresh()
      end,
      desc = "remove",
    },
  },
})
picker:refresh()
]],
    host = "nvim",
  },
  {
    "rille.nvim.pick.handle:title",
    [[
local picker = require("rille.nvim").pick({ items = {}, title = "Builds" })
print(picker:title("Builds (3 running)")) --> Builds (3 running)
]],
    host = "nvim",
  },
  {
    "rille.nvim.pick.handle:close rille.nvim.pick.handle:closed",
    [[
local picker = require("rille.nvim").pick({ items = { "one" } })
picker:close(function()
  vim.cmd.vsplit()
end)
print(picker:closed()) --> true
]],
    host = "nvim",
  },
  {
    "rille.nvim.open",
    [[
vim.keymap.set("n", "grr", function()
  require("rille.nvim").open("references")
end)
require("rille.nvim").open("files", { query = "init.lua$" })
print(vim.bo.filetype) --> rille
]],
    host = "nvim",
  },
  {
    "rille.nvim.lsp",
    [[
local undo = require("rille.nvim").lsp()
-- Opens a picker.
vim.keymap.set("n", "gd", vim.lsp.buf.definition)
undo()
]],
    host = "nvim",
  },
  {
    "rille.diff.session",
    [[
local d = rille.diff.session("one\ntwo\nthree\n")
d:edit(2, 2, { "2" })
d:edit(4, 3, { "four" })
for i = 1, 2 do
  print(d:hunks():kind(i), d:hunks():get(i))
end
--> change	2	1	2	1
--> add	3	0	4	1
]],
    unicode = [[local d = rille.diff.session("ä\n") d:edit(1, 1, { "ö" }) print(d:hunks():get(1))]],
  },
  {
    "rille.diff.session:edit",
    [[
local d = rille.diff.session("a\nb\n")
d:edit(1, 1, {}) -- deletes line 1
d:edit(1, 0, { "x", "y" }) -- inserts two lines before line 1
print(d:hunks():get(1)) --> 1	1	1	2
]],
    unicode = [[local d = rille.diff.session("ä\n") d:edit(1, 0, { "ö" }) print(d:hunks():get(1))]],
  },
  {
    "rille.diff.session:hunks",
    [[
local d = rille.diff.session("a\nb\nc\nd\n")
d:edit(1, 1, { "A" })
d:edit(4, 4, { "D" })
print(d:hunks(2, 4).count, d:hunks(2, 4):get(1)) --> 1	4	1	4	1
]],
    unicode = [[local d = rille.diff.session("ä\n") d:edit(1, 1, { "ö" }) print(d:hunks(1, 1).count)]],
  },
  {
    "rille.diff.session:text",
    [[
local d = rille.diff.session("a\nb\n")
d:text("a\nb\nc\n")
print(d:hunks():get(1)) --> 2	0	3	1
]],
    unicode = [[local d = rille.diff.session("ä\n") d:text("ö\n") print(d:hunks():get(1))]],
  },
  {
    "rille.diff.session:base",
    [[
local d = rille.diff.session("a\n")
d:edit(2, 1, { "b" })
d:base("a\nb\n") -- as after the change was staged
print(d:hunks().count) --> 0
]],
    unicode = [[local d = rille.diff.session("ä\n") d:base("ö\n") print(d:hunks().count)]],
  },
  {
    "rille.diff.session:state",
    [[
local d = rille.diff.session("a\nb\n")
d:edit(1, 1, { "A" })
print(d:state()) --> 2	1	true
]],
    unicode = [[local d = rille.diff.session("ä\n") d:edit(1, 1, { "ö" }) print(d:state())]],
  },
  {
    "rille.diff.session:start",
    [[
local d = rille.diff.session("a\nb\n")
d:edit(1, 1, { "A" })
local job = d:start()
job:wait()
print(job:result()) --> true
]],
    unicode = [[local d = rille.diff.session("ä\n") d:edit(1, 1, { "ö" }) local job = d:start() job:wait() print(job:result())]],
  },
}
