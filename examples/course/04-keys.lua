-- Hosts: nvim
-- You learn: how a plugin answers its user: a key, a command, an event.

-- Neovim: a map connects keys with a function. "n" is the mode: normal mode, where keys are commands.
local count = 0
vim.keymap.set("n", "gx", function()
  count = count + 1
end, { desc = "Count how often this was pressed" })

-- Neovim: keys can be pressed by code too. "x" waits until all is done; "m" uses maps, as a user's keys do.
local function press(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), "mx", false)
end

press("gxgx")
print(count) --> 2

-- Neovim: a function of an "expr" map returns the keys that Neovim should press. Here <Tab> means "two spaces".
vim.keymap.set("i", "<Tab>", function()
  return "  "
end, { expr = true })
press("i<Tab>code<Esc>")
print(("[%s]"):format(vim.api.nvim_get_current_line())) --> [  code]

-- Neovim: a plugin that takes keys may take those of its user. So it offers a <Plug> map, a name that nobody types, and
-- the user chooses the key. `remap` lets one map lead to another.
vim.keymap.set("n", "<Plug>(course-shout)", function()
  vim.api.nvim_set_current_line("HELLO!")
end)
vim.keymap.set("n", "<leader>s", "<Plug>(course-shout)", { remap = true })
press("\\s") -- <leader> is a backslash, unless `vim.g.mapleader` says otherwise
print(vim.api.nvim_get_current_line()) --> HELLO!

-- Neovim: a command of your own begins with a capital letter. `nargs` is the number of words that follow it, `complete`
-- returns what <Tab> offers.
vim.api.nvim_create_user_command("Greet", function(call)
  print(("%s, %s%s"):format("Hello", call.args, call.bang and "!" or "."))
end, {
  nargs = 1,
  bang = true, -- allows :Greet!
  complete = function(lead)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, { "Ada", "Alan", "Grace" })
  end,
})
vim.cmd("Greet Grace") --> Hello, Grace.
vim.cmd("Greet! Ada") --> Hello, Ada!
print(table.concat(vim.fn.getcompletion("Greet A", "cmdline"), " ")) --> Ada Alan

-- Neovim: an autocommand is a function that runs when something happens. `:help events` lists all that can happen. The
-- group makes it safe to run this file twice: `clear` removes what an earlier run has left.
local group = vim.api.nvim_create_augroup("course", { clear = true })
vim.api.nvim_create_autocmd("FileType", {
  group = group,
  pattern = "poem",
  callback = function(event)
    print("a poem in buffer", event.buf == vim.api.nvim_get_current_buf())
  end,
})
vim.bo.filetype = "poem" --> a poem in buffer true
vim.bo.filetype = "novel"

-- Neovim: your plugin can have events too. Users hook into the event "User" with a name that you choose.
vim.api.nvim_create_autocmd("User", {
  group = group,
  pattern = "CourseDone",
  once = true,
  callback = function(event)
    print("done with lesson", event.data.lesson)
  end,
})
vim.api.nvim_exec_autocmds("User", { pattern = "CourseDone", data = { lesson = 4 } }) --> done with lesson 4
vim.api.nvim_exec_autocmds("User", { pattern = "CourseDone", data = { lesson = 5 } }) -- `once` has removed it: silence
