--- Pickers for what has changed in a repository: its files, and its hunks.
local git = require("rille.nvim.pickers.git")
local open = require("rille.nvim.pick").open
local question_of = require("rille.nvim.question")

local M = {}

--- Highlight groups of the states of a file.
local GROUPS = { ["?"] = "DiagnosticInfo", D = "DiagnosticError", U = "DiagnosticError", A = "DiagnosticOk" }

--- Returns the items of `git status --porcelain -z`.
---@param out string
---@param root string
---@return table[]
function M.parse_status(out, root)
  local items, entries, i = {}, vim.split(out, "\0", { plain = true }), 1
  while entries[i] and #entries[i] > 3 do
    local state, path = entries[i]:sub(1, 2), entries[i]:sub(4)
    local from
    if state:find("[RC]") then
      -- The previous name follows.
      i = i + 1
      from = entries[i]
    end
    items[#items + 1] = { text = path, state = state, from = from, name = path, path = root .. "/" .. path }
    i = i + 1
  end
  return items
end

local function status_parts(item)
  local index, tree = item.state:sub(1, 1), item.state:sub(2, 2)
  return {
    { index, index == "?" and GROUPS["?"] or "DiagnosticOk" },
    { tree .. " ", GROUPS[tree] or "DiagnosticWarn" },
    item.text,
    item.from and { " from " .. item.from, "RillePath" } or nil,
  }
end

--- Returns the function of a key that runs git for the marked items, or the selected one.
local function changes(root, arguments, question)
  return function(picker, item, marked)
    local items = #marked > 0 and marked or { item }
    local names = vim.tbl_map(function(one)
      return one.name
    end, items)
    if #names == 0 or question and not question_of.ask(question(items)) then
      return
    end
    local left = 0
    for _, command in ipairs(arguments(items, names)) do
      left = left + 1
      git.change(root, command, function()
        left = left - 1
        if left == 0 then
          picker:refresh()
          vim.cmd.checktime()
        end
      end)
    end
  end
end

local function discard(items, names)
  local untracked, tracked = {}, {}
  for i, item in ipairs(items) do
    table.insert(item.state == "??" and untracked or tracked, names[i])
  end
  local commands = {}
  if #tracked > 0 then
    commands[1] = vim.list_extend({ "restore", "--staged", "--worktree", "--source=HEAD", "--" }, tracked)
  end
  if #untracked > 0 then
    commands[#commands + 1] = vim.list_extend({ "clean", "-f", "-q", "--" }, untracked)
  end
  return commands
end

--- Opens a picker for the files that differ from the last commit.
---@param opts rille.nvim.open.options
function M.status(opts)
  git.with_root(function(root)
    local arguments = { "status", "--porcelain", "-z", "--untracked-files=all" }
    open({
      title = "Git status",
      kind = "git_status",
      query = opts.query,
      icons = true,
      fuzzy = { scheme = "path" },
      parts = status_parts,
      items = git.items(root, arguments, function(out)
        return M.parse_status(out, root)
      end),
      preview = git.preview(root, function(item)
        if item.state == "??" then
          return nil
        end
        return { "diff", "--no-color", "--no-ext-diff", "HEAD", "--", item.name }, item.name
      end),
      keys = {
        ["<C-s>"] = {
          changes(root, function(_, names)
            return { vim.list_extend({ "add", "--" }, names) }
          end),
          desc = "stage the marked files, or the selected file",
        },
        ["<M-s>"] = {
          changes(root, function(_, names)
            return { vim.list_extend({ "reset", "-q", "--" }, names) }
          end),
          desc = "unstage them",
        },
        ["<C-d>"] = {
          changes(root, discard, function(items)
            local what = #items == 1 and items[1].name or ("%d files"):format(#items)
            return ("Discard all changes of %s?"):format(what)
          end),
          desc = "discard their changes, after a question",
        },
      },
    })
  end)
end

--- Returns the hunks of a diff without context.
---@param out string
---@param root string
---@return table[]
function M.parse_hunks(out, root)
  local items, header, name, hunk = {}, {}, nil, nil
  local function flush()
    if hunk then
      local text = hunk.added[1] or hunk.removed[1] or ""
      hunk.text = ("%s:%d %s"):format(hunk.name, hunk.lnum, vim.trim(text))
      hunk.shown = vim.trim(text)
      hunk.patch = table.concat(vim.list_extend(vim.list_extend({}, hunk.header), hunk.lines), "\n") .. "\n"
      items[#items + 1] = hunk
      hunk = nil
    end
  end
  for _, line in ipairs(vim.split(out, "\n", { plain = true })) do
    local lnum, count = line:match("^@@ %-%S+ %+(%d+),?(%d*) @@")
    if line:find("^diff %-%-git ") then
      flush()
      header, name = { line }, nil
    elseif lnum then
      flush()
      -- Of removed lines, the line before them.
      lnum = math.max(1, tonumber(lnum))
      hunk = {
        name = name,
        path = root .. "/" .. (name or ""),
        lnum = lnum,
        end_lnum = lnum + math.max(1, tonumber(count) or 1) - 1,
        header = header,
        lines = { line },
        added = {},
        removed = {},
      }
    elseif hunk and line:find("^[+-\\]") then
      hunk.lines[#hunk.lines + 1] = line
      if line:find("^[+-]") then
        table.insert(line:sub(1, 1) == "+" and hunk.added or hunk.removed, line:sub(2))
      end
    elseif not hunk and line ~= "" then
      header[#header + 1] = line
      local file = line:match("^%+%+%+ b/(.*)$") or line:match("^%-%-%- a/(.*)$")
      name = file or name
    end
  end
  flush()
  return items
end

local function hunk_parts(item)
  return {
    { item.name, "RillePath" },
    { (":%d "):format(item.lnum), "RilleLine" },
    { ("+%d "):format(#item.added), "DiagnosticOk" },
    { ("-%d "):format(#item.removed), "DiagnosticError" },
    item.shown,
  }
end

--- Returns the function of a key that applies the marked hunks, or the selected one.
local function apply(root, arguments, question)
  return function(picker, item, marked)
    local items = #marked > 0 and marked or { item }
    if #items == 0 or question and not question_of.ask(question(items)) then
      return
    end
    -- One patch of each file, so that the lines of a later hunk do not move.
    local patches, order = {}, {}
    for _, one in ipairs(items) do
      if not patches[one.name] then
        patches[one.name] = vim.list_extend({}, one.header)
        order[#order + 1] = one.name
      end
      vim.list_extend(patches[one.name], one.lines)
    end
    local text = {}
    for _, name in ipairs(order) do
      text[#text + 1] = table.concat(patches[name], "\n")
    end
    local command = vim.list_extend({ "apply", "--unidiff-zero" }, arguments)
    git.change(root, command, function()
      picker:refresh()
      vim.cmd.checktime()
    end, table.concat(text, "\n") .. "\n")
  end
end

--- Opens a picker for the hunks that are not staged.
---@param opts rille.nvim.open.options
function M.hunks(opts)
  git.with_root(function(root)
    open({
      title = "Git hunks",
      kind = "git_hunks",
      query = opts.query,
      icons = true,
      parts = hunk_parts,
      items = git.items(root, { "diff", "--no-color", "--no-ext-diff", "-U0" }, function(out)
        return M.parse_hunks(out, root)
      end),
      preview = function(item)
        return { lines = item.lines, filetype = "diff", title = item.name, number = false }
      end,
      keys = {
        ["<C-s>"] = { apply(root, { "--cached" }), desc = "stage the marked hunks, or the selected hunk" },
        ["<C-d>"] = {
          apply(root, { "--reverse" }, function(items)
            return #items == 1 and "Reset this hunk?" or ("Reset %d hunks?"):format(#items)
          end),
          desc = "reset them, after a question",
        },
      },
    })
  end)
end

return M
