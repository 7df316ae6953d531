--- Pickers for commits, branches, stashes and the files of a repository.
local git = require("rille.nvim.pickers.git")
local open = require("rille.nvim.pick").open
local question_of = require("rille.nvim.question")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- The separator of fields, which is in no name, and the format of a line.
local FIELD = "\31"
local FORMAT = "%h%x1f%ar%x1f%an%x1f%s"
--- Cells of the columns of ages and authors.
local AGE_CELLS, AUTHOR_CELLS = 14, 16

local function cell(text, cells)
  text = text_of.cut(text, cells)
  return text .. (" "):rep(cells - text_of.cells(text) + 1)
end

--- Returns the item of a line of the log.
local function commit_of(line)
  local hash, age, author, subject = unpack(vim.split(line, FIELD, { plain = true }))
  return {
    text = ("%s %s %s"):format(hash, author or "", subject or ""),
    hash = hash,
    age = age or "",
    author = author or "",
    subject = subject or "",
  }
end

local function commit_parts(item)
  return {
    { item.hash .. " ", "Identifier" },
    { cell(item.age, AGE_CELLS), "RilleLine" },
    { cell(item.author, AUTHOR_CELLS), "RillePath" },
    item.subject,
  }
end

--- Returns a function for `items` that adds commits as git prints them.
local function commits(root, arguments)
  return function(add, done)
    local rest = ""
    local command =
      { "git", "--no-optional-locks", "-C", root, "log", "--no-show-signature", "--format=" .. FORMAT }
    return vim.system(vim.list_extend(command, arguments), {
      env = { GIT_LITERAL_PATHSPECS = "1" },
      stdout = vim.schedule_wrap(function(_, data)
        local lines = vim.split(rest .. (data or "\n"), "\n", { plain = true })
        rest = table.remove(lines)
        local items = {}
        for _, line in ipairs(lines) do
          if line ~= "" then
            items[#items + 1] = commit_of(line)
          end
        end
        add(items)
      end),
    }, vim.schedule_wrap(done))
  end
end

--- Opens a buffer with the output of a git command.
local function show_output(root, arguments, name, filetype, how, after)
  git.run(root, arguments, function(out, failure)
    if failure then
      return text_of.notify(failure)
    end
    local buf = api.nvim_create_buf(false, true)
    api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(out:gsub("\n$", ""), "\n", { plain = true }))
    pcall(api.nvim_buf_set_name, buf, name)
    vim.bo[buf].bufhidden, vim.bo[buf].modifiable = "wipe", false
    local window = { split = "sbuffer %d", vsplit = "vertical sbuffer %d", tab = "tab sbuffer %d" }
    vim.cmd((window[how] or "buffer %d"):format(buf))
    pcall(function()
      vim.bo[buf].filetype = filetype
    end)
    if after then
      after()
    end
  end)
end

--- Returns the keys of a picker for commits.
local function keys(root, buf, name)
  return {
    ["<C-y>"] = {
      function(picker, item)
        picker:close(function()
          if item then
            vim.fn.setreg(vim.v.register, item.hash)
          end
        end)
      end,
      desc = "copy the hash",
    },
    ["<M-c>"] = {
      function(picker, item)
        if item and question_of.ask(("Check out %s?"):format(item.hash)) then
          picker:close(function()
            git.change(root, { "checkout", "-q", item.hash }, vim.cmd.checktime)
          end)
        end
      end,
      desc = "check the commit out, after a question",
    },
    ["<M-d>"] = {
      function(picker, item)
        if not item or not name then
          return text_of.notify("the buffer is no file of this repository", vim.log.levels.WARN)
        end
        picker:close(function()
          local title = ("%s:%s"):format(item.hash, name)
          show_output(root, { "show", title }, "git://" .. title, vim.bo[buf].filetype, "vsplit", function()
            vim.cmd("diffthis | wincmd p | diffthis")
          end)
        end)
      end,
      desc = "compare the buffer with its text in the commit",
    },
  }
end

