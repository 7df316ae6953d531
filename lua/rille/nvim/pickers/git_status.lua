--- Pickers for what has changed in a repository: its files, and its hunks.
local git = require("rille.nvim.pickers.git")
local guard = require("rille.nvim.pickers.git_guard")
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
---@param since? { sec: integer, nsec: integer } when it was started
---@return table[]
function M.parse_status(out, root, since)
  local items, entries, i = {}, vim.split(out, "\0", { plain = true }), 1
  while entries[i] and #entries[i] > 3 do
    local state, path = entries[i]:sub(1, 2), entries[i]:sub(4)
    local from
    if state:find("[RC]") then
      -- The previous name follows.
      i = i + 1
      from = entries[i]
    end
    items[#items + 1] =
      { text = path, state = state, from = from, name = path, path = root .. "/" .. path, since = since }
    i = i + 1
  end
  return items
end

local function status_parts(item)
  local index, tree = item.state:sub(1, 1), item.state:sub(2, 2)
  local conflict = guard.conflict(item.state)
  local note = conflict or item.from and "from " .. item.from
  return {
    { index, conflict and GROUPS.U or index == "?" and GROUPS["?"] or "DiagnosticOk" },
    { tree .. " ", conflict and GROUPS.U or GROUPS[tree] or "DiagnosticWarn" },
    item.text,
    note and { " " .. note, "RillePath" } or nil,
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

--- The command that lists changed files.
local STATUS = { "status", "--porcelain", "-z", "--untracked-files=all" }

--- Returns a function for the key that runs git for the marked items, or the selected one, unless they are not as listed any
--- more.
---@param root string
---@param arguments fun(items: table[]): string[][] returns the commands
---@param hindrance fun(item: table): string? returns why git must not run for an item
---@param question? fun(items: table[]): string?
local function changes(root, arguments, hindrance, question)
  return function(picker, item, marked)
    local items = #marked > 0 and marked or { item }
    local asked = #items > 0 and question and question(items)
    if #items == 0 or asked and not question_of.ask(asked) then
      return
    end
    local function refresh()
      picker:refresh()
      vim.cmd.checktime()
    end
    git.run(root, STATUS, function(out, failure)
      local stale = not failure and guard.stale(items, M.parse_status(out, root))
      local why = failure or stale and stale.name .. " has changed since it was listed"
      for _, one in ipairs(why and {} or items) do
        why = why or hindrance(one)
      end
      if why then
        text_of.notify(why .. "; nothing was done", vim.log.levels.WARN)
        return refresh()
      end
      -- One after the other: each takes the lock of the index.
      local commands = arguments(items)
      local function next_one()
        local command = table.remove(commands, 1)
        if not command then
          return refresh()
        end
        git.change(root, command, next_one)
      end
      next_one()
    end)
  end
end

local function discard(items)
  local untracked, added, tracked, unstaged = {}, {}, {}, {}
  for _, item in ipairs(items) do
    local list = item.state == "??" and untracked or guard.is_new(item) and added
    table.insert(list or guard.exists_again(item) and unstaged or tracked, item)
  end
  local commands = {}
  local function add(list, ...)
    if #list > 0 then
      commands[#commands + 1] = vim.list_extend({ ... }, names_of(list))
    end
  end
  add(tracked, "restore", "--staged", "--worktree", "--no-recurse-submodules", "--source=HEAD", "--")
  -- The text of these files is in no commit: only the deletion is undone.
  add(unstaged, "restore", "--staged", "--source=HEAD", "--")
  add(untracked, "clean", "-f", "-q", "--")
  -- Also in a repository without a commit.
  add(added, "rm", "-f", "-q", "--")
  return commands
end

--- Returns the question before changes are discarded.
local function discarding(items)
  local new, what = #vim.tbl_filter(guard.is_new, items), ("%d files"):format(#items)
  if #items == 1 then
    what = items[1].name
  end
  if new == #items then
    return ("Delete %s, in no commit?"):format(what)
  elseif new > 0 then
    return ("Discard all changes of %s, and delete %d of them, in no commit?"):format(what, new)
  end
  return ("Discard all changes of %s?"):format(what)
end

--- Returns the question before files are staged that still have the markers of conflicts, or nil.
local function staging(items)
  local marked = vim.tbl_filter(guard.has_markers, items)
  if #marked > 0 then
    local what = #marked == 1 and marked[1].name .. " still has" or ("%d files still have"):format(#marked)
    return what .. " conflict markers; stage nevertheless?"
  end
end

--- Returns the command for the diff of a file, or nil if it has none.
local function diff_of(item)
  local conflict = guard.conflict(item.state)
  local command = { "diff", "--no-color", "--no-ext-diff" }
  if guard.is_new(item) and not conflict then
    -- The file itself.
    return nil
  elseif item.state == "DU" or item.state == "UD" then
    -- What the side that has it has changed.
    command[#command + 1] = "--base"
  elseif conflict and item.state ~= "UU" and item.state ~= "AA" then
    return nil
  elseif not conflict then
    command[#command + 1] = "HEAD"
  end
  return vim.list_extend(command, { "--", item.name }), item.name
end

--- Opens a picker for the files that differ from the last commit.
---@param opts rille.nvim.open.options
function M.status(opts)
  git.with_root(function(root)
    open({
      title = "Git status",
      kind = "git_status",
      query = opts.query,
      icons = true,
      fuzzy = { scheme = "path" },
      parts = status_parts,
      items = function(add, done)
        local since = guard.now()
        return git.items(root, STATUS, function(out)
          return M.parse_status(out, root, since)
        end)(add, done)
      end,
      preview = git.preview(root, diff_of),
      keys = {
        ["<C-s>"] = {
          changes(root, function(items)
            local names = vim.tbl_map(function(item)
              return item.name
            end, items)
            return { vim.list_extend({ "add", "--" }, names) }
          end, function() end, staging),
          desc = "stage the marked files, or the selected file",
        },
        ["<M-s>"] = {
          changes(root, function(items)
            return { vim.list_extend({ "reset", "-q", "--" }, names_of(items)) }
          end, function(item)
            -- Its versions would be gone from the index.
            return guard.conflict(item.state) and item.name .. " has conflicts"
          end),
          desc = "unstage them",
        },
        ["<C-d>"] = {
          changes(root, discard, function(item)
            return guard.hindrance(root, item)
          end, discarding),
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
    item.conflict and { item.conflict .. " ", "DiagnosticError" } or "",
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
    for _, one in ipairs(items) do
      if one.conflict then
        return text_of.notify(one.name .. " has conflicts: resolve it, and stage it in `:Rille git_status`")
      end
    end
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
