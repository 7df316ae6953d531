--- Gives items to a corpus in slices that the editor does not feel: from a list, from a job, or from a function that
--- makes them.
local uv = vim.uv or vim.loop

--- How long a slice may take, and how many items are pushed at once, as one push is not divided.
local SLICE_MS, CHUNK = 2, 500

---@class rille.nvim.feeder
---@field package fuzzy rille.fuzzy
---@field package queue table[] what waits: `{ list, at }`, or text
---@field package timer uv.uv_timer_t?
---@field over boolean everything was given
---@field kept table? the items by their index, where they are more than their text
local Feeder = {}
Feeder.__index = Feeder

local M = {}

---@class rille.nvim.feeder.options
---@field fuzzy rille.fuzzy
---@field format? fun(item: any): string
---@field most? integer how many items are taken at most
---@field on_fed fun() more items are there, or it is over
---@field on_error fun(message: string)

---@param opts rille.nvim.feeder.options
---@return rille.nvim.feeder
function M.new(opts)
  return setmetatable({ opts = opts, fuzzy = opts.fuzzy, queue = {}, over = false, count = 0 }, Feeder)
end

--- The text of an item.
local function text_of(item, format)
  if format then
    return (format(item))
  elseif type(item) == "table" then
    return item.text
  end
  return item
end

--- Gives everything that a list, a job or a function has.
---@param items any[]|rille.job|fun(add: fun(more: any[]|string), done: fun()): any
function Feeder:feed(items)
  if type(items) == "function" then
    local ok, made = xpcall(items, debug.traceback, function(more)
      if self.timer ~= false then
        self:add(more)
      end
    end, function()
      self.ended = true
      self:run()
    end)
    if not ok then
      self.over = true
      return self.opts.on_error(tostring(made))
    elseif type(made) == "table" then
      return self:feed(made)
    end
    self.stop = made
  elseif type(items.take) == "function" then
    self.job = items
    self.fuzzy:feed(items)
    self.over = true -- The library does it.
  else
    if self.opts.format or type(items[1]) == "table" then
      self.kept = items
    end
    self.ended = true
    self.queue[1] = { items, 1 }
    self:run()
  end
end

--- Gives some more: a list, or a text of lines.
---@param more any[]|string
function Feeder:add(more)
  if type(more) == "table" then
    if self.opts.format or type(more[1]) == "table" or self.kept then
      self.kept = self.kept or {}
      vim.list_extend(self.kept, more)
    end
    more = { more, 1 }
  end
  self.queue[#self.queue + 1] = more
  if not self.timer then
    self:run()
  end
end

--- A slice, at once; what is left comes in turns of the loop.
function Feeder:run()
  if self.timer == false then
    return
  end
  local ok, message = xpcall(self.slice, debug.traceback, self)
  if not ok then
    self:close()
    self.over = true
    self.opts.on_error(tostring(message))
    return
  end
  if #self.queue > 0 then
    self.timer = self.timer or uv.new_timer()
    self.timer:start(1, 0, function()
      vim.schedule(function()
        self:run()
      end)
    end)
  elseif self.timer then
    self.timer:stop()
  end
  self.over = self.over or (self.ended and #self.queue == 0) or false
  self.opts.on_fed()
end

--- Pushes until the time is over or nothing is left.
function Feeder:slice()
  local till = uv.hrtime() + SLICE_MS * 1e6
  local format, most = self.opts.format, self.opts.most
  repeat
    local first = self.queue[1]
    if type(first) == "string" then
      self.fuzzy:push(first)
      table.remove(self.queue, 1)
    elseif first then
      local list, at = first[1], first[2]
      local last = math.min(#list, at + CHUNK - 1)
      local chunk = {}
      for i = at, last do
        local text = text_of(list[i], format)
        if type(text) ~= "string" then
          error(("item %d has no text: it is %s"):format(i, type(list[i])), 0)
        end
        chunk[i - at + 1] = text
      end
      self.fuzzy:push(chunk)
      first[2] = last + 1
      if last >= #list then
        table.remove(self.queue, 1)
      end
    end
    if most and self.fuzzy:len() >= most and #self.queue > 0 then
      self.queue, self.ended, self.cut = {}, true, true
    end
  until #self.queue == 0 or uv.hrtime() >= till
end

--- Whether more may come.
---@return boolean
function Feeder:feeding()
  return not self.over or self.fuzzy:feeding()
end

--- Ends it.
function Feeder:close()
  if self.timer then
    self.timer:stop()
    self.timer:close()
  end
  self.timer, self.queue = false, {}
  if self.stop then
    self.stop()
    self.stop = nil
  end
  if self.job then
    self.job:close()
    self.job = nil
  end
end

return M
