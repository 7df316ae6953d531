--- Pickers that ask the language servers of the current buffer.
local open = require("rille.nvim.pick").open
local item_of = require("rille.nvim.picker.item")
local places = require("rille.nvim.picker.places")
local request = require("rille.nvim.pickers.request")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Keeps the current place on the tag stack, for `<C-t>`.
local function tag_from(win, name)
  local from = vim.fn.getpos(".")
  from[1] = api.nvim_get_current_buf()
  return function()
    if name ~= "" and api.nvim_win_is_valid(win) then
      vim.fn.settagstack(win, { items = { { tagname = name, from = from } } }, "t")
    end
  end
end

--- Goes to the window that shows a buffer, if there is one.
local function to_window(place)
  local buf = place.bufnr or vim.fn.bufadd(place.path)
  local win = vim.fn.bufwinid(buf)
  if win > 0 then
    api.nvim_set_current_win(win)
  end
end

--- Returns the items of locations, without those that two servers have found.
local function items_of(locations, encoding, seen)
  local items = {}
  for _, item in ipairs(vim.lsp.util.locations_to_items(locations, encoding)) do
    local key = ("%s:%d:%d"):format(item.filename, item.lnum, item.col)
    if not seen[key] then
      seen[key] = true
      local range = item.user_data and (item.user_data.range or item.user_data.targetSelectionRange)
      if range and not item.end_lnum and range["end"].line == range.start.line then
        -- Neovim 0.10 omits the end. The width in bytes is that in characters of ASCII, which names are made of.
        item.end_lnum = item.lnum
        item.end_col = item.col + range["end"].character - range.start.character
      end
      item.text = vim.trim(item.text)
      items[#items + 1] = item
    end
  end
  return items
end

--- Opens a picker for places: at once if there is more than one, and otherwise goes there.
local function show(items, title, kind, opts, go)
  if #items == 1 then
    return go(items[1], "edit")
  end
  open({
    items = items,
    parts = item_of.parts,
    title = title,
    kind = kind,
    query = opts.query,
    icons = true,
    go = go,
  })
end

--- The requests for places.
---@type table<string, { method: string, what: string, title: string }>
M.requests = {
  references = { method = "textDocument/references", what = "references", title = "References" },
  definitions = { method = "textDocument/definition", what = "definitions", title = "Definitions" },
  declarations = { method = "textDocument/declaration", what = "declarations", title = "Declarations" },
  implementations = {
    method = "textDocument/implementation",
    what = "implementations",
    title = "Implementations",
  },
  type_definitions = {
    method = "textDocument/typeDefinition",
    what = "type definitions",
    title = "Type definitions",
  },
  incoming_calls = { method = "textDocument/prepareCallHierarchy", what = "calls", title = "Callers" },
  outgoing_calls = { method = "textDocument/prepareCallHierarchy", what = "calls", title = "Calls" },
}

--- Opens a picker for places that the language servers know, or goes to the only one.
---@param opts rille.nvim.open.options
---@param name string of `M.requests`
function M.locations(opts, name)
  local spec, win, buf = M.requests[name], api.nvim_get_current_win(), api.nvim_get_current_buf()
  local clients = request.clients(buf, spec.method, spec.what)
  if not clients then
    return
  end
  local tag = tag_from(win, vim.fn.expand("<cword>"))
  local found, seen = {}, {}
  local function go(item, how)
    local place = item_of.place(item)
    if place then
      tag()
      if opts.reuse_win and how == "edit" then
        to_window(place)
      end
      places.go(place, how)
    end
  end
  local function finish(failures)
    if #found == 0 then
      return text_of.notify(failures[1] or ("no %s found"):format(spec.what), vim.log.levels.WARN)
    end
    show(found, spec.title, name, opts, go)
  end
  local function params(client)
    local given = vim.lsp.util.make_position_params(win, client.offset_encoding)
    if name == "references" then
      given.context = opts.context or { includeDeclaration = true }
    end
    return given
  end
  local calls = name == "incoming_calls" and "incoming" or name == "outgoing_calls" and "outgoing"
  local asked = {}
  request.send(clients, buf, spec.method, params, function(client, result)
    if calls then
      for _, item in ipairs(result) do
        asked[#asked + 1] = { client, item }
      end
    else
      local list = vim.islist(result) and result or { result }
      vim.list_extend(found, items_of(list, client.offset_encoding, seen))
    end
  end, function(failures)
    if not calls or #asked == 0 then
      return finish(failures)
    end
    M.calls(asked, calls, buf, found, finish)
  end)
end

--- Asks for the calls of items of a call hierarchy.
---@param asked table[] of a client and an item
---@param direction "incoming"|"outgoing"
---@param buf integer
---@param found table[] to which the places are added
---@param finish fun(failures: string[])
function M.calls(asked, direction, buf, found, finish)
  local failures, left, seen = {}, #asked, {}
  for _, pair in ipairs(asked) do
    local client, item = pair[1], pair[2]
    request.send({ client }, buf, ("callHierarchy/%sCalls"):format(direction), function()
      return { item = item }
    end, function(_, result)
      for _, call in ipairs(result) do
        -- Of an incoming call where it is made; of an outgoing one what is called.
        local other = call.from or call.to
        local ranges = call.from and call.fromRanges or { other.selectionRange }
        local locations = {}
        for i, range in ipairs(ranges) do
          locations[i] = { uri = other.uri, range = range }
        end
        for _, place in ipairs(items_of(locations, client.offset_encoding, seen)) do
          place.text = ("%s: %s"):format(other.name, place.text)
          found[#found + 1] = place
        end
      end
    end, function(more)
      vim.list_extend(failures, more)
      left = left - 1
      if left == 0 then
        finish(failures)
      end
    end)
  end
end

return M
