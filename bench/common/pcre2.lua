--- Calls PCRE2 with its JIT through the FFI, its fastest form in Lua. Returns nil if there is no PCRE2.
---
--- It works on bytes, without UTF and UCP, its fastest mode; rille's patterns are Unicode patterns.
local ffi = require("ffi")

local names = ffi.os == "OSX" and { "libpcre2-8.dylib" } or { "libpcre2-8.so.0", "pcre2-8" }
local P
for _, name in ipairs(names) do
  local loaded, library = pcall(ffi.load, name)
  P = P or loaded and library
end
if not P then
  return nil
end

ffi.cdef([[
  void *pcre2_compile_8(const char *, size_t, uint32_t, int *, size_t *, void *);
  int pcre2_jit_compile_8(void *, uint32_t);
  void *pcre2_match_data_create_8(uint32_t, void *);
  int pcre2_jit_match_8(const void *, const char *, size_t, size_t, uint32_t, void *, void *);
  size_t *pcre2_get_ovector_pointer_8(void *);
]])

local JIT_COMPLETE = 1
local code, place = ffi.new("int[1]"), ffi.new("size_t[1]")

--- Returns a function that counts the matches of a pattern, none of which may be empty.
return function(pattern)
  local compiled = P.pcre2_compile_8(pattern, #pattern, 0, code, place, nil)
  assert(compiled ~= nil, "PCRE2 refuses the pattern")
  assert(P.pcre2_jit_compile_8(compiled, JIT_COMPLETE) == 0, "PCRE2 has no JIT here")
  local data = P.pcre2_match_data_create_8(1, nil)
  local ends = P.pcre2_get_ovector_pointer_8(data)
  return function(text)
    local count, at, len = 0, 0, #text
    while true do
      local status = P.pcre2_jit_match_8(compiled, text, len, at, 0, data, nil)
      if status < 0 then
        -- -1 is no match; any other negative status is a limit or an error.
        return status == -1 and count or ("PCRE2 fails with " .. status)
      end
      count, at = count + 1, tonumber(ends[1])
    end
  end
end
