--- Refining: the rows of a search are frozen, and the prompt then filters them fuzzily, until the same key returns to the
--- search as it was.
local corpus = require("rille.nvim.picker.source.corpus")

--- The methods of `rille.nvim.picker` for this.
---@class rille.nvim.picker
---@field frozen? { source: rille.nvim.source, query: string, cursor: integer } the search that is being refined
local Picker = {}

--- Returns the query of the search, also while its rows are being refined.
---@return string
function Picker:main_query()
  return self.frozen and self.frozen.query or self.prompt.query
end

--- Shows the rows of another source, for another query.
function Picker:switch(source, query)
  self.source, self.drawn, self.query, self.queued = source, {}, nil, {}
  self.cursor, self.top = 1, 1
  self.prompt:set(query)
  self.windows:title("prompt", self:titled())
end

--- Freezes the rows to refine them, or returns to the search.
function Picker:refine()
  local spec, frozen = self.spec, self.frozen
  if frozen then
    self.source:close()
    self.frozen = nil
    self:switch(frozen.source, frozen.query)
    self.cursor = frozen.cursor
    return self:news()
  elseif not spec.freeze then
    return
  end
  local function freeze(items)
    if self.finished or self.frozen then
      return
    end
    self.frozen = { source = self.source, query = self.prompt.query, cursor = self.cursor }
    local refined
    refined = corpus.new(vim.tbl_extend("force", spec.freeze, { items = items }), function()
      if self.source == refined then
        self:news()
      end
    end)
    self:switch(refined, "")
    refined:open()
    refined:start("")
    self:news()
  end
  if self.source.list then
    return self:when_settled(function()
      self.source:list(freeze)
    end)
  end
  local items = {}
  self:everything(function(item)
    items[#items + 1] = item
  end, function()
    freeze(items)
  end)
end

return Picker
