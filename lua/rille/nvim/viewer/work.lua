--- The jobs of a view: each is awaited, shows its progress, can be stopped, and is closed when it has ended.
local await = require("rille.nvim.await")
local progress = require("rille.nvim.progress")

local uv = vim.uv or vim.loop

local M = {}

--- Milliseconds between two checks of a job's progress.
local LOOK = 100

--- Milliseconds until the first check.
local SOON = 20

---@class rille.nvim.viewer.work
---@field job? rille.job
---@field title string description of the work, for the bar of the window
---@field package wait rille.nvim.wait
---@field package timer table
---@field package progress rille.nvim.progress
---@field watched? boolean the job has another owner, which closes it
---@field share? number the share that is done, from 0 to 1

--- Frees a job and its progress, in whichever way it has ended.
local function clear(view, name)
  local work = view.works[name]
  if work then
    view.works[name] = nil
    if work.job then
      work.wait:stop()
      work.timer:stop()
      work.timer:close()
      if not work.watched then
        work.job:close()
      end
    end
  end
  return work
end

--- Starts to show the progress of a job.
local function begin(view, name, job, title, is_quiet)
  clear(view, name)
  local work = { job = job, title = title, timer = uv.new_timer(), is_quiet = is_quiet }
  view.works[name] = work
  work.progress = progress.start(title, function()
    M.stop(view, name)
  end)
  work.timer:start(
    SOON,
    LOOK,
    vim.schedule_wrap(function()
      if view.works[name] == work and not job:closed() then
        local _, done, _, total = job:poll()
        work.share = total > 0 and done / total or nil
        if work.on_look then
          work.on_look()
        end
        if not is_quiet then
          work.progress:report(done, total)
        end
        view:redraw()
      end
    end)
  )
  return work
end

--- Runs a job under a name; a job that already has the name is stopped.
---@param view table
---@param name string
---@param job rille.job
---@param title string
---@param opts? fun(state: rille.job.state, message?: string)|{ on_over?: fun(state: rille.job.state, message?: string), on_batch?: (fun(): boolean), is_quiet?: boolean, on_look?: fun() } `on_batch`: takes the results, and returns whether there may be more; `on_look`: called at each check; `is_quiet`: the progress is not shown
function M.run(view, name, job, title, opts)
  opts = type(opts) == "function" and { on_over = opts } or opts or {}
  local work = begin(view, name, job, title, opts.is_quiet)
  work.on_look = opts.on_look
  work.wait = await(job, function(_, state, message)
    if view.works[name] ~= work then
      return false
    elseif opts.on_batch and opts.on_batch() then
      return true
    elseif state == "running" then
      return false
    end
    clear(view, name)
    work.progress:finish(state == "done" and "success" or state == "failed" and "failed" or "cancel")
    if state == "failed" then
      view:fail(message)
    end
    if opts.on_over then
      opts.on_over(state, message)
    end
    view:redraw()
  end)
end

--- Waits until a job is ready whose owner takes its results and closes it. Stopping ends the wait and cancels the job.
---@param view table
---@param name string
---@param job rille.job
---@param title string
---@param on_news fun() called once
function M.watch(view, name, job, title, on_news)
  local known = view.works[name]
  if known and known.job == job then
    known.on_news = on_news
    return
  end
  local work = begin(view, name, job, title)
  work.watched, work.on_news = true, on_news
  work.wait = await(job, function()
    local notify = work.on_news
    work.on_news = nil
    notify()
    if not work.on_news and view.works[name] == work then
      clear(view, name)
      work.progress:finish("success")
      view:redraw()
    end
  end)
end

--- Shows the progress of work that is not a job.
---@param view table
---@param name string
---@param title string
---@param cancel fun() stops it
---@return { report: fun(done: number, total: number), over: fun(message?: string) }
function M.show(view, name, title, cancel)
  local work = { title = title, cancel = cancel, progress = progress.start(title, cancel) }
  view.works[name] = work
  vim.defer_fn(function()
    if view.works[name] == work then
      view:redraw()
    end
  end, SOON)
  return {
    report = function(done, total)
      work.share = total > 0 and done / total or nil
      work.progress:report(done, total)
      view:redraw()
    end,
    over = function(message)
      if view.works[name] == work then
        view.works[name] = nil
      end
      work.progress:finish(message and "failed" or "success")
      view:redraw()
    end,
  }
end

--- Stops the job with a name.
---@return boolean stopped whether there was one
function M.stop(view, name)
  local work = clear(view, name)
  if work and work.cancel then
    work.cancel()
  elseif work then
    if work.watched and not work.job:closed() then
      work.job:cancel()
    end
    work.progress:finish("cancel")
    view:redraw()
  end
  return work ~= nil
end

--- Stops all jobs of a view.
function M.stop_all(view)
  for _, name in ipairs(vim.tbl_keys(view.works)) do
    M.stop(view, name)
  end
end

return M
