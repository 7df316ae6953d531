-- Defines the command and the mappings only: everything else is loaded at their first use.
if vim.g.loaded_jotter then
  return
end
vim.g.loaded_jotter = true

vim.api.nvim_create_user_command("Jotter", function(call)
  local command = require("jotter.command")
  if call.bang then
    command.stop()
  else
    command.search(call.args)
  end
end, { nargs = "*", bang = true, desc = "jotter: search the notes; with ! stop the search" })

-- Users choose the keys: vim.keymap.set("n", "<Leader>n", "<Plug>(jotter-word)")
vim.keymap.set("n", "<Plug>(jotter-word)", function()
  require("jotter.command").word()
end, { desc = "jotter: search the notes for the word under the cursor" })
vim.keymap.set("n", "<Plug>(jotter-stop)", "<Cmd>Jotter!<CR>", { desc = "jotter: stop the search" })
