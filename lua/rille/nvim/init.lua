--- rille in Neovim: awaits jobs in the editor's event loop, and opens views and pickers.
local await = require("rille.nvim.await")
local lazy = require("rille.core.lazy")
local rille = require("rille")

-- Now, as an update may later change the files on disk.
require("rille.nvim.library")

local M = {}

--- Calls `fn(job, state, message)` on the editor's main loop, where every function of Neovim may be used, whenever the
--- job has results, and a last time when it is over: then `state` is no longer "running". In `fn`, take until
--- `job:take()` returns nil, or take some and return true to be called again in the next turn of the loop. An error in
--- `fn` is shown and ends the wait, as does closing the job.
---@param job rille.job
---@param fn fun(job: rille.job, state: rille.job.state, message?: string): boolean?
---@return rille.nvim.wait wait `wait:stop()` ends it
function M.await(job, fn)
  return await(job, fn)
end

--- Shows a file of any size in a buffer that holds a part of it: |rille-viewer|.
---@param file? string the file of the current buffer by default; `-` for the text that Neovim has read from its standard input; `!` and a shell command for its output
---@param opts? { mods?: table } `mods`: the window, as in `smods` of `nvim_create_user_command()`
function M.view(file, opts)
  return lazy.load("rille.nvim.viewer").open(file, opts)
end

local read_filter = require("rille.core.options").reader({
  limit = { "integer", min = 0 },
  fuzzy = { "table" },
  key = { "string", "function", default = "label" },
})

--- Returns the items that match a query in fzf's syntax, best first: for completion and other lists.
---@generic T
---@param query string
---@param items T[] strings, or tables that contain a text
---@param opts? { limit?: integer, fuzzy?: rille.fuzzy.filter_options, key?: string|fun(item: any): string } `key`: where the text of an item is; "label" by default, as for language servers
---@return T[] items
---@return integer[][] positions of the matching characters of each item: first bytes, ascending
function M.filter(query, items, opts)
  local given = read_filter(opts, "rille.nvim.filter")
  lazy.load("rille.fuzzy.options").filter(given.fuzzy, "rille.nvim.filter: fuzzy")
  local key, texts = given.key, items
  if type(items[1]) == "table" then
    texts = {}
    for i, item in ipairs(items) do
      texts[i] = type(key) == "function" and key(item) or item[key]
    end
  end
  local ranked =
    rille.fuzzy.filter(query, texts, vim.tbl_extend("force", { limit = given.limit }, given.fuzzy or {}))
  local found, positions = {}, {}
  for i = 1, ranked.count do
    found[i], positions[i] = items[ranked:index(i)], ranked:positions(i) or {}
  end
  return found, positions
end

--- Sets options, which take precedence over `vim.g.rille`. Calling it is optional.
---@param opts? table
function M.setup(opts)
  local config = lazy.load("rille.nvim.config")
  config.setup(opts)
  if config.get("picker.select") then
    vim.ui.select = M.select
  end
  if config.get("view.above") then
    lazy.load("rille.nvim.viewer.above").enable()
  end
end

--- Opens a picker for any items: see |rille-picker-api|.
---@param opts rille.nvim.pick.options
---@return rille.nvim.pick.handle
function M.pick(opts)
  return lazy.load("rille.nvim.pick").pick(opts)
end

--- Gives a picker a name, by which `:Rille` opens it, without opening it now.
---@param opts rille.nvim.pick.options with a `name`
function M.register(opts)
  return lazy.load("rille.nvim.pick").register(opts)
end

--- Opens a picker for the files of a directory tree, which is walked meanwhile.
---@param opts? rille.nvim.files.options
function M.files(opts)
  return lazy.load("rille.nvim.pickers").files(opts)
end

--- Opens a picker that searches a directory tree while you type.
---@param opts? rille.nvim.grep.options
function M.grep(opts)
  return lazy.load("rille.nvim.pickers").grep(opts)
end

--- Opens a picker for the lines of the current buffer.
---@param opts? rille.nvim.query.options
function M.lines(opts)
  return lazy.load("rille.nvim.pickers").lines(opts)
end

--- Opens a picker for buffers.
---@param opts? rille.nvim.query.options
function M.buffers(opts)
  return lazy.load("rille.nvim.pickers").buffers(opts)
end

--- Opens a picker for help tags.
---@param opts? rille.nvim.query.options
function M.help(opts)
  return lazy.load("rille.nvim.pickers").help(opts)
end

--- What `open` passes to a picker.
---@class rille.nvim.open.options
---@field query? string initial query
---@field context? table of the request for references, as for |vim.lsp.buf.references()|
---@field reuse_win? boolean a place of a language server opens in a window that shows its buffer

local read_open = require("rille.core.options").reader({
  query = { "string" },
  context = { "table" },
  reuse_win = { "boolean" },
})

--- Opens a picker by its name: one of those in |rille-pickers|, or one that has been given a name.
---@param name string
---@param opts? rille.nvim.open.options
function M.open(name, opts)
  local given = read_open(opts, "rille.nvim.open")
  if not lazy.load("rille.nvim.pickers.open").open(name, given) then
    error(("rille.nvim.open: there is no picker '%s'"):format(tostring(name)), 2)
  end
end

--- Makes the functions of `vim.lsp.buf` that list places or symbols open pickers, for example |vim.lsp.buf.references()|. A
--- caller's `on_list` or `loclist` is honored. Calling it again changes nothing.
---@return fun() undo restores the functions
function M.lsp()
  return lazy.load("rille.nvim.lsp").enable()
end

--- Opens the last picker as it was left.
---@param kind? string the last one of this kind, for example "files" or the name of a picker
function M.resume(kind)
  if kind ~= nil and type(kind) ~= "string" then
    error("rille.nvim.resume: kind must be a string, got " .. type(kind), 2)
  end
  return lazy.load("rille.nvim.pickers").resume(kind)
end

--- Opens a picker as `vim.ui.select` does. Set `vim.ui.select = require("rille.nvim").select`, or use the option
--- `picker.select`.
---@param items any[]
---@param opts? table of |vim.ui.select()|, `preview_item` included
---@param on_choice fun(item: any, index: integer?)
function M.select(items, opts, on_choice)
  return lazy.load("rille.nvim.pickers").select(items, opts, on_choice)
end

return M
