-- Prints the tour: colours, numbers, and the tables of the sections.
local text = require("rille").text
local host = require("tour.host")

local KB, MB = 2 ^ 10, 2 ^ 20

local M = {}

local function say(line)
  io.stdout:write(line or "", "\n")
  io.stdout:flush()
end

local function paint(code)
  return function(s)
    return host.colour and s ~= " " and ("\27[%sm%s\27[0m"):format(code, s) or s
  end
end
local plain, bold, dim, green, yellow = tostring, paint("1"), paint("2"), paint("32"), paint("33")

-- Pads to a width, on the left, or on the right if it is negative: as string.format does, which counts only bytes.
local function pad(s, width)
  local space = (" "):rep(math.abs(width) - text.count(s, "grapheme"))
  return width < 0 and s .. space or space .. s
end

local function thousands(n)
  local s, more = ("%.0f"):format(n), 1
  while more > 0 do
    s, more = s:gsub("^(%d+)(%d%d%d)", "%1,%2")
  end
  return s
end

local function short(x, unit)
  return (x < 9.95 and ("%.1f"):format(x) or thousands(x)) .. (unit or "")
end

local function times(ratio)
  return short(ratio, "x")
end

local function speed(bytes_per_ns)
  return bytes_per_ns < 0.9995 and short(bytes_per_ns * 1000, " MB/s") or short(bytes_per_ns, " GB/s")
end

local function size_name(size)
  return size < MB and size / KB .. " KB" or size / MB .. " MB"
end

local function section(name, remark)
  say(("\n %s  %s"):format(bold(name), dim(remark)))
end

M.say, M.pad, M.thousands, M.short, M.times, M.section = say, pad, thousands, short, times, section
M.bold, M.dim, M.green, M.yellow, M.plain = bold, dim, green, yellow, plain

-- Returns a function that prints a row of columns: negative widths are for text, positive ones for numbers.
local function writer(widths, colours)
  return function(cells, colour)
    local shown = {}
    for i, width in ipairs(widths) do
      shown[i] = (colour or colours[i])(pad(cells[i], width))
    end
    say(" " .. table.concat(shown))
  end
end

-- All versions, with memcpy for comparison.
local all = writer(
  { -16, 10, 10, 10, 11, 11, 10, 7, 7, 6 },
  { plain, plain, plain, bold, bold, bold, dim, green, green, dim }
)
-- With the call, for tables in which each row has another one.
local calls = writer(
  { -9, -7, -28, 10, 10, 10, 10, 7, 7 },
  { plain, plain, dim, plain, plain, bold, bold, green, green }
)

-- Prints the head of a table for `row`.
function M.head(name, remark, answer)
  section(name, remark)
  local groups = "%21spure Lua:           %-33s           rille against:"
  say(dim(groups:format("", answer and "rille, an" or "rille, into a:")))
  local forms = answer and { "answer", "", "" } or { "string", "string.buf", "rille.buf" }
  all({ "", "naive", "best", forms[1], forms[2], forms[3], "memcpy", "naive", "best", "copy" }, dim)
end

-- Prints the head of a table for `call_row`.
function M.call_head(name, remark)
  section(name, remark)
  say(dim(("%49spure Lua:               rille:  its faster against:"):format("")))
  calls({ "", "", "", "naive", "best", "result", "buffer", "naive", "best" }, dim)
end

-- Returns the speed of a Lua version, with a mark if its result differs or it is rille's own fallback.
local function rival(row, key)
  local mark = row.own and key == "best" and "*" or row.wrong[key] and "~" or ""
  return row[key] and mark .. speed(row.bytes / row[key]) or "none"
end

local function against(row, key)
  return row[key] and times(row[key] / row.ours) or ""
end

local function of_form(row, key)
  return row[key] and speed(row.bytes / row[key]) or ""
end

-- Prints a row of a contest; `size` is given where there are several.
function M.row(row, size)
  all({
    ("%-9s "):format(size and size_name(size) or row.task.name) .. row.source.name,
    rival(row, "naive"),
    rival(row, "best"),
    of_form(row, "string"),
    of_form(row, "string_buffer"),
    of_form(row, "buffer"),
    of_form(row, "memcpy"),
    against(row, "naive"),
    against(row, "best"),
    short(row.memcpy / row.ours * 100, "%"),
  })
end

-- Prints a row of a contest, with the call.
function M.call_row(row)
  calls({
    row.task.name,
    row.source.name,
    row.task.call,
    rival(row, "naive"),
    rival(row, "best"),
    of_form(row, "string"),
    of_form(row, "buffer"),
    against(row, "naive"),
    against(row, "best"),
  })
end

return M
