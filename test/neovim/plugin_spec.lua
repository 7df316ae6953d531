--- The plugin at Neovim's startup: adds its command and mappings, and loads nothing else until they are used.
local t = ...
local child = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/child.lua")

t.test("nothing is required before the first use", function()
  local nvim = child.start()
  local loaded = nvim:lua(function()
    local names = {}
    for name in pairs(package.loaded) do
      if name == "rille" or name:find("^rille%.") then
        names[#names + 1] = name
      end
    end
    return names
  end)
  t.eq(loaded, {})
  t.eq(nvim:stop(), 0)
end)

t.test("the command lists its pickers, and reports unknown sub-commands", function()
  local nvim = child.start()
  nvim:type(":Rille<CR>")
  nvim:sees("╭ Pickers ")
  nvim:sees("  buffers             buffers, the last used first")
  nvim:type("^lines<CR>")
  nvim:sees("╭ Lines ")
  nvim:type("<Esc>")
  nvim:wait([[return not require("rille.nvim.picker").current]])
  nvim:type(":Rille nonsense with more<CR>")
  nvim:sees("rille: there is no sub-command `nonsense`")
  -- No prompt waits for a key.
  t.eq(nvim:blocked(), false)
  local said = nvim:messages():gsub("\n", "")
  t.ok(
    said:find(
      "rille: there is no sub-command `nonsense` (known: all_lines, autocommands, buffer_diagnostics, buffers,",
      1,
      true
    ),
    said
  )
  t.eq(nvim:stop(), 0)
end)

t.test("sub-commands and their arguments are completed", function()
  local nvim = child.start()
  local function complete(line)
    return nvim:lua([[return vim.fn.getcompletion(..., "cmdline")]], line)
  end
  local names = complete("Rille ")
  for _, name in ipairs({
    "buffers",
    "build",
    "files",
    "grep",
    "health",
    "help",
    "install",
    "learn",
    "lines",
    "references",
    "resume",
    "view",
  }) do
    t.ok(vim.tbl_contains(names, name), name)
  end
  local sorted = vim.list_extend({}, names)
  table.sort(sorted)
  t.eq(names, sorted)
  t.eq(complete("Rille he"), { "health", "help" })
  t.eq(complete("Rille view Cargo."), { "Cargo.lock", "Cargo.toml" })
  t.eq(complete("vert Rille view READ"), { "README.md" })
  t.eq(complete("Rille files sr"), { "src/" })
  t.ok(vim.tbl_contains(complete("Rille help quickf"), "quickfix"))
  t.eq(complete("Rille health "), {})
  t.eq(complete("Rille nonsense x"), {})
  t.eq(nvim:stop(), 0)
end)

t.test("sub-commands call the functions of rille.nvim, and so do the maps", function()
  local nvim = child.start()
  nvim:lua(function()
    _G.calls = {}
    package.loaded["rille.nvim"] = setmetatable({}, {
      __index = function(_, name)
        return function(first)
          table.insert(_G.calls, { name, first })
        end
      end,
    })
  end)
  local function calls()
    return nvim:lua([[local calls = _G.calls; _G.calls = {}; return calls]])
  end
  for _, line in ipairs({
    "files",
    "files src",
    "grep  fn main ",
    "grep",
    "lines a b",
    "buffers x",
    "help quickfix",
  }) do
    nvim:cmd("Rille " .. line)
  end
  local root = os.getenv("RILLE_ROOT")
  t.eq(calls(), {
    { "files", vim.empty_dict() },
    { "files", { cwd = root .. "/src" } },
    { "grep", { query = "fn main" } },
    { "grep", vim.empty_dict() },
    { "lines", { query = "a b" } },
    { "buffers", { query = "x" } },
    { "help", { query = "quickfix" } },
  })
  nvim:cmd("edit LICENSE-MIT")
  nvim:cmd("Rille view %")
  nvim:cmd("Rille view a file.txt")
  t.eq(calls(), { { "view", root .. "/LICENSE-MIT" }, { "view", root .. "/a file.txt" } })
  for _, name in ipairs({ "files", "grep", "lines", "buffers", "help", "resume" }) do
    nvim:cmd(("nmap x <Plug>(rille-%s)"):format(name))
    nvim:type("x")
    nvim:wait(function()
      return #_G.calls > 0
    end)
    t.eq(calls()[1][1], name)
  end
  -- All other pickers share a map. Keys that are typed after it are not taken for its name.
  nvim:lua([[require("rille.nvim.command").run = function(call) _G.ran = call.args .. vim.fn.mode() end]])
  nvim:cmd("map x <Plug>(rille-git_status)")
  nvim:type("xvlx")
  nvim:wait([[return _G.ran == "git_statusv"]])
  nvim:type("<Esc>x")
  nvim:wait([[return _G.ran == "git_statusn"]])
  -- As with `vim.keymap.set`, whose maps are not mapped again unless they begin with <Plug>; by `:normal`; and a wrong name.
  nvim:lua([[vim.keymap.set("n", "y", "<Plug>(rille-lines)")]])
  nvim:type("y")
  nvim:wait([[return _G.ran == "linesn"]])
  nvim:lua([[vim.cmd("normal " .. vim.api.nvim_replace_termcodes("<Plug>(rille-marks)", true, true, true))]])
  nvim:wait([[return _G.ran == "marksn"]])
  nvim:cmd("nmap z <Plug>(rille-nothing)")
  nvim:type("z")
  nvim:wait([[return _G.ran == "nothingn"]])
  t.eq(nvim:stop(), 0)
end)

t.test("a configuration is read from the variable and the call, and its faults are known", function()
  local nvim = child.start()
  t.eq(nvim:lua([[return require("rille.nvim.config").faults()]]), {})
  local got = nvim:lua(function()
    local config = require("rille.nvim.config")
    vim.g.rille = { view = { number = "yes", columns = 500, abvoe = 1 }, progress = false, picker2 = {} }
    local faults = config.faults()
    local first = { config.get("view.number"), config.get("view.columns"), config.get("progress") }
    require("rille.nvim").setup({ view = { columns = 100 } })
    return { faults, first, config.get("view.columns"), config.get("progress") }
  end)
  t.eq(got, {
    {
      "vim.g.rille: option 'view.number' must be a boolean, got 'yes'",
      "vim.g.rille: unknown option 'picker2' (known: grep, picker, prebuilt, progress, url, view)",
      "vim.g.rille: unknown option 'view.abvoe' (known: view.above, view.columns, view.keys, view.number)",
    },
    { true, 500, false },
    100,
    false,
  })
  local faults = nvim:lua([[
      vim.g.rille = { picker = { keys = { choose = 3, chose = "x" } }, view = { keys = { follow = { "F" } } }, grep = 3 }
      local picker, view = {}, {}
      for _, key in ipairs(require("rille.nvim.picker.keys").list) do
        picker[#picker + 1] = "picker.keys." .. key.name
      end
      for _, key in ipairs(require("rille.nvim.viewer.keys").list) do
        view[#view + 1] = "view.keys." .. key.name
      end
      table.sort(picker)
      table.sort(view)
      local faults = require("rille.nvim.config").faults()
      require("rille.nvim").setup({ view = { keys = { folow = "F" } } })
      vim.g.rille = nil
      vim.list_extend(faults, require("rille.nvim.config").faults())
      require("rille.nvim").setup({})
      return { faults, table.concat(picker, ", "), table.concat(view, ", ") }
    ]])
  t.eq(faults[1], {
    "vim.g.rille: option 'grep' must be a table, got 3",
    "vim.g.rille: option 'picker.keys.choose' must be a string, a table or false, got 3",
    ("vim.g.rille: unknown option 'picker.keys.chose' (known: %s)"):format(faults[2]),
    ("setup(): unknown option 'view.keys.folow' (known: %s)"):format(faults[3]),
  })
  t.eq(
    nvim:lua([[vim.g.rille = 3; return require("rille.nvim.config").faults()]]),
    { "vim.g.rille: must be a table, got number" }
  )
  t.eq(nvim:stop(), 0)
end)

t.test("a second sourcing and loaded_rille do nothing", function()
  local nvim = child.start({ before = "let g:loaded_rille = 1" })
  t.eq(nvim:api("nvim_get_commands", {}).Rille, nil)
  t.eq(nvim:stop(), 0)
end)

t.test("a long message waited for a key, and its end was not shown", function()
  local nvim = child.start({ columns = 60 })
  nvim:type(":lua require('rille.nvim.text').notify(('long words '):rep(30) .. 'the end\\nsecond line')<CR>")
  nvim:sees("rille: long words long words")
  t.eq(nvim:blocked(), false)
  local said = nvim:messages():gsub("\n", "")
  t.ok(said:find(("long words "):rep(30) .. "the end", 1, true), said)
  t.ok(said:find("second line", 1, true), said)
  t.ok(nvim:screen()[24]:find("…", 1, true), nvim:screen()[24])
  t.eq(nvim:stop(), 0)
end)
