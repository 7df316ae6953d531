--- Diffs: the changes from one text to another, line by line.
local compare = require("rille.diff.compare")

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

return setmetatable(M, { __call = new })
