-- Hosts: luajit, nvim
-- You learn: how LuaJIT calls C functions, who frees what, numbers with 64 bits, and seven ways to crash.
local ffi = require("ffi")

-- The FFI ("foreign function interface") reads a declaration as in C, and can call that function. No compiler is needed.
ffi.cdef([[
  typedef struct { int x, y; } course_point;
  size_t strlen(const char *text);
  void *malloc(size_t size);
  void free(void *memory);
]])
-- `ffi.C` has the functions of the program and of the C library. `tonumber` makes a Lua number of C's 64-bit size.
print(tonumber(ffi.C.strlen("seven c"))) --> 7

-- A struct is a record with fixed fields, without keys and without garbage. An array counts from 0, as in C.
local point = ffi.new("course_point", { 3, 4 })
point.x = point.x + 10
local squares = ffi.new("int[5]")
squares[4] = 4 * 4
print(point.x, point.y, squares[4], ffi.sizeof("course_point")) --> 13 4 16 8

-- A whole number above 2^53 needs the ending LL. It is no Lua number: as a key of a table, two equal ones differ!
local big = 9007199254740993LL
local seen = { [big] = true }
print(big + 1, big == 9007199254740993LL, seen[9007199254740993LL]) --> 9007199254740994LL true nil

-- Who frees what? Lua frees what `ffi.new` has made, once nothing refers to it. What C has allocated, C must free:
-- `ffi.gc` makes Lua call `free` at that moment.
local memory = ffi.gc(ffi.C.malloc(100), ffi.C.free)
print(memory ~= nil) --> true

-- Seven ways to crash. C checks nothing: a mistake is no error that `pcall` could catch, it ends the process. So each one
-- runs in a process of its own, which would print "alive" at its end.
local crashes = {
  { "nothing is wrong", "return ffi.new('int[4]')[3]" },
  -- NULL is C's "no object". Compare with nil before you follow it.
  { "NULL is followed", "return ffi.cast('int *', 0)[0]" },
  -- A pointer does not keep its memory alive.
  { "memory is used after it was freed", "local m = ffi.C.malloc(2^26) ffi.C.free(m) ffi.fill(m, 9)" },
  -- The allocator's own lists are now wrong. It notices, or a later call dies.
  { "memory is freed twice", "local m = ffi.C.malloc(64) ffi.C.free(m) ffi.C.free(m)" },
  -- An array does not know its length.
  { "an index is beyond the end", "ffi.new('int[4]')[2^40] = 1" },
  -- Compiled code lies in memory that the processor lets nobody write.
  { "read-only memory is written", "ffi.cast('char *', ffi.cast('intptr_t', ffi.C.free))[0] = 1" },
  -- Lua believes your declaration: here the number 1 becomes the address of a text.
  { "a declaration is wrong", "ffi.cdef('int wrong(int) __asm__(\"strlen\")') return ffi.C.wrong(1)" },
  -- C may call Lua back, but not once LuaJIT has compiled the call (lesson 9). It does so after some rounds.
  {
    "compiled code is called back",
    [[ffi.cdef('void qsort(void *, size_t, size_t, int (*)(const void *, const void *))')
    local compare = ffi.cast('int (*)(const void *, const void *)', function() return 0 end)
    local data, counts = ffi.new('int[2]'), ffi.new('int[300]')
    counts[299] = 2 -- fewer need no comparison
    for i = 0, 299 do ffi.C.qsort(data, counts[i], 4, compare) end]],
  },
}

-- The runner passes the command that runs a Lua file in a process of its own.
local _, command = ...
local file = os.tmpname()
for i, crash in ipairs(crashes) do
  local handle = assert(io.open(file, "w"))
  handle:write("local ffi = require('ffi') ffi.cdef('void *malloc(size_t); void free(void *);')\n")
  handle:write("pcall(function() ", crash[2], " end) io.stdout:write('alive')")
  handle:close()
  local child = assert(io.popen(command .. " " .. file .. " 2>/dev/null"))
  print(i - 1, crash[1], child:read("*a"):find("alive") and "and it is alive" or "and it is dead")
  child:close()
end
os.remove(file)
--> 0 nothing is wrong and it is alive
--> 1 NULL is followed and it is dead
--> 2 memory is used after it was freed and it is dead
--> 3 memory is freed twice and it is dead
--> 4 an index is beyond the end and it is dead
--> 5 read-only memory is written and it is dead
--> 6 a declaration is wrong and it is dead
--> 7 compiled code is called back and it is dead
