--- Writing from a view: what is written is the text of the file, byte by byte, and never the page that the buffer holds.
local paths = require("rille.nvim.paths")
local progress = require("rille.nvim.progress")
local text_of = require("rille.nvim.text")

local uv = vim.uv or vim.loop

local M = {}

--- Bytes that are read and written at once, and for how long in one turn of the loop, in milliseconds.
local CHUNK, SLICE_MS = 2 ^ 20, 8

--- Where the text of some lines of the buffer is in what is shown, their line ends included.
---@param view rille.nvim.viewer.view
---@param from integer line of the buffer
---@param to integer line of the buffer
---@return integer? first position; nil and a message if it is not known
---@return integer|string last
function M.range(view, from, to)
  local head, tail = view.page[from], view.page[to]
  if not head or not tail then
    return nil, "these lines are not shown any more"
  end
  if view.page[to + 1] then
    return head.at, view.page[to + 1].at - 1
  end
  -- The next line begins where this one has ended.
  local batch, message = view.source:around(tail.at, 0, 2, { max_bytes = 1 })
  if not batch then
    return nil, message
  elseif batch.count == 2 then
    return head.at, batch:offset(2) - 1
  elseif batch.more then
    return nil, "the end of this line is not known yet"
  end
  return head.at, view.source:size()
end

--- Writes a part of a text to a file, a slice in each turn of the loop. Until it is whole it is a file of another name, unless
--- it is appended.
local function stream(view, source, first, last, to, append)
  local target = append and to or to .. ".rille-part"
  local fd, refused = uv.fs_open(target, append and "a" or "w", tonumber("644", 8))
  if not fd then
    return text_of.notify(refused)
  end
  local at, timer, ended = first, uv.new_timer(), false
  local told
  local function finish(message, cancelled)
    if ended then
      return
    end
    ended = true
    timer:close()
    local closed, trouble = uv.fs_close(fd)
    message = message or not closed and trouble or nil
    if not message and not append then
      local _, failed = uv.fs_rename(target, to)
      message = failed
    end
    if message and not append then
      uv.fs_unlink(target)
    end
    told:finish(cancelled and "cancel" or message and "failed" or "success")
    if message then
      text_of.notify(("%s was not written: %s"):format(text_of.shown(to), message))
    else
      local name = vim.fn.fnamemodify(to, ":~:.")
      local what = ('"%s" %dB %s'):format(
        text_of.shown(name),
        last - first + 1,
        append and "appended" or "written"
      )
      text_of.notify(what, vim.log.levels.INFO)
    end
  end
  told = progress.start("writing " .. vim.fs.basename(to), function()
    finish("it was cancelled", true)
  end)
  local function slice()
    local till = uv.hrtime() + SLICE_MS * 1e6
    while at <= last do
      if ended then
        return
      elseif view.closed or source ~= view.source then
        return finish("the view has changed")
      end
      local bytes, message = source:slice(at, math.min(at + CHUNK - 1, last))
      if not bytes or bytes == "" then
        return finish(message or "the file is shorter now")
      end
      local written, failed = uv.fs_write(fd, bytes)
      if written ~= #bytes then
        return finish(failed or "the disk is full")
      end
      at = at + #bytes
      if uv.hrtime() >= till and at <= last then
        told:report(at - first, last - first + 1)
        timer:start(1, 0, vim.schedule_wrap(slice))
        return
      end
    end
    finish()
  end
  slice()
end

--- Carries out `:w`: all that is shown, or the lines of a range, to another file. The file itself is never written to,
--- whatever name or link leads to it.
---@param view rille.nvim.viewer.view
---@param event table of the autocommand
function M.write(view, event)
  local to = paths.absolute(event.match)
  if not to or event.match:sub(1, 8) == "rille://" or paths.is_same_file(to, view.path) then
    return text_of.notify("a view does not write to its own file; name another one")
  elseif paths.special(to) or (uv.fs_stat(to) or {}).type == "directory" then
    return text_of.notify(text_of.shown(to) .. " is not a file")
  elseif view.works.filter then
    return text_of.notify("wait until the filter is complete")
  end
  local from, till = vim.fn.line("'["), vim.fn.line("']")
  local first, last = 1, view.source:size()
  if event.event ~= "BufWriteCmd" and not (from == 1 and till >= vim.api.nvim_buf_line_count(view.buf)) then
    first, last = M.range(view, from, till)
    if not first then
      return text_of.notify(last)
    end
  end
  stream(view, view.source, first, last, to, event.event == "FileAppendCmd")
end

return M
