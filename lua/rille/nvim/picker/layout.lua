--- The layout of a picker's windows: arithmetic on the size of the screen, without calls of Neovim.
local M = {}

--- Minimum sizes for a frame, for a preview at the side and for one below.
local FRAME_COLUMNS, FRAME_LINES = 40, 12
local SIDE_COLUMNS, BELOW_LINES = 84, 28

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

--- Divides the screen. There always is a prompt and a list, however small it is.
---@param columns integer
---@param lines integer without those of the command line
---@param wanted { frame: boolean, preview: boolean, width: number, height: number } width and height as a share of the screen
---@return rille.nvim.layout
function M.divide(columns, lines, wanted)
  local frame = wanted.frame and columns >= FRAME_COLUMNS and lines >= FRAME_LINES
  local edge = frame and 2 or 0
  local function share(all, least, part)
    return frame and math.max(least, math.min(all, math.floor(all * part))) or all
  end
  local width = share(columns, FRAME_COLUMNS, wanted.width)
  local height = share(lines, FRAME_LINES, wanted.height)
  local left, top = math.floor((columns - width) / 2), math.floor((lines - height) / 2)

  -- Sizes including frames, which the last step subtracts.
  local list_width, list_height, preview = width, height - 1 - edge, nil
  if wanted.preview and width >= SIDE_COLUMNS then
    list_width = math.floor(width / 2)
    preview = { row = top, col = left + list_width, width = width - list_width, height = height }
  elseif wanted.preview and lines >= BELOW_LINES then
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
