--- Extends the page before Neovim's own motions reach its end: they move only within the buffer.
local columns = require("rille.nvim.viewer.columns")
local operator = require("rille.nvim.viewer.operator")
local page = require("rille.nvim.viewer.page")
local selection = require("rille.nvim.viewer.selection")

local M = {}

--- Line motions, with the number of lines that a count of 1 moves by; "page" is the height of the window. They run
--- unchanged, after the page has been extended for their count.
M.steps = {
  j = 1,
  k = -1,
  gj = 1,
  gk = -1,
  ["<Down>"] = 1,
  ["<Up>"] = -1,
  ["<C-J>"] = 1,
  ["<C-N>"] = 1,
  ["<C-P>"] = -1,
  ["+"] = 1,
  ["-"] = -1,
  _ = 1,
  ["<CR>"] = 1,
  ["<C-E>"] = 1,
  ["<C-Y>"] = -1,
  ["<C-D>"] = 1,
  ["<C-U>"] = -1,
  ["<C-F>"] = "page",
  ["<C-B>"] = "-page",
  ["<PageDown>"] = "page",
  ["<PageUp>"] = "-page",
}

--- Motions to a place that is found in the text: 1 forward, -1 backward. A motion that has reached the end of the page is
--- repeated in a larger page.
M.searches = {
  ["}"] = 1,
  ["{"] = -1,
  [")"] = 1,
  ["("] = -1,
  ["]]"] = 1,
  ["[["] = -1,
  ["]["] = 1,
  ["[]"] = -1,
}

--- Motions by words and characters, which continue in the next line.
M.words = {
  w = 1,
  W = 1,
  e = 1,
  E = 1,
  b = -1,
  B = -1,
  ge = -1,
  gE = -1,
  ["<Space>"] = 1,
  ["<BS>"] = -1,
  ["<S-Right>"] = 1,
  ["<S-Left>"] = -1,
  ["<C-Right>"] = 1,
  ["<C-Left>"] = -1,
}

--- Maximum number of lines by which the page is extended for a count; a longer motion is a jump.
local FAR = 2000

--- Maximum number of lines that a motion looks through, and the number of lines by which the page grows at each step.
local LOOKED, GROWTH = 20000, 2000

--- Maximum count of a word motion, which runs as that many single motions.
local WORDS = 100000

--- Inclusive motions: an operator includes the character that they lead to.
local INCLUSIVE = { e = true, E = true, ge = true, gE = true }

local function typed(key)
  return vim.api.nvim_replace_termcodes(key, true, true, true)
end

local function cursor()
  return vim.api.nvim_win_get_cursor(0)
end

--- Returns whether the page ends at a row and the text continues.
local function is_border(view, row, direction)
  if direction > 0 then
    return row >= #view.page and not view.at_end
  end
  return row <= 1 and view.page[1] ~= nil and view.page[1].at > 1
end

local function grow(view, direction, count)
  if direction > 0 then
    return not view.at_end and view:grow_down(count)
  end
  return view:grow_up(count)
end

--- Runs one of `steps` with its count.
---@param view rille.nvim.viewer.view
---@param key string
---@param to_shown_line fun(view: rille.nvim.viewer.view, n: integer): boolean?
function M.step(view, key, to_shown_line)
  local unit = M.steps[key]
  local height = vim.api.nvim_win_get_height(0)
  local each = unit == "page" and height or unit == "-page" and -height or unit
  local lines = each * vim.v.count1
  local direction = lines > 0 and 1 or -1
  local count = vim.v.count > 0 and vim.v.count or ""
  local wanted = math.abs(lines) + height
  if wanted > FAR then
    -- The number among the lines that are shown, which a count refers to.
    local number = view.first and view.first + cursor()[1] - 1
    operator.run(view, "line", function()
      if not number then
        return operator.refuse(view, "the number of this line is not known yet")
      end
      return to_shown_line(view, math.max(number + lines - (key == "_" and 1 or 0), 1))
    end)
    return
  end
  local function move()
    while (direction > 0 and #view.page - cursor()[1] or cursor()[1]) < wanted do
      if not grow(view, direction, wanted) then
        break
      end
    end
    vim.cmd("normal! " .. count .. typed(key))
  end
  if not page.pending() then
    move()
  elseif key == "gj" or key == "gk" then
    operator.run(view, "exclusive", move)
  else
    operator.run(view, "line", move)
  end
end

--- Runs one of `searches` with its count.
---@param view rille.nvim.viewer.view
---@param key string
---@param push fun(view: rille.nvim.viewer.view) adds the cursor's position to the jump list
function M.search(view, key, push)
  local direction, count, keys = M.searches[key], vim.v.count1, typed(key)
  if not page.pending() then
    push(view)
  end
  operator.run(view, "exclusive", function()
    local win, looked = vim.api.nvim_get_current_win(), 0
    for _ = 1, count do
      local from = view:here()
      while true do
        vim.cmd("keepjumps normal! " .. keys)
        if not is_border(view, cursor()[1], direction) then
          break
        end
        -- Moves back without `go`, which would trim the page.
        selection.place(view, win, from)
        if looked == LOOKED then
          view:keep(win)
          return operator.refuse(view, ("`%s` has found nothing in %d lines"):format(key, LOOKED))
        elseif not grow(view, direction, GROWTH) then
          vim.cmd("keepjumps normal! " .. keys)
          break
        end
        looked = looked + GROWTH
      end
      if view:here() == from then
        break
      end
    end
    view:keep(win)
  end)
end

--- Returns whether only a part of the cursor's line is shown.
local function is_cut(view)
  local entry = view.page[cursor()[1]]
  return view.column > 1 or entry ~= nil and entry.continues
end

--- Runs one of `words` under an operator, as an expression mapping: Neovim's own motion if the page is large enough, as it
--- treats the last word specially.
---@param view rille.nvim.viewer.view
---@param key string
---@return string keys
function M.word_operator(view, key)
  local far = cursor()[1] + M.words[key] * vim.v.count1
  if not is_cut(view) and far >= 1 and far <= #view.page then
    return key
  end
  return ("<Cmd>lua require('rille.nvim.viewer.bind').word([[%s]])<CR>"):format(key:gsub("<", "<lt>"))
end

--- Runs one of `words` with its count.
---@param view rille.nvim.viewer.view
---@param key string
function M.word(view, key)
  local direction, count, keys = M.words[key], vim.v.count1, typed(key)
  if count > WORDS then
    operator.refuse(view, ("`%s` takes a count of up to %d in a view"):format(key, WORDS))
    return
  end
  if not page.pending() and count == 1 then
    vim.cmd("normal! 1" .. keys)
    return
  end
  operator.run(view, INCLUSIVE[key] and "inclusive" or "word", function()
    for _ = 1, count do
      local before = cursor()
      if direction > 0 and #view.page - before[1] < 2 or direction < 0 and before[1] < 3 then
        grow(view, direction, GROWTH)
        before = cursor()
      end
      vim.cmd("keepjumps normal! 1" .. keys)
      local after = cursor()
      if after[1] == before[1] and after[2] == before[2] then
        break
      elseif is_cut(view) then
        columns.follow(view)
      end
    end
  end)
end

return M
