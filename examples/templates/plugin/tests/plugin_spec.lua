--- What users see: the command, the mappings, the options, the health check and the help.
local t = ...
local jotter = require("jotter")

local function health()
  vim.cmd("checkhealth jotter")
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  vim.cmd("bwipeout!")
  return report
end

t.test("the command searches, opens the window, and reports", function()
  local shown = t.notified()
  vim.g.jotter = { directory = t.directory({ ["a.md"] = "milk\n" }) }
  vim.cmd("Jotter milk")
  t.same(vim.bo.buftype, "quickfix")
  t.wait("the report", function()
    return shown[1]
  end)
  t.same(shown, { "jotter: 1 matches for milk" })
  vim.cmd("Jotter (")
  assert(shown[2]:find("^jotter: "), shown[2])
  vim.cmd("Jotter!")
  t.same(shown[3], "jotter: no search runs")
end)

t.test("the mapping searches for the word under the cursor", function()
  local shown = t.notified()
  jotter.setup({ directory = t.directory({ ["a.md"] = "milk\nmilky\n" }) })
  vim.cmd("enew!")
  vim.api.nvim_set_current_line("buy milk")
  vim.api.nvim_win_set_cursor(0, { 1, 5 })
  vim.api.nvim_feedkeys(vim.keycode("<Plug>(jotter-word)"), "mx", false)
  t.wait("the report", function()
    return shown[1]
  end)
  t.same(shown, { "jotter: 1 matches for \\bmilk\\b" })
  vim.cmd("bwipeout!")
end)

t.test("mistakes in the options are reported, and the defaults are used", function()
  vim.g.jotter = { directory = 5, limits = 3, limit = 0 }
  local options, faults = require("jotter.config").get()
  t.same(options, require("jotter.config").defaults)
  t.same(faults, {
    "option 'directory' must be a string, got number",
    "option 'limit' must be an integer >= 1, got 0",
    "unknown option 'limits' (known: directory, globs, limit)",
  })
  local report = health()
  for _, fault in ipairs(faults) do
    assert(report:find(fault, 1, true), report)
  end
end)

t.test("setup takes precedence over the variable", function()
  vim.g.jotter = { limit = 5, globs = { "*.org" } }
  jotter.setup({ limit = 7 })
  local options = require("jotter.config").get()
  t.same({ options.limit, options.globs }, { 7, { "*.org" } })
end)

t.test("the health check finds rille and the directory", function()
  jotter.setup({ directory = t.directory({}) })
  local report = health()
  assert(report:find("with its native library", 1, true), report)
  assert(report:find("notes are in /", 1, true), report)
end)

t.test("the help describes the command, each mapping, each function and each option", function()
  local file = vim.api.nvim_get_runtime_file("doc/jotter.txt", false)[1]
  vim.cmd.helptags(vim.fs.dirname(file))
  local tags = table.concat(vim.fn.readfile(vim.fs.dirname(file) .. "/tags"), "\n")
  local named = { ":Jotter", "<Plug>(jotter-word)", "<Plug>(jotter-stop)" }
  for name in pairs(jotter) do
    named[#named + 1] = ("jotter.%s()"):format(name)
  end
  for _, name in ipairs(named) do
    assert(tags:find("*" .. name .. "*", 1, true), "the help has no tag for " .. name)
  end
  local text = table.concat(vim.fn.readfile(file), "\n")
  for name in pairs(require("jotter.config").defaults) do
    assert(text:find("\n" .. name .. " ", 1, true), "the help has no option " .. name)
  end
end)
