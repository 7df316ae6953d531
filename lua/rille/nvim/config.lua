--- The configuration of users: `vim.g.rille`, or `require("rille.nvim").setup()` for those who prefer a call.
---
--- Both are tables of tables, `{ view = { above = 2 ^ 28 } }`; a call takes precedence over the variable. No mistake raises
--- an error: unknown options and values of a wrong type are ignored and reported by `:checkhealth rille`.
local M = {}

--- The names of layouts.
M.layouts = { "default", "vertical", "ivy", "dropdown", "select" }

--- Returns whether a value is the name of a layout.
---@param value any
---@return boolean
function M.is_layout(value)
  for _, name in ipairs(M.layouts) do
    if value == name then
      return true
    end
  end
  return false
end

--- Returns whether a table, string or function is a layout, or chooses one.
local function chooses_layout(choice)
  if type(choice) ~= "table" then
    return type(choice) == "function" or M.is_layout(choice)
  end
  for key, value in pairs(choice) do
    local right = (key == "wide" or key == "narrow") and M.is_layout(value)
    if not (right or key == "columns" and type(value) == "number" and value >= 1) then
      return false
    end
  end
  return true
end

local function are_layouts(layouts)
  for name, choice in pairs(layouts) do
    if type(name) ~= "string" or not chooses_layout(choice) then
      return false
    end
  end
  return true
end

--- The declaration of an option for a layout.
---@type rille.option
M.layout = {
  "table",
  "function",
  values = M.layouts,
  fits = chooses_layout,
  about = "'default', 'vertical', 'ivy', 'dropdown', 'select', a table with such a 'wide' and 'narrow' layout and the 'columns' of a wide screen, or a function",
}

---@class rille.nvim.option
---@field [1] string name: group and key
---@field [2] any default
---@field [3] rille.option what a value must be
---@field [4] string its description

--- All options. The help is generated from this list.
---@type rille.nvim.option[]
M.options = {
  {
    "prebuilt",
    false,
    { "boolean" },
    "Whether `build.lua`, which plugin managers run, downloads the library as |:Rille-install| does instead of building it.",
  },
  {
    "progress",
    true,
    { "boolean" },
    "Report work that takes longer than a moment: with progress messages on Neovim 0.12 and later, otherwise with `vim.notify`.",
  },
  {
    "grep.limit",
    2000,
    { "integer", min = 1 },
    "Maximum number of lines shown by a search of the tree; it says so when there are more.",
  },
  {
    "picker.border",
    "",
    { "string", "table" },
    "Border of the picker's windows, as for |nvim_open_win()|; by default that of 'winborder', and if that is empty a rounded one.",
  },
  {
    "picker.height",
    0.85,
    { "number", min = 0, max = 1 },
    "Share of the screen's lines that a picker takes.",
  },
  {
    "picker.history",
    100,
    { "integer", min = 0 },
    "Number of queries in the history of each kind of picker.",
  },
  {
    "picker.icons",
    true,
    { "boolean" },
    "Whether files have icons, if mini.icons or nvim-web-devicons is installed.",
  },
  {
    "picker.keys",
    {},
    { "table" },
    'Keys of the picker, by the name of their action: `{ split = "<C-s>", mark_all = false }`; a list sets several keys, false removes them.',
  },
  {
    "picker.layout",
    "default",
    M.layout,
    'Layout of pickers: "default" has the preview at the side, or below on a narrow screen; "vertical" has it below; "ivy" is at the bottom of the screen; "dropdown" is small, "select" as high and wide as its items, both without a preview. `{ wide = "default", narrow = "vertical", columns = 100 }` switches by the width of the screen, a function is called with its columns and lines.',
  },
  {
    "picker.layouts",
    {},
    { "table", fits = are_layouts, about = "a table of layouts by the name of a picker" },
    'Layouts of some pickers, by name: `{ lines = "ivy", grep = { narrow = "dropdown" } }`; other pickers have |rille.picker.layout|.',
  },
  {
    "picker.name_first",
    false,
    { "boolean" },
    "Whether rows of files have the name before the directory.",
  },
  {
    "picker.normalize",
    false,
    { "boolean" },
    "Whether letters match with and without accents, in composed and decomposed form.",
  },
  { "picker.preview", true, { "boolean" }, "Whether there is a preview, if the screen has room for it." },
  {
    "picker.recent",
    true,
    { "boolean" },
    'Whether Neovim keeps which files were opened, in `stdpath("state")`, for `:Rille recent` and `:Rille smart`.',
  },
  {
    "picker.select",
    false,
    { "boolean" },
    "Whether |vim.ui.select()| opens a picker. `setup()` applies it at once, the variable at start-up.",
  },
  {
    "picker.width",
    0.9,
    { "number", min = 0, max = 1 },
    "Share of the screen's columns that a picker takes.",
  },
  {
    "view.above",
    false,
    { "number", values = { false } },
    "Files of this many bytes or more are opened by the viewer instead of being loaded: by `:edit`, from the command line, and in every other way. `:noautocmd edit` still loads one.",
  },
  {
    "url",
    "",
    { "string" },
    "Where |:Rille-install| finds the archives; by default $RILLE_MIRROR, or the releases of rille.",
  },
  { "view.number", true, { "boolean" }, "Whether the viewer shows line numbers." },
  {
    "view.columns",
    2000,
    { "integer", min = 1 },
    "Number of bytes of a line shown at once; the rest of a longer line is shown as the cursor moves.",
  },
  {
    "view.keys",
    {},
    { "table" },
    'Keys of the viewer, by the name of their action: `{ follow = "F" }`; false removes a key.',
  },
}

