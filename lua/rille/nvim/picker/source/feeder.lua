--- Adds items to a session in slices too short to be noticed: from a list, from a job, or from a function that produces
--- them.
local await = require("rille.nvim.await")
local item_text = require("rille.nvim.picker.item").text
local reason = require("rille.nvim.text").reason
local release = require("rille.nvim.picker.source.job").release

local has_buffer, string_buffer = pcall(require, "string.buffer")
local uv = vim.uv or vim.loop

--- Milliseconds per slice, and maximum items per push, as a push is not interrupted.
local SLICE_MS, CHUNK = 2, 500
--- Maximum bytes of text per push.
local PIECE = 65536
--- Maximum lines of a search taken in one turn of the event loop, and maximum bytes of each.
local LINES, BYTES = 200, 1000

---@class rille.nvim.feeder
---@field package fuzzy rille.fuzzy
---@field package queue table[] the pending lists and texts, each with the position to continue at
---@field package rest string the beginning of a line that is still incomplete
---@field package timer table? a timer of libuv
---@field over boolean whether all items were added
---@field kept table the items by index, if they are more than their text; for a list that was passed, the list itself
local Feeder = {}
Feeder.__index = Feeder

local M = {}

---@class rille.nvim.feeder.options
---@field fuzzy rille.fuzzy
---@field format? fun(item: any): string
---@field put? fun(buffer: string.buffer, item: any): boolean puts what `format` returns into a buffer; false if that has several lines
---@field limit? integer maximum number of items
---@field on_fed fun() called when items were added, and at the end
---@field on_error fun(message: string)

--- Makes a feeder that adds items to a session.
---@param opts rille.nvim.feeder.options
---@return rille.nvim.feeder
function M.new(opts)
  return setmetatable(
    { opts = opts, fuzzy = opts.fuzzy, queue = {}, rest = "", kept = {}, over = false },
    Feeder
  )
end

--- Returns the text of an item.
local function text_of(item, format)
  if format then
    return (format(item))
  end
  return item_text(item)
end

--- Adds all items of a list, a job or a function.
---@param items any[]|rille.job|fun(add: fun(more: any[]|string), done: fun()): any
function Feeder:feed(items)
  if type(items) == "function" then
    local ok, made = pcall(items, function(more)
      if self.timer ~= false then
        self:add(more)
      end
    end, function()
      self:done()
    end)
    if not ok then
      self.over = true
      return self.opts.on_error(reason(made))
    elseif type(made) == "table" and type(made.kill) == "function" then
      -- A process of `vim.system`.
      local process = made
      made = function()
        pcall(process.kill, process, "sigterm")
      end
    elseif type(made) == "table" then
      return self:feed(made)
    end
    self.stop = made
  elseif type(items.take) == "function" then
    self.job = items
    -- The library takes the results of a walk itself; those of a search must be taken here.
    self.over = pcall(self.fuzzy.feed, self.fuzzy, items)
    if not self.over then
      self:take(items)
    end
  else
    self.kept, self.ended = items, true
    self.queue[1] = { items, 1 }
    self:run()
  end
end

--- Adds the lines that a search finds.
---@param job rille.job from `rille.grep`
function Feeder:take(job)
  self.wait = await(job, function(_, state)
    local batch, list = job:take(LINES), {}
    for i = 1, batch and batch.count or 0 do
      if batch:kind(i) == "match" then
        local path, lnum, text = batch:path(i), batch:line(i), batch:text(i, BYTES)
        list[#list + 1] = {
          text = ("%s:%d: %s"):format(path, lnum, text),
          path = path,
          lnum = lnum,
          col = batch:spans(i) > 0 and batch:span(i, 1) or 1,
          offset = batch:offset(i),
        }
      end
    end
    self:add(list)
    if state ~= "running" and not batch then
      self:done()
    end
    return batch ~= nil
  end)
end

--- Adds more items: a list, or text whose last line may continue in the next call.
---@param more any[]|string
function Feeder:add(more)
  if type(more) == "string" then
    local text = self.rest .. more
    -- The last line feed, searched from the end: a pattern would try each one.
    local last = #text - (text:reverse():find("\n", 1, true) or #text + 1) + 1
    more, self.rest = text:sub(1, last), text:sub(last + 1)
  end
  self.queue[#self.queue + 1] = { more, 1 }
  if not (self.timer and self.timer:is_active()) then
    self:run()
  end
end

--- Declares that no more items follow.
function Feeder:done()
  if not self.ended then
    self.ended = true
    if self.rest ~= "" then
      self.queue[#self.queue + 1] = { self.rest, 1 }
    end
    self:run()
  end
end

--- Runs a slice at once, and the rest in later turns of the event loop.
function Feeder:run()
  if self.timer == false then
    return
  end
  local ok, message = pcall(self.slice, self)
  if not ok then
    self:close()
    self.over = true
    self.opts.on_error(reason(message))
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

--- Pushes the texts of some items of a list, each a line of one text: as strings they would stay in Lua's table of strings, which
--- takes tens of milliseconds to grow. Returns false if that is not possible.
function Feeder:push_lines(list, first, last)
  local put = self.opts.put
  if not put or not has_buffer or self.kept ~= list then
    return false
  end
  local lines = string_buffer.new()
  for i = first, last do
    if not put(lines, list[i]) then
      return false
    end
    lines:put("\n")
  end
  self.fuzzy:push(lines)
  return true
end

--- Pushes some items of a list; returns whether they were the last.
function Feeder:push_list(waiting)
  local list, at, format = waiting[1], waiting[2], self.opts.format
  local kept, shift = self.kept ~= list and self.kept or nil, self.fuzzy:len() - at + 1
  local last = math.min(#list, at + CHUNK - 1)
  if self:push_lines(list, at, last) then
    waiting[2] = last + 1
    return last >= #list
  end
  local chunk = {}
  for i = at, last do
    local text = text_of(list[i], format)
    if type(text) ~= "string" then
      error(("item %d has no text: it is %s"):format(i, type(list[i])), 0)
    end
    chunk[i - at + 1] = text
    if kept and text ~= list[i] then
      kept[i + shift] = list[i]
    end
  end
  self.fuzzy:push(chunk)
  waiting[2] = last + 1
  return last >= #list
end

--- Pushes some lines of a text; returns whether they were the last.
function Feeder:push_text(waiting)
  local text, at = waiting[1], waiting[2]
  local last = at + PIECE < #text and text:find("\n", at + PIECE, true) or #text
  self.fuzzy:push(at == 1 and last == #text and text or text:sub(at, last))
  waiting[2] = last + 1
  return last >= #text
end

--- Pushes until the time of the slice is over or nothing is left.
function Feeder:slice()
  local till = uv.hrtime() + SLICE_MS * 1e6
  local limit = self.opts.limit
  repeat
    local first = self.queue[1]
    if first then
      local push = type(first[1]) == "string" and self.push_text or self.push_list
      if push(self, first) then
        table.remove(self.queue, 1)
      end
    end
    if limit and self.fuzzy:len() >= limit and #self.queue > 0 then
      self.queue, self.ended, self.cut = {}, true, true
    end
  until #self.queue == 0 or uv.hrtime() >= till
end

--- Returns whether more items may follow.
---@return boolean
function Feeder:feeding()
  if not self.over then
    return true
  end
  local feeding, message = self.fuzzy:feeding()
  if message then
    self.opts.on_error(message)
  end
  return feeding
end

--- Stops adding items.
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
  release(self)
end

return M
