--- The end of a picker: every way leads through `finish` or `give_way`, and calls the caller's functions once.
local mode = require("rille.nvim.picker.mode")
local text = require("rille.nvim.text")

local api = vim.api

--- The methods of `rille.nvim.picker` for this.
---@class rille.nvim.picker
local Picker = {}

--- Calls the caller's function for a picker that ends without a choice.
function Picker:nothing()
  local on_choice = self.spec.on_choice
  if on_choice then
    on_choice(nil, nil, nil, { marked = {} })
  end
end

--- Calls the caller's function for a picker that has ended in any way, after that for its choice.
function Picker:report_end()
  if self.spec.on_close then
    self.spec.on_close()
  end
end

--- Ends the picker without a choice.
function Picker:cancel()
  self:finish(function()
    self:nothing()
  end)
end

--- Ends the picker; every way to end it goes through here or `give_way`. Jobs and handles are closed at once; the windows
--- close when the mode is Normal, so that no cursor moves and no autocommand sees another mode, and then `run` is called.
--- A second call does nothing.
---@param run fun()
---@param jumps? boolean `run` moves the cursor of the user's window
function Picker:finish(run, jumps)
  if self.finished then
    return
  end
  self.finished = true
  self:release()
  local origin, win = self.origin, api.nvim_get_current_win()
  local inside = not self.windows or self.windows:has(win) or not api.nvim_win_is_valid(win)
  local function finally()
    self:hide()
    -- If the user has gone to another window, stay there.
    local here = api.nvim_get_current_win()
    if inside and here ~= origin.win and api.nvim_win_is_valid(origin.win) then
      pcall(api.nvim_set_current_win, origin.win)
    end
  end
  local function report()
    for _, call in ipairs({
      run,
      function()
        self:report_end()
      end,
    }) do
      local ok, message = pcall(call)
      if not ok then
        text.notify(text.reason(message))
      end
    end
  end
  if origin.kind == "insert" and inside and not jumps and api.nvim_win_is_valid(origin.win) then
    -- Inserting continues: the mode has not changed.
    finally()
    mode.resume_insert(origin)
    return report()
  end
  local cursor = not inside and api.nvim_win_get_cursor(win) or nil
  mode.when_normal(function()
    if cursor and api.nvim_win_is_valid(win) then
      -- Leaving insert mode has moved the cursor.
      pcall(api.nvim_win_set_cursor, win, cursor)
    end
    finally()
    if jumps then
      report()
      mode.restore(origin, true)
    else
      if inside then
        mode.restore(origin)
      end
      report()
    end
  end)
end

--- Ends the picker at once, without a change of mode and without a choice, because another picker opens or Neovim exits.
function Picker:give_way()
  if self.finished then
    self.yielded = self.yielded or function() end
    return
  end
  self.finished = true
  self:release()
  self:hide()
  local called = false
  function self.yielded()
    if not called then
      called = true
      self:nothing()
      self:report_end()
    end
  end
  -- The callback may open a picker itself.
  vim.schedule(self.yielded)
end

--- Closes the windows. In the command-line window no window can be closed: they then close after it.
function Picker:hide()
  local windows = self.windows
  self.windows = nil
  if windows and not windows:close() then
    api.nvim_create_autocmd("CmdwinLeave", {
      once = true,
      callback = vim.schedule_wrap(function()
        windows:close()
      end),
    })
  end
end

return Picker
