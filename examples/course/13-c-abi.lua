-- Hosts: luajit, nvim, nginx, love
-- You learn: method 3 of a native backend: plain C functions, called by the FFI. One file for every program with LuaJIT.
local ffi = require("ffi")

-- The library is rille itself. It is written in Rust, but what it exports are C functions that know nothing of Lua.
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end

-- The declarations, as `include/rille.h` has them. `__asm__` gives a function another name here: one name can be
-- declared once in a program, and rille has declared its own already. That is why its names begin with `rille_`.
ffi.cdef([[
  typedef struct { int32_t status; uint32_t length; int64_t offset; char message[240]; } course_error;
  typedef struct course_regex course_regex;
  uint32_t course_abi(void) __asm__("rille_abi");
  int32_t course_count(const char *text, size_t len, uint32_t unit, uint32_t *out, course_error *err)
    __asm__("rille_text_count");
  int32_t course_regex_new(const char *pattern, size_t len, const void *options, course_regex **out, course_error *err)
    __asm__("rille_regex_new");
  int32_t course_regex_test(const course_regex *regex, const char *text, size_t len, uint32_t from, course_error *err)
    __asm__("rille_regex_test");
  void course_regex_free(course_regex *regex) __asm__("rille_regex_free");
]])
local C = ffi.load(rille.health().path)

-- First ask for the number of the interface. Functions that have changed since would crash, so another number is refused.
print(C.course_abi() == rille.health().abi) --> true

-- Text goes in as pointer and length, and is not copied; a Lua string can be passed as the pointer. Results are written
-- to memory of ours, which is made once: here an array of one number. A status below 0 means that nothing was written.
local out, err = ffi.new("uint32_t[1]"), ffi.new("course_error")
local GRAPHEME = 3 -- what a reader takes for one character
local function count(text, unit)
  if C.course_count(text, #text, unit, out, err) < 0 then
    return nil, ffi.string(err.message)
  end
  return out[0]
end
print(#"naïve 🇪🇺", count("naïve 🇪🇺", GRAPHEME)) --> 15 7
print(count("text", 99)) --> nil unknown unit 99; …

-- An object lives in the library, and Lua holds a pointer to it. Whoever makes it must free it: by hand, as soon as
-- possible, or at last when Lua collects the pointer. The function for that is a Lua function, never the C function
-- itself: at the end of the program the library may be collected first.
local function regex(pattern)
  local box = ffi.new("course_regex *[1]")
  if C.course_regex_new(pattern, #pattern, nil, box, err) < 0 then
    return nil, ffi.string(err.message), tonumber(err.offset)
  end
  return ffi.gc(box[0], function(pointer)
    C.course_regex_free(pointer)
  end)
end
local year = regex([[\b(19|20)\d\d\b]])
local text = "Lua is from 1993"
print(C.course_regex_test(year, text, #text, 0, err) == 0) --> true
print(regex("(a|b")) --> nil unclosed group 0

-- Freed by hand: take the finaliser away first, or it would be freed twice (lesson 8).
C.course_regex_free(ffi.gc(year, nil))

-- Why plain C? The file is tied to no version of Lua, and the JIT compiler compiles these calls: each costs nanoseconds.
-- Why not always? A mistake in a declaration crashes, so rille's are generated. No function takes or returns a struct by
-- value, which would not compile, or calls back into Lua. A panic (Rust's crash) is caught and becomes a status.
