--- `:Rille learn`: a lesson of the course beside its output. `:w` runs the changed lesson, `:e!` restores it; the files of the
--- course are never written. A lesson runs in a Neovim of its own, so that no mistake in it can harm this one.
local api = vim.api
local text = require("rille.nvim.text")

local M = {}

--- The beginning of the name of a lesson's buffer.
local SCHEME = "rille-lesson://"

--- Maximum milliseconds of a lesson.
local LIMIT_MS = 60000

--- Maximum bytes of output: a loop that prints without end is stopped.
local MAX_BYTES = 2 ^ 20

--- The buffer with the output, by the buffer of the lesson.
---@type table<integer, integer>
local outputs = {}

--- The program that runs, by the buffer of the lesson.
---@type table<integer, table>
local running = {}

--- Returns the directory of the course: two directories above `lua/rille`.
---@return string
local function course()
  local source = debug.getinfo(1, "S").source:sub(2)
  return vim.fn.fnamemodify(source, ":p:h:h:h:h") .. "/examples/course"
end

--- Returns the names of the lessons' files, in order; none if this installation came without the course.
---@return string[]
function M.lessons()
  local names = {}
  for name, kind in vim.fs.dir(course()) do
    if kind ~= "directory" and name:find("^%d%d%-.*%.lua$") then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

--- Returns this Neovim's program, or the one on PATH if a wrapper has started this one through another program.
local function program()
  local path = vim.v.progpath
  return vim.fs.basename(path):find("nvim", 1, true) and path or "nvim"
end

--- Shows lines in place of the output of a lesson.
local function show(lesson, lines)
  local buf = outputs[lesson]
  if buf and api.nvim_buf_is_valid(buf) then
    vim.bo[buf].modifiable = true
    api.nvim_buf_set_lines(buf, 0, -1, false, vim.tbl_map(text.line, lines))
    vim.bo[buf].modifiable = false
  end
end

--- Ends the program that still runs for a lesson, if there is one.
local function stop(lesson)
  if running[lesson] then
    running[lesson]:kill("sigkill")
    running[lesson] = nil
  end
end

--- Returns the line about how a program has ended, or nil if it ended well.
local function verdict(result, size)
  if size > MAX_BYTES then
    return ("-- stopped after more than %d bytes of output"):format(MAX_BYTES)
  elseif result.code == 124 then -- as `vim.system` reports it
    return ("-- stopped after %d seconds"):format(LIMIT_MS / 1000)
  elseif result.code ~= 0 or result.signal ~= 0 then
    return ("-- ended with exit code %d, signal %d"):format(result.code, result.signal)
  end
end

--- Runs the text of a lesson's buffer, in place of an earlier run that may not have ended.
---@param lesson integer
local function run(lesson)
  stop(lesson)
  vim.bo[lesson].modified = false
  local file = vim.fn.tempname() .. ".lua"
  vim.fn.writefile(api.nvim_buf_get_lines(lesson, 0, -1, false), file)
  local pieces, size, process = {}, 0, nil
  local function collect(_, piece)
    if piece and size <= MAX_BYTES then
      pieces[#pieces + 1] = piece
      size = size + #piece
      if size > MAX_BYTES then
        process:kill("sigkill")
      end
    end
  end
  local function finish(result)
    vim.fn.delete(file)
    if running[lesson] == process then
      running[lesson] = nil
      local printed = vim.split((table.concat(pieces):gsub("%s+$", "")), "\r?\n")
      printed[#printed + 1] = verdict(result, size)
      show(lesson, printed)
    end
  end
  show(lesson, { "…" })
  local words = { program(), "--clean", "-l", course() .. "/run.lua", file }
  local options = { stdout = collect, stderr = collect, timeout = LIMIT_MS }
  local started, what = pcall(vim.system, words, options, vim.schedule_wrap(finish))
  if started then
    process, running[lesson] = what, what
  else
    show(lesson, { ("-- cannot start %s: %s"):format(words[1], text.reason(what)) })
  end
end

--- Fills the buffer of a lesson with the lesson as it is in the course.
local function fill(lesson, name)
  local lines = vim.fn.readfile(course() .. "/" .. name)
  api.nvim_buf_set_lines(lesson, 0, -1, false, lines)
  api.nvim_buf_call(lesson, function()
    -- Without a message where Neovim came without its parser of Lua.
    vim.cmd("silent! setlocal filetype=lua")
  end)
  vim.bo[lesson].modified = false
end

--- Makes a buffer for a lesson, or returns the one that exists.
---@return integer
local function buffer(name)
  local full = SCHEME .. name
  if vim.fn.bufexists(full) == 1 then
    return vim.fn.bufnr(full)
  end
  local lesson = api.nvim_create_buf(true, false)
  vim.bo[lesson].buftype = "acwrite"
  vim.bo[lesson].swapfile = false
  api.nvim_buf_set_name(lesson, full)
  fill(lesson, name)
  local group = api.nvim_create_augroup("rille_lesson_" .. lesson, {})
  api.nvim_create_autocmd("BufWriteCmd", {
    group = group,
    buffer = lesson,
    callback = function()
      run(lesson)
    end,
  })
  api.nvim_create_autocmd("BufReadCmd", {
    group = group,
    buffer = lesson,
    callback = function()
      fill(lesson, name)
      run(lesson)
    end,
  })
  api.nvim_create_autocmd({ "BufUnload", "VimLeavePre" }, {
    group = group,
    callback = function(event)
      if event.event == "VimLeavePre" or event.buf == lesson then
        stop(lesson)
      end
    end,
  })
  return lesson
end

--- Makes a buffer for the output of a lesson, or returns the one that exists.
---@return integer
local function output(lesson)
  local buf = outputs[lesson]
  if not (buf and api.nvim_buf_is_valid(buf)) then
    buf = api.nvim_create_buf(false, true)
    vim.bo[buf].modifiable = false
    outputs[lesson] = buf
  end
  return buf
end

--- Opens a lesson beside its output, in a new tab page; one that is open already is entered.
---@param number? string by default the lesson after the current one, or the first
function M.open(number)
  local names = M.lessons()
  if #names == 0 then
    error(("the course is not part of this installation: %s is missing"):format(course()), 0)
  end
  local wanted = tonumber(number)
  if not number then
    local current = api.nvim_buf_get_name(0):match("^" .. vim.pesc(SCHEME) .. "(%d%d)")
    wanted = (tonumber(current) or 0) + 1
    if wanted > #names then
      return text.notify("this was the last lesson", vim.log.levels.INFO)
    end
  end
  local name = names[wanted]
  if not name then
    error(("there is no lesson `%s` (known: 1 to %d)"):format(number, #names), 0)
  end
  local lesson = buffer(name)
  local window = vim.fn.win_findbuf(lesson)[1]
  if window then
    return api.nvim_set_current_win(window)
  end
  vim.cmd("tab split")
  api.nvim_win_set_buf(0, lesson)
  vim.cmd("rightbelow vertical split")
  api.nvim_win_set_buf(0, output(lesson))
  vim.wo[0][0].number = false
  vim.cmd("wincmd p")
  run(lesson)
end

return M
