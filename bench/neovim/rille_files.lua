--- The stall adapter for the files of a tree, passed by --cwd: `:Rille files`, without a preview.
local adapter = dofile((debug.getinfo(1, "S").source:sub(2):gsub("rille_files%.lua$", "rille.lua")))
function adapter.open(c)
  require("rille.nvim").setup({ picker = { preview = false } })
  require("rille.nvim").files({ cwd = c.cwd })
end
return adapter
