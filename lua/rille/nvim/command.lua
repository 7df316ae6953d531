--- The command `:Rille`: its sub-commands, their arguments and their completion.
local lazy = require("rille.core.lazy")
local catalogue = require("rille.nvim.catalogue")
local paths = require("rille.nvim.paths")
local text = require("rille.nvim.text")

local M = {}

---@class rille.nvim.subcommand
---@field takes? string|fun(lead: string): string[] completion type of its argument, as for `getcompletion()`, or a function that completes it; nil if it takes none
---@field run fun(argument: string, call: table)

--- Returns a function that calls a function of `rille.nvim`, with the argument in a table under `key`, if there is one.
local function calls(name, key)
  return function(argument)
    lazy.load("rille.nvim")[name](argument ~= "" and key and { [key] = argument } or {})
  end
end

---@type table<string, rille.nvim.subcommand>
M.subcommands = {
  files = {
    takes = "dir",
    run = function(argument)
      lazy.load("rille.nvim").files(argument ~= "" and { cwd = paths.named(argument) } or {})
    end,
  },
  grep = { run = calls("grep", "query") },
  lines = { run = calls("lines", "query") },
  buffers = { run = calls("buffers", "query") },
  help = { takes = "help", run = calls("help", "query") },
  resume = {
    takes = function(lead)
      local recent, kinds = lazy.load("rille.nvim.picker.recent"), {}
      for _, left in ipairs(recent.all()) do
        kinds[left.spec.kind] = vim.startswith(left.spec.kind, lead) or nil
      end
      kinds = vim.tbl_keys(kinds)
      table.sort(kinds)
      return kinds
    end,
    run = function(argument)
      lazy.load("rille.nvim").resume(argument ~= "" and argument or nil)
    end,
  },
  view = {
    takes = "file",
    run = function(argument, call)
      local file = argument ~= "" and argument or nil
      if file and file ~= "-" and not file:find("^!") then
        file = paths.named(file)
      end
      lazy.load("rille.nvim").view(file, { mods = call.smods })
    end,
  },
  build = {
    run = function()
      local source = debug.getinfo(1, "S").source:sub(2)
      local file = vim.fs.dirname(vim.fn.fnamemodify(source, ":p:h:h:h")) .. "/build.lua"
      assert(loadfile(file))("cargo")
    end,
  },
  install = {
    run = function()
      lazy.load("rille.nvim.install").command()
    end,
  },
  learn = {
    takes = function(lead)
      local numbers = {}
      for _, name in ipairs(lazy.load("rille.nvim.learn").lessons()) do
        numbers[#numbers + 1] = name:sub(1, 2)
      end
      return vim.tbl_filter(function(number)
        return vim.startswith(number, lead)
      end, numbers)
    end,
    run = function(argument)
      lazy.load("rille.nvim.learn").open(argument ~= "" and argument or nil)
    end,
  },
  health = {
    run = function()
      vim.cmd.checkhealth("rille")
    end,
  },
}

local function names()
  local list = lazy.load("rille.nvim.pickers.open").names()
  vim.list_extend(list, catalogue.others)
  table.sort(list)
  return list
end

--- Returns the sub-command of a name.
---@param name string
---@return rille.nvim.subcommand?
local function subcommand(name)
  local opener = not M.subcommands[name] and lazy.load("rille.nvim.pickers.open").opener(name)
  return M.subcommands[name]
    or opener and {
      run = function(argument)
        opener({ query = argument ~= "" and argument or nil })
      end,
    }
    or nil
end

--- Runs `:Rille`, as `nvim_create_user_command` calls it. A wrong argument is reported to the user and raises no error.
--- Without a sub-command the pickers are listed in one.
---@param call table
function M.run(call)
  local name, argument = call.args:match("^%s*(%S*)%s*(.-)%s*$")
  local command = subcommand(name)
  if name == "" then
    command = subcommand("pickers")
  elseif not command then
    return text.notify(("there is no sub-command `%s` (known: %s)"):format(name, table.concat(names(), ", ")))
  end
  local ok, message = pcall(command.run, argument, call)
  if not ok then
    text.notify((text.reason(message):gsub("^rille%.nvim%.%w+: ", "")))
  end
end

--- Completes `:Rille`.
---@param lead string the word before the cursor
---@param line string the whole command line
---@return string[]
function M.complete(lead, line)
  local name = line:match("Rille!?%s+(%S+)%s")
  if name then
    local takes = (subcommand(name) or {}).takes
    if type(takes) == "function" then
      return takes(lead)
    end
    return takes and vim.fn.getcompletion(lead, takes) or {}
  end
  return vim.tbl_filter(function(known)
    return vim.startswith(known, lead)
  end, names())
end

return M
