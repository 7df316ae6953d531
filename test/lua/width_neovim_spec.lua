--- The styles "neovim" and "strwidth" agree with the Neovim that runs this spec.
---
--- The known differences are listed in src/text/width/mod.rs: code points newer than this Neovim, and invalid UTF-8
--- sequences that Neovim decodes. Before 0.11, Neovim had no grapheme clusters, only combining characters.
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
    -- At the edge of a wrapping window, strdisplaywidth() counts the cell left empty before a wide character.
    vim.wo.wrap, vim.o.ambiwidth = false, "single"
    fn()
  end)
end

local function show(s)
  return (s:gsub("[^%w ]", function(c)
    return ("\\x%02X"):format(c:byte())
  end))
end

--- Code points that are wide here and not in Neovim 0.12, whose Unicode tables are older than these code points.
local YOUNGER = {
  { 0x18CD6, 0x18CDA, "Khitan small script" },
  { 0x18D1F, 0x18D20, "Tangut supplement" },
  { 0x18E00, 0x191D2, "Jurchen" },
  { 0x1B123, 0x1B128, "small kana" },
  { 0x1B168, 0x1B168, "small kana" },
  { 0x1F1AE, 0x1F1AE, "enclosed alphanumeric" },
  { 0x1F6D9, 0x1F6D9, "transport symbol" },
  { 0x1F7DA, 0x1F7DA, "geometric shape" },
  { 0x1FA8B, 0x1FA8D, "emoji" },
  { 0x1FACC, 0x1FACC, "emoji" },
  { 0x1FADD, 0x1FADD, "emoji" },
  { 0x1FAEB, 0x1FAEB, "emoji" },
  { 0x1FAF9, 0x1FAFA, "emoji" },
  { 0x2B81E, 0x2B81E, "ideograph" },
  { 0x3D000, 0x3FC3F, "seal script" },
}

--- The same for Neovim before 0.12, whose tables are older still.
local OLDER = {
  { 0x2630, 0x2637, "trigrams" },
  { 0x268A, 0x268F, "digrams" },
  { 0x31E4, 0x31E5, "strokes" },
  { 0x4DC0, 0x4DFF, "hexagrams" },
  { 0x16FF2, 0x16FF6, "ideographic marks" },
  { 0x187F8, 0x187FF, "Tangut" },
  { 0x18CFF, 0x18CFF, "Khitan small script" },
  { 0x18D09, 0x18D1E, "Tangut supplement" },
  { 0x18D80, 0x18DF2, "Tangut components" },
  { 0x1D300, 0x1D356, "Tai Xuan Jing symbols" },
  { 0x1D360, 0x1D376, "counting rods" },
  { 0x1F6D8, 0x1F6D8, "transport symbol" },
  { 0x1FA89, 0x1FA8F, "emoji" },
  { 0x1FABE, 0x1FABE, "emoji" },
  { 0x1FAC6, 0x1FAC8, "emoji" },
  { 0x1FACD, 0x1FACD, "emoji" },
  { 0x1FADC, 0x1FADF, "emoji" },
  { 0x1FAE9, 0x1FAEF, "emoji" },
}

--- Code points that were wide in Neovim before 0.11 and are narrow here: combining marks on their own, and reserved code
--- points in blocks of ideographs.
local RESERVED = {
  { 0x302A, 0x302D, "tone marks of ideographs" },
  { 0x3099, 0x309A, "voicing marks of kana" },
  { 0xFA6E, 0xFA6F, "reserved, compatibility ideographs" },
  { 0xFADA, 0xFAFF, "reserved, compatibility ideographs" },
  { 0x2A6E0, 0x2A6FF, "reserved, extension B" },
  { 0x2B81F, 0x2B81F, "reserved, extension D" },
  { 0x2CEAE, 0x2CEAF, "reserved, extension E" },
  { 0x2EBE1, 0x2EBEF, "reserved, extension F" },
  { 0x2EE5E, 0x2F7FF, "reserved, after extension I" },
  { 0x2FA1E, 0x2FFFD, "reserved, compatibility ideographs" },
  { 0x3134B, 0x3134F, "reserved, extension G" },
  { 0x3347A, 0x3CFFF, "reserved, after extension H" },
  { 0x3FC40, 0x3FFFD, "reserved, after seal script" },
}

local function within(code, ranges)
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then
      return true
    end
  end
  return false
end

--- Returns whether a difference is one of those listed above.
local function is_known(code, theirs, ours)
  if theirs == 1 and ours == 2 then
    return within(code, YOUNGER) or vim.fn.has("nvim-0.12") == 0 and within(code, OLDER)
  end
  return theirs == 2 and ours == 1 and not clusters and within(code, RESERVED)
end

for _, ambiguous in ipairs({ 1, 2 }) do
  test("every char, ambiguous ones being " .. ambiguous, function()
    vim.o.ambiwidth = ambiguous == 2 and "double" or "single"
    local strwidth, displayed =
      { style = "strwidth", ambiguous = ambiguous }, { style = "neovim", ambiguous = ambiguous }
    local code = 1
    while code <= 0x10FFFF do
      if code < 0xD800 or code > 0xDFFF then
        local s = char(code)
        local theirs, ours = vim.api.nvim_strwidth(s), text.width(s, strwidth)
        if theirs ~= ours and not is_known(code, theirs, ours) then
          error(("U+%04X: Neovim %d, rille %d"):format(code, theirs, ours))
        elseif theirs == ours and code ~= 9 and (code < 0x300 or code % 7 == 0) then
          t.eq(text.width(s, displayed), vim.fn.strdisplaywidth(s), ("U+%04X"):format(code))
        end
      end
      -- All code points of the assigned planes, and a sample of the others.
      code = code + ((code < 0x40000 or code >= 0xE0000 and code < 0xE0200) and 1 or 97)
    end
    vim.o.ambiwidth = "single"
  end)
end

test("a lam and the alef after it are one cell", function()
  vim.o.arabicshape = true
  for s, cells in pairs({
    ["سلام"] = 3,
    ["لا"] = 1,
    ["لآ"] = 1,
    ["لأ"] = 1,
    ["لإ"] = 1,
    ["لٱ"] = 2,
    ["لاا"] = 2,
  }) do
    t.eq(text.width(s, { style = "neovim" }), cells, s)
    t.eq(vim.fn.strdisplaywidth(s), cells, s .. " in Neovim")
    t.eq(text.truncate(s .. "x", cells, { style = "neovim", ellipsis = "" }), s)
  end
end)

--- Clusters of one code point, or of one and combining marks, for which every Neovim agrees.
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
  "سلام",
  "ل",
  "لا",
  "ا",
  "لأ",
  "إ",
  "آ\217\142",
  "ل\217\142",
  "🅰",
  "🅿",
  "𖵃𖵣",
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

--- Texts that need the rules for clusters.
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
  "\216\128ل",
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
