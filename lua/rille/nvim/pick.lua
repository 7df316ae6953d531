--- The picker for any items: what `require("rille.nvim").pick` accepts, and how all pickers are opened.
local lazy = require("rille.core.lazy")
local reader = require("rille.core.options").reader
local rille = require("rille")
local catalogue = require("rille.nvim.catalogue")
local config = require("rille.nvim.config")
local actions = require("rille.nvim.picker.actions")
local handles = require("rille.nvim.picker.handle")
local item_of = require("rille.nvim.picker.item")
local picker = require("rille.nvim.picker")
local registry = require("rille.nvim.picker.registry")
local text_of = require("rille.nvim.text")

local M = {}

---@class rille.nvim.pick.options
---@field items any[]|rille.job|fun(add: fun(more: any[]|string), done: fun(), query?: string): any the items: strings; tables with a `text`, and with a `path` or `bufnr`, `lnum` and `col` if they have a location; entries of |setqflist()|, with `filename` or `bufnr`, `lnum`, `col`, `end_lnum`, `end_col` and `text`; any values, with `format`; the job of `rille.walk` or `rille.grep`; or a function that calls `add` with a list, or with text of which each line is an item, now or later, and `done` at the end; a line may start in one text and end in the next. It may return a job, a process of |vim.system()|, or a function that stops it
---@field live? boolean `items` is called again for each query, which it gets as a third argument; the previous call is stopped, and the rows are what it adds, in that order
---@field title? string
---@field query? string initial query
---@field format? fun(item: any): string|rille.nvim.part[] returns what the row of an item shows: a text, or a list of `{ text, highlight }`. A table with a `text` is matched by that, and formatted when its row is visible; any other item is matched by what this returns
---@field keys? table<string, rille.nvim.pick.key> keys of this picker: a function, which gets the handle, the selected item and the marked items; `{ function, desc = "…" }`; the name of an action in |rille-picker|; or false
---@field preview? boolean|fun(item: any, show: fun(shown: rille.nvim.preview.shown)): any false for none; a function calls `show`, at once or later, and only the latest request is shown; or it returns lines, text, a table for `show`, or true for the item's location
---@field on_choice? fun(item: any, how: rille.nvim.how?, query: string?, info: rille.nvim.choice) called with the chosen item; without a row with nil and what was typed; with nil alone if nothing was chosen. By default the editor opens the item
---@field on_move? fun(item: any) called when another item is selected
---@field on_close? fun() called at the end, in whatever way the picker ended, after `on_choice`
---@field place? fun(item: any): rille.nvim.place? returns the location of an item
---@field selected? integer the row that is selected at first
---@field sort? boolean false: the matches keep the order of the items, instead of the best first
---@field layout? rille.nvim.layout.choice
---@field refine? boolean false: the rows of a live picker cannot be frozen and filtered
---@field normalize? boolean letters match with and without accents, in composed and decomposed form; by default the option `picker.normalize`
---@field name? string `:Rille` opens the picker by this name, also later, and `:Rille resume` as it was left
---@field icons? boolean texts are paths and have file icons
---@field fuzzy? rille.fuzzy.options options of the ranking
---@field kind? string pickers of the same kind share a history; the name, otherwise "pick"
---@field context? table accepted, for `on_list` of |vim.lsp.ListOpts|, and not used

local read_fuzzy = require("rille.fuzzy.options").session

local function is_name(name)
  return name:find(registry.PATTERN) ~= nil and not catalogue.is_taken(name)
end

local read_pick = reader({
  items = { "table", "function" },
  live = { "boolean", default = false },
  title = { "string", default = "" },
  query = { "string" },
  format = { "function" },
  keys = { "table" },
  preview = { "boolean", "function", default = true },
  on_choice = { "function" },
  on_move = { "function" },
  on_close = { "function" },
  place = { "function" },
  selected = { "integer", min = 1 },
  sort = { "boolean", default = true },
  layout = config.layout,
  refine = { "boolean", default = true },
  name = {
    "string",
    fits = is_name,
    about = "a name of letters, digits, - and _ that is no sub-command of :Rille",
  },
  normalize = { "boolean" },
  icons = { "boolean" },
  fuzzy = { "table" },
  kind = { "string" },
  context = { "table" },
})

local is_reported = false

--- Reports once that the library is missing. The picker still works, for as many items as Lua can rank in time.
local function fallback()
  if rille.backend == "lua" and not is_reported then
    is_reported = true
    -- Short enough for the command line of a small screen.
    text_of.notify("no native library: at most 50,000 items, see :checkhealth rille", vim.log.levels.WARN)
  end
end

--- Maximum number of items that are measured for the layout "select".
local MEASURED = 200

