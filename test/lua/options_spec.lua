--- Option tables: every function that takes one refuses an unknown option and each wrong value, in the same words on both
--- backends, at the position of its caller.
local t = ...
local rille = require("rille")

--- Returns what a message says of wrong values of an option: the value, and what it must be.
local function boolean()
  return { { 1, "a boolean, got 1" }, { "true", "a boolean, got 'true'" } }
end

local function integer(least)
  local about = "an integer >= " .. least
  return {
    { least - 1, ("%s, got %d"):format(about, least - 1) },
    { least + 0.5, ("%s, got %s"):format(about, least + 0.5) },
    { tostring(least), ("%s, got '%d'"):format(about, least) },
    { true, about .. ", got true" },
    { 0 / 0, about .. ", got " .. tostring(0 / 0) },
    { 1e18, "an integer <= 4294967295, got 1e+18" },
  }
end

local function large_integer(least)
  local list = integer(least)
  list[6] = { 1e18, "an integer <= 9007199254740992, got 1e+18" }
  return list
end

local function range(least, most)
  local about = ("an integer from %d to %d, got "):format(least, most)
  return {
    { least - 1, about .. least - 1 },
    { most + 1, about .. most + 1 },
    { least + 0.5, about .. least + 0.5 },
    { {}, about .. "table" },
  }
end

local function word(about)
  return { { "loud", about .. ", got 'loud'" }, { 7, about .. ", got 7" }, { {}, about .. ", got table" } }
end

local STRINGS = {
  { "a", "a list of strings, got 'a'" },
  { { 1 }, "a string, got 1", "[1]" },
  { { "a", nil, "c" }, "a string, got nil", "[2]" },
}

local CELLS = {
  ambiguous = { { 3, "1 or 2, got 3" }, { "1", "1 or 2, got '1'" } },
  column = integer(0),
  style = word("'terminal', 'neovim' or 'strwidth'"),
  tabstop = integer(1),
}
local WALK = {
  directories = boolean(),
  follow = boolean(),
  globs = STRINGS,
  hidden = boolean(),
  ignore = boolean(),
  max_depth = integer(1),
  relative = boolean(),
  same_file_system = boolean(),
  sort = boolean(),
  types = STRINGS,
}
local FUZZY = {
  case = word("'smart', 'ignore' or 'respect'"),
  columns = {
    { 1, "a list of integers >= 1, got 1" },
    { {}, "a list of integers >= 1, got table" },
    { { 0 }, "a list of integers >= 1, got table" },
    { { "1" }, "a list of integers >= 1, got table" },
  },
  delimiter = {
    { "::", "a string of one byte, got '::'" },
    { "", "a string of one byte, got ''" },
    { 1, "a string of one byte, got 1" },
  },
  normalize = boolean(),
  scheme = word("'default', 'path' or 'history'"),
  typos = range(0, 3),
}

local function with(common, more)
  local all = {}
  for _, options in ipairs({ common, more }) do
    for key, wrong in pairs(options) do
      all[key] = wrong
    end
  end
  return all
end

local MEASURED = {
  kerning = { { 1, "a function or a table, got 1" } },
  measure = { { "px", "a function or a table, got 'px'" } },
}
local TRUNCATE = with(CELLS, {
  ellipsis = { { 1, "a string, got 1" } },
  side = word("'right', 'left' or 'middle'"),
})
local PAD = with(CELLS, {
  align = word("'left', 'right' or 'center'"),
  fill = { { 1, "a string, got 1" }, { "ab", "one cell wide, got 'ab'" }, { "", "one cell wide, got ''" } },
})
local WRAP = with(CELLS, { keep_long_words = boolean() })
local GREP = with(WALK, {
  binary = boolean(),
  case = word("'respect', 'ignore' or 'smart'"),
  context = integer(0),
  fixed = boolean(),
  invert = boolean(),
  limit = integer(1),
  limit_per_file = integer(1),
  multiline = boolean(),
  texts = {
    { "a", "a table of strings by path, got 'a'" },
    { { "a" }, "a table of strings by path, got table" },
    { { a = 1 }, "a table of strings by path, got table" },
  },
  word = boolean(),
})
local REGEX = {
  anchored = boolean(),
  flags = { { 1, "a string, got 1" } },
  memory_limit = integer(1),
}
local LITERALS = {
  case = word("'respect' or 'ignore'"),
  match = word("'first' or 'longest'"),
  memory_limit = integer(1),
}
local SCAN = { max_bytes = integer(1), memory_limit = integer(1) }
SCAN.max_bytes[6] = { 1e18, "an integer <= 9007199254740991, got 1e+18" }
local STREAM = { limit = integer(1), max_match_length = integer(1) }
local OPEN = {
  cache = integer(1),
  index = boolean(),
  spool = boolean(),
  spool_directory = { { "", "a non-empty string, got ''" }, { 1, "a non-empty string, got 1" } },
  spool_limit = large_integer(1),
  threads = range(1, 64),
  unpack = boolean(),
}
local HUNKS = rille.diff("a\n", "b\n")
local UNIFIED = {
  context = integer(0),
  headings = boolean(),
  names = { { "a", "a list of two strings, got 'a'" }, { { "a" }, "a list of two strings, got table" } },
}
local MERGE = {
  favor = word("'none', 'ours', 'theirs' or 'union'"),
  names = {
    { "a", "a list of three strings, got 'a'" },
    { { "a", "b" }, "a list of three strings, got table" },
  },
  style = word("'merge' or 'diff3'"),
}
local DIFF = {
  algorithm = word("'histogram', 'myers' or 'minimal'"),
  case = word("'respect' or 'ignore'"),
  deadline = integer(0),
  eol = word("'respect' or 'ignore'"),
  indent_heuristic = boolean(),
  memory_limit = integer(1),
  whitespace = word("'respect', 'trailing', 'amount' or 'ignore'"),
}
local WINDOW = { from_column = large_integer(1), max_bytes = range(1, 2 ^ 30) }

