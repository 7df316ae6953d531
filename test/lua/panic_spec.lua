--- Panics inside the library are caught at its boundary, in every host.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if rille.backend ~= "native" or os.getenv("RILLE_TESTING") ~= "1" then
  return t.test("panics", function()
    t.skip("needs the library with the feature `testing`")
  end)
end

local C = require("rille.core.ffi")
-- A second declaration of the same functions is harmless.
ffi.cdef([[
int32_t rille_test_panic(struct rille_error *err);
uint32_t rille_test_panic_get(void);
int32_t rille_test_panic_buffer(struct rille_buffer *buffer, struct rille_error *err);
int32_t rille_test_panic_regex(const struct rille_regex *regex, struct rille_error *err);
]])

t.test("a panic is a status with its message", function()
  local err = ffi.new("rille_error")
  for _ = 1, 3 do
    t.eq(C.rille_test_panic(err), tonumber(C.RILLE_EPANIC))
    t.ok(ffi.string(err.message, err.length):find("on purpose", 1, true))
    t.eq(err.status, tonumber(C.RILLE_EPANIC))
  end
  t.eq(C.rille_test_panic(nil), tonumber(C.RILLE_EPANIC))
end)

t.test("a getter that panics returns its fallback value", function()
  t.eq(C.rille_test_panic_get(), 7)
end)

t.test("a panic poisons the handle and nothing else", function()
  local err = ffi.new("rille_error")
  local buffer = rille.buffer():put("abc")
  local other = rille.buffer():put("xyz")
  t.eq(C.rille_test_panic_buffer(buffer.handle, err), tonumber(C.RILLE_EPANIC))
  t.raises("an earlier call on this buffer failed inside the library", buffer.put, buffer, "more")
  t.eq(buffer:len(), 0)
  t.eq(buffer:tostring(), "")
  buffer:close()
  t.eq(other:tostring(), "xyz")
  other:close()
end)

t.test("a panic in a call that only reads poisons the handle, too", function()
  local err = ffi.new("rille_error")
  local re, other = rille.regex("poisoned"), rille.regex("sound")
  t.eq(C.rille_test_panic_regex(re.handle, err), tonumber(C.RILLE_EPANIC))
  t.raises("an earlier call on this regex failed inside the library", re.find, re, "poisoned")
  t.raises("an earlier call on this regex failed", re:gfind("poisoned"))
  re:close()
  t.ok(other:test("sound"))
  t.ok(rille.regex("poisoned"):test("poisoned"))
end)

t.test("a panic in compiled code is caught as well", function()
  local err = ffi.new("rille_error")
  local caught = 0
  for _ = 1, 300 do
    if C.rille_test_panic(err) < 0 then
      caught = caught + 1
    end
  end
  t.eq(caught, 300)
end)
