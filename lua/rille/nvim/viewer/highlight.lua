--- Highlights in the visible lines: the matches of the last search and of the filter.
local status = require("rille.nvim.viewer.status")

local M = {}

local namespace = vim.api.nvim_create_namespace("rille.viewer.search")

--- Maximum bytes of a line that are searched for matches, and maximum highlighted matches of a line.
local SHOWN, MATCHES = 4000, 200

local function each_match(regex, text, fn)
  local count = 0
  for from, to in regex:gfind(text) do
    if to >= from then
      fn(from, to)
    end
    count = count + 1
    if count == MATCHES then
      break
    end
  end
end

local function is_searched(view)
  return view.query ~= nil and vim.o.hlsearch and vim.v.hlsearch == 1
end

local function filter_regex(view)
  return view.filtered and not view.filtered.invert and view.filtered.regex
end

--- Enables the highlights.
function M.enable()
  vim.api.nvim_set_hl(0, "RilleFilter", { link = "Special", default = true })
  vim.api.nvim_set_decoration_provider(namespace, {
    on_win = function(_, _, buf)
      local view = status.views[buf]
      return view ~= nil and (is_searched(view) or filter_regex(view)) and true or false
    end,
    on_line = function(_, win, buf, row)
      local view = status.views[buf]
      local text = vim.api.nvim_buf_get_lines(buf, row, row + 1, false)[1]
      if not view or not text then
        return
      end
      text = text:sub(1, SHOWN)
      local function mark(from, to, name, priority)
        vim.api.nvim_buf_set_extmark(buf, namespace, row, from - 1, {
          end_col = to,
          hl_group = name,
          ephemeral = true,
          priority = priority,
        })
      end
      local kept = filter_regex(view)
      if kept then
        each_match(kept, text, function(from, to)
          mark(from, to, "RilleFilter", 1000)
        end)
      end
      if is_searched(view) then
        local cursor = vim.api.nvim_win_get_cursor(win)
        each_match(view.query.regex, text, function(from, to)
          local here = cursor[1] == row + 1 and cursor[2] >= from - 1 and cursor[2] < to
          mark(from, to, here and "CurSearch" or "Search", 1001)
        end)
      end
    end,
  })
end

return M
