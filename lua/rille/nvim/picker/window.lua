--- The floating windows of a picker: opened, moved when the screen changes, and closed together.
local config = require("rille.nvim.config")
local layout = require("rille.nvim.picker.layout")
local text = require("rille.nvim.text")

local api = vim.api

---@class rille.nvim.windows
---@field prompt integer window
---@field list integer window
---@field preview? integer window; nil while there is no room for one
---@field buffers { prompt: integer, list: integer, preview: integer }
---@field rects rille.nvim.layout
---@field maximized? boolean whether they fill the screen
---@field package titles table<string, string>
local Windows = {}
Windows.__index = Windows

local M = {}

local LOOKS = "NormalFloat:RilleNormal,FloatBorder:RilleBorder,FloatTitle:RilleTitle,EndOfBuffer:RilleNormal"

--- Returns the border to use: rille's option, otherwise the editor's, which came with 0.11, otherwise a line.
---@return string|string[]|false
local function border()
  local wanted = config.get("picker.border")
  if wanted == "" and vim.fn.exists("+winborder") == 1 then
    wanted = vim.o.winborder
    wanted = wanted:find(",") and vim.split(wanted, ",") or wanted
  end
  return wanted == "" and "rounded" or wanted ~= "none" and wanted
end

--- Buffer variables that keep completion and pairs out of a buffer, as the plugins document them.
local QUIET = {
  completion = false, -- blink.cmp
  minicompletion_disable = true,
  minipairs_disable = true,
  ["nvim-autopairs"] = 1, -- it then takes the buffer for one that is already set up
  autopairs_enabled = 0,
  delimitMate_autoclose = 0,
  coc_enabled = 0,
  copilot_enabled = false,
}

--- Disables completion in a prompt: the editor's own, and that of nvim-cmp, which is often loaded at the first insertion.
local function silence(buf)
  for name, value in pairs(QUIET) do
    vim.b[buf][name] = value
  end
  if vim.fn.exists("+autocomplete") == 1 then
    vim.bo[buf].autocomplete = false
  end
  vim.bo[buf].complete, vim.bo[buf].omnifunc, vim.bo[buf].completefunc = "", "", ""
  local function silence_cmp()
    local cmp = package.loaded.cmp
    if cmp and api.nvim_get_current_buf() == buf then
      pcall(function()
        cmp.setup.buffer({ enabled = false })
      end)
    end
  end
  api.nvim_create_autocmd("InsertEnter", {
    buffer = buf,
    callback = function()
      silence_cmp()
      vim.schedule(silence_cmp)
    end,
  })
end

local function buffer(kind)
  local buf = api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  vim.bo[buf].undolevels = kind == "prompt" and 100 or -1
  vim.bo[buf].modeline = false
  silence(buf)
  return buf
end

--- Returns the configuration of `nvim_open_win` for one of the windows.
function Windows:place(name)
  local rect, frame = self.rects[name], self.rects.frame
  local place = {
    relative = "editor",
    row = rect.row,
    col = rect.col,
    width = rect.width,
    height = rect.height,
    border = frame and border() or "none",
    zindex = 60,
  }
  local title = self.titles[name]
  if frame and title and title ~= "" then
    place.title = " " .. text.cut(text.shown(title), math.max(1, rect.width - 4)) .. " "
  end
  return place
end

local function lines()
  return math.max(2, vim.o.lines - vim.o.cmdheight)
end

function Windows:open(name, enter)
  local place = vim.tbl_extend("error", self:place(name), { style = "minimal", noautocmd = not enter })
  local win = api.nvim_open_win(self.buffers[name], enter, place)
  vim.wo[win].winhighlight = LOOKS
  vim.wo[win].wrap = false
  vim.wo[win].sidescrolloff = 0
  vim.wo[win].scrolloff = 0
  vim.wo[win].list = false
  vim.wo[win].winfixbuf = name ~= "preview"
  self[name] = win
end

--- Opens the windows and goes to the prompt.
---@param title string
---@param preview boolean
---@param wanted? rille.nvim.picker.layout
---@return rille.nvim.windows
function M.open(title, preview, wanted)
  local self =
    setmetatable({ titles = { prompt = title }, with_preview = preview, layout = wanted or {} }, Windows)
  self.buffers = { prompt = buffer("prompt"), list = buffer("list"), preview = buffer("preview") }
  vim.bo[self.buffers.preview].bufhidden = "hide"
  self:divide()
  self:open("list", false)
  if self.rects.preview then
    self:open("preview", false)
  end
  self:open("prompt", true)
  return self
end

--- Returns the name of the layout for the size of the screen.
---@return rille.nvim.layout.name
function Windows:layout_name()
  return layout.resolve(self.layout.name or config.get("picker.layout"), vim.o.columns, lines())
end

function Windows:divide()
  self.rects = layout.divide(vim.o.columns, lines(), {
    frame = border() ~= false,
    preview = self.with_preview,
    width = self.maximized and 1 or config.get("picker.width"),
    height = self.maximized and 1 or config.get("picker.height"),
    name = not self.maximized and self:layout_name() or nil,
    rows = self.layout.rows,
    cells = self.layout.cells,
  })
end

--- Fits the windows to the size of the screen, and shows or hides the preview.
---@param preview? boolean
function Windows:fit(preview)
  if preview ~= nil then
    self.with_preview = preview
  end
  self:divide()
  for _, name in ipairs({ "prompt", "list", "preview" }) do
    local win = self[name]
    local there = win and api.nvim_win_is_valid(win)
    if self.rects[name] and there then
      api.nvim_win_set_config(win, self:place(name))
    elseif self.rects[name] then
      self:open(name, false)
    elseif there then
      api.nvim_win_close(win, true)
      self[name] = nil
    end
  end
end

--- Sets the title in a frame.
---@param name "prompt"|"list"|"preview"
---@param title string
function Windows:title(name, title)
  local win = self[name]
  if self.titles[name] ~= title then
    self.titles[name] = title
    if self.rects.frame and win and api.nvim_win_is_valid(win) then
      api.nvim_win_set_config(win, self:place(name))
    end
  end
end

--- Returns whether a window is one of the picker's.
---@param win integer
function Windows:has(win)
  return win == self.prompt or win == self.list or win == self.preview
end

--- Closes all windows and their buffers.
---@return boolean closed false in the command-line window, in which no other window can be closed
function Windows:close()
  local closed = true
  for _, name in ipairs({ "prompt", "list", "preview" }) do
    local win = self[name]
    if win and api.nvim_win_is_valid(win) then
      closed = pcall(api.nvim_win_close, win, true) and closed
    end
  end
  if closed then
    for _, buf in pairs(self.buffers) do
      if api.nvim_buf_is_valid(buf) then
        pcall(api.nvim_buf_delete, buf, { force = true })
      end
    end
  end
  return closed
end

return M
