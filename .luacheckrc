std = "luajit"
max_line_length = false -- stylua's concern

-- The only places that may name a host.
local neovim = {
  read_globals = { "vim", "MiniPick" },
  globals = { "vim.g", "vim.o", "vim.bo", "vim.wo", "vim.b", "vim.v", "vim.ui" },
}
files["lua/rille/nvim"] = neovim
files["lua/rille/health.lua"] = neovim
files["plugin"] = neovim
files["build.lua"] = neovim
files["test/neovim"] = neovim
files["bench/neovim"] = neovim
files["examples/pickers"] = neovim
files["tools/pictures.lua"] = neovim
files["examples/templates"] = { globals = { "vim" } }
files["lua/rille/resty"] = { read_globals = { "ngx" }, globals = { "ngx.ctx", "ngx.arg", "ngx.header", "ngx.status" } }
files["examples/openresty"] = { globals = { "ngx" } }
files["bench/nginx"] = { globals = { "ngx" } }
files["test/hosts/nginx"] = { globals = { "ngx" } }
files["lua/rille/love"] = { read_globals = { "love" } }
-- Lessons of the course. Those that claim `luajit` in their header are not here.
for _, name in ipairs({ "03-buffers", "04-keys", "05-loop", "06-calls", "11-process", "14-timing", "relay" }) do
  files["examples/course/" .. name .. ".lua"] = { globals = { "vim" } }
end
files["examples/course/16-threads.lua"] = { read_globals = { "vim", "ngx", "love" } }
