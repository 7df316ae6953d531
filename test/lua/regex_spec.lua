--- `rille.regex`.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" then
  return t.test("regex reports that it needs the native library", function()
    local re, message = rille.regex("a+")
    t.eq(re, nil)
    t.ok(message:find("needs the native library", 1, true), message)
    t.raises("rille.regex: pattern must be a string, got nil", rille.regex)
    for _, name in ipairs({ "escape", "from_lua", "explain_pcre" }) do
      re, message = rille.regex[name]("a.b")
      t.eq(re, nil)
      t.ok(message:find("rille.regex." .. name .. " needs the native library", 1, true), message)
    end
  end)
end

local function regex(pattern, flags)
  return assert(rille.regex(pattern, flags))
end

--- Returns the results of an iterator, as a list of lists.
local function all(iterator)
  local list = {}
  for a, b, c in iterator do
    list[#list + 1] = { a, b, c }
  end
  return list
end

t.test("find returns positions as string.find does", function()
  t.eq({ regex("b+"):find("abbc") }, { 2, 3 })
  t.eq({ regex("x*"):find("abc") }, { 1, 0 })
  t.eq({ regex("x"):find("abc") }, {})
  t.eq({ regex("\\p{Greek}+"):find("abc λόγος!") }, { 5, 14 })
  t.eq({ regex("b"):find("a\0b") }, { 3, 3 })
end)

t.test("a search starts at init and sees the text before it", function()
  t.eq({ regex("a"):find("aXa", 2) }, { 3, 3 })
  t.eq({ regex("^a"):find("aa", 2) }, {})
  t.eq({ regex("\\ba"):find("aa a", 2) }, { 4, 4 })
  t.eq(regex("a"):test("ab", 2), false)
  t.eq({ regex(""):find("ab", 3) }, { 3, 2 })
  t.eq({ regex(""):find("ab", 4) }, {})
  t.eq({ regex(""):find("ab", 1e15) }, {})
  t.eq(regex("b"):match("ab", 3), nil)
  t.eq(regex("a"):count("aaa", 2), 2)
  t.eq(all(regex("a"):gfind("aaa", 3)), { { 3, 3 } })
  t.eq(regex("a"):spans("aaa", 2):count(), 2)
  for _, init in ipairs({ 0, 1.5, -1.5, 0 / 0 }) do
    t.raises("rille.regex:find: init must be a position from 1 on", regex("a").find, regex("a"), "a", init)
  end
  t.raises("init must be a position", regex("a").test, regex("a"), "a", "1")
end)

t.test("flags, as a string and as options", function()
  t.ok(regex("é", "i"):test("É"))
  t.eq(regex("^b$", "m"):count("b\nb"), 2)
  t.ok(regex("a.b", "s"):test("a\nb"))
  t.ok(not regex("a.b"):test("a\nb"))
  t.ok(regex("a b # c", "x"):test("ab"))
  t.eq({ regex(".", "b"):find("é") }, { 1, 1 })
  t.eq({ regex("."):find("é") }, { 1, 2 })
  t.ok(regex("B", { flags = "i" }):test("b"))
  t.eq({ regex("b", { anchored = true }):find("ab") }, {})
  t.eq({ regex("b", { anchored = true }):find("ab", 2) }, { 2, 2 })
  t.eq(regex("a", { anchored = true }):count("aab"), 2)
  t.refuses("rille.regex: unknown flag 'q' (known: i, m, s, x, b)", rille.regex, "a", "iq")
  t.refuses(
    "rille.regex: unknown option 'nonsense' (known: anchored, flags, memory_limit)",
    rille.regex,
    "a",
    { nonsense = 1 }
  )
  t.raises("flags must be a string or a table", rille.regex, "a", 1)
end)

t.test("a wrong pattern returns nil, a message and the position of the mistake", function()
  t.eq({ rille.regex("ab(cd") }, { nil, "unclosed group", 3 })
  t.eq({ rille.regex("a**\\q") }, { nil, "unrecognized escape sequence", 4 })
  local re, message, position = rille.regex("é\255")
  t.eq(re, nil)
  t.ok(message:find("not valid UTF-8", 1, true), message)
  t.eq(position, 3)
  re, message, position = rille.regex("x(?=y)")
  t.eq({ re, position }, { nil, 2 })
  t.ok(message:find("look-around", 1, true), message)
  t.raises("rille.regex: pattern must be a string, got number", rille.regex, 12)
end)

t.test("a pattern that is too big returns nil and names the limit", function()
  local re, message = rille.regex("\\w{1000}{100}")
  t.eq(re, nil)
  t.ok(message:find("takes more than 10485760 bytes", 1, true), message)
  re, message = rille.regex("\\w{10}", { memory_limit = 1000 })
  t.eq(re, nil)
  t.ok(message:find("takes more than 1000 bytes", 1, true), message)
  t.ok(rille.regex("\\w{10}", { memory_limit = 1000000 }))
end)

t.test("match returns strings as string.match does", function()
  t.eq({ regex("l+"):match("hello") }, { "ll" })
  t.eq({ regex("(h)(e)(l)(l)(o)"):match("hello") }, { "h", "e", "l", "l", "o" })
  t.eq({ regex("(a)|(b)"):match("b") }, { false, "b" })
  t.eq({ regex("(a)(b)?(c)"):match("ac") }, { "a", false, "c" })
  t.eq({ regex("x"):match("hello") }, {})
  t.eq({ regex("()"):match("hello") }, { "" })
end)

t.test("captures returns positions by number and by name", function()
  local c = regex("(?<key>\\w+)=(?<value>\\w+)?(;)?"):captures(" ab=cd")
  t.eq(c, { [0] = { 2, 6 }, { 2, 3 }, { 5, 6 }, false, key = { 2, 3 }, value = { 5, 6 } })
  t.eq(regex("x"):captures("ab"), nil)
  t.eq(regex("(x)"):captures("axx", 3)[1], { 3, 3 })
end)

t.test("captures fills what it has returned before", function()
  local re = regex("(?<key>\\w+)=(?<value>\\w+)?(;)?")
  local res = re:captures("ab=cd;")
  local key = res.key
  for _, s in ipairs({ " x=", "ab=cd", "  abc=defg;;" }) do
    t.ok(rawequal(re:captures(s, 1, res), res))
    t.eq(res, re:captures(s))
    t.ok(rawequal(res.key, key) and rawequal(res[1], key))
  end
  t.eq(re:captures("none", 1, res), nil)
  t.eq(res, re:captures("  abc=defg;;"))
  t.eq(re:captures("ab=c", 1, re:match_table("x=y;")).value, { 4, 4 })
  t.eq(regex("((((a))))(?<last>b)"):captures("ab", 1, {}).last, { 2, 2 })
  t.eq(regex("a"):captures("ba", 1, {}), { [0] = { 2, 2 } })
  t.raises("rille.regex:captures: res must be a table, got number", re.captures, re, "a", 1, 5)
end)

t.test("gmatch returns strings, also where a group is missing", function()
  t.eq(all(regex("\\w+"):gmatch("one two")), { { "one" }, { "two" } })
  t.eq(all(regex("(\\w)=(\\d)?"):gmatch("a=1 b= c=3")), { { "a", "1" }, { "b", false }, { "c", "3" } })
  t.eq(all(regex("(a)|b"):gmatch("ba")), { { false }, { "a" } })
  t.eq(all(regex("a"):gmatch("aaa", 3)), { { "a" } })
end)

t.test("an iterator may be called by hand, and stays at its end", function()
  local next_match = regex("a"):gfind("aba")
  t.eq({ next_match() }, { 1, 1 })
  t.eq({ next_match() }, { 3, 3 })
  t.eq({ next_match() }, {})
  t.eq({ next_match() }, {})
  local next_string = regex("a"):gmatch("aba")
  t.eq({ next_string(), next_string(), next_string(), next_string() }, { "a", "a" })
end)

t.test("empty matches advance by a character", function()
  t.eq(all(regex(""):gfind("aé")), { { 1, 0 }, { 2, 1 }, { 4, 3 } })
  t.eq(all(regex("", "b"):gfind("é")), { { 1, 0 }, { 2, 1 }, { 3, 2 } })
  t.eq(all(regex("a*"):gfind("baac")), { { 1, 0 }, { 2, 3 }, { 5, 4 } })
  t.eq(regex(""):count("\240\159\152\128\226\130x"), 4)
  t.eq(regex(""):count(""), 1)
  t.eq(regex("$", "m"):count("a\nb\n"), 3)
  t.eq((regex(""):replace("日本", "-")), "-日-本-")
  t.eq(regex(""):split("ab"), { "", "a", "b", "" })
end)

t.test("a start beyond 4 GiB is after the end of every text", function()
  for _, init in ipairs({ 5, 2 ^ 32 - 1, 2 ^ 32, 2 ^ 32 + 1, 2 ^ 52 }) do
    t.eq({ regex("a*"):find("aaa", init) }, {})
    t.eq(regex("a*"):test("aaa", init), false)
    t.eq(all(regex("a*"):gfind("aaa", init)), {})
  end
end)

t.test("many matches come in batches, with nothing lost at their borders", function()
  for _, n in ipairs({ 1, 15, 16, 17, 383, 384, 385, 399, 400, 401, 1535, 1536, 1537, 5000 }) do
    local s = ("ab"):rep(n)
    local count, last = 0, 0
    for from, to in regex("a|$"):gfind(s) do
      count = count + 1
      t.ok(from > last and to == (from > #s and #s or from), from)
      last = from
    end
    t.eq(count, n + 1)
    local spans = regex("a|$"):spans(s)
    t.eq(spans:count(), n + 1)
    for i = 1, n do
      local from, to = spans:get(i)
      t.ok(from == 2 * i - 1 and to == from, i)
    end
    t.eq({ spans:get(n + 1) }, { 2 * n + 1, 2 * n })
    t.eq({ spans:get(n + 2) }, {})
    t.eq({ spans:get(0) }, {})
    t.eq(regex("(a)|$"):count(s), n + 1)
    t.eq(#all(regex("(a)|$"):gmatch(s)), n + 1)
  end
end)

t.test("replace by a template", function()
  t.eq({ regex("(\\w+) (\\w+)"):replace("hello world", "$2 $1") }, { "world hello", 1 })
  t.eq({ regex("(?<n>\\d)"):replace("a1b2", "<${n}$$$0${1}>") }, { "a<1$11>b<2$22>", 2 })
  t.eq({ regex("(a)|(b)"):replace("ab", "[$1]") }, { "[a][]", 2 })
  t.eq({ regex("a"):replace("aaa", "b", 2) }, { "bba", 2 })
  t.eq({ regex("a"):replace("aaa", "b", 0) }, { "aaa", 0 })
  t.eq({ regex("x"):replace("aaa", "b") }, { "aaa", 0 })
  t.eq({ regex("a"):replace("", "b") }, { "", 0 })
  t.eq({ regex("a"):replace("a", "") }, { "", 1 })
end)

t.test("a wrong template returns nil, a message and the position in it", function()
  t.eq({ regex("(a)"):replace("a", "x$2") }, { nil, "the pattern has no group 2", 2 })
  t.eq({ regex("(a)"):replace("a", "${no}") }, { nil, "the pattern has no group no", 1 })
  for _, template in ipairs({ "$", "a$b", "${1", "${}" }) do
    local result, message = regex("(a)"):replace("a", template)
    t.eq(result, nil)
    t.ok(message:find("written $$", 1, true), message)
  end
end)

t.test("replace by a function", function()
  local re = regex("(\\w)=(\\d)?")
  t.eq({
    re:replace("a=1 b= c=3", function(key, value)
      return value and value .. key
    end),
  }, { "1a b= 3c", 3 })
  t.eq({ regex("\\d+"):replace("7 8 9", tonumber, 2) }, { "7 8 9", 2 })
  t.eq({
    regex("b"):replace("abc", function(b)
      return b:upper()
    end),
  }, { "aBc", 1 })
  t.raises("must return a string or nil, got table", re.replace, re, "a=1", function()
    return {}
  end)
  t.raises("replacement must be a template or a function, got nil", re.replace, re, "a=1")
  local message = t.raises("oops", re.replace, re, "a=1", function()
    error("oops")
  end)
  t.ok(message:find("oops", 1, true))
end)

t.test("searches may be nested", function()
  local seen = {}
  for from, to in regex("\\w+"):gfind(("ab "):rep(50)) do
    for inner in regex("\\w"):gfind("xyz") do
      seen[#seen + 1] = inner
    end
    t.eq(regex("(y)(z)"):captures("xyz")[2], { 3, 3 })
    t.eq(to - from, 1)
  end
  t.eq(#seen, 150)
  local out = regex("(\\w+)"):replace("ab cd ef", function(word)
    t.eq(regex("(c)(d)?"):match("xcd"), "c")
    t.eq(all(regex("(.)"):gmatch("pq")), { { "p" }, { "q" } })
    return (regex("."):replace(word, "$0$0", 1))
      .. (regex("(.)$"):replace(word, function(c)
        return c .. "!"
      end))
  end)
  t.eq(out, "aabab! ccdcd! eefef!")
end)

t.test("a coroutine may be in the middle of an iteration", function()
  local function walker(s)
    return coroutine.wrap(function()
      for word in regex("(\\w+)"):gmatch(s) do
        coroutine.yield(word)
      end
    end)
  end
  local a, b = walker("a b c"), walker("1 2 3")
  t.eq({ a(), b(), a(), b(), a(), b() }, { "a", "1", "b", "2", "c", "3" })
end)

t.test("split keeps empty fields", function()
  t.eq(regex(","):split("a,,b,"), { "a", "", "b", "" })
  t.eq(regex(","):split(""), { "" })
  t.eq(regex("\\s*,\\s*"):split("a , b,c", 2), { "a", "b,c" })
  t.eq(regex(","):split("a,b", 1), { "a,b" })
  t.eq(regex(","):split("a,b", 0), {})
end)

t.test("every kind of text is read in place", function()
  local re = regex("(b+)")
  local view = rille.bytes(ffi.new("char[5]", "abbbc"), 5)
  local buffer = rille.buffer():put("abbbc")
  local texts = { "abbbc", view, buffer }
  local found, string_buffer = pcall(require, "string.buffer")
  texts[4] = found and string_buffer.new():put("abbbc") or nil
  for _, s in ipairs(texts) do
    t.eq({ re:find(s) }, { 2, 4 })
    t.eq(re:test(s), true)
    t.eq(re:match(s), "bbb")
    t.eq(all(re:gfind(s)), { { 2, 4 } })
    t.eq(all(re:gmatch(s)), { { "bbb" } })
    t.eq(re:captures(s)[1], { 2, 4 })
    t.eq({ re:spans(s):get(1) }, { 2, 4 })
    t.eq(re:split(s), { "a", "c" })
    t.eq({ re:replace(s, "[$1]") }, { "a[bbb]c", 1 })
    t.eq({ re:replace(s, "x", 0) }, { "abbbc", 0 })
    t.eq({ re:replace(s, string.upper) }, { "aBBBc", 1 })
  end
  for _, name in ipairs({ "find", "test", "match", "gfind", "gmatch", "captures", "spans", "split", "count" }) do
    local message = t.raises("rille.regex:" .. name .. ": s must be a string", function()
      re[name](re, 12) -- luacheck: ignore
      return nil
    end)
    t.ok(message:find("regex_spec%.lua:%d+:"), message)
  end
end)

t.test("replace_into appends to both kinds of buffer", function()
  local buffers = { rille.buffer():put("> ") }
  local found, string_buffer = pcall(require, "string.buffer")
  buffers[2] = found and string_buffer.new():put("> ") or nil
  for _, buffer in ipairs(buffers) do
    t.eq({ regex("b"):replace_into(buffer, "abc", "[$0]") }, { 5, 1 })
    t.eq({ regex("b"):replace_into(buffer, "xyz", "") }, { 3, 0 })
    t.eq({ regex("b"):replace_into(buffer, "abc", string.upper) }, { 3, 1 })
    t.eq({ regex("b"):replace_into(buffer, "b", "c", 0) }, { 1, 0 })
    t.eq(regex("b"):replace_into(buffer, "b", "$1"), nil)
    t.eq(buffer:tostring(), "> a[b]cxyzaBcb")
  end
  t.raises("must not be the same buffer", regex("b").replace_into, regex("b"), buffers[1], buffers[1], "")
end)

t.test("objects of the same pattern share native memory, and each is closed independently", function()
  local a, b = regex("shared(1)"), regex("shared(1)")
  t.ok(rawequal(a.handle, b.handle))
  a:close()
  a:close()
  t.raises("rille: closed", a.find, a, "x")
  t.eq({ b:find("xshared1") }, { 2, 8 })
  local iterator = b:gfind(("shared1 "):rep(100))
  t.eq({ iterator() }, { 1, 7 })
  b:close()
  local ok, message
  for _ = 1, 100 do
    ok, message = pcall(iterator)
  end
  t.eq(ok, false)
  t.ok(message:find("rille: closed", 1, true), message)
  for _, name in ipairs({
    "test",
    "match",
    "gfind",
    "gmatch",
    "captures",
    "spans",
    "split",
    "count",
    "replace",
  }) do
    t.raises("rille: closed", b[name], b, "x", "y")
  end
  t.eq({ regex("shared(1)"):find("xshared1") }, { 2, 8 })
end)

t.test("the cache is bounded", function()
  if t.shared then
    t.skip("other Lua states use rille in this process")
  end
  collectgarbage()
  collectgarbage()
  local before = rille.stats().handles.regex
  for i = 1, 1000 do
    t.ok(regex("pattern" .. i):test("a pattern" .. i))
  end
  collectgarbage()
  collectgarbage()
  local kept = rille.stats().handles.regex - before
  t.ok(kept <= 128, kept .. " are kept")
  t.ok(rille.stats().bytes.regex > 0)
end)

t.test("linear time for patterns that make backtracking engines hang", function()
  local s = ("a"):rep(100000)
  t.eq(regex("(a+)+$"):test(s .. "b"), false)
  t.eq(regex("(x+x+)+y"):test(("x"):rep(100000)), false)
  t.eq(regex("(a|aa)*c"):test(s), false)
end)

t.test("escape returns a pattern for exactly that text", function()
  t.eq(rille.regex.escape("a.b*c"), "a\\.b\\*c")
  for _, s in ipairs({ "", "1+1=2?", "a b\t#", "é\255\128", "[x]{2}", "\0", "\\" }) do
    for _, flags in ipairs({ "", "x", "b", "xb" }) do
      t.eq(
        { regex(rille.regex.escape(s), flags):find("<" .. s .. ">") },
        { s == "" and 1 or 2, s == "" and 0 or #s + 1 }
      )
    end
  end
end)

t.test("from_lua translates patterns that have an equivalent, and says why others have none", function()
  t.eq(regex(rille.regex.from_lua("^%s*(%d+)%-(.-)%s*$")):captures(" 12-ab "), {
    [0] = { 1, 7 },
    { 2, 3 },
    { 5, 6 },
  })
  for pattern, position in pairs({
    ["a%b()"] = 2,
    ["%f[%w]"] = 1,
    ["(a)%1"] = 4,
    ["a%"] = 2,
    ["[a"] = 1,
    ["(a"] = 1,
  }) do
    local result, message, at = rille.regex.from_lua(pattern)
    t.eq({ result, at }, { nil, position }, pattern)
    t.eq(type(message), "string")
  end
  t.raises("pattern must be a string, got nil", rille.regex.from_lua)
end)

t.test("a translated pattern finds what string.find does", function()
  local seed = 11
  local function random(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
  end
  local items =
    { "a", "b", ".", "%a", "%d", "%s", "%S", "[ab]", "[^a]", "[%d-]", "%.", "x", "[a-c]", "%p", "%W", "]" }
  local times = { "", "", "", "*", "+", "-", "?" }
  for _ = 1, 2000 do
    local parts = {}
    for i = 1, random(4) do
      parts[i] = items[random(#items)] .. times[random(#times)]
      if random(5) == 1 then
        parts[i] = "(" .. parts[i] .. ")"
      end
    end
    local pattern = (random(6) == 1 and "^" or "") .. table.concat(parts) .. (random(6) == 1 and "$" or "")
    local letters = {}
    for i = 1, random(8) do
      letters[i] = ({ "a", "b", "1", " ", ".", "é", "]" })[random(7)]
    end
    local s = table.concat(letters)
    local re = regex((assert(rille.regex.from_lua(pattern), pattern)))
    local from, to, a, b = s:find(pattern)
    t.eq({ re:find(s) }, { from, to }, pattern .. " in " .. s)
    if a then
      t.eq({ re:match(s) }, { s:match(pattern) }, pattern .. " in " .. s)
    end
    t.ok(b == nil or a)
  end
end)

t.test("explain_pcre lists unsupported features", function()
  t.eq(rille.regex.explain_pcre("a(?=b)\\1c++"), {
    { feature = "look-ahead", position = 2 },
    { feature = "back-reference", position = 7 },
    { feature = "possessive", position = 11 },
  })
  t.eq(rille.regex.explain_pcre("(?<name>a+?)[(?=]"), {})
  t.eq(rille.regex.explain_pcre(""), {})
  t.eq(#rille.regex.explain_pcre(("(?R)"):rep(1000)), 1000)
  t.raises("pattern must be a string, got nil", rille.regex.explain_pcre)
end)

t.test("gmatch and match with three groups, and an empty match at the border of a batch", function()
  local re = rille.regex("(a)(b)(c)?")
  t.eq({ re:match("xab") }, { "a", "b", false })
  local found = {}
  for a, b, c in re:gmatch("abcab") do
    found[#found + 1] = ("%s%s%s"):format(a, b, tostring(c))
  end
  t.eq(found, { "abc", "abfalse" })
  for _, pattern in ipairs({ "(a?)", "(a)?", "()(a?)()()" }) do
    local empty, n = rille.regex(pattern), 0
    local s = ("a"):rep(3000)
    for _ in empty:gmatch(s) do
      n = n + 1
    end
    t.eq(n, empty:count(s), pattern)
  end
end)

t.test("an iteration whose pattern is closed meanwhile is an error, not a crash", function()
  local re = rille.regex("(a pattern that is closed)|a")
  local step = re:gmatch(("a"):rep(5000))
  step()
  re:close()
  t.raises("rille: closed", function()
    for _ = 1, 5000 do
      step()
    end
  end)
end)

t.test("the number of replacements is a whole number of any size", function()
  local re = rille.regex("a")
  t.eq({ re:replace("aaa", "b", 2 ^ 32 + 1) }, { "bbb", 3 })
  t.eq({ rille.literals({ "a" }):replace("aaa", "b", 2 ^ 32 + 1) }, { "bbb", 3 })
  for _, n in ipairs({ 1.5, -1, "1" }) do
    t.raises("n must be a whole number", re.replace, re, "aaa", "b", n)
  end
end)

t.test("match_table fills a table as ngx.re.match does", function()
  local re = assert(rille.regex([[(?<key>\w+)=(?<value>\w+)?(;)?]]))
  local res = {}
  t.eq(re:match_table("a=1; b=", nil, res), res)
  t.eq(res, { [0] = "a=1;", "a", "1", ";", key = "a", value = "1" })
  t.eq(re:match_table("a=1; b=", 5, res), { [0] = "b=", "b", false, false, key = "b", value = false })
  t.eq(re:match_table("nothing", 1, res), nil)
  t.eq(res[0], "b=")
  t.eq(re:match_table("x=y"), { [0] = "x=y", "x", "y", false, key = "x", value = "y" })
  t.eq(
    assert(rille.regex("b.")):match_table(rille.bytes(require("ffi").cast("const char *", "abc"), 3)),
    { [0] = "bc" }
  )
  local shorter = assert(rille.regex("(y)"))
  t.eq(shorter:match_table("xy", nil, { "1", "2", "3" }), { [0] = "y", "y" })
  t.raises("rille.regex:match_table: res must be a table, got string", re.match_table, re, "a=1", 1, "x")
  t.raises("rille.regex:match_table: init must be a position from 1 on, got 0", re.match_table, re, "a=1", 0)
  re:close()
  t.raises("rille: closed", re.match_table, re, "a=1")
end)

t.test("replace looks matches up in a table, as string.gsub does", function()
  local re = assert(rille.regex([[\$(\w+)]]))
  t.eq({ re:replace("$a $b $c $d", { a = "1", b = 2, c = false }) }, { "1 2 $c $d", 4 })
  t.eq({ re:replace("$a $a $a", { a = "x" }, 2) }, { "x x $a", 2 })
  local whole = assert(rille.regex("a|b"))
  t.eq({ whole:replace("abc", { a = "b", b = "a" }) }, { "bac", 2 })
  local out = rille.buffer()
  t.eq({ whole:replace_into(out, "abc", { a = "bb" }) }, { 4, 2 })
  t.eq(out:tostring(), "bbbc")
  t.raises(
    "a value of the table must be a string, a number or false, got boolean",
    whole.replace,
    whole,
    "a",
    { a = true }
  )
  t.raises(
    "replacement must be a template or a function, got number; or a table",
    whole.replace,
    whole,
    "a",
    1
  )
end)

t.test("a replacement function gets named groups in a table", function()
  local re = assert(rille.regex([[(?<year>\d{4})-(?<month>\d\d)(-)?]]))
  local result = re:replace("2026-11 and 2025-01-", function(year, month, dash, match)
    t.eq({ match.year, match.month, match[0]:sub(1, 7) }, { year, month, year .. "-" .. month })
    t.eq(match[3], dash)
    return match.month .. "/" .. match.year
  end)
  t.eq(result, "11/2026 and 01/2025")
  -- Without names the arguments are those of string.gsub alone.
  t.eq(
    assert(rille.regex("(a)")):replace("a", function(...)
      return tostring(select("#", ...))
    end),
    "1"
  )
end)
