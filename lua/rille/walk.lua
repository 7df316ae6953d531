--- Walking a directory tree: a job whose results are paths.
local ffi = require("ffi")
local class = require("rille.core.class")
local C = require("rille.core.ffi")
local failure = require("rille.core.error")
local pack = require("rille.core.strings").pack
local adopt = require("rille.job").adopt
local read = require("rille.walk.options").read

local flags_of = require("rille.core.options").flags

local err = failure.block()
local out_handle = ffi.new("rille_job *[1]")
local out_paths = ffi.new("rille_paths")
local options = ffi.new("rille_walk_options", { size = ffi.sizeof("rille_walk_options") })
local const_bytes = ffi.typeof("const uint8_t *")
local EIO, EPATTERN = tonumber(C.RILLE_EIO), tonumber(C.RILLE_EPATTERN)

local FLAGS = {
  hidden = tonumber(C.RILLE_WALK_HIDDEN),
  follow = tonumber(C.RILLE_WALK_FOLLOW),
  same_file_system = tonumber(C.RILLE_WALK_SAME_FILE_SYSTEM),
  sort = tonumber(C.RILLE_WALK_SORT),
  directories = tonumber(C.RILLE_WALK_DIRECTORIES),
  relative = tonumber(C.RILLE_WALK_RELATIVE),
}
local NO_IGNORE = tonumber(C.RILLE_WALK_NO_IGNORE)

---@alias rille.path.kind "file"|"directory"|"link"|"other"|"error"

---@type rille.path.kind[]
local KINDS = {
  [tonumber(C.RILLE_PATH_FILE)] = "file",
  [tonumber(C.RILLE_PATH_DIRECTORY)] = "directory",
  [tonumber(C.RILLE_PATH_LINK)] = "link",
  [tonumber(C.RILLE_PATH_OTHER)] = "other",
  [tonumber(C.RILLE_PATH_ERROR)] = "error",
}

--- A batch of paths. It is valid until the next batch is taken or the job is closed.
---@class rille.paths
---@field count integer their number
---@field package job rille.job? nil when it is no longer valid
---@field package text ffi.cdata*
---@field package paths ffi.cdata*
local Paths = {}
Paths.__index = Paths

class.named(Paths, "rille.paths", function(self)
  return class.number(self.count, "path")
end)

local M = {}

--- Returns the entry of a path. Its memory belongs to the library and is reused for the next batch.
local function entry(self, i, name)
  local job = self.job
  if not job or job.batch ~= self or not job.handle then
    error("rille.paths:" .. name .. ": stale batch: a newer one was taken, or the job was closed", 3)
  end
  if type(i) ~= "number" or not (i >= 1 and i <= self.count) or i % 1 ~= 0 then
    error(("rille.paths:%s: i must be from 1 to %d, got %s"):format(name, self.count, tostring(i)), 3)
  end
  return self.paths[i - 1]
end

--- Returns a path, which starts with the root as passed unless the option `relative` is set.
---@param i integer from 1 to `count`
---@return string
function Paths:path(i)
  local at = entry(self, i, "path")
  return ffi.string(self.text + at.start, at.stop - at.start)
end

--- Returns the kind of a path. The kind "error" is, for example, a directory that could not be read: the walk
--- continued.
---@param i integer from 1 to `count`
---@return rille.path.kind
function Paths:kind(i)
  return KINDS[entry(self, i, "kind").kind]
end

--- Returns the message of an error.
---@param i integer from 1 to `count`
---@return string? message
function Paths:message(i)
  local at = entry(self, i, "message")
  if at.message_stop > at.stop then
    return ffi.string(self.text + at.stop, at.message_stop - at.stop)
  end
end

--- Takes the next batch of paths, or returns nil if none is ready.
---@return rille.paths?
local function take(job, handle, n)
  if C.rille_walk_take(handle, n, out_paths, err) ~= 0 then
    -- The memory of the previous batch is no longer valid.
    job.batch = nil
    return nil
  end
  local batch = setmetatable(
    { count = out_paths.count, job = job, text = out_paths.text, paths = out_paths.paths },
    Paths
  )
  job.batch = batch
  return batch
end

--- Fills the options for C.
---@param given table the options that were read
---@param name string the public function
---@return ffi.cdata* options rille_walk_options, valid until the next call
---@return table anchor to be kept alive until C has read the options
function M.options(given, name)
  local glob_text, glob_ends, glob_count = pack(given.globs or {}, name .. ": globs", 4)
  local type_text, type_ends, type_count = pack(given.types or {}, name .. ": types", 4)
  options.flags = flags_of(given, FLAGS) + (given.ignore and 0 or NO_IGNORE)
  options.max_depth = given.max_depth
  options.glob_count, options.globs_len, options.glob_ends = glob_count, #glob_text, glob_ends
  options.type_count, options.types_len, options.type_ends = type_count, #type_text, type_ends
  options.globs, options.types = const_bytes(glob_text), const_bytes(type_text)
  return options, { glob_text, glob_ends, type_text, type_ends }
end

--- Starts a walk through the directory tree under `root`. As in ripgrep, hidden and ignored files are skipped by
--- default. Directories that cannot be read are results of the kind "error".
---
--- Ignore files have the same meaning as in git, except: `**` directly after a name, as in `foo**/bar`, is a single star;
--- tracked files are ignored too; letter case always matters, whatever `core.ignoreCase` is; only the user's and the
--- system's git settings are read, without files that they include; and an ignore file may be a symbolic link. An `.ignore`
--- file, which git does not know, takes precedence over every `.gitignore`.
---@param root string a directory
---@param opts? rille.walk.options
---@return rille.job? job with batches of the type `rille.paths`; its progress counts paths
---@return string? message why the root cannot be opened, or which glob or type is wrong
function M.new(root, opts)
  if type(root) ~= "string" then
    error("rille.walk: root must be a string, got " .. type(root), 2)
  end
  local filled, anchor = M.options(read(opts, "rille.walk"), "rille.walk")
  local status = C.rille_walk_start(root, #root, filled, out_handle, err)
  anchor[1] = nil
  if status == EIO or status == EPATTERN then
    return nil, ffi.string(err.message, err.length)
  elseif status < 0 then
    failure.raise(err, "rille.walk")
  end
  return adopt(out_handle[0], take)
end

return M
