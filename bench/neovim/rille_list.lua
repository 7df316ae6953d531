--- The stall adapter for a list of strings that exists beforehand, as other pickers receive it. The memory of that list, and
--- of Neovim's own copy while it is read, is included.
local adapter = dofile((debug.getinfo(1, "S").source:sub(2):gsub("rille_list%.lua$", "rille.lua")))
adapter.no_items = false
return adapter
