--- The configuration of users: `vim.g.rille`, or `require("rille.nvim").setup()` for those who prefer a call.
---
--- Both are tables of tables, `{ view = { above = 2 ^ 28 } }`; a call takes precedence over the variable. No mistake raises
--- an error: unknown options and values of a wrong type are ignored and reported by `:checkhealth rille`.
local M = {}

---@class rille.nvim.option
---@field [1] string name: group and key
---@field [2] any default
---@field [3] string allowed types, separated by "|"; a word in quotes is an allowed value
---@field [4] string its description

--- All options. The help is generated from this list.
---@type rille.nvim.option[]
M.options = {
  {
    "prebuilt",
    false,
    "boolean",
    "Whether `build.lua`, which plugin managers run, downloads the library as |:Rille-install| does instead of building it.",
  },
  {
    "progress",
    true,
    "boolean",
    "Report work that takes longer than a moment: with progress messages on Neovim 0.12 and later, otherwise with `vim.notify`.",
  },
  {
    "grep.limit",
    2000,
    "number",
    "Maximum number of lines shown by a search of the tree; it says so when there are more.",
  },
  {
    "picker.border",
    "",
    "string|table",
    "Border of the picker's windows, as for |nvim_open_win()|; by default that of 'winborder', and if that is empty a rounded one.",
  },
  { "picker.height", 0.85, "number", "Share of the screen's lines that a picker takes." },
  { "picker.history", 100, "number", "Number of queries in the history of each kind of picker." },
  {
    "picker.icons",
    true,
    "boolean",
    "Whether files have icons, if mini.icons or nvim-web-devicons is installed.",
  },
  {
    "picker.keys",
    {},
    "table",
    'Keys of the picker, by the name of their action: `{ split = "<C-s>", mark_all = false }`; a list sets several keys, false removes them.',
  },
  { "picker.preview", true, "boolean", "Whether there is a preview, if the screen has room for it." },
  {
    "picker.select",
    false,
    "boolean",
    "Whether |vim.ui.select()| opens a picker. `setup()` applies it at once, the variable at start-up.",
  },
  { "picker.width", 0.9, "number", "Share of the screen's columns that a picker takes." },
  {
    "view.above",
    false,
    "number|false",
    "Files of this many bytes or more are opened by the viewer instead of being loaded: by `:edit`, from the command line, and in every other way. `:noautocmd edit` still loads one.",
  },
  {
    "url",
    "",
    "string",
    "Where |:Rille-install| finds the archives; by default $RILLE_MIRROR, or the releases of rille.",
  },
  { "view.number", true, "boolean", "Whether the viewer shows line numbers." },
  {
    "view.columns",
    2000,
    "number",
    "Number of bytes of a line shown at once; the rest of a longer line is shown as the cursor moves.",
  },
  {
    "view.keys",
    {},
    "table",
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
  if M.get("picker.select") then
    vim.ui.select = function(...)
      require("rille.core.lazy").load("rille.nvim.pickers").select(...)
    end
  end
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

--- Returns whether a value has one of the types, in the format of `option[3]`.
local function fits(value, types)
  for kind in types:gmatch("[^|]+") do
    local word = type(value) == "string" and '"' .. value .. '"' or tostring(value)
    if type(value) == kind or word == kind then
      return true
    end
  end
  return false
end

--- Returns the value of an option.
---@param name string
---@return any
function M.get(name)
  for _, option in ipairs(M.options) do
    if option[1] == name then
      for _, tree in ipairs({ called, variable() }) do
        local value = at(tree, name)
        if value ~= nil and fits(value, option[3]) then
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
  -- A group is in the table as true.
  local known, faults = {}, {}
  for _, option in ipairs(M.options) do
    known[option[1]:match("^[^.]+")] = true
  end
  for _, option in ipairs(M.options) do
    known[option[1]] = option
  end
  local function look(from, tree, prefix)
    for key, value in pairs(tree) do
      local name = prefix .. tostring(key)
      local option = known[name]
      if not option then
        faults[#faults + 1] = ("%s: there is no option `%s`"):format(from, name)
      elseif option == true then
        if type(value) == "table" then
          look(from, value, name .. ".")
        else
          faults[#faults + 1] = ("%s: `%s` must be a table, got %s"):format(from, name, type(value))
        end
      elseif not fits(value, option[3]) then
        local got = type(value) == "string" and '"' .. value .. '"' or tostring(value)
        faults[#faults + 1] = ("%s: `%s` must be %s, got %s"):format(
          from,
          name,
          option[3]:gsub("|", " or "),
          got
        )
      end
    end
  end
  for _, name in ipairs({ "picker", "view" }) do
    local names = {}
    for _, key in ipairs(require(M.key_lists[name]).list) do
      names[key.name] = true
    end
    for from, tree in pairs({ ["vim.g.rille"] = variable(), ["setup()"] = called }) do
      local keys = at(tree, name .. ".keys")
      for key in pairs(type(keys) == "table" and keys or {}) do
        if not names[key] then
          faults[#faults + 1] = ("%s: there is no key `%s.keys.%s`"):format(from, name, tostring(key))
        end
      end
    end
  end
  if vim.g.rille ~= nil and type(vim.g.rille) ~= "table" then
    faults[1] = "vim.g.rille: must be a table, got " .. type(vim.g.rille)
  end
  look("vim.g.rille", variable(), "")
  look("setup()", called, "")
  table.sort(faults)
  return faults
end

return M
