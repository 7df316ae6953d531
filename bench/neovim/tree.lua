--- Makes a tree of a million empty files, in which the pickers of files are measured. A tree that is there is kept.
---
---   nvim -l bench/neovim/tree.lua DIRECTORY [FILES]
local directory, files = assert(arg[1], "the directory"), tonumber(arg[2]) or 1000000
local uv = vim.uv
--- Files of a directory.
local PER_DIRECTORY = 100

local PARTS = { "src", "lib", "core", "main", "net", "text", "test", "util", "ui", "data" }
local NAMES = { "main", "init", "parser", "buffer", "view", "job", "index", "state", "config", "error" }
local ENDS = { "lua", "rs", "c", "h", "py", "md", "js", "go", "txt", "toml" }

if uv.fs_stat(directory .. "/.complete-" .. files) then
  return print(directory .. " is there")
end
for i = 0, math.ceil(files / PER_DIRECTORY) - 1 do
  local a, b, c = i % 10, math.floor(i / 10) % 10, math.floor(i / 100)
  local below = ("%s/%s/%s%d"):format(directory, PARTS[a + 1], PARTS[b + 1], c)
  vim.fn.mkdir(below, "p")
  for k = 0, math.min(PER_DIRECTORY, files - i * PER_DIRECTORY) - 1 do
    local name = ("%s/%s_%d.%s"):format(
      below,
      NAMES[k % 10 + 1],
      math.floor(k / 10),
      ENDS[(k * 7 + i) % 10 + 1]
    )
    uv.fs_close(assert(uv.fs_open(name, "w", 420)))
  end
end
uv.fs_close(assert(uv.fs_open(directory .. "/.complete-" .. files, "w", 420)))
print(("%d files in %s"):format(files, directory))
