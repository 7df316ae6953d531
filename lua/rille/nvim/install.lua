--- `:Rille install`: downloads the library while the editor continues, and notifies the user of the end.
local backend = require("rille.core.backend")
local config = require("rille.nvim.config")
local install = require("rille.core.install")
local target = require("rille.core.target")

local M = {}

--- Continues a coroutine; its error is one of the editor's.
local function continue(waiting, ...)
  local ran, message = coroutine.resume(waiting, ...)
  if not ran then
    error(message, 0)
  end
end

--- Functions that wait in a coroutine, until the program has ended or the loop has had a turn.
---@type rille.install.system
local system = {
  run = function(words, output)
    if vim.fn.executable(words[1]) == 0 then
      return nil
    end
    local waiting = coroutine.running()
    local file = assert(io.open(output, "wb"))
    local size, failure, job = 0, nil, nil
    local started, message = pcall(vim.system, words, {
      text = false,
      stdout = function(_, data)
        size = size + #(data or "")
        if size > install.MAX_BYTES then
          failure = failure or "it is larger than any library"
        elseif data and not failure then
          local written, why = file:write(data)
          failure = not written and why or nil
        end
        if failure and job then
          job:kill("sigterm")
        end
      end,
    }, function(result)
      vim.schedule(function()
        continue(waiting, result)
      end)
    end)
    if not started then
      file:close()
      return false, tostring(message)
    end
    job = message
    ---@diagnostic disable-next-line: await-in-sync
    local result = coroutine.yield()
    local closed, why = file:close()
    failure = failure or not closed and why or nil
    if failure or result.code ~= 0 then
      local said = install.last_line(result.stderr)
      return false, failure or said or ("%s ended with status %d"):format(words[1], result.code)
    end
    return true
  end,
  mkdir = function(path)
    local made, message = pcall(vim.fn.mkdir, path, "p")
    return made, not made and tostring(message):gsub("^Vim:", "") or nil
  end,
  pause = function()
    local waiting = coroutine.running()
    vim.schedule(function()
      continue(waiting)
    end)
    ---@diagnostic disable-next-line: await-in-sync
    coroutine.yield()
  end,
}

local is_running = false

--- Installs the library into `stdpath("data")` in a coroutine, then calls `on_end` with the path of its file and whether it
--- was there already, or with nil and a message.
---@param on_end fun(path?: string, message?: string|boolean)
function M.start(on_end)
  local name, message = target.current()
  local to = name and target.user_directory(name)
  if not name then
    return on_end(nil, message)
  elseif is_running then
    return on_end(nil, "the library is being installed already")
  elseif not to then
    return on_end(nil, "there is no home directory: neither HOME nor XDG_DATA_HOME is set")
  end
  is_running = true
  local function run()
    local ran, path, why =
      pcall(install.install, { to = to, target = name, url = config.get("url"), system = system })
    is_running = false
    if not ran then
      path, why = nil, path
    end
    on_end(path, why)
  end
  continue(coroutine.create(run))
end

--- Runs `:Rille install`.
function M.command()
  vim.notify("rille: installing the library of version " .. backend.version, vim.log.levels.INFO)
  M.start(function(path, message)
    if not path then
      return vim.notify("rille: " .. tostring(message), vim.log.levels.ERROR)
    end
    local what = message == true and "is installed already" or "is installed"
    -- A process has one backend: a state that runs on the fallback stays with it.
    local decided = backend.name
    local now = require("rille").backend
    if decided and (now ~= "native" or message ~= true) then
      return vim.notify(("rille: the library %s; restart Neovim to use it"):format(what), vim.log.levels.INFO)
    elseif now ~= "native" then
      return vim.notify(
        ("rille: the library %s and cannot be loaded: %s"):format(what, require("rille").health().reason),
        vim.log.levels.ERROR
      )
    end
    vim.notify(("rille: the library %s; backend = %s"):format(what, now), vim.log.levels.INFO)
  end)
end

return M
