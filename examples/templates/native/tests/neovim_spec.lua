--- The plugin in Neovim.
local t = ...

t.test("the command lists the most frequent words of the buffer", function()
  vim.cmd("runtime plugin/abacus.lua")
  local shown
  local echo = vim.api.nvim_echo
  vim.api.nvim_echo = function(chunks) ---@diagnostic disable-line: duplicate-set-field
    shown = chunks[1][1]
  end
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "to be or", "not to be", "be" })
  vim.cmd("Abacus 2")
  t.same(shown, "     3  be\n     2  to")
  vim.cmd("2,3Abacus")
  vim.api.nvim_echo = echo
  t.same(shown, "     2  be\n     1  not\n     1  to")
end)

t.test("a wrong count is a message", function()
  local shown
  local notify = vim.notify
  vim.notify = function(text) ---@diagnostic disable-line: duplicate-set-field
    shown = text
  end
  vim.cmd("Abacus x")
  vim.notify = notify
  t.same(shown, "abacus: the number of words must be a whole number, got 'x'")
end)

t.test("the health check names the backend", function()
  vim.cmd("checkhealth abacus")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  local backend = require("abacus").backend()
  local expected = backend == "native" and "the native library runs"
    or "the fallback in Lua runs: ABACUS_BACKEND is lua"
  assert(report:find(expected, 1, true), report)
end)
