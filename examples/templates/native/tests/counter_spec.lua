--- The right answers, on the backend that runs.
local t = ...
local abacus = require("abacus")

t.test("words are counted and ranked", function()
  local counter = abacus.counter()
  t.same(counter:add("the cat, the dög and a_cat"), 6)
  t.same(counter:add(""), 0)
  t.same({ counter:count("the"), counter:count("The"), counter:len() }, { 2, 0, 5 })
  t.same(counter:top(2), { { word = "the", count = 2 }, { word = "a_cat", count = 1 } })
  t.same(#counter:top(100), 5)
  t.same(counter:top(0), {})
  counter:close()
end)

t.test("texts may have any bytes", function()
  local counter = abacus.counter()
  t.same(counter:add("a\0b \255\254"), 3)
  t.same(counter:top(9), {
    { word = "a", count = 1 },
    { word = "b", count = 1 },
    { word = "\255\254", count = 1 },
  })
end)

t.test("rows stay valid after the counter is changed and closed", function()
  local counter = abacus.counter()
  counter:add("kept")
  local rows = counter:top(1)
  counter:add(("more words "):rep(1000))
  counter:close()
  t.same(rows, { { word = "kept", count = 1 } })
end)

t.test("wrong arguments are errors of the caller", function()
  local counter = abacus.counter()
  t.raises("counter_spec.lua", function()
    counter:add(nil)
  end)
  t.raises("abacus.counter:add: text must be a string, got nil", counter.add, counter, nil)
  t.raises("abacus.counter:count: word must be a string, got number", counter.count, counter, 1)
  t.raises("abacus.counter:top: limit must be an integer >= 0, got -1", counter.top, counter, -1)
  t.raises("abacus.counter:top: limit must be an integer >= 0, got 1.5", counter.top, counter, 1.5)
end)

t.test("a closed counter is refused, and may be closed again", function()
  local counter = abacus.counter()
  counter:close()
  counter:close()
  for _, name in ipairs({ "add", "count", "len", "top" }) do
    t.raises("abacus.counter: closed", counter[name], counter, name == "top" and 1 or "text")
  end
end)

t.test("counters that nobody closes are freed by the collector", function()
  for _ = 1, 200 do
    abacus.counter():add(("a b c "):rep(100))
  end
  collectgarbage()
  collectgarbage()
end)
