--- The styles "neovim" and "strwidth" are what this very Neovim says.
---
--- Differences are those that src/text/width/mod.rs lists: code points that are younger than this Neovim, and sequences
--- that are no UTF-8 but that it decodes. Before 0.11 it knew no grapheme clusters, only combining characters.
local t = ...
local rille = require("rille")
local text = rille.text
local vim = rawget(_G, "vim")

local reason = not (vim and vim.api and vim.fn) and "this is no Neovim with an editor"
  or rille.backend ~= "native" and "needs the native library"
  or nil
local clusters = not reason and vim.fn.has("nvim-0.11") == 1

local function char(code)
  return vim.fn.nr2char(code, true)
end

local function test(name, fn)
  t.test(name, function()
    if reason then
      t.skip(reason)
    end
    -- At the edge of a window that wraps, strdisplaywidth() counts the cell that is left free in front of a wide char.
    vim.wo.wrap, vim.o.ambiwidth = false, "single"
    fn()
  end)
end

local function show(s)
  return (s:gsub("[^%w ]", function(c)
    return ("\\x%02X"):format(c:byte())
  end))
end

--- Code points that are wide here and were not yet there when Neovim's tables were made: no more than that may differ.
local YOUNGER, RESERVED = 14000, 2000

for _, ambiguous in ipairs({ 1, 2 }) do
  test("every char, ambiguous ones being " .. ambiguous, function()
    vim.o.ambiwidth = ambiguous == 2 and "double" or "single"
    local strwidth, displayed =
      { style = "strwidth", ambiguous = ambiguous }, { style = "neovim", ambiguous = ambiguous }
    local younger, reserved = 0, 0
    local code = 1
    while code <= 0x10FFFF do
      if code < 0xD800 or code > 0xDFFF then
        local s = char(code)
        local theirs, ours = vim.api.nvim_strwidth(s), text.width(s, strwidth)
        if theirs == 1 and ours == 2 and code > 0x2000 then
          younger = younger + 1
        elseif theirs == 2 and ours == 1 and code > 0x3000 and not clusters then
          -- Before 0.11, reserved ranges and lone marks of East Asian scripts were wide.
          reserved = reserved + 1
        elseif theirs ~= ours then
          error(("U+%04X: Neovim %d, rille %d"):format(code, theirs, ours))
        elseif code ~= 9 and code < 0x300 then
          t.eq(text.width(s, displayed), vim.fn.strdisplaywidth(s), ("U+%04X"):format(code))
        end
      end
      -- All of the planes where something is, some of the rest.
      code = code + ((code < 0x20000 or code >= 0xE0000 and code < 0xE0200) and 1 or 97)
    end
    vim.o.ambiwidth = "single"
    t.ok(younger <= YOUNGER, younger .. " chars are wide here only")
    t.ok(reserved <= RESERVED, reserved .. " chars are wide there only")
  end)
end

--- Pieces that are clusters of one char, or of one and combining ones, so that every Neovim agrees.
local PLAIN = {
  "a",
  "b c",
  "hello",
  " ",
  "\1",
  "\27",
  "\127",
  "\r",
  "é",
  "ß",
  "e\204\129",
  "o\204\136\204\129",
  "ж",
  "Ω",
  "…",
  "─",
  "日",
  "本語",
  "、",
  "テ",
  "ー",
  "한",
  "ｶ",
  "א",
  "ع",
  "ก็",
  "क",
  "\194\128",
  "\194\160",
  "\194\173",
  "😀",
  "❤",
  "☺",
  "🚀",
  "\238\130\160",
  "\255a",
  "\226\130a",
  "\240\159\152a",
  "\128a",
  "\240\159\135\169a",
} -- stylua: ignore

--- What takes the rules for clusters.
local CLUSTERS = {
  "👩‍👩‍👧",
  "👍🏽",
  "🇩🇪",
  "🇩",
  "🇪",
  "❤\239\184\143",
  "☺\239\184\142",
  "1\239\184\143\226\131\163",
  "a\239\184\143",
  "क्ष",
  "कः",

  "กำ",
  "ᄒ",
  "ᅡ",
  "ᆫ",
  "ᄒ\225\133\161\225\134\171",
  "\226\128\141",
  "\226\128\139",
  "\204\129",
  "🏽",
  "\216\128é",
  "\216\1281",
  "🏴\243\160\129\167\243\160\129\191",
  "\239\187\191",
  "ﾞ",

  "\226\128\140",
} -- stylua: ignore

local seed = 20261120
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local function corpus(lists, count, check)
  for _ = 1, count do
    local parts = {}
    for i = 1, random(12) do
      local list = lists[random(#lists)]
      parts[i] = list[random(#list)]
    end
    check(table.concat(parts))
  end
end

local function agree(s)
  t.eq(text.width(s, { style = "strwidth" }), vim.api.nvim_strwidth(s), "nvim_strwidth of " .. show(s))
  for _, tabstop in ipairs({ 4, 8 }) do
    vim.bo.tabstop = tabstop
    for column = 0, 5, 5 do
      local tabbed = s .. "\t" .. s
      local opts = { style = "neovim", tabstop = tabstop, column = column }
      t.eq(
        text.width(tabbed, opts),
        vim.fn.strdisplaywidth(tabbed, column),
        "strdisplaywidth of " .. show(tabbed)
      )
    end
  end
  vim.bo.tabstop = 8
end

test("5,000 generated texts", function()
  corpus({ PLAIN }, 5000, agree)
end)

test("5,000 generated texts of clusters", function()
  if not clusters then
    t.skip("this Neovim knows no grapheme clusters")
  end
  corpus({ PLAIN, CLUSTERS }, 5000, agree)
end)

test("every pair of pieces", function()
  local list = {}
  for _, pieces in ipairs(clusters and { PLAIN, CLUSTERS } or { PLAIN }) do
    for _, piece in ipairs(pieces) do
      list[#list + 1] = piece
    end
  end
  for _, first in ipairs(list) do
    for _, second in ipairs(list) do
      agree(first .. second)
    end
  end
end)
