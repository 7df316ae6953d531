--- The source of live pickers: a function is called for each query, and what it adds are the rows, in its order. The
--- previous call is cancelled; its rows stay until the new ones arrive.
local corpus = require("rille.nvim.picker.source.corpus")

--- Factor that keeps the versions of consecutive sessions apart.
local GENERATION = 2 ^ 24

---@class rille.nvim.live: rille.nvim.source
---@field package inner? rille.nvim.corpus the rows that are shown
---@field package next? rille.nvim.corpus those of the latest query, until the first of them arrive
local Live = {}
Live.__index = Live

local M = {}

--- Makes a source that calls a function for each query.
---@param opts rille.nvim.corpus.options `items` is a function `(add, done, query)`
---@param on_news fun() called when something has changed
---@return rille.nvim.live
function M.new(opts, on_news)
  return setmetatable({ opts = opts, on_news = on_news, generation = 0, query = "" }, Live)
end

function Live.open() end

--- Shows the rows of the latest query, once there are any or it has ended.
function Live:promote()
  local next = self.next
  if not next then
    return
  end
  local state = next:state()
  if (state.count > 0 and not state.stale) or not state.busy or state.failure then
    if self.inner then
      self.inner:close()
    end
    self.inner, self.next, self.generation = next, nil, self.generation + 1
  end
end

--- Calls the function for a query.
---@param query string
function Live:start(query)
  if self.next then
    self.next:close()
  end
  self.query = query
  local made
  made = corpus.new(
    vim.tbl_extend("force", self.opts, {
      items = function(add, done)
        return self.opts.items(add, done, query)
      end,
      highlight = query,
    }),
    function()
      if made == self.next then
        self:promote()
      end
      if made == self.inner then
        self.on_news()
      end
    end
  )
  self.next = made
  made:open()
  if self.next == made then
    made:start("")
  end
end

--- Calls the function again for the same query.
---@return boolean
function Live:refresh()
  self:start(self.query)
  return true
end

function Live:more()
  if self.inner and not self.next then
    self.inner:more()
  end
end

--- Returns the state of the source.
---@return rille.nvim.source.state
function Live:state()
  local state = self.inner and self.inner:state()
    or { count = 0, total = 0, size = 0, busy = false, stale = false, version = 0 }
  state.version = self.generation * GENERATION + state.version
  state.size = nil
  if self.next then
    state.busy, state.stale, state.failure = true, true, nil
  end
  return state
end

--- Returns a row for display.
---@param i integer
---@return rille.nvim.list.row
function Live:row(i)
  return self.inner:row(i)
end

--- Returns the item of a row and a key: its text, as another query returns other items.
---@param i integer
---@return any item
---@return string key
function Live:item(i)
  return self.inner:item(i), self.inner:text(i)
end

--- Calls `visit(item, key)` for all rows, then `done`.
function Live:all(visit, done)
  local inner, i = self.inner, 0
  if not inner then
    return done()
  end
  inner:all(function(item)
    i = i + 1
    visit(item, inner:text(i))
  end, done)
end

--- Returns the items of all rows.
---@return any[]
function Live:matches()
  return self.inner and self.inner:matches() or {}
end

function Live:close()
  for _, name in ipairs({ "inner", "next" }) do
    if self[name] then
      self[name]:close()
      self[name] = nil
    end
  end
end

return M
