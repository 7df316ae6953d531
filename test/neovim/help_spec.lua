--- The help: its tags are valid, and every link has a target.
local t = ...
local root = os.getenv("RILLE_ROOT")

local function tags_of(file)
  local tags = {}
  for line in io.lines(file) do
    tags[line:match("^[^\t]+")] = true
  end
  return tags
end

local directory = vim.fn.tempname()
vim.fn.mkdir(directory)
vim.fn.writefile(vim.fn.readfile(root .. "/doc/rille.txt"), directory .. "/rille.txt")

t.test("each tag is defined once", function()
  -- Vim raises an error for a duplicate tag.
  vim.cmd.helptags(directory)
  local tags = tags_of(directory .. "/tags")
  for _, tag in ipairs({ "rille.txt", ":Rille", ":Rille-view", "rille.text.count()", "rille.regex:find()" }) do
    t.ok(tags[tag], tag)
  end
end)

t.test("links lead to tags of rille or of Neovim", function()
  local ours, theirs = tags_of(directory .. "/tags"), tags_of(vim.env.VIMRUNTIME .. "/doc/tags")
  local links = 0
  for line in io.lines(directory .. "/rille.txt") do
    for link in line:gsub("`[^`]*`", ""):gmatch("|([^%s|]+)|") do
      links = links + 1
      -- vim.pack came with 0.12.
      local later = vim.fn.has("nvim-0.12") == 0 and link:find("^vim%.pack")
      t.ok(ours[link] or theirs[link] or later, "there is no tag " .. link)
    end
  end
  t.ok(links > 20, links .. " links")
end)

t.test("the table of pickers in doc/neovim.md names each of them once", function()
  local named, seen = {}, {}
  for line in io.lines(root .. "/doc/neovim.md") do
    local first = line:match("^| (`[%l_]+`[^|]*) | ")
    for name in (first or ""):gmatch("`([%l_]+)`") do
      t.ok(not seen[name], name .. " is named twice")
      seen[name] = true
      named[#named + 1] = name
    end
  end
  local names = {}
  for _, entry in ipairs(require("rille.nvim.catalogue").list) do
    names[#names + 1] = entry.name
  end
  table.sort(named)
  table.sort(names)
  t.eq(named, names)
end)

t.test("every public function of the plugin is in it, with its hosts", function()
  local tags = tags_of(directory .. "/tags")
  for name, value in pairs(require("rille.nvim")) do
    if type(value) == "function" then
      t.ok(tags["rille.nvim." .. name .. "()"], name)
    end
  end
  local functions, hosts = 0, 0
  for line in io.lines(directory .. "/rille.txt") do
    functions = functions + (line:find("%*rille%S+%(%)%*$") and 1 or 0)
    hosts = hosts + (line:find("^    Hosts: ") and 1 or 0)
  end
  t.eq(hosts, functions)
end)
