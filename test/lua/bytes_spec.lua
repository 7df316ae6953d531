--- The forms of text that callers may pass, and the values that are refused before any call of C.
local t = ...
local ffi = require("ffi")
local rille = require("rille")
local text = rille.text

local function functions(s)
  return {
    { "count", s, "char" },
    { "reverse", s },
    { "validate", s },
    { "repair", s },
  }
end

t.test("strings, views and buffers are read in the same way", function()
  local s = "a\0é\255"
  local array = ffi.new("uint8_t[?]", #s)
  ffi.copy(array, s, #s)
  local buffer = rille.buffer():put(s)
  local sources = { s, rille.bytes(array, #s), rille.bytes(ffi.cast("const char *", array), #s), buffer }
  local found, string_buffer = pcall(require, "string.buffer")
  if found then
    sources[#sources + 1] = string_buffer.new():put(s)
  end
  for _, source in ipairs(sources) do
    t.eq(text.count(source, "char"), 4)
    t.eq(text.reverse(source, "char"), "\255é\0a")
    t.eq({ text.validate(source) }, { false, 5 })
    t.eq(text.repair(source), "a\0é\239\191\189")
    local into = rille.buffer()
    t.eq(text.reverse_into(into, source, "byte"), #s)
    t.eq(into:tostring(), s:reverse())
  end
end)

t.test("a view of nothing is the empty text", function()
  t.eq(text.count(rille.bytes(ffi.cast("uint8_t *", nil), 0), "char"), 0)
  t.eq(rille.bytes(ffi.new("char[3]", "abc"), 3):tostring(), "abc")
end)

t.test("a value that is not a text is an error that names its type", function()
  local wrong = { [1] = false, [2] = 12, [3] = {}, [4] = io.stdout, [5] = print, [6] = ffi.new("char[3]") }
  for i = 1, 6 do
    for _, call in ipairs(functions(wrong[i])) do
      local message =
        t.raises("rille%.text%." .. call[1] .. ": s must be a string", text[call[1]], call[2], call[3])
      t.ok(message:find("got " .. type(wrong[i]), 1, true), message)
    end
  end
  for _, call in ipairs(functions(nil)) do
    t.raises("got nil", text[call[1]], nil, call[3])
  end
  t.raises("wrap it as rille.bytes", text.count, ffi.new("char[3]"), "char")
end)

t.test("rille.bytes refuses a value that is not memory", function()
  t.raises("rille.bytes: ptr must be a pointer or an array, got string", rille.bytes, "abc", 3)
  t.raises("rille.bytes: ptr must be a pointer or an array, got nil", rille.bytes, nil, 0)
  t.raises("rille.bytes: ptr must be", rille.bytes, 12, 0)
  for _, len in ipairs({ -1, 0.5, 0 / 0, math.huge, 2 ^ 32, "3" }) do
    t.raises(
      "rille.bytes: len must be a number of bytes from 0 to 4 GiB %- 1",
      rille.bytes,
      ffi.new("char[3]"),
      len
    )
  end
end)

t.test("NULL with a length is an error and not a crash", function()
  t.raises("rille.bytes: ptr is NULL, but len is 3", rille.bytes, ffi.cast("uint8_t *", nil), 3)
end)

t.test("a string above 2 GiB is refused before it is created", function()
  if rille.backend ~= "native" then
    t.skip("the fallback reads the view at once")
  end
  local view = rille.bytes(ffi.new("char[1]"), 2 ^ 31)
  t.raises(
    "rille.text.reverse: a Lua string holds less than 2 GiB; use rille.text.reverse_into",
    text.reverse,
    view
  )
end)

t.test("foreign userdata of any kind is refused", function()
  local proxies = { io.stdout, newproxy(), newproxy(true) }
  local hostile = newproxy(true)
  getmetatable(hostile).__index = function()
    error("hands off")
  end
  proxies[#proxies + 1] = hostile
  for _, proxy in ipairs(proxies) do
    t.raises("s must be a string.*got userdata", text.count, proxy, "char")
    t.raises("buffer must be a string.buffer", text.reverse_into, proxy, "a")
  end
end)
