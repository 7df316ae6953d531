--- Patterns for lines: every function that takes one takes it in the same forms, and the answers are the same. The functions are
--- `rille.grep`, in files and in texts, and `search`, `count`, `filter` and `navigate` of a file.
local t = ...
local rille = require("rille")
local native = rille.backend == "native"
local LONG = 60000

local FORMS = "must be a string, a rille.regex, rille.literals or a list of these, got "

--- Calls `fn` with an open file, its directory and its path.
local function with_file(content, fn)
  t.with_file(content, function(path)
    local file = assert(rille.file(path))
    local ok, message = xpcall(fn, debug.traceback, file, path:match("^(.*)[/\\]"), path)
    file:close()
    assert(ok, message)
  end)
end

--- The functions that take a pattern: the name of each and of its argument, and the arguments for a pattern.
local function functions(file, directory)
  local list = {
    {
      "rille.grep: pattern",
      rille.grep,
      function(pattern)
        return pattern, directory, { max_depth = 1 }
      end,
    },
  }
  for _, name in ipairs({ "search", "count", "filter", "navigate" }) do
    list[#list + 1] = {
      ("rille.file:%s: what"):format(name),
      file[name],
      function(pattern)
        return file, pattern
      end,
    }
  end
  return list
end

t.test("every function refuses the same wrong forms of a pattern in the same words", function()
  with_file("a\n", function(file, directory)
    local wrong = {
      { nil, " " .. FORMS .. "nil" },
      { 1, " " .. FORMS .. "number" },
      { true, " " .. FORMS .. "boolean" },
      { {}, " " .. FORMS .. "an empty list" },
      { { "a", 1 }, "[2] " .. FORMS .. "number" },
      { { "a", { "b" } }, "[2] " .. FORMS .. "table" },
      { { "a", nil, "b" }, "[2] " .. FORMS .. "nil" },
      { { nil, "b" }, "[1] " .. FORMS .. "nil" },
    }
    local set = rille.regexset({ "a" })
    if set then
      wrong[#wrong + 1] = { set, " " .. FORMS .. "rille.regexset; pass its list of patterns" }
      wrong[#wrong + 1] = { { set }, "[1] " .. FORMS .. "rille.regexset; pass its list of patterns" }
    end
    for _, entry in ipairs(functions(file, directory)) do
      for i = 1, #wrong do
        t.refuses(entry[1] .. wrong[i][2], entry[2], entry[3](wrong[i][1]))
      end
    end
  end)
end)

t.test("a closed pattern is an error of every function, in each form", function()
  with_file("a\n", function(file, directory)
    local closed = { rille.literals({ "a" }), rille.regex("a") or nil }
    for _, pattern in ipairs(closed) do
      pattern:close()
      for _, entry in ipairs(functions(file, directory)) do
        for _, form in ipairs({ pattern, { pattern }, { "a", pattern } }) do
          t.refuses("rille: closed", entry[2], entry[3](form))
        end
      end
    end
  end)
end)

if not native then
  return t.test("every function accepts each form, and says that it needs the native library", function()
    with_file("a\n", function(file, directory)
      local literals = rille.literals({ "a" })
      for _, entry in ipairs(functions(file, directory)) do
        local name = entry[1]:match("^(.*): ")
        for _, form in ipairs({ "a", literals, { "a" }, { literals }, { "a", literals, "(" } }) do
          t.eq({ entry[2](entry[3](form)) }, {
            nil,
            name .. " needs the native library; rille.health() says why it is not loaded",
          })
        end
      end
    end)
  end)
end

t.test("a mistake in a pattern has the same message and position in every function", function()
  with_file("a\n", function(file, directory)
    for _, case in ipairs({
      { "ab(cd", { nil, "unclosed group", 3 } },
      { { "ab(cd" }, { nil, "unclosed group", 3 } },
      {
        { "a", rille.literals({ "b" }), "x**\\q" },
        { nil, "pattern 3 of 3: unrecognized escape sequence", 4 },
      },
    }) do
      for _, entry in ipairs(functions(file, directory)) do
        t.eq({ entry[2](entry[3](case[1])) }, case[2], entry[1])
      end
    end
  end)
end)

--- Calls `fn` with each batch of a job.
local function each(job, fn)
  repeat
    local state = job:wait(LONG)
    local batch = job:take()
    while batch do
      fn(batch)
      batch = job:take()
    end
  until state ~= "running"
  t.eq(job:poll(), "done")
  job:close()
end

--- Returns the spans that each function finds, as positions in the file, and the lines that match.
local function answers(file, directory, path, form)
  local found = { grep = {}, text = {}, search = {}, backward = {}, next = {}, previous = {} }
  local lines = { grep = {}, text = {}, filter = {} }
  local function take(name, job, message)
    each(assert(job, message), function(batch)
      for i = 1, batch.count do
        t.eq(batch:kind(i), "match")
        lines[name][#lines[name] + 1] = batch:text(i)
        for k = 1, batch:spans(i) do
          local from, to = batch:span(i, k)
          local before = batch:offset(i) - 1
          found[name][#found[name] + 1] = { before + from, before + to }
        end
      end
    end)
  end
  local name = path:match("[^/\\]+$")
  take(
    "grep",
    rille.grep(form, directory, { globs = { name }, max_depth = 1, hidden = true, ignore = false })
  )
  local content = assert(io.open(path, "rb"))
  local texts = { [name] = content:read("*a") }
  content:close()
  take(
    "text",
    rille.grep(
      form,
      directory,
      { globs = { name }, max_depth = 1, hidden = true, ignore = false, relative = true, texts = texts }
    )
  )
  each(assert(file:search(form)), function(batch)
    for i = 1, batch.count do
      found.search[#found.search + 1] = { batch:span(i) }
    end
  end)
  each(assert(file:search(form, { backward = true })), function(batch)
    for i = 1, batch.count do
      table.insert(found.backward, 1, { batch:span(i) })
    end
  end)
  local navigation = assert(file:navigate(form))
  local from, to = navigation:next(1, LONG)
  while from do
    found.next[#found.next + 1] = { from, to }
    from, to = navigation:next(from + 1, LONG)
  end
  from, to = navigation:previous(2 ^ 40, LONG)
  while from do
    table.insert(found.previous, 1, { from, to })
    from, to = navigation:previous(from, LONG)
  end
  navigation:close()
  local counting = assert(file:count(form))
  while counting:wait(LONG) == "running" do
  end
  local count = counting:take() or { total = 0, lines = 0, partial = false }
  local filtered, filling = file:filter(form)
  while filling:wait(LONG) == "running" do
  end
  for i = 1, (filtered:line_count()) do
    lines.filter[i] = filtered:line(i)
  end
  return found, lines, count
end

--- Checks that all functions find these spans and lines.
local function check(case, form, expected, lines)
  return function(file, directory, path)
    local found, by, count = answers(file, directory, path, form)
    for name, spans in pairs(found) do
      t.eq(spans, expected, ("%s: spans of %s"):format(case, name))
    end
    for name, list in pairs(by) do
      t.eq(list, lines, ("%s: lines of %s"):format(case, name))
    end
    t.eq(count, { total = #expected, lines = #lines, partial = false }, case)
  end
end

local TEXT = "one Two\r\nthree\r\n\ntwo two\r\nTWO at the end"
local ALL = { { 5, 7 }, { 18, 20 }, { 22, 24 }, { 27, 29 } }
local LINES = { "one Two", "two two", "TWO at the end" }

--- Patterns in all forms, with what each finds.
local function cases()
  local regex, literals = rille.regex, rille.literals
  local lower = { { 18, 20 }, { 22, 24 } }
  return {
    {
      lower,
      { "two two" },
      {
        text = "two",
        regex = regex("two"),
        ["regex of bytes"] = regex("two", "b"),
        literals = literals({ "two" }),
        ["a list of texts"] = { "two", "nowhere" },
        ["a list of regexes"] = { regex("two"), regex("nowhere") },
        ["a list of literals"] = { literals({ "nowhere" }), literals({ "two" }) },
        ["a mixed list"] = { "nowhere", regex("two"), literals({ "elsewhere" }) },
      },
    },
    {
      ALL,
      LINES,
      {
        text = "(?i)two",
        regex = regex("two", "i"),
        literals = literals({ "two" }, { case = "ignore" }),
        ["a list of texts"] = { "two", "Two", "TWO" },
        ["a list of regexes"] = { regex("Two"), regex("TWO|two") },
        ["a list of literals"] = { literals({ "Two", "TWO" }), literals({ "two" }) },
        ["a mixed list"] = { regex("TWO"), literals({ "two" }), "Two" },
      },
    },
    {
      { { 5, 7 }, { 22, 24 } },
      { "one Two", "two two" },
      {
        text = "(?i)two$",
        regex = regex("two$", "i"),
        ["regex with lines"] = regex("two$", "im"),
        ["a list of texts"] = { "Two$", "two$" },
        ["a mixed list"] = { regex("Two$"), "two$", literals({ "nowhere" }) },
      },
    },
    {
      { { 5, 7 }, { 18, 19 }, { 22, 23 }, { 27, 29 } },
      LINES,
      {
        ["a list: the first that matches at a place wins"] = {
          literals({ "tw" }),
          literals({ "two" }, { case = "ignore", match = "longest" }),
        },
        ["literals: the first that matches at a place wins"] = literals({ "tw", "two", "Two", "TWO" }),
        ["a list of texts: the first that matches at a place wins"] = { "tw", "(?i)two" },
      },
    },
    {
      ALL,
      LINES,
      {
        ["literals: the longest wins"] = literals({ "tw", "two", "Two", "TWO" }, { match = "longest" }),
        ["a list with the longest literals"] = {
          literals({ "tw", "two" }, { match = "longest" }),
          literals({ "two" }, { case = "ignore" }),
        },
      },
    },
    {
      {},
      {},
      {
        text = "nowhere",
        regex = regex("nowhere"),
        literals = literals({ "nowhere" }),
        ["no literals"] = literals({}),
        ["a list"] = { "nowhere", regex("nowhere"), literals({}) },
      },
    },
  }
end

t.test("each form of a pattern has the same answers in every function", function()
  with_file(TEXT, function(file, directory, path)
    for i, case in ipairs(cases()) do
      for name, form in pairs(case[3]) do
        check(("case %d, %s"):format(i, name), form, case[1], case[2])(file, directory, path)
      end
    end
  end)
end)

t.test("empty matches are the same in every function", function()
  with_file("ab\n\nb", function(file, directory, path)
    local expected = { { 1, 1 }, { 3, 2 }, { 4, 3 }, { 5, 4 }, { 6, 5 } }
    for name, form in pairs({
      text = "a*",
      regex = rille.regex("a*"),
      list = { "a*" },
      ["a list of regexes"] = { rille.regex("a*") },
    }) do
      check(name, form, expected, { "ab", "", "b" })(file, directory, path)
    end
  end)
end)

t.test(
  "a pattern may be closed, and its list changed, while a navigation, a search or a filter uses it",
  function()
    with_file(TEXT, function(file)
      local regex, literals = rille.regex("Two"), rille.literals({ "two" })
      local list = { regex, literals }
      local navigation = assert(file:navigate(list))
      local search = assert(file:search(list))
      local filtered, filling = file:filter(list)
      local counting = assert(file:count(list))
      regex:close()
      literals:close()
      list[1], list[2] = 3, nil
      t.eq({ navigation:next(1, LONG) }, { 5, 7, 1 })
      t.eq({ navigation:next(6, LONG) }, { 18, 20, 4 })
      t.eq({ navigation:previous(1000, LONG) }, { 22, 24, 4 })
      local spans = {}
      each(search, function(batch)
        for i = 1, batch.count do
          spans[#spans + 1] = { batch:span(i) }
        end
      end)
      t.eq(spans, { { 5, 7 }, { 18, 20 }, { 22, 24 } })
      while filling:wait(LONG) == "running" or counting:wait(LONG) == "running" do
      end
      t.eq(filtered:line(2), "two two")
      -- A closed navigation keeps nothing open; it searches again, which needs open patterns.
      navigation:close()
      t.refuses("rille: closed", navigation.next, navigation, 1, LONG)
      local open = rille.regex("tw[o]")
      navigation = assert(file:navigate(open))
      local live = rille.stats().handles.regex
      navigation:close()
      t.eq({ navigation:next(1, LONG) }, { 18, 20, 4 })
      navigation:close()
      t.refuses(
        "rille.file.navigation:next: position must be an integer from 1 on, got 0",
        navigation.next,
        navigation,
        0
      )
      open:close()
      t.ok(t.shared or rille.stats().handles.regex == live - 1)
      t.eq(counting:take(), { total = 3, lines = 2, partial = false })
    end)
  end
)
