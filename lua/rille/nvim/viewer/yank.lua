--- Yanks from a view. Neovim yanks the part of the lines that the page holds; the missing text is added afterwards. A yank
--- that is too large is refused before the operator runs.
local bytes = require("rille.nvim.viewer.bytes")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")
local status = require("rille.nvim.viewer.status")

local M = {}

--- Maximum count of `yy` in lines, and the number of lines by which the page grows for it at each step.
local MAX_LINES, GROWTH = 200000, 5000

--- Registers of the system clipboard: reading one may take long, so they are not saved.
local SYSTEM = { ["+"] = true, ["*"] = true }

--- Saves the registers that a yank may change.
local function save(view)
  view.saved, view.appends = {}, vim.v.register:match("^%u$")
  view.appends = view.appends and view.appends:lower()
  for _, name in ipairs({ "0", vim.v.register:lower() }) do
    if not SYSTEM[name] and name ~= "_" then
      view.saved[name] = vim.fn.getreginfo(name)
    end
  end
end

--- Restores the saved registers, and shows why.
local function restore(view, message)
  for name, info in pairs(view.saved or {}) do
    vim.fn.setreg(name, info)
  end
  status.say(message)
end

--- Returns the rows of the other end of the selection and of the cursor.
local function rows()
  return vim.fn.line("v"), vim.fn.line(".")
end

--- Returns the keys for `y` or `Y`, for an expression mapping; checks the text to yank where it is already known.
---@param view rille.nvim.viewer.view
---@param key string
---@return string keys
function M.begin(view, key)
  save(view)
  if page.selecting() then
    local from, to = rows()
    local message = bytes.check(view, from, to)
    local mode = vim.fn.mode()
    if not message and mode == "\22" and view.to_end then
      for row = math.min(from, to), math.max(from, to) do
        if view.page[row].continues then
          message = "a block cannot reach the ends of partly shown lines: select with `v`"
        end
      end
    end
    if message then
      vim.schedule(function()
        status.say(message)
      end)
      return ""
    end
  else
    view.anchor = nil
  end
  return key
end

--- Returns the keys for the second `y` of `yy`, for an expression mapping: Neovim's own if the page has the lines.
---@param view rille.nvim.viewer.view
---@return string keys
function M.whole_line(view)
  local row = vim.fn.line(".")
  local last = row + vim.v.count1 - 1
  if vim.v.operator ~= "y" or last <= #view.page and not bytes.check(view, row, last) then
    return "y"
  end
  return "<Cmd>lua require('rille.nvim.viewer.bind').whole_lines()<CR>"
end

