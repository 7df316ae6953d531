--- What all objects have in common: `tostring`, methods called with a dot, start positions, and lists with holes.
local t = ...
local rille = require("rille")

local native = rille.backend == "native"

--- Calls `fn` with the name of a kind of object, a new object, and the pattern of its `tostring`.
local function each(fn)
  t.with_file("one\ntwo\n", function(path)
    local file = assert(rille.file(path))
    local fuzzy = rille.fuzzy()
    fuzzy:push({ "a", "b" })
    local literals = rille.literals({ "a", "b" })
    local job = rille.literals_job({ "a" })
    job:wait()
    local list = {
      { "literals", literals, "^rille%.literals: 2 literals$" },
      { "stream", rille.stream(literals, "x"), "^rille%.stream: 0 replacements$" },
      { "scan", rille.scan(literals), "^rille%.scan: 2 patterns$" },
      { "buffer", rille.buffer():put("x"), "^rille%.buffer: 1 byte$" },
      { "job", job, "^rille%.job: done, %d" },
      { "job in parts", fuzzy:push_job({ "c" }), "^rille%.job: running, 0 of 1$" },
      { "file", file, "^rille%.file: " .. path:gsub("%p", "%%%0") .. "$" },
      { "fuzzy", fuzzy, "^rille%.fuzzy: 2 items$" },
    }
    if native then
      for _, entry in ipairs({
        { "regex", rille.regex("(a|b)+", "im"), "^rille%.regex: %(a|b%)%+ %[im%]$" },
        { "regexset", rille.regexset({ "a" }), "^rille%.regexset: 1 pattern$" },
        { "notifier", rille.notifier(), "^rille%.notifier: descriptor %d+$" },
        { "walk", rille.walk("."), "^rille%.job: %a+, %d" },
        { "filter", file:filter("o"), "^rille%.file: filter of .+$" },
      }) do
        list[#list + 1] = entry
      end
    else
      list[#list + 1] = { "search job", fuzzy:start("a"), "^rille%.job: running, 0 of 2$" }
    end
    for _, entry in ipairs(list) do
      fn(unpack(entry))
    end
    for i = #list, 1, -1 do
      list[i][2]:close()
    end
  end)
end

t.test("tostring says what an object is, and that it is closed", function()
  each(function(kind, object, expected)
    local shown = tostring(object)
    t.ok(shown:find(expected), kind .. ": " .. shown)
    local name = shown:match("^[%w.]+: ")
    object:close()
    t.eq(tostring(object), name .. "closed", kind)
  end)
end)

t.test("tostring says what results are", function()
  local spans = rille.literals({ "a" }):spans("banana")
  t.eq(tostring(spans), "rille.spans: 3 matches")
  t.eq(tostring(rille.bytes(require("ffi").new("char[3]"), 3)), "rille.bytes: 3 bytes")
  t.eq(tostring(rille.fuzzy.filter("a", { "a", "b" })), "rille.fuzzy.result: 1 row of 1 match")
  t.with_file("one\ntwo\n", function(path)
    local file = rille.file(path)
    t.eq(tostring(file:lines(1, 2)), "rille.file.lines: 2 lines from line 1")
    file:close()
  end)
  if native then
    t.eq(tostring(rille.regex("a"):spans("banana")), "rille.spans: 3 matches")
    t.eq(tostring(rille.regex(("é"):rep(60))), "rille.regex: " .. ("é"):rep(28) .. "…")
    t.eq(tostring(rille.regex("a\nb")), "rille.regex: a\\10b")
  end
end)

--- Methods that other modules of rille call.
local internal = { read = true, clone = true, longest_len = true }

t.test("every method that is called with a dot says so", function()
  each(function(kind, object)
    for name, method in pairs(getmetatable(object).__index) do
      if type(method) == "function" and not internal[name] and name:sub(1, 2) ~= "__" then
        for _, argument in ipairs({ "x", 1, {} }) do
          -- A table may be an object, but for `close` and `closed` one is as good as another.
          if type(argument) ~= "table" or not name:find("^close") then
            local called, message = pcall(method, argument)
            local expected = "call it with a colon, as object:method(...): its object is a " .. type(argument)
            t.eq(called, false, kind .. "." .. name)
            t.ok(message:find(expected, 1, true), ("%s.%s: %s"):format(kind, name, message))
          end
        end
        local called, message = pcall(method)
        t.ok(
          not called and message:find("its object is a nil", 1, true),
          ("%s.%s: %s"):format(kind, name, message)
        )
      end
    end
  end)
end)

t.test("a negative start counts from the end, as in string.find", function()
  local function expect(s, init)
    local from, to = s:find("b", init, true)
    return { from, to }
  end
  local matchers = { rille.literals({ "b" }), native and rille.regex("b") or nil }
  for _, s in ipairs({ "", "b", "abab", "bbb", "aab" }) do
    for init = -6, 6 do
      for _, matcher in ipairs(matchers) do
        if init ~= 0 then
          local expected = expect(s, init)
          local from, to = matcher:find(s, init)
          local about = ("%q from %d"):format(s, init)
          t.eq({ from, to }, expected, about)
          t.eq(matcher:test(s, init), expected[1] ~= nil, about)
          from, to = matcher:gfind(s, init)()
          t.eq({ from, to }, expected, about)
          local spans = matcher:spans(s, init)
          from, to = spans:get(1)
          t.eq({ from, to }, expected, about)
          t.eq(matcher:count(s, init), spans:count(), about)
          if matcher.captures then
            local captures = matcher:captures(s, init)
            t.eq(captures and captures[0] or {}, expected, about)
            t.eq(matcher:match(s, init), expected[1] and "b", about)
            t.eq(matcher:gmatch(s, init)(), expected[1] and "b", about)
          end
        end
      end
    end
  end
  for _, matcher in ipairs(matchers) do
    for _, name in ipairs({ "find", "test", "gfind", "spans", "count", "match", "gmatch", "captures" }) do
      for _, init in ipairs({ 0, 0.5, -0.5, math.huge, -math.huge, 0 / 0, "1" }) do
        if matcher[name] then
          t.raises(
            name .. ": init must be a position from 1 on, got " .. tostring(init):gsub("%p", "%%%0"),
            function()
              return matcher[name](matcher, "abc", init)
            end
          )
        end
      end
    end
  end
end)

t.test("a start from the end is one of bytes, and the text before it is seen", function()
  if native then
    t.eq(rille.regex("^b"):find("ab", -1), nil)
    t.eq({ rille.regex("."):find("aé", -1) }, { rille.regex("."):find("aé", 3) })
  end
end)

t.test("a pattern for string.find has a hint", function()
  if not native then
    t.skip("regular expressions need the native library")
  end
  for pattern, class in pairs({ ["%d+"] = "%d", ["x%s*(%w+)"] = "%s", ["%.txt$"] = "%.", ["[%a_]"] = "%a" }) do
    local re = rille.regex(pattern)
    t.eq(
      re:hint(),
      ("(%s has its meaning in Lua patterns only; rille.regex.from_lua translates them)"):format(class)
    )
    t.eq(tostring(re), "rille.regex: " .. pattern .. " " .. re:hint())
  end
  for _, pattern in ipairs({ "100%", "%20", "50% of", "\\d%d", "a%", "%é" }) do
    t.eq(rille.regex(pattern):hint(), nil, pattern)
  end
  local re, message, position = rille.regex("(%d")
  t.eq({ re, position }, { nil, 1 })
  t.ok(message:find("^unclosed group %(%%d has its meaning in Lua patterns only"), message)
end)

t.test("a list with a hole is an error that names the hole, for every function", function()
  local text = rille.text
  local fuzzy = rille.fuzzy()
  local literals = rille.literals({ "a", "b", "c" })
  -- Runs a job, which looks at the strings one by one.
  local function run(job)
    local _, _, message = job:wait()
    t.ok(message)
    error(message, 3)
  end
  local function upper_half()
    -- A list in the part of the table that has no order.
    local list = {}
    for i = 9, 3, -1 do
      list[i] = "x"
    end
    list[1] = "x"
    return list
  end
  local calls = {
    ["rille.literals"] = rille.literals,
    ["rille.literals_job"] = rille.literals_job,
    ["rille.literals:replace"] = function(list)
      return literals:replace("abc", list)
    end,
    ["rille.stream"] = function(list)
      return rille.stream(literals, list)
    end,
    ["rille.text.truncate_list"] = function(list)
      return text.truncate_list(list, 10)
    end,
    ["rille.fuzzy:push"] = function(list)
      return fuzzy:push(list)
    end,
    ["rille.fuzzy:push_job"] = function(list)
      run(fuzzy:push_job(list))
    end,
    ["rille.fuzzy.filter"] = function(list)
      return rille.fuzzy.filter("x", list)
    end,
    ["rille.fuzzy.filter_job"] = function(list)
      run(rille.fuzzy.filter_job("x", list))
    end,
  }
  local numbers = {
    ["rille.text.offsets"] = function(list)
      return text.offsets("abc", list, "byte", "char")
    end,
    ["rille.fuzzy:boost"] = function(list)
      return fuzzy:boost(list)
    end,
  }
  if native then
    calls["rille.regexset"] = rille.regexset
    calls["rille.regexset_job"] = rille.regexset_job
    calls["rille.grep: pattern"] = function(list)
      return rille.grep(list, ".")
    end
    calls["rille.grep: globs"] = function(list)
      return rille.grep("x", ".", { globs = list })
    end
    calls["rille.walk: types"] = function(list)
      return rille.walk(".", { types = list })
    end
  end
  for name, call in pairs(calls) do
    for _, list in ipairs({ { "x", nil, "x" }, { nil, "x" }, { "x", "x", nil, nil, "x" }, upper_half() }) do
      local called, message = pcall(function()
        call(list)
      end)
      t.eq(called, false, name)
      t.ok(message:find("objects_spec.lua:%d+: rille"), message)
      local hole = list[1] == nil and 1 or list[2] == nil and 2 or 3
      local index = "[" .. hole .. "] "
      local says = message:find(index .. "is nil, but", 1, true)
        or message:gsub("'", ""):find(index .. "must be a string, got nil", 1, true)
        or message:find(
          index .. "must be a string, a rille.regex, rille.literals or a list of these, got nil",
          1,
          true
        )
        or message:find("no element " .. hole .. ", but", 1, true)
        or message:find("list has %d strings for 3 literals")
      t.ok(says, message)
      t.ok(message:find(name:match("^[%w._]+"), 1, true), message)
    end
  end
  for name, call in pairs(numbers) do
    for _, list in ipairs({ { 1, nil, 1 }, { nil, 1 } }) do
      local called, message = pcall(call, list)
      local says = not called
        and (message:find("is nil, but", 1, true) or message:find("[1] must be", 1, true))
      t.ok(says, name .. ": " .. tostring(message))
    end
  end
end)
