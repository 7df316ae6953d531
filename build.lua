-- Builds the library: lazy.nvim runs this file when it installs or updates rille, `nvim -l build.lua` does by hand, and
-- a hook of vim.pack by `dofile`. Cargo gets the crates that Cargo.lock names, by their checksums; nothing else is fetched.
local folder = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p"))
local command = { "cargo", "rustc", "--release", "--locked", "--lib", "--crate-type", "cdylib" }

if vim.fn.executable(command[1]) == 0 then
  error(
    "rille: cargo is needed to build the library, see https://rustup.rs; without it the fallback in Lua runs",
    0
  )
end

-- Lines that Cargo says on its way; shown by those who start this in a coroutine of theirs, as lazy.nvim does.
local said = {}
local job = vim.system(command, {
  cwd = folder,
  stderr = function(_, data)
    for line in (data or ""):gmatch("[^\r\n]+") do
      said[#said + 1] = line
    end
  end,
})
local shown = 0
while coroutine.isyieldable() and not job:is_closing() do
  shown = math.max(shown, #said)
  coroutine.yield(said[shown] or "building rille")
end
local result = job:wait()
if result.code ~= 0 then
  error("rille: the library could not be built\n" .. table.concat(said, "\n"), 0)
end
