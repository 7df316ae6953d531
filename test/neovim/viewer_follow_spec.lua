--- The viewer: following a file with a filter.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to = viewers.comes_to

local function seven(i)
  return i % 7 == 0 and "seven" or "x"
end

--- Returns a file that grows by numbered lines, from `count` on.
local function growing(name, count)
  local path = viewers.numbered(name, count, seven)
  return path,
    function(lines)
      local file = assert(io.open(path, "ab"))
      for _ = 1, lines do
        count = count + 1
        file:write(("line %d %s\n"):format(count, seven(count)))
      end
      file:close()
      return count
    end
end

--- Waits until the filter has kept a number of lines.
local function keeps(nvim, count)
  nvim:wait(function(wanted)
    local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter and view.lines == wanted
  end, count)
end

t.test("with a filter nothing that was appended appeared", function()
  local path, append = growing("grow.log", 5000)
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("&seven<CR>")
  keeps(nvim, math.floor(5000 / 7))
  nvim:type("/line 5<CR>")
  comes_to(nvim, 56)
  nvim:type("gl")
  comes_to(nvim, 4998)
  for _, lines in ipairs({ 1, 1, 10, 100000, 7 }) do
    local count = append(lines)
    keeps(nvim, math.floor(count / 7))
    comes_to(nvim, count - count % 7)
  end
  -- A search finds the new lines, and counts all matches.
  nvim:type("/line 100002<CR>")
  comes_to(nvim, 100002)
  nvim:sees("/line 100002 [1/1]", 1)
  nvim:type("/seven<CR>")
  nvim:wait([[return (require("rille.nvim.viewer").of().query.matches or {}).exact]])
  local count = append(14)
  keeps(nvim, math.floor(count / 7))
  nvim:sees(("/%d]"):format(math.floor(count / 7)), 1)
  -- After moving up the cursor stays there.
  local number = nvim:lua([[local view = require("rille.nvim.viewer").of()
    return view:number_of(vim.fn.line("."))]])
  append(70)
  keeps(nvim, math.floor((count + 70) / 7))
  comes_to(nvim, number)
  nvim:type("G")
  comes_to(nvim, (count + 70) - (count + 70) % 7)
  nvim:type("&<CR>")
  comes_to(nvim, (count + 70) - (count + 70) % 7)
  viewers.done(nvim)
end)

t.test("a filter that kept nothing yet did not show the first line that it keeps", function()
  local path = viewers.numbered("none.log", 100)
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("&needle<CR>")
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view.filtered and not view.works.filter]])
  nvim:type("gl")
  local file = assert(io.open(path, "ab"))
  file:write("x\nthe need")
  file:flush()
  nvim:wait([[return require("rille.nvim.viewer").of().doc:line_count() == 102]])
  file:write("le\n")
  file:close()
  nvim:sees("102 the needle", 2)
  viewers.done(nvim)
end)

t.test("a last line that no longer matched stayed, and a truncated file lost its filter", function()
  local path = viewers.written("last.log", "one\ntwo\nthr")
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("&^[a-z]{3}$<CR>")
  keeps(nvim, 3)
  nvim:type("gl")
  local file = assert(io.open(path, "ab"))
  file:write("ee\n")
  file:close()
  keeps(nvim, 2)
  nvim:sees("2 two", 3)
  t.eq(nvim:screen()[4], "~")
  viewers.written("last.log", "a\nsix\nb\n")
  viewers.says(nvim, "last.log was truncated")
  keeps(nvim, 1)
  nvim:sees("2 six", 2)
  viewers.done(nvim)
end)
