--- The plugin in Neovim, with the real program: nvim --clean --headless -l tests/spec.lua
local root = vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h"))
vim.opt.runtimepath:prepend(root)
vim.cmd("runtime plugin/relay.lua")
local relay = require("relay")

local passed, failed = 0, 0

local function test(name, body)
  local ok, message = xpcall(body, debug.traceback)
  relay.stop()
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print(("FAILED %s: %s"):format(name, message))
  end
end

local function same(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(("expected %s, got %s"):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

--- Waits until `condition` returns true.
local function wait(what, condition)
  if not vim.wait(10000, condition, 5) then
    error("after 10 seconds still waiting for " .. what, 2)
  end
end

--- Starts a job and returns it with a table in which its callbacks write.
local function start(method, params)
  local seen = { progress = {} }
  local job = assert(relay.start(method, params, {
    progress = function(value)
      seen.progress[#seen.progress + 1] = value
    end,
    done = function(state, value)
      assert(not seen.state, "a job ends once")
      seen.state, seen.value = state, value
    end,
  }))
  return job, seen
end

local function ended(seen)
  return function()
    return seen.state ~= nil
  end
end

test("a request is answered", function()
  same(relay.request("add", 2, 40), 42)
end)

test("a request that fails returns the program's message", function()
  same({ relay.request("add", 2, "x") }, { nil, "add: both parameters must be integers" })
  local _, message = relay.request("nonsense")
  assert(message:find("no method 'nonsense' with 0 parameters", 1, true), message)
end)

test("a panic is an error, and the program continues", function()
  same({ relay.request("panic") }, { nil, "internal error (a bug in relay)" })
  same(relay.request("add", 1, 1), 2)
end)

test("the editor survives a crash, and the next request starts the program again", function()
  local _, seen = start("primes", { 1e9 })
  local result, message = relay.request("crash")
  same(result, nil)
  assert(message:find("^the program has ended with code %d+: "), message)
  wait("the job of the crashed program", ended(seen))
  same(seen.state, "failed")
  same(seen.value, message)
  same(relay.request("add", 20, 1), 21)
end)

test("a job calls back with its result", function()
  local _, seen = start("primes", { 1000 })
  wait("the result", ended(seen))
  same({ seen.state, seen.value }, { "done", 168 })
end)

test("a job reports progress while the editor answers", function()
  local job, seen = start("primes", { 1e9 })
  wait("two reports", function()
    return #seen.progress >= 2
  end)
  assert(seen.progress[1] < seen.progress[2])
  same(relay.request("add", 1, 2), 3)
  job:cancel()
  wait("the end", ended(seen))
  same(seen.state, "cancelled")
  job:cancel() -- does nothing
end)

test("a job that cannot run fails with a message", function()
  local _, seen = start("primes", { -1 })
  wait("the end", ended(seen))
  same({ seen.state, seen.value }, { "failed", "primes: the limit must be an integer >= 0" })
end)

test("a missing program is a message that says how to build it", function()
  local before = vim.env.RELAY_PROGRAM
  vim.env.RELAY_PROGRAM = "/nowhere/relay"
  local _, message = relay.request("add", 1, 1)
  vim.env.RELAY_PROGRAM = before
  assert(message:find("cannot use /nowhere/relay: the system cannot run it", 1, true), message)
end)

test("another program is refused", function()
  local before = vim.env.RELAY_PROGRAM
  vim.env.RELAY_PROGRAM = vim.fn.exepath("true")
  local _, message = relay.request("add", 1, 1)
  vim.env.RELAY_PROGRAM = before
  assert(message:find("or it is another program", 1, true), message)
end)

test("the command counts and cancels", function()
  local shown = {}
  local notify = vim.notify
  vim.notify = function(text) ---@diagnostic disable-line: duplicate-set-field
    shown[#shown + 1] = text
  end
  local function wait_for(text)
    wait(text, function()
      return shown[#shown] == text
    end)
  end
  vim.cmd("Relay 100")
  wait_for("relay: 25 primes up to 100")
  vim.cmd("Relay 1000000000")
  vim.cmd("Relay 5")
  wait_for("relay: a job runs already; `:Relay!` cancels it")
  vim.cmd("Relay!")
  wait_for("relay: cancelled")
  vim.cmd("Relay x")
  wait_for("relay: the limit must be a whole number, got 'x'")
  vim.notify = notify
end)

test("the health check finds the program", function()
  vim.cmd("checkhealth relay")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  assert(report:find("runs, version " .. relay.version, 1, true), report)
end)

print(("relay: %d passed, %d failed in Neovim %s"):format(passed, failed, tostring(vim.version())))
os.exit(failed == 0 and passed > 0 and 0 or 1)
