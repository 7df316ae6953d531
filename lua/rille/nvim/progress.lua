--- Progress of work that takes noticeable time: Neovim's progress messages on 0.12 and later, which the command line,
--- `vim.ui.progress_status()` and the terminal's progress bar show; on older versions, a few notifications.
local config = require("rille.nvim.config")

local uv = vim.uv or vim.loop

local M = {}

--- Milliseconds: work that ends within `MOMENT` is not shown, and a message appears at most every `STEP`.
local MOMENT, STEP = 400, 200
--- Percent between two notifications on older versions, where each one stays in the message history.
local QUARTER = 25

local messages = vim.fn.has("nvim-0.12") == 1

---@class rille.nvim.progress
---@field package title string
---@field package since number
---@field package reported number time of the last message
---@field package percent? integer percentage in the last message
---@field package id? integer|string
---@field package cancel? fun()
local Progress = {}
Progress.__index = Progress

--- The work that other code can cancel, by a `Progress` event.
local running = setmetatable({}, { __mode = "v" })
local listening = false

local function listen()
  if listening then
    return
  end
  listening = true
  vim.api.nvim_create_autocmd("Progress", {
    group = vim.api.nvim_create_augroup("rille.progress", {}),
    pattern = "rille",
    desc = "rille: cancel the running work",
    callback = function(event)
      local self = running[event.data.id]
      if event.data.status == "cancel" and self and self.cancel then
        self.cancel()
      end
    end,
  })
end

local function now()
  return uv.hrtime() / 1e6
end

--- Starts the progress of some work; nothing is shown yet.
---@param title string description of the work, for example "searching big.log"
---@param cancel? fun() stops the work; called for a `Progress` event that cancels it
---@return rille.nvim.progress
function M.start(title, cancel)
  local since = now()
  return setmetatable({ title = title, since = since, reported = since - STEP, cancel = cancel }, Progress)
end

function Progress:show(status, percent, text)
  self.reported, self.percent = now(), percent
  if messages then
    if self.cancel then
      listen()
    end
    local id = vim.api.nvim_echo({ { text } }, false, {
      kind = "progress",
      id = self.id,
      source = "rille",
      title = self.title,
      status = status,
      percent = percent,
    })
    self.id = id ~= -1 and id or self.id
    if self.id then
      running[self.id] = self
    end
  else
    local share = percent and status == "running" and (" %d%%"):format(percent) or ""
    vim.notify(("rille: %s%s %s"):format(self.title, share, text), vim.log.levels.INFO, { title = "rille" })
  end
end

--- Reports how much of the work is done. Cheap to call often.
---@param done number
---@param total number 0 if unknown
---@param text? string
function Progress:report(done, total, text)
  local at = now()
  if at - self.since < MOMENT or at - self.reported < STEP or not config.get("progress") then
    return
  end
  local percent = total > 0 and math.min(100, math.floor(done / total * 100)) or nil
  if not messages then
    percent = percent and percent - percent % QUARTER
    if self.shown and percent == self.percent then
      return
    end
  end
  self.shown = true
  self:show("running", percent, text or "")
end

--- Ends the progress. If nothing was shown before, nothing is shown now.
---@param status "success"|"failed"|"cancel"
---@param text? string
function Progress:finish(status, text)
  if self.shown then
    self.shown = nil
    self:show(status, status == "success" and 100 or self.percent, text or "")
  end
end

return M
