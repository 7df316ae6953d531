--- What the plugin brings to Neovim: its command, its maps, and nothing else until they are used.
-- luacheck: globals vim
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
