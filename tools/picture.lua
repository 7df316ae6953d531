--- Draws a picture (SVG) of a terminal's screen, from the output of `tmux capture-pane -e -p`.
---
---   local svg = dofile("tools/picture.lua")(text, { columns = 100, title = "…" })
---
--- Plain Lua that uses no function of a host.
local CELL, LINE, SIZE = 8.4, 18, 14
local FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"

--- The first 16 colours of a terminal.
local COLORS = {
  [0] = "#14161b",
  "#ffc0b9",
  "#b3f6c0",
  "#fce094",
  "#a6dbff",
  "#ffcaff",
  "#8cf8f7",
  "#eef1f8",
  "#4f5258",
  "#ffc0b9",
  "#b3f6c0",
  "#fce094",
  "#a6dbff",
  "#ffcaff",
  "#8cf8f7",
  "#eef1f8",
}

--- Returns one of the 256 indexed colours.
local function indexed(n)
  if n < 16 then
    return COLORS[n]
  elseif n >= 232 then
    local gray = 8 + 10 * (n - 232)
    return ("#%02x%02x%02x"):format(gray, gray, gray)
  end
  local function level(part)
    return part == 0 and 0 or 55 + 40 * part
  end
  n = n - 16
  return ("#%02x%02x%02x"):format(level(math.floor(n / 36)), level(math.floor(n / 6) % 6), level(n % 6))
end

--- Changes a style by the codes of an escape sequence.
local function apply(style, codes)
  local i = 1
  while i <= #codes do
    local code = codes[i]
    if code == 0 then
      for key in pairs(style) do
        style[key] = nil
      end
    elseif code == 1 then
      style.bold = true
    elseif code == 22 then
      style.bold = nil
    elseif code == 7 or code == 27 then
      style.reverse = code == 7 or nil
    elseif code == 38 or code == 48 then
      local color
      if codes[i + 1] == 2 then
        color = ("#%02x%02x%02x"):format(codes[i + 2], codes[i + 3], codes[i + 4])
        i = i + 4
      else
        color = indexed(codes[i + 2])
        i = i + 2
      end
      style[code == 38 and "fg" or "bg"] = color
    elseif code == 39 or code == 49 then
      style[code == 39 and "fg" or "bg"] = nil
    elseif code >= 30 and code <= 37 then
      style.fg = COLORS[code - 30]
    elseif code >= 40 and code <= 47 then
      style.bg = COLORS[code - 40]
    elseif code >= 90 and code <= 97 then
      style.fg = COLORS[code - 82]
    elseif code >= 100 and code <= 107 then
      style.bg = COLORS[code - 92]
    end
    i = i + 1
  end
end

--- Returns the width of a character in cells, for the characters that occur in the pictures.
local function width(char)
  local first = char:byte()
  return (first >= 0xE3 and first <= 0xED or first >= 0xF0) and 2 or 1
end

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }

--- Returns the picture of a screen as SVG text.
---@param text string
---@param opts { columns: integer, title: string }
---@return string
return function(text, opts)
  local back, front, style, row = {}, {}, {}, 0
  for line in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\n") do
    local at, column = 1, 0
    while at <= #line do
      local codes, after = line:match("^\27%[([%d;:]*)m()", at)
      if codes then
        local list = {}
        for code in (codes == "" and "0" or codes):gmatch("%d+") do
          list[#list + 1] = tonumber(code)
        end
        apply(style, list)
        at = after
      else
        -- Up to the end of the text in this style.
        local stop = line:find("\27", at, true) or #line + 1
        local run, cells = line:sub(at, stop - 1), 0
        for char in run:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
          cells = cells + width(char)
        end
        local fg, bg = style.fg or FOREGROUND, style.bg or BACKGROUND
        if style.reverse then
          fg, bg = bg, fg
        end
        local x, y = column * CELL, row * LINE
        if bg ~= BACKGROUND then
          back[#back + 1] = ('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>'):format(
            x,
            y,
            cells * CELL,
            LINE,
            bg
          )
        end
        if run:find("%S") then
          front[#front + 1] = ('<text x="%.1f" y="%d" fill="%s" textLength="%.1f"%s>%s</text>'):format(
            x,
            y + LINE - 5,
            fg,
            cells * CELL,
            style.bold and ' font-weight="bold"' or "",
            (run:gsub("[&<>]", ESCAPES))
          )
        end
        at, column = stop, column + cells
      end
    end
    row = row + 1
  end
  local wide, high = math.ceil(opts.columns * CELL), row * LINE
  return table.concat({
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 %d %d" role="img">'):format(
      wide + 16,
      high + 16
    ),
    ("<title>%s</title>"):format((opts.title:gsub("[&<>]", ESCAPES))),
    ('<rect x="-8" y="-8" width="%d" height="%d" rx="8" fill="%s"/>'):format(
      wide + 16,
      high + 16,
      BACKGROUND
    ),
    table.concat(back, "\n"),
    ('<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="%d" xml:space="preserve"'):format(
      SIZE
    ) .. ' style="white-space:pre">',
    table.concat(front, "\n"),
    "</g>",
    "</svg>\n",
  }, "\n")
end
