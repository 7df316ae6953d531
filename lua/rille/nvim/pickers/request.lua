--- Requests to the language servers of a buffer: each one answers, fails, or ends before it has answered.
local lazy = require("rille.core.lazy")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Milliseconds after which a request that has no answer is reported as running.
local MOMENT = 500

--- Methods are called with a colon since 0.11.
local is_object = vim.fn.has("nvim-0.11") == 1

local function call(client, name, ...)
  if is_object then
    return client[name](client, ...)
  end
  return client[name](...)
end

--- Returns the language servers of a buffer that support a method; reports why there are none.
---@param buf integer
---@param method string of the protocol
---@param what string what is asked for, in the plural: "references"
---@return table[]? clients nil if there are none
function M.clients(buf, method, what)
  local clients = vim.lsp.get_clients({ bufnr = buf, method = method })
  if #clients > 0 then
    return clients
  elseif #vim.lsp.get_clients({ bufnr = buf }) == 0 then
    text_of.notify("no language server is attached to this buffer", vim.log.levels.WARN)
  else
    text_of.notify("no language server of this buffer finds " .. what, vim.log.levels.WARN)
  end
end

--- Sends a request to several servers.
---@param clients table[]
---@param buf integer
---@param method string
---@param params fun(client: table): table
---@param on_answer fun(client: table, result: any) called for each result
---@param on_done fun(failures: string[]) called at the end, with a sentence for each server that has failed
---@return fun() cancel cancels what has not been answered; then no function is called
function M.send(clients, buf, method, params, on_answer, on_done)
  local pending, failures, group = {}, {}, nil
  local progress = lazy.load("rille.nvim.progress").start(method)
  local function settle(id, failure)
    if not pending[id] then
      return
    end
    pending[id] = nil
    failures[#failures + 1] = failure
    if next(pending) == nil then
      api.nvim_del_augroup_by_id(group)
      progress:finish("success")
      on_done(failures)
    end
  end
  group = api.nvim_create_augroup("rille.request." .. tostring(pending), {})
  -- A server that has ended never answers.
  api.nvim_create_autocmd("LspDetach", {
    group = group,
    callback = function(event)
      local id = event.data.client_id
      local client = pending[id] and vim.lsp.get_client_by_id(id)
      settle(id, ("%s ended before it answered"):format(client and client.name or "the language server"))
    end,
  })
  -- All are pending before the first of them answers.
  for _, client in ipairs(clients) do
    pending[client.id] = true
  end
  for _, client in ipairs(clients) do
    local sent, id = call(client, "request", method, params(client), function(failure, result)
      if pending[client.id] then
        if failure == nil and result ~= nil and result ~= vim.NIL then
          on_answer(client, result)
        end
        settle(client.id, failure and ("%s: %s"):format(client.name, failure.message or "failed"))
      end
    end, buf)
    if not sent then
      settle(client.id, client.name .. " does not accept requests")
    elseif pending[client.id] then
      pending[client.id] = id or true
    end
  end
  vim.defer_fn(function()
    if next(pending) ~= nil then
      progress:report(0, 0, "waiting for the language server")
    end
  end, MOMENT)
  return function()
    for id, request in pairs(pending) do
      local client = vim.lsp.get_client_by_id(id)
      if client and type(request) == "number" then
        pcall(call, client, "cancel_request", request)
      end
    end
    if next(pending) ~= nil then
      pending = {}
      api.nvim_del_augroup_by_id(group)
      progress:finish("cancel")
    end
  end
end

return M
