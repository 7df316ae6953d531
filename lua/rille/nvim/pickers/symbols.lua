--- Pickers for the symbols of language servers: those of the buffer, and those of the workspace, which are asked for while
--- you type.
local open = require("rille.nvim.pick").open
local request = require("rille.nvim.pickers.request")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Highlight groups of the kinds that have one; other kinds have that of a type.
local GROUPS = {
  Function = "Function",
  Method = "Function",
  Constructor = "Function",
  Variable = "Identifier",
  Field = "Identifier",
  Property = "Identifier",
  Constant = "Constant",
  EnumMember = "Constant",
  Module = "Include",
  Namespace = "Include",
}

--- Cells of the column of kinds.
local KIND_CELLS = 12

local is_modern = vim.fn.has("nvim-0.11") == 1

--- Returns the byte of a column of the protocol, from 1 on.
local function column_of(line, character, encoding)
  if encoding == "utf-8" or character == 0 then
    return math.min(character, #line) + 1
  end
  local ok, byte
  if is_modern then
    ok, byte = pcall(vim.str_byteindex, line, encoding, character, false)
  else
    ok, byte = pcall(vim.str_byteindex, line, character, encoding == "utf-16")
  end
  return (ok and byte or #line) + 1
end

--- Adds symbols to a list, with those that they contain.
---@param list table[]
---@param symbols table[] of the protocol
---@param buf integer
---@param encoding string
---@param container string
---@param depth integer
local function flatten(list, symbols, buf, encoding, container, depth)
  local buffer_name = api.nvim_buf_get_name(buf)
  for _, symbol in ipairs(symbols) do
    local location = symbol.location
    local range = location and location.range or symbol.selectionRange
    local start = range and range.start or { line = 0, character = 0 }
    local path = location and vim.uri_to_fname(location.uri) or buffer_name
    local own, col, end_col = path == buffer_name, start.character + 1, nil
    if own then
      local line = api.nvim_buf_get_lines(buf, start.line, start.line + 1, false)[1] or ""
      col = column_of(line, start.character, encoding)
      if range and range["end"].line == start.line then
        end_col = column_of(line, range["end"].character, encoding)
      end
    end
    list[#list + 1] = {
      text = symbol.name,
      kind = vim.lsp.protocol.SymbolKind[symbol.kind] or "Unknown",
      container = symbol.containerName or container,
      depth = depth,
      bufnr = own and buf or nil,
      path = path,
      lnum = start.line + 1,
      col = col,
      end_lnum = end_col and start.line + 1,
      end_col = end_col,
    }
    if symbol.children then
      flatten(list, symbol.children, buf, encoding, symbol.name, depth + 1)
    end
  end
end

--- Returns a function for the parts of a symbol's row.
---@param with_path boolean
---@return fun(item: table): rille.nvim.part[]
function M.parts(with_path)
  return function(item)
    local kind = item.kind .. (" "):rep(KIND_CELLS - #item.kind)
    local row = { { kind, GROUPS[item.kind] or "Type" }, ("  "):rep(item.depth), item.text }
    if item.container and item.container ~= "" then
      row[#row + 1] = { "  " .. item.container, "RillePath" }
    end
    if with_path then
      local place = ("  %s:%d"):format(vim.fn.fnamemodify(item.path, ":~:."), item.lnum)
      row[#row + 1] = { place, "RilleLine" }
    end
    return row
  end
end

--- Opens a picker for symbols. A key limits them to the kind of the selected one.
---@param spec table fields of `rille.nvim.pick.open`
---@param ask fun(add: fun(symbols: table[]), done: fun(), query?: string): fun()
function M.show(spec, ask)
  local kind, title = nil, spec.title
  spec.items = function(add, done, query)
    return ask(function(symbols)
      add(vim.tbl_filter(function(item)
        return not kind or item.kind == kind
      end, symbols))
    end, done, query)
  end
  spec.keys = {
    ["<C-l>"] = {
      function(picker, item)
        kind = not kind and item and item.kind or nil
        picker:title(title .. (kind and (": %s only"):format(kind) or ""))
        picker:refresh()
      end,
      desc = "only symbols of the selected kind; again: all",
    },
  }
  open(spec)
end

--- Sends the request of a picker.
local function ask(clients, buf, method, params, add, done)
  return request.send(clients, buf, method, params, function(client, result)
    local list = {}
    flatten(list, result, buf, client.offset_encoding, "", 0)
    add(list)
  end, function(failures)
    if failures[1] then
      text_of.notify(failures[1], vim.log.levels.WARN)
    end
    done()
  end)
end

--- Opens a picker for the symbols of the current buffer, in its order.
---@param opts rille.nvim.open.options
function M.document(opts)
  local buf, method = api.nvim_get_current_buf(), "textDocument/documentSymbol"
  local clients = request.clients(buf, method, "symbols")
  if not clients then
    return
  end
  M.show(
    { title = "Symbols", kind = "symbols", query = opts.query, parts = M.parts(false) },
    function(add, done)
      return ask(clients, buf, method, function()
        return { textDocument = vim.lsp.util.make_text_document_params(buf) }
      end, add, done)
    end
  )
end

--- Opens a picker for the symbols of the workspace. The servers search for what you type.
---@param opts rille.nvim.open.options
function M.workspace(opts)
  local buf, method = api.nvim_get_current_buf(), "workspace/symbol"
  local clients = request.clients(buf, method, "symbols of the workspace")
  if not clients then
    return
  end
  M.show({
    title = "Workspace symbols",
    kind = "workspace_symbols",
    query = opts.query,
    live = true,
    parts = M.parts(true),
  }, function(add, done, query)
    return ask(clients, buf, method, function()
      return { query = query }
    end, add, done)
  end)
end

return M
