-- Hosts: nvim
-- You learn: how an editor does many things with one thread: the event loop, timers, processes, and `vim.schedule`.

-- Neovim: one thread draws, reads keys and runs your Lua. It goes around in a loop: take an event, call its function,
-- take the next. While your function runs, nothing else does. So never wait; ask to be called.
local uv = vim.uv

-- Neovim: scripts have no user whose keys keep the loop going. This function turns it until a condition is true.
local function turn_until(condition)
  assert(vim.wait(20000, condition, 1), "this took too long")
end

-- Neovim: a timer calls a function later: here after 5 milliseconds, and then every 5 milliseconds.
local ticks, timer = 0, uv.new_timer()
timer:start(5, 5, function()
  ticks = ticks + 1
  if ticks == 3 then
    timer:stop()
    timer:close() -- what the loop knows stays in memory until it is closed
  end
end)
print("ticks at once:", ticks) --> ticks at once: 0
turn_until(function()
  return ticks == 3
end)
print("ticks later:", ticks) --> ticks later: 3

-- Neovim: a function that the loop calls may come at any moment, even while the screen is drawn. Most of `vim.api` is
-- forbidden there. `vim.schedule` asks for a call at a safe moment; forget it, and you see this message.
local message, line
local once = uv.new_timer()
once:start(1, 0, function()
  once:close()
  message = select(2, pcall(vim.api.nvim_get_current_line))
  vim.schedule(function()
    line = vim.api.nvim_get_current_line()
  end)
end)
turn_until(function()
  return line
end)
print(message:match("E%d+:.*")) --> E5560: nvim_get_current_line must not be called in a …
print(line == "") --> true

-- Neovim: `vim.system` runs another program. The function is called when it has ended; the editor lives on meanwhile.
local ended
vim.system({ "sh", "-c", "echo out; echo trouble >&2; exit 3" }, { text = true }, function(result)
  ended = result
end)
print("not yet:", ended) --> not yet: nil
turn_until(function()
  return ended
end)
print(ended.code, vim.trim(ended.stdout), vim.trim(ended.stderr)) --> 3 out trouble

-- Neovim: output can arrive in pieces while the program runs, and a program that takes too long can be stopped. A piece
-- is not a line: it may end in the middle of a word.
local pieces = {}
local job = vim.system({ "sh", "-c", "echo one; exec sleep 60" }, {
  stdout = function(_, piece)
    pieces[#pieces + 1] = piece -- nil at the end
  end,
})
turn_until(function()
  return pieces[1]
end)
job:kill("sigterm")
print(job:wait().signal, vim.trim(table.concat(pieces))) --> 15 one

-- Neovim: files are read the same way. Without a function the call waits for the disk. With one it returns at once, and
-- another thread does the waiting.
local size
uv.fs_stat(vim.v.progpath, function(_, stat)
  size = stat.size
end)
turn_until(function()
  return size
end)
print(size > 1000) --> true
