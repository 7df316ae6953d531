--- Calls for which the system refuses memory: the driver of refused_spec.lua.
---
--- Each trial runs in a child of this process, in which the library with the feature `testing` refuses allocations of LEAST
--- bytes and more. A case has up to four functions:
---   make()        makes the object of the call, with memory
---   call(made)    the call, for which memory is refused; its result is compared with that of a run with memory
---   after(made)   what must work afterwards with the same handles, with memory again
---   again         true: the call itself must work afterwards
--- A refused call raises or returns nil and a sentence, or returns a job that fails with one.
local ffi = require("ffi")
local C = require("rille.core.ffi")

-- A second declaration of the same functions is harmless.
ffi.cdef([[
int fork(void);
int waitpid(int, int *, int);
void _exit(int);
unsigned alarm(unsigned);
void rille_test_refuse(size_t least, uint32_t first, uint32_t count, size_t more, uint32_t is_traced);
uint32_t rille_test_refused(void);
]])

local LONG = 60000
local ALL = 0xffffffff
local NO_BOUND = ffi.cast("size_t", -1)
local TRACED = os.getenv("RILLE_TEST_TRACE") and 1 or 0

local M = { LEAST = 4096 }

--- The sentences for refused memory: each is in the help, with {n} for a number.
M.SENTENCES = {
  "the system has no memory for {n} bytes",
  "no memory for {n} more bytes of a buffer",
  "no memory for the result",
  "out of memory for the item",
}

--- Returns whether a message is one of the sentences.
function M.is_refusal(message)
  for _, sentence in ipairs(M.SENTENCES) do
    if tostring(message):find((sentence:gsub("{n}", "%%d+"))) then
      return true
    end
  end
  return false
end

--- Refuses every later allocation of at least `least` bytes, in a child.
function M.refuse(least)
  C.rille_test_refuse(least, 0, ALL, NO_BOUND, TRACED)
end

--- Returns how a job ends: "done" and the number of batches taken, or its sentence.
function M.ended(job, why)
  if not job then
    return nil, why
  end
  local taken = {}
  local state, _, message
  repeat
    state, _, message = job:wait(LONG)
    local batch = job:take()
    while batch do
      taken[#taken + 1] = type(batch) == "table" and rawget(batch, "count") or 1
      batch = job:take()
    end
  until state ~= "running"
  if state ~= "done" then
    return nil, message
  end
  return true
end

--- Runs a function in a child and returns the string that it returns; nil and how the child ended if it did not return.
function M.in_child(fn)
  local path = os.tmpname()
  local out = assert(io.open(path, "wb"))
  local pid = ffi.C.fork()
  if pid == 0 then
    ffi.C.alarm(30)
    local _, report = xpcall(fn, debug.traceback)
    C.rille_test_refuse(0, 0, 0, 0, 0)
    out:write(tostring(report))
    out:close()
    ffi.C._exit(0)
  end
  out:close()
  local status = ffi.new("int[1]")
  ffi.C.waitpid(pid, status, 0)
  local file = assert(io.open(path, "rb"))
  local report = file:read("*a")
  file:close()
  os.remove(path)
  if status[0] ~= 0 then
    return nil, ("the child ended with signal %d"):format(status[0] % 128)
  end
  return report
end

--- Runs a case once with refused allocations. Returns "right", "refused" or the failure, and how many were refused.
local function trial(case, first, count, more)
  local report, ending = M.in_child(function()
    local made = case.make and case.make()
    C.rille_test_refuse(M.LEAST, first, count, more, TRACED)
    local ok, result, message = pcall(case.call, made)
    local refused = C.rille_test_refused()
    C.rille_test_refuse(0, 0, 0, 0, 0)
    local outcome
    if not ok then
      outcome = M.is_refusal(result) and "refused" or "raised: " .. tostring(result)
    elseif result == nil and M.is_refusal(message) then
      outcome = "refused"
    elseif tostring(result) ~= case.wanted then
      outcome = ("returned %s (%s), not %s"):format(tostring(result), tostring(message), case.wanted)
    else
      outcome = "right"
    end
    if outcome == "refused" and refused == 0 then
      outcome = "refused although there was memory"
    end
    if case.again then
      local again, why = case.call(made)
      if tostring(again) ~= case.wanted then
        outcome = outcome .. ", and then " .. tostring(again) .. ": " .. tostring(why)
      end
    end
    if case.after then
      local fine, why = pcall(case.after, made)
      if not fine then
        outcome = outcome .. ", and then: " .. tostring(why)
      end
    end
    return ("%d %s"):format(refused, outcome)
  end)
  if not report then
    return ending, 1
  end
  local refused, outcome = report:match("^(%d+) (.*)")
  if not refused then
    return "broken: " .. report, 1
  end
  return outcome, tonumber(refused)
end

--- Returns the result of a case with enough memory, as text.
function M.wanted(case)
  return M.in_child(function()
    return tostring((case.call(case.make and case.make())))
  end)
end

--- Returns the failure of a case when allocations are refused one at a time, or all from one on; nil if there is none.
function M.one_by_one(case)
  local wrong, n, some = {}, 0, false
  while true do
    local refused
    for _, count in ipairs({ 1, ALL }) do
      local outcome
      outcome, refused = trial(case, n, count, NO_BOUND)
      if outcome ~= "right" and outcome ~= "refused" then
        wrong[#wrong + 1] = ("piece %d%s: %s"):format(n, count == ALL and " and all after" or "", outcome)
      end
      some = some or outcome == "refused"
    end
    if refused == 0 or #wrong > 6 then
      return wrong, n, some
    end
    -- All of the first ones, then ever fewer.
    n = n + 1 + math.floor(n / 2)
  end
end

--- Returns the failure of a case when the process may allocate so many bytes more and then nothing; nil if there is none.
function M.in_total(case)
  local wrong, more = {}, 0
  while more < 2 ^ 28 do
    local outcome, refused = trial(case, ALL, 0, more)
    if outcome ~= "right" and outcome ~= "refused" then
      wrong[#wrong + 1] = ("with %d bytes: %s"):format(more, outcome)
    end
    if refused == 0 then
      return wrong, more
    end
    more = math.max(4096, more * 2)
  end
  wrong[#wrong + 1] = "it never has enough"
  return wrong, more
end

return M
