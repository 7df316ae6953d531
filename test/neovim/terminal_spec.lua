--- The picker in a terminal, which has to show it right while its size changes.
local t = ...
local terminal = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/terminal.lua")

t.test("a picker in a terminal", function()
  if not terminal.available() then
    t.ok(os.getenv("RILLE_REQUIRE_HOSTS") ~= "1", "there is no tmux: apt install tmux")
    t.skip("there is no tmux")
  end
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder .. "/src", "p")
  for i = 1, 40 do
    vim.fn.writefile({ "text of " .. i }, ("%s/src/file%02d.txt"):format(folder, i))
  end
  local term = terminal.start({ columns = 100, lines = 30, cwd = folder })
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
  vim.fn.delete(folder, "rf")
  if not ok then
    error(message, 0)
  end
end)
