--- The picker that searches the text of open buffers while you type, also of those that are modified or have no file.
local lazy = require("rille.core.lazy")
local rille = require("rille")
local config = require("rille.nvim.config")
local grep = require("rille.nvim.pickers.grep")
local handles = require("rille.nvim.picker.handle")
local paths = require("rille.nvim.paths")
local picker = require("rille.nvim.picker")
local sliced = require("rille.nvim.picker.source.sliced")
local texts_of = require("rille.nvim.picker.source.texts")
local text_of = require("rille.nvim.text")
local toggles = require("rille.nvim.picker.toggles")

local api = vim.api

local M = {}

--- Path of the text of the n-th buffer in the search. It is in no tree, so that each text is searched.
local PATH = "/\1/%06d"

--- Returns the listed buffers with a text in memory: the current one, then the last used first; and the number of those
--- that are too large.
local function buffers()
  local list, current, large = {}, api.nvim_get_current_buf(), 0
  for _, info in ipairs(vim.fn.getbufinfo({ buflisted = 1, bufloaded = 1 })) do
    if paths.view(info.bufnr) or texts_of.is_large(info.bufnr) then
      large = large + 1
    else
      list[#list + 1] = info
    end
  end
  table.sort(list, function(a, b)
    if a.bufnr == current or b.bufnr == current then
      return a.bufnr == current and b.bufnr ~= current
    end
    return a.lastused > b.lastused or a.lastused == b.lastused and a.bufnr > b.bufnr
  end)
  return vim.tbl_map(function(info)
    return info.bufnr
  end, list), large
end

--- Returns the name of a buffer for its rows.
local function name_of(buf)
  local name = api.nvim_buf_get_name(buf)
  return name == "" and ("[No Name] #%d"):format(buf) or vim.fn.fnamemodify(name, ":~:.")
end

--- Makes the source.
---@param opts rille.grep.options which the toggles change
---@param on_news fun()
local function source(opts, on_news)
  local list, large = buffers()
  local texts, names = texts_of.new(), vim.tbl_map(name_of, list)
  return lazy.load("rille.nvim.picker.source.search").new({
    root = vim.env.VIMRUNTIME,
    grep = opts,
    limit = config.get("grep.limit"),
    is_narrowed = false,
    large = "%d not searched, too large",
    prepare = function(done)
      return sliced(function()
        return texts:reader(list)
      end)(function() end, done)
    end,
    texts = function()
      local by_path = {}
      for i, buf in ipairs(list) do
        by_path[PATH:format(i)] = api.nvim_buf_is_loaded(buf) and texts:get(buf) or nil
      end
      return by_path, large
    end,
    item = function(item)
      local i = tonumber(item.path:match("%d+$"))
      item.bufnr, item.path = list[i], names[i]
    end,
  }, on_news)
end

--- Opens a picker that searches the text of open buffers.
---@param given rille.nvim.open.options
function M.open(given)
  if rille.backend ~= "native" then
    return text_of.notify("grep needs the native library; see :checkhealth rille")
  end
  -- Of the directory that is passed no file is searched.
  local opts = { case = "smart", binary = true, globs = { "/\1" }, max_depth = 1 }
  local keys, title = toggles.keys("Grep buffers", vim.list_slice(grep.toggles, 1, 3), opts)
  picker.open({
    title = title,
    kind = "grep_buffers",
    query = given.query or "",
    icons = true,
    keys = keys,
    freeze = grep.freeze,
    handle = handles.new(),
    source = function(on_news)
      return source(opts, on_news)
    end,
    place = function(item)
      return grep.place(item, nil, item.bufnr)
    end,
  })
end

return M
