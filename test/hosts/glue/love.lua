--- Tests of the LÖVE glue: love.update polls jobs while frames continue. Each `yield` is a frame.
-- luacheck: globals love
local t = ...
local glue = require("rille.love")
local rille = require("rille")
local start = dofile(os.getenv("RILLE_ROOT") .. "/test/support/jobs.lua")

--- Runs frames until a condition holds; returns their number.
local function frames(condition)
  local count, since = 0, love.timer.getTime()
  while not condition(count) do
    t.ok(love.timer.getTime() - since < 60, "it does not finish")
    coroutine.yield()
    glue.update()
    count = count + 1
  end
  return count
end

local function drain(job)
  local count = 0
  local batch = job:take(64)
  while batch do
    count = count + batch.count
    batch = job:take(64)
  end
  return count
end

t.test("awaited jobs return all their results while frames continue", function()
  local over, results = 0, 0
  for _ = 1, 4 do
    glue.await(start({ steps = 50, microseconds = 2000, results = 10 }), function(job, state, message)
      results = results + drain(job)
      if state ~= "running" then
        t.eq({ state, message }, { "done", nil })
        over = over + 1
      end
    end)
  end
  -- A job that ends only if frames continue while it is awaited.
  local endless, ended = start({ steps = 1000000, microseconds = 1000, results = 1 }), nil
  glue.await(endless, function(job, state)
    drain(job)
    ended = state ~= "running" and state
  end)
  t.eq(glue.update(), 5)
  frames(function(count)
    if count >= 20 then
      endless:cancel()
    end
    return over == 4 and ended
  end)
  t.eq({ results, ended }, { 2000, "cancelled" })
  t.eq(glue.update(), 0)
end)

t.test("a frame may take only some results", function()
  local batches, over = 0, false
  glue.await(start({ steps = 1, results = 100 }), function(job, state)
    if job:take(10) then
      batches = batches + 1
      return true
    end
    over = state ~= "running"
  end)
  frames(function()
    return over
  end)
  t.eq(batches, 10)
end)

t.test("a failed job reports its message", function()
  local seen
  glue.await(start({ fate = "fail" }), function(_, state, message)
    seen = { state, message }
  end)
  frames(function()
    return seen
  end)
  t.eq(seen, { "failed", "the test asked for this failure" })
end)

t.test("stop and close end a wait", function()
  local calls = { stop = 0, close = 0 }
  local wait
  wait = glue.await(start({ steps = 20, microseconds = 1000, results = 1 }), function()
    calls.stop = calls.stop + 1
    wait:stop()
  end)
  glue.await(start({ steps = 20, microseconds = 1000, results = 1 }), function(job)
    calls.close = calls.close + 1
    job:close()
  end)
  frames(function()
    return glue.update() == 0
  end)
  t.eq(calls, { stop = 1, close = 1 })
end)

t.test("programmer errors", function()
  t.raises("rille.love.await: fn must be a function, got nil", glue.await, start({}))
  t.raises("rille.love.await: job must be a job, got nil", glue.await, nil, print)
end)

t.test("a budget is exceeded by one callback at most, and every job has its turn", function()
  local calls, waits = {}, {}
  for i = 1, 5 do
    calls[i] = 0
    local job = start({ steps = 1, results = 1 })
    repeat
    until job:wait(10) ~= "running"
    waits[i] = glue.await(job, function()
      calls[i] = calls[i] + 1
      local ends = love.timer.getTime() + 0.002
      while love.timer.getTime() < ends do -- luacheck: ignore 542
      end
      return true
    end)
  end
  local sum = 0
  local function count()
    local now = calls[1] + calls[2] + calls[3] + calls[4] + calls[5]
    local new = now - sum
    sum = now
    return new
  end
  for _ = 1, 20 do
    coroutine.yield()
    glue.update(0.5)
    t.eq(count(), 1)
  end
  for i = 1, 5 do
    t.eq(calls[i], 4, tostring(i))
  end
  -- 2 ms each: a budget of 3 ms has room for a second call, and for no third; other programs may take the time of one.
  for _ = 1, 10 do
    glue.update(3)
    local new = count()
    t.ok(new == 1 or new == 2, tostring(new))
  end
  glue.update()
  t.eq(count(), 5)
  for _, wait in ipairs(waits) do
    wait:stop()
  end
  t.eq(glue.update(0), 0)
  t.raises("rille.love.update: budget_ms must be a number of milliseconds, got x", glue.update, "x")
end)