--- The modules that list the keys of a group.
M.key_lists = { picker = "rille.nvim.picker.keys", view = "rille.nvim.viewer.keys" }

local called = {}

--- Sets options, which take precedence over `vim.g.rille`. Calling it is optional.
---@param opts? table
function M.setup(opts)
  called = opts or {}
end

local function variable()
  local value = vim.g.rille
  return type(value) == "table" and value or {}
end

--- Returns the value at a dotted name.
local function at(tree, name)
  for key in name:gmatch("[^.]+") do
    if type(tree) ~= "table" then
      return nil
    end
    tree = tree[key]
  end
  return tree
end

--- The readers of tables of options, by the prefix of their names: "" has the groups, "view." and "view.keys." their own.
---@type table<string, (fun(opts: table, name: string): table)?>
local readers = setmetatable({}, {
  __index = function(self, prefix)
    local fields = {}
    local keys = M.key_lists[prefix:match("^(%w+)%.keys%.$")]
    for _, key in ipairs(keys and require(keys).list or {}) do
      fields[prefix .. key.name] = { "string", "table", values = { false } }
    end
    for _, option in ipairs(M.options) do
      local group = option[1]:match("^%w+%.") or ""
      if group == prefix then
        fields[option[1]] = option[3]
      elseif prefix == "" then
        fields[group:sub(1, -2)] = { "table" }
      end
    end
    self[prefix] = next(fields) and require("rille.core.options").reader(fields) or nil
    return rawget(self, prefix)
  end,
})

--- Returns the value of an option.
---@param name string
---@return any
function M.get(name)
  for _, option in ipairs(M.options) do
    if option[1] == name then
      local read = readers[name:match("^%w+%.") or ""]
      for _, tree in ipairs({ called, variable() }) do
        local value = at(tree, name)
        if value ~= nil and pcall(read, { [name] = value }, "") then
          return value
        end
      end
      return option[2]
    end
  end
  error("rille: there is no option " .. name, 2)
end

--- Returns the mistakes in the configuration, a sentence for each.
---@return string[]
function M.faults()
  local faults = {}
  local function look(from, tree, prefix)
    for key, value in pairs(tree) do
      local name = prefix .. tostring(key)
      local ok, message = pcall(readers[prefix], { [name] = value }, from)
      if not ok then
        faults[#faults + 1] = message:sub((message:find(from, 1, true)))
      elseif type(value) == "table" and readers[name .. "."] then
        look(from, value, name .. ".")
      end
    end
  end
  for from, tree in pairs({ ["vim.g.rille"] = vim.g.rille == nil and {} or vim.g.rille, ["setup()"] = called }) do
    if type(tree) == "table" then
      look(from, tree, "")
    else
      faults[#faults + 1] = ("%s: must be a table, got %s"):format(from, type(tree))
    end
  end
  table.sort(faults)
  return faults
end

return M
