--- `rille.stream`: with literals the same on both backends, with patterns only on the native one.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

local function native()
  if rille.backend ~= "native" then
    t.skip("patterns need the native library")
  end
end

--- Feeds a text in chunks of `n` bytes, and returns the whole output.
local function feed(stream, s, n)
  local out = {}
  for at = 1, #s, n do
    out[#out + 1] = assert(stream:feed(s:sub(at, at + n - 1)))
  end
  out[#out + 1] = assert(stream:finish())
  return table.concat(out)
end

t.test("literals across every border", function()
  local s = "one two three two one, twelve"
  local lits = rille.literals({ "one", "two", "twelve", "ne" })
  local list = { "1", "2", "12", "-" }
  local expected = lits:replace(s, list)
  t.eq(expected, "1 2 three 2 1, 12")
  for n = 1, #s do
    local stream = rille.stream(lits, list)
    t.eq(stream:hold_back(), 5)
    t.eq(feed(stream, s, n), expected)
    t.eq(stream:count(), 5)
  end
  t.eq(feed(rille.stream(lits, "x", { limit = 2 }), s, 4), "x x three two one, twelve")
  t.eq(feed(rille.stream(rille.literals({}), {}), s, 4), s)
end)

t.test("patterns across every border", function()
  native()
  local s = "ab cabab\nbob@home.example é ab"
  for pattern, template in pairs({
    ["\\bab\\b"] = "<$0>",
    ["(?m)^b|b$"] = "[]",
    ["(\\w{1,10})@(?<host>\\w{1,10})"] = "${host}:$1",
    ["\\b"] = "|",
    ["(?:ab){1,2}"] = "x",
    ["$"] = "!",
    ["^a"] = "A",
    [""] = "-",
  }) do
    local re = rille.regex(pattern)
    local expected = re:replace(s, template)
    for n = 1, #s do
      t.eq(feed(rille.stream(re, template), s, n), expected, pattern)
    end
  end
end)

t.test("a pattern with matches of any length needs max_match_length", function()
  native()
  local re = rille.regex("\\w+")
  t.raises(
    "rille.stream: a match of this pattern may have any length; set max_match_length",
    rille.stream,
    re,
    "x"
  )
  local stream = rille.stream(re, "<$0>", { max_match_length = 10 })
  t.ok(stream:hold_back() <= 24)
  t.eq(feed(stream, "one three, twelve", 3), "<one> <three>, <twelve>")
  t.raises("anchored", rille.stream, rille.regex("a", { anchored = true }), "x")
end)

t.test("a match that is longer than max_match_length is reported", function()
  native()
  local s = "some " .. ("x"):rep(11) .. " words"
  for n = 1, #s do
    local stream = rille.stream(rille.regex("\\w+"), "-", { max_match_length = 10 })
    local message, position
    for at = 1, #s, n do
      local out
      out, message, position = stream:feed(s:sub(at, at + n - 1))
      if not out then
        break
      end
    end
    if not message then
      local _
      _, message, position = stream:finish()
    end
    t.ok(message and message:find("longer than the declared maximum", 1, true), message)
    t.eq(position, 6)
    t.eq((stream:feed("more")), nil)
    t.eq((stream:finish()), nil)
  end
end)

t.test("feed_into and finish_into append to both kinds of buffer", function()
  local buffers = { rille.buffer():put("> ") }
  local found, string_buffer = pcall(require, "string.buffer")
  buffers[2] = found and string_buffer.new():put("> ") or nil
  for _, buffer in ipairs(buffers) do
    local stream = rille.stream(rille.literals({ "abc" }), "-")
    t.eq(stream:feed_into(buffer, "xab"), 1)
    t.eq(stream:feed_into(buffer, "cab"), 1)
    t.eq(stream:feed_into(buffer, rille.bytes(ffi.new("char[1]", "y"), 1)), 1)
    t.eq(stream:finish_into(buffer), 2)
    t.eq(buffer:tostring(), "> x-aby")
  end
  local stream = rille.stream(rille.literals({ "a" }), "-")
  t.raises("must not be the same buffer", stream.feed_into, stream, buffers[1], buffers[1])
  t.raises("buffer must be a string.buffer or a rille buffer", stream.finish_into, stream, "x")
  t.raises("rille.stream:feed: s must be a string", stream.feed, stream, 1)
end)

t.test("a finished stream takes no more, a closed one does nothing", function()
  local stream = rille.stream(rille.literals({ "a" }), "-")
  t.eq(stream:feed("") .. stream:finish(), "")
  t.raises("the stream is finished; make a new one", stream.feed, stream, "a")
  t.raises("the stream is finished", stream.finish, stream)
  stream:close()
  stream:close()
  for _, name in ipairs({ "feed", "finish", "feed_into", "finish_into", "count", "hold_back" }) do
    t.raises("rille: closed", stream[name], stream, "a", "a")
  end
end)

t.test("the matcher may be closed while the stream lives", function()
  local lits = rille.literals({ "ab" })
  local stream = rille.stream(lits, "-")
  lits:close()
  t.eq(feed(stream, "xabx", 1), "x-x")
  t.raises("rille: closed", rille.stream, lits, "-")
  if rille.backend == "native" then
    local re = rille.regex("stream\\d")
    stream = rille.stream(re, "-")
    re:close()
    t.eq(feed(stream, "xstream1x", 2), "x-x")
  end
end)

t.test("wrong arguments are errors, a wrong template is nil and a message", function()
  local lits = rille.literals({ "a" })
  t.raises("matcher must be a rille.regex or rille.literals, got string", rille.stream, "a", "b")
  t.raises("list must be a list of strings or a string for all, got nil", rille.stream, lits)
  t.raises("list has 2 strings for 1 literals", rille.stream, lits, { "a", "b" })
  t.refuses(
    "rille.stream: unknown option 'size' (known: limit, max_match_length)",
    rille.stream,
    lits,
    "a",
    { size = 1 }
  )
  t.refuses(
    "rille.stream: option 'limit' must be an integer >= 1, got 0",
    rille.stream,
    lits,
    "a",
    { limit = 0 }
  )
  native()
  t.raises("replacement must be a template, got table", rille.stream, rille.regex("a"), {})
  t.eq({ rille.stream(rille.regex("a"), "x$1") }, { nil, "the pattern has no group 1", 2 })
end)

t.test("a large text in odd chunks", function()
  local list = {}
  for i = 1, 100 do
    list[i] = ("word%d;"):format(i * 7)
  end
  local parts = {}
  for i = 1, 3000 do
    parts[i] = ("word%d;"):format(i % 800)
  end
  local s, lits = table.concat(parts, " "), rille.literals(list)
  local expected = lits:replace(s, "<hit>")
  for _, n in ipairs({ 1, 7, 1000, #s }) do
    if n > 1 or rille.backend == "native" then
      t.ok(feed(rille.stream(lits, "<hit>"), s, n) == expected, n)
    end
  end
end)

t.test("a reset begins with a new text, also after the end", function()
  local stream = assert(rille.stream(assert(rille.literals({ "cat", "dog" })), { "dog", "cat" }))
  for _ = 1, 3 do
    t.eq(stream:feed("a ca") .. stream:feed("t, a dog") .. stream:finish(), "a dog, a cat")
    t.eq(stream:count(), 2)
    t.eq(stream:reset(), stream)
    t.eq(stream:count(), 0)
  end
  -- In the middle of a match: nothing of the old text is left.
  stream:feed("a ca")
  stream:reset()
  t.eq(stream:feed("t cat") .. stream:finish(), "t dog")
  stream:close()
  t.raises("rille: closed", stream.reset, stream)
end)

t.test("a reset clears a failure and a limit", function()
  if rille.backend ~= "native" then
    t.skip("patterns need the native library")
  end
  local stream = assert(rille.stream(assert(rille.regex("a+")), "x", { max_match_length = 3, limit = 1 }))
  t.eq(stream:feed(("a"):rep(20)), nil)
  stream:reset()
  t.eq(stream:feed("aa aa" .. (" "):rep(20)) .. stream:finish(), "x aa" .. (" "):rep(20))
end)

t.test("a clone has a text of its own", function()
  local stream = assert(rille.stream(assert(rille.literals({ "cat" })), "dog"))
  stream:feed("a ca")
  local clone = stream:clone()
  t.eq(clone:feed("t cat") .. clone:finish(), "t dog")
  t.eq(stream:feed("t") .. stream:finish(), "dog")
  stream:close()
  t.eq(clone:reset():feed("cat") .. clone:finish(), "dog")
end)
