--- A matcher for mini.pick, with fzf's query syntax and order. The items are passed to the library once for each picker,
--- and searches run on worker threads.
---
---     require("mini.pick").setup({ source = { match = require("rille.nvim.mini").match } })
local lazy = require("rille.core.lazy")
local fuzzy = require("rille").fuzzy
local rille = require("rille")

local M = {}

--- Minimum number of items for which a search runs as a job: fewer are matched within a millisecond.
local MANY = 5000

--- The items of the current picker, as mini.pick passes them, and the session that contains them.
---@type { items: string[], corpus: rille.fuzzy }?
local known

local function forget()
  if known then
    known.corpus:close()
    known = nil
  end
end

local function corpus_of(items)
  if not known or known.items ~= items then
    forget()
    local corpus = assert(fuzzy())
    corpus:push(items)
    known = { items = items, corpus = corpus }
    vim.api.nvim_create_autocmd("User", { pattern = "MiniPickStop", once = true, callback = forget })
  end
  return known.corpus
end

--- Returns the indices of the matching items.
local function indices(result)
  local list = {}
  for i = 1, result.count do
    list[i] = result:index(i)
  end
  return list
end

local function all(items)
  local list = {}
  for i = 1, #items do
    list[i] = i
  end
  return list
end

--- Matches items as `MiniPick.default_match()` does.
---@param items string[]
---@param _ integer[] the previous matches, which are not needed
---@param query string[] characters
---@param opts? { sync?: boolean }
---@return integer[]? indices of the matching items; nil if they are set later
function M.match(items, _, query, opts)
  local pick = require("mini.pick")
  local text = table.concat(query)
  local active = pick.is_picker_active()
  if opts and opts.sync or not active then
    return text == "" and all(items) or indices(fuzzy.filter(text, items))
  end
  if text == "" then
    pick.set_picker_match_inds(all(items))
    return
  end
  local corpus = corpus_of(items)
  if #items < MANY or rille.backend ~= "native" then
    pick.set_picker_match_inds(indices(corpus:query(text, { limit = #items })))
    return
  end
  -- Starting another search stops the previous one.
  local querytick = pick.get_querytick()
  lazy.load("rille.nvim").await(corpus:start(text, { limit = #items }), function(job, state)
    if state == "running" then
      return
    end
    if known and known.corpus == corpus and pick.is_picker_active() and pick.get_querytick() == querytick then
      local result = corpus:results()
      if result then
        pick.set_picker_match_inds(indices(result))
      end
    end
    job:close()
  end)
end

return M
