std = "luajit"
max_line_length = false -- stylua's concern
