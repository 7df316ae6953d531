--- Hunks are those of the Neovim that runs this spec: `vim.text.diff`, or `vim.diff` before 0.12.
---
--- Where several scripts are equally short, xdiff may choose another one, as its preparation leaves out frequent lines.
local t = ...
local rille = require("rille")
local vim = rawget(_G, "vim")

local reason = not (vim and vim.api and vim.fn) and "this is no Neovim with an editor"
  or rille.backend ~= "native" and "needs the native library"
  or nil
local by_neovim = not reason and (vim.text and vim.text.diff or vim.diff)

local seed = 11
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end

--- Returns lines that look like code: most occur once, some often.
local function code(count)
  local lines = {}
  for i = 1, count do
    local kind = random(6)
    lines[i] = kind == 0 and ""
      or kind == 1 and "  end"
      or kind == 2 and "    return"
      or "  call" .. random(10 * count)
  end
  return lines
end

local function edited(lines, edits)
  local out = { unpack(lines) }
  for _ = 1, edits do
    local at = random(#out + 1) + 1
    for _ = 1, random(4) do
      if out[at] then
        table.remove(out, at)
      end
    end
    for _, line in ipairs(code(random(4))) do
      table.insert(out, at, line)
    end
  end
  return out
end

local function joined(lines)
  return table.concat(lines, "\n") .. (random(4) > 0 and "\n" or "")
end

--- Compares two texts by both; returns the hunks of rille and of Neovim.
local function both(a, b, ours, theirs)
  theirs.result_type = "indices"
  local hunks, list = assert(rille.diff(a, b, ours)), {}
  for i = 1, hunks.count do
    list[i] = { hunks:get(i) }
  end
  return list, by_neovim(a, b, theirs)
end

local function cost(list)
  local sum = 0
  for _, hunk in ipairs(list) do
    sum = sum + hunk[2] + hunk[4]
  end
  return sum
end

t.test("hunks are those of Neovim", function()
  if reason then
    t.skip(reason)
  end
  local others = {}
  for round = 1, 60 do
    local lines = code(20 + 5 * round)
    local a, b = joined(lines), joined(edited(lines, 1 + random(6)))
    for _, algorithm in ipairs({ "histogram", "myers", "minimal" }) do
      for _, indent in ipairs({ true, false }) do
        local list, theirs = both(
          a,
          b,
          { algorithm = algorithm, indent_heuristic = indent },
          { algorithm = algorithm, indent_heuristic = indent }
        )
        if not vim.deep_equal(list, theirs) then
          others[#others + 1] = ("%d %s%s"):format(round, algorithm, indent and " indent" or "")
        end
        if algorithm == "minimal" then
          t.eq(cost(list), cost(theirs))
        end
      end
    end
  end
  -- Two pairs of texts, of which several scripts are equally short.
  local known = {}
  for _, round in ipairs({ 19, 43 }) do
    for _, algorithm in ipairs({ "myers", "minimal" }) do
      known[#known + 1] = ("%d %s indent"):format(round, algorithm)
      known[#known + 1] = ("%d %s"):format(round, algorithm)
    end
  end
  t.eq(others, known)
end)

t.test("what is ignored is what Neovim ignores", function()
  if reason then
    t.skip(reason)
  end
  local function compared(a, b, ours, theirs)
    local list, expected = both(a, b, ours, theirs)
    t.eq(list, expected)
  end
  local texts = {
    { "a\r\nb\n", "a\nb\n" },
    { "a \t\nb\n", "a\nb\n" },
    { "a  b\n", "a\tb \n" },
    { " a\nb\n", "a\nb\n" },
    { "a b\nc\n", "ab\nc\n" },
    { "a\nb", "a\nb\n" },
    { "", "a" },
  }
  for _, pair in ipairs(texts) do
    compared(pair[1], pair[2], {}, {})
    compared(pair[1], pair[2], { whitespace = "trailing" }, { ignore_whitespace_change_at_eol = true })
    compared(pair[1], pair[2], { whitespace = "amount" }, { ignore_whitespace_change = true })
    compared(pair[1], pair[2], { whitespace = "ignore" }, { ignore_whitespace = true })
    compared(pair[1], pair[2], { eol = "ignore" }, { ignore_cr_at_eol = true })
  end
end)