--- Returns the path of a buffer below a root, or nil.
local function name_in(root, buf)
  local path = vim.fs.normalize(api.nvim_buf_get_name(buf))
  local real = (vim.uv or vim.loop).fs_realpath(path)
  for _, one in ipairs({ path, real }) do
    if vim.startswith(one, root .. "/") then
      return one:sub(#root + 2)
    end
  end
end

--- Opens a picker for commits.
---@param opts rille.nvim.open.options
---@param of_buffer? boolean those that have changed the current file
function M.log(opts, of_buffer)
  local buf = api.nvim_get_current_buf()
  git.with_root(function(root)
    local name = name_in(root, buf)
    if of_buffer and not name then
      return text_of.notify("the buffer is no file of a git repository", vim.log.levels.WARN)
    end
    local file = of_buffer and { "--", name } or {}
    open({
      title = of_buffer and "Git log of " .. name or "Git log",
      kind = of_buffer and "git_buffer_log" or "git_log",
      query = opts.query,
      parts = commit_parts,
      items = commits(root, of_buffer and { "--follow", "--", name } or {}),
      preview = git.preview(root, function(item)
        local command = { "show", "--no-color", "--no-ext-diff", "--stat", "--patch", item.hash }
        return vim.list_extend(command, file), item.hash
      end),
      keys = keys(root, buf, name),
      go = function(item, how)
        local command = { "show", "--no-color", item.hash }
        show_output(root, vim.list_extend(command, file), "git://" .. item.hash, "git", how)
      end,
    })
  end)
end

--- Opens a picker for the files that git knows.
---@param opts rille.nvim.open.options
function M.files(opts)
  git.with_root(function(root)
    open({
      title = "Git files",
      kind = "git_files",
      query = opts.query,
      icons = true,
      fuzzy = { scheme = "path" },
      items = git.items(root, { "ls-files", "-z" }, function(out)
        return vim.split(out:gsub("%z$", ""), "\0", { plain = true, trimempty = true })
      end),
      place = function(path)
        return { path = root .. "/" .. path }
      end,
    })
  end)
end

--- Opens a picker for branches; the chosen one is switched to.
---@param opts rille.nvim.open.options
function M.branches(opts)
  git.with_root(function(root)
    local format = "%(HEAD) %(refname:short)%1f%(committerdate:relative)%1f%(subject)"
    open({
      title = "Git branches",
      kind = "git_branches",
      query = opts.query,
      items = git.items(
        root,
        { "branch", "--all", "--sort=-committerdate", "--format=" .. format },
        function(out)
          return vim.tbl_map(function(line)
            local name, age, subject = unpack(vim.split(line, FIELD, { plain = true }))
            return { text = name:sub(3), head = name:sub(1, 1), age = age or "", subject = subject or "" }
          end, vim.split(out, "\n", { plain = true, trimempty = true }))
        end
      ),
      parts = function(item)
        local age, subject = { "  " .. item.age, "RilleLine" }, { "  " .. item.subject, "RillePath" }
        return { { item.head .. " ", "DiagnosticOk" }, item.text, age, subject }
      end,
      preview = git.preview(root, function(item)
        return { "log", "--oneline", "--no-color", "-100", item.text }, item.text
      end),
      go = function(item)
        local name = item.text:gsub("^origin/", "")
        git.change(root, { "switch", "-q", name }, vim.cmd.checktime)
      end,
    })
  end)
end

--- Opens a picker for stashes; the chosen one is applied.
---@param opts rille.nvim.open.options
function M.stash(opts)
  git.with_root(function(root)
    open({
      title = "Git stashes",
      kind = "git_stash",
      query = opts.query,
      items = git.items(root, { "stash", "list", "--format=%gd %s" }, function(out)
        return vim.split(out, "\n", { plain = true, trimempty = true })
      end),
      preview = git.preview(root, function(item)
        local name = item:match("^%S+")
        return { "stash", "show", "--patch", "--no-color", name }, name
      end),
      go = function(item)
        git.change(root, { "stash", "apply", "-q", item:match("^%S+") }, vim.cmd.checktime)
      end,
    })
  end)
end

return M
