-- Neovim, by `-l` (0.9 and later) or `:luafile` (before). Exits by a Vim command, never by os.exit, so that Neovim shuts
-- down as it does when a user quits.
-- luacheck: globals vim
local root = os.getenv("RILLE_ROOT")

local function run(where)
  local _, failed = dofile(where .. "/test/support/runner.lua")({
    print = function(line)
      io.stdout:write(line, "\n")
      io.stdout:flush()
    end,
  })
  return failed == 0
end

if os.getenv("RILLE_HOST") == "nvim-thread" then
  -- A Lua state of its own in another thread of the editor; its code is passed as bytecode, without upvalues.
  local uv = vim.uv or vim.loop
  uv.new_thread(run, root):join()
elseif not run(root) then
  vim.cmd("cquit 1")
end
