--- How long does a key take until the changed lines of the window are known? A session of `rille.diff`,
--- beside what plugins do without one: all lines are fetched, joined and compared.
---
---   RILLE_LIB=target/release/librille.so nvim --clean --headless -l bench/neovim/diff.lua [EDITS]
---
--- Both run in the callback of `nvim_buf_attach`, and are measured there: the event itself is not. The text is the source of this
--- repository, as often as it takes; each line after the first round has a number. EDITS, 10,000 by default, change, insert and
--- delete lines at random places, and the same at line 1.
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fn.fnamemodify(arg[0], ":p"))))
package.path = root .. "/lua/?.lua;" .. root .. "/lua/?/init.lua;" .. package.path
local api, hrtime = vim.api, vim.uv.hrtime
local edits = tonumber(arg[1]) or 10000
local rille = require("rille")
assert(rille.backend == "native", "no native library: set RILLE_LIB")
local peer = vim.text and vim.text.diff or vim.diff
local HEIGHT = 60

local source = {}
for _, path in ipairs(vim.fn.globpath(root, "{src,lua}/**/*.{rs,lua}", true, true)) do
  vim.list_extend(source, vim.fn.readfile(path))
end

--- Returns a text of so many lines.
local function text_of(count)
  local lines = {}
  for i = 1, count do
    local line = source[(i - 1) % #source + 1]
    lines[i] = i > #source and line .. " " .. math.floor(i / #source) or line
  end
  return lines
end

--- Makes edits in a buffer, and returns the sorted microseconds that a function takes in the event of each.
local function measure(lines, count, is_at_top, begin)
  local buf = api.nvim_create_buf(false, true)
  api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  local base = table.concat(lines, "\n") .. "\n"
  local changed, times = begin(buf, base), {}
  api.nvim_buf_attach(buf, false, {
    on_lines = function(_, _, _, first, last, new_last)
      local start = hrtime()
      changed(first, last, new_last)
      times[#times + 1] = (hrtime() - start) / 1000
    end,
  })
  math.randomseed(1)
  for i = 1, count do
    local at = is_at_top and 0 or math.random(api.nvim_buf_line_count(buf)) - 1
    local kind = i % 3
    local new = kind < 2 and { "typed " .. i } or {}
    api.nvim_buf_set_lines(buf, at, at + (kind == 1 and 0 or 1), false, new)
  end
  api.nvim_buf_delete(buf, { force = true })
  table.sort(times)
  return times
end

--- A session.
local function session(buf, base)
  local d = assert(rille.diff.session(base))
  return function(first, last, new_last)
    d:edit(first + 1, last, api.nvim_buf_get_lines(buf, first, new_last, false))
    return d:hunks(first + 1, first + HEIGHT)
  end
end

--- All lines, fetched, joined and compared.
local function whole(buf, base)
  return function()
    local text = table.concat(api.nvim_buf_get_lines(buf, 0, -1, false), "\n") .. "\n"
    return peer(base, text, { result_type = "indices", algorithm = "histogram" })
  end
end

local function at(times, part)
  return times[math.max(1, math.ceil(#times * part))]
end

print(
  ("%d edits, microseconds%29s %8s %8s %8s   %s"):format(edits, "p50", "p95", "p99", "most", "peer's p50")
)
for _, size in ipairs({ { 2000, 3 }, { 12000, 4 }, { 160000, 10 } }) do
  local lines, reach = text_of(size[1]), size[2]
  for _, place in ipairs({ "random lines", "line 1" }) do
    local own = measure(lines, edits, place == "line 1", session)
    local theirs = measure(lines, math.min(edits, 20), place == "line 1", whole)
    local name = ("%d lines, edits at %s"):format(size[1], place)
    local half = at(own, 0.5)
    local verdict = half <= reach and "reached" or "LOST"
    local numbers = ("%8.1f %8.1f %8.1f %8.1f"):format(half, at(own, 0.95), at(own, 0.99), own[#own])
    print(("%-42s %s %10.0f   reach %d, %s"):format(name, numbers, at(theirs, 0.5), reach, verdict))
  end
end
