--- Places in files and buffers: the targets of items, going to them, and the quickfix list.
local lazy = require("rille.core.lazy")
local paths = require("rille.nvim.paths")
local text = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

---@class rille.nvim.place
---@field path? string
---@field bufnr? integer a buffer instead of the path
---@field lnum? integer 1-based line
---@field col? integer 1-based byte
---@field end_lnum? integer the line where it ends
---@field end_col? integer the byte after its end
---@field note? rille.nvim.part a text shown after the line in the preview
---@field type? string a letter for the quickfix list, such as "E"
---@field offset? integer position of the start of the line in the file, for the preview
---@field find? string a text that occurs at the item's place in the file
---@field text? string text of the quickfix entry

---@alias rille.nvim.how "edit"|"split"|"vsplit"|"tab"

--- The part of a command that determines where its window opens.
M.modifiers = { edit = {}, split = { split = "" }, vsplit = { vertical = true }, tab = {} }

--- Reports an error of Neovim, without the location in a script at its beginning.
---@param message any
function M.report_error(message)
  text.notify((text.reason(message):match("[^\n]*"):gsub("^.-(E%d+:)", "%1")))
end

--- Messages for paths that are not regular files, by kind.
local SPECIAL = {
  fifo = "a named pipe; `:Rille view` reads from it",
  socket = "a socket",
  char = "a device; `:Rille view` reads from it",
  none = "not the name of a file, as it has a NUL",
}

--- Moves the cursor to the line and column of a place, in the current window, which shows its buffer.
---@param place rille.nvim.place
local function put_cursor(place)
  local view = paths.view(api.nvim_get_current_buf())
  if view then
    return require("rille.nvim.viewer.motions").to_place(view, place)
  end
  local lnum = math.max(1, math.min(place.lnum, api.nvim_buf_line_count(0)))
  local length = #api.nvim_buf_get_lines(0, lnum - 1, lnum, false)[1]
  api.nvim_win_set_cursor(0, { lnum, math.min((place.col or 1) - 1, length) })
  vim.cmd("normal! zv")
end

--- Goes to a place. An error of Neovim, such as a locked file, is reported once.
---@param place rille.nvim.place
---@param how rille.nvim.how
function M.go(place, how)
  local special = not place.bufnr and place.path and paths.special(place.path)
  if special then
    local name = vim.fs.basename(place.path)
    text.notify(("%s is %s"):format(text.shown(name), SPECIAL[special]))
    return
  end
  local ok, message = pcall(function()
    local buf = place.bufnr or paths.viewing(place.path) or vim.fn.bufadd(place.path)
    if how == "edit" and vim.fn.exists("+winfixbuf") == 1 and vim.wo.winfixbuf then
      how = "split"
    end
    vim.cmd("normal! m'")
    vim.bo[buf].buflisted = true
    if how == "edit" then
      if buf ~= api.nvim_get_current_buf() then
        vim.cmd.buffer(buf)
      end
    else
      local mods = how == "tab" and { tab = vim.fn.tabpagenr() } or { vertical = how == "vsplit" }
      vim.cmd({ cmd = "sbuffer", args = { tostring(buf) }, mods = mods })
    end
    if place.lnum then
      put_cursor(place)
    end
  end)
  if not ok then
    M.report_error(message)
  end
end

--- Number of entries added to the quickfix list at once, and milliseconds per turn of the event loop.
local CHUNK, SLICE_MS = 200, 3

--- Fills a new quickfix list, some entries in each turn of the event loop: many at once would block the editor.
---@param places rille.nvim.place[]
---@param title string
function M.quickfix(places, title)
  title = text.shown(title)
  vim.fn.setqflist({}, " ", { title = title, items = {} })
  local id, at = vim.fn.getqflist({ id = 0 }).id, 1
  local timer, buffers, shown = uv.new_timer(), {}, false
  local progress = lazy.load("rille.nvim.progress").start("quickfix list: " .. title)
  --- Returns the buffer of a path, or false if opening it would hang. Neovim compares a path with the name of every
  --- buffer, so each path is looked up once.
  local function buffer(path)
    local buf = buffers[path]
    if buf == nil then
      buf = paths.viewing(path) or not paths.special(path) and vim.fn.bufadd(path)
      buffers[path] = buf
    end
    return buf
  end
  local function slice()
    local till = uv.hrtime() + SLICE_MS * 1e6
    while at <= #places and uv.hrtime() < till do
      local chunk = {}
      repeat
        local place = places[at]
        at = at + 1
        local buf = place.bufnr or buffer(place.path)
        if buf then
          chunk[#chunk + 1] = {
            bufnr = buf,
            lnum = place.lnum or 1,
            col = place.col or 1,
            end_lnum = place.end_lnum,
            end_col = place.end_col,
            type = place.type,
            text = text.argument(place.text or ""),
          }
        end
      until at > #places or #chunk == CHUNK or uv.hrtime() >= till
      -- The list may have been freed meanwhile.
      if vim.fn.setqflist({}, "a", { id = id, items = chunk }) ~= 0 then
        at = math.huge
      elseif not shown and vim.fn.getqflist({ id = 0 }).id == id then
        -- Opened now: rendering a long list all at once takes its time too.
        shown = true
        vim.cmd("botright copen")
      end
    end
    if at <= #places then
      progress:report(at, #places)
      timer:start(1, 0, vim.schedule_wrap(slice))
      return
    end
    timer:close()
    progress:finish("success", ("%d places"):format(#places))
  end
  slice()
end

return M
