--- Pickers for files: those of a tree, the same after open buffers and files that are often opened, and recent files.
local rille = require("rille")
local frecency = require("rille.nvim.frecency")
local open = require("rille.nvim.pick").open
local paths = require("rille.nvim.paths")
local handles = require("rille.nvim.picker.handle")
local sliced = require("rille.nvim.picker.source.sliced")
local toggles = require("rille.nvim.picker.toggles")
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

--- The toggles of a walk.
local TOGGLES = {
  { name = "hidden", key = "<M-h>", about = "hidden files too, or not", option = "hidden" },
  {
    name = "ignored",
    key = "<M-i>",
    about = "ignored files too, or not",
    option = "ignore",
    on = false,
    off = true,
  },
  { name = "follow", key = "<M-l>", about = "follow symbolic links, or not", option = "follow" },
  -- This one is no option of the walk: a glob would also find hidden and ignored files.
  {
    name = "type",
    key = "<M-t>",
    about = "only files of the type of the selected file, or all",
    option = "only",
    is_filter = true,
    choose = function(path)
      local name = path:match("[^/]*$")
      return name:match("^.+(%.[^.]+)$") or name
    end,
  },
}

--- Maximum number of recent files.
local RECENT = 2000
--- Maximum number of frequent files at the top of the list, and number of files that are looked for in one turn of the event
--- loop.
local FREQUENT, LOOKED_UP = 200, 200
--- Boost of an open buffer, and maximum of one for a frequent file: a matching letter scores 16 to 26.
local BUFFER_BOOST, FREQUENT_BOOST = 40, 30

--- Returns a query without the line and column at its end.
local function without_line(query)
  return (query:gsub(":%d*:?%d*$", ""))
end

