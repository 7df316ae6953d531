--- Job forms of the text functions: the same work on another thread, for texts that would block the host too long.
---
--- A job copies its text, once, and at most 8 MiB of it. `job:result()` then makes the Lua values of the result on the
--- thread that calls it: a string at memory speed, a list of lines in the time of creating as many strings.
local ffi = require("ffi")
local C = require("rille.core.ffi")
local bytes = require("rille.bytes")
local failure = require("rille.core.error")
local jobs = require("rille.job")
local layouts = require("rille.text.layout")
local positions_of = require("rille.text.positions")
local units = require("rille.text.units")

local err = failure.block()
local out_handle = ffi.new("rille_job *[1]")
local out_result = ffi.new("rille_text_result")
local width = ffi.new("uint32_t[1]")
local numbers = ffi.typeof("uint32_t[?]")
local pointer = ffi.typeof("const uint8_t *")
local task = ffi.new("rille_text_task", { size = ffi.sizeof("rille_text_task") })
local offset_options = ffi.new("rille_offset_options", { size = ffi.sizeof("rille_offset_options") })
local layout = ffi.new("rille_layout_options", { size = ffi.sizeof("rille_layout_options") })
task.offset, task.layout = offset_options, layout

local COUNT, REVERSE = units.ids(C, units.count), units.ids(C, units.reverse)
local OFFSET = units.ids(C, units.offset)
local FORMS = {}
for _, form in ipairs(units.forms) do
  FORMS[form] = C["RILLE_FORM_" .. form]
end

--- Functions that make the Lua values of a result from C's result, its status, and what the arguments were converted to.
local function text_of(result)
  return ffi.string(result.text, result.len)
end

local function number_of(result)
  return result.numbers[0]
end

local function slice(result, from, to)
  return ffi.string(result.text + from, to - from)
end

--- For each function: how its arguments are written to the task, and its result is read from C. `read` returns what must
--- stay alive until the job has started, and what `make` needs.
local forms = {}

forms.reverse = {
  verb = C.RILLE_TEXT_REVERSE,
  read = function(name, unit)
    task.what = REVERSE[unit or "grapheme"] or units.check(unit, units.reverse, name)
  end,
  make = text_of,
}

forms.validate = {
  verb = C.RILLE_TEXT_VALIDATE,
  make = function(result, status)
    if status == 0 then
      return true
    end
    return false, result.numbers[0] + 1
  end,
}

forms.repair = { verb = C.RILLE_TEXT_REPAIR, make = text_of }

forms.count = {
  verb = C.RILLE_TEXT_COUNT,
  read = function(name, unit)
    task.what = COUNT[unit] or units.check(unit, units.count, name)
  end,
  make = number_of,
}

local function read_units(name, from, to)
  offset_options.from = OFFSET[from] or units.check(from, units.offset, name .. ": from")
  offset_options.to = OFFSET[to] or units.check(to, units.offset, name .. ": to")
end

forms.offset = {
  verb = C.RILLE_TEXT_OFFSETS,
  read = function(name, at, from, to)
    read_units(name, from, to)
    local list = numbers(1, math.min(positions_of.one(at, name .. ": position") - 1, 2 ^ 32 - 1))
    task.positions, task.count = list, 1
    return list
  end,
  make = function(result)
    return result.numbers[0] + 1
  end,
}

forms.offsets = {
  verb = C.RILLE_TEXT_OFFSETS,
  read = function(name, positions, from, to, results)
    read_units(name, from, to)
    local n = positions_of.list(positions, results, name)
    local list = numbers(n)
    for i = 1, n do
      list[i - 1] = math.min(positions_of.one(positions[i], name .. ": positions", i) - 1, 2 ^ 32 - 1)
    end
    task.positions, task.count = list, n
    return list, results
  end,
  make = function(result, _, results)
    results = results or {}
    for i = 1, result.count do
      results[i] = result.numbers[i - 1] + 1
    end
    for i = #results, result.count + 1, -1 do
      results[i] = nil
    end
    return results
  end,
}

