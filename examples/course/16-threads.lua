-- Hosts: nvim, nginx, love
-- You learn: how work runs on another thread, and how three event loops wait for it without standing still.
local rille = require("rille")
if rille.backend ~= "native" then
  return print("this lesson needs the library: run `cargo build --release` in rille's directory")
end

-- Lua has one thread, and a second one must not touch its values. So the work happens in native code, on a thread of the
-- library, with a copy of its input. Lua holds a JOB: it can be asked how far it is, and cancelled. Nothing ever calls
-- back into Lua; that would crash (lesson 8).
local text = ("many words "):rep(700000)
local job = rille.text.count_job(text, "word")
print((job:poll())) --> …

-- Without an event loop one can only wait, here for at most 20 seconds. An editor would freeze meanwhile, a server would
-- serve nobody, a game would show no frame.
print(job:wait(20000), job:result()) --> done 1400000
job:close()

-- With a loop: the library makes a file descriptor readable when a job is ready, and each loop can wait for descriptors.
-- What follows is the same three times. A job counts, the loop turns, and we count its turns.
local turns, words = 0, nil
local function look(counted, state)
  if state ~= "running" then
    words = counted:result()
    counted:close()
  end
end
job = rille.text.count_job(text, "word")

-- Neovim: `await` calls a function when the job is ready, at a moment when all of `vim.api` is allowed. The timer stands
-- for everything else that the editor does.
if _G.vim then
  local timer = vim.uv.new_timer()
  timer:start(0, 1, function()
    turns = turns + 1
  end)
  require("rille.nvim").await(job, look)
  vim.wait(20000, function()
    return words ~= nil
  end, 1)
  timer:close()
end

-- OpenResty: a request is a coroutine. `wait` pauses this one, and the worker serves others meanwhile; a light thread
-- plays the part of the others.
if _G.ngx then
  local other = ngx.thread.spawn(function()
    while not words do
      turns = turns + 1
      ngx.sleep(0.001)
    end
  end)
  repeat
    local state = require("resty.rille").wait(job)
    look(job, state)
  until words
  ngx.thread.wait(other)
end

-- LÖVE: `update` looks after all jobs once in every frame, and takes at most the milliseconds that you allow. In a game
-- it is called by `love.update`; here, each `yield` ends a frame.
if _G.love then
  local glue = require("rille.love")
  glue.await(job, look)
  repeat
    coroutine.yield()
    glue.update(2)
    turns = turns + 1
  until words
end

print(words, turns > 0) --> 1400000 true
