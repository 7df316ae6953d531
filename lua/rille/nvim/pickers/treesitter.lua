--- The picker for the symbols that Tree-sitter finds in the buffer: by the query `tags` of its language, otherwise by the
--- query `locals`, otherwise by the types of the nodes.
local symbols = require("rille.nvim.pickers.symbols")
local sliced = require("rille.nvim.picker.source.sliced")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

--- Milliseconds per turn of the event loop, and number of nodes after which the time is looked at.
local SLICE_MS, NODES = 3, 256
--- Maximum bytes of a symbol's name.
local NAME_BYTES = 200
--- Maximum number of nodes from a function without a name to the assignment that names it.
local NAMED_BY = 2

--- Kinds by a part of a node's type, the first that occurs; and parts of the types of nodes that define nothing.
local KINDS = {
  { "^preproc_.*def$", "Macro" },
  { "constructor", "Constructor" },
  { "method", "Method" },
  { "func", "Function" },
  { "class", "Class" },
  { "interface", "Interface" },
  { "protocol", "Interface" },
  { "trait", "Interface" },
  { "struct", "Struct" },
  { "union", "Struct" },
  { "enumerator", "EnumMember" },
  { "enum", "Enum" },
  { "namespace", "Namespace" },
  { "module", "Module" },
  { "^mod_item", "Module" },
  { "^type_", "Type" },
  { "macro", "Macro" },
  { "^impl_item", "Implementation" },
  { "^const_item", "Constant" },
  { "^static_item", "Constant" },
  { "^atx_heading$", "Heading" },
  { "^setext_heading$", "Heading" },
  { "^tag$", "Tag" },
}
local USES = {
  "call",
  "invocation",
  "body",
  "declarator",
  "identifier",
  "annotation",
  "argument",
  "parameter",
  "index",
  "modifier",
  "reference",
}

--- Kinds by the name in a query, if it is not the same word.
local CAPTURED = { var = "Variable", associated = "Field", import = "Module" }

local kinds = {}

--- Returns the kind of what nodes of a type define, or nil.
local function kind_of(type_name)
  local kind = kinds[type_name]
  if kind == nil then
    kind = false
    for _, one in ipairs(KINDS) do
      if type_name:find(one[1]) then
        kind = one[2]
        break
      end
    end
    for _, part in ipairs(USES) do
      kind = not type_name:find(part, 1, true) and kind
    end
    kinds[type_name] = kind
  end
  return kind or nil
end

--- Returns the kind for the name in a query, such as "definition.function".
local function kind_of_capture(name)
  local last = name:match("([%w_]+)$")
  return CAPTURED[last] or last:sub(1, 1):upper() .. last:sub(2)
end

--- Returns the node that names what a node defines, or nil if it defines nothing by itself.
local function name_of(node, kind)
  if kind == "Heading" then
    return node:field("heading_content")[1] or node
  elseif kind == "Tag" then
    return node:field("text")[1] or node
  end
  local type_name = node:type()
  if type_name:find("specifier$") and not node:field("body")[1] then
    -- Such as `struct name` for the type of a variable.
    return nil
  end
  local name = node:field("name")[1] or kind == "Implementation" and node:field("type")[1] or nil
  if not name then
    -- As in C, where the name is within the type.
    name = node:field("declarator")[1]
    while name and name:field("declarator")[1] do
      name = name:field("declarator")[1]
    end
  end
  local parent = node:parent()
  for _ = 1, (kind == "Function" or kind == "Method") and not name and NAMED_BY or 0 do
    if not parent then
      break
    elseif not kind_of(parent:type()) then
      name = parent:field("name")[1]
        or parent:field("left")[1]
        or parent:type():find("assignment") and parent:named_child(0)
      if name then
        break
      end
    end
    parent = parent:parent()
  end
  return name or nil
end

--- Returns a symbol.
---@param buf integer
---@param kind string
---@param name table the node of its name
---@param node table the node of the whole
local function symbol_of(buf, kind, name, node)
  local row, col, end_row, end_col = name:range()
  local text = vim.treesitter.get_node_text(name, buf)
  text = vim.trim((text:match("[^\n]*"))):sub(1, NAME_BYTES)
  local from_row, from_col, to_row, to_col = node:range()
  return {
    text = text,
    kind = kind,
    bufnr = buf,
    path = api.nvim_buf_get_name(buf),
    lnum = row + 1,
    col = col + 1,
    end_lnum = end_row == row and row + 1 or nil,
    end_col = end_row == row and end_col + 1 or nil,
    range = { from_row, from_col, to_row, to_col },
  }
end