--- The cases: the name of a function, its options, the function, and its arguments before the options.
local function cases(path)
  local text, fuzzy, session = rille.text, rille.fuzzy, rille.fuzzy()
  local lits, file, buffer = rille.literals({ "a" }), rille.file(path), rille.buffer()
  return {
    { "rille.text.width", with(CELLS, MEASURED), text.width, "a" },
    { "rille.text.offset", with(CELLS, MEASURED), text.offset, "a", 1, "byte", "cell" },
    { "rille.text.width_job", CELLS, text.width_job, "a" },
    { "rille.text.truncate", with(TRUNCATE, MEASURED), text.truncate, "a", 1 },
    { "rille.text.truncate_job", TRUNCATE, text.truncate_job, "a", 1 },
    { "rille.text.truncate_into", TRUNCATE, text.truncate_into, buffer, "a", 1 },
    { "rille.text.truncate_list", TRUNCATE, text.truncate_list, { "a" }, 1 },
    { "rille.text.truncate_list_into", TRUNCATE, text.truncate_list_into, buffer, { "a" }, 1 },
    { "rille.text.pad", PAD, text.pad, "a", 1 },
    { "rille.text.pad_job", PAD, text.pad_job, "a", 1 },
    { "rille.text.pad_into", PAD, text.pad_into, buffer, "a", 1 },
    { "rille.text.wrap", with(WRAP, MEASURED), text.wrap, "a", 1 },
    { "rille.text.wrap_job", WRAP, text.wrap_job, "a", 1 },
    { "rille.text.wrap_into", with(WRAP, MEASURED), text.wrap_into, buffer, "a", 1 },
    { "rille.text.wrap_spans", with(WRAP, MEASURED), text.wrap_spans, "a", 1 },
    { "rille.text.wrap_spans_job", WRAP, text.wrap_spans_job, "a", 1 },
    { "rille.regex", REGEX, rille.regex, "a" },
    { "rille.regex_job", REGEX, rille.regex_job, "a" },
    { "rille.regexset", REGEX, rille.regexset, { "a" } },
    { "rille.regexset_job", REGEX, rille.regexset_job, { "a" } },
    { "rille.literals", LITERALS, rille.literals, { "a" } },
    { "rille.literals_job", LITERALS, rille.literals_job, { "a" } },
    { "rille.stream", STREAM, rille.stream, lits, "a" },
    { "rille.scan", SCAN, rille.scan, lits },
    { "rille.scan_job", SCAN, rille.scan_job, lits },
    { "rille.diff", DIFF, rille.diff, "a", "b" },
    { "rille.diff_job", DIFF, rille.diff_job, "a", "b" },
    { "rille.diff.session", DIFF, rille.diff.session, "a" },
    { "rille.fuzzy", with(FUZZY, { memory_limit = large_integer(1) }), fuzzy },
    { "rille.fuzzy.match", FUZZY, fuzzy.match, "a", "a" },
    { "rille.fuzzy.filter", with(FUZZY, { limit = integer(0) }), fuzzy.filter, "a", { "a" } },
    { "rille.fuzzy.filter_job", with(FUZZY, { limit = integer(0) }), fuzzy.filter_job, "a", { "a" } },
    { "rille.hunks:unified", UNIFIED, HUNKS.unified, HUNKS },
    { "rille.hunks:unified_into", UNIFIED, HUNKS.unified_into, HUNKS, rille.buffer() },
    { "rille.diff.apply", { reverse = boolean() }, rille.diff.apply, "a\n", HUNKS, 1 },
    { "rille.diff.merge3", MERGE, rille.diff.merge3, "a", "b", "c" },
    { "rille.diff.inline", { unit = word("'word', 'char' or 'grapheme'") }, rille.diff.inline, "a", "b" },
    { "rille.fuzzy:query", { limit = integer(0) }, session.query, session, "a" },
    { "rille.fuzzy:start", { limit = integer(0) }, session.start, session, "a" },
    { "rille.file", OPEN, rille.file, path },
    { "rille.file_job", OPEN, rille.file_job, path },
    { "rille.file:lines", WINDOW, file.lines, file, 1, 1 },
    { "rille.file:lines_job", WINDOW, file.lines_job, file, 1, 1 },
    { "rille.file:line", WINDOW, file.line, file, 1 },
    { "rille.file:line_job", WINDOW, file.line_job, file, 1 },
    { "rille.file:around", WINDOW, file.around, file, 1, 1, 1 },
    { "rille.file:around_job", WINDOW, file.around_job, file, 1, 1, 1 },
    { "rille.file:last", WINDOW, file.last, file, 1 },
    { "rille.file:last_job", WINDOW, file.last_job, file, 1 },
    {
      "rille.file:search",
      { backward = boolean(), from = large_integer(1), limit = integer(1) },
      file.search,
      file,
      "a",
    },
    { "rille.file:count", { lines = boolean() }, file.count, file, "a" },
    { "rille.file:filter", { invert = boolean() }, file.filter, file, "a" },
    { "rille.walk", WALK, rille.walk, "." },
    { "rille.grep", GREP, rille.grep, "a", "." },
  }
