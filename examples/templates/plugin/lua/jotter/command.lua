--- What `:Jotter` and the mappings do.
local jotter = require("jotter")

local M = {}

local function notify(text, level)
  vim.notify("jotter: " .. text, level)
end

--- Called when a search is over.
local function report(search)
  local text = ("%d matches for %s"):format(search.matches, search.pattern)
  if search.state ~= "done" then
    text = text .. ", " .. search.state
  end
  if search.message then
    text = text .. "; " .. search.message
  end
  notify(text, search.state == "failed" and vim.log.levels.ERROR or vim.log.levels.INFO)
end

--- Searches, and opens the quickfix window. Without a pattern it opens the window only.
---@param pattern string
function M.search(pattern)
  if pattern ~= "" then
    local _, message = jotter.search(pattern, report)
    if message then
      return notify(message, vim.log.levels.ERROR)
    end
  end
  vim.cmd("botright copen")
end

--- Searches for the word under the cursor.
function M.word()
  local word = vim.fn.expand("<cword>")
  if word == "" then
    return notify("no word under the cursor", vim.log.levels.WARN)
  end
  M.search("\\b" .. word:gsub("%p", "\\%0") .. "\\b")
end

--- Stops the running search.
function M.stop()
  if not jotter.stop() then
    notify("no search runs", vim.log.levels.WARN)
  end
end

return M
