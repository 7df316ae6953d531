-- Defines the command and the mapping only: everything else is loaded at their first use.
if vim.g.loaded_relay then
  return
end
vim.g.loaded_relay = true

vim.api.nvim_create_user_command("Relay", function(call)
  local command = require("relay.command")
  if call.bang then
    command.cancel()
  else
    command.run(call.args)
  end
end, { nargs = "?", bang = true, desc = "relay: count primes in another process; with ! cancel" })

vim.keymap.set("n", "<Plug>(relay-cancel)", "<Cmd>Relay!<CR>", { desc = "relay: cancel" })
