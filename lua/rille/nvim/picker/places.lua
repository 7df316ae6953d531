--- Places in files and buffers: where an item leads to, going there, and the quickfix list.
local lazy = require("rille.lazy")
local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

---@class rille.nvim.place
---@field path? string
---@field bufnr? integer instead of the path
---@field lnum? integer from 1 on
---@field col? integer byte, from 1 on
---@field offset? integer where the line begins in the file, in bytes from 1 on: a preview finds it at once then
---@field find? string a text that shows where in the file the item is
---@field text? string what the quickfix list shows

---@alias rille.nvim.how "edit"|"split"|"vsplit"|"tab"

--- The part of a command that tells where it opens its window.
M.modifiers = { edit = {}, split = { split = "" }, vsplit = { vertical = true }, tab = {} }

--- Tells of an error of the editor's, in a line: more would have to be confirmed.
---@param message any
function M.told(message)
  message = tostring(message):match("[^\n]*"):gsub("^.-(E%d+:)", "%1")
  vim.notify("rille: " .. message, vim.log.levels.ERROR)
end

--- Goes to a place. An error of the editor's, as that a file is locked, is told once.
---@param place rille.nvim.place
---@param how rille.nvim.how
function M.go(place, how)
  local ok, message = pcall(function()
    local buf = place.bufnr or vim.fn.bufadd(place.path)
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
      local lnum = math.max(1, math.min(place.lnum, api.nvim_buf_line_count(0)))
      local length = #api.nvim_buf_get_lines(0, lnum - 1, lnum, false)[1]
      api.nvim_win_set_cursor(0, { lnum, math.min((place.col or 1) - 1, length) })
      vim.cmd("normal! zv")
    end
  end)
  if not ok then
    M.told(message)
  end
end

--- How many entries the quickfix list gets at once, and for how long in one turn of the loop, in milliseconds.
local CHUNK, SLICE_MS = 200, 3

--- Fills a new quickfix list, a part in each turn of the loop: many at once would stop the editor.
---@param places rille.nvim.place[]
---@param title string
function M.quickfix(places, title)
  vim.fn.setqflist({}, " ", { title = title, items = {} })
  local id, at = vim.fn.getqflist({ id = 0 }).id, 1
  local timer, buffers, shown = uv.new_timer(), {}, false
  local progress = lazy.load("rille.nvim.progress").start("quickfix list: " .. title)
  --- The buffer of a path. Neovim compares it with the name of each that there is: so it is asked once.
  local function buffer(path)
    local buf = buffers[path] or vim.fn.bufadd(path)
    buffers[path] = buf
    return buf
  end
  local function slice()
    local till = uv.hrtime() + SLICE_MS * 1e6
    while at <= #places and uv.hrtime() < till do
      local chunk = {}
      repeat
        local place = places[at]
        at = at + 1
        chunk[#chunk + 1] = {
          bufnr = place.bufnr or buffer(place.path),
          lnum = place.lnum or 1,
          col = place.col or 1,
          text = place.text or "",
        }
      until at > #places or #chunk == CHUNK or uv.hrtime() >= till
      -- Somebody may have freed the list.
      if vim.fn.setqflist({}, "a", { id = id, items = chunk }) ~= 0 then
        at = math.huge
      elseif not shown and vim.fn.getqflist({ id = 0 }).id == id then
        -- Now: the text of a long list takes its time too, if it is all made at once.
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
