--- Drawing a picker from the state of its source.
local M = {}

--- Returns the icon of a path, from another plugin. If that fails it is not called again.
local function icon_of(self, path)
  local ok, icon, group = pcall(self.icon, path)
  if not ok then
    self.icon = nil
  end
  return ok and type(icon) == "string" and { icon, type(group) == "string" and group or nil } or nil
end

--- Returns the path of a row whose text does not begin with it.
local function path_of(self, i)
  local place = self.spec.place((self.source:item(i)))
  return place and place.path
end

--- Calls the caller's function if another item is selected than before.
local function moved(self, state)
  local on_move = self.spec.on_move
  if not on_move then
    return
  end
  local item, key
  if state.count > 0 then
    item, key = self.source:item(self.cursor)
  end
  if item ~= self.moved_to or key ~= self.moved_key then
    self.moved_to, self.moved_key = item, key
    on_move(item)
  end
end

--- Draws the visible rows, and makes the preview follow the selected one.
local function draw(self, state, height)
  local marks = {}
  for _, mark in ipairs(self.marked) do
    marks[mark.key] = true
  end
  local rows = {}
  for i = self.top, math.min(state.count, self.top + height - 1) do
    local row = self.source:row(i)
    if next(marks) then
      local _, key = self.source:item(i)
      row.marked = marks[key]
    end
    if self.icon then
      -- The path, if the text is a line of that file.
      row.icon = icon_of(self, row.lead and row.lead[1] or row.spans and path_of(self, i) or row.text)
    end
    rows[#rows + 1] = row
  end
  self.list:draw(rows, state.count > 0 and self.cursor - self.top + 1 or 0)
  moved(self, state)
  if not self.preview:visible() then
    return
  elseif state.count == 0 then
    self.preview:show(nil, nil, false)
  else
    local item, key = self.source:item(self.cursor)
    self.preview:show(item, self.spec.place(item), key)
  end
end

local function grouped(number)
  local text = tostring(number):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return text
end

--- Returns the prompt's status text.
local function said(state, marked)
  local parts = {}
  if #marked > 0 then
    parts[1] = "+" .. grouped(#marked)
  end
  parts[#parts + 1] = state.note
  parts[#parts + 1] = grouped(state.total) .. (state.size and "/" .. grouped(state.size) or "")
  return table.concat(parts, "  ") .. (state.busy and " …" or "")
end

--- Draws what has changed, and then runs the actions that have waited for it.
---@param self rille.nvim.picker
function M.render(self)
  local state = self.source:state()
  local height = self.list:height()
  if self.drawn.version ~= state.version and not state.stale then
    if self.query ~= self.prompt.query then
      self.query, self.cursor, self.top = self.prompt.query, 1, 1
    end
    if self.wanted and (self.wanted <= state.count or not state.busy) then
      self.cursor, self.wanted = self.wanted, nil
    end
  end
  self.cursor = math.max(1, math.min(self.cursor, state.count))
  self.top = math.max(1, math.min(self.top, self.cursor, state.count - height + 1))
  self.top = math.max(self.top, self.cursor - height + 1)
  local drawn = self.drawn
  if
    drawn.version ~= state.version
    or drawn.top ~= self.top
    or drawn.cursor ~= self.cursor
    or drawn.marks ~= self.marks
  then
    self.drawn = { version = state.version, top = self.top, cursor = self.cursor, marks = self.marks }
    draw(self, state, height)
  end
  self.prompt:say(state.failure or said(state, self.marked), state.failure ~= nil)
  if state.count > 0 and self.top + 2 * height > state.count and state.count < state.total then
    self.source:more()
  end
  while not self.finished and #self.queued > 0 and self.queued[1].ready(self.source:state()) do
    table.remove(self.queued, 1).run()
  end
end

return M
