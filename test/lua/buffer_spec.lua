--- The buffer, native and in pure Lua.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

t.test("content is put, reserved, committed, read and reset", function()
  local buffer = rille.buffer(4)
  t.eq(buffer:len(), 0)
  t.eq(buffer:tostring(), "")
  t.ok(buffer:put("abc"):put("déf") == buffer)
  local room, len = buffer:reserve(10)
  t.ok(len >= 10)
  ffi.copy(room, "0123456789", 10)
  buffer:commit(4)
  t.eq(buffer:tostring(), "abcdéf0123")
  t.eq(buffer:len(), 11)
  t.eq(ffi.string(buffer:ptr(), 3), "abc")
  t.eq(buffer:reset():len(), 0)
  t.eq(buffer:put("z"):tostring(), "z")
  buffer:close()
end)

t.test("a buffer grows", function()
  local buffer = rille.buffer()
  for _ = 1, 1000 do
    buffer:put("0123456789")
  end
  t.ok(buffer:tostring() == ("0123456789"):rep(1000))
  buffer:close()
end)

t.test("no more can be committed than was reserved", function()
  local buffer = rille.buffer()
  t.raises("cannot commit 1 bytes: 0 are reserved", buffer.commit, buffer, 1)
  buffer:reserve(3)
  t.raises("cannot commit 4 bytes: 3 are reserved", buffer.commit, buffer, 4)
  t.eq(buffer:len(), 0)
end)

t.test("a buffer cannot be appended to itself", function()
  local buffer = rille.buffer():put("abc")
  t.raises("same buffer", buffer.put, buffer, buffer)
  t.eq(buffer:tostring(), "abc")
end)

t.test("every method of a closed buffer says so, and closing twice does nothing", function()
  local buffer = rille.buffer():put("abc")
  buffer:close()
  buffer:close()
  for _, method in ipairs({ "reset", "len", "ptr", "tostring", "put", "reserve", "commit" }) do
    t.raises("rille: closed", buffer[method], buffer, 1)
  end
  t.raises("rille: closed", rille.text.count, buffer, "char")
  t.raises("rille: closed", rille.text.reverse_into, buffer, "abc")
end)

t.test("a wrong size is an error that names the argument", function()
  for _, capacity in ipairs({ -1, "x", math.huge, 0 / 0, 2 ^ 32 }) do
    t.raises("rille.buffer: capacity must be a number of bytes from 0 to 4 GiB %- 1", rille.buffer, capacity)
  end
  local buffer = rille.buffer()
  for _, len in ipairs({ -1, "x", 0 / 0 }) do
    t.raises("rille.buffer:reserve: len must be a number of bytes", buffer.reserve, buffer, len)
    t.raises("rille.buffer:commit: len must be a number of bytes", buffer.commit, buffer, len)
  end
end)
