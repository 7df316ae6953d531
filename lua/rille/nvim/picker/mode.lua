--- The editor's mode around a picker: the previous mode, how Normal mode is reached, and how the previous mode is restored.
local api = vim.api

local M = {}

---@class rille.nvim.mode
---@field kind "normal"|"insert"|"replace"|"visual"|"select"|"terminal"
---@field win integer the window
---@field buf integer its buffer
---@field cursor integer[] of the window, as `nvim_win_get_cursor` has it

--- The first letters of `mode(1)`, by kind. Insert and Replace include the mode for one command (|i_CTRL-O|).
local KINDS = {
  { "insert", "^i", "^niI" },
  { "replace", "^R", "^niR", "^niV" },
  { "visual", "^[vV\22]" },
  { "select", "^[sS\19]" },
  { "terminal", "^t", "^ntT" },
}

local function kind_of(mode)
  for _, entry in ipairs(KINDS) do
    for i = 2, #entry do
      if mode:find(entry[i]) then
        return entry[1]
      end
    end
  end
  return "normal"
end

--- Returns whether typed keys are inserted into a text now.
local function is_inserting()
  return api.nvim_get_mode().mode:find("^[iR]") ~= nil
end

--- Returns the current mode, and ends a selection or a pending operator.
---@return rille.nvim.mode
function M.capture()
  local mode, win = api.nvim_get_mode().mode, api.nvim_get_current_win()
  local kind = kind_of(mode)
  if kind == "visual" or kind == "select" or mode:find("^no") then
    vim.cmd("normal! \27")
  end
  return { kind = kind, win = win, buf = api.nvim_win_get_buf(win), cursor = api.nvim_win_get_cursor(win) }
end

local function feed(keys)
  api.nvim_feedkeys(api.nvim_replace_termcodes(keys, true, true, true), "in", false)
end

--- Starts inserting at the end of the prompt, which is the current window.
function M.insert()
  local mode = api.nvim_get_mode().mode
  if mode:find("^[Rt]") then
    -- These modes have to be left first, which only a key can do.
    feed("<C-\\><C-n>A")
  else
    vim.cmd("startinsert!")
  end
end

---@type fun()[] functions that wait for Normal mode
local waiting = {}

--- Milliseconds after which keys that lead to Normal mode count as lost: an error message discards keys typed ahead, and a
--- mapping that waits for another key consumes them.
local LOST_MS = 30

--- Calls `fn` in Normal mode: at once, or before the keys that were typed ahead.
---@param fn fun()
function M.when_normal(fn)
  if not is_inserting() then
    -- After |i_CTRL-O| the mode would return automatically.
    vim.cmd.stopinsert()
    return fn()
  end
  waiting[#waiting + 1] = fn
  feed("<C-\\><C-n><Cmd>lua require('rille.nvim.picker.mode').arrived()<CR>")
  vim.defer_fn(M.arrived, LOST_MS)
end

--- Calls the functions that wait for Normal mode.
function M.arrived()
  if #waiting == 0 then
    return
  elseif is_inserting() then
    vim.cmd.stopinsert()
    vim.defer_fn(M.arrived, LOST_MS)
    return
  end
  local list = waiting
  waiting = {}
  for _, fn in ipairs(list) do
    fn()
  end
end

--- Resumes inserting where the user was, in the window that is current again.
---@param before rille.nvim.mode
function M.resume_insert(before)
  if not is_inserting() then
    return M.restore(before)
  elseif api.nvim_get_current_win() == before.win and api.nvim_get_current_buf() == before.buf then
    pcall(api.nvim_win_set_cursor, 0, before.cursor)
  end
end

--- Restores the mode.
---@param before rille.nvim.mode
---@param jumped? boolean whether the cursor was moved on purpose
function M.restore(before, jumped)
  local kind = before.kind
  local same = api.nvim_get_current_win() == before.win and api.nvim_get_current_buf() == before.buf
  if kind == "insert" or kind == "replace" then
    if same and not jumped then
      -- Past the last character of a line the cursor can be only while inserting.
      local length = #(api.nvim_buf_get_lines(0, before.cursor[1] - 1, before.cursor[1], false)[1] or "")
      pcall(api.nvim_win_set_cursor, 0, before.cursor)
      vim.cmd[kind == "insert" and "startinsert" or "startreplace"]({ bang = before.cursor[2] >= length })
    elseif vim.bo.modifiable and vim.bo.buftype == "" then
      vim.cmd("startinsert")
    end
  elseif same and not jumped then
    if kind == "visual" then
      vim.cmd("normal! gv")
    elseif kind == "select" then
      vim.cmd("normal! gv\7")
    elseif kind == "terminal" then
      vim.cmd("startinsert")
    end
  end
end

return M
