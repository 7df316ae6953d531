-- Hosts: nvim
-- You learn: method 1 of a native backend: a process of its own. Any language will do, and its crash is not yours.

-- Neovim: the backend is a Rust program of about 150 lines, `examples/templates/remote`. `cargo build --release` in that
-- directory builds it. Without it, a backend in Lua that understands the same messages takes its place: `relay.lua`.
local here = ...
local rust = vim.env.RELAY_PROGRAM or here .. "/../templates/remote/target/release/relay"
local in_lua = { "nvim", "--clean", "-l", here .. "/relay.lua" }
local backend = vim.uv.fs_stat(rust) and { rust } or in_lua
print("the backend is written in", backend == in_lua and "Lua" or "Rust") --> the backend is written in …

-- Neovim: messages are msgpack, which is JSON in bytes. A request is a list: 0, an id, the method, its arguments. The
-- response is 1, the same id, an error, a result. We do it by hand, once, to see that there is no magic.
local request = vim.mpack.encode({ 0, 7, "add", { 2, 40 } })
print(#request, (request:gsub("[^%w]", "."))) --> 10 ....add...
local reply = vim.system(backend, { stdin = request }):wait().stdout
print(vim.inspect(vim.mpack.decode(reply))) --> { 1, 7, vim.NIL, 42 }

-- Neovim: with `rpc = true` Neovim does all that. `on_exit` is called when the process has ended, for whatever reason.
local ended
local function start()
  ended = nil
  return vim.fn.jobstart(backend, {
    rpc = true,
    on_exit = function(_, code)
      ended = code
    end,
  })
end
local channel = start()

-- Neovim: a request waits for its answer, so it must be quick. An error over there becomes an error here.
print(vim.rpcrequest(channel, "add", 2, 40)) --> 42
local fine, message = pcall(vim.rpcrequest, channel, "add", 2, "forty")
print(fine, message) --> false …add: both parameters must be integers

-- Neovim: long work is a job. We notify the backend, which nobody waits for, and go on. The backend notifies us of
-- progress and end, by a call of `require("relay").receive`.
local states = {}
package.loaded.relay = {
  receive = function(job, state)
    states[job] = state
  end,
}
local function reaches(job, state)
  return (vim.wait(20000, function()
    return states[job] == state
  end, 1))
end
vim.rpcnotify(channel, "start", 1, "primes", { 1000 })
print("at once:", states[1]) --> at once: nil
print("job 1 is done:", reaches(1, "done")) --> job 1 is done: true

-- Neovim: to cancel is a notification too. The backend looks from time to time whether it should stop. Nothing can force
-- it to, except its end.
vim.rpcnotify(channel, "start", 2, "primes", { 1000000000 })
print("job 2 works:", reaches(2, "progress")) --> job 2 works: true
vim.rpcnotify(channel, "cancel", 2)
print("job 2 stops:", reaches(2, "cancelled")) --> job 2 stops: true

-- Neovim: now the backend crashes, in the middle of a request. The editor notes it, lives, and starts another one.
print((pcall(vim.rpcrequest, channel, "crash"))) --> false
vim.wait(20000, function()
  return ended
end, 1)
print("it has ended with a failure:", ended ~= 0) --> it has ended with a failure: true
channel = start()
print(vim.rpcrequest(channel, "add", 1, 1)) --> 2
vim.fn.jobstop(channel)

-- The price: each text is encoded, copied twice and decoded. For a few large questions that is nothing; for every
-- keystroke over a million lines it is too much. That is what the next two methods are for.
