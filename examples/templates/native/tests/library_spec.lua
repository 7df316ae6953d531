--- The boundary as C sees it, and a library that is missing.
local t = ...
local abacus = require("abacus")
local ffi = require("ffi")

if abacus.backend() == "native" then
  local C = require("abacus.library")

  t.test("wrong arguments of C functions are statuses with a message", function()
    local err, out = ffi.new("abacus_error"), ffi.new("uint32_t[1]", 7)
    t.same(C.abacus_counter_add(nil, "a", 1, out, err), C.ABACUS_EARG)
    t.same(ffi.string(err.message, err.length), "the object is NULL")
    t.same(C.abacus_counter_new(nil, err), C.ABACUS_EARG)
    t.same(ffi.string(err.message), "out must point to memory for a result")
    local counter = ffi.new("abacus_counter *[1]")
    t.same(C.abacus_counter_new(counter, nil), C.ABACUS_OK)
    t.same(C.abacus_counter_add(counter[0], nil, 1, out, err), C.ABACUS_EARG)
    t.same(ffi.string(err.message), "the text is NULL, but its length is 1")
    t.same(C.abacus_counter_add(counter[0], "a", 2 ^ 33, out, err), C.ABACUS_ETOOBIG)
    t.same(out[0], 7) -- nothing is written after a failure
    C.abacus_counter_free(counter[0])
    C.abacus_counter_free(nil)
  end)

  t.test("the structs have the layout that the library writes", function()
    t.same({ ffi.sizeof("abacus_error"), ffi.offsetof("abacus_error", "message") }, { 128, 8 })
    t.same(ffi.offsetof("abacus_row", "length"), ffi.sizeof("void *"))
  end)
else
  t.test("the fallback says why it runs", function()
    local _, reason = abacus.backend()
    t.same(reason, "ABACUS_BACKEND is lua")
  end)

  t.test("a missing library is an error that lists the places", function()
    local find = require("abacus.find")
    local library, message = find({ "/nowhere/libabacus.so" })
    t.same(library, nil)
    assert(message:find("/nowhere/libabacus.so: ", 1, true), message)
    assert(message:find("cargo build --release", 1, true), message)
  end)
end
