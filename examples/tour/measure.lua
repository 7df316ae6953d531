-- Compares the results and measures the times of the tour's tasks.
--
-- A task has
--   `run`      the work done by rille, and optionally `into`, which writes to a buffer;
--   `judge`    the work in pure Lua, by rille's fallback if possible; returns nil where it has no result;
--   `naive`    the obvious first version in Lua;
--   `best`     the fastest correct version in pure Lua; nil for the judge, false for none;
--   `prepare`  makes the input of the work, if that is not the text itself;
--   `call`     the call of rille to show in a section.
local ffi = require("ffi")
local rille = require("rille")
local host = require("tour.host")
local show = require("tour.print")
local has_string_buffer, string_buffer = pcall(require, "string.buffer")

local KB, MB, LARGEST = 2 ^ 10, 2 ^ 20, 2 ^ 24

local M = { LARGEST = LARGEST, failures = {}, answers = 0, rows = {} }

local rille_buffer = rille.buffer(LARGEST + 4) -- pieces may be up to 4 bytes longer
local lua_buffer = has_string_buffer and string_buffer.new(LARGEST) or nil
local BUFFERS = { rille_buffer, lua_buffer }

-- Reloads the fallback: the trace compiler never retries what it has given up.
local function fresh_fallback()
  for name in pairs(package.loaded) do
    package.loaded[name] = not name:find("^rille%.fallback") and package.loaded[name] or nil
  end
  return setmetatable({}, {
    __index = function(nouns, name)
      local noun = require("rille.fallback." .. name)
      rawset(nouns, name, noun)
      return noun
    end,
  })
end

-- Returns a new copy of a Lua function, for the same reason.
function M.renewed(f)
  local dumped, code = pcall(string.dump, f)
  if not dumped then
    return f
  end
  local copy = loadstring(code)
  for i = 1, debug.getinfo(f, "u").nups do
    debug.setupvalue(copy, i, select(2, debug.getupvalue(f, i)))
  end
  return copy
end

local judges = fresh_fallback()

-- Returns the first position from `i` on that is not inside a character.
local function boundary(s, i)
  local _, last = s:find("^[\128-\191]+", i)
  return last and last - i < 3 and last + 1 or i
end
M.boundary = boundary

-- Returns about `size` bytes without splitting a character.
local function piece(s, from, size)
  return s:sub(boundary(s, from), boundary(s, from + size) - 1)
end

-- Checks that the native library and the fallback agree on all results of a task.
function M.check(job, s, name)
  local input = job.prepare and job.prepare(s) or s
  local judged, judged_position = job.judge(judges, input)
  if judged == nil then
    return
  end
  local value, position = job.run(input)
  local right = value == judged and position == judged_position
  M.answers = M.answers + 1
  for _, buffer in ipairs(job.into and BUFFERS or {}) do
    right = job.into(buffer:reset(), input) == #judged and buffer:tostring() == judged and right
    M.answers = M.answers + 1
  end
  if not right then
    local message = ("%s of %s, %s bytes"):format(job.full_name, name, show.thousands(#s))
    M.failures[#M.failures + 1] = message
  end
end

-- Nanoseconds to spend on one figure.
local NANOS_PER_FIGURE = host.given and 30e6 or 60e6

-- Returns the nanoseconds that `run` takes for a text: the median. The collector does all its work between the runs, since
-- a string that still exists would not be created again.
local function measure(run, texts)
  -- Compiled again, since earlier runs leave traces that suit other work.
  jit.flush()
  local now = host.now
  local loop = loadstring([[
    local run, texts, now = ...
    return function(calls)
      local since, last = now(), nil
      for i = 1, calls do
        last = run(texts[i])
      end
      return now() - since, last
    end
  ]])(M.renewed(run), texts, now)
  collectgarbage()
  local deadline, samples = now() + NANOS_PER_FIGURE, { (loop(1)) }
  local calls = math.max(1, math.min(#texts, math.floor(NANOS_PER_FIGURE / 10 / samples[1])))
  while now() < deadline do -- the first runs are being compiled; the median discards them
    collectgarbage()
    samples[#samples + 1] = loop(calls) / calls
  end
  table.sort(samples)
  return samples[math.ceil(#samples / 2)]
end

-- Measures a task with pieces of a text of one size; returns nanoseconds by name.
function M.contest(job, source, size)
  -- Several texts, so that each result is a new string. Of lists only one, as the collector would traverse them all.
  local texts, n = {}, (size > MB or job.prepare) and 1 or math.max(4, MB / size)
  local row = { task = job, source = source, size = size, bytes = 0 }
  for i = 1, n do
    local s = piece(source.text, 1 + (i - 1) * math.floor((#source.text - size) / n), size)
    row.bytes = row.bytes + #s / n
    texts[i] = job.prepare and job.prepare(s) or s
    if i == 1 then
      M.check(job, s, source.name)
    end
  end
  local pure = fresh_fallback()
  local memory = rille_buffer:reset():reserve(size + 4) -- memcpy copies to where rille writes, too
  local some = piece(source.text, 1, math.min(size, MB / 4))
  some = job.prepare and job.prepare(some) or some
  local answer = job.run(some)
  row.wrong = { naive = job.naive(some) ~= answer, best = job.best and job.best(some) ~= answer }
  row.own = job.best == nil and job.judge(pure, texts[1]) ~= nil
  local ways = {
    prepend = job.prepend and size <= 64 * KB and job.prepend,
    naive = job.naive,
    best = job.best or row.own and function(s)
      return job.judge(pure, s)
    end,
    string = job.run,
    string_buffer = not job.call and job.into and lua_buffer and function(s)
      return job.into(lua_buffer:reset(), s)
    end,
    buffer = job.into and function(s)
      return job.into(rille_buffer:reset(), s)
    end,
    memcpy = not job.call and function(s)
      ffi.copy(memory, s, #s)
    end,
  }
  for key, way in pairs(ways) do
    row[key] = way and measure(way, texts)
  end
  row.ours = job.call and math.min(row.string, row.buffer or row.string) or row.buffer or row.string
  M.rows[#M.rows + 1] = row
  return row
end

return M