--- Yanks lines for a `yy` with a count beyond the page, or of lines that are too long.
---@param view rille.nvim.viewer.view
function M.whole_lines(view)
  local count = vim.v.count1
  operator.run(view, "line", function()
    local row = vim.fn.line(".")
    while #view.page < row + count - 1 and #view.page <= MAX_LINES and view:grow_down(GROWTH) do
      row = vim.fn.line(".")
    end
    if count > MAX_LINES then
      return operator.refuse(view, ("a selection has at most %d lines"):format(MAX_LINES))
    end
    vim.api.nvim_win_set_cursor(0, { math.min(row + count - 1, #view.page), 0 })
  end)
end

--- Returns the two marks of a yank. Neovim 0.10 sets a column past the line for a yank to its end.
local function marks(view)
  local from, to = vim.fn.getpos("'["), vim.fn.getpos("']")
  for _, pos in ipairs({ from, to }) do
    local text = vim.api.nvim_buf_get_lines(view.buf, pos[2] - 1, pos[2], false)[1] or ""
    pos[3] = math.min(pos[3], math.max(#text, 1))
  end
  return from, to
end

--- Returns the two ends of a charwise yank, as positions, and whether it includes the line end.
local function ends(view, event)
  local from, to = marks(view)
  local first, last = view:position(from[2], from[3] - 1), view:position(to[2], to[3] - 1)
  local text = vim.api.nvim_buf_get_lines(view.buf, to[2] - 1, to[2], false)[1] or ""
  -- The last character may have several bytes.
  local char = text:match("^[%z\1-\127\192-\255][\128-\191]*", to[3]) or text:sub(to[3], to[3])
  local anchor = view.anchor
  if not first or not last then
    return nil, "these lines are not shown any more"
  end
  local is_empty = event.regcontents[#event.regcontents] == ""
  if is_empty and to[2] > from[2] and #event.regcontents == to[2] - from[2] + 1 then
    -- The yank ends with the line end before an empty line, or where Neovim 0.10 sets the mark of a yank with `$`.
    local start = anchor and math.min(anchor.position, first) or first
    return start, view.page[to[2]].at - 1, true
  end
  local with_end = #event.regcontents > 1 and event.regcontents[#event.regcontents] == "" and char ~= ""
  local final = last + math.max(#char, 1) - 1
  if anchor and anchor.position < first then
    first = anchor.position
  elseif anchor and anchor.position > final then
    final = anchor.position
  end
  local entry = view.page[to[2]]
  if view.to_end and entry.continues or with_end then
    local following, message = bytes.next_line(view, entry.at)
    if not following then
      return nil, message
    end
    return first, following - 1, with_end
  end
  return first, final, false
end

--- Returns the lines of a register that was appended to, with the appended text replaced.
---@param contents string[] the register's present lines
---@param shown string[] the lines that were appended
---@param lines string[] the lines to append instead
---@param is_chars boolean whether the register is charwise, so that its last line and the first one appended are joined
---@return string[]
local function appended(contents, shown, lines, is_chars)
  local list = vim.list_slice(contents, 1, #contents - #shown)
  if is_chars then
    local joint = contents[#list + 1]
    list[#list + 1] = joint:sub(1, #joint - #shown[1]) .. lines[1]
    return vim.list_extend(list, lines, 2)
  end
  return vim.list_extend(list, lines)
end

--- Returns whether the page lacks some text of the rows.
local function is_cut(view, from, to)
  if view.column > 1 or view.anchor or view.to_end then
    return true
  end
  for row = from, to do
    local entry = view.page[row]
    if not entry or entry.continues or entry.lead > 0 then
      return true
    end
  end
  return false
end

--- Puts lines into the register of a yank.
local function put(view, event, lines, kind)
  local register = event.regname == "" and vim.v.register or event.regname
  if view.appends then
    register = view.appends
    local from, to = marks(view)
    local shown = vim.api.nvim_buf_get_lines(view.buf, from[2] - 1, to[2], false)
    if kind == "v" and to[2] > from[2] and event.regcontents[#event.regcontents] == "" then
      shown[#shown] = ""
      shown[1] = shown[1]:sub(from[3])
    elseif kind == "v" then
      shown[#shown] = shown[#shown]:sub(1, to[3])
      shown[1] = shown[1]:sub(from[3])
      if event.regcontents[#event.regcontents] == "" and #lines > 1 and lines[#lines] == "" then
        shown[#shown + 1] = ""
      end
    end
    kind = vim.fn.getregtype(register)
    lines = appended(event.regcontents, shown, lines, kind == "v")
  end
  if SYSTEM[register] then
    vim.fn.setreg("0", lines, kind)
  end
  vim.fn.setreg(register, lines, kind)
end

--- Replaces the text of a yank, which Neovim took from the page, by the text of the file.
---@param view rille.nvim.viewer.view
function M.yanked(view)
  local event = vim.v.event
  local from, to = vim.fn.line("'["), vim.fn.line("']")
  local kind = event.regtype:sub(1, 1)
  if event.operator ~= "y" then
    return
  end
  local col = view.operator_col
  view.operator_col = nil
  if col and kind == "V" then
    -- The lines were selected for the operator: the cursor keeps its column, as it would without the selection.
    vim.schedule(function()
      if vim.api.nvim_get_current_buf() == view.buf then
        pcall(vim.api.nvim_win_set_cursor, 0, { vim.fn.line("."), col })
      end
    end)
  end
  local start, stop = marks(view)
  for mark, pos in pairs({ ["["] = start, ["]"] = stop }) do
    local position = view:position(pos[2], pos[3] - 1)
    view.marks[mark] = position and view:origin(position)
  end
  if kind == "\22" or not is_cut(view, from, to) then
    return
  end
  local lines, message, first, last, with_end
  if kind == "V" then
    first, last = bytes.of_rows(view, from, to)
    message = last
    if first then
      lines, message = bytes.whole_lines(view, first, last)
    end
  else
    first, last, with_end = ends(view, event)
    message = last
    if first then
      lines, message = bytes.lines(view, first, last)
    end
    if lines and view.to_end and not with_end and lines[#lines] == "" then
      table.remove(lines)
      lines[#lines] = lines[#lines]:gsub("\r$", "")
    end
  end
  view.anchor, view.to_end = nil, nil
  if not lines then
    return restore(view, message)
  end
  put(view, event, lines, kind)
end

--- Sets the keys of yanking.
---@param view rille.nvim.viewer.view
function M.bind(view)
  for _, key in ipairs({ "y", "Y" }) do
    vim.keymap.set({ "n", "x" }, key, function()
      return M.begin(view, key)
    end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: yank" })
  end
  -- Neovim's own `Y` ignores other mappings.
  vim.keymap.set(
    "n",
    "Y",
    "y$",
    { buffer = view.buf, remap = true, desc = "rille: yank to the end of the line" }
  )
  vim.keymap.set("o", "y", function()
    return M.whole_line(view)
  end, { buffer = view.buf, expr = true, nowait = true, desc = "rille: the line" })
end

--- Handles a change of the mode: stores the selection that ends, and resets the state for a new one.
---@param view rille.nvim.viewer.view
---@param from string the previous mode
---@param to string
function M.mode_changed(view, from, to)
  local visual = "^[vV\22]"
  view.mode_before = from
  if to:find("^no") then
    view.to_end = nil
  elseif to:find(visual) and not from:find(visual) then
    view.anchor, view.to_end = nil, nil
  end
  -- During a search in Visual mode the selection continues.
  if from:find(visual) and not to:find(visual) and not to:find("^c") then
    selection.remember(view, from:sub(1, 1))
  end
end

return M
