--- Diffs: the changes from one text to another, line by line.
local compare = require("rille.diff.compare")
local lazy = require("rille.core.lazy")

---@class rille.diff.module
---@overload fun(a: rille.source, b: rille.source, opts?: rille.diff.options): rille.hunks?, string?
local M = {}

--- Compares two texts line by line. A line ends after its line feed; the last one may lack it, and is then another line than one
--- with it.
---@param a rille.source
---@param b rille.source
---@param opts? rille.diff.options
---@return rille.hunks? hunks the changes from `a` to `b`
---@return string? message why the texts are not compared: the memory limit is too low for them
local function new(_, a, b, opts)
  return compare.new(a, b, opts)
end

--- The modules that define functions, loaded when one of them is first used.
local PARTS = { apply = "patch", merge3 = "merge", inline = "inline", session = "session" }

return setmetatable(M, {
  __call = new,
  __index = function(self, key)
    local part = PARTS[key]
    if part then
      rawset(self, key, lazy.load("rille.diff." .. part)[key])
      return rawget(self, key)
    end
  end,
})
