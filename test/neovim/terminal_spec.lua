--- The picker and the viewer in a terminal, which must show them correctly while its size changes.
local t = ...
local terminal = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/terminal.lua")

t.test("a picker in a terminal", function()
  if not terminal.available() then
    t.ok(os.getenv("RILLE_REQUIRE_HOSTS") ~= "1", "there is no tmux: apt install tmux")
    t.skip("there is no tmux")
  end
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory .. "/src", "p")
  for i = 1, 40 do
    vim.fn.writefile({ "text of " .. i }, ("%s/src/file%02d.txt"):format(directory, i))
  end
  local term = terminal.start({ columns = 100, lines = 30, cwd = directory })
  local ok, message = xpcall(function()
    term:sees("[No Name]")
    term:type(":Rille files")
    term:press("Enter")
    term:sees("40/40")
    term:type("'file3")
    local screen = term:sees("10/40")
    -- The frames of prompt, list and preview, each with four corners.
    for _, corner in ipairs({ "╭", "╮", "╰", "╯" }) do
      t.eq(select(2, screen:gsub(corner, "")), 3)
    end
    term:sees("text of 3")
    term:resize(20, 6)
    -- There is no room for a frame.
    term:sees_not("╭")
    term:sees("> 'file3")
    term:resize(100, 30)
    term:sees("╭")
    term:press("Down", "Enter")
    term:sees("src/file3")
    term:sees_not("╭")
  end, debug.traceback)
  term:stop()
  vim.fn.delete(directory, "rf")
  if not ok then
    error(message, 0)
  end
end)

t.test("a view in a terminal", function()
  if not terminal.available() then
    t.skip("there is no tmux")
  end
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  local file = assert(io.open(directory .. "/some.log", "w"))
  for i = 1, 200000 do
    file:write(("line %d of the log\n"):format(i))
  end
  file:close()
  local term = terminal.start({ columns = 80, lines = 20, cwd = directory })
  local ok, message = xpcall(function()
    term:sees("[No Name]")
    term:type(":Rille view some.log")
    term:press("Enter")
    term:sees("1 of 200,000")
    term:sees("     1 line 1 of the log")
    term:type("G")
    term:sees("200000 line 200000 of the log")
    term:resize(40, 8)
    term:sees("199999 line 199999 of the log")
    term:sees_not("line 199990 of the log")
    term:resize(80, 20)
    term:type("/line 77777")
    term:press("Enter")
    term:sees(" 77777 line 77777 of the log")
    term:press("C-f", "C-b", "PageDown")
    term:sees(" 77788 line 77788 of the log")
    term:type("&line 12345")
    term:press("Enter")
    term:sees("123459 line 123459 of the log")
    term:type(":q")
    term:press("Enter")
  end, debug.traceback)
  term:stop()
  vim.fn.delete(directory, "rf")
  if not ok then
    error(message, 0)
  end
end)
