--- Excerpts of files for the preview, read off the main thread: only as much as a window needs, whatever the file's size.
local uv = vim.uv or vim.loop

local M = {}

--- Bytes to read, how many of them before the place, bytes to search for a text, and maximum lines to keep.
local BYTES, BEFORE, SEARCHED, LINES = 65536, 16384, 2 ^ 21, 400
--- Maximum bytes of a line, as long ones take long to lay out; and how many to keep before the place.
local LINE, LEAD = 500, 100
M.LINE = LINE

---@class rille.nvim.excerpt
---@field lines string[]
---@field first integer number of the first line, 0 if unknown
---@field at? integer index of the line with the place
---@field whole boolean whether it is the whole file

--- Returns a long line as it is displayed: its beginning, or the part around a column.
---@param text string
---@param col? integer byte, from 1 on
---@return string
function M.shorten(text, col)
  if #text <= LINE then
    return text
  end
  local from = col and col > LINE - LEAD and col - LEAD or 1
  while from > 1 and (text:byte(from) or 0) >= 0x80 and text:byte(from) < 0xC0 do
    from = from - 1
  end
  local stop = from + LINE
  while stop > from and (text:byte(stop) or 0) >= 0x80 and text:byte(stop) < 0xC0 do
    stop = stop - 1
  end
  return (from > 1 and "…" or "") .. text:sub(from, stop - 1) .. (stop <= #text and "…" or "")
end

local function size(bytes)
  local units, i = { "bytes", "KB", "MB", "GB", "TB" }, 1
  while bytes >= 1024 and i < #units do
    bytes, i = bytes / 1024, i + 1
  end
  return (i == 1 and "%d %s" or "%.1f %s"):format(bytes, units[i])
end

--- Splits data into lines and returns those around the place.
---@param data string
---@param from integer 0-based offset of the data in the file
---@param place rille.nvim.place
---@param total integer size of the file
---@return rille.nvim.excerpt
function M.cut(data, from, place, total)
  local lines, starts, at = {}, {}, 1
  while at <= #data do
    local stop = data:find("\n", at, true) or #data + 1
    local last = stop - 1
    if data:byte(last) == 13 and last >= at then
      last = last - 1
    end
    starts[#starts + 1] = from + at
    lines[#lines + 1] = data:sub(at, last)
    at = stop + 1
  end
  local target
  if place.offset then
    for i, start in ipairs(starts) do
      if start <= place.offset then
        target = i
      end
    end
  elseif place.lnum and from == 0 and place.lnum <= #lines then
    target = place.lnum
  end
  local number = 1
  if from > 0 then
    -- The first line is incomplete.
    number = target and place.lnum and place.lnum - target + 1 or 0
  end
  local first = math.max(1, math.min((target or 1) - LINES / 2, #lines - LINES + 1))
  if from > 0 and first == 1 and target ~= 1 then
    first = 2
  end
  local kept = {}
  for i = first, math.min(#lines, first + LINES - 1) do
    kept[#kept + 1] = M.shorten(lines[i], i == target and place.col or nil)
  end
  return {
    lines = kept,
    first = number > 0 and number + first - 1 or 0,
    at = target and target - first + 1,
    whole = from == 0 and #data == total and #lines <= LINES,
  }
end

--- Reads an excerpt around a place. Exactly one of the two functions is called, once, in the main loop.
---@param place rille.nvim.place
---@param show fun(excerpt: rille.nvim.excerpt)
---@param fail fun(why: string)
function M.read(place, show, fail)
  show, fail = vim.schedule_wrap(show), vim.schedule_wrap(fail)
  local function why(message)
    fail((message:gsub("^(%u+): ([^:]+):.*", "%2")))
  end
  -- Checked before opening: opening anything but a regular file might hang.
  uv.fs_stat(place.path, function(gone, stat)
    if gone then
      return why(gone)
    elseif stat.type ~= "file" then
      return fail("a " .. stat.type)
    end
    uv.fs_open(place.path, "r", 0, function(refused, fd)
      if refused then
        return why(refused)
      end
      local from, length = 0, BYTES
      if place.find then
        length = SEARCHED
      elseif place.offset then
        from = math.max(0, place.offset - 1 - BEFORE)
      elseif place.lnum and place.lnum > 1 then
        length = SEARCHED
      end
      uv.fs_read(fd, length, from, function(failed, data)
        uv.fs_close(fd, function() end)
        if failed then
          return why(failed)
        elseif data:sub(1, 8192):find("\0", 1, true) then
          return fail("a binary file of " .. size(stat.size))
        elseif data == "" then
          return fail(stat.size > 0 and "the place is gone: the file is shorter now" or "an empty file")
        end
        if place.find then
          local at = data:find(place.find, 1, true)
          if at then
            from = math.max(0, at - BEFORE)
            data = data:sub(from + 1, from + BYTES)
            place = vim.tbl_extend("force", place, { offset = at })
          else
            data = data:sub(1, BYTES)
          end
        end
        show(M.cut(data, from, place, stat.size))
      end)
    end)
  end)
end

return M
