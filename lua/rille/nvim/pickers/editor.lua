--- Pickers for lists of the editor: quickfix and location lists, marks, jumps, changes, registers, and more.
local open = require("rille.nvim.pick").open
local item_of = require("rille.nvim.picker.item")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Opens a picker, or says that there is nothing.
local function show(spec, opts, nothing)
  if #spec.items == 0 then
    return text_of.notify(nothing, vim.log.levels.INFO)
  end
  spec.query = opts.query
  return open(spec)
end

--- Opens a picker for the entries of the quickfix list, or of the window's location list.
---@param opts rille.nvim.open.options
---@param is_local? boolean
function M.quickfix(opts, is_local)
  local what = { items = 0, title = 0 }
  local list = is_local and vim.fn.getloclist(0, what) or vim.fn.getqflist(what)
  local name = is_local and "location list" or "quickfix list"
  show({
    title = is_local and "Location list" or "Quickfix list",
    kind = is_local and "loclist" or "quickfix",
    items = list.items,
    parts = item_of.parts,
    icons = true,
  }, opts, "the " .. name .. " is empty")
end

--- Returns a place, with its line if the buffer is loaded.
local function place_in(buf, path, lnum, col)
  local line = buf and api.nvim_buf_is_loaded(buf) and api.nvim_buf_get_lines(buf, lnum - 1, lnum, false)[1]
    or ""
  return { bufnr = buf, filename = path, lnum = lnum, col = col, text = vim.trim(line) }
end

