--- Talks to the program in Rust, which is a process of its own: whatever happens to it, the editor continues.
---
--- `request` waits for the answer; `start` returns at once, and calls back. Both start the program if it does not run.
local M = {}

--- Version of the Lua code. The program must have the same one: an update of the plugin also has to build the program.
M.version = "0.1.0"

---@class relay.on callbacks of a job; they run on the main loop, where every function of Neovim may be used
---@field progress? fun(value: any)
---@field done? fun(state: "done"|"cancelled"|"failed", value: any) called once; `value` is the result or the message

local root = vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h:h"))
local channel ---@type integer? the running program
local jobs = {} ---@type table<integer, relay.on> the running jobs, by number
local last_number = 0
local last_end ---@type string? how the program ended last

--- Returns the path of the program: $RELAY_PROGRAM, or where `cargo build --release` puts it.
---@return string
function M.program()
  local name = vim.fn.has("win32") == 1 and "relay.exe" or "relay"
  return vim.env.RELAY_PROGRAM or (root .. "/target/release/" .. name)
end

--- Called by the program, for each progress and for the end of a job.
---@param number integer the job
---@param state "progress"|"done"|"cancelled"|"failed"
---@param value any
function M.receive(number, state, value)
  local on = jobs[number]
  if not on then
    return
  end
  local callback = on.progress
  if state ~= "progress" then
    jobs[number] = nil
    callback = on.done and function()
      on.done(state, value)
    end
  end
  if callback then
    -- Later, so that the user sees an error of the callback: the caller here is the program.
    vim.schedule(function()
      callback(value)
    end)
  end
end

--- Forgets the program, and fails its jobs.
local function forget(message)
  channel, last_end = nil, message
  for number in pairs(jobs) do
    M.receive(number, "failed", message)
  end
end

--- Starts the process. Returns its channel, or nil if the system cannot run it.
local function spawn(program)
  local last_line = "" -- of stderr, where Rust prints why it ends
  local started, id = pcall(vim.fn.jobstart, { program }, {
    rpc = true,
    on_stderr = function(_, lines)
      for _, line in ipairs(lines) do
        last_line = line ~= "" and line or last_line
      end
    end,
    on_exit = function(id, code)
      if id == channel then
        forget(("the program has ended with code %d: %s"):format(code, last_line))
      end
    end,
  })
  return started and id > 0 and id or nil
end

--- Returns the channel of the program, which is started if it does not run.
---@return integer? channel
---@return string? message why it cannot run
local function connect()
  if channel then
    return channel
  end
  local program = M.program()
  local fault
  local id = spawn(program)
  if id then
    local answered, version = pcall(vim.rpcrequest, id, "version")
    if answered and version == M.version then
      channel = id
      return id
    end
    vim.fn.jobstop(id)
    fault = answered and ("it is version %s, the Lua code is version %s"):format(version, M.version)
  end
  fault = fault or "the system cannot run it, or it is another program"
  return nil, ("cannot use %s: %s; build it with `nvim -l build.lua` in %s"):format(program, fault, root)
end

--- Asks the program and waits for its answer.
---@param method string
---@param ... any parameters
---@return any result nil if it failed
---@return string? message why
function M.request(method, ...)
  local id, fault = connect()
  if not id then
    return nil, fault
  end
  local answered, result = pcall(vim.rpcrequest, id, method, ...)
  if answered then
    return result
  end
  local message = tostring(result)
  if message:find("^Invalid channel") or message:find("^ch %d+ was closed") then
    -- The program has ended during the request. Its exit code is known a moment later.
    vim.wait(1000, function()
      return channel ~= id
    end, 1)
    return nil, last_end or message
  end
  -- The first line of some versions of Neovim names the request and the channel.
  return nil, message:match("[^\n]*$")
end

---@class relay.job
---@field private number integer
local Job = {}
Job.__index = Job

--- Starts a job, which runs while the editor continues.
---@param method string
---@param params any[]
---@param on relay.on
---@return relay.job? job
---@return string? message why the program cannot run
function M.start(method, params, on)
  local id, fault = connect()
  if not id then
    return nil, fault
  end
  last_number = last_number + 1
  jobs[last_number] = on
  vim.rpcnotify(id, "start", last_number, method, params)
  return setmetatable({ number = last_number }, Job)
end

--- Asks the job to stop. Unless it ends first, `on.done` is called with "cancelled".
function Job:cancel()
  if jobs[self.number] then
    vim.rpcnotify(channel, "cancel", self.number)
  end
end

--- Ends the program; its jobs fail. The next call starts it again.
function M.stop()
  if channel then
    vim.fn.jobstop(channel)
    forget("the program was stopped")
  end
end

return M
