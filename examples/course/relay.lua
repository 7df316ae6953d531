-- The backend of lesson 11 in Lua, for those who have not built the one in Rust: `examples/templates/remote`. Both understand the
-- same messages. Each is a list: request 0, id, method, arguments; response 1, id, error, result; notification 2, method, arguments.
-- Neovim: it runs as `nvim -l`, a process of its own, which could as well be Python or C.
local uv, mpack = vim.uv, vim.mpack
local input, output = uv.new_pipe(), uv.new_pipe()
input:open(0)
output:open(1)

local function send(...)
  output:write(mpack.encode({ ... }))
end

-- Neovim runs a notification only if it is a function of its API.
local function notify(job, state, value)
  send(2, "nvim_exec_lua", { "require('relay').receive(...)", { job, state, value } })
end

local requests = {
  add = function(a, b)
    if type(a) ~= "number" or type(b) ~= "number" then
      error("add: both parameters must be integers", 0)
    end
    return a + b
  end,
  crash = function()
    uv.kill(uv.os_getpid(), "sigabrt")
  end,
}

-- The jobs work in small pieces, so that a message can arrive in between.
local timers = {}
local notifications = {
  start = function(job, _, arguments)
    local done, timer = 0, uv.new_timer()
    timers[job] = timer
    timer:start(0, 1, function()
      done = done + 1000
      notify(job, done < arguments[1] and "progress" or "done", done)
      if done >= arguments[1] then
        timer:close()
        timers[job] = nil
      end
    end)
  end,
  cancel = function(job)
    if timers[job] then
      timers[job]:close()
      timers[job] = nil
      notify(job, "cancelled", mpack.NIL)
    end
  end,
}

local is_over = false
local unpack_message = mpack.Unpacker()
input:read_start(function(_, bytes)
  is_over = bytes == nil
  local position = 1
  while bytes and position <= #bytes do
    local message
    message, position = unpack_message(bytes, position)
    if message and message[1] == 0 then
      local fine, result = pcall(requests[message[3]], unpack(message[4]))
      send(1, message[2], fine and mpack.NIL or result, fine and result or mpack.NIL)
    elseif message then
      notifications[message[2]](unpack(message[3]))
    end
  end
end)
vim.wait(2 ^ 30, function()
  return is_over
end, 1000)