end

local function names(options)
  local list = {}
  for key in pairs(options) do
    list[#list + 1] = key
  end
  table.sort(list)
  return list
end

--- Calls the function of a case with options, which must raise this message.
local function refused(case, opts, message)
  local arguments = { unpack(case, 4) }
  arguments[#arguments + 1] = opts
  t.refuses(("%s: %s"):format(case[1], message), case[3], unpack(arguments))
end

t.test("an unknown option is an error that names the known ones, of every function", function()
  t.with_file("a\n", function(path)
    for _, case in ipairs(cases(path)) do
      local known = table.concat(names(case[2]), ", ")
      refused(case, { nonsense = true }, ("unknown option 'nonsense' (known: %s)"):format(known))
      refused(case, { [1] = true }, ("unknown option '1' (known: %s)"):format(known))
    end
  end)
end)

t.test("a wrong value of an option says what is right, of every function", function()
  t.with_file("a\n", function(path)
    for _, case in ipairs(cases(path)) do
      for _, key in ipairs(names(case[2])) do
        for _, wrong in ipairs(case[2][key]) do
          local value, about, place = unpack(wrong)
          local message = ("option '%s%s' must be %s"):format(key, place or "", about)
          local opts = { [key] = value }
          refused(case, opts, message)
          -- A table that was refused before is refused again.
          refused(case, opts, message)
        end
      end
    end
  end)
end)

t.test("options that are not a table are an error, of every function", function()
  t.with_file("a\n", function(path)
    for _, case in ipairs(cases(path)) do
      if case[2] == REGEX then
        refused(case, 1, "flags must be a string or a table, got number")
        refused(case, "iq", "unknown flag 'q' (known: i, m, s, x, b)")
        refused(case, { flags = "iq" }, "unknown flag 'q' (known: i, m, s, x, b)")
      else
        refused(case, 1, "opts must be a table, got number")
        refused(case, "a", "opts must be a table, got string")
      end
    end
  end)
end)

t.test("columns without a delimiter are an error that asks for it", function()
  t.with_file("a\n", function(path)
    for _, case in ipairs(cases(path)) do
      if case[2].columns then
        refused(
          case,
          { columns = { 1 } },
          "option 'delimiter' must be a string of one byte with 'columns', got nil"
        )
      end
    end
  end)
end)

t.test("a value that becomes wrong after the table was used is refused", function()
  local opts = { tabstop = 4 }
  t.eq(rille.text.width("\t", opts), 4)
  opts.tabstop = 0
  t.refuses("rille.text.width: option 'tabstop' must be an integer >= 1, got 0", rille.text.width, "\t", opts)
end)

t.test("a long wrong value is cut in the message", function()
  t.refuses(
    "rille.literals: option 'case' must be 'respect' or 'ignore', got '" .. ("x"):rep(60) .. "…'",
    rille.literals,
    { "a" },
    { case = ("x"):rep(1000) }
  )
end)

t.test("every function with options in the help is tried here", function()
  local help = assert(io.open(os.getenv("RILLE_ROOT") .. "/doc/rille.txt", "rb"))
  local tried = {}
  t.with_file("a\n", function(path)
    for _, case in ipairs(cases(path)) do
      tried[case[1]] = true
    end
  end)
  local count = 0
  for line in help:lines() do
    local name = line:match("^(rille[%w_.:]*)%(.*{opts}") or line:match("^(rille[%w_.:]*)%(.*{flags}")
    -- Functions of hosts are tried in their hosts.
    local host = name and name:match("^rille%.(%w+)%.")
    if name and host ~= "nvim" and host ~= "resty" and host ~= "love" then
      t.ok(tried[name], name .. " is not tried")
      count = count + 1
    end
  end
  help:close()
  t.ok(count >= 40, count)
end)
