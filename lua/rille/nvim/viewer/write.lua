--- Writing from a view, to a file or to a command: the text of the file is written, byte by byte, never the page that the
--- buffer holds.
local bytes = require("rille.nvim.viewer.bytes")
local paths = require("rille.nvim.paths")
local text_of = require("rille.nvim.text")
local work = require("rille.nvim.viewer.work")

local uv = vim.uv or vim.loop

local M = {}

--- Bytes per read and write, and milliseconds per turn of the event loop.
local CHUNK, SLICE_MS = 2 ^ 20, 8

--- Milliseconds between two checks of a filter that still runs.
local LOOK = 20

--- Maximum number of bytes of a command's output to show.
local MAX_OUTPUT = 2 ^ 16

---@class rille.nvim.viewer.sink the target of a write
---@field name string its name in messages
---@field put fun(bytes: string, go_on: fun(failed?: string)) writes bytes; calls `go_on` at once or later
---@field finish fun(message?: string): string? ends the write: it is complete, or has failed with `message`. Returns an error of its own
---@field done fun(written: integer) shows that the text was written

--- Writes a part of the source, a slice in each turn of the event loop. It can be stopped like a search.
---@param view rille.nvim.viewer.view
---@param first integer
---@param last? integer nil for everything: while a filter runs, also lines that it has not found yet
---@param sink rille.nvim.viewer.sink
local function stream(view, first, last, sink)
  local source = view.source
  local at, timer, ended, shown = first, uv.new_timer(), false, nil
  local function finish(message)
    if ended then
      return
    end
    ended = true
    timer:close()
    shown.over(message)
    message = sink.finish(message) or message
    if message then
      text_of.notify(("%s was not written: %s"):format(sink.name, message))
    else
      sink.done(at - first)
    end
  end
  shown = work.show(view, "write", "writing " .. sink.name, function()
    finish("cancelled")
  end)
  local function slice()
    if ended then
      return
    elseif view.closed or source ~= view.source then
      return finish("the view shows something else now")
    end
    local till = uv.hrtime() + SLICE_MS * 1e6
    local again, is_inside = true, true
    local function later(ms)
      again = false
      timer:start(ms, 0, vim.schedule_wrap(slice))
    end
    while again and not ended do
      local stop = last or source:size() or 0
      if at > stop then
        if last or not view.works.filter then
          return finish()
        end
        return later(LOOK)
      end
      local text, message = source:slice(at, math.min(at + CHUNK - 1, stop))
      if not text or text == "" then
        return finish(message or "the file is shorter now")
      end
      at, again = at + #text, false
      sink.put(text, function(failed)
        if failed then
          finish(failed)
        elseif is_inside and uv.hrtime() < till then
          again = true
        elseif not ended then
          shown.report(at - first, stop - first + 1)
          later(1)
        end
      end)
    end
    is_inside = false
  end
  slice()
end

