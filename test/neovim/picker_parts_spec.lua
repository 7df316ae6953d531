--- The parts of the picker that need no screen: the layout of its windows, the text of a row, and the excerpt of a preview.
local t = ...
local rille = require("rille")
local layout = require("rille.nvim.picker.layout")
local row = require("rille.nvim.picker.row")
local excerpt = require("rille.nvim.picker.excerpt")

--- Returns the cells that a window covers with its frame.
local function outer(rect, frame)
  local edge = frame and 2 or 0
  return rect.row, rect.col, rect.row + rect.height + edge, rect.col + rect.width + edge
end

t.test("windows are on the screen and do not overlap, at any size", function()
  local previews = 0
  for columns = 1, 240, 3 do
    for lines = 2, 90 do
      for _, frame in ipairs({ true, false }) do
        local place = ("%d x %d, frame %s"):format(columns, lines, tostring(frame))
        local made =
          layout.divide(columns, lines, { frame = frame, preview = true, width = 0.9, height = 0.85 })
        local taken = {}
        for _, name in ipairs({ "prompt", "list", "preview" }) do
          local rect = made[name]
          if rect then
            t.ok(rect.width >= 1 and rect.height >= 1, place)
            local top, left, bottom, right = outer(rect, made.frame)
            t.ok(top >= 0 and left >= 0 and bottom <= lines and right <= columns, place .. ": " .. name)
            for _, other in ipairs(taken) do
              t.ok(bottom <= other[1] or top >= other[3] or right <= other[2] or left >= other[4], place)
            end
            taken[#taken + 1] = { top, left, bottom, right }
          end
        end
        previews = previews + (made.preview and 1 or 0)
      end
    end
  end
  t.ok(previews > 5000, previews)
  local small = layout.divide(20, 6, { frame = true, preview = true, width = 0.9, height = 0.85 })
  t.eq({ small.frame, small.list.width, small.list.height, small.preview }, { false, 20, 5, nil })
end)

t.test("a row shows its matches, and is valid text that is not longer than needed", function()
  math.randomseed(7)
  local letters = { "a", "ö", "漢", "👩", "\t", "\n", "/", "é", "x" }
  for _ = 1, 3000 do
    local parts = {}
    for i = 1, math.random(0, 120) do
      parts[i] = letters[math.random(#letters)]
    end
    local text = table.concat(parts)
    -- The starts of characters.
    local starts = {}
    for at = 1, #text do
      local byte = text:byte(at)
      if byte < 0x80 or byte >= 0xC0 then
        starts[#starts + 1] = at
      end
    end
    local ranges = {}
    if #starts > 0 then
      local k = math.random(#starts)
      ranges = { starts[k], (starts[k + 1] or #text + 1) - 1 }
    end
    local width = math.random(1, 40)
    local shown, shift = row.fit(text, ranges, width)
    t.ok(not shown:find("\n"))
    t.ok(#shown <= width * 4 + 4 + #"…", ("%d bytes for %d cells"):format(#shown, width))
    if #ranges > 0 and ranges[1] + shift >= 1 and ranges[2] + shift <= #shown then
      local match = text:sub(ranges[1], ranges[2]):gsub("\n", "\0")
      t.eq(shown:sub(ranges[1] + shift, ranges[2] + shift), match)
    end
    if shift ~= 0 then
      t.eq(shown:sub(1, 3), "…")
    end
    t.ok(rille.text.validate(shown), "it cuts a character: " .. shown)
  end
  -- The match must be visible.
  local long = ("a"):rep(200) .. "here" .. ("b"):rep(200)
  for width = 12, 60 do
    local shown, shift = row.fit(long, { 201, 204 }, width)
    t.eq(shown:sub(201 + shift, 204 + shift), "here")
    t.ok(204 + shift - 2 <= width, ("the match ends at %d of %d cells"):format(204 + shift - 2, width))
  end
end)

t.test("a long path is cut in the middle of its directory, and keeps its name and its matches", function()
  t.eq({ row.path("src/capi/job.rs", { 1, 2 }, 40) }, { "src/capi/job.rs", { 1, 2 }, 9 })
  t.eq({ row.path("one/two/three/four/name.c", { 1, 3, 20, 23 }, 18) }, {
    "one/t…/four/name.c",
    { 1, 3, 15, 18 },
    14,
  })
  -- A match in the part that is cut is not shown.
  t.eq({ row.path("one/two/three/four/name.c", { 8, 9 }, 18) }, { "one/t…/four/name.c", {}, 14 })
  -- Without room for a directory nothing is cut here.
  t.eq(row.path("one/two/a-long-name.c", {}, 14), "one/two/a-long-name.c")
  t.eq(row.path("a-long-name-without-a-directory", {}, 10), "a-long-name-without-a-directory")
  math.randomseed(11)
  local letters = { "a", "ö", "漢", "👩", "é", "x", "/" }
  for _ = 1, 3000 do
    local parts = {}
    for i = 1, math.random(1, 80) do
      parts[i] = letters[math.random(#letters)]
    end
    local path, width = table.concat(parts) .. "/name.lua", math.random(10, 60)
    local at = math.random(#path - 7, #path)
    local shown, ranges, directory = row.path(path, { at, at }, width)
    t.ok(rille.text.validate(shown), "it cuts a character: " .. shown)
    t.eq(shown:sub(-8), "name.lua")
    t.eq(shown:sub(ranges[1], ranges[2]), path:sub(at, at))
    t.eq(shown:sub(directory, directory), "/")
  end
end)

t.test("files of one name looked the same if what differs was cut", function()
  local one, other = "modules/first/sources/deep/init.lua", "modules/second/sources/deep/init.lua"
  t.eq((row.path(one, {}, 24)), (row.path(other, {}, 24)))
  t.eq(
    { row.distinct(other, one, { 9, 10, 29, 32 }, 24) },
    { "…second/…s/deep/init.lua", { 4, 5, 21, 24 }, 20 }
  )
  t.eq({ row.distinct(one, other, {}, 24) }, { "…first/…es/deep/init.lua", {}, 20 })
  -- Without room for the part that differs.
  t.eq((row.distinct(one, other, {}, 10)), (row.path(one, {}, 10)))
  math.randomseed(3)
  local letters = { "a", "ö", "漢", "👩", "é", "x", "/" }
  for _ = 1, 3000 do
    local parts = {}
    for i = 1, math.random(1, 60) do
      parts[i] = letters[math.random(#letters)]
    end
    local path, width = table.concat(parts) .. "/name.lua", math.random(10, 60)
    local at = math.random(#path)
    local shown, ranges, length = row.distinct(path, "a/x/name.lua", { at, at }, width)
    t.ok(rille.text.validate(shown), "it cuts a character: " .. shown)
    t.eq({ shown:sub(-8), shown:sub(length, length) }, { "name.lua", "/" })
    if #ranges > 0 then
      t.eq(shown:sub(ranges[1], ranges[2]), path:sub(at, at))
    end
  end
end)

t.test("a path with its name first keeps its matches, and cuts only its directory", function()
  t.eq({ row.name_first("src/capi/job.rs", { 1, 3, 9, 11 }, 40) }, { "job.rs src/capi", { 1, 2, 8, 10 }, 8 })
  t.eq({ row.name_first("job.rs", { 1, 3 }, 40) }, { "job.rs", { 1, 3 } })
  t.eq({ row.name_first("/job.rs", { 2, 3 }, 40) }, { "/job.rs", { 2, 3 } })
  math.randomseed(5)
  local letters = { "a", "ö", "漢", "👩", "é", "x", "/" }
  for _ = 1, 3000 do
    local parts = {}
    for i = 1, math.random(1, 80) do
      parts[i] = letters[math.random(#letters)]
    end
    local path, width = "a" .. table.concat(parts) .. "/name.lua", math.random(10, 60)
    local at = math.random(#path)
    local shown, ranges, start = row.name_first(path, { at, at }, width)
    t.ok(rille.text.validate(shown), "it cuts a character: " .. shown)
    t.eq({ shown:sub(1, 9), start }, { "name.lua ", 10 })
    if #ranges > 0 then
      t.eq(shown:sub(ranges[1], ranges[2]), path:sub(at, at))
    else
      -- It is in the part that is cut, or the last slash.
      t.ok(shown:find("…", 1, true) or path:sub(at, at) == "/")
    end
  end
end)

t.test("neighbours are one range, and a long path keeps its end", function()
  t.eq(row.ranges({}), {})
  t.eq(row.ranges({ 1, 2, 3, 7, 9, 10 }), { 1, 3, 7, 7, 9, 10 })
  t.eq(row.tail("src/capi/job.rs", 40), "src/capi/job.rs")
  t.eq(row.tail("src/capi/job.rs", 10), "…pi/job.rs")
  t.eq(row.tail("a/ööööö", 6), "…öö")
end)

t.test("an excerpt has the line of its place, with its number", function()
  local lines = {}
  for i = 1, 5000 do
    lines[i] = ("line %d %s"):format(i, ("x"):rep(i % 60))
  end
  local text = table.concat(lines, "\n") .. "\n"
  local offset = 1
  for i = 1, 5000 do
    if i % 97 == 0 or i == 1 then
      local from = math.max(0, offset - 1000)
      local cut = excerpt.cut(text:sub(from + 1, from + 5000), from, { offset = offset, lnum = i }, #text)
      t.eq(cut.lines[cut.at], lines[i])
      t.eq(cut.first + cut.at - 1, i)
      -- Lines before it are included, and no partial line.
      t.eq(cut.lines[1], lines[cut.first])
    end
    offset = offset + #lines[i] + 1
  end
  local first = excerpt.cut("a\r\nb\n" .. ("c"):rep(2000), 0, { lnum = 2 }, 2005)
  t.eq({ first.lines[1], first.lines[2], first.at, first.first, first.whole }, { "a", "b", 2, 1, true })
  t.ok(#first.lines[3] < 600)
end)

--- Returns the result of `excerpt.read` once it has arrived.
local function read(place)
  local lines, why
  excerpt.read(place, function(cut)
    lines = cut.lines
  end, function(message)
    why = message
  end)
  t.ok(vim.wait(60000, function()
    return lines ~= nil or why ~= nil
  end, 1))
  return lines, why
end

t.test("a binary, missing or special file is described in words, and does not block", function()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  local function file(name, text)
    local out = assert(io.open(directory .. "/" .. name, "wb"))
    out:write(text)
    out:close()
    return { path = directory .. "/" .. name }
  end
  t.eq(read(file("text", "one\ntwo\n")), { "one", "two" })
  t.eq({ read(file("binary", "ELF\0\1\2" .. ("x"):rep(3000))) }, { nil, "a binary file of 2.9 KB" })
  t.eq({ read(file("empty", "")) }, { nil, "an empty file" })
  t.eq({ read({ path = directory }) }, { nil, "a directory" })
  t.eq({ read({ path = directory .. "/gone" }) }, { nil, "no such file or directory" })
  local short = file("short", "only this\n")
  short.offset = 100000
  t.eq({ read(short) }, { nil, "the place is gone: the file is shorter now" })
  vim.fn.system({ "mkfifo", directory .. "/fifo" })
  t.eq({ read({ path = directory .. "/fifo" }) }, { nil, "a fifo" })
  local tags = file("tags.txt", ("padding\n"):rep(20000) .. "*the-tag*\nits text\n")
  tags.find = "*the-tag*"
  t.ok(vim.tbl_contains(read(tags), "*the-tag*"))
  vim.fn.delete(directory, "rf")
end)
