-- Hosts: nvim
-- You learn: the three ways to ask Neovim for something, when to take which, and what each costs.

-- Neovim: `vim.api` has functions written for plugins, in C, called directly. `vim.fn` has every function of Vim's own
-- script language, and converts each value on the way. `vim.cmd` takes a line as you would type it after a colon.
vim.api.nvim_set_current_line("api")
print(vim.api.nvim_get_current_line()) --> api
vim.fn.setline(1, "fn")
print(vim.fn.getline(1)) --> fn
vim.cmd("substitute/fn/cmd/")
print(vim.api.nvim_get_current_line()) --> cmd

-- Neovim: text that is put into a command is read as a command. An odd file name can then do anything, since `|` starts
-- another command. As an argument of its own it stays a name.
local odd = "a | let g:surprise = 1"
vim.cmd("silent! buffer " .. odd)
print(vim.g.surprise) --> 1
vim.g.surprise = nil
vim.cmd.edit({ odd, magic = { file = false, bar = false } })
print(vim.g.surprise, vim.fn.bufname()) --> nil a | let g:surprise = 1

-- How long does a call take? The fastest of several rounds counts: the others were disturbed by the rest of the machine.
local function time(what)
  local best = math.huge
  for _ = 1, 10 do
    local start = os.clock()
    for _ = 1, 500 do
      what()
    end
    best = math.min(best, os.clock() - start)
  end
  return best
end

-- Prints how many times as long the slow one takes, and whether it is at least `least` times.
local function compare(what, least, slow, fast)
  local times = time(slow) / time(fast)
  print(what, ("%.0f times"):format(times), times > least)
end

-- Neovim: the same question, asked in three ways.
local api, fn = vim.api, vim.fn
local function by_api()
  return api.nvim_get_current_line()
end
compare("vim.fn against vim.api:", 1, function()
  return fn.getline(".")
end, by_api) --> vim.fn against vim.api: … times true
compare("vim.cmd against vim.api:", 2, function()
  vim.cmd("let g:line = getline('.')")
end, by_api) --> vim.cmd against vim.api: … times true

-- Neovim: `vim.opt` is made for configuration files, and builds a table for each use. In a loop take `vim.o`.
compare("vim.opt against vim.o:", 2, function()
  return vim.opt.wildignore:get()
end, function()
  return vim.o.wildignore
end) --> vim.opt against vim.o: … times true

-- Neovim: the largest saving is not another function, but one call in place of a thousand.
local lines = {}
for i = 1, 1000 do
  lines[i] = "line " .. i
end
api.nvim_buf_set_lines(0, 0, -1, false, lines)
compare("a thousand calls against one:", 2, function()
  for i = 0, 999 do
    lines[i + 1] = api.nvim_buf_get_lines(0, i, i + 1, false)[1]
  end
end, function()
  lines = api.nvim_buf_get_lines(0, 0, -1, false)
end) --> a thousand calls against one: … times true
