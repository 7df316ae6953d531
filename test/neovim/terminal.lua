--- Runs a Neovim with rille on its runtimepath in a terminal, tmux.
---
--- A server without a screen runs the editor, and a second process shows it in the terminal: keys and screen pass through
--- the editor's terminal code and tmux.
local M = {}

local LIMIT = 60000

---@class rille.test.terminal
---@field package socket string socket of tmux
---@field package address string address of the Neovim server
---@field package channel integer
local Terminal = {}
Terminal.__index = Terminal

--- Returns whether tmux is installed.
function M.available()
  return vim.fn.executable("tmux") == 1
end

--- Starts a Neovim in a terminal of the given size.
---@param opts { columns: integer, lines: integer, cwd: string, commands?: string[] }
---@return rille.test.terminal
function M.start(opts)
  local program, directory = os.getenv("RILLE_CHILD") or vim.v.progpath, vim.fn.tempname()
  vim.fn.mkdir(directory)
  local self =
    setmetatable({ socket = "rille-" .. vim.fn.getpid(), address = directory .. "/nvim" }, Terminal)
  local command = { program, "--clean", "-n", "--headless", "--listen", self.address }
  local function add(flag, text)
    vim.list_extend(command, { flag, text })
  end
  add("--cmd", "let &runtimepath ..= ',' .. $RILLE_ROOT")
  for _, text in ipairs(opts.commands or {}) do
    add("--cmd", text)
  end
  -- Files that are opened here are none that the user opens often.
  local env = { LC_ALL = "C.UTF-8", XDG_STATE_HOME = directory .. "/state" }
  self.server = vim.fn.jobstart(command, { cwd = opts.cwd, env = env })
  assert(self.server > 0, "the server does not start")
  assert(
    vim.wait(LIMIT, function()
      return vim.fn.filereadable(self.address) == 1 or vim.fn.getftype(self.address) == "socket"
    end, 10),
    "the server does not listen"
  )
  local shown = "LC_ALL=C.UTF-8 "
    .. vim.fn.shellescape(program)
    .. " --server "
    .. vim.fn.shellescape(self.address)
    .. " --remote-ui"
  self:tmux({ "-f", "/dev/null", "-u", "new-session", "-d", "-x", opts.columns, "-y", opts.lines, shown })
  self:tmux({ "set-option", "-s", "escape-time", "0" })
  return self
end

--- Runs a tmux command, on a server of its own.
function Terminal:tmux(words)
  local command = { "tmux", "-L", self.socket }
  for _, word in ipairs(words) do
    command[#command + 1] = tostring(word)
  end
  local out = vim.fn.system(command)
  assert(vim.v.shell_error == 0, out)
  return out
end

--- Types literal text.
function Terminal:type(text)
  self:tmux({ "send-keys", "-l", text })
end

--- Presses keys, by tmux's names.
function Terminal:press(...)
  self:tmux({ "send-keys", ... })
end

--- Returns the text on the screen.
---@param colors? boolean with the escape sequences of colours
---@return string
function Terminal:screen(colors)
  return self:tmux(colors and { "capture-pane", "-e", "-p" } or { "capture-pane", "-p" })
end

--- Waits until the screen satisfies the condition, and returns it.
local function await(self, condition, about)
  local screen
  local fine = vim.wait(LIMIT, function()
    screen = self:screen()
    return condition(screen)
  end, 20)
  if not fine then
    error(("%s; the screen is\n%s"):format(about, screen), 3)
  end
  return screen
end

--- Waits until the screen contains a text, and returns the screen.
---@param text string
---@return string
function Terminal:sees(text)
  return await(self, function(screen)
    return screen:find(text, 1, true) ~= nil
  end, ("%q does not appear"):format(text))
end

--- Waits until the screen no longer contains a text.
---@param text string
function Terminal:sees_not(text)
  await(self, function(screen)
    return not screen:find(text, 1, true)
  end, ("%q does not go away"):format(text))
end

--- Resizes the terminal.
function Terminal:resize(columns, lines)
  self:tmux({ "resize-window", "-x", columns, "-y", lines })
end

function Terminal:stop()
  pcall(self.tmux, self, { "kill-server" })
  vim.fn.jobstop(self.server)
  vim.fn.jobwait({ self.server }, LIMIT)
end

return M
