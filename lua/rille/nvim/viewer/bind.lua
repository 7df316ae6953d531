--- The keys of a view: mappings of its buffer.
local change = require("rille.nvim.viewer.change")
local columns = require("rille.nvim.viewer.columns")
local config = require("rille.nvim.config")
local filter = require("rille.nvim.viewer.filter")
local follow = require("rille.nvim.viewer.follow")
local jumps = require("rille.nvim.viewer.jumps")
local keys = require("rille.nvim.viewer.keys")
local motions = require("rille.nvim.viewer.motions")
local native = require("rille.nvim.viewer.native")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local search = require("rille.nvim.viewer.search")
local status = require("rille.nvim.viewer.status")
local text = require("rille.nvim.text")
local work = require("rille.nvim.viewer.work")
local yank = require("rille.nvim.viewer.yank")

local M = {}

--- Runs the function of a key. An error is shown in one sentence and cancels an operator. <C-c> ends it silently.
local function guarded(view, fn, ...)
  local fine, message = pcall(fn, ...)
  if fine then
    return
  end
  local is_interrupted = tostring(message):find("Keyboard interrupt", 1, true) ~= nil
  if not is_interrupted then
    operator.refuse(view, text.reason(message))
  elseif page.pending() then
    operator.refuse(view, "interrupted")
  end
end

--- The functions of keys, by name.
local actions = vim.tbl_extend("error", {}, motions, {
  begin = columns.begin,
  stop_of_line = columns.stop_of_line,
  column = columns.column,
  next = search.next,
  previous = search.previous,
  word = search.word,
  word_back = search.word_back,
  part = search.part,
  part_back = search.part_back,
  refresh = change.look,
  filter = filter.ask,
  keys = function()
    require("rille.nvim.keyhelp").show("view")
  end,
  follow = follow.toggle,
  stop = function(view)
    search.forget(view)
    for _, name in ipairs({ "search", "filter", "jump", "write", "count", "spool" }) do
      work.stop(view, name)
    end
  end,
})

--- The functions of some keys under an operator, as expression mappings: they run Neovim's own motion where that is
--- inclusive.
local operators = {
  next = function()
    return "<Cmd>lua require('rille.nvim.viewer.bind').refuse()<CR>"
  end,
  stop_of_line = function(view)
    view.to_end = true
    return "$"
  end,
  percent = function()
    return vim.v.count == 0 and "%" or "<Cmd>lua require('rille.nvim.viewer.bind').act('percent')<CR>"
  end,
}

operators.previous, operators.word, operators.word_back = operators.next, operators.next, operators.next
operators.part, operators.part_back = operators.next, operators.next

--- Maps the keys of a view in its buffer.
function M.bind(view)
  local chosen = config.get("view.keys")
  local function map(modes, key, fn, about)
    for mode in modes:gmatch(".") do
      vim.keymap.set(mode, key, function()
        guarded(view, fn)
      end, { buffer = view.buf, nowait = true, desc = "rille: " .. about })
    end
  end
  for _, entry in ipairs(keys.list) do
    local lhs = chosen[entry.name]
    if lhs == nil then
      lhs = entry.keys
    end
    for _, key in ipairs(lhs and (type(lhs) == "table" and lhs or { lhs }) or {}) do
      map(entry.modes or "n", key, function()
        actions[entry.name](view, key)
      end, entry.about)
      if operators[entry.name] then
        vim.keymap.set("o", key, function()
          return operators[entry.name](view)
        end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: " .. entry.about })
      end
    end
  end
  for key in pairs(native.steps) do
    map("nxo", key, function()
      native.step(view, key, motions.to_shown_line)
    end, "as in Neovim")
  end
  for key in pairs(native.searches) do
    map("nxo", key, function()
      native.search(view, key, jumps.push)
    end, "as in Neovim")
  end
  for key in pairs(native.words) do
    map("nx", key, function()
      native.word(view, key)
    end, "as in Neovim")
    vim.keymap.set("o", key, function()
      return native.word_operator(view, key)
    end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: as in Neovim" })
  end
  yank.bind(view)
end

--- Returns the view of the current buffer.
local function current()
  return status.views[vim.api.nvim_get_current_buf()]
end

--- Runs the function of a key in the view of the current buffer; called by mappings.
---@param name string
function M.act(name)
  guarded(current(), actions[name], current())
end

--- Runs a word motion in the view of the current buffer; called by mappings.
---@param key string
function M.word(key)
  guarded(current(), native.word, current(), key)
end

--- Selects the lines of `yy` in the view of the current buffer; called by mappings.
function M.whole_lines()
  guarded(current(), yank.whole_lines, current())
end

--- Cancels an operator whose motion would have to wait for a search.
function M.refuse()
  operator.refuse(current(), "an operator does not wait for a search: use `v` first")
end

--- Removes the mappings of a view from its buffer.
---@param buf integer
function M.unbind(buf)
  for _, mode in ipairs({ "n", "x", "o" }) do
    for _, map in ipairs(vim.api.nvim_buf_get_keymap(buf, mode)) do
      if (map.desc or ""):find("^rille: ") then
        pcall(vim.api.nvim_buf_del_keymap, buf, mode, map.lhs)
      end
    end
  end
end

return M
