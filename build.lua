-- Builds the library: lazy.nvim runs this file when it installs or updates rille, `nvim -l build.lua` does by hand, and
-- a hook of vim.pack by `dofile`. Cargo gets the crates that Cargo.lock names, by their checksums; nothing else is fetched.
local directory = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p"))
local target = directory .. "/target"
local command = { "cargo", "rustc", "--release", "--locked", "--lib", "--crate-type", "cdylib" }

if vim.fn.executable(command[1]) == 0 then
  error(
    "rille: cargo is needed to build the library, see https://rustup.rs; without it the fallback in Lua runs",
    0
  )
end

--- The flags of the compiler: a panic names its source file, which shall not be one below somebody's home. Where several of
--- these prefixes fit, the last one counts. The encoded form takes spaces in a path.
local function flags()
  local list = { vim.env.CARGO_ENCODED_RUSTFLAGS or ((vim.env.RUSTFLAGS or ""):gsub(" +", "\31")) }
  local home = vim.uv.os_homedir() or ""
  local crates = (vim.env.CARGO_HOME or home .. "/.cargo") .. "/registry/src"
  for _, remap in ipairs({ { home, "~" }, { crates, "crates" }, { directory, "rille" } }) do
    if #remap[1] > 1 then
      list[#list + 1] = ("--remap-path-prefix=%s=%s"):format(remap[1], remap[2])
    end
  end
  return (table.concat(list, "\31"):gsub("^\31", ""))
end

-- Lines that Cargo says on its way; shown by those who start this in a coroutine of theirs, as lazy.nvim does.
local said = {}
local job = vim.system(command, {
  cwd = directory,
  env = {
    CARGO_ENCODED_RUSTFLAGS = flags(),
    -- Where the Lua side looks, whatever directory cargo is told to use for other projects.
    CARGO_TARGET_DIR = target,
  },
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

local name = ({ OSX = "librille.dylib", Windows = "rille.dll" })[jit.os] or "librille.so"
if not vim.uv.fs_stat(target .. "/release/" .. name) then
  error(("rille: cargo has built for another system: there is no %s/release/%s"):format(target, name), 0)
end
