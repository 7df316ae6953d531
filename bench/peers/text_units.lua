--- Benches of positions and lines, compared with the code that a Lua programmer would write, and in Neovim with its own
--- functions.
local bench = dofile("bench/common/bench.lua")
local rille = require("rille")
local text = rille.text
local vim = rawget(_G, "vim")

bench.title("text: positions and lines against Lua")

--- Returns the UTF-16 column of a byte by pattern: the usual code where there is no `vim.str_utfindex`.
local function column(s, at)
  local before = s:sub(1, at - 1)
  local _, followers = before:gsub("[\128-\191]", "")
  local _, leads = before:gsub("[\240-\244]", "")
  return #before - followers + leads + 1
end

for _, kind in ipairs({ "ascii", "mixed" }) do
  local line = bench[kind](90)
  local positions, columns = {}, {}
  for at = 1, 90 do
    -- Bytes at which a character begins, as the pattern does not round down.
    if not line:sub(at, at):find("[\128-\191]") and #positions < 20 then
      positions[#positions + 1] = at
    end
  end
  local peers = {
    {
      "gsub of followers",
      function(calls)
        local sum
        for _ = 1, calls do
          sum = 0
          for i = 1, #positions do
            sum = sum + column(line, positions[i])
          end
        end
        return sum
      end,
    },
  }
  if vim and vim.fn.has("nvim-0.11") == 1 then
    peers[#peers + 1] = {
      "vim.str_utfindex",
      function(calls)
        local sum
        for _ = 1, calls do
          sum = 0
          for i = 1, #positions do
            sum = sum + vim.str_utfindex(line, "utf-16", positions[i] - 1) + 1
          end
        end
        return sum
      end,
      reach = 10,
    }
  end
  bench.row({
    name = "20 bytes to utf16, " .. kind,
    bytes = #line,
    rille = function(calls)
      local sum
      for _ = 1, calls do
        text.offsets(line, positions, "byte", "utf16", columns)
        sum = 0
        for i = 1, #columns do
          sum = sum + columns[i]
        end
      end
      return sum
    end,
    peers = peers,
  })
end

local source = bench.ascii(64 * 2 ^ 20)
bench.row({
  name = "each line, 64 MB",
  bytes = #source,
  rille = function(calls)
    local sum
    for _ = 1, calls do
      sum = 0
      for from, to in text.segments(source, "line") do
        sum = sum + to - from + 1
      end
    end
    return sum
  end,
  peers = {
    {
      "find of the next LF",
      function(calls)
        local sum
        for _ = 1, calls do
          sum = 0
          local from = 1
          while true do
            local feed = source:find("\n", from, true)
            if not feed then
              break
            end
            sum = sum + feed - from
            from = feed + 1
          end
          sum = sum + #source - from + 1
        end
        return sum
      end,
    },
    {
      "gmatch",
      function(calls)
        local sum
        for _ = 1, calls do
          sum = 0
          for line in source:gmatch("[^\n]+") do
            sum = sum + #line
          end
        end
        return sum
      end,
    },
  },
})

bench.finish()
