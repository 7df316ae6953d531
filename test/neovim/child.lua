--- Runs a Neovim with the plugin in a child process, for specs that run in another Neovim.
---
---   local child = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/child.lua")
---   local nvim = child.start({ columns = 60 })
---   nvim:type("ihello<Esc>")
---   nvim:wait(function() return vim.api.nvim_get_current_line() == "hello" end)
---   print(table.concat(nvim:screen(), "\n"))
---   nvim:stop()
---
--- Functions are sent as bytecode, so they cannot have upvalues; their values are passed as arguments. Specs wait for the
--- outcome of slow work: none depends on the speed of the machine.
local M = {}

--- Maximum milliseconds for any step: it ends a hang and measures nothing. Authors of specs may set it lower.
local LIMIT = tonumber(os.getenv("RILLE_LIMIT")) or 60000

---@class rille.test.child
---@field package channel integer
local Child = {}
Child.__index = Child

---@class rille.test.child.options
---@field columns? integer 80 by default
---@field lines? integer 24 by default
---@field env? table<string, string> environment variables; the others are inherited
---@field before? string an Ex command that runs before plugins are loaded
---@field plugin? boolean false: rille is not on the runtimepath

--- Starts a child; its plugins are loaded when this returns. The program is that in $RILLE_CHILD.
---@param opts? rille.test.child.options
---@return rille.test.child
function M.start(opts)
  opts = opts or {}
  local root = os.getenv("RILLE_ROOT")
  local command = { os.getenv("RILLE_CHILD") or vim.v.progpath, "--clean", "-n", "--headless", "--embed" }
  local function before(text)
    vim.list_extend(command, { "--cmd", text })
  end
  before(("set columns=%d lines=%d"):format(opts.columns or 80, opts.lines or 24))
  if opts.plugin ~= false then
    before("let &runtimepath ..= ',' .. $RILLE_ROOT")
  end
  if opts.before then
    before(opts.before)
  end
  -- Files that are opened here are none that the user opens often.
  local env = vim.tbl_extend("keep", opts.env or {}, { XDG_STATE_HOME = vim.fn.tempname() })
  local channel = vim.fn.jobstart(command, { rpc = true, cwd = root, env = env })
  assert(channel > 0, "the child does not start")
  local self = setmetatable({ channel = channel }, Child)
  self:lua(function(columns, lines)
    vim.o.columns, vim.o.lines = columns, lines
    vim.o.swapfile, vim.o.shada = false, ""
  end, opts.columns or 80, opts.lines or 24)
  return self
end

--- Calls a function of Neovim's API in the child.
function Child:api(name, ...)
  return vim.rpcrequest(self.channel, name, ...)
end

--- Runs a function or text of Lua in the child, and returns its results.
---@param code string|fun(...): any
function Child:lua(code, ...)
  if type(code) == "function" then
    -- Bytecode is not text, so it is sent as an escaped string.
    local bytes = string.dump(code):gsub(".", function(c)
      return ("\\%03d"):format(c:byte())
    end)
    bytes = bytes:gsub("\n", "\\010")
    code = 'return loadstring("' .. bytes .. '")(...)'
  end
  return self:api("nvim_exec_lua", code, { ... })
end

--- Types keys, with names such as `<CR>`. Does not wait for their effect.
function Child:type(keys)
  -- The child accepts only as many keys as it has room for.
  while #keys > 0 do
    keys = keys:sub(self:api("nvim_input", keys) + 1)
  end
end

--- Runs an Ex command.
function Child:cmd(text)
  return self:api("nvim_command", text)
end

--- Returns whether the child waits for a key inside a call, as `getcharstr()` does. Then `lua` would wait for that key too.
function Child:blocked()
  return self:api("nvim_get_mode").blocking
end

--- Waits until the function returns a true value in the child, and returns it; an error shows the screen.
---@param condition string|fun(...): any
function Child:wait(condition, ...)
  local arguments, value = { ... }, nil
  local fine = vim.wait(LIMIT, function()
    if self:blocked() then
      return false
    end
    value = self:lua(condition, unpack(arguments))
    return value and value ~= vim.NIL
  end, 5)
  if not fine then
    local shown = "it waits for a key"
    if not self:blocked() then
      shown = "the screen is\n" .. table.concat(self:screen(), "\n") .. "\nmessages:\n" .. self:messages()
    end
    error("this never came: " .. shown, 2)
  end
  return value
end

--- Returns the screen, a string for each row, without trailing white space.
---@return string[]
function Child:screen()
  return self:lua(function()
    vim.cmd.redraw()
    local rows = {}
    for row = 1, vim.o.lines do
      local cells = {}
      for column = 1, vim.o.columns do
        cells[column] = vim.fn.screenstring(row, column)
      end
      rows[row] = table.concat(cells):gsub("%s+$", "")
    end
    return rows
  end)
end

--- Waits until the screen contains a literal text, in any row or in the given one.
---@param text string
---@param row? integer
function Child:sees(text, row)
  local rows
  local fine = vim.wait(LIMIT, function()
    if self:blocked() then
      return false
    end
    rows = self:screen()
    local where = row and (rows[row] or "") or table.concat(rows, "\n")
    return where:find(text, 1, true) ~= nil
  end, 5)
  if not fine then
    error(("%q does not appear; the screen is\n%s"):format(text, table.concat(rows or {}, "\n")), 2)
  end
end

--- Waits until no row of the screen contains a literal text.
---@param text string
function Child:misses(text)
  local rows
  local fine = vim.wait(LIMIT, function()
    if self:blocked() then
      return false
    end
    rows = self:screen()
    return not table.concat(rows, "\n"):find(text, 1, true)
  end, 5)
  if not fine then
    error(("%q does not go; the screen is\n%s"):format(text, table.concat(rows or {}, "\n")), 2)
  end
end

--- Returns the highlights of a row, a number for each cell: equal numbers have the same look.
---@param row integer
---@return integer[]
function Child:looks(row)
  return self:lua(function(at)
    vim.cmd.redraw()
    local cells = {}
    for column = 1, vim.o.columns do
      cells[column] = vim.fn.screenattr(at, column)
    end
    return cells
  end, row)
end

--- Returns all messages.
function Child:messages()
  return vim.trim(self:api("nvim_exec2", "messages", { output = true }).output)
end

--- Ends the child, and returns its exit status: 0 after a normal quit.
---@return integer
function Child:stop()
  pcall(vim.rpcnotify, self.channel, "nvim_command", "qall!")
  local code = vim.fn.jobwait({ self.channel }, LIMIT)[1]
  vim.fn.jobstop(self.channel)
  return code
end

return M
