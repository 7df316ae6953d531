--- Pickers for what has changed in a repository: its files, and its hunks.
local git = require("rille.nvim.pickers.git")
local open = require("rille.nvim.pick").open
local patch = require("rille.nvim.pickers.git_patch")
local question_of = require("rille.nvim.question")
local text_of = require("rille.nvim.text")

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

--- Returns the names of files for commands that undo: of a renamed file the previous name too, which is deleted for git.
local function names_of(items)
  local names = {}
  for _, item in ipairs(items) do
    names[#names + 1] = item.name
    names[#names + 1] = item.state:find("R") and item.from or nil
  end
  return names
end

--- Returns the function of a key that runs git for the marked items, or the selected one.
---@param root string
---@param arguments fun(items: table[]): string[][] returns the commands
---@param question? fun(items: table[]): string
local function changes(root, arguments, question)
  return function(picker, item, marked)
    local items = #marked > 0 and marked or { item }
    if #items == 0 or question and not question_of.ask(question(items)) then
      return
    end
    local left = 0
    for _, command in ipairs(arguments(items)) do
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

local function discard(items)
  local untracked, tracked = {}, {}
  for _, item in ipairs(items) do
    table.insert(item.state == "??" and untracked or tracked, item)
  end
  local commands = {}
  if #tracked > 0 then
    commands[1] =
      vim.list_extend({ "restore", "--staged", "--worktree", "--source=HEAD", "--" }, names_of(tracked))
  end
  if #untracked > 0 then
    commands[#commands + 1] = vim.list_extend({ "clean", "-f", "-q", "--" }, names_of(untracked))
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
          changes(root, function(items)
            local names = vim.tbl_map(function(item)
              return item.name
            end, items)
            return { vim.list_extend({ "add", "--" }, names) }
          end),
          desc = "stage the marked files, or the selected file",
        },
        ["<M-s>"] = {
          changes(root, function(items)
            return { vim.list_extend({ "reset", "-q", "--" }, names_of(items)) }
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
---@param root string
---@param argument "--cached"|"--reverse" to stage them, or to reset them
---@param question? fun(items: rille.nvim.git.hunk[]): string
local function apply(root, argument, question)
  return function(picker, item, marked)
    local items = #marked > 0 and marked or { item }
    if #items == 0 or question and not question_of.ask(question(items)) then
      return
    end
    local function refresh()
      picker:refresh()
      vim.cmd.checktime()
    end
    -- Git cannot see that a hunk without context has moved since the list was made.
    git.run(root, patch.DIFF, function(out, failure)
      if failure or not patch.are_in(items, patch.parse(out, root)) then
        text_of.notify(failure or "the file has changed; nothing was done, and the list is up to date now")
        return refresh()
      end
      local command = { "apply", "--unidiff-zero", argument }
      git.change(root, command, refresh, patch.of(items, argument == "--reverse"))
    end)
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
      items = git.items(root, patch.DIFF, function(out)
        return patch.parse(out, root)
      end),
      preview = function(item)
        return { lines = item.lines, filetype = "diff", title = item.name, number = false }
      end,
      keys = {
        ["<C-s>"] = { apply(root, "--cached"), desc = "stage the marked hunks, or the selected hunk" },
        ["<C-d>"] = {
          apply(root, "--reverse", function(items)
            return #items == 1 and "Reset this hunk?" or ("Reset %d hunks?"):format(#items)
          end),
          desc = "reset them, after a question",
        },
      },
    })
  end)
end

return M
