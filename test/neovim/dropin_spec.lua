--- The drop-ins for other plugins, tested in those plugins if RILLE_PLUGINS is a directory that contains them.
local t = ...
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")

local ITEMS = { "src/main.rs", "test/main.lua", "lua/rille/init.lua", "README.md", "src/Mail.rs" }

--- Returns a child with plugins on its runtimepath, or skips the test.
local function with(...)
  local path = {}
  for _, name in ipairs({ ... }) do
    local found
    for directory in (os.getenv("RILLE_PLUGINS") or ""):gmatch("[^:]+") do
      found = found or vim.fn.isdirectory(directory .. "/" .. name) == 1 and directory .. "/" .. name
    end
    if not found then
      t.skip(name .. " is not in a directory of RILLE_PLUGINS")
    end
    path[#path + 1] = found
  end
  return child.start({ before = ("let &runtimepath ..= ',%s'"):format(table.concat(path, ",")) })
end

t.test("telescope sorts and highlights with rille", function()
  if vim.fn.has("nvim-0.11") == 0 then
    t.skip("telescope.nvim needs Neovim 0.11")
  end
  local nvim = with("plenary.nvim", "telescope.nvim")
  nvim:lua(function(items)
    local sorters = require("rille.nvim.telescope")
    require("telescope").setup({
      defaults = { generic_sorter = sorters.generic, file_sorter = sorters.files },
    })
    local conf = require("telescope.config").values
    require("telescope.pickers")
      .new({}, {
        finder = require("telescope.finders").new_table({ results = items }),
        sorter = conf.generic_sorter({}),
      })
      :find()
  end, ITEMS)
  local function shown()
    return nvim:lua(function()
      local state = require("telescope.actions.state")
      local picker = state.get_current_picker(vim.api.nvim_get_current_buf())
      local list = {}
      for entry in picker.manager:iter() do
        list[#list + 1] = entry[1]
      end
      return list
    end)
  end
  local function wait_for(expected)
    local got
    local fine = vim.wait(60000, function()
      got = shown()
      return vim.deep_equal(got, expected)
    end, 10)
    t.ok(fine, vim.inspect(got))
  end
  nvim:wait([[return vim.bo.filetype == "TelescopePrompt"]])
  nvim:type("main .rs$")
  wait_for({ "src/main.rs" })
  nvim:type(("<BS>"):rep(20) .. "main !lua")
  wait_for({ "src/main.rs" })
  nvim:type(("<BS>"):rep(20) .. "mai")
  wait_for({ "src/main.rs", "src/Mail.rs", "test/main.lua" })
  t.eq(nvim:stop(), 0)
end)

t.test("mini.pick matches with rille", function()
  local nvim = with("mini.nvim")
  nvim:lua(function()
    require("mini.pick").setup({ source = { match = require("rille.nvim.mini").match } })
  end)
  -- While a picker is open the child waits for keys, so the choice is made inside it, as soon as the best item is first.
  local function choose(items, keys, expected)
    nvim:lua(function(list, typed, best)
      vim.schedule(function()
        local timer = vim.uv.new_timer()
        timer:start(5, 5, function()
          vim.schedule(function()
            local found = MiniPick.get_picker_matches()
            if found and found.all and #found.all < #list and found.all[1] == best then
              vim.api.nvim_input("<CR>")
            end
          end)
        end)
        _G.choice = nil
        vim.api.nvim_input(typed)
        _G.choice = MiniPick.start({ source = { items = list } })
        timer:close()
      end)
    end, items, keys, expected)
    nvim:wait([[return _G.choice ~= nil]])
    t.eq(nvim:lua([[return _G.choice]]), expected)
  end
  choose(ITEMS, "main<Space>.lua$", "test/main.lua")
  choose(ITEMS, "srcmai", "src/main.rs")
  local many = {}
  for i = 1, 20000 do
    many[i] = ("item %05d"):format(i)
  end
  choose(many, "'12345", "item 12345")
  t.eq(
    nvim:lua(
      [[return require("rille.nvim.mini").match({ "b", "ab", "c" }, { 1, 2, 3 }, { "b" }, { sync = true })]]
    ),
    { 1, 2 }
  )
  t.eq(nvim:lua([[return require("rille").stats().handles.fuzzy]]), 0)
  t.eq(nvim:stop(), 0)
end)

t.test("a function filters lists, as completion needs it", function()
  local nvim = child.start()
  local found, positions = unpack(nvim:lua(function(items)
    return { require("rille.nvim").filter("mai", items) }
  end, ITEMS))
  t.eq(found, { "src/main.rs", "src/Mail.rs", "test/main.lua" })
  t.eq(positions, { { 5, 6, 7 }, { 5, 6, 7 }, { 6, 7, 8 } })
  found = nvim:lua(function()
    local items = { { label = "print" }, { label = "println" }, { label = "format" } }
    return require("rille.nvim").filter("prln", items)
  end)
  t.eq(found, { { label = "println" } })
  found = nvim:lua(function()
    local items = { { text = "one" }, { text = "two" }, { text = "twofold" } }
    return require("rille.nvim").filter("tw", items, { key = "text", limit = 1 })
  end)
  t.eq(found, { { text = "two" } })
  local page = table.concat(vim.fn.readfile(root .. "/doc/neovim.md"), "\n")
  local example = page:match("\n```lua filter\n(.-)\n```\n")
  local printed =
    nvim:lua([[local out; local print = function(...) out = { ... } end; ]] .. example .. "\nreturn out")
  t.eq(table.concat(printed, "\t"), example:match("%-%-> ([^\n]*)"))
  found = nvim:lua([[return require("rille.nvim").filter("x", {})]])
  t.eq(found, {})
  t.eq(nvim:stop(), 0)
end)
