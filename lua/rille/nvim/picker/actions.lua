--- The actions that a picker's keys run, by the names in `rille.nvim.picker.keys`.
local config = require("rille.nvim.config")
local default = require("rille.nvim.picker.keys").list

local M = {}

local MOUSE = {
  click = { "<LeftMouse>" },
  double_click = { "<2-LeftMouse>" },
  wheel_down = { "<ScrollWheelDown>" },
  wheel_up = { "<ScrollWheelUp>" },
  nothing = { "<LeftDrag>", "<LeftRelease>", "<RightMouse>", "<MiddleMouse>", "<3-LeftMouse>" },
}

--- Number of lines that one step of the mouse wheel scrolls.
local WHEEL = 3

---@type table<string, fun(picker: rille.nvim.picker)>
M.run = {
  choose = function(picker)
    picker:choose("edit")
  end,
  split = function(picker)
    picker:choose("split")
  end,
  vsplit = function(picker)
    picker:choose("vsplit")
  end,
  tab = function(picker)
    picker:choose("tab")
  end,
  quickfix = function(picker)
    picker:quickfix()
  end,
  mark = function(picker)
    picker:mark()
    picker:move(1)
  end,
  mark_back = function(picker)
    picker:mark()
    picker:move(-1)
  end,
  mark_all = function(picker)
    picker:mark_all()
  end,
  next = function(picker)
    picker:move(1, true)
  end,
  previous = function(picker)
    picker:move(-1, true)
  end,
  page_down = function(picker)
    picker:move(picker.list:height())
  end,
  page_up = function(picker)
    picker:move(-picker.list:height())
  end,
  first = function(picker)
    picker:move(-math.huge)
  end,
  last = function(picker)
    picker:move(math.huge)
  end,
  older = function(picker)
    picker:remember(-1)
  end,
  newer = function(picker)
    picker:remember(1)
  end,
  preview_down = function(picker)
    picker.preview:scroll(true)
  end,
  preview_up = function(picker)
    picker.preview:scroll(false)
  end,
  preview = function(picker)
    picker:toggle_preview()
  end,
  keys = function(picker)
    require("rille.nvim.keyhelp").show("picker", M.descriptions(picker.spec.keys))
  end,
  maximize = function(picker)
    picker:maximize()
  end,
  layout = function(picker)
    picker:next_layout()
  end,
  refine = function(picker)
    picker:refine()
  end,
  close = function(picker)
    picker:cancel()
  end,
  click = function(picker)
    local row = picker.list:at_mouse()
    if row then
      picker:select(row)
    end
  end,
  double_click = function(picker)
    local row = picker.list:at_mouse()
    if row and picker:select(row) then
      picker:choose("edit")
    end
  end,
  wheel_down = function(picker)
    picker:wheel(WHEEL)
  end,
  wheel_up = function(picker)
    picker:wheel(-WHEEL)
  end,
  nothing = function() end,
}

--- Maps the keys in the prompt's buffer.
---@param picker rille.nvim.picker
---@param buf integer
function M.map(picker, buf)
  local wanted = config.get("picker.keys")
  local function map(name, keys)
    for _, key in ipairs(type(keys) == "string" and { keys } or keys or {}) do
      vim.keymap.set({ "i", "n" }, key, function()
        picker:act(M.run[name])
      end, { buffer = buf, nowait = true, desc = "rille: " .. name })
    end
  end
  for name, keys in pairs(MOUSE) do
    map(name, keys)
  end
  local known = {}
  for _, key in ipairs(default) do
    known[key.name] = true
    if wanted[key.name] == nil then
      map(key.name, key.keys)
    end
  end
  vim.keymap.set("n", "?", function()
    picker:act(M.run.keys)
  end, { buffer = buf, nowait = true, desc = "rille: keys" })
  -- Last, so that the user's keys replace the default keys of other actions.
  for name, keys in pairs(wanted) do
    if known[name] then
      map(name, keys)
    end
  end
  for key, action in pairs(picker.spec.keys or {}) do
    local run = type(action) == "table" and action[1] or action
    local opts = { buffer = buf, nowait = true, desc = "rille: " .. M.about(action) }
    if run == false then
      for _, mode in ipairs({ "i", "n" }) do
        pcall(vim.keymap.del, mode, key, { buffer = buf })
      end
    else
      vim.keymap.set({ "i", "n" }, key, function()
        picker:act(type(run) == "string" and M.run[run] or function()
          picker:run(run)
        end)
      end, opts)
    end
  end
end

--- The action of a key of one picker: the name of one of the picker's actions, or a function, with a description in a table;
--- false removes the key.
---@alias rille.nvim.pick.key string|false|rille.nvim.pick.action|{ [1]: rille.nvim.pick.action, desc: string }

---@alias rille.nvim.pick.action fun(picker: rille.nvim.pick.handle, item: any, marked: any[])

--- Returns the description of a key's action.
---@param action rille.nvim.pick.key
---@return string
function M.about(action)
  if type(action) == "table" and type(action.desc) == "string" then
    return action.desc
  end
  local name = type(action) == "table" and action[1] or action
  for _, key in ipairs(default) do
    if key.name == name then
      return key.about
    end
  end
  return "an action of this picker"
end

--- Returns the descriptions of a picker's own keys.
---@param keys? table<string, rille.nvim.pick.key>
---@return table<string, string|false>?
function M.descriptions(keys)
  return keys and vim.tbl_map(function(action)
    return action and M.about(action)
  end, keys)
end

--- Returns the mistake in the keys that a caller has passed, or nil.
---@param keys table<string, rille.nvim.pick.key>
---@return string? mistake
function M.mistake(keys)
  for key, action in pairs(keys) do
    local run = type(action) == "table" and action[1] or action
    local is_known = type(run) == "function" or run == false or (type(run) == "string" and M.run[run])
    if type(key) ~= "string" or not is_known then
      return ("option 'keys[%s]' must be a function, the name of an action or false, got %s"):format(
        tostring(key),
        type(run) == "string" and "'" .. run .. "'" or tostring(run)
      )
    end
  end
end

return M
