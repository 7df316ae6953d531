--- Width, truncation and padding, the same in every host; other text than ASCII only with the library.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text
local native = rille.backend == "native"

local function library()
  if not native then
    t.skip("needs the native library")
  end
end

t.test("an ASCII character is one cell, a control is none, a tab ends at its stop", function()
  t.eq(text.width(""), 0)
  t.eq(text.width("hello, world"), 12)
  t.eq(text.width(("x"):rep(1000)), 1000)
  t.eq(text.width("a\0\27[0m\127"), 4)
  t.eq(text.width("a\tb"), 9)
  t.eq(text.width("a\tb", { tabstop = 4 }), 5)
  t.eq(text.width("\t", { tabstop = 4, column = 3 }), 1)
  t.eq(text.width("\t\t", { column = 8 }), 16)
  t.eq(text.width("a\1\tb", { style = "neovim" }), 9)
  t.eq(text.width("a\1\tb", { style = "strwidth" }), 4)
  t.eq(text.width("a\r\n", { style = "neovim" }), 5)
  t.eq(text.count("hello", "cell"), 5)
end)

t.test("clusters take the cells of their characters, at most two", function()
  library()
  for s, cells in pairs({
    ["größer"] = 6,
    ["e\204\129"] = 1,
    ["日本語"] = 6,
    ["ｶﾞ"] = 2,
    ["한국"] = 4,
    ["👩‍👩‍👧"] = 2,
    ["👍🏽"] = 2,
    ["🇩🇪"] = 2,
    ["🇩"] = 1,
    ["❤"] = 1,
    ["❤\239\184\143"] = 2,
    ["1\239\184\143\226\131\163"] = 2,
    ["क्ष"] = 2,
    ["กำ"] = 2,
    ["…─"] = 2,
    ["\239\187\191"] = 0,
    ["\226\128\139"] = 0,
    ["\194\173"] = 1,
    ["\194\133"] = 0,
    ["a\255b\226\130"] = 4,
  }) do
    t.eq(text.width(s), cells, s)
    t.eq(text.count(s, "cell"), cells, s)
  end
end)

t.test("ambiguous characters are one cell or two", function()
  library()
  t.eq(text.width("…─Ω\238\130\160"), 4)
  t.eq(text.width("…─Ω\238\130\160", { ambiguous = 1 }), 4)
  t.eq(text.width("…─Ω\238\130\160", { ambiguous = 2 }), 8)
  t.eq(text.width("a\255", { ambiguous = 2 }), 2)
end)

t.test("what Neovim shows", function()
  library()
  t.eq(text.width("\255\226\130", { style = "neovim" }), 12)
  t.eq(text.width("\226\128\139", { style = "neovim" }), 6)
  t.eq(text.width("\194\133", { style = "strwidth" }), 4)
  t.eq(text.width("🇩🇪🇩", { style = "neovim" }), 4)
end)