t.test("a callback that starts and ends waits, and one that fails, leave the others alone", function()
  local calls = {}
  local function call(name)
    calls[name] = (calls[name] or 0) + 1
  end
  local first, second
  first = glue.await(start({ steps = 1, results = 1 }), function(job)
    call("first")
    drain(job)
    second:stop()
    glue.await(start({ steps = 1, results = 1 }), function(other, state)
      drain(other)
      calls.third = state
    end)
    first:stop()
    error("a mistake", 0)
  end)
  second = glue.await(start({ steps = 1, results = 1 }), function()
    call("second")
  end)
  local seen = 0
  repeat
    coroutine.yield()
    local called, message = pcall(glue.update, 10)
    seen = seen + (called and 0 or 1)
    t.ok(called or message == "a mistake", message)
  until calls.third == "done" or seen > 1
  t.eq({ calls, seen }, { { first = 1, third = "done" }, 1 })
  t.eq(glue.update(), 0)
end)

t.test("a frame creates no garbage, with and without jobs", function()
  local function garbage()
    local least = math.huge
    collectgarbage("stop")
    for _ = 1, 5 do
      local before = collectgarbage("count")
      for _ = 1, 1000 do
        glue.update(2)
      end
      least = math.min(least, collectgarbage("count") - before)
    end
    collectgarbage("restart")
    return least
  end
  garbage()
  t.eq(garbage(), 0)
  local jobs = {}
  for i = 1, 3 do
    jobs[i] = start({ steps = 1000000, microseconds = 1000 })
    glue.await(jobs[i], drain)
  end
  garbage()
  t.eq(garbage(), 0)
  t.eq(glue.update(), 3)
  for i = 1, 3 do
    jobs[i]:close()
  end
  t.eq(glue.update(), 0)
end)

