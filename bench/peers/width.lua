--- Benches of display cells, compared with Lua code, and under `nvim -l` with Neovim's own functions.
local bench = dofile("bench/common/bench.lua")
local rille = require("rille")
local text = rille.text
local vim = rawget(_G, "vim")

--- A line of a file: code with a comment.
local ASCII = "    local result = require('module').function_name(argument, 42) -- comment here"
local MIXED = "    local größe = 'naïve café' -- 日本 😀 comment at the end of the line"

bench.title("text: display cells")

--- The usual Lua code for text without wide characters: continuation bytes are skipped.
local function chars(line)
  return select(2, line:gsub("[^\128-\191]", ""))
end

for _, case in ipairs({ { "ASCII", ASCII }, { "mixed", MIXED } }) do
  local line = case[2]
  local function peer(call)
    return function(calls)
      local last
      for _ = 1, calls do
        last = call(line)
      end
      return last
    end
  end
  local peers = { { "gsub, ASCII only", peer(chars), limit = true } }
  if vim then
    peers[2] = { "nvim_strwidth", peer(vim.api.nvim_strwidth), reach = 4 }
    peers[3] = { "vim.fn.strdisplaywidth", peer(vim.fn.strdisplaywidth) }
  end
  bench.row({
    name = "width of a line, " .. case[1],
    bytes = #line,
    hot = true,
    rille = function(calls)
      local last
      for _ = 1, calls do
        last = text.width(line)
      end
      return last
    end,
    peers = peers,
  })
end

--- The rows of a picker, three quarters of which are too long.
local rows = {}
for i = 1, 1000 do
  rows[i] = ("%s %04d %s"):format(i % 10 == 0 and "日本" or "src/lib", i, ("word "):rep(i % 20))
end

bench.row({
  name = "truncate 1,000 rows to 60 cells",
  bytes = #table.concat(rows),
  rille = function(calls)
    local result
    for _ = 1, calls do
      result = text.truncate_list(rows, 60)
    end
    return table.concat(result, "\n")
  end,
  peers = {
    {
      "a call for each row",
      function(calls)
        local result
        for _ = 1, calls do
          result = {}
          for i = 1, #rows do
            result[i] = text.truncate(rows[i], 60)
          end
        end
        return table.concat(result, "\n")
      end,
    },
    {
      "sub, ASCII only",
      function(calls)
        local result
        for _ = 1, calls do
          result = {}
          for i = 1, #rows do
            result[i] = #rows[i] > 60 and rows[i]:sub(1, 59) .. "…" or rows[i]
          end
        end
        return table.concat(result, "\n")
      end,
      limit = true,
    },
  },
})

bench.finish()
