--- `:Rille files` in the Neovim that runs this spec: it shows what a job on another thread finds, so the job must wake this
--- system's event loop. What keys do is tested in test/neovim.
local t = ...
local rille = require("rille")
local vim = rawget(_G, "vim")

t.test("files of a directory are shown as they are found, with / as separator", function()
  if not (vim and vim.api and vim.fn and vim.wait) then
    t.skip("this is no Neovim with an editor")
  elseif rille.backend ~= "native" then
    t.skip("needs the native library")
  end
  local directory = vim.fn.tempname()
  vim.fn.mkdir(directory .. "/src/deep", "p")
  for _, name in ipairs({ "alone.conf", "src/one.txt", "src/deep/main.c" }) do
    vim.fn.writefile({ "text of " .. name }, directory .. "/" .. name)
  end
  vim.o.runtimepath = vim.o.runtimepath .. "," .. os.getenv("RILLE_ROOT")
  vim.cmd("runtime plugin/rille.lua")
  local notices, notify = {}, vim.notify
  vim.notify = function(message) -- luacheck: ignore 122
    notices[#notices + 1] = message
  end
  local before = vim.fn.getcwd()
  vim.cmd("cd " .. vim.fn.fnameescape(directory))
  vim.cmd("Rille files")

  --- Returns the text of all windows.
  local function shown()
    local lines = {}
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local buffer = vim.api.nvim_win_get_buf(window)
      vim.list_extend(lines, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
    end
    return table.concat(lines, "\n")
  end
  local function has_all()
    local text = shown()
    return text:find("alone.conf", 1, true)
      and text:find("src/one.txt", 1, true)
      and text:find("src/deep/main.c", 1, true)
  end
  local found = vim.wait(20000, has_all, 20)
  local text = shown()
  local picker = require("rille.nvim.picker").current
  if picker then
    picker:cancel()
  end
  vim.cmd("cd " .. vim.fn.fnameescape(before))
  vim.notify = notify -- luacheck: ignore 122
  vim.fn.delete(directory, "rf")
  t.eq(notices, {})
  t.ok(picker, "no picker was opened")
  t.ok(found, text)
end)
