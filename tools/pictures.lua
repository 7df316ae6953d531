--- Makes the README's pictures of the plugin from a terminal's screen. In the root of the tree:
---
---   cargo build --release && nvim -l tools/pictures.lua
---
--- It needs tmux, and takes some seconds. The pictures show rille's own sources, so they change with them. The library may
--- also be that of $RILLE_LIB.
vim.fn.setenv("RILLE_ROOT", vim.fn.getcwd())
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
if require("rille").backend ~= "native" then
  -- Without it, each step would wait a minute for what never appears.
  error("tools/pictures.lua: no native library: run `cargo build --release`, or set RILLE_LIB", 0)
end
local terminal = dofile("test/neovim/terminal.lua")
local draw = dofile("tools/picture.lua")
local COLUMNS, LINES = 110, 30
--- Milliseconds for which a screen that is complete stays the same, and the maximum for one that never is.
local STILL_MS, LONGEST_MS = 300, 5000

--- Waits until the screen stays the same.
local function settle(term)
  local screen, since
  vim.wait(LONGEST_MS, function()
    local now = term:screen(true)
    if now ~= screen then
      screen, since = now, vim.uv.hrtime()
    end
    return vim.uv.hrtime() - since > STILL_MS * 1e6
  end, 20)
end

--- Runs steps in a terminal and draws its screen.
---@param name string
---@param title string
---@param directory string where the editor is
---@param steps fun(term: rille.test.terminal)
local function picture(name, title, directory, steps)
  local term = terminal.start({
    columns = COLUMNS,
    lines = LINES,
    cwd = vim.fn.getcwd() .. directory,
    commands = { "set termguicolors noshowcmd noruler laststatus=0 fillchars=eob:\\ ", "filetype plugin off" },
  })
  local ok, message = pcall(steps, term)
  settle(term)
  local screen = ok and term:screen(true)
  term:stop()
  assert(ok, message)
  local out = assert(io.open(("doc/%s.svg"):format(name), "w"))
  out:write(draw(screen, { columns = COLUMNS, title = title }))
  out:close()
end

picture("picker", "The picker: files that match what is typed, and a preview", "", function(term)
  term:type(":Rille files")
  term:press("Enter")
  term:sees("Files")
  term:type("src job")
  term:press("Tab", "Tab")
  term:sees("+2")
end)

picture("grep", "Searching a tree while typing", "/src", function(term)
  term:type(":Rille grep")
  term:press("Enter")
  term:sees("Grep")
  term:type([[impl Drop for \w+]])
  term:sees("impl Drop for")
end)

--- Writes a log of some megabytes, always with the same content.
local function write_log(path)
  local levels, parts =
    { "INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR" }, { "http", "cache", "db.pool", "scheduler" }
  local words = {
    "request",
    "completed",
    "retry",
    "connection",
    "timeout",
    "queue",
    "index",
    "commit",
    "session",
    "token",
  }
  local state = 1
  local function one_of(list)
    state = state * 48271 % 0x7fffffff
    return list[state % #list + 1]
  end
  local file = assert(io.open(path, "w"))
  for i = 1, 400000 do
    local clock = ("%02d:%02d:%02d.%03d"):format(i / 36000 % 24, i / 600 % 60, i / 10 % 60, i * 100 % 1000)
    local text = ("%s %s %s %s"):format(one_of(words), one_of(words), one_of(words), one_of(words))
    file:write(
      ("2026-07-01T%sZ %-5s [%s] %s id=%08x\n"):format(clock, one_of(levels), one_of(parts), text, state)
    )
  end
  file:close()
end

picture("viewer", "The viewer: a log, of which a part is in the editor", "", function(term)
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  write_log(directory .. "/server.log")
  term:type(":Rille view " .. directory .. "/server.log")
  term:press("Enter")
  term:sees("1 of 400,000")
  term:type("&ERROR")
  term:press("Enter")
  term:sees("66,224 lines with ERROR")
  term:type("50%/timeout")
  term:press("Enter")
  settle(term)
  vim.fn.delete(directory, "rf")
end)