--- Lists the files of a tree without the library: slower, and without regard to ignore files.
local function listed(root)
  return sliced(function()
    local walk, over = vim.fs.dir(root, { depth = 20 }), false
    return function()
      local list = {}
      while not over and #list < 200 do
        local name, kind = walk()
        if not name then
          over = true
        elseif kind ~= "directory" and not name:find("^%.") and not name:find("/.", 1, true) then
          list[#list + 1] = name
        end
      end
      return #list > 0 and list or nil
    end
  end)
end

--- Opens a picker for the files of a tree.
---@param root { path: string, title: string }
---@param given { query?: string, walk?: rille.walk.options }
---@param more? { title: string, kind: string, keys?: table<string, rille.nvim.pick.key>, boosts?: integer[], first?: fun(): string[] } `first` returns the files at the top
function M.open(root, given, more)
  more = more or { title = "Files", kind = "files" }
  local walk = vim.tbl_extend("force", given.walk or {}, { relative = true })
  local title, keys = more.title .. root.title, more.keys or {}
  local items = listed(root.path)
  if rille.backend == "native" then
    local function start(opts)
      opts = vim.tbl_extend("force", opts, {})
      opts.only = nil
      local job, message = rille.walk(root.path, opts)
      return job or error(message, 0)
    end
    -- Now, so that an invalid option is an error of this call.
    local checked = start(walk)
    items = function(add)
      if not more.first then
        local job = checked or start(walk)
        checked = nil
        return job
      end
      local first = more.first()
      add(first)
      -- The walk leaves them out.
      local globs = vim.list_extend({}, walk.globs or {})
      for _, path in ipairs(first) do
        globs[#globs + 1] = "!/" .. path:gsub("[*?%[%]{}!\\]", "\\%0")
      end
      return start(vim.tbl_extend("force", walk, { globs = #globs > 0 and globs or nil }))
    end
    if more.first then
      checked:close()
      checked = nil
    end
    local own
    own, title = toggles.keys(title, TOGGLES, walk)
    keys = vim.tbl_extend("force", own, keys)
  end
  local base, handle = root.path == "/" and "/" or root.path .. "/", handles.new()
  open({
    items = items,
    boosts = more.boosts,
    fuzzy = { scheme = "path" },
    title = title,
    kind = more.kind,
    query = given.query,
    icons = true,
    keys = keys,
    handle = handle,
    strip = function(query)
      query = without_line(query)
      -- One more term: the end of the name.
      return walk.only and ("%s %s$"):format(query, (walk.only:gsub(" ", "\\ "))) or query
    end,
    place = function(path)
      local lnum, col = handle:query():match(":(%d+):?(%d*)$")
      return { path = base .. path, lnum = tonumber(lnum), col = tonumber(col) }
    end,
  })
end

--- Returns the path of a file below a directory, or nil.
local function below(base, path)
  return vim.startswith(path, base) and path:sub(#base + 1) or nil
end

--- Returns the open files below a directory, the last used first, without the current one.
local function open_files(base, current)
  local list = {}
  for _, info in ipairs(vim.fn.getbufinfo({ buflisted = 1 })) do
    local name = vim.bo[info.bufnr].buftype == "" and below(base, info.name)
    if name and info.bufnr ~= current and uv.fs_stat(info.name) then
      list[#list + 1] = { name, info.lastused, info.bufnr }
    end
  end
  table.sort(list, function(a, b)
    return a[2] > b[2] or (a[2] == b[2] and a[3] > b[3])
  end)
  return list
end

--- Returns the working directory, or nil with a message.
local function here()
  local path = uv.cwd()
  if not path then
    text_of.notify("the working directory no longer exists")
    return nil
  end
  return paths.absolute(path)
end

--- The key that drops an entry.
local function forget(path_of)
  return {
    function(picker, item)
      if item then
        frecency.forget(path_of(item))
        picker:refresh()
      end
    end,
    desc = "forget how often the file was opened",
  }
end

--- Opens a picker for open files, then for those that are opened often and recently, then for all files of the tree.
---@param opts rille.nvim.open.options
function M.smart(opts)
  local directory = here()
  if not directory then
    return
  end
  local base, current, boosts = directory == "/" and "/" or directory .. "/", api.nvim_get_current_buf(), {}
  local own = below(base, api.nvim_buf_get_name(current))
  local function first()
    local list, seen, now = {}, {}, os.time()
    for i = #boosts, 1, -1 do
      boosts[i] = nil
    end
    for _, one in ipairs(open_files(base, current)) do
      list[#list + 1], boosts[#boosts + 1], seen[one[1]] = one[1], BUFFER_BOOST, true
    end
    for _, entry in ipairs(frecency.below(base, FREQUENT)) do
      local name = below(base, entry.path)
      if not seen[name] and name ~= own and uv.fs_stat(entry.path) then
        local score = frecency.score(entry, now)
        list[#list + 1], boosts[#boosts + 1] = name, math.floor(FREQUENT_BOOST * score / (score + 1))
      end
    end
    return list
  end
  M.open({ path = directory, title = "" }, opts, {
    title = "Smart",
    kind = "smart",
    first = first,
    boosts = boosts,
    keys = {
      ["<C-d>"] = forget(function(path)
        return base .. path
      end),
    },
  })
end

--- Returns how long ago something was, in one unit.
---@param seconds number
---@return string
function M.age(seconds)
  for _, unit in ipairs({
    { 86400 * 365, "y" },
    { 86400 * 7, "w" },
    { 86400, "d" },
    { 3600, "h" },
    { 60, "m" },
  }) do
    if seconds >= unit[1] then
      return ("%d%s"):format(seconds / unit[1], unit[2])
    end
  end
  return ("%ds"):format(math.max(0, seconds))
end

--- Returns recent files: those of this and other Neovims, the latest first, then those that Neovim remembers.
local function recent(base)
  local list, known, now = frecency.below(base, RECENT), {}, os.time()
  for _, entry in ipairs(list) do
    known[entry.path] = true
  end
  table.sort(list, function(a, b)
    return a.last > b.last or (a.last == b.last and a.path < b.path)
  end)
  for _, name in ipairs(vim.v.oldfiles) do
    local path = paths.absolute(name)
    if path and not known[path] then
      known[path] = true
      list[#list + 1] = { path = path }
    end
  end
  return sliced(function()
    local at = 0
    return function()
      local part = {}
      while #part == 0 and at < #list do
        for i = at + 1, math.min(at + LOOKED_UP, #list) do
          local path, last = list[i].path, list[i].last
          local name = below(base, path)
          if name and uv.fs_stat(path) then
            local age = last and M.age(now - last) or ""
            name = base == "/" and vim.fn.fnamemodify(path, ":~") or name
            part[#part + 1] = { text = name, path = path, age = age }
          end
        end
        at = at + LOOKED_UP
      end
      return #part > 0 and part or nil
    end
  end)
end

--- Opens a picker for recent files below the working directory; a key shows all.
---@param opts rille.nvim.open.options
function M.recent(opts)
  local directory = here()
  if not directory then
    return
  end
  local base, is_all = directory == "/" and "/" or directory .. "/", false
  open({
    title = "Recent files",
    kind = "recent",
    query = opts.query,
    icons = true,
    fuzzy = { scheme = "path" },
    items = function(add, done)
      return recent(is_all and "/" or base)(add, done)
    end,
    parts = function(item)
      return { { ("%4s "):format(item.age), "RilleLine" }, item.text }
    end,
    keys = {
      ["<C-l>"] = {
        function(picker)
          is_all = not is_all
          picker:title("Recent files" .. (is_all and " [all]" or ""))
          picker:refresh()
        end,
        desc = "files of all directories, or of this one",
      },
      ["<C-d>"] = forget(function(item)
        return item.path
      end),
    },
  })
end

return M
