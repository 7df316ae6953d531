--- Shared functions of the picker specs.
local child = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/child.lua")

local M = {}

--- Starts a child, in a directory if one is passed.
---@param opts? rille.test.child.options
---@param directory? string
---@return rille.test.child
function M.start(opts, directory)
  local nvim = child.start(opts)
  if directory then
    nvim:lua([[vim.api.nvim_set_current_dir(...)]], directory)
  end
  nvim:lua(function()
    --- Returns live handles of each kind, except the notifier and the buffer that modules never close.
    function _G.handles()
      local handles = {}
      for kind, count in pairs(require("rille").stats().handles) do
        local kept = (kind == "notifier" or kind == "buffer") and 1 or 0
        handles[kind] = count > kept and count or nil
      end
      return handles
    end
  end)
  return nvim
end

--- Makes a directory tree of 62 files and returns its path.
---@return string
function M.tree()
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory .. "/src/deep", "p")
  for i = 1, 60 do
    vim.fn.writefile({ "text of " .. i, "second" }, ("%s/src/file%02d.txt"):format(directory, i))
  end
  vim.fn.writefile({ "int main;" }, directory .. "/src/deep/main.c")
  vim.fn.writefile({ "first", "needle here", "last" }, directory .. "/alone.conf")
  return directory
end

--- Returns the text in the prompt of the open picker.
---@param nvim rille.test.child
---@return string
function M.prompt(nvim)
  return nvim:lua(function()
    return require("rille.nvim.picker").current.prompt.query
  end)
end

--- Returns the name of the current buffer without its directory.
---@param nvim rille.test.child
---@return string
function M.name(nvim)
  return nvim:lua([[return vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ":t")]])
end

--- Waits for a question, answers it with a key, and waits until it is gone: a key that comes too early is text of the prompt.
---@param nvim rille.test.child
---@param key string
function M.answer(nvim, key)
  nvim:sees("(y/n)")
  nvim:type(key)
  nvim:misses("(y/n)")
end

--- Waits until no picker is open and everything is freed.
---@param nvim rille.test.child
function M.closed(nvim)
  nvim:wait(function()
    if require("rille.nvim.picker").current or next(_G.handles()) then
      return false
    end
    for _, win in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(win).relative ~= "" then
        return false
      end
    end
    return true
  end)
end

return M
