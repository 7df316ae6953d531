--- Benches in LÖVE with a real font: `RILLE_ROOT=$PWD RILLE_LIB=… xvfb-run -a love bench/love [FONT.ttf [PICTURE.png]]`. The picture of the
--- text boxes is written to the save directory.
-- luacheck: globals love
local root = os.getenv("RILLE_ROOT")
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, package.path)

local glue = require("rille.love")
local rille = require("rille")

local LINE =
  "「これはペンです。」と彼は言った。👩‍👩‍👧が来た！（本当に？）え、そうなの。"
local MIXED = LINE .. " The quick brown fox jumps over the lazy dog; it's well-known (they say). "
local FIRST, LAST, WIDTHS = 80, 760, 171

--- Signs that must not begin a line, and those that must not end one.
local NO_START, NO_END = "、。」）！？", "（「"

--- Returns whether a list of lines breaks the Japanese rules, and whether it cuts a grapheme cluster.
local function faults(lines)
  local rules, cut = false, false
  local position, ends = 0, {}
  for _, to in rille.text.segments(LINE, "grapheme") do
    ends[to] = true
  end
  for i, line in ipairs(lines) do
    position = position + #line
    cut = cut or not ends[position]
    local first = line:match("^[\1-\127\194-\244][\128-\191]*") or ""
    local last = line:match("[\1-\127\194-\244][\128-\191]*$") or ""
    rules = rules or i > 1 and first ~= "" and NO_START:find(first, 1, true) ~= nil
    rules = rules or i < #lines and last ~= "" and NO_END:find(last, 1, true) ~= nil
  end
  return rules, cut
end

--- Counts the widths at which the lines of `wrap` have faults.
local function compare(name, wrap)
  local rules, cuts = 0, 0
  for i = 0, WIDTHS - 1 do
    local broken, cut = faults(wrap(FIRST + i * (LAST - FIRST) / (WIDTHS - 1)))
    rules, cuts = rules + (broken and 1 or 0), cuts + (cut and 1 or 0)
  end
  print(
    ("%s: Japanese rules broken at %d, clusters cut at %d of %d widths"):format(name, rules, cuts, WIDTHS)
  )
end

--- Returns the milliseconds that `fn` takes, the median of the rounds.
local function time(rounds, fn)
  local list = {}
  for i = 1, rounds do
    local since = love.timer.getTime()
    fn(i)
    list[i] = (love.timer.getTime() - since) * 1000
  end
  table.sort(list)
  return list[math.ceil(rounds / 2)]
end

local function measure(font)
  compare("Font:getWrap", function(width)
    return select(2, font:getWrap(LINE, width))
  end)
  compare("rille.love.layout", function(width)
    local layout, lines = glue.layout(font, LINE, width), {}
    for i = 1, layout.count do
      lines[i] = (layout:line(i))
    end
    return lines
  end)
  local text = MIXED:rep(math.ceil(3072 / #MIXED))
  text = text:sub(
    1,
    rille.text.offset(text, rille.text.offset(text, 3072, "byte", "grapheme"), "grapheme", "byte") - 1
  )
  local function layout(i)
    return glue.layout(font, text, 300 + i % 2)
  end
  print(("3 KB of mixed text, %d bytes in %d lines"):format(#text, layout(0).count))
  local ours = time(400, layout)
  local peer = time(400, function(i)
    font:getWrap(text, 300 + i % 2)
  end)
  print(("  laid out again: %.3f ms; Font:getWrap, which measures only: %.3f ms"):format(ours, peer))
  local function unchanged()
    for i = 1, 20000 do
      glue.layout(font, i % 2 == 0 and text or LINE, 300)
    end
  end
  unchanged()
  collectgarbage()
  collectgarbage("stop")
  local before, since = collectgarbage("count"), love.timer.getTime()
  unchanged()
  local passed, garbage = love.timer.getTime() - since, collectgarbage("count") - before
  collectgarbage("restart")
  print(("  unchanged: %.2f µs, %d bytes of garbage in 20,000 calls"):format(passed * 50, garbage * 1024))
end

local font, frames, picture

function love.load(arguments)
  local path = arguments[1]
  if path then
    local file = assert(io.open(path, "rb"))
    font = love.graphics.newFont(love.filesystem.newFileData(file:read("*a"), "font.ttf"), 20)
    file:close()
  else
    font = love.graphics.getFont()
  end
  picture, frames = arguments[2], 0
  measure(font)
  if not picture then
    love.event.quit()
  end
end

--- Draws LÖVE's wrapping beside that of rille.
function love.draw()
  if not font then
    return
  end
  love.graphics.setFont(font)
  local height, width = font:getHeight(), 260
  local _, lines = font:getWrap(MIXED, width)
  love.graphics.print("Font:getWrap", 20, 10)
  love.graphics.rectangle("line", 20, 20 + height, width, #lines * height)
  love.graphics.print(table.concat(lines, "\n"), 20, 20 + height)
  local layout = glue.layout(font, MIXED, width)
  love.graphics.print("rille.love.layout", 320, 10)
  love.graphics.rectangle("line", 320, 20 + height, width, layout.count * height)
  love.graphics.print(layout.text, 320, 20 + height)
  for i = 1, #MIXED, 9 do
    local x, line = layout:caret(i)
    love.graphics.line(320 + x, 20 + line * height, 320 + x, 20 + (line + 1) * height)
  end
  frames = frames + 1
  if frames == 3 then
    love.graphics.captureScreenshot(function(image)
      image:encode("png", picture)
      print("saved as " .. love.filesystem.getSaveDirectory() .. "/" .. picture)
      love.event.quit()
    end)
  end
end

function love.errorhandler(message)
  print(debug.traceback(tostring(message), 2))
  return function()
    return 1
  end
end
