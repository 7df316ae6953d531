--- Git for the pickers: a process for each command, and the repository of the current buffer or directory.
local text_of = require("rille.nvim.text")

local api = vim.api
local uv = vim.uv or vim.loop

local M = {}

--- Runs git without waiting for it.
---@param root string the directory
---@param arguments string[]
---@param on_done fun(out: string, failure: string?) called in the main loop; `failure` is what git says
---@param stdin? string
---@return table? process of `vim.system`; nil if git cannot be started, which is reported
function M.run(root, arguments, on_done, stdin)
  local command = { "git", "--no-optional-locks", "-c", "core.quotePath=false", "-C", root }
  vim.list_extend(command, arguments)
  local ok, process = pcall(
    vim.system,
    command,
    -- Names of files are no patterns: `[id].txt` would also be `i.txt`.
    { stdin = stdin, env = { GIT_TERMINAL_PROMPT = "0", GIT_LITERAL_PATHSPECS = "1" } },
    vim.schedule_wrap(function(ended)
      local failed = ended.code ~= 0 and vim.trim((ended.stderr or ""):match("[^\n]*\n?"))
      on_done(ended.stdout or "", failed and (failed ~= "" and failed or "git failed") or nil)
    end)
  )
  if not ok then
    text_of.notify("git cannot be started: is it installed?")
    return nil
  end
  return process
end

--- Runs a command that changes something, reports its failure, and then calls a function.
---@param root string
---@param arguments string[]
---@param after fun()
---@param stdin? string
function M.change(root, arguments, after, stdin)
  M.run(root, arguments, function(_, failure)
    if failure then
      text_of.notify(failure)
    end
    after()
  end, stdin)
end

--- Calls a function with the top of the repository of the current file, otherwise of the working directory. Reports that
--- there is none.
---@param found fun(root: string)
function M.with_root(found)
  local name = vim.bo.buftype == "" and api.nvim_buf_get_name(0) or ""
  local directory = name ~= "" and vim.fs.dirname(name) or nil
  if not directory or not uv.fs_stat(directory) then
    directory = uv.cwd() or "/"
  end
  M.run(directory, { "rev-parse", "--show-toplevel" }, function(out, failure)
    local root = out:gsub("\n$", "")
    if failure or root == "" then
      text_of.notify("this directory is in no git repository", vim.log.levels.WARN)
    else
      found(root)
    end
  end)
end

--- Returns a preview that shows the output of a git command as a diff, when it arrives.
---@param root string
---@param arguments fun(item: any): string[]?, string? nil for the item's place; and the title
---@return fun(item: any, show: fun(shown: rille.nvim.preview.shown)): boolean?
function M.preview(root, arguments)
  local running
  return function(item, show)
    if running then
      -- The previous one is not shown any more.
      pcall(running.kill, running, "sigterm")
      running = nil
    end
    local command, title = arguments(item)
    if not command then
      return true
    end
    running = M.run(root, command, function(out, failure)
      show({ lines = failure and failure or out, filetype = "diff", title = title })
    end)
  end
end

--- Returns a function for `items` that reads the output of a git command.
---@param root string
---@param arguments string[]
---@param parse fun(out: string): any[]
function M.items(root, arguments, parse)
  return function(add, done)
    local process = M.run(root, arguments, function(out, failure)
      if failure then
        text_of.notify(failure, vim.log.levels.WARN)
      end
      add(parse(out))
      done()
    end)
    if not process then
      done()
    end
    return process
  end
end

return M
