--- The pickers that search a tree while you type: for a pattern, and for the word under the cursor.
local ffi = require("ffi")
local lazy = require("rille.core.lazy")
local rille = require("rille")
local config = require("rille.nvim.config")
local paths = require("rille.nvim.paths")
local handles = require("rille.nvim.picker.handle")
local picker = require("rille.nvim.picker")
local texts_of = require("rille.nvim.picker.source.texts")
local text_of = require("rille.nvim.text")
local toggles = require("rille.nvim.picker.toggles")

local api = vim.api

local M = {}

--- Returns the unsaved texts of files below a root, by the paths that a search returns for them, and how many are too large:
--- for these buffers their files are searched.
---@param base string the root with a slash at its end
local function unsaved(base)
  local known = texts_of.new()
  return function(directory)
    local texts, large = {}, 0
    local start = directory and base .. directory .. "/" or base
    for _, buf in ipairs(api.nvim_list_bufs()) do
      local name = api.nvim_buf_get_name(buf)
      local changed = vim.bo[buf].modified and vim.bo[buf].buftype == "" and vim.startswith(name, start)
      if changed and texts_of.is_large(buf) then
        large = large + 1
      elseif changed then
        texts[name:sub(#start + 1)] = known:get(buf)
      end
    end
    return texts, large
  end
end

--- The toggles: their names in the title, keys and descriptions, and the options that they set. The first three are for any
--- text, the others for files.
---@type rille.nvim.toggle[]
M.toggles = {
  {
    name = "fixed",
    key = "<M-f>",
    about = "the pattern is text, or a regular expression",
    option = "fixed",
  },
  { name = "word", key = "<M-w>", about = "whole words only, or not", option = "word" },
  {
    name = "case",
    key = "<M-c>",
    about = "case matters, or only for a pattern with a capital letter",
    option = "case",
    on = "respect",
    off = "smart",
  },
  { name = "hidden", key = "<M-h>", about = "hidden files too, or not", option = "hidden" },
  {
    name = "ignored",
    key = "<M-i>",
    about = "ignored files too, or not",
    option = "ignore",
    on = false,
    off = true,
  },
}

--- Returns the text of a found line, without its indentation.
local function trimmed(item)
  return (item.text:gsub("^%s+", ""))
end

--- How found lines become the items of a picker that refines them.
M.freeze = {
  text = function(item)
    return ("%s:%d: %s"):format(item.path, item.lnum, trimmed(item))
  end,
  parts = function(item)
    return { { item.path, "RillePath" }, { (":%d: "):format(item.lnum), "RilleLine" }, trimmed(item) }
  end,
  put = function(buffer, item)
    local text = item.text
    local from = text:find("%S") or #text + 1
    buffer:put(item.path, ":", item.lnum, ": ")
    buffer:putcdata(ffi.cast("const char *", text) + (from - 1), #text - from + 1)
    return not text:find("\n", 1, true)
  end,
  key = function(item)
    return lazy.load("rille.nvim.picker.source.search").key(item)
  end,
}

--- Returns the place of a found line.
---@param item table
---@param path? string absolute path of its file
---@param buf? integer its buffer, which takes precedence over the file
---@return rille.nvim.place
function M.place(item, path, buf)
  local first, last = item.spans[1], item.spans[2]
  return {
    path = path,
    bufnr = buf,
    lnum = item.lnum,
    col = item.col,
    end_lnum = item.lnum,
    end_col = first and item.col + last - first + 1 or nil,
    text = item.text,
    offset = item.offset,
  }
end

--- Opens a picker that searches a tree.
---@param root { path: string, title: string }
---@param query string
---@param grep rille.grep.options
---@param kind? string
---@return rille.nvim.pick.handle
function M.open(root, query, grep, kind)
  local base = root.path == "/" and "/" or root.path .. "/"
  local keys, title = toggles.keys("Grep" .. root.title, M.toggles, grep)
  local spec = {
    title = title,
    kind = kind or "grep",
    query = query,
    icons = true,
    keys = keys,
    freeze = M.freeze,
    handle = handles.new(),
    source = function(on_news)
      return lazy.load("rille.nvim.picker.source.search").new({
        root = root.path,
        grep = grep,
        limit = config.get("grep.limit"),
        texts = unsaved(base),
      }, on_news)
    end,
    place = function(item)
      local path = base .. item.path
      return M.place(item, path, paths.loaded(path))
    end,
  }
  picker.open(spec)
  return spec.handle
end

--- Returns the selected text if it is within a line, otherwise the word under the cursor.
---@return string text
---@return boolean is_word
local function text_here()
  local mode = vim.fn.mode()
  if mode:find("^[vV\22]") then
    local lines = vim.fn.getregion(vim.fn.getpos("v"), vim.fn.getpos("."), { type = mode })
    return vim.trim(lines[1] or ""), false
  end
  return vim.fn.expand("<cword>"), true
end

--- Searches the tree for the word under the cursor, or for the selected text.
function M.word()
  local text, is_word = text_here()
  if text == "" then
    return text_of.notify("there is no word under the cursor", vim.log.levels.WARN)
  elseif rille.backend ~= "native" then
    return text_of.notify("grep needs the native library; see :checkhealth rille")
  end
  local here = (vim.uv or vim.loop).cwd()
  if not here then
    return text_of.notify("the working directory no longer exists")
  end
  local root = { path = paths.absolute(here), title = "" }
  M.open(root, text, { case = "smart", fixed = true, word = is_word, relative = true }, "grep_word")
end

return M
