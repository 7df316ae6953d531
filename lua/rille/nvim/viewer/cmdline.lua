--- The command line in a view: `/` and `?` search the file and not the page, and line numbers in ranges are those of the
--- file. The prompt and its history are Neovim's own; only the effect of the command is replaced.
local ex = require("rille.nvim.viewer.ex")
local search = require("rille.nvim.viewer.search")
local status = require("rille.nvim.viewer.status")
local text_of = require("rille.nvim.text")

local M = {}

--- The user's value of 'incsearch'. The option is off in the meantime, as it would search the page.
local incsearch

--- The count that was typed before the search.
local count = 1

local function enter()
  if status.views[vim.api.nvim_get_current_buf()] and vim.v.event.cmdtype:find("[/?]") then
    incsearch, count = vim.o.incsearch, vim.v.count1
    vim.o.incsearch = false
  end
end

--- Ends the command line as if nothing had been typed, except that the history contains the command.
local function take()
  vim.cmd("let v:event.abort = v:true")
end

local function leave()
  if incsearch ~= nil then
    vim.o.incsearch, incsearch = incsearch, nil
  end
  local view = status.views[vim.api.nvim_get_current_buf()]
  if not view or vim.v.event.abort == true or vim.v.event.abort == 1 then
    return
  end
  local kind, text = vim.v.event.cmdtype, vim.fn.getcmdline()
  if kind == "/" or kind == "?" then
    take()
    if (view.mode_before or ""):find("^no") then
      vim.schedule(function()
        status.say("an operator does not wait for a search: use `v` first")
      end)
      return
    end
    search.start(view, text, kind == "?", count)
  elseif kind == ":" then
    local run = ex.command(view, text)
    if run then
      take()
      vim.schedule(function()
        if view.closed then
          return
        end
        local fine, message = pcall(run)
        if message then
          status.say(fine and message or text_of.reason(message), not fine and vim.log.levels.ERROR or nil)
        end
      end)
    end
  end
end

--- Handles command lines after this call, except those of other buffers.
function M.enable(group)
  vim.api.nvim_create_autocmd("CmdlineEnter", { group = group, callback = enter })
  vim.api.nvim_create_autocmd("CmdlineLeave", { group = group, callback = leave })
end

return M
