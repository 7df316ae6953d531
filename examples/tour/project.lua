-- Jobs: walking and searching a tree on other threads while the thread of this program stays free.
local rille = require("rille")
local host = require("tour.host")
local show = require("tour.print")
local say, pad, thousands = show.say, show.pad, show.thousands

local LONG = 20000

local M = { checked = {} }

-- Milliseconds of wall-clock time, as jobs run beside this thread.
local now = host.wall

-- Takes all results of a job; returns when the first and the last arrived, and the longest time of a call.
local function follow(start, each)
  local result = { found = 0, longest = 0, calls = 0 }
  local begin = now()
  local function timed(call, ...)
    local since = now()
    local a, b = call(...)
    result.longest, result.calls = math.max(result.longest, now() - since), result.calls + 1
    return a, b
  end
  local job = timed(start)
  repeat
    job:wait(LONG)
    local state = timed(job.poll, job)
    local batch = timed(job.take, job)
    while batch do
      result.first = result.first or now() - begin
      result.found = result.found + each(batch)
      batch = timed(job.take, job)
    end
  until state ~= "running"
  result.all, result.done = now() - begin, select(2, job:poll())
  timed(job.close, job)
  return result
end

local function count(batch)
  return batch.count
end

local function count_matches(batch)
  local found = 0
  for i = 1, batch.count do
    found = batch:kind(i) == "match" and found + 1 or found
  end
  return found
end

-- Cancels a search at many moments; returns the longest time until it had stopped.
local function cancel(start)
  local worst = 0
  for round = 1, 20 do
    local job = start()
    local begin = now()
    while now() - begin < round * 1.5 do
      job:wait(1)
      job:take()
    end
    local since = now()
    job:cancel()
    while job:poll() == "running" do
      job:wait(1)
      job:take()
    end
    worst = math.max(worst, now() - since)
    job:close()
  end
  return worst
end

local function ms(value)
  return value and ("%.2f ms"):format(value) or "none"
end

local function row(label, result, unit)
  local cells = pad(label, -46)
    .. pad(thousands(result.found), 11)
    .. pad(ms(result.first), 12)
    .. pad(ms(result.all), 12)
  say(
    " "
      .. cells
      .. show.bold(pad(ms(result.longest), 12))
      .. show.dim(pad(thousands(result.done) .. " " .. unit, 18))
  )
end

function M.show()
  local root = host.tree
  show.section("Jobs on the tree " .. root, "on " .. host.cores .. " threads, as ripgrep finds and searches")
  local head = "%-46s%11s%12s%12s%12s%18s"
  say(show.dim(" " .. head:format("", "found", "first", "all", "longest", "done")))
  say(show.dim(" " .. head:format("", "", "after", "after", "call here", "")))
  row(
    "rille.walk(root)",
    follow(function()
      return assert(rille.walk(root))
    end, count),
    "paths"
  )
  for _, pattern in ipairs({
    "license",
    [[\bcopyright \d{4}\b]],
    "deprecated|obsolete|unsupported",
    [[\w+ing\b]],
  }) do
    local opts = { case = "ignore", limit = 200000 }
    row(
      ("rille.grep(%q)"):format(pattern):gsub("\\\\", "\\"),
      follow(function()
        return assert(rille.grep(pattern, root, opts))
      end, count_matches),
      "files"
    )
  end
  local worst = cancel(function()
    return assert(rille.grep([[(\w+\s+){5}\d+]], root))
  end)
  say(("\n A search of the tree that is cancelled at 20 moments is over after %s at most."):format(ms(worst)))
end

return M
