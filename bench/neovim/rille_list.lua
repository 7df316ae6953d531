--- The same with a list of strings that is there before, as other pickers get it. The memory of that list, and of Neovim's
--- own copy while it is read, is counted.
local adapter = dofile((debug.getinfo(1, "S").source:sub(2):gsub("rille_list%.lua$", "rille.lua")))
adapter.no_items = false
return adapter
