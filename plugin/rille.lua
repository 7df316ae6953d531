-- Defines the command and the <Plug> mappings, and nothing else: all other code is loaded at their first use.
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

-- The maps, such as <Plug>(rille-files), are one, which reads the name from the keys that follow: fifty would cost a third
-- of a millisecond at each start.
local function run()
  local name = ""
  repeat
    local key = vim.fn.getcharstr(0)
    name = name .. key
  until key == "" or key == ")"
  require("rille.nvim.command").run({ args = (name:gsub("%)$", "")), smods = {} })
end
for _, mode in ipairs({ "n", "x" }) do
  vim.api.nvim_set_keymap(mode, "<Plug>(rille-", "", { noremap = true, callback = run })
end

-- The name of a view's buffer can be read again, for example when a session is restored.
vim.api.nvim_create_autocmd("BufReadCmd", {
  pattern = "rille://*",
  nested = true,
  callback = function(event)
    local viewer = require("rille.nvim.viewer")
    viewer.read(event.buf, viewer.path(event.match))
  end,
})

-- Loads all modules before an update, so that the running version is kept until Neovim is restarted.
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

-- Keeps which files are opened, for the pickers of recent files; they are written when Neovim ends.
local visits = {}
package.loaded.rille_visits = visits
local function save(at_end)
  if #visits > 0 or package.loaded["rille.nvim.frecency"] then
    pcall(function()
      require("rille.nvim.frecency")[at_end and "finish" or "save"]()
    end)
  end
end
vim.api.nvim_create_autocmd("BufWinEnter", {
  callback = function(event)
    if vim.bo[event.buf].buftype == "" and event.file ~= "" then
      local name = vim.api.nvim_buf_get_name(event.buf)
      local last = visits[#visits]
      if not last or last[1] ~= name then
        visits[#visits + 1] = { name, os.time() }
        if #visits % 1000 == 0 then
          vim.schedule(save)
        end
      end
    end
  end,
})
vim.api.nvim_create_autocmd("VimLeavePre", {
  callback = function()
    save(true)
  end,
})

-- Keeps the standard input for `:Rille view -`.
vim.api.nvim_create_autocmd("StdinReadPost", {
  callback = function(event)
    vim.b[event.buf].rille_stdin = true
  end,
})

-- Large files open in the viewer, if the user has set the option. It is read here without loading a module.
local config = vim.g.rille
if type(config) == "table" and type(config.view) == "table" and config.view.above then
  require("rille.nvim.viewer.above").enable()
end
if type(config) == "table" and type(config.picker) == "table" and config.picker.select == true then
  vim.ui.select = function(...)
    require("rille.nvim.pickers").select(...)
  end
end
