--- Sessions: a base, and a text that edits keep compared with it.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local class = require("rille.core.class")
local compare = require("rille.diff.compare")
local edits = require("rille.diff.edits")
local failure = require("rille.core.error")
local handles = require("rille.core.handle")
local hunks = require("rille.diff.hunks")

local of, open = bytes.of, handles.open
local err = failure.block()
local out = ffi.new("rille_diff_session *[1]")
local out_job = ffi.new("rille_job *[1]")
local out_count = ffi.new("uint32_t[1]")
local state = ffi.new("rille_diff_state")
local room = ffi.typeof("uint32_t[?]")
local REFUSED =
  { [tonumber(C.RILLE_ELIMIT)] = true, [tonumber(C.RILLE_ETOOBIG)] = true, [tonumber(C.RILLE_ENOMEM)] = true }

local own, close = handles.kind(C.rille_diff_session_free)

--- A base, and a text that edits keep compared with it. One thread at a time may use it.
---@class rille.diff.session
---@field package handle ffi.cdata*?
local Session = { close = close }
Session.__index = Session

local function describe(self)
  C.rille_diff_session_state(open(self), state, err)
  return state
end

class.named(Session, "rille.diff.session", function(self)
  return class.number(describe(self).hunks, "hunk")
end)

--- Returns true, or nil and why C refused a text, or raises its error.
local function done(status, name)
  if status >= 0 then
    return true
  elseif REFUSED[status] then
    return nil, ffi.string(err.message, err.length)
  end
  error(name .. ": " .. ffi.string(err.message, err.length), 3)
end

---@class rille.diff.module
local M = {}

--- Makes a session: a base, and a text that edits keep compared with it. Its text is the base at first. The base is copied.
---@param base rille.source
---@param opts? rille.diff.options the memory limit is that of the whole session; the deadline bounds comparisons of whole texts
---@return rille.diff.session? session
---@return string? message why there is none: the memory limit is too low for the base
function M.session(base, opts)
  local ptr, len = of(base, "rille.diff.session", "base")
  local status = C.rille_diff_session_new(ptr, len, compare.prepare(opts, "rille.diff.session"), out, err)
  local made, message = done(status, "rille.diff.session")
  if made then
    return setmetatable({ handle = own(out[0]) }, Session)
  end
  return nil, message
end

--- Replaces the base, and compares the text with it. The base is copied.
---@param base rille.source
---@return true? ok
---@return string? message why nothing has changed: the memory limit is too low
function Session:base(base)
  local handle = open(self)
  local ptr, len = of(base, "rille.diff.session:base", "base")
  return done(C.rille_diff_session_base(handle, ptr, len, err), "rille.diff.session:base")
end

--- Replaces the whole text, and compares it with the base: for a text whose edits are not known. The text is copied.
---@param text rille.source
---@return true? ok
---@return string? message why nothing has changed: the memory limit is too low
function Session:text(text)
  local handle = open(self)
  local ptr, len = of(text, "rille.diff.session:text", "text")
  return done(C.rille_diff_session_text(handle, ptr, len, err), "rille.diff.session:text")
end

--- Replaces the lines from `first` to `last` of the text, and compares what is around them. With `last = first - 1` the lines
--- are inserted before line `first`. Takes microseconds, unless the edit touches hunks of thousands of lines: these are not
--- compared. After that, and in a long text that repeats few lines over and over or whose comparison ignores something, the session is
--- not exact until `start` or `text`.
---@param first integer 1-based
---@param last integer 1-based, included
---@param lines string[] the new lines, without line feeds; {} deletes
---@return true? ok
---@return string? message why nothing has changed: the memory limit is too low
function Session:edit(first, last, lines)
  local handle = open(self)
  edits.check(first, last, lines, describe(self).lines)
  local text = edits.join(lines)
  local status = C.rille_diff_session_edit(handle, first - 1, last - first + 1, text, #text, #lines, err)
  return done(status, "rille.diff.session:edit")
end

--- Returns the hunks that touch lines of the text. A hunk that only removes lines touches the line before it and the one after
--- it. `unified` and `apply` need the texts, so they refuse these hunks.
---@param first? integer 1-based; 1 by default
---@param last? integer 1-based, included; the last line by default
---@return rille.hunks
function Session:hunks(first, last)
  local handle = open(self)
  local from, to = edits.window(first, last)
  local capacity = math.min(describe(self).hunks, to - from + 3)
  local exact = state.exact == 1
  local numbers = room(4 * capacity)
  local status =
    C.rille_diff_session_hunks(handle, from, to, ffi.cast("rille_hunk *", numbers), capacity, out_count, err)
  done(status, "rille.diff.session:hunks")
  return hunks.new(numbers, out_count[0], exact)
end

--- Returns the number of lines and of hunks, and whether the hunks are those of a comparison of the whole texts.
---@return integer lines
---@return integer hunks
---@return boolean exact
function Session:state()
  describe(self)
  return state.lines, state.hunks, state.exact == 1
end

--- Compares the whole text with the base on another thread. `job:result()` passes the hunks to the session, and returns true;
--- false if the text or the base has changed since the start, so that the hunks were dropped.
---@return rille.job? job
---@return string? message why it was not started: the memory limit is too low for a copy of the text
function Session:start()
  local handle = open(self)
  local started, message = done(C.rille_diff_session_start(handle, out_job, err), "rille.diff.session:start")
  if not started then
    return nil, message
  end
  return require("rille.job").with_result(out_job[0], function(job)
    if not self.handle then
      return false
    end
    local taken, refused =
      done(C.rille_diff_session_take(self.handle, job, out_count, err), "rille.job:result")
    if not taken then
      return nil, refused
    end
    return out_count[0] == 1
  end)
end

return M
