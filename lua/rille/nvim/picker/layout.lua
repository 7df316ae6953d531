--- The layout of a picker's windows: arithmetic on the size of the screen, without calls of Neovim.
local config = require("rille.nvim.config")

local M = {}

--- Minimum sizes for a frame, for a preview at the side and for one below.
local FRAME_COLUMNS, FRAME_LINES = 40, 12
local SIDE_COLUMNS, BELOW_LINES, VERTICAL_LINES = 84, 28, 20

--- Share of the screen's lines for the layout "ivy"; share and maximum of the columns for "dropdown", and its share of the
--- lines; minimum and maximum lines of the list in "select".
local IVY, DROP_WIDTH, DROP_COLUMNS, DROP_HEIGHT, SELECT_ROWS = 0.4, 0.6, 100, 0.5, { 3, 20 }

--- "default": the preview at the side, or below on a narrow screen; "vertical": below; "ivy": at the bottom of the screen in
--- its full width; "dropdown": small, without a preview; "select": as high and wide as its items, without a preview.
---@alias rille.nvim.layout.name "default"|"vertical"|"ivy"|"dropdown"|"select"

--- Layouts by the size of the screen.
---@class rille.nvim.layout.sizes
---@field wide? rille.nvim.layout.name on a screen of at least `columns`; "default" by default
---@field narrow? rille.nvim.layout.name on a narrower one; "vertical" by default
---@field columns? integer 100 by default

--- A layout; layouts by the size of the screen; or a function from that size to a layout. It is looked at whenever the size
--- changes.
---@alias rille.nvim.layout.choice rille.nvim.layout.name|rille.nvim.layout.sizes|fun(columns: integer, lines: integer): rille.nvim.layout.name

--- Columns of a screen that is wide.
local WIDE_COLUMNS = 100

--- Returns the layout for a size of the screen. A function that fails, or returns none, has chosen "default".
---@param choice rille.nvim.layout.choice
---@param columns integer
---@param lines integer
---@return rille.nvim.layout.name
function M.resolve(choice, columns, lines)
  if type(choice) == "table" then
    local is_wide = columns >= (choice.columns or WIDE_COLUMNS)
    return is_wide and (choice.wide or "default") or (not is_wide and choice.narrow or "vertical")
  elseif type(choice) == "function" then
    local ok, name = pcall(choice, columns, lines)
    return ok and config.is_layout(name) and name or "default"
  end
  return choice
end

--- The layouts that a key switches to, in this order.
local CYCLE = { "default", "vertical", "ivy", "dropdown" }

--- Returns the layout after another one.
---@param name rille.nvim.layout.name
---@return rille.nvim.layout.name
function M.after(name)
  for i, one in ipairs(CYCLE) do
    if one == name then
      return CYCLE[i % #CYCLE + 1]
    end
  end
  return CYCLE[1]
end

---@class rille.nvim.rect
---@field row integer 0-based row of the frame, if there is one
---@field col integer
---@field width integer of the content
---@field height integer

---@class rille.nvim.layout
---@field frame boolean whether the windows have frames
---@field prompt rille.nvim.rect
---@field list rille.nvim.rect
---@field preview? rille.nvim.rect

--- What a picker wants of the screen.
---@class rille.nvim.layout.wanted
---@field frame boolean
---@field preview boolean
---@field width number as a share of the screen's columns
---@field height number as a share of its lines
---@field name? rille.nvim.layout.name
---@field rows? integer number of items, for "select"
---@field cells? integer display cells of the widest item, for "select"

--- Returns the size that a layout has, frames included.
local function size(columns, lines, frame, wanted)
  local name, edge = wanted.name, frame and 2 or 0
  local function share(all, least, part)
    return frame and math.max(least, math.min(all, math.floor(all * part))) or all
  end
  if name == "ivy" then
    return columns, math.min(lines, math.max(FRAME_LINES, math.floor(lines * IVY)))
  elseif name == "dropdown" then
    return math.min(share(columns, FRAME_COLUMNS, DROP_WIDTH), DROP_COLUMNS),
      share(lines, FRAME_LINES, DROP_HEIGHT)
  elseif name == "select" and wanted.rows then
    local rows = math.max(SELECT_ROWS[1], math.min(wanted.rows, SELECT_ROWS[2]))
    -- The prompt is a row too, and each row has a gutter of two cells.
    return math.min(columns, math.max(FRAME_COLUMNS, (wanted.cells or 0) + 2 + edge)),
      math.min(lines, rows + 1 + 2 * edge)
  elseif name == "select" then
    return size(columns, lines, frame, { name = "dropdown" })
  end
  return share(columns, FRAME_COLUMNS, wanted.width), share(lines, FRAME_LINES, wanted.height)
end

--- Divides the screen. There always is a prompt and a list, however small it is.
---@param columns integer
---@param lines integer without those of the command line
---@param wanted rille.nvim.layout.wanted
---@return rille.nvim.layout
function M.divide(columns, lines, wanted)
  local frame = wanted.frame and columns >= FRAME_COLUMNS and lines >= FRAME_LINES
  local edge, kind = frame and 2 or 0, wanted.name
  local width, height = size(columns, lines, frame, wanted)
  local left, top = math.floor((columns - width) / 2), math.floor((lines - height) / 2)
  if kind == "ivy" then
    top = lines - height
  end
  local has_preview = wanted.preview and kind ~= "dropdown" and kind ~= "select"
  local below_lines = kind == "vertical" and VERTICAL_LINES or BELOW_LINES

  -- Sizes including frames, which the last step subtracts.
  local list_width, list_height, preview = width, height - 1 - edge, nil
  if has_preview and kind ~= "vertical" and width >= SIDE_COLUMNS then
    list_width = math.floor(width / 2)
    preview = { row = top, col = left + list_width, width = width - list_width, height = height }
  elseif has_preview and kind ~= "ivy" and lines >= below_lines then
    local below = math.floor(height * 0.45)
    list_height = list_height - below
    preview = { row = top + height - below, col = left, width = width, height = below }
  end
  local layout = {
    frame = frame,
    prompt = { row = top, col = left, width = list_width, height = 1 + edge },
    list = { row = top + 1 + edge, col = left, width = list_width, height = list_height },
    preview = preview,
  }
  for _, name in ipairs({ "prompt", "list", "preview" }) do
    local rect = layout[name]
    if rect then
      rect.width = math.max(1, rect.width - edge)
      rect.height = math.max(1, rect.height - edge)
    end
  end
  return layout
end

return M
