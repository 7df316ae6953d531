--- The picker for diagnostics: those of the buffer, or of all buffers.
local open = require("rille.nvim.pick").open
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- The severities, from 1 on: letter, name and highlight group.
local SEVERITIES = {
  { "E", "errors", "DiagnosticError" },
  { "W", "warnings", "DiagnosticWarn" },
  { "I", "information", "DiagnosticInfo" },
  { "H", "hints", "DiagnosticHint" },
}

--- Returns the items of diagnostics: the most severe first, then by place.
---@param buf? integer
local function items_of(buf)
  local items = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buf)) do
    local name = api.nvim_buf_get_name(diagnostic.bufnr)
    local severity = SEVERITIES[diagnostic.severity] or SEVERITIES[1]
    local message = diagnostic.message:gsub("%s*\n%s*", " ")
    local shown = name ~= "" and vim.fn.fnamemodify(name, ":~:.") or "[No Name]"
    local source = diagnostic.source and " " .. diagnostic.source or ""
    items[#items + 1] = {
      text = ("%s%s %s:%d"):format(message, source, shown, diagnostic.lnum + 1),
      message = message,
      source = source,
      shown = shown,
      severity = diagnostic.severity or 1,
      type = severity[1],
      bufnr = diagnostic.bufnr,
      path = name ~= "" and name or nil,
      lnum = diagnostic.lnum + 1,
      col = diagnostic.col + 1,
      end_lnum = (diagnostic.end_lnum or diagnostic.lnum) + 1,
      end_col = diagnostic.end_col and diagnostic.end_col + 1,
      note = { message, severity[3] },
    }
  end
  table.sort(items, function(a, b)
    if a.severity ~= b.severity then
      return a.severity < b.severity
    elseif a.shown ~= b.shown then
      return a.shown < b.shown
    end
    return a.lnum < b.lnum or (a.lnum == b.lnum and a.col < b.col)
  end)
  return items
end

local function parts(item)
  local severity = SEVERITIES[item.severity]
  local row = { { severity[1] .. " ", severity[3] }, item.message }
  if item.source ~= "" then
    row[#row + 1] = { item.source, "RillePath" }
  end
  row[#row + 1] = { (" %s:%d"):format(item.shown, item.lnum), "RilleLine" }
  return row
end

--- Opens a picker for diagnostics. A key limits them to one severity after the other.
---@param opts { query?: string }
---@param is_local? boolean those of the current buffer only
function M.open(opts, is_local)
  local buf = is_local and api.nvim_get_current_buf() or nil
  if #vim.diagnostic.get(buf) == 0 then
    text_of.notify(
      is_local and "this buffer has no diagnostics" or "there are no diagnostics",
      vim.log.levels.INFO
    )
    return
  end
  local title, only = is_local and "Diagnostics of the buffer" or "Diagnostics", 0
  open({
    title = title,
    kind = is_local and "buffer_diagnostics" or "diagnostics",
    query = opts.query,
    parts = parts,
    items = function(add, done)
      local items = items_of(buf)
      add(only == 0 and items or vim.tbl_filter(function(item)
        return item.severity == only
      end, items))
      done()
    end,
    keys = {
      ["<C-l>"] = {
        function(picker)
          only = (only + 1) % (#SEVERITIES + 1)
          picker:title(title .. (only > 0 and ": " .. SEVERITIES[only][2] or ""))
          picker:refresh()
        end,
        desc = "only errors, warnings, information, hints, or all",
      },
    },
  })
end

return M
