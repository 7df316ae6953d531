--- The input of a view, by the name of its buffer after `rille://`: a file, an archive of one file, a pipe or a device, or
--- the output of a command.
local paths = require("rille.nvim.paths")
local rille = require("rille")
local text = require("rille.nvim.text")

local uv = vim.uv or vim.loop

local M = {}

--- Commands that the user has asked for: no other command runs when its buffer is read, as when a session is restored.
local asked = {}

---@class rille.nvim.viewer.from
---@field doc rille.file
---@field title string
---@field arrives? string what happens until the input is complete, if that takes long
---@field has_arrived? boolean
---@field is_once boolean whether it cannot be read again
---@field close fun()

--- Returns the first bytes of a file.
local function head(path)
  local fd = uv.fs_open(path, "r", 0)
  if not fd then
    return ""
  end
  local bytes = uv.fs_read(fd, 4, 0) or ""
  uv.fs_close(fd)
  return bytes
end

local function options(more)
  return vim.tbl_extend("force", {
    index = false,
    threads = math.max(uv.available_parallelism() - 1, 1),
  }, more or {})
end

--- Opens a file, a pipe or a device.
local function open_path(path)
  local stat = uv.fs_stat(path)
  local is_stream = stat ~= nil and (stat.type == "fifo" or stat.type == "char")
  local title = vim.fn.fnamemodify(path, ":t")
  if (is_stream or stat and stat.type == "file") and rille.backend ~= "native" then
    is_stream = false
  end
  local bytes = stat and stat.type == "file" and head(path) or ""
  local is_packed = bytes:sub(1, 2) == "\31\139" or bytes == "\40\181\47\253"
  if bytes:find("^\255\254") or bytes:find("^\254\255") then
    local command = ("iconv -f UTF-16 -t UTF-8 %s"):format(vim.fn.shellescape(path))
    return nil, ("%s is UTF-16, a view shows UTF-8: `:Rille view !%s`"):format(text.shown(title), command)
  end
  local more = {}
  if rille.backend == "native" then
    more.spool, more.unpack = is_stream or nil, is_packed or nil
  end
  local doc, message = rille.file(path, options(more))
  if not doc then
    return nil, message
  end
  return {
    doc = doc,
    title = title,
    arrives = is_stream and "reading" or is_packed and rille.backend == "native" and "unpacking" or nil,
    is_once = is_stream,
    close = function() end,
  }
end

--- Runs a shell command, and opens its output: standard output and standard error together.
local function open_command(command)
  if not asked[command] then
    return nil, ("a command is not run again automatically: `:Rille view !%s`"):format(text.shown(command))
  elseif rille.backend ~= "native" then
    return nil, "viewing the output of a command needs the native library: see `:checkhealth rille`"
  end
  asked[command] = nil
  local ends, refused = uv.pipe()
  if not ends then
    return nil, refused
  end
  local arguments = vim.split(vim.o.shellcmdflag, " ", { trimempty = true })
  arguments[#arguments + 1] = command
  local process, pid
  process, pid = uv.spawn(vim.o.shell, {
    args = arguments,
    stdio = { nil, ends.write, ends.write },
    detached = true,
  }, function(code)
    process:close()
    process = nil
    if code ~= 0 then
      vim.schedule(function()
        text.notify(("the command ended with %d: !%s"):format(code, text.shown(command)), vim.log.levels.WARN)
      end)
    end
  end)
  uv.fs_close(ends.write)
  local doc, message
  if process then
    doc, message = rille.file(("/dev/fd/%d"):format(ends.read), options({ spool = true }))
  else
    message = pid
  end
  uv.fs_close(ends.read)
  local function close()
    if process then
      -- The process group, as the shell may have started other processes.
      uv.kill(-pid, "sigterm")
    end
  end
  if not doc then
    close()
    return nil, message
  end
  return { doc = doc, title = "!" .. command, arrives = "reading", is_once = true, close = close }
end

--- Opens the input with a name.
---@param name string
---@return rille.nvim.viewer.from?
---@return string? message
function M.open(name)
  if name:sub(1, 1) == "!" then
    return open_command(name:sub(2))
  end
  return open_path(name)
end

--- Writes the text that Neovim has read from its standard input to a file.
local function standard_input()
  local found
  for _, buf in ipairs(vim.list_extend({ vim.api.nvim_get_current_buf() }, vim.api.nvim_list_bufs())) do
    if not found and vim.api.nvim_buf_is_loaded(buf) and vim.b[buf].rille_stdin then
      found = buf
    end
  end
  if not found then
    return nil, "Neovim has read no standard input: `command | nvim -`, then `:Rille view -`"
  end
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory)
  local path = directory .. "/stdin"
  local file, message = io.open(path, "wb")
  if not file then
    return nil, message
  end
  local feed = vim.bo[found].fileformat == "dos" and "\r\n" or "\n"
  local count, step = vim.api.nvim_buf_line_count(found), 10000
  for from = 0, count - 1, step do
    local lines = vim.api.nvim_buf_get_lines(found, from, from + step, false)
    for i, line in ipairs(lines) do
      lines[i] = line:gsub("\n", "\0")
    end
    local is_last = from + step >= count
    file:write(table.concat(lines, feed), is_last and not vim.bo[found].endofline and "" or feed)
  end
  file:close()
  return path
end

--- Returns the name of a view for the argument of `:Rille view`.
---@param argument string
---@return string? name
---@return string? message
function M.name(argument)
  if argument == "-" then
    return standard_input()
  elseif argument:find("^!.") then
    local command = argument:sub(2)
    asked[command] = true
    -- A command that was run before runs again.
    local buf = vim.fn.bufexists("rille://" .. argument) == 1 and vim.fn.bufadd("rille://" .. argument)
    if buf and vim.api.nvim_buf_is_loaded(buf) then
      vim.api.nvim_buf_delete(buf, { force = true })
    end
    return argument
  end
  local path = paths.absolute(argument) or argument
  local stat, message = uv.fs_stat(path)
  if not stat then
    return nil, message
  elseif stat.type == "directory" or stat.type == "socket" or stat.type == "block" then
    local kind = stat.type == "block" and "block device" or stat.type
    return nil, ("%s is a %s"):format(text.shown(path), kind)
  end
  return path
end

return M
