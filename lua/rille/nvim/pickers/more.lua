--- Pickers for the last pickers, projects, manual pages, the states of undo, and the lines of all buffers.
local lazy = require("rille.core.lazy")
local frecency = require("rille.nvim.frecency")
local open = require("rille.nvim.pick").open
local paths = require("rille.nvim.paths")
local picker = require("rille.nvim.picker")
local recent = require("rille.nvim.picker.recent")
local sliced = require("rille.nvim.picker.source.sliced")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Maximum number of files whose projects are looked for, and of lines that are read in one turn of the event loop.
local FILES, LINES = 1000, 5000
--- What is in the top directory of a project.
local MARKERS = { ".git", ".hg", ".svn", ".jj" }

--- Opens a picker for the last pickers; the chosen one opens as it was left.
---@param opts rille.nvim.open.options
function M.resumes(opts)
  local items = {}
  for _, left in ipairs(recent.all()) do
    if not left.spec.once then
      local query = left.query or ""
      items[#items + 1] = { text = ("%s %s"):format(left.spec.title, query), left = left, query = query }
    end
  end
  if #items == 0 then
    return text_of.notify("there is nothing to resume", vim.log.levels.WARN)
  end
  open({
    title = "Resume",
    kind = "resumes",
    query = opts.query,
    items = items,
    parts = function(item)
      return { { item.left.spec.title .. " ", "RillePath" }, item.query }
    end,
    preview = false,
    forgotten = true,
    go = function(item)
      picker.reopen(item.left)
    end,
  })
end

--- Returns the top directories of the projects of files that were opened, the one of the most frequent file first.
local function projects()
  local list, seen, tops = {}, {}, {}
  for _, entry in ipairs(frecency.below("/", FILES)) do
    local directory = vim.fs.dirname(entry.path)
    if tops[directory] == nil then
      tops[directory] = vim.fs.root(directory, MARKERS) or false
    end
    local top = tops[directory]
    if top and not seen[top] then
      seen[top] = true
      list[#list + 1] = vim.fn.fnamemodify(top, ":~")
    end
  end
  return list
end

--- Opens a picker for projects; a picker for the files of the chosen one follows.
---@param opts rille.nvim.open.options
function M.projects(opts)
  local list = projects()
  if #list == 0 then
    return text_of.notify("no file of a project was opened yet", vim.log.levels.INFO)
  end
  open({
    title = "Projects",
    kind = "projects",
    query = opts.query,
    items = list,
    fuzzy = { scheme = "path" },
    preview = function(name)
      local lines = {}
      for entry, kind in vim.fs.dir(paths.absolute(name)) do
        lines[#lines + 1] = entry .. (kind == "directory" and "/" or "")
      end
      table.sort(lines)
      return { lines = lines, title = name, number = false }
    end,
    place = function() end,
    keys = {
      ["<C-l>"] = {
        function(handle, name)
          handle:close(function()
            if name then
              vim.cmd.cd({ args = { vim.fn.fnameescape(paths.absolute(name)) } })
            end
          end)
        end,
        desc = "make the project the working directory",
      },
    },
    go = function(name)
      lazy.load("rille.nvim.pickers").files({ cwd = paths.absolute(name) })
    end,
  })
end

--- Runs a command, and calls a function with its output.
local function run(command, on_done)
  local ok, process = pcall(
    vim.system,
    command,
    { env = { MANPAGER = "cat", MANWIDTH = "80" } },
    vim.schedule_wrap(function(ended)
      on_done(ended.stdout or "")
    end)
  )
  return ok and process or nil
end

--- Opens a picker for manual pages.
---@param opts rille.nvim.open.options
function M.man(opts)
  if vim.fn.executable("man") == 0 then
    return text_of.notify("there is no program `man`", vim.log.levels.WARN)
  end
  open({
    title = "Manual pages",
    kind = "man",
    query = opts.query,
    items = function(add, done)
      return run({ "man", "-k", "." }, function(output)
        add(output)
        done()
      end)
    end,
    parts = function(line)
      local name, about = line:match("^(.-%))%s*%-%s*(.*)$")
      return { { name or line, "Identifier" }, { about and "  " .. about or "", "RillePath" } }
    end,
    preview = function(line, show)
      local name, section = line:match("^(%S+)%s*%((%w+)%)")
      run({ "man", section or "1", name or line }, function(output)
        show({ lines = (output:gsub(".\b", "")), filetype = "man", title = name })
      end)
    end,
    place = function() end,
    go = function(line, how)
      local name, section = line:match("^(%S+)%s*%((%w+)%)")
      local mods = how == "tab" and { tab = vim.fn.tabpagenr() } or { vertical = how == "vsplit" }
      local ok, message =
        pcall(vim.cmd, { cmd = "Man", args = { section or "1", name or line }, mods = mods })
      if not ok then
        text_of.notify(text_of.reason(message))
      end
    end,
  })
end

--- Returns the states of a list of the undo tree, with those of its branches.
local function states(entries, list, is_branch)
  for _, entry in ipairs(entries) do
    list[#list + 1] =
      { seq = entry.seq, time = entry.time, is_branch = is_branch, is_saved = entry.save ~= nil }
    if entry.alt then
      states(entry.alt, list, true)
    end
  end
  return list
end

--- Returns a hidden buffer with the text and the undo tree of another one.
local function twin(buf)
  local copy, file = api.nvim_create_buf(false, true), vim.fn.tempname()
  vim.bo[copy].undolevels = vim.bo[buf].undolevels
  api.nvim_buf_set_lines(copy, 0, -1, false, api.nvim_buf_get_lines(buf, 0, -1, false))
  vim.bo[copy].fileformat, vim.bo[copy].endofline = vim.bo[buf].fileformat, vim.bo[buf].endofline
  api.nvim_buf_call(buf, function()
    vim.cmd("silent! wundo! " .. vim.fn.fnameescape(file))
  end)
  api.nvim_buf_call(copy, function()
    vim.cmd("silent! rundo " .. vim.fn.fnameescape(file))
  end)
  vim.fn.delete(file)
  return copy
end

--- Opens a picker for the states of the buffer, the latest first. The preview is what a state would change.
---@param opts rille.nvim.open.options
function M.undo(opts)
  local buf = api.nvim_get_current_buf()
  local list, now = states(vim.fn.undotree().entries, {}, false), os.time()
  if #list == 0 then
    return text_of.notify("this buffer has not been changed", vim.log.levels.INFO)
  end
  table.sort(list, function(a, b)
    return a.seq > b.seq
  end)
  local age = lazy.load("rille.nvim.pickers.files").age
  for _, item in ipairs(list) do
    item.age = age(now - item.time)
    item.text = ("%d  %s ago"):format(item.seq, item.age)
  end
  local current = table.concat(api.nvim_buf_get_lines(buf, 0, -1, false), "\n") .. "\n"
  local copy
  open({
    title = "Undo",
    kind = "undo",
    query = opts.query,
    items = list,
    sort = false,
    parts = function(item)
      local notes = (item.is_branch and "  another branch" or "") .. (item.is_saved and "  saved" or "")
      return { item.text, { notes, "RillePath" } }
    end,
    preview = function(item)
      copy = copy or twin(buf)
      api.nvim_buf_call(copy, function()
        vim.cmd("silent! undo " .. item.seq)
      end)
      local text = table.concat(api.nvim_buf_get_lines(copy, 0, -1, false), "\n") .. "\n"
      local diff = vim.diff(current, text, { ctxlen = 3 })
      return { lines = diff == "" and "the current text" or diff, filetype = "diff", number = false }
    end,
    on_close = function()
      if copy and api.nvim_buf_is_valid(copy) then
        api.nvim_buf_delete(copy, { force = true })
      end
      copy = nil
    end,
    go = function(item)
      vim.cmd("undo " .. item.seq)
    end,
  })
end

--- Opens a picker for the lines of all open buffers.
---@param opts rille.nvim.open.options
function M.all_lines(opts)
  --- The index of the first line of each buffer.
  local starts = {}
  local items = sliced(function()
    local buffers, at, total = {}, 0, 0
    for _, buf in ipairs(api.nvim_list_bufs()) do
      if vim.bo[buf].buflisted and api.nvim_buf_is_loaded(buf) and not paths.view(buf) then
        buffers[#buffers + 1] = buf
      end
    end
    starts = {}
    local current
    return function()
      while true do
        if not current then
          current, at = table.remove(buffers, 1), 0
          if not current then
            return nil
          end
          starts[#starts + 1] = { total, current, vim.fn.fnamemodify(api.nvim_buf_get_name(current), ":~:.") }
        end
        local lines = api.nvim_buf_is_valid(current)
            and api.nvim_buf_get_lines(current, at, at + LINES, false)
          or {}
        if #lines > 0 then
          at, total = at + #lines, total + #lines
          return lines
        end
        current = nil
      end
    end
  end)
  open({
    title = "Lines of all buffers",
    kind = "all_lines",
    query = opts.query,
    items = items,
    item = function(text, index)
      local from = 1
      while starts[from + 1] and starts[from + 1][1] < index do
        from = from + 1
      end
      local start = starts[from]
      return { bufnr = start[2], lnum = index - start[1], text = text, name = start[3] }
    end,
    parts = function(item)
      local name = item.name ~= "" and item.name or "[No Name]"
      return { { name, "RillePath" }, { (":%d: "):format(item.lnum), "RilleLine" }, item.text }
    end,
  })
end

return M
