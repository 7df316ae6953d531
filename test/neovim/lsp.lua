--- A fake language server that runs in the child itself, for specs of pickers that ask one.
local M = {}

--- Attaches a server to the current buffer of a child. `_G.server.answers` has a result for each method, or a function
--- `(params, reply)`; `_G.server.requests` has what was asked, and `_G.server.cancelled` what was cancelled.
---@param nvim rille.test.child
---@param capabilities table
function M.attach(nvim, capabilities)
  nvim:lua(function(given)
    local server = { answers = {}, requests = {}, cancelled = {} }
    _G.server = server
    local function request(method, params, callback)
      local id = #server.requests + 1
      server.requests[id] = method
      local function reply(result, message)
        vim.schedule(function()
          callback(message and { code = -32603, message = message } or nil, result, id)
        end)
      end
      local answer = server.answers[method]
      if method == "initialize" then
        reply({ capabilities = given })
      elseif type(answer) == "function" then
        answer(params, reply)
      else
        reply(answer)
      end
      return true, id
    end
    server.id = vim.lsp.start({
      name = "fake",
      cmd = function(dispatchers)
        local closing = false
        server.die = function()
          closing = true
          dispatchers.on_exit(1, 0)
        end
        return {
          request = request,
          notify = function(method, params)
            if method == "$/cancelRequest" then
              table.insert(server.cancelled, server.requests[params.id])
            end
            return true
          end,
          is_closing = function()
            return closing
          end,
          terminate = function()
            closing = true
          end,
        }
      end,
      root_dir = vim.fn.getcwd(),
    })
  end, capabilities)
  nvim:wait(
    [[return #vim.lsp.get_clients({ bufnr = 0 }) == 1 and vim.lsp.get_clients({ bufnr = 0 })[1].initialized]]
  )
end

--- Returns a range of the protocol.
function M.range(line, from, to)
  return { start = { line = line, character = from }, ["end"] = { line = line, character = to } }
end

return M
