--- The picker for buffers: the last used first, with a key that deletes them.
local open = require("rille.nvim.pick").open
local paths = require("rille.nvim.paths")
local places = require("rille.nvim.picker.places")
local question = require("rille.nvim.question")

local api = vim.api

local M = {}

--- Returns the buffers as items: the previous one first, the current one last.
local function items_of(current, alternate)
  local items = {}
  for _, info in ipairs(vim.fn.getbufinfo({ buflisted = 1 })) do
    local name = info.name ~= "" and vim.fn.fnamemodify(info.name, ":~:.") or "[No Name]"
    local view = paths.view(info.bufnr)
    local lnum = view and view:number_of(info.lnum) or info.lnum > 0 and info.lnum or nil
    local flag = info.bufnr == current and "%" or info.bufnr == alternate and "#" or " "
    items[#items + 1] = {
      text = name .. (info.changed == 1 and " [+]" or ""),
      flags = flag .. (info.hidden == 0 and info.loaded == 1 and "a" or info.loaded == 1 and "h" or " "),
      bufnr = info.bufnr,
      path = view and view.path or info.name ~= "" and info.name or nil,
      lnum = lnum,
      -- Both may have been used in the same second.
      used = info.bufnr == current and -1 or info.bufnr == alternate and math.huge or info.lastused,
    }
  end
  table.sort(items, function(a, b)
    return a.used > b.used or (a.used == b.used and a.bufnr < b.bufnr)
  end)
  return items
end

local function parts(item)
  local line = item.lnum and { (":%d"):format(item.lnum), "RilleLine" } or nil
  return { { ("%3d %s "):format(item.bufnr, item.flags), "RilleLine" }, item.text, line }
end

--- Deletes a buffer. Its windows stay, and show another buffer.
---@param buf integer
---@return boolean deleted false if the user wants to keep its changes, or its program
local function delete(buf)
  if not api.nvim_buf_is_valid(buf) then
    return true
  end
  local runs = vim.bo[buf].buftype == "terminal" and vim.fn.jobwait({ vim.bo[buf].channel }, 0)[1] == -1
  if runs or vim.bo[buf].modified then
    local name = vim.fn.fnamemodify(api.nvim_buf_get_name(buf), ":~:.")
    local asked = runs and "%s is running. End and delete it?" or "%s is modified. Delete it?"
    if not question.ask(asked:format(name ~= "" and name or "The buffer")) then
      return false
    end
  end
  local other
  for _, win in ipairs(vim.fn.win_findbuf(buf)) do
    other = other
      or vim.tbl_filter(function(one)
        return one ~= buf and vim.bo[one].buflisted
      end, api.nvim_list_bufs())[1]
      or api.nvim_create_buf(true, false)
    api.nvim_win_set_buf(win, other)
  end
  local ok, message = pcall(api.nvim_buf_delete, buf, { force = true })
  if not ok then
    places.report_error(message)
  end
  return ok
end

--- Opens a picker for buffers.
---@param opts { query?: string }
function M.open(opts)
  -- Now, as the prompt is the current buffer later.
  local current, alternate = api.nvim_get_current_buf(), vim.fn.bufnr("#")
  open({
    items = function(add, done)
      add(items_of(current, alternate))
      done()
    end,
    parts = parts,
    fuzzy = { scheme = "path" },
    title = "Buffers",
    kind = "buffers",
    query = opts.query,
    icons = true,
    keys = {
      ["<C-d>"] = {
        function(picker, item, marked)
          for _, one in ipairs(#marked > 0 and marked or { item }) do
            if not delete(one.bufnr) then
              break
            end
          end
          picker:refresh()
        end,
        desc = "delete the marked buffers, or the selected buffer",
      },
    },
    go = function(item, how)
      if api.nvim_buf_is_valid(item.bufnr) then
        -- Without a line, so that the editor restores the buffer's cursor.
        places.go({ bufnr = item.bufnr }, how)
      end
    end,
  })
end

return M
