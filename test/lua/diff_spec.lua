--- Tests of rille.diff: which lines of two texts differ.
local t = ...
local rille = require("rille")
local native = rille.backend == "native"

local ALGORITHMS = { "histogram", "myers", "minimal" }

--- Returns the hunks as lists of four numbers.
local function list(hunks)
  local all = {}
  for i = 1, hunks.count do
    all[i] = { hunks:get(i) }
  end
  return all
end

local function diff(a, b, opts)
  local hunks = assert(rille.diff(a, b, opts))
  t.eq(hunks.exact, true)
  return list(hunks)
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]*\n?") do
    if line ~= "" then
      lines[#lines + 1] = line
    end
  end
  return lines
end

--- Returns the first text with the lines of the second one that the hunks name.
local function applied(a, b, hunks)
  local old, new, out, at = lines_of(a), lines_of(b), {}, 1
  for i = 1, hunks.count do
    local a_first, a_count, b_first, b_count = hunks:get(i)
    for line = at, a_count > 0 and a_first - 1 or a_first do
      out[#out + 1] = old[line]
    end
    for line = b_first, b_first + b_count - 1 do
      out[#out + 1] = new[line]
    end
    at = a_first + math.max(a_count, 1)
  end
  for line = at, #old do
    out[#out + 1] = old[line]
  end
  return table.concat(out)
end

t.test("a hunk names the lines of both texts, and one without lines stands after its line", function()
  for _, algorithm in ipairs(ALGORITHMS) do
    local opts = { algorithm = algorithm }
    t.eq(diff("a\nb\nc\n", "a\nX\nc\n", opts), { { 2, 1, 2, 1 } })
    t.eq(diff("a\nb\nc\n", "a\nc\n", opts), { { 2, 1, 1, 0 } })
    t.eq(diff("a\nc\n", "a\nb\nc\n", opts), { { 1, 0, 2, 1 } })
    t.eq(diff("a\n", "x\na\ny\n", opts), { { 0, 0, 1, 1 }, { 1, 0, 3, 1 } })
    t.eq(diff("", "a\nb", opts), { { 0, 0, 1, 2 } })
    t.eq(diff("a\nb\n", "", opts), { { 1, 2, 0, 0 } })
    t.eq(diff("", "", opts), {})
    t.eq(diff("a\n", "a\n", opts), {})
  end
end)

t.test("a missing line feed, CR and NUL are differences", function()
  t.eq(diff("a\nb", "a\nb\n"), { { 2, 1, 2, 1 } })
  t.eq(diff("a\r\n", "a\n"), { { 1, 1, 1, 1 } })
  t.eq(diff("a\0b\n", "a\0c\n"), { { 1, 1, 1, 1 } })
  t.eq(diff("\n\n", "\n\n\n"), { { 2, 0, 3, 1 } })
end)

t.test("the kind of a hunk, and hunks that do not exist", function()
  local hunks = assert(rille.diff("a\nb\nc\nd\n", "a\nB\nc\nx\nd\n"))
  t.eq({ hunks.count, hunks:kind(1), hunks:kind(2) }, { 2, "change", "add" })
  t.eq(rille.diff("a\n", ""):kind(1), "delete")
  for _, i in ipairs({ 0, 3, -1, 1.5 }) do
    t.eq(hunks:get(i), nil)
    t.eq(hunks:kind(i), nil)
  end
  t.eq(tostring(hunks), "rille.hunks: 2 hunks")
end)

t.test("hunks turn the first text into the second one", function()
  local seed = 7
  local function random(n)
    seed = (seed * 16807) % 2147483647
    return seed % n
  end
  local function text(lines, letters)
    local out = {}
    for i = 1, random(lines) do
      out[i] = (" "):rep(random(3)) .. string.char(97 + random(letters)) .. "\n"
    end
    local all = table.concat(out)
    return random(4) == 0 and all:sub(1, -2) or all
  end
  for round = 1, 300 do
    local letters = ({ 1, 2, 3, 9 })[round % 4 + 1]
    local a, b = text(40, letters), text(40, letters)
    for _, algorithm in ipairs(ALGORITHMS) do
      for _, indent in ipairs({ true, false }) do
        local hunks = assert(rille.diff(a, b, { algorithm = algorithm, indent_heuristic = indent }))
        t.eq(applied(a, b, hunks), b)
      end
    end
  end
end)

t.test("white space, case and line ends are ignored on request", function()
  local function same(a, b, opts)
    t.eq(diff(a, b, opts), {}, a)
    t.eq(diff("x\n" .. a, "y\n" .. b, opts), { { 1, 1, 1, 1 } })
  end
  local function differ(a, b, opts)
    t.eq(diff(a, b, opts), { { 1, 1, 1, 1 } }, a)
  end
  same("a \t\n", "a\n", { whitespace = "trailing" })
  same("a\r\n", "a\n", { whitespace = "trailing" })
  differ("a  b\n", "a b\n", { whitespace = "trailing" })
  same("a  b\n", "a\tb  \n", { whitespace = "amount" })
  differ(" a\n", "a\n", { whitespace = "amount" })
  same(" a b\n", "ab\n", { whitespace = "ignore" })
  same("a\r\n", "a\n", { eol = "ignore" })
  same("a", "a\n", { eol = "ignore" })
  differ("a \n", "a\n", { eol = "ignore" })
  same("Abc\n", "aBC\n", { case = "ignore" })
  differ("a\n", "b\n", { case = "ignore" })
  if native then
    same("STRASSE\n", "straße\n", { case = "ignore" })
  end
end)

t.test("a hunk stands as low as possible, or where the indentation suggests", function()
  local a = "def a\n  x\nend\n\ndef c\n  x\nend\n"
  local b = "def a\n  x\nend\n\ndef b\n  x\nend\n\ndef c\n  x\nend\n"
  t.eq(diff(a, b), { { 4, 0, 5, 4 } })
  local middle = "a\nb\n  c\n  d\n  c\n  d\nz\n"
  t.eq(diff("a\nb\n  c\n  d\nz\n", middle, { indent_heuristic = false }), { { 4, 0, 5, 2 } })
  local loops = "for\n  one\nend\nfor\n  two\nend\n"
  t.eq(diff("for\n  two\nend\n", loops, { indent_heuristic = true }), { { 0, 0, 1, 3 } })
end)

t.test("texts in every form", function()
  local buffer = rille.buffer()
  buffer:put("a\nb\n")
  t.eq(diff(buffer, "a\n"), { { 2, 1, 1, 0 } })
  local ffi = require("ffi")
  local text = "a\nc\n"
  t.eq(diff(buffer, rille.bytes(ffi.cast("const char *", text), #text)), { { 2, 1, 2, 1 } })
end)

t.test("a deadline returns valid hunks that are not exact", function()
  local function text(seed)
    local lines = {}
    for i = 1, native and 200000 or 20000 do
      seed = (seed * 16807) % 2147483647
      lines[i] = seed % 2 == 0 and "a\n" or "b\n"
    end
    return table.concat(lines)
  end
  local a, b = text(1), text(2)
  local hunks = assert(rille.diff(a, b, { algorithm = "minimal", deadline = 5 }))
  t.eq(hunks.exact, false)
  t.ok(applied(a, b, hunks) == b)
end)

t.test("the memory limit refuses texts, and not equal ones", function()
  if not native then
    t.skip("memory is the collector's in the fallback")
  end
  local a, b = ("a\nb\n"):rep(5000), ("b\nc\n"):rep(5000)
  local expected = { nil, "memory limit of 20000 bytes reached" }
  t.eq({ rille.diff(a, b, { memory_limit = 20000 }) }, expected)
  t.eq(diff(a, a, { memory_limit = 20000 }), {})
  t.eq({ rille.diff_job(a, a, { memory_limit = 20000 }) }, expected)
  local job = assert(rille.diff_job(a, b, { memory_limit = 60000 }))
  t.eq(job:wait(60000), "done")
  t.eq({ job:result() }, { nil, "memory limit of 60000 bytes reached" })
end)

t.test("the job form returns the same hunks", function()
  local a, b = ("a\nb\nc\n"):rep(100), ("a\nc\nd\n"):rep(100)
  local job = assert(rille.diff_job(a, b, { algorithm = "myers" }))
  t.eq(job:wait(60000), "done")
  local hunks = job:result()
  t.ok(rawequal(hunks, job:result()))
  job:close()
  t.eq(list(hunks), diff(a, b, { algorithm = "myers" }))
end)

t.test("a job can be cancelled", function()
  if not native then
    t.skip("jobs of the fallback are done at once")
  end
  local lines = {}
  for i = 1, 300000 do
    lines[i] = (i * 7919 % 13 < 6) and "a\n" or "b\n"
  end
  local a, b = table.concat(lines), table.concat(lines, "", 2) .. ("b\na\na\n"):rep(100000)
  local job = assert(rille.diff_job(a, b, { algorithm = "minimal" }))
  job:cancel()
  t.eq(job:wait(60000), "cancelled")
  t.eq({ job:result() }, { nil, "the job was cancelled" })
  job:close()
end)

t.test("wrong arguments are errors", function()
  t.raises("rille.diff: a must be .+, got nil", rille.diff)
  t.raises("rille.diff: b must be .+, got nil", rille.diff, "a")
  t.raises("rille.diff_job: a must be .+, got nil", rille.diff_job)
  t.refuses(
    "rille.diff: option 'algorithm' must be 'histogram', 'myers' or 'minimal', got 'patience'",
    rille.diff,
    "a",
    "b",
    { algorithm = "patience" }
  )
  t.refuses(
    "rille.diff: option 'deadline' must be an integer >= 0, got -1",
    rille.diff,
    "",
    "",
    { deadline = -1 }
  )
end)
