--- Option tables of the Neovim integration: every function that takes one refuses an unknown option and a wrong value at the
--- position of its caller. Options of the user's configuration are in plugin_spec.lua.
local t = ...
local nvim = require("rille.nvim")

local QUERY = { query = { 1, "a string, got 1" } }
local FUZZY = {
  case = { "loud", "'smart', 'ignore' or 'respect', got 'loud'" },
  columns = { {}, "a list of integers >= 1, got table" },
  delimiter = { "::", "a string of one byte, got '::'" },
  normalize = { 1, "a boolean, got 1" },
  scheme = { "paths", "'default', 'path' or 'history', got 'paths'" },
  typos = { 4, "an integer from 0 to 3, got 4" },
}

--- The cases: the name of a function and, in the message, of the options in an option; a wrong value of each option and what
--- it must be; and a call with options.
local CASES = {
  {
    "rille.nvim.pick",
    {
      items = { "a", "a table or a function, got 'a'" },
      title = { 1, "a string, got 1" },
      query = { 1, "a string, got 1" },
      format = { "a", "a function, got 'a'" },
      preview = { "a", "a boolean or a function, got 'a'" },
      on_choice = { {}, "a function, got table" },
      place = { true, "a function, got true" },
      icons = { 1, "a boolean, got 1" },
      fuzzy = { 1, "a table, got 1" },
      kind = { false, "a string, got false" },
      live = { 1, "a boolean, got 1" },
      keys = { "x", "a table, got 'x'" },
      on_move = { 1, "a function, got 1" },
      on_close = { 1, "a function, got 1" },
      selected = { 0, "an integer >= 1, got 0" },
      normalize = { "NFC", "a boolean, got 'NFC'" },
      sort = { "no", "a boolean, got 'no'" },
      layout = {
        "wide",
        "'default', 'vertical', 'ivy', 'dropdown', 'select', a table with such a 'wide' and 'narrow' layout and the 'columns' of a wide screen, or a function, got 'wide'",
      },
      refine = { 1, "a boolean, got 1" },
      name = {
        "files",
        "a name of letters, digits, - and _ that is no sub-command of :Rille, got 'files'",
      },
      context = { 1, "a table, got 1" },
    },
    nvim.pick,
  },
  {
    "rille.nvim.files",
    { cwd = { 3, "a string, got 3" }, query = QUERY.query, walk = { "x", "a table, got 'x'" } },
    nvim.files,
  },
  {
    "rille.nvim.grep",
    { cwd = { 3, "a string, got 3" }, query = QUERY.query, grep = { "x", "a table, got 'x'" } },
    nvim.grep,
  },
  { "rille.nvim.lines", QUERY, nvim.lines },
  {
    "rille.nvim.open",
    { query = QUERY.query, context = { 1, "a table, got 1" }, reuse_win = { 1, "a boolean, got 1" } },
    nvim.open,
    "references",
  },
  { "rille.nvim.buffers", QUERY, nvim.buffers },
  { "rille.nvim.help", QUERY, nvim.help },
  { "rille.nvim.view", { mods = { "vertical", "a table, got 'vertical'" } }, nvim.view, "x" },
  {
    "rille.nvim.filter",
    {
      limit = { -1, "an integer >= 0, got -1" },
      fuzzy = { "path", "a table, got 'path'" },
      key = { 1, "a string or a function, got 1" },
    },
    nvim.filter,
    "a",
    { "a" },
  },
  { "rille.nvim.telescope.sorter", FUZZY, require("rille.nvim.telescope").sorter },
}

local function refused(case, opts, message)
  local arguments = { unpack(case, 4) }
  arguments[#arguments + 1] = opts
  t.refuses(("%s: %s"):format(case[1], message), case[3], unpack(arguments))
end

t.test("an unknown option is an error that names the known ones, of every function of the editor", function()
  for _, case in ipairs(CASES) do
    local known = vim.tbl_keys(case[2])
    table.sort(known)
    refused(
      case,
      { nonsense = true },
      ("unknown option 'nonsense' (known: %s)"):format(table.concat(known, ", "))
    )
    refused(case, 3, "opts must be a table, got number")
  end
end)

t.test("a wrong value of an option says what is right, of every function of the editor", function()
  for _, case in ipairs(CASES) do
    for key, wrong in pairs(case[2]) do
      refused(case, { [key] = wrong[1] }, ("option '%s' must be %s"):format(key, wrong[2]))
    end
  end
end)

t.test("a mistake in the options of a session, a walk or a search is an error of the same call", function()
  t.refuses("rille.nvim.pick: fuzzy: option 'typos' must be an integer from 0 to 3, got 4", nvim.pick, {
    items = {},
    fuzzy = { typos = 4 },
  })
  t.refuses("rille.nvim.files: walk: option 'hidden' must be a boolean, got 1", nvim.files, {
    walk = { hidden = 1 },
  })
  t.refuses("rille.nvim.grep: grep: option 'context' must be an integer >= 0, got -1", nvim.grep, {
    grep = { context = -1 },
  })
  t.refuses(
    "rille.nvim.filter: fuzzy: option 'delimiter' must be a string of one byte with 'columns', got nil",
    nvim.filter,
    "a",
    { "a" },
    { fuzzy = { columns = { 1 } } }
  )
end)

t.test("every function of the editor with options in the help is tried here", function()
  -- Their options are not errors: those of the configuration are reported by `:checkhealth`; those of `vim.ui.select()` may be
  -- for another implementation, and those of `match` are from mini.pick.
  -- `register` takes the options of `pick`.
  local tried = {
    ["rille.nvim.register"] = true,
    ["rille.nvim.setup"] = true,
    ["rille.nvim.select"] = true,
    ["rille.nvim.mini.match"] = true,
  }
  for _, case in ipairs(CASES) do
    tried[case[1]] = true
  end
  local count = 0
  for line in io.lines(os.getenv("RILLE_ROOT") .. "/doc/rille.txt") do
    local name = line:match("^(rille%.nvim[%w_.:]*)%(.*{opts}")
    if name then
      t.ok(tried[name], name .. " is not tried")
      count = count + 1
    end
  end
  t.ok(count >= 11, count)
end)
