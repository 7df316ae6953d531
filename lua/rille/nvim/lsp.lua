--- Shows the lists of `vim.lsp.buf` in pickers, by wrapping its functions.
local lazy = require("rille.core.lazy")

local M = {}

local functions = vim.lsp.buf

--- The functions that take options, and the picker of each; the number is the place of the options.
local WRAPPED = {
  declaration = { "declarations", 1 },
  definition = { "definitions", 1 },
  implementation = { "implementations", 1 },
  type_definition = { "type_definitions", 1 },
  references = { "references", 2 },
  document_symbol = { "symbols", 1 },
  workspace_symbol = { "workspace_symbols", 2 },
  incoming_calls = { "incoming_calls" },
  outgoing_calls = { "outgoing_calls" },
}

---@type table<string, { original: function, wrapper: function }>
local wrapped = {}

--- Returns whether a caller wants something else than a picker.
local function is_own(opts)
  return type(opts) == "table" and (opts.on_list ~= nil or opts.loclist ~= nil)
end

local function wrap(name, picker, at)
  local original = functions[name]
  local function wrapper(...)
    local opts = at and (select(at, ...)) or nil
    if is_own(opts) then
      return original(...)
    end
    local first = (...)
    lazy.load("rille.nvim.pickers.open").open(picker, {
      query = name == "workspace_symbol" and type(first) == "string" and first or nil,
      context = name == "references" and type(first) == "table" and first or nil,
      reuse_win = type(opts) == "table" and opts.reuse_win or nil,
    })
  end
  wrapped[name] = { original = original, wrapper = wrapper }
  rawset(functions, name, wrapper)
end

--- Restores the functions; those that others have wrapped since stay.
local function unwrap()
  for name, entry in pairs(wrapped) do
    if functions[name] == entry.wrapper then
      rawset(functions, name, entry.original)
    end
  end
  wrapped = {}
end

--- Wraps the functions, once.
---@return fun() undo restores them
function M.enable()
  if next(wrapped) == nil then
    for name, entry in pairs(WRAPPED) do
      if functions[name] then
        wrap(name, entry[1], entry[2])
      end
    end
  end
  return unwrap
end

return M
