--- The pickers that `:Rille` opens, and that of `vim.ui.select`.
local lazy = require("rille.core.lazy")
local reader = require("rille.core.options").reader
local rille = require("rille")
local paths = require("rille.nvim.paths")
local picker = require("rille.nvim.picker")
local places = require("rille.nvim.picker.places")
local sliced = require("rille.nvim.picker.source.sliced")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

local open = require("rille.nvim.pick").open

local read_search = require("rille.grep.options")
local read_walk = require("rille.walk.options").read
local read_files = reader({ cwd = { "string" }, query = { "string" }, walk = { "table" } })
local read_grep = reader({ cwd = { "string" }, query = { "string", default = "" }, grep = { "table" } })
local read_query = reader({ query = { "string" } })

--- The directory of a picker. It does not change when the working directory does.
---@class rille.nvim.root
---@field path string absolute
---@field title string the directory in the picker's title; empty for the working directory

--- Returns the root for the option `cwd`, or raises an error at the public function's caller.
---@param cwd? string
---@param name string the public function
---@return rille.nvim.root?
local function root_of(cwd, name)
  local here = uv.cwd()
  local path = cwd and paths.absolute(cwd) or here
  if not path then
    text_of.notify("the working directory no longer exists")
    return nil
  end
  local stat = uv.fs_stat(path)
  if not stat or stat.type ~= "directory" then
    error(("%s: %s is not a directory"):format(name, text_of.shown(path)), 3)
  end
  here = here and paths.absolute(here)
  if path == here then
    return { path = path, title = "" }
  elseif here and vim.startswith(path, here .. "/") then
    return { path = path, title = " in " .. path:sub(#here + 2) }
  end
  return { path = path, title = " in " .. vim.fn.fnamemodify(path, ":~") }
end

---@class rille.nvim.files.options
---@field cwd? string the directory; by default the working directory
---@field query? string initial query
---@field walk? rille.walk.options options of the walk, for example hidden files

--- Opens a picker for the files of a tree. The list grows as the tree is walked.
---@param opts? rille.nvim.files.options
function M.files(opts)
  opts = read_files(opts, "rille.nvim.files")
  read_walk(opts.walk, "rille.nvim.files: walk")
  local root = root_of(opts.cwd, "rille.nvim.files")
  if not root then
    return
  end
  lazy.load("rille.nvim.pickers.files").open(root, opts)
end

---@class rille.nvim.grep.options
---@field cwd? string the directory; by default the working directory
---@field query? string initial query
---@field grep? rille.grep.options options of the search; smart case by default

--- Opens a picker that searches a tree while you type. Of a changed buffer the unsaved text is searched.
---@param opts? rille.nvim.grep.options
function M.grep(opts)
  opts = read_grep(opts, "rille.nvim.grep")
  read_search(opts.grep, "rille.nvim.grep: grep")
  if rille.backend ~= "native" then
    text_of.notify("grep needs the native library; see :checkhealth rille")
    return
  end
  local root = root_of(opts.cwd, "rille.nvim.grep")
  if not root then
    return
  end
  local grep = vim.tbl_extend("force", { case = "smart" }, opts.grep or {}, { relative = true })
  -- An invalid option is an error of this call, not of the first key.
  local probe, message = rille.grep("x", root.path, vim.tbl_extend("force", grep, { max_depth = 1 }))
  if not probe then
    error("rille.nvim.grep: " .. message, 2)
  end
  probe:close()
  lazy.load("rille.nvim.pickers.grep").open(root, opts.query, grep)
end

--- Maximum number of a buffer's lines, and of help tags, that are read in one turn of the event loop.
local LINES, TAGS = 5000, 500
--- Maximum number of the line at which the list of lines starts: all lines before it are rows that are kept.
local NEAR = 20000

---@class rille.nvim.query.options
---@field query? string initial query

--- Opens a picker for the lines of the current buffer.
---@param opts? rille.nvim.query.options
function M.lines(opts)
  opts = read_query(opts, "rille.nvim.lines")
  local buf = api.nvim_get_current_buf()
  if paths.view(buf) then
    text_of.notify("a view has only a page of the file: search it with `/`, filter it with `&`")
    return
  end
  local lnum = api.nvim_win_get_cursor(0)[1]
  open({
    title = "Lines",
    kind = "lines",
    query = opts.query,
    selected = not opts.query and lnum > 1 and lnum <= NEAR and lnum or nil,
    parts = function(item)
      return { { ("%4d "):format(item.lnum), "RilleLine" }, item.text }
    end,
    items = sliced(function()
      local at = 0
      return function()
        local lines = api.nvim_buf_is_valid(buf) and api.nvim_buf_get_lines(buf, at, at + LINES, false) or {}
        at = at + #lines
        return #lines > 0 and lines or nil
      end
    end),
    item = function(text, index)
      return { bufnr = buf, lnum = index, text = text }
    end,
  })
end

--- Opens a picker for buffers; the previous buffer is the first row.
---@param opts? rille.nvim.query.options
function M.buffers(opts)
  lazy.load("rille.nvim.pickers.buffers").open(read_query(opts, "rille.nvim.buffers"))
end

--- Opens a picker for help tags.
---@param opts? rille.nvim.query.options
function M.help(opts)
  opts = read_query(opts, "rille.nvim.help")
  open({
    title = "Help",
    kind = "help",
    query = opts.query,
    items = sliced(function()
      local files, at, directory, lines = api.nvim_get_runtime_file("doc/tags", true), 0, nil, nil
      return function()
        local list = {}
        while #list < TAGS do
          local line = lines and lines()
          if line then
            local tag, file = line:match("^([^\t!][^\t]*)\t([^\t]+)\t")
            if tag then
              list[#list + 1] = { text = tag, path = directory .. "/" .. file, find = "*" .. tag .. "*" }
            end
          else
            -- An iterator that has ended must not be called again.
            at, lines = at + 1, nil
            if not files[at] then
              break
            end
            directory = vim.fs.dirname(files[at])
            local opened, each = pcall(io.lines, files[at])
            lines = opened and each or nil
          end
        end
        return #list > 0 and list or nil
      end
    end),
    go = function(item, how)
      local mods = how == "tab" and { tab = vim.fn.tabpagenr() } or { vertical = how == "vsplit" }
      local ok, message = pcall(vim.cmd, { cmd = "help", args = { item.text }, mods = mods })
      if not ok then
        places.report_error(message)
      end
    end,
  })
end

--- Replaces `vim.ui.select` by a picker, with `preview_item`: set `vim.ui.select = require("rille.nvim").select`, or the
--- option `picker.select`.
---@param items any[]
---@param opts? { prompt?: string, kind?: string, format_item?: (fun(item: any): string), preview_item?: (fun(item: any): table) }
---@param on_choice fun(item: any, index: integer?)
function M.select(items, opts, on_choice)
  opts = opts or {}
  if type(items) ~= "table" then
    error("rille.nvim.select: items must be a table, got " .. type(items), 2)
  elseif type(on_choice) ~= "function" then
    error("rille.nvim.select: on_choice must be a function, got " .. type(on_choice), 2)
  end
  open({
    items = items,
    text = opts.format_item or tostring,
    title = (opts.prompt or "Select one of"):gsub(":%s*$", ""),
    kind = "select:" .. (opts.kind or ""),
    -- The caller has continued by then: if the picker opened again, `on_choice` would be called twice.
    forgotten = true,
    preview = opts.preview_item or false,
    layout = not opts.preview_item and "select" or nil,
    place = function() end,
    on_choice = function(item, _, _, info)
      on_choice(item, info.index)
    end,
  })
end

--- Opens the last picker again, or the last one of a kind, in the same state.
---@param kind? string
function M.resume(kind)
  picker.resume(kind)
end

return M
