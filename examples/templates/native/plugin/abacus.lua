-- Defines the command and the mapping only: everything else is loaded at their first use.
if vim.g.loaded_abacus then
  return
end
vim.g.loaded_abacus = true

vim.api.nvim_create_user_command("Abacus", function(call)
  require("abacus.command").run(call.args, call.line1, call.line2)
end, { nargs = "?", range = "%", desc = "abacus: show the most frequent words" })

vim.keymap.set(
  { "n", "x" },
  "<Plug>(abacus-top)",
  ":Abacus<CR>",
  { silent = true, desc = "abacus: most frequent words" }
)