t.test("every kind of text is measured", function()
  local s = "hello\tx"
  local array = ffi.new("uint8_t[?]", #s, s)
  local buffer = rille.buffer():put(s)
  t.eq(text.width(rille.bytes(array, #s)), 9)
  t.eq(text.width(buffer), 9)
  t.eq(text.truncate(buffer, 4, { ellipsis = "" }), "hell")
  t.eq(text.truncate(rille.bytes(array, #s), 9), s)
  t.eq(text.pad(buffer, 10), s .. " ")
  local found, string_buffer = pcall(require, "string.buffer")
  if found then
    local sb = string_buffer.new():put(s)
    t.eq(text.width(sb), 9)
    t.eq(text.truncate(sb, 4, { ellipsis = "" }), "hell")
    t.eq(text.truncate(sb, 3, { ellipsis = "", side = "left", tabstop = 2 }), "o\tx")
    t.eq(text.pad(sb, 10), s .. " ")
  end
end)

t.test("truncate cuts a side", function()
  t.eq(text.truncate("hello, world", 5), "hell…")
  t.eq(text.truncate("hello, world", 5, { side = "left" }), "…orld")
  t.eq(text.truncate("hello, world", 5, { side = "middle" }), "he…ld")
  t.eq(text.truncate("hello, world", 6, { side = "middle", ellipsis = "..." }), "he...d")
  t.eq(text.truncate("hello, world", 5, { ellipsis = "" }), "hello")
  t.eq(text.truncate("hello, world", 5, { ambiguous = 2 }), "hel…")
  t.eq(text.truncate("hello", 5), "hello")
  t.eq(text.truncate("hello", 1), "…")
  t.eq(text.truncate("hello", 0), "")
  t.eq(text.truncate("hello", 2, { ellipsis = "..." }), "he")
  t.eq(text.truncate("", 0), "")
  t.eq(text.truncate("a\r\nb", 2, { ellipsis = "", style = "neovim" }), "a")
end)

t.test("a string that fits is returned unchanged", function()
  local s = "x" .. ("y"):rep(100)
  t.ok(rawequal(text.truncate(s, 101), s))
  t.ok(rawequal(text.pad(s, 101), s))
end)

t.test("truncate cuts no cluster", function()
  library()
  t.eq(text.truncate("日本語テスト", 6), "日本…")
  t.eq(text.truncate("日本語テスト", 6, { side = "left" }), "…スト")
  t.eq(text.truncate("日本語テスト", 6, { side = "middle" }), "日…ト")
  t.eq(text.truncate("e\204\129e\204\129e\204\129", 2), "e\204\129…")
  t.eq(text.truncate("👩‍👩‍👧🇩🇪x", 4), "👩‍👩‍👧…")
  t.eq(text.truncate("a\255\255\255", 3), "a\255…")
end)

t.test("results of megabytes", function()
  local s = ("0123456789"):rep(300000)
  t.ok(text.truncate(s, 2000000, { ellipsis = "..." }) == s:sub(1, 1999997) .. "...")
  t.ok(text.pad("a", 2000000) == "a" .. (" "):rep(1999999))
  local rows = text.truncate_list({ "a", s, "b" }, 2000000, { ellipsis = "..." })
  t.ok(rows[2] == s:sub(1, 1999997) .. "...")
  t.eq({ rows[1], rows[3] }, { "a", "b" })
end)

t.test("a list is truncated in one call", function()
  local list = {}
  for i = 1, 300 do
    list[i] = ("row %d "):format(i) .. ("x"):rep(i)
  end
  local rows = text.truncate_list(list, 20)
  t.eq(#rows, 300)
  for i = 1, 300 do
    t.eq(rows[i], text.truncate(list[i], 20))
  end
  local buffer = rille.buffer()
  local len = text.truncate_list_into(buffer, list, 20)
  t.eq(buffer:tostring(), table.concat(rows, "\n") .. "\n")
  t.eq(buffer:len(), len)
  t.eq(text.truncate_list({}, 20), {})
  t.eq(text.truncate_list({ "abc", n = 1 }, 2), { "a…" })
  t.eq(text.truncate_list_into(buffer, {}, 20), 0)
end)

t.test("pad fills with spaces", function()
  t.eq(text.pad("ab", 5), "ab   ")
  t.eq(text.pad("ab", 5, { align = "right" }), "   ab")
  t.eq(text.pad("ab", 5, { align = "center" }), " ab  ")
  t.eq(text.pad("ab", 5, { fill = "." }), "ab...")
  t.eq(text.pad("abc", 2), "abc")
  t.eq(text.pad("a\tb", 10, { align = "right", tabstop = 4 }), "     a\tb ")
  t.eq(#text.pad("", 10000), 10000)
end)

t.test("pad measures wide characters", function()
  library()
  t.eq(text.pad("日本", 7, { align = "center" }), " 日本  ")
  t.eq(text.pad("ab", 5, { fill = "─" }), "ab───")
  t.refuses(
    "rille.text.pad: option 'fill' must be one cell wide, got '日'",
    text.pad,
    "a",
    3,
    { fill = "日" }
  )
end)

t.test("_into appends and returns the number of bytes", function()
  local buffer = rille.buffer()
  t.eq(text.truncate_into(buffer, "hello, world", 5), 7)
  t.eq(text.truncate_into(buffer, "hello", 5), 5)
  t.eq(text.pad_into(buffer, "ab", 4, { align = "right" }), 4)
  t.eq(buffer:tostring(), "hell…hello  ab")
  t.raises("buffer and s must not be the same", text.truncate_into, buffer, buffer, 3)
  local found, string_buffer = pcall(require, "string.buffer")
  if found then
    local sb = string_buffer.new():put("> ")
    t.eq(text.truncate_into(sb, "hello, world", 5), 7)
    t.eq(text.pad_into(sb, "ab", 4), 4)
    t.eq(text.truncate_list_into(sb, { "abc", "d" }, 2), 7)
    t.eq(sb:tostring(), "> hell…ab  a…\nd\n")
  end
end)

t.test("wrong options are errors that name them", function()
  t.refuses(
    "rille.text.width: unknown option 'foo' (known: ambiguous, column, kerning, measure, style, tabstop)",
    text.width,
    "a",
    { foo = 1 }
  )
  t.refuses(
    "rille.text.width: unknown option 'list' (known: ambiguous, column, kerning, measure, style, tabstop)",
    text.width,
    "a",
    { list = 1 }
  )
  t.raises("rille.text.width: opts must be a table, got number", text.width, "a", 1)
  t.refuses(
    "rille.text.width: option 'style' must be 'terminal', 'neovim' or 'strwidth', got 'vt100'",
    text.width,
    "a",
    { style = "vt100" }
  )
  t.refuses("rille.text.width: option 'ambiguous' must be 1 or 2, got 3", text.width, "a", { ambiguous = 3 })
  for _, wrong in ipairs({ 0, -1, 1.5, "8", 2 ^ 32, 0 / 0 }) do
    local shown = wrong == "8" and "'8'" or tostring(wrong)
    local bound = wrong == 2 ^ 32 and "<= 4294967295" or ">= 1"
    t.refuses(
      ("rille.text.width: option 'tabstop' must be an integer %s, got %s"):format(bound, shown),
      text.width,
      "a",
      { tabstop = wrong }
    )
  end
  t.refuses(
    "rille.text.width: option 'column' must be an integer >= 0, got -1",
    text.width,
    "a",
    { column = -1 }
  )
  t.raises("rille.text.truncate: cells must be a whole number from 0", text.truncate, "a", -1)
  t.raises(
    "rille.text.truncate: cells must be a whole number from 0 to 4294967295, got nil",
    text.truncate,
    "a"
  )
  t.refuses(
    "rille.text.truncate: option 'side' must be 'right', 'left' or 'middle', got 'top'",
    text.truncate,
    "a",
    1,
    { side = "top" }
  )
  t.refuses(
    "rille.text.truncate: option 'ellipsis' must be a string, got 1",
    text.truncate,
    "a",
    1,
    { ellipsis = 1 }
  )
  t.refuses(
    "rille.text.truncate: unknown option 'align' (known: ambiguous, column, ellipsis, kerning, measure, side, style, tabstop)",
    text.truncate,
    "a",
    1,
    { align = 1 }
  )
  t.refuses(
    "rille.text.pad: option 'align' must be 'left', 'right' or 'center', got 'top'",
    text.pad,
    "a",
    1,
    { align = "top" }
  )
  t.refuses(
    "rille.text.pad: option 'fill' must be one cell wide, got 'ab'",
    text.pad,
    "a",
    1,
    { fill = "ab" }
  )
  t.raises("list must be a table of strings, got string", text.truncate_list, "a", 1)
  t.raises(
    "rille.text.truncate_list: list%[2%] must be a string, got number",
    text.truncate_list,
    { "a", 1 },
    1
  )
  t.raises("rille.text.truncate_list: list", text.truncate_list, { "a", nil, "b" }, 1)
  t.raises("s must be a string", text.width, 12)
  t.raises("s must be a string", text.truncate, nil, 1)
end)

t.test("errors point at the caller", function()
  local calls = {
    function()
      text.width(nil)
      return nil
    end,
    function()
      text.width("a", { foo = 1 })
      return nil
    end,
    function()
      text.width("a", { style = 1 })
      return nil
    end,
    function()
      text.width("a", { tabstop = 0 })
      return nil
    end,
    function()
      text.truncate("a", -1)
      return nil
    end,
    function()
      text.truncate("a", 1, { side = 1 })
      return nil
    end,
    function()
      text.truncate_list({ 1 }, 1)
      return nil
    end,
    function()
      text.pad("a", 1, { fill = "" })
      return nil
    end,
    function()
      text.wrap("a", 0)
      return nil
    end,
    function()
      text.wrap("a", 1, { keep_long_words = 1 })
      return nil
    end,
  } -- stylua: ignore
  for i, call in ipairs(calls) do
    local _, message = pcall(call)
    t.ok(tostring(message):find("width_spec%.lua:%d+: rille%.text%."), i .. ": " .. tostring(message))
  end
end)

t.test("options may be changed between calls", function()
  local opts = { tabstop = 4 }
  t.eq(text.width("\t", opts), 4)
  opts.tabstop = 2
  t.eq(text.width("\t", opts), 2)
  opts.tabstop = nil
  t.eq(text.width("\t", opts), 8)
end)
