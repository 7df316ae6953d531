--- Items that take time to find: some are added in each turn of the event loop.
local uv = vim.uv or vim.loop

--- Returns a function for the items of a picker.
---@param begin fun(): fun(): any[]? returns an iterator over lists of items; called again when the picker is opened again
---@return fun(add: fun(more: any[]), done: fun()): fun()
return function(begin)
  return function(add, done)
    local timer, step = uv.new_timer(), begin()
    local function turn()
      if timer:is_closing() then
        return
      end
      local part = step()
      if part then
        add(part)
        timer:start(1, 0, vim.schedule_wrap(turn))
      else
        timer:close()
        done()
      end
    end
    turn()
    return function()
      if not timer:is_closing() then
        timer:close()
      end
    end
  end
end
