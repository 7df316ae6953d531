--- The items of a picker: their text, the parts of a row, and their places. Items may have the shape of a quickfix list's.
local paths = require("rille.nvim.paths")

local api = vim.api

local M = {}

--- A part of a row: a text, and the highlight group for it.
---@alias rille.nvim.part string|{ [1]: string, [2]?: string }

--- Returns whether an item has the shape of an entry of |getqflist()|: its row begins with its place.
local function is_entry(item)
  return item.filename ~= nil
    or (item.bufnr ~= nil and item.lnum ~= nil and item.col ~= nil and not item.path)
end

--- Returns the name of an entry's file, relative to the working directory.
local function name_of(item)
  local name = item.filename
  if not name then
    name = api.nvim_buf_is_valid(item.bufnr) and api.nvim_buf_get_name(item.bufnr) or ""
  end
  return name == "" and "[No Name]" or vim.fn.fnamemodify(name, ":~:.")
end

--- Returns the text of a message in one line.
local function one_line(text)
  return text:find("\n", 1, true) and (text:gsub("%s*\n%s*", " ")) or text
end

--- Returns an entry's place and its text.
local function entry(item)
  local lnum = item.lnum and item.lnum > 0 and (":%d: "):format(item.lnum) or ": "
  return name_of(item), lnum, one_line(item.text or "")
end

--- Returns the text of an item that is matched when there is no `format`.
---@param item any
---@return any text not a string if the item has none
function M.text(item)
  if type(item) ~= "table" then
    return item
  elseif is_entry(item) then
    return table.concat({ entry(item) })
  end
  return item.text
end

--- Returns the parts of an item's row when there is no `format`, or nil for its text alone.
---@param item any
---@return rille.nvim.part[]?
function M.parts(item)
  if type(item) == "table" and is_entry(item) then
    local path, lnum, text = entry(item)
    return { { path, "RillePath" }, { lnum, "RilleLine" }, text }
  end
end

--- Returns the place of an item, if it has one.
---@param item any
---@return rille.nvim.place?
function M.place(item)
  if type(item) ~= "table" then
    return nil
  elseif item.filename or (item.lnum == 0 and item.bufnr) then
    local path = item.filename and paths.absolute(item.filename) or nil
    local place = vim.tbl_extend("force", item, { path = path })
    place.bufnr = path and paths.loaded(path) or item.bufnr
    place.bufnr = place.bufnr ~= 0 and place.bufnr or nil
    place.lnum = item.lnum ~= 0 and item.lnum or nil
    place.col = item.col ~= 0 and item.col or nil
    return (place.path or place.bufnr) and place or nil
  end
  return (item.path or item.bufnr) and item or nil
end

--- Returns the text of parts, and the highlights in it: first and last byte and group, flat.
---@param parts string|rille.nvim.part[]
---@return string text
---@return (integer|string)[] spans
function M.joined(parts)
  if type(parts) == "string" then
    return parts, {}
  elseif type(parts) ~= "table" then
    error("format must return a text or a list of parts, got " .. type(parts), 0)
  end
  local texts, spans, at = {}, {}, 0
  for i, part in ipairs(parts) do
    local text, group = part, nil
    if type(part) == "table" then
      text, group = part[1], part[2]
    end
    if type(text) ~= "string" then
      error(("part %d has no text: it is %s"):format(i, type(text)), 0)
    end
    if group and text ~= "" then
      local n = #spans
      spans[n + 1], spans[n + 2], spans[n + 3] = at + 1, at + #text, group
    end
    texts[i], at = text, at + #text
  end
  return table.concat(texts), spans
end

--- Returns a function from an item to the text that is matched, for a caller's `format`.
---@param format? fun(item: any): string|rille.nvim.part[]
---@return (fun(item: any): any)?
function M.text_with(format)
  return format
    and function(item)
      if type(item) == "table" and type(item.text) == "string" then
        return item.text
      end
      return (M.joined(format(item)))
    end
end

return M
