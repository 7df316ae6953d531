--- 'ruler' and 'statusline' of a view: items that Neovim would compute from the page show the place in the file.
local status = require("rille.nvim.viewer.status")

local M = {}

local STATUSLINE = "%{%v:lua.require'rille.nvim.viewer.ruler'.statusline()%}"
local RULER = "%{%v:lua.require'rille.nvim.viewer.ruler'.ruler()%}"

--- Neovim's default format.
local DEFAULT_RULER = "%-13.(%l,%c%V%) %P"

--- The user's 'rulerformat', while that of a view is set.
local own

--- Returns the share of the text above the window, as `%P` shows it.
local function share(view, win)
  local top, bottom = view.page[vim.fn.line("w0", win)], vim.fn.line("w$", win)
  local is_top = not top or top.at == 1
  local is_bottom = view.at_end and bottom >= #view.page
  if is_top or is_bottom then
    return is_top and is_bottom and "All" or is_top and "Top" or "Bot"
  end
  local following = view.page[bottom + 1] or view.page[bottom]
  local above, below = top.at - 1, math.max((view.size or 0) - following.at, 1)
  return ("%2d%%%%"):format(math.min(math.floor(above * 100 / (above + below)), 99))
end

local items = {}

function items.l(view, win)
  local number = view:number_of(vim.api.nvim_win_get_cursor(win)[1])
  return number and ("%d"):format(number) or "·"
end

function items.L(view)
  return ("%d"):format((view.filtered and view.doc:line_count() or view.lines) or 0)
end

function items.p(view, win)
  local line = vim.api.nvim_win_get_cursor(win)[1]
  local number = view.exact and not view.filtered and view:number_of(line)
  return ("%d"):format(number and math.floor(number * 100 / view.lines) or status.percent(view, line))
end

items.P = share

--- Replaces the items of a format that depend on lines.
---@param format string
---@param view rille.nvim.viewer.view
---@param win integer
---@return string
local function filled(format, view, win)
  -- A doubled percent sign is not an item.
  return (
    format:gsub("%%([-0]*)(%d*)(%.?%d*)([lLpP%%])", function(flag, width, _, item)
      if item == "%" then
        return nil
      end
      local text = items[item](view, win)
      local missing = (" "):rep((tonumber(width) or 0) - #text:gsub("%%%%", "%%"))
      return flag:find("-", 1, true) and text .. missing or missing .. text
    end)
  )
end

local function here()
  local win = vim.g.statusline_winid or vim.api.nvim_get_current_win()
  local view = vim.api.nvim_win_is_valid(win) and status.views[vim.api.nvim_win_get_buf(win)]
  return view and #view.page > 0 and view or nil, win
end

--- Returns the format for the status line of a view: the user's.
---@return string
function M.statusline()
  local format = vim.go.statusline
  if format:sub(1, 2) == "%!" then
    format = vim.api.nvim_eval(format:sub(3))
  elseif format == "" then
    format = "%<%f %h%m%r%=" .. (vim.o.ruler and (own ~= nil and own ~= "" and own or DEFAULT_RULER) or "")
  end
  local view, win = here()
  return view and filled(format, view, win) or format
end

--- Returns the format for the ruler.
---@return string
function M.ruler()
  local format = own ~= nil and own ~= "" and own or DEFAULT_RULER
  local view, win = here()
  return view and filled(format, view, win) or format
end

--- Sets the status line of a window that shows a view, unless a plugin has set one.
---@param win integer
function M.dress(win)
  local set = vim.api.nvim_get_option_value("statusline", { scope = "local", win = win })
  if set == "" or set == vim.go.statusline then
    vim.wo[win][0].statusline = STATUSLINE
  end
end

--- Sets 'rulerformat' while the current window shows a view.
function M.enter()
  if vim.o.rulerformat ~= RULER then
    own = vim.o.rulerformat
    vim.o.rulerformat = RULER
  end
end

--- Restores 'rulerformat'.
function M.leave()
  if own ~= nil and vim.o.rulerformat == RULER then
    vim.o.rulerformat, own = own, nil
  end
end

return M