--- Adds the symbols of a query. Of `tags` a match has a name and what it defines; of `locals` a match is a name.
local function by_query(query, root, buf, add)
  for _, match in query:iter_matches(root, buf, 0, -1, { all = true }) do
    local kind, whole, name
    for id, nodes in pairs(match) do
      local capture = query.captures[id]
      -- A list, or a node before 0.11.
      local node = type(nodes) == "table" and nodes[1] or nodes
      if capture == "name" then
        name = node
      elseif capture:find("^definition%.") or capture:find("^local%.definition%.") then
        kind, whole = kind_of_capture(capture), node
      end
    end
    local outer = not name and whole or nil
    while outer and not kind_of(outer:type()) do
      outer = outer:parent()
    end
    add(kind and symbol_of(buf, kind, name or whole, outer or whole))
  end
end

--- Adds the symbols of a node and of those below it, by their types.
local function by_type(node, buf, add)
  local kind = kind_of(node:type())
  local name = kind and name_of(node, kind)
  local parent = kind == "Heading" and node:parent()
  -- A heading has the section that it begins.
  add(name and symbol_of(buf, kind, name, parent and parent:type() == "section" and parent or node))
  for child in node:iter_children() do
    if child:named() then
      by_type(child, buf, add)
    end
  end
end

--- Returns the query of a language that finds symbols, or nil.
local function query_of(language)
  for _, name in ipairs({ "tags", "locals" }) do
    local ok, query = pcall(vim.treesitter.query.get, language, name)
    for _, capture in ipairs(ok and query and query.captures or {}) do
      if capture:find("definition", 1, true) then
        return query
      end
    end
  end
end

--- Sorts symbols by their places, and sets how deep each is in others.
local function arrange(list)
  local function is_after(a, b)
    return a[1] > b[1] or a[1] == b[1] and a[2] > b[2]
  end
  table.sort(list, function(a, b)
    local one, other = a.range, b.range
    if one[1] ~= other[1] or one[2] ~= other[2] then
      return is_after(other, one)
    end
    -- The longer one contains the other.
    return is_after({ one[3], one[4] }, { other[3], other[4] })
  end)
  local open = {}
  for _, item in ipairs(list) do
    while open[1] and not is_after({ open[#open][3], open[#open][4] }, item.range) do
      open[#open] = nil
    end
    item.depth = #open
    open[#open + 1] = item.range
  end
  return list
end

--- Returns an iterator over lists of symbols, of which only the last has any: they are found in several turns.
local function found(parser, buf)
  local list, count, till = {}, 0, 0
  ---@async
  local function add(item)
    list[#list + 1] = item or nil
    count = count + 1
    if count % NODES == 0 and uv.hrtime() > till then
      coroutine.yield({})
    end
  end
  local run = coroutine.create(function()
    parser:for_each_tree(function(tree, language)
      local query = query_of(language:lang())
      if query then
        by_query(query, tree:root(), buf, add)
      else
        by_type(tree:root(), buf, add)
      end
    end)
    return arrange(list)
  end)
  return function()
    if coroutine.status(run) == "dead" then
      return nil
    end
    till = uv.hrtime() + SLICE_MS * 1e6
    local ok, part = coroutine.resume(run)
    if not ok then
      text_of.notify(text_of.reason(part))
    end
    return ok and part or nil
  end
end

--- Parses the text of a parser's buffer, with the languages in it, and then calls a function: later, where that is possible.
local function parse(parser, after)
  if vim.fn.has("nvim-0.11") == 1 then
    parser:parse(true, vim.schedule_wrap(after))
  else
    parser:parse(true)
    after()
  end
end

--- Opens a picker for the symbols that Tree-sitter finds in the buffer.
---@param opts rille.nvim.open.options
function M.open(opts)
  local buf = api.nvim_get_current_buf()
  local ok, parser = pcall(vim.treesitter.get_parser, buf)
  if not ok or not parser then
    local filetype = vim.bo[buf].filetype
    local what = filetype == "" and "a buffer without a file type" or ("the file type `%s`"):format(filetype)
    return text_of.notify("there is no Tree-sitter parser for " .. what, vim.log.levels.WARN)
  end
  symbols.show({
    title = "Tree-sitter symbols",
    kind = "treesitter",
    query = opts.query,
    parts = symbols.parts(false),
  }, function(add, done)
    local stopped, stop = false, nil
    parse(parser, function()
      if not stopped and api.nvim_buf_is_loaded(buf) then
        stop = sliced(function()
          return found(parser, buf)
        end)(add, done)
      elseif not stopped then
        done()
      end
    end)
    return function()
      stopped = true
      if stop then
        stop()
      end
    end
  end)
end

return M
