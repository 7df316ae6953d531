--- Pickers for what can be run: keymaps, commands, and the histories of the command line.
local open = require("rille.nvim.pick").open
local places = require("rille.nvim.picker.places")
local text_of = require("rille.nvim.text")

local api = vim.api

local M = {}

--- Modes whose mappings are listed.
local MODES = { "n", "i", "x", "s", "o", "c", "t" }
--- Cells of the columns of left sides and of names.
local LEFT_CELLS, NAME_CELLS = 18, 24

local function padded(text, cells)
  return text .. (" "):rep(math.max(1, cells - text_of.cells(text)))
end

--- Returns the place of a Lua function.
local function place_of(callback)
  local info = debug.getinfo(callback, "S")
  local path = info.source:match("^@(.*)")
  if path and info.linedefined > 0 and (vim.uv or vim.loop).fs_stat(path) then
    return path, info.linedefined
  end
end

--- Returns the path of the script of a number, as `getscriptinfo()` has it.
local function script_of(sid)
  if sid and sid > 0 then
    local ok, list = pcall(vim.fn.getscriptinfo, { sid = sid })
    local path = ok and list[1] and vim.fn.fnamemodify(list[1].name, ":p")
    return path and (vim.uv or vim.loop).fs_stat(path) and path or nil
  end
end

--- Returns the mappings: one item for those that are the same in several modes.
local function keymaps(buf)
  local items, known = {}, {}
  for _, mode in ipairs(MODES) do
    local list = vim.list_extend(api.nvim_buf_get_keymap(buf, mode), api.nvim_get_keymap(mode))
    for _, map in ipairs(list) do
      local target = map.desc or map.rhs and map.rhs ~= "" and map.rhs or "a Lua function"
      local key = ("%s\0%s\0%s"):format(map.lhs, target, tostring(map.callback))
      if known[key] then
        if not known[key].modes:find(mode, 1, true) then
          known[key].modes = known[key].modes .. mode
        end
      else
        local path, lnum = nil, map.lnum
        if map.callback then
          path, lnum = place_of(map.callback)
        end
        path = path or script_of(map.sid)
        local left = vim.fn.keytrans(map.lhsraw or map.lhs)
        known[key] = {
          text = ("%s %s"):format(left, (target:gsub("\n", " "))),
          left = left,
          target = (target:gsub("\n", " ")),
          modes = mode,
          raw = map.lhsraw or map.lhs,
          path = path,
          lnum = path and lnum and lnum > 0 and lnum or nil,
          rhs = map.rhs,
        }
        items[#items + 1] = known[key]
      end
    end
  end
  return items
end

--- Opens a picker for mappings. The chosen one runs if it is of Normal mode; a key goes to its definition.
---@param opts rille.nvim.open.options
function M.keymaps(opts)
  local items = keymaps(api.nvim_get_current_buf())
  open({
    title = "Keymaps",
    kind = "keymaps",
    query = opts.query,
    items = items,
    parts = function(item)
      local place = item.path and ("  %s:%d"):format(vim.fn.fnamemodify(item.path, ":~:."), item.lnum or 1)
        or ""
      return {
        { padded(item.modes, 4), "RilleLine" },
        { padded(item.left, LEFT_CELLS), "Identifier" },
        item.target,
        { place, "RillePath" },
      }
    end,
    preview = function(item)
      return item.path and true or { lines = item.rhs or item.target, filetype = "vim" }
    end,
    keys = {
      ["<C-l>"] = {
        function(picker, item)
          if not item or not item.path then
            return text_of.notify("the place of this mapping is unknown", vim.log.levels.WARN)
          end
          picker:close(function()
            places.go({ path = item.path, lnum = item.lnum }, "edit")
          end)
        end,
        desc = "go to the definition",
      },
    },
    go = function(item)
      if item.modes:find("n", 1, true) then
        api.nvim_feedkeys(item.raw, "mt", false)
      end
    end,
  })
end

--- Puts a command on the command line, with the cursor at its end.
local function type_command(prefix, command)
  api.nvim_feedkeys(prefix .. text_of.line(command), "nt", false)
end

--- Returns all commands: those of users and plugins, and those of the editor.
local function commands(buf)
  local items, seen = {}, {}
  local function add(list)
    for name, command in pairs(list) do
      if not seen[name] then
        seen[name] = true
        local about = command.definition or ""
        items[#items + 1] =
          { text = name, about = (about:gsub("\n", " ")), nargs = command.nargs, own = true }
      end
    end
  end
  local own = api.nvim_buf_get_commands(buf, {})
  own[true] = nil
  add(own)
  add(api.nvim_get_commands({}))
  for _, name in ipairs(vim.fn.getcompletion("", "command")) do
    if not seen[name] then
      items[#items + 1] = { text = name, about = "", nargs = "*" }
    end
  end
  table.sort(items, function(a, b)
    if a.own ~= b.own then
      return a.own == true
    end
    return a.text < b.text
  end)
  return items
end

--- Opens a picker for commands. The chosen one runs, or is put on the command line if it takes arguments.
---@param opts rille.nvim.open.options
function M.commands(opts)
  open({
    title = "Commands",
    kind = "commands",
    query = opts.query,
    items = commands(api.nvim_get_current_buf()),
    preview = false,
    parts = function(item)
      return {
        { padded(item.text, NAME_CELLS), item.own and "Identifier" or nil },
        { item.about, "RillePath" },
      }
    end,
    keys = {
      ["<C-l>"] = {
        function(picker, item)
          if item then
            picker:close(function()
              type_command(":", item.text .. " ")
            end)
          end
        end,
        desc = "edit the command before running it",
      },
    },
    go = function(item)
      type_command(":", item.nargs == "0" and item.text .. "\r" or item.text .. " ")
    end,
  })
end

--- Opens a picker for a history of the command line. The chosen line runs; a key puts it on the command line.
---@param opts rille.nvim.open.options
---@param name "cmd"|"search"
function M.history(opts, name)
  local items, seen = {}, {}
  for i = vim.fn.histnr(name), 1, -1 do
    local line = vim.fn.histget(name, i)
    if line ~= "" and not seen[line] then
      seen[line] = true
      items[#items + 1] = line
    end
  end
  local prefix = name == "cmd" and ":" or "/"
  open({
    title = name == "cmd" and "Command history" or "Search history",
    kind = name == "cmd" and "command_history" or "search_history",
    query = opts.query,
    items = items,
    preview = false,
    fuzzy = { scheme = "history" },
    place = function() end,
    keys = {
      ["<C-l>"] = {
        function(picker, line)
          if line then
            picker:close(function()
              type_command(prefix, line)
            end)
          end
        end,
        desc = "edit the line before running it",
      },
    },
    go = function(line)
      type_command(prefix, line .. "\r")
    end,
  })
end

return M
