-- Builds the program. lazy.nvim runs this file after each installation and update; otherwise: nvim -l build.lua
local root = vim.fs.normalize(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h"))

local said, result = { "starting cargo" }, nil
local started, message = pcall(vim.system, { "cargo", "build", "--release" }, {
  cwd = root,
  -- Where the Lua code looks for it, also if Cargo's target directory is elsewhere for other projects.
  env = { CARGO_TARGET_DIR = root .. "/target" },
  stderr = function(_, data)
    for line in (data or ""):gmatch("[^\r\n]+") do
      said[#said + 1] = line
    end
  end,
}, function(finished)
  result = finished
end)
if not started then
  error("relay: cargo is needed to build the program, see https://rustup.rs: " .. tostring(message), 0)
end
while not result do
  if coroutine.isyieldable() then
    coroutine.yield(said[#said]) -- lazy.nvim shows it
  else
    vim.wait(100, function()
      return result ~= nil
    end)
  end
end
if result.code ~= 0 then
  error(("relay: `cargo build --release` failed in %s:\n%s"):format(root, table.concat(said, "\n")), 0)
end
print("relay: built")
