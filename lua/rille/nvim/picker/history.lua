--- The query history of each kind of picker. Kept across sessions as a global variable, if 'shada' contains "!".
local config = require("rille.nvim.config")
local text = require("rille.nvim.text")

local M = {}

local VARIABLE = "RILLE_HISTORY"

local function read()
  local all = vim.g[VARIABLE]
  return type(all) == "table" and all or {}
end

--- Returns the queries of a kind, the latest last.
---@param kind string
---@return string[]
function M.list(kind)
  local list, queries = read()[kind], {}
  for _, query in ipairs(type(list) == "table" and list or {}) do
    if type(query) == "string" then
      queries[#queries + 1] = query
    end
  end
  return queries
end

--- Adds a query; one that is already in the history moves to its end.
---@param kind string
---@param query string
function M.add(kind, query)
  local limit = config.get("picker.history")
  query = text.argument(query)
  if query == "" or limit < 1 then
    return
  end
  local list = vim.tbl_filter(function(other)
    return other ~= query
  end, M.list(kind))
  list[#list + 1] = query
  local all = read()
  all[kind] = vim.list_slice(list, math.max(1, #list - limit + 1))
  vim.g[VARIABLE] = all
end

return M