forms.width = {
  verb = C.RILLE_TEXT_WIDTH,
  read = function(name, opts)
    layouts.read_cells.width(opts, name, layout)
  end,
  make = number_of,
}

forms.truncate = {
  verb = C.RILLE_TEXT_TRUNCATE,
  read = function(name, cells, opts)
    layout.cells = layouts.cells(cells, 0, name)
    layouts.read_cells.truncate(opts, name, layout)
    local ellipsis = opts and opts.ellipsis or "…"
    layout.ellipsis, layout.ellipsis_len = ellipsis, #ellipsis
    return ellipsis, ellipsis
  end,
  make = function(result, _, ellipsis)
    local head, tail = result.numbers[0], result.numbers[1]
    if head == result.len then
      return text_of(result)
    end
    return slice(result, 0, head) .. ellipsis:sub(1, result.numbers[2]) .. slice(result, tail, result.len)
  end,
}

forms.pad = {
  verb = C.RILLE_TEXT_PAD,
  read = function(name, cells, opts)
    layout.cells = layouts.cells(cells, 0, name)
    layouts.read_cells.pad(opts, name, layout)
    local fill = opts and opts.fill or " "
    C.rille_text_width(fill, #fill, nil, width, err)
    if width[0] ~= 1 then
      layouts.refuse_fill(fill, name)
    end
    return fill, fill
  end,
  make = function(result, _, fill)
    return fill:rep(result.numbers[0]) .. text_of(result) .. fill:rep(result.numbers[1])
  end,
}

local function read_wrap(name, cells, opts)
  layout.cells = layouts.cells(cells, 1, name)
  layouts.read_cells.wrap(opts, name, layout)
end

forms.wrap = {
  verb = C.RILLE_TEXT_WRAP,
  read = read_wrap,
  make = function(result)
    local lines = {}
    for i = 0, result.count / 4 - 1 do
      lines[i + 1] = slice(result, result.numbers[4 * i], result.numbers[4 * i + 1])
    end
    return lines
  end,
}

forms.wrap_spans = {
  verb = C.RILLE_TEXT_WRAP,
  read = read_wrap,
  make = function(result)
    local spans = {}
    for i = 0, result.count / 4 - 1 do
      spans[2 * i + 1], spans[2 * i + 2] = result.numbers[4 * i] + 1, result.numbers[4 * i + 1]
    end
    return spans
  end,
}

local function case(mapping)
  return {
    verb = C.RILLE_TEXT_CASE,
    read = function()
      task.what = mapping
    end,
    make = text_of,
  }
end

forms.upper = case(C.RILLE_CASE_UPPER)
forms.lower = case(C.RILLE_CASE_LOWER)
forms.fold = case(C.RILLE_CASE_FOLD)

forms.equal_fold = {
  verb = C.RILLE_TEXT_EQUAL_FOLD,
  read = function(name, other)
    local ptr, len = bytes.of(other, name, "b")
    task.other, task.other_len = ffi.cast(pointer, ptr), len
    return other
  end,
  make = function(result)
    return result.numbers[0] == 1
  end,
}

forms.normalize = {
  verb = C.RILLE_TEXT_NORMALIZE,
  read = function(name, form)
    task.what = FORMS[form or "NFC"] or units.check(form, units.forms, name, "form")
  end,
  make = text_of,
}

--- Starts the job form of a function. Errors are raised at the caller's caller: a function that reads arguments puts the
--- function's name in its message, and the position before that name is in this file.
local function start(verb, s, ...)
  local form, name = forms[verb], "rille.text." .. verb .. "_job"
  local read, ptr, len = pcall(bytes.of, s, name)
  local anchor, more
  if read then
    layout.start, task.verb, task.what = 0, form.verb, 0
    if form.read then
      read, anchor, more = pcall(form.read, name, ...)
    end
  else
    anchor = ptr
  end
  if not read then
    local at = tostring(anchor):find(name, 1, true)
    error(at and anchor:sub(at) or anchor, 2)
  end
  local status = C.rille_text_start(ptr, len, task, out_handle, err)
  layout.ellipsis, task.positions, task.other = nil, nil, nil
  layout.ellipsis_len, task.count, task.other_len = 0, 0, 0
  if status < 0 then
    return failure.limit(err, name)
  end
  return jobs.with_result(out_handle[0], function(job)
    -- This function keeps the converted arguments, so that the collector does not free them before the call above is over.
    if anchor ~= nil then
      anchor = nil
    end
    local taken = C.rille_text_take(job, out_result, err)
    if taken < 0 then
      return failure.limit(err, name)
    end
    return form.make(out_result, taken, more)
  end)
end

---@class rille.text
local M = {}

--- The job form of `rille.text.reverse`.
---@param s rille.source at most 8 MiB
---@param unit? "byte"|"char"|"grapheme" what stays whole; grapheme clusters by default
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.reverse_job(s, unit)
  return start("reverse", s, unit)
end

--- The job form of `rille.text.validate`.
---@param s rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.validate_job(s)
  return start("validate", s)
end

--- The job form of `rille.text.repair`.
---@param s rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.repair_job(s)
  return start("repair", s)
end

--- The job form of `rille.text.count`.
---@param s rille.source at most 8 MiB
---@param unit rille.unit
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.count_job(s, unit)
  return start("count", s, unit)
end

--- The job form of `rille.text.offset`.
---@param s rille.source at most 8 MiB
---@param at integer position in the unit `from`, 1-based
---@param from rille.unit.position
---@param to rille.unit.position
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.offset_job(s, at, from, to)
  return start("offset", s, at, from, to)
end

--- The job form of `rille.text.offsets`.
---@param s rille.source at most 8 MiB
---@param positions integer[] positions in the unit `from`, 1-based; they are copied too, at most 8 MiB
---@param from rille.unit.position
---@param to rille.unit.position
---@param results? integer[] a list for `job:result()` to fill instead of a new one
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.offsets_job(s, positions, from, to, results)
  return start("offsets", s, positions, from, to, results)
end

--- The job form of `rille.text.width`.
---@param s rille.source at most 8 MiB
---@param opts? rille.width_options
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.width_job(s, opts)
  return start("width", s, opts)
end

--- The job form of `rille.text.truncate`.
---@param s rille.source at most 8 MiB
---@param cells integer
---@param opts? rille.truncate_options
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.truncate_job(s, cells, opts)
  return start("truncate", s, cells, opts)
end

--- The job form of `rille.text.pad`.
---@param s rille.source at most 8 MiB
---@param cells integer
---@param opts? rille.pad_options
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.pad_job(s, cells, opts)
  return start("pad", s, cells, opts)
end

--- The job form of `rille.text.wrap`.
---@param s rille.source at most 8 MiB
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.wrap_job(s, cells, opts)
  return start("wrap", s, cells, opts)
end

--- The job form of `rille.text.wrap_spans`.
---@param s rille.source at most 8 MiB
---@param cells integer at least 1
---@param opts? rille.wrap_options
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.wrap_spans_job(s, cells, opts)
  return start("wrap_spans", s, cells, opts)
end

--- The job form of `rille.text.upper`.
---@param s rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.upper_job(s)
  return start("upper", s)
end

--- The job form of `rille.text.lower`.
---@param s rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.lower_job(s)
  return start("lower", s)
end

--- The job form of `rille.text.fold`.
---@param s rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.fold_job(s)
  return start("fold", s)
end

--- The job form of `rille.text.normalize`.
---@param s rille.source at most 8 MiB
---@param form? rille.form NFC by default
---@return rille.job? job
---@return string? message if the text is too long for a job
function M.normalize_job(s, form)
  return start("normalize", s, form)
end

--- The job form of `rille.text.equal_fold`.
---@param a rille.source at most 8 MiB
---@param b rille.source at most 8 MiB
---@return rille.job? job
---@return string? message if a text is too long for a job
function M.equal_fold_job(a, b)
  return start("equal_fold", a, b)
end

return M