t.test("results that are read in each frame create no garbage", function()
  local session, items = rille.fuzzy(), {}
  for i = 1, 1000 do
    items[i] = "item number " .. i
  end
  session:push(items)
  local buffer, positions, found = rille.buffer(), {}, nil
  local job = session:start("number 1", { limit = 20 })
  repeat
  until job:wait() ~= "running"
  local least = math.huge
  for _ = 1, 8 do
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    for _ = 1, 1000 do
      glue.update(2)
      found = session:results(found)
      buffer:reset()
      for i = 1, found.count do
        found:text_into(buffer, i)
        found:positions(i, positions)
      end
    end
    least = math.min(least, collectgarbage("count") - before)
    collectgarbage("restart")
  end
  t.eq({ least, found.count, #positions }, { 0, 20, 7 })
  session:close()
end)

t.test("Data is a text, read in place, and takes results", function()
  local data = love.data.newByteData("añb needle")
  t.eq(rille.text.reverse(data), "eldeen bña")
  t.eq({ rille.literals({ "needle" }):find(data) }, { 6, 11, 1 })
  t.eq(rille.text.count(love.filesystem.newFileData("xyz", "name.txt"), "char"), 3)
  t.eq({ rille.regex("e"):replace(data, "E") }, { "añb nEEdlE", 3 })
  t.eq(rille.regex("n(.)"):match(data), "e")
  local found = 0
  for _ in rille.regex("e"):gfind(data) do
    found = found + 1
  end
  t.eq(found, 3)
  local fuzzy = rille.fuzzy()
  t.eq(fuzzy:push(love.data.newByteData("one\ntwo\n")), 2)
  fuzzy:close()
  local out = rille.buffer()
  rille.text.reverse_into(out, data)
  t.eq(glue.data(out):getString(), "eldeen bña")
  t.eq(glue.data("a\0b"):getString(), "a\0b")
  t.eq(glue.data(data):getString(), "añb needle")
  t.raises("rille.love.data: s is empty", glue.data, "")
  for _, other in ipairs({ love.thread.newChannel(), io.stdout }) do
    t.raises("s must be a string.*got userdata", rille.text.reverse, other)
  end
end)

t.test("files, walks and searches take paths of love.filesystem", function()
  local name = "rille-test"
  t.ok(love.filesystem.createDirectory(name))
  t.ok(love.filesystem.write(name .. "/a.txt", "one\ntwo needle\n"))
  local file = glue.file(name .. "/a.txt")
  t.eq(file:line(2), "two needle")
  file:close()
  t.eq(glue.file("main.lua"):line(1):sub(1, 7), "-- LÖV")
  t.eq({ glue.file(name) }, { nil, name .. ": is a directory" })
  t.eq(
    { glue.file("nowhere") },
    { nil, "nowhere: no such file or directory in the game or its save directory" }
  )
  t.eq({ glue.walk("main.lua") }, { nil, "main.lua: is not a directory" })
  local paths, lines = {}, {}
  for job, list in pairs({ [glue.walk(name)] = paths, [glue.grep("needle", name)] = lines }) do
    while job:wait() == "running" do -- luacheck: ignore 542
    end
    local batch = job:take()
    for i = 1, batch and batch.count or 0 do
      list[i] = batch:path(i)
    end
  end
  t.eq(paths, { love.filesystem.getSaveDirectory() .. "/" .. name .. "/a.txt" })
  t.eq(lines, paths)
  love.filesystem.remove(name .. "/a.txt")
  love.filesystem.remove(name)
  t.raises("rille.love.file: path must be a string, got nil", glue.file)
end)

--- A font of 10 pixels a character, 20 for those of East Asia and emoji, 4 for `i` and `l`, with one pair that is kerned.
local function new_font()
  return {
    getWidth = function(_, s)
      return (s == "i" or s == "l") and 4 or rille.text.width(s) * 10
    end,
    getKerning = function(_, left, right)
      return left == "A" and right == "V" and -2 or 0
    end,
  }
end

t.test("a layout has lines, and carets from x and back", function()
  local font = new_font()
  local layout = glue.layout(font, "will AVA\nxyz  ", 40)
  t.eq({ layout.count, layout.text, layout.width }, { 3, "will\nAVA\nxyz", 30 })
  t.eq({ layout:line(1) }, { "will", 1, 4, 22 })
  t.eq({ layout:line(2) }, { "AVA", 6, 8, 28 })
  t.eq({ layout:line(3) }, { "xyz", 10, 12, 30 })
  for i, place in ipairs({
    { 0, 1 },
    { 10, 1 },
    { 14, 1 },
    { 18, 1 },
    { 22, 1 },
    { 0, 2 },
    { 8, 2 },
    { 18, 2 },
    { 28, 2 },
  }) do
    t.eq({ layout:caret(i) }, place, tostring(i))
    t.eq(layout:position(place[1] + 1, place[2]), i)
  end
  t.eq({ layout:caret(100) }, { 30, 3 })
  t.eq(
    { layout:position(-5, 3), layout:position(14, 3), layout:position(16, 3), layout:position(99, 3) },
    { 10, 11, 12, 13 }
  )
  t.eq(tostring(layout), "rille.love.layout: 3 lines")
  t.eq(glue.layout(font, "", 10).count, 0)
  t.eq({ glue.layout(font, "", 10):caret(1) }, { 0, 1 })
  t.raises("rille.love.layout:line: i must be from 1 to 3, got 4", layout.line, layout, 4)
  t.raises("rille.love.layout: font must be a Font, got nil", glue.layout, nil, "a", 1)
  t.raises("rille.love.layout: width must be a number >= 0, got nil", glue.layout, font, "a")
end)

t.test("no line of a layout begins with a closing bracket or cuts an emoji, at any width", function()
  local font = new_font()
  local s =
    "「これはペンです。」と彼は言った。👩‍👩‍👧が来た！（本当に？）え、そうなの。"
  -- Below 80 pixels some words, with the signs that belong to them, are longer than a line.
  for width = 80, 1000, 7 do
    local layout = glue.layout(font, s, width)
    for i = 1, layout.count do
      local line, _, _, measured = layout:line(i)
      t.ok(measured <= width, line)
      t.ok(
        not line:find("^、") and not line:find("^。") and not line:find("^」") and not line:find("^）"),
        line
      )
      t.ok(not line:find("（$") and not line:find("「$"), line)
      t.ok(not line:find("^\226\128\141") and not line:find("\226\128\141$"), line)
    end
    t.eq((layout.text:gsub("\n", "")), s)
  end
end)

t.test("a layout that is asked for again creates no garbage", function()
  local font = new_font()
  local s = ("mixed text, 日本語 and more. "):rep(100)
  local layout = glue.layout(font, s, 300)
  local least = math.huge
  collectgarbage("stop")
  for _ = 1, 5 do
    local before = collectgarbage("count")
    for _ = 1, 1000 do
      t.ok(glue.layout(font, s, 300) == layout)
    end
    least = math.min(least, collectgarbage("count") - before)
  end
  collectgarbage("restart")
  t.eq(least, 0)
end)

t.test("the example game runs 10,000 frames and leaves memory and handles where they were", function()
  local names = { "load", "update", "draw", "textinput", "keypressed", "graphics" }
  local before, printed, load = {}, nil, love.filesystem.load
  for _, name in ipairs(names) do
    before[name] = love[name]
  end
  local font = new_font()
  function font.getHeight()
    return 14
  end
  local function nothing() end
  love.graphics = { line = nothing, rectangle = nothing, points = nothing }
  function love.filesystem.load(name)
    return assert(loadfile(os.getenv("RILLE_ROOT") .. "/examples/love/" .. name))
  end
  function love.graphics.getFont()
    return font
  end
  function love.graphics.print(text)
    printed = printed and printed .. text .. "\n"
  end
  local ran, message = pcall(function()
    local state = dofile(os.getenv("RILLE_ROOT") .. "/examples/love/main.lua")
    love.load()
    local function show(count)
      for frame = 1, count do
        if frame % 100 == 0 then
          love.textinput("ka")
        elseif frame % 100 == 50 then
          love.keypressed("backspace")
          love.keypressed("backspace")
          love.keypressed(frame % 200 == 50 and "left" or "right")
        end
        love.update()
        love.draw()
      end
      state.query = ""
      love.textinput("kari")
      local ends = love.timer.getTime() + 60
      while (glue.update(2) > 0 or state.filling:poll() == "running") and love.timer.getTime() < ends do
        love.timer.sleep(0.001)
      end
      collectgarbage()
      collectgarbage()
      local handles = rille.stats().handles
      return collectgarbage("count"), handles.job, handles.literals
    end
    show(1000)
    local memory, jobs, literals = show(1000)
    local memory_after, jobs_after, literals_after = show(10000)
    t.eq({ jobs_after, literals_after }, { jobs, literals })
    t.ok(memory_after - memory < 256, ("%.0f KiB more"):format(memory_after - memory))
    t.ok(state.hits > 1000, tostring(state.hits))
    printed = ""
    love.keypressed("tab")
    love.update()
    love.draw()
    t.ok(printed:find("a table for each: [%d.]+ ms a step, without the JIT compiler [%d.]+ ms"), printed)
    love.keypressed("tab")
    printed = ""
    love.draw()
    t.ok(printed:find("\n> kari\nkari", 1, true) and printed:find("^「これは"), printed)
    state.file:close()
    state.session:close()
    state.counting:close()
  end)
  for _, name in ipairs(names) do
    love[name] = before[name]
  end
  love.filesystem.load = load
  love.filesystem.remove("big.txt")
  t.ok(ran, message)
end)

t.test("the example's three layouts of entities move them to the same places", function()
  local columns = dofile(os.getenv("RILLE_ROOT") .. "/examples/love/columns.lua")
  local places = {}
  for i, layout in ipairs(columns.layouts) do
    local all = layout.make()
    for _ = 1, 100 do
      layout.move(all, 1 / 60)
    end
    places[i] = {}
    for entity = 1, columns.count, 997 do
      local x, y = layout.get(all, entity)
      t.ok(x > -2 and x < columns.width + 2 and y > -2 and y < columns.height + 2, ("%g, %g"):format(x, y))
      places[i][entity] = { x, y }
    end
    t.eq(places[i], places[1])
  end
end)

t.test("the game may exit while jobs run", function()
  local jobs = {}
  for i = 1, 20 do
    jobs[i] = start({ steps = 1000000, microseconds = 100, results = 1 })
    glue.await(jobs[i], drain)
  end
  -- The jobs left over are still running; whoever started the game checks that it exits cleanly.
  t.eq(glue.update(), 20)
  for _, job in ipairs(jobs) do
    t.eq((job:poll()), "running")
  end
end)
