-- The command, the <Plug> maps, and nothing else: all code is loaded when one of them is used first.
if vim.g.loaded_rille then
  return
end
vim.g.loaded_rille = true

vim.api.nvim_create_user_command("Rille", function(call)
  require("rille.nvim.command").run(call)
end, {
  nargs = "*",
  desc = "rille: pick files, lines and buffers, search a tree, view a file of any size",
  complete = function(lead, line)
    return require("rille.nvim.command").complete(lead, line)
  end,
})

for _, name in ipairs({ "files", "grep", "lines", "buffers", "help", "resume", "view" }) do
  vim.api.nvim_set_keymap(
    "n",
    "<Plug>(rille-" .. name .. ")",
    "<Cmd>Rille " .. name .. "<CR>",
    { noremap = true }
  )
end

-- What the viewer shows has a name that can be read again, as by a session.
vim.api.nvim_create_autocmd("BufReadCmd", {
  pattern = "rille://*",
  nested = true,
  callback = function(event)
    local viewer = require("rille.nvim.viewer")
    viewer.read(event.buf, viewer.path(event.match))
  end,
})

-- What runs goes on with its own code until Neovim is restarted.
if vim.fn.exists("##PackChangedPre") == 1 then
  vim.api.nvim_create_autocmd("PackChangedPre", {
    callback = function(event)
      local data = event.data or {}
      if data.spec and data.spec.name == "rille" and data.kind == "update" and package.loaded["rille"] then
        require("rille.nvim.library").hold()
      end
    end,
  })
end

-- What `:Rille view -` shows.
vim.api.nvim_create_autocmd("StdinReadPost", {
  callback = function(event)
    vim.b[event.buf].rille_stdin = true
  end,
})

-- Files above a size open in the viewer, where a user wants that. The option is read without any module.
local config = vim.g.rille
if type(config) == "table" and type(config.view) == "table" and config.view.above then
  require("rille.nvim.viewer.above").enable()
end
if type(config) == "table" and type(config.picker) == "table" and config.picker.select == true then
  vim.ui.select = function(...)
    require("rille.nvim.pickers").select(...)
  end
end
