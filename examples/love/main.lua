--- A game that uses rille: a text box with Japanese and emoji, autocompletion over 50,000 words, and a search through a big file,
--- all within the time of a frame; and 100,000 entities in columns. From a checkout: `make && love examples/love`. In your game:
--- copy lua/rille and the library.
---
--- Type to complete a word and to search for it; left and right change the width of the text box; tab shows the entities; escape
--- ends the game.
-- luacheck: globals love
local checkout = love.filesystem.getSource():match("^(.*)/examples/love$")
if checkout and not love.filesystem.getInfo("rille") then
  package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(checkout, checkout, package.path)
end

local rille = require("rille")
local columns = love.filesystem.load("columns.lua")()
local glue = require("rille.love")

--- Milliseconds of a frame for callbacks of jobs.
local BUDGET_MS = 3
local ROWS = 12

local TEXT = "「これはペンです。」と彼は言った。👩‍👩‍👧が来た！（本当に？） The quick brown fox jumps over the lazy dog; "
  .. "a line never begins with a closing bracket, and no emoji is cut in two."

local state = { query = "", width = 420, hits = 0, searched = "", slowest = 0, frames = 0 }

--- Makes words of syllables, the same ones in each run.
local function make_words(count)
  local syllables =
    { "ka", "ri", "mo", "ne", "su", "to", "la", "vi", "der", "an", "el", "or", "quin", "bra", "zen" }
  local words, seen, seed = {}, {}, 1
  for i = 1, count do
    local word, parts = "", 0
    -- No word occurs twice.
    repeat
      seed = seed * 16807 % 2147483647
      word, parts = word .. syllables[seed % #syllables + 1], parts + 1
    until parts >= 2 + i % 3 and not seen[word]
    words[i], seen[word] = word, true
  end
  return words
end

--- Writes the file to search, once, to the save directory.
local function make_file(words)
  if not love.filesystem.getInfo("big.txt") then
    local lines = {}
    for i = 1, 200000 do
      lines[i] = ("%06d %s %s"):format(i, words[i % #words + 1], words[i * 7 % #words + 1])
    end
    assert(love.filesystem.write("big.txt", table.concat(lines, "\n")))
  end
  return assert(glue.file("big.txt"))
end

--- Starts to complete and to search for the query; what runs for the last one is ended.
local function ask()
  if state.counting then
    state.counting:close()
    state.counting = nil
  end
  state.session:start(state.query, { limit = ROWS })
  state.hits, state.searched = 0, state.query
  if state.query ~= "" and rille.backend == "native" then
    local needle = assert(rille.literals({ state.query }))
    state.counting = assert(state.file:count(needle))
    needle:close()
    glue.await(state.counting, function(job)
      local counts = job:take()
      state.hits = counts and counts.total or state.hits
    end)
  end
end

function love.load()
  local words = make_words(50000)
  state.session = rille.fuzzy()
  -- In parts of half a millisecond, between which frames are drawn.
  state.filling = state.session:push_job(words)
  glue.await(state.filling, function(_, job_state)
    if job_state ~= "running" then
      ask()
    end
  end)
  state.file = make_file(words)
  if love.keyboard then
    love.keyboard.setKeyRepeat(true)
  end
end

--- Opens or closes the screen of the entities. They are in FFI arrays, or in Lua tables where there is no JIT compiler.
local function toggle_entities()
  if state.entities then
    state.entities = nil
    return
  end
  local layout = columns.layouts[jit.status() and 3 or 2]
  state.costs = state.costs or columns.measure(love.timer.getTime)
  state.points = state.points or {}
  state.layout, state.entities = layout, layout.make()
end

function love.update()
  local before = love.timer.getTime()
  glue.update(BUDGET_MS)
  if state.entities then
    state.layout.move(state.entities, 1 / 60)
  end
  state.slowest = math.max(state.slowest, (love.timer.getTime() - before) * 1000)
  state.frames = state.frames + 1
end

function love.textinput(text)
  state.query = state.query .. text
  ask()
end

function love.keypressed(key)
  if key == "backspace" and state.query ~= "" then
    -- One grapheme cluster, whatever that is in bytes.
    local clusters = rille.text.count(state.query, "grapheme")
    state.query = state.query:sub(1, rille.text.offset(state.query, clusters, "grapheme", "byte") - 1)
    ask()
  elseif key == "left" or key == "right" then
    state.width = math.max(60, state.width + (key == "left" and -20 or 20))
  elseif key == "tab" then
    toggle_entities()
  elseif key == "escape" then
    love.event.quit()
  end
end

--- Draws the rows of the completion: only those that are shown become strings.
local function draw_rows(x, y, height)
  local found = state.session:results()
  for i = 1, found and math.min(found.count, ROWS) or 0 do
    love.graphics.print(found:text(i), x, y + i * height)
  end
end

--- Draws some of the entities, and what a step takes.
local function draw_entities(height)
  local points = state.points
  for i = 1, 5000 do
    local x, y = state.layout.get(state.entities, i * 20)
    points[2 * i - 1], points[2 * i] = x + 20, y + 20
  end
  love.graphics.points(points)
  for i, row in ipairs(state.costs) do
    local with_jit = row.with_jit and ("%.2f ms"):format(row.with_jit) or "-"
    local costs = ("%s: %s a step, without the JIT compiler %.1f ms"):format(
      row.name,
      with_jit,
      row.without_jit
    )
    love.graphics.print(costs, 20, 20 + i * height)
  end
end

function love.draw()
  local font = love.graphics.getFont()
  local height = font:getHeight()
  if state.entities then
    love.graphics.print(("%d entities, of which 5,000 are drawn"):format(columns.count), 20, 20)
    return draw_entities(height)
  end
  local layout = glue.layout(font, TEXT, state.width)
  love.graphics.rectangle("line", 15, 15, state.width + 10, layout.count * height + 10)
  love.graphics.print(layout.text, 20, 20)
  local top = 40 + layout.count * height
  love.graphics.print("> " .. state.query, 20, top)
  draw_rows(20, top, height)
  love.graphics.print(("%d matches in %.1f MB"):format(state.hits, state.file:size() / 1e6), 500, top)
  love.graphics.print(
    ("%s, %d frames a second, slowest update %.2f ms"):format(
      rille.backend,
      love.timer.getFPS(),
      state.slowest
    ),
    20,
    610
  )
end

return state