--- Returns the layout for a picker.
local function layout_of(spec)
  local layout = spec.layout and { name = spec.layout } or nil
  local may_fit = spec.layout == "select" or spec.layout and type(spec.layout) ~= "string"
  if layout and may_fit and type(spec.items) == "table" and not spec.items.take then
    layout.rows, layout.cells = #spec.items, text_of.cells(spec.title) + 4
    for i = 1, math.min(#spec.items, MEASURED) do
      local text = (spec.text or item_of.text)(spec.items[i])
      layout.cells = math.max(layout.cells, type(text) == "string" and text_of.cells(text) or 0)
    end
  end
  return layout
end

--- Returns a query without accents: an accent that is a character of its own would have to be in the item too.
local function without_accents(query)
  if not query:find("[\128-\255]") then
    return query
  end
  -- The combining diacritical marks, U+0300 to U+036F.
  local decomposed = rille.text.normalize(query, "NFD") or query
  return (decomposed:gsub("\204[\128-\191]", ""):gsub("\205[\128-\175]", ""))
end

--- Makes letters match with and without accents, if the picker or the user wants that.
local function normalize(spec)
  local wanted = spec.normalize
  if wanted == nil then
    wanted = config.get("picker.normalize")
  end
  if wanted then
    local strip = spec.strip
    spec.fuzzy = vim.tbl_extend("keep", spec.fuzzy or {}, { normalize = true })
    spec.strip = function(query)
      return without_accents(strip and strip(query) or query)
    end
  end
end

--- Returns whether the items are a list of which the first has no place, so that there is nothing to preview.
local function is_without_places(spec)
  local items = spec.items
  local first = type(items) == "table" and type(items.take) ~= "function" and items[1]
  if first == nil or first == false then
    return false
  end
  local ok, place = pcall(spec.place, first)
  return ok and place == nil
end

--- Opens a picker over a session of items.
---@param spec table fields of `rille.nvim.picker.spec` and of `rille.nvim.corpus.options`
---@return rille.nvim.pick.handle
function M.open(spec)
  fallback()
  normalize(spec)
  local given = {
    items = spec.items,
    text = spec.text,
    parts = spec.parts,
    item = spec.item,
    fuzzy = spec.fuzzy,
    sort = spec.sort,
    strip = spec.strip,
    boosts = spec.boosts,
    are_paths = spec.icons,
    first = spec.selected and spec.selected + 100 or nil,
  }
  spec.query = spec.query or ""
  spec.place = spec.place or item_of.place
  spec.handle = spec.handle or handles.new()
  if type(spec.preview) ~= "function" and is_without_places(spec) then
    spec.preview = false
  end
  spec.layout = layout_of(spec)
  local source = spec.live and "live" or "corpus"
  if spec.live and spec.refine ~= false then
    local text = spec.text or item_of.text
    spec.freeze = { text = spec.text, parts = spec.parts, key = text, fuzzy = spec.fuzzy }
  end
  spec.source = function(on_news)
    return lazy.load("rille.nvim.picker.source." .. source).new(given, on_news)
  end
  picker.open(spec)
  return spec.handle
end

--- Checks the options of a picker, and returns them with their defaults.
local function checked(opts, name)
  local read = read_pick(opts, name, nil, 3)
  read_fuzzy(read.fuzzy, name .. ": fuzzy", 3)
  local mistake = read.keys and actions.mistake(read.keys)
  if mistake then
    error(name .. ": " .. mistake, 3)
  elseif not read.items then
    error(name .. ": items must be a list, a job or a function, got nil", 3)
  elseif read.live and type(read.items) ~= "function" then
    error(name .. ": option 'items' must be a function with 'live', got table", 3)
  end
  return read
end

--- Opens a picker for any items.
---@param opts rille.nvim.pick.options
---@return rille.nvim.pick.handle
function M.pick(opts)
  local read = checked(opts, "rille.nvim.pick")
  if read.name then
    registry.add(opts)
  end
  local items = read.items
  local job = type(items) == "table" and type(items.take) == "function"
  local place = read.place
  if job and not place then
    place = function(item)
      return type(item) == "string" and { path = item } or item
    end
  end
  return M.open({
    items = items,
    live = read.live,
    text = item_of.text_with(read.format),
    parts = read.format or item_of.parts,
    fuzzy = read.fuzzy,
    sort = read.sort,
    normalize = read.normalize,
    title = read.title,
    kind = read.kind or read.name or "pick",
    query = read.query,
    keys = read.keys,
    preview = read.preview,
    icons = read.icons,
    on_choice = read.on_choice,
    creates = true,
    on_move = read.on_move,
    on_close = read.on_close,
    selected = read.selected,
    layout = read.layout,
    refine = read.refine,
    place = place,
    once = job and "this picker cannot be resumed, as its job is over" or nil,
  })
end

--- Gives a picker a name without opening it.
---@param opts rille.nvim.pick.options
function M.register(opts)
  local read = checked(opts, "rille.nvim.register")
  if not read.name then
    error("rille.nvim.register: option 'name' must be a string, got nil", 2)
  end
  registry.add(opts)
end

return M