--- Opens a picker for marks: those of the buffer and the global ones.
---@param opts rille.nvim.open.options
function M.marks(opts)
  local items = {}
  for _, list in ipairs({ vim.fn.getmarklist(api.nvim_get_current_buf()), vim.fn.getmarklist() }) do
    for _, mark in ipairs(list) do
      local buf, lnum, col = mark.pos[1], mark.pos[2], mark.pos[3]
      local path = mark.file and vim.fn.fnamemodify(mark.file, ":p") or nil
      buf = buf > 0 and api.nvim_buf_is_valid(buf) and buf or nil
      if lnum > 0 and (buf or path) then
        local item = place_in(buf, path, lnum, math.max(1, col))
        item.name = mark.mark:sub(2)
        items[#items + 1] = item
      end
    end
  end
  show({
    title = "Marks",
    kind = "marks",
    items = items,
    parts = function(item)
      return vim.list_extend({ { item.name .. "  ", "Identifier" } }, item_of.parts(item))
    end,
  }, opts, "there are no marks")
end

--- Opens a picker for the jump list, or the change list, the latest first.
---@param opts rille.nvim.open.options
---@param name "jumps"|"changes"
function M.places(opts, name)
  local list = (name == "jumps" and vim.fn.getjumplist() or vim.fn.getchangelist())[1]
  local items, seen, current = {}, {}, api.nvim_get_current_buf()
  for i = #list, 1, -1 do
    local buf, lnum = list[i].bufnr or current, list[i].lnum
    local key = ("%d:%d"):format(buf, lnum)
    if not seen[key] and lnum > 0 and api.nvim_buf_is_valid(buf) then
      seen[key] = true
      items[#items + 1] = place_in(buf, nil, lnum, list[i].col + 1)
    end
  end
  show({
    title = name == "jumps" and "Jumps" or "Changes",
    kind = name,
    items = items,
    parts = item_of.parts,
    icons = true,
  }, opts, ("the %s list is empty"):format(name == "jumps" and "jump" or "change"))
end

--- Opens a picker for registers; the chosen one is pasted.
---@param opts rille.nvim.open.options
function M.registers(opts)
  local items = {}
  for name in ('"-0123456789abcdefghijklmnopqrstuvwxyz:.%#/'):gmatch(".") do
    local text = vim.fn.getreg(name)
    if text ~= "" then
      items[#items + 1] = { text = (text:gsub("\n", "⏎")), name = name, lines = text }
    end
  end
  show({
    title = "Registers",
    kind = "registers",
    items = items,
    parts = function(item)
      return { { item.name .. "  ", "Identifier" }, item.text }
    end,
    preview = function(item)
      return { lines = item.lines }
    end,
    go = function(item)
      vim.cmd.normal({ args = { '"' .. item.name .. "p" }, bang = true })
    end,
  }, opts, "all registers are empty")
end

--- Opens a picker for color schemes. Each is applied while it is selected; closing the picker restores the previous one.
---@param opts rille.nvim.open.options
function M.colorschemes(opts)
  local before, background = vim.g.colors_name or "default", vim.o.background
  local names = vim.fn.getcompletion("", "color")
  local function apply(name)
    local ok, message = pcall(vim.cmd.colorscheme, name)
    if not ok then
      text_of.notify(text_of.reason(message))
    end
  end
  local selected
  for i, name in ipairs(names) do
    if name == before then
      selected = i
    end
  end
  local chosen
  open({
    title = "Color schemes",
    kind = "colorschemes",
    query = opts.query,
    items = names,
    selected = not opts.query and selected or nil,
    preview = false,
    layout = "dropdown",
    on_move = function(name)
      if name and name ~= vim.g.colors_name then
        apply(name)
      end
    end,
    on_choice = function(name)
      chosen = name
    end,
    on_close = function()
      if chosen then
        apply(chosen)
      elseif vim.g.colors_name ~= before or vim.o.background ~= background then
        vim.o.background = background
        apply(before)
      end
    end,
  })
end

--- Opens a picker for highlight groups.
---@param opts rille.nvim.open.options
function M.highlights(opts)
  local items = {}
  for name, group in vim.spairs(api.nvim_get_hl(0, {})) do
    items[#items + 1] = { text = name, link = group.link }
  end
  open({
    title = "Highlights",
    kind = "highlights",
    query = opts.query,
    items = items,
    parts = function(item)
      return { { item.text, item.text }, item.link and { "  links to " .. item.link, "RillePath" } or nil }
    end,
    preview = function(item)
      local _, output = pcall(api.nvim_exec2, "highlight " .. item.text, { output = true })
      return { lines = type(output) == "table" and output.output or "" }
    end,
    place = function() end,
    go = function(item)
      api.nvim_feedkeys(":highlight " .. item.text .. " ", "nt", false)
    end,
  })
end

--- Opens a picker for options; the chosen one is put on the command line with its value.
---@param opts rille.nvim.open.options
function M.options(opts)
  local items = {}
  for name, info in vim.spairs(api.nvim_get_all_options_info()) do
    local ok, value = pcall(api.nvim_get_option_value, name, {})
    items[#items + 1] = {
      text = name,
      short = info.shortname,
      scope = info.scope,
      is_changed = ok and value ~= info.default,
      value = ok and tostring(value) or "",
      type = info.type,
    }
  end
  open({
    title = "Options",
    kind = "options",
    query = opts.query,
    items = items,
    preview = false,
    place = function() end,
    parts = function(item)
      return {
        { item.text .. (" "):rep(math.max(1, 22 - #item.text)), item.is_changed and "Identifier" or nil },
        { item.scope .. "  ", "RilleLine" },
        { (item.value:gsub("\n", " ")), "RillePath" },
      }
    end,
    go = function(item)
      local value = item.type == "boolean" and (item.value == "true" and "no" .. item.text or item.text)
        or ("%s=%s"):format(item.text, vim.fn.escape(item.value, ' \\|"'))
      api.nvim_feedkeys(":set " .. value, "nt", false)
    end,
  })
end

--- Opens a picker for autocommands.
---@param opts rille.nvim.open.options
function M.autocommands(opts)
  local items = {}
  for _, command in ipairs(api.nvim_get_autocmds({})) do
    local what = command.desc or command.command ~= "" and command.command or "a Lua function"
    local info = command.callback
      and type(command.callback) == "function"
      and debug.getinfo(command.callback, "S")
    local path = info and info.source:match("^@(.*)")
    items[#items + 1] = {
      text = ("%s %s %s"):format(command.event, command.pattern or "", (what:gsub("\n", " "))),
      event = command.event,
      pattern = command.pattern or "",
      group = command.group_name,
      what = (what:gsub("\n", " ")),
      path = path and (vim.uv or vim.loop).fs_stat(path) and path or nil,
      lnum = path and info.linedefined or nil,
    }
  end
  open({
    title = "Autocommands",
    kind = "autocommands",
    query = opts.query,
    items = items,
    parts = function(item)
      return {
        { item.event .. " ", "Identifier" },
        { item.pattern .. " ", "RilleLine" },
        item.what,
        item.group and { "  " .. item.group, "RillePath" } or nil,
      }
    end,
    preview = function(item)
      return item.path and true or { lines = item.what, filetype = "vim" }
    end,
  })
end

--- Opens a picker for the corrections of the word under the cursor.
---@param opts rille.nvim.open.options
function M.spelling(opts)
  local word = vim.fn.expand("<cword>")
  local items = word ~= "" and vim.fn.spellsuggest(word) or {}
  show({
    title = "Spelling of " .. word,
    kind = "spelling",
    items = items,
    preview = false,
    layout = "dropdown",
    sort = false,
    place = function() end,
    go = function(correction)
      vim.cmd.normal({ args = { "ciw" .. correction }, bang = true })
    end,
  }, opts, "there is no correction for the word under the cursor")
end

return M