--- Returns a file as the target of a write. Until it is complete it has a temporary name, unless text is appended to it.
---@return rille.nvim.viewer.sink?
---@return string? message
local function file_sink(to, append)
  local target = append and to or to .. ".rille-part"
  local fd, refused = uv.fs_open(target, append and "a" or "w", tonumber("644", 8))
  if not fd then
    return nil, refused
  end
  local name = text_of.shown(vim.fn.fnamemodify(to, ":~:."))
  return {
    name = name,
    put = function(text, go_on)
      local written, failed = uv.fs_write(fd, text)
      go_on(written ~= #text and (failed or "the disk is full") or nil)
    end,
    finish = function(message)
      local closed, trouble = uv.fs_close(fd)
      trouble = not closed and trouble or nil
      if not message and not trouble and not append then
        trouble = select(2, uv.fs_rename(target, to))
      end
      if (message or trouble) and not append then
        uv.fs_unlink(target)
      end
      return trouble
    end,
    done = function(written)
      local what = ('"%s" %dB %s'):format(name, written, append and "appended" or "written")
      text_of.notify(what, vim.log.levels.INFO)
    end,
  }
end

--- Returns a shell command as the target of a write. Its output is shown when it has ended.
---@return rille.nvim.viewer.sink?
---@return string? message
local function command_sink(command)
  local input, output, errors = uv.new_pipe(), uv.new_pipe(), uv.new_pipe()
  local printed, process = {}, nil
  local size, open, exited = 0, 2, nil
  local function show()
    if open > 0 or not exited then
      return
    end
    vim.schedule(function()
      local text = table.concat(printed):gsub("\n$", "")
      if text ~= "" then
        vim.api.nvim_echo({ { text } }, true, {})
      end
      if exited ~= 0 then
        text_of.notify(("shell returned %d"):format(exited), vim.log.levels.WARN)
      end
    end)
  end
  local arguments = vim.split(vim.o.shellcmdflag, " ", { trimempty = true })
  arguments[#arguments + 1] = command
  local refused
  process, refused = uv.spawn(
    vim.o.shell,
    { args = arguments, stdio = { input, output, errors } },
    function(code)
      exited = code
      process:close()
      show()
    end
  )
  if not process then
    input:close()
    output:close()
    errors:close()
    return nil, refused
  end
  for _, pipe in ipairs({ output, errors }) do
    pipe:read_start(function(_, data)
      if data and size < MAX_OUTPUT then
        printed[#printed + 1] = data:sub(1, MAX_OUTPUT - size)
        size = size + #data
      elseif not data then
        open = open - 1
        pipe:close()
        show()
      end
    end)
  end
  return {
    name = "!" .. text_of.shown(command),
    put = function(text, go_on)
      input:write(
        text,
        vim.schedule_wrap(function(failed)
          go_on(failed)
        end)
      )
    end,
    finish = function(message)
      if message then
        process:kill("sigterm")
      end
      input:close()
    end,
    done = function() end,
  }
end

--- Returns why a path cannot be written to, or nil if it can.
---@param view rille.nvim.viewer.view
---@param to? string
---@return string?
local function refusal(view, to)
  if not to or paths.is_same_file(to, view.path) then
    return "a view does not write to its own file; name another one"
  elseif paths.special(to) or (uv.fs_stat(to) or {}).type == "directory" then
    return text_of.shown(to) .. " is not a file"
  elseif view.works.write then
    return "something is being written; <C-c> stops that"
  end
end

--- Writes a part of the source to a file.
---@param view rille.nvim.viewer.view
---@param first integer
---@param last? integer nil for everything
---@param to? string absolute path
---@param append boolean
function M.to_file(view, first, last, to, append)
  local message = refusal(view, to)
  local sink
  if not message then
    sink, message = file_sink(to, append)
  end
  if not sink then
    return text_of.notify(message)
  end
  stream(view, first, last, sink)
end

--- Writes a part of the source to the standard input of a command.
---@param view rille.nvim.viewer.view
---@param first integer
---@param last? integer nil for everything
---@param command string
function M.to_command(view, first, last, command)
  if view.works.write then
    return text_of.notify("something is being written; <C-c> stops that")
  end
  local sink, message = command_sink(command)
  if not sink then
    return text_of.notify(message)
  end
  stream(view, first, last, sink)
end

--- Runs `:w`: writes the source, or the lines of a range, to another file. The viewed file itself is never written to,
--- whatever name or link leads to it.
---@param view rille.nvim.viewer.view
---@param event table of the autocommand
function M.write(view, event)
  local from, till = vim.fn.line("'["), vim.fn.line("']")
  local first, last = 1, nil
  if event.event ~= "BufWriteCmd" and not (from == 1 and till >= vim.api.nvim_buf_line_count(view.buf)) then
    first, last = bytes.of_rows(view, from, till)
    if not first then
      return text_of.notify(last)
    end
  end
  local to = event.match:sub(1, 8) ~= "rille://" and paths.absolute(event.match) or nil
  M.to_file(view, first, last, to, event.event == "FileAppendCmd")
end

return M
