--- Yanking from a view. Lines that are shown in part are yanked whole, as they are when Neovim has loaded a file.
local M = {}

--- Bytes that are put into a register at most.
local MOST = 2 ^ 26

--- After a yank: whole lines instead of what is in the buffer of them.
---@param view rille.nvim.viewer.view
function M.yanked(view)
  local event = vim.v.event
  if event.operator ~= "y" or event.regtype ~= "V" then
    return
  end
  local from, to = vim.fn.line("'["), vim.fn.line("']")
  local cut, size = false, 0
  for line = from, to do
    local entry = view.page[line]
    if not entry then
      return
    end
    cut = cut or entry.behind or entry.lead > 0 or view.column > 1
    size = size + (entry.length or math.huge)
  end
  if not cut then
    return
  elseif size > MOST then
    vim.notify("rille: these lines are too long, so they are yanked as they are shown", vim.log.levels.WARN)
    return
  end
  local lines = {}
  for line = from, to do
    local entry = view.page[line]
    local text = entry.length == 0 and "" or view:read("slice", entry.at, entry.at + entry.length - 1)
    if not text then
      return
    end
    -- A NUL is a line feed to registers.
    lines[#lines + 1] = (text:gsub("%z", "\n"))
  end
  vim.fn.setreg(event.regname == "" and '"' or event.regname, lines, "V")
end

return M
