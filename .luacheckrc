std = "luajit"
max_line_length = false -- stylua's concern

-- The only places that may name a host.
files["lua/rille/nvim"] = { read_globals = { "vim" } }
files["lua/rille/resty"] = { read_globals = { "ngx" } }
files["lua/rille/love"] = { read_globals = { "love" } }
