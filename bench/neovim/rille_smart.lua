--- The stall adapter for `:Rille smart` in the tree of --cwd, without a preview.
local adapter = dofile((debug.getinfo(1, "S").source:sub(2):gsub("rille_smart%.lua$", "rille.lua")))
function adapter.open(c)
  if c.cwd then
    vim.api.nvim_set_current_dir(c.cwd)
  end
  vim.fn.setenv("XDG_STATE_HOME", vim.fn.tempname())
  require("rille.nvim").setup({ picker = { preview = false } })
  require("rille.nvim").open("smart", {})
end
return adapter
