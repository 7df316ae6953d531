--- Without free file descriptors: a module loaded at its first use reports that, and works when descriptors are free again.
local t = ...
local ffi = require("ffi")
local rille = require("rille")

if ffi.os == "Windows" or t.shared then
  return t.test("descriptors run out", function()
    t.skip(t.shared and "other threads of this process open files" or "there is no limit to lower")
  end)
end

ffi.cdef([[
  typedef struct rille_spec_limit { unsigned long soft, hard; } rille_spec_limit;
  int getrlimit(int resource, rille_spec_limit *limit);
  int setrlimit(int resource, const rille_spec_limit *limit);
]])
local DESCRIPTORS = ffi.os == "OSX" and 8 or 7

--- Calls a function while no file can be opened: the limit is below the number of files that are open.
local function without_descriptors(fn)
  local before = ffi.new("rille_spec_limit")
  t.eq(ffi.C.getrlimit(DESCRIPTORS, before), 0)
  local none = ffi.new("rille_spec_limit", 0, before.hard)
  t.eq(ffi.C.setrlimit(DESCRIPTORS, none), 0)
  local file = io.open("/dev/null")
  local results = { pcall(fn) }
  t.eq(ffi.C.setrlimit(DESCRIPTORS, before), 0)
  t.ok(not file, "a file could be opened")
  if not results[1] then
    error(results[2], 0)
  end
  return unpack(results, 2)
end

--- Calls a function with a fresh rille that has not loaded any module yet, and restores the modules afterwards.
local function anew(fn)
  local saved = {}
  for name, value in pairs(package.loaded) do
    if name == "rille" or name:find("^rille%.") then
      saved[name] = value
    end
  end
  local function clear()
    for name in pairs(package.loaded) do
      if name == "rille" or name:find("^rille%.") then
        package.loaded[name] = nil
      end
    end
  end
  clear()
  local ok, message = pcall(function()
    fn(require("rille"))
  end)
  clear()
  for name, value in pairs(saved) do
    package.loaded[name] = value
  end
  if not ok then
    error(message, 0)
  end
end

local NOUNS = {
  "text",
  "regex",
  "regexset",
  "literals",
  "stream",
  "file",
  "fuzzy",
  "grep",
  "walk",
  "notifier",
  "buffer",
}
local SENTENCE = "rille: no file descriptor is left in this process (EMFILE"

t.test("the first use of each noun says that no descriptor is left, and works later", function()
  for _, noun in ipairs(NOUNS) do
    anew(function(fresh)
      for _ = 1, 2 do
        -- The second attempt reports the same reason: nothing is left from the first one that hides it.
        local found, message = without_descriptors(function()
          return pcall(function()
            return fresh[noun]
          end)
        end)
        t.eq(found, false, noun)
        t.ok(message:find(SENTENCE, 1, true), message)
      end
      t.ok(fresh[noun], noun)
      t.eq(fresh.backend, rille.backend)
    end)
  end
end)

t.test("a noun that is used after others reports it too", function()
  for _, noun in ipairs(NOUNS) do
    anew(function(fresh)
      t.eq(fresh.backend, rille.backend)
      t.eq(fresh.text.reverse("abc"), "cba")
      local directory = rille.backend == "native" and "rille." or "rille.fallback."
      local is_loaded = package.loaded[directory .. noun] ~= nil
      local found, message = without_descriptors(function()
        return pcall(function()
          return fresh[noun]
        end)
      end)
      t.eq(found, is_loaded, noun)
      t.ok(found or message:find(SENTENCE, 1, true), message)
      t.ok(fresh[noun], noun)
    end)
  end
end)

t.test("parts of a noun that a function loads report it", function()
  anew(function(fresh)
    local text = fresh.text
    for _, call in ipairs({ { "upper", "a", "A" }, { "width", "ab", 2 }, { "normalize", "a", "a" } }) do
      local fn = function()
        return text[call[1]](call[2], call[1] == "normalize" and "NFC" or nil)
      end
      local found, message = without_descriptors(function()
        return pcall(fn)
      end)
      t.eq(found, false, call[1])
      t.ok(message:find(SENTENCE, 1, true), message)
      t.eq(fn(), call[3])
    end
  end)
end)
