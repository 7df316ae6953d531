--- Commands with a range, as typed in a view: their line numbers are those of the file, as in the number column. A command
--- that would act on rows of the page acts on the lines of the file instead, or is refused.
local bytes = require("rille.nvim.viewer.bytes")
local jumps = require("rille.nvim.viewer.jumps")
local motions = require("rille.nvim.viewer.motions")
local paths = require("rille.nvim.paths")
local status = require("rille.nvim.viewer.status")
local text_of = require("rille.nvim.text")
local write = require("rille.nvim.viewer.write")

local M = {}

--- Maximum number of lines that `:print` shows.
local MAX_PRINTED = 1000

local KNOWN = "in a view ranges work with :yank, :write, :print and :mark"

---@class rille.nvim.viewer.address
---@field kind "number"|"."|"$"|"'"|"/"
---@field value? string|integer
---@field offset integer

--- Parses one address, and returns it with the rest of the text.
---@return rille.nvim.viewer.address?
---@return string rest
local function read_address(text)
  local address, rest
  local number, after = text:match("^(%d+)(.*)$")
  if number then
    address, rest = { kind = "number", value = tonumber(number) }, after
  elseif text:find("^[.$]") then
    address, rest = { kind = text:sub(1, 1) }, text:sub(2)
  elseif text:find("^'.") then
    address, rest = { kind = "'", value = text:sub(2, 2) }, text:sub(3)
  elseif text:find("^[/?]") then
    local mark = text:sub(1, 1)
    local stop = text:find("[^\\]" .. mark, 2)
    address = { kind = "/", value = text:sub(2, stop or -1), backward = mark == "?" }
    rest = stop and text:sub(stop + 2) or ""
  elseif text:find("^[-+]") then
    address, rest = { kind = "." }, text
  else
    return nil, text
  end
  address.offset = 0
  while true do
    local sign, count, following = rest:match("^%s*([-+])(%d*)(.*)$")
    if not sign then
      return address, rest
    end
    address.offset = address.offset + (sign == "-" and -1 or 1) * (tonumber(count) or 1)
    rest = following
  end
end

--- Parses the range of a command.
---@param text string
---@return { addresses: rille.nvim.viewer.address[], command: string, is_visual: boolean }
function M.parse(text)
  local rest = text:gsub("^[%s:]+", "")
  local stripped
  repeat
    stripped = rest
    for _, modifier in ipairs({ "sil%a*!?", "keep%a+", "lockm%a*" }) do
      rest = rest:gsub("^" .. modifier .. "%s+", "")
    end
  until rest == stripped
  local is_visual = rest:find("^'<%s*,%s*'>") ~= nil or rest:find("^%*") ~= nil
  rest = rest:gsub("^%%", "1,$"):gsub("^%*", "'<,'>")
  local addresses = {}
  while true do
    local address
    address, rest = read_address(rest)
    if address then
      addresses[#addresses + 1] = address
    end
    local following = rest:match("^%s*[,;]%s*(.*)$")
    if not following then
      break
    end
    if not address then
      addresses[#addresses + 1] = { kind = ".", offset = 0 }
    end
    rest = following
    if not rest:find("^[%d.$'/?+-]") then
      addresses[#addresses + 1] = { kind = ".", offset = 0 }
    end
  end
  return { addresses = addresses, command = (rest:gsub("^%s+", "")), is_visual = is_visual }
end

--- Returns the position of the line that contains a position.
local function line_of(view, position)
  local batch = view.source:around(position, 0, 1, { max_bytes = 1 })
  return batch and batch.count > 0 and batch:offset(1) or position
end

--- Returns the position of the line that an address refers to.
---@param is_last boolean the address ends a range: a line that the filter drops then stands for the kept line before it
---@return integer? position
---@return string? message
local function resolve(view, address, is_last)
  local position
  if address.kind == "/" then
    return nil, "a range in a view cannot contain a pattern: search first, then use `.`"
  elseif address.kind == "number" then
    local number = math.max(address.value, 1)
    local at, _, reason = view.doc:offset_of(number)
    if not at and reason == "pending" and view:indexed_soon(view.doc) then
      at, _, reason = view.doc:offset_of(number)
    end
    if not at then
      return nil,
        reason == "pending" and "the lines are not counted yet: wait a moment"
          or ("there is no line %s"):format(status.grouped(number))
    end
    position = view:kept_at(at)
    local origin = view.filtered and view.source:origin(position)
    if is_last and origin and origin > at then
      position = line_of(view, math.max(position - 1, 1))
    end
  elseif address.kind == "." then
    local entry = view.page[vim.fn.line(".")]
    position = entry and entry.at
  elseif address.kind == "$" then
    local last = view.source:last(1, { max_bytes = 1 })
    position = last and last.count > 0 and last:offset(1)
  else
    local at, message = jumps.position_of(view, address.value)
    if not at then
      return nil, message
    end
    position = line_of(view, at)
  end
  if not position then
    return nil, "there is no line"
  elseif address.offset == 0 then
    return position
  end
  local number = view.source:line_at(position)
  if not number then
    return nil, "the lines are not counted yet: wait a moment"
  end
  position = view.source:offset_of(math.max(number + address.offset, 1))
  if not position then
    return nil, "there is no such line"
  end
  return position
end

--- Returns the start and end of the text that a range covers, as positions in the source.
---@return integer? first
---@return integer|string last or the message, if `first` is nil
local function span(view, addresses, count)
  local one, other = addresses[#addresses - 1], addresses[#addresses] or { kind = ".", offset = 0 }
  local first, last, message
  if one then
    first, message = resolve(view, one, false)
    if not first then
      return nil, message
    end
  end
  last, message = resolve(view, other, one ~= nil)
  if not last then
    return nil, message
  end
  first = first or last
  if count then
    local number = view.source:line_at(last)
    local till = number and view.source:offset_of(number + count - 1)
    first, last = last, till or line_of(view, math.max(view.source:size() or 1, 1))
  end
  if last < first then
    return nil, view.filtered and "the filter keeps none of these lines" or "the range is backwards"
  end
  local following
  following, message = bytes.next_line(view, last)
  if not following then
    return nil, message
  end
  return first, following - 1
end

local commands = {}

function commands.yank(view, range, rest)
  local register, count = rest:match('^([%a"+*_-]?)%s*(%d*)$')
  if not register then
    return "`:yank` takes a register and a count"
  end
  local first, last = span(view, range, tonumber(count))
  if not first then
    return last
  end
  local lines, message = bytes.whole_lines(view, first, last)
  if not lines then
    return message
  end
  register = register == "" and vim.v.register or register
  if register == "+" or register == "*" then
    vim.fn.setreg("0", lines, "V")
  end
  vim.fn.setreg(register, lines, "V")
  if #lines > vim.o.report then
    text_of.notify(("%d lines yanked"):format(#lines), vim.log.levels.INFO)
  end
end

function commands.write(view, range, rest, bang)
  local first, last = 1, nil
  if #range > 0 then
    first, last = span(view, range)
    if not first then
      return last
    end
  end
  local command = not bang and rest:match("^!(.*)$")
  if command then
    write.to_command(view, first, last, vim.fn.expandcmd(command))
    return
  end
  local append, name = rest:match("^(>>)%s*(.*)$")
  name = name or rest
  if name == "" or name:find("^%+%+") then
    return "a view does not write to its own file; name another one"
  end
  local to = paths.named(name)
  if not append and not bang and (vim.uv or vim.loop).fs_stat(to) then
    return "the file exists (add ! to override)"
  end
  write.to_file(view, first, last, to, append ~= nil)
end

--- Prints lines, with their numbers if `numbered`.
local function print_lines(view, range, numbered)
  local first, last = span(view, range)
  if not first then
    return last
  end
  local shown, at = {}, first
  while at <= last and #shown < MAX_PRINTED + 1 do
    local batch = view.source:around(at, 0, MAX_PRINTED + 1, { max_bytes = view.columns })
    if not batch then
      break
    end
    local following
    for i = 1, batch.count do
      local position = batch:offset(i)
      if position <= last and position >= at then
        local line = text_of.shown(batch:text(i))
        local number = numbered and view.doc:line_at(view:origin(position))
        shown[#shown + 1] = number and ("%6d %s"):format(number, line) or line
      end
      following = position
    end
    local after = following and bytes.next_line(view, following)
    at = after or last + 1
  end
  if #shown > MAX_PRINTED then
    return ("`:print` shows %d lines at most: write the others with `:w`"):format(MAX_PRINTED)
  end
  vim.api.nvim_echo({ { table.concat(shown, "\n") } }, true, {})
end

function commands.print(view, range)
  return print_lines(view, range, vim.wo.number)
end

function commands.number(view, range)
  return print_lines(view, range, true)
end

commands["#"], commands.list, commands.Print = commands.number, commands.print, commands.print

commands["="] = function(view, range)
  local position, message = resolve(view, range[#range] or { kind = "$", offset = 0 }, false)
  local number = position and view.doc:line_at(view:origin(position))
  if not number then
    return message or "the lines are not counted yet: wait a moment"
  end
  vim.api.nvim_echo({ { ("%d"):format(number) } }, true, {})
end

function commands.mark(view, range, rest)
  local position, message = resolve(view, range[#range] or { kind = ".", offset = 0 }, false)
  if not position then
    return message
  elseif not rest:find("^%l$") then
    return "the marks of a view are a to z"
  end
  view.marks[rest] = view:origin(position)
end

commands.k = commands.mark

commands["goto"] = function(view, range, rest)
  local number = range[#range]
  local byte = tonumber(rest) or number and number.kind == "number" and number.value or 1
  jumps.push(view)
  motions.to_byte(view, byte)
end

--- Goes to the line of the last address.
local function go(view, range)
  local address = range[#range]
  jumps.push(view)
  if address.kind == "number" and address.offset == 0 then
    motions.to_line(view, math.max(address.value, 1))
  elseif address.kind == "$" and address.offset == 0 then
    view:go_last()
  else
    local position, message = resolve(view, address, false)
    if not position then
      return message
    end
    view:go(position)
  end
end

--- Returns whether the page contains the whole selection, so that any command can act on it.
local function is_whole(view)
  for row = vim.fn.line("'<"), vim.fn.line("'>") do
    local entry = view.page[row]
    if not entry or entry.continues or view.column > 1 then
      return false
    end
  end
  return true
end

--- Returns the function that runs a typed command, or nil if Neovim runs it.
---@param view rille.nvim.viewer.view
---@param text string
---@return (fun(): string?)? run runs the command; returns why it cannot run, or nil
function M.command(view, text)
  local parsed = M.parse(text)
  local range, tail = parsed.addresses, parsed.command
  local only = range[#range]
  if tail == "" and #range == 0 then
    return nil
  elseif tail == "" and #range == 1 and only.kind == "/" and only.offset == 0 then
    return function()
      require("rille.nvim.viewer.search").start(view, only.value, only.backward)
    end
  elseif tail == "" then
    return function()
      return go(view, range)
    end
  end
  local known, found = pcall(vim.api.nvim_parse_cmd, tail, {})
  local name = known and found.cmd or ""
  if name == "global" or name == "vglobal" then
    return function()
      return "`:" .. name .. "` knows only the page; `&` filters the file"
    end
  end
  local run = commands[name]
  if name == "write" and #range == 0 and not (not found.bang and (found.args[1] or ""):find("^!")) then
    -- Neovim calls the view's function for writing.
    return nil
  elseif name == "=" and #found.args > 0 then
    return nil
  elseif (name == "print" or name == "number" or name == "#" or name == "list") and #range == 0 then
    return nil
  elseif run then
    local rest = tail:gsub("^[#=]", ""):gsub("^%a+", "")
    rest = name == "k" and rest == "" and tail:match("^k(%l)$") or rest
    local bang = found.bang
    rest = bang and rest:gsub("^!", "") or rest
    rest = vim.trim(rest)
    local following = found.nextcmd ~= "" and found.nextcmd or nil
    if following and not rest:find("^!") then
      rest = vim.trim((rest:gsub("|.*$", "")))
    end
    return function()
      local message = run(view, range, rest, bang)
      if not message and following then
        vim.cmd(following)
      end
      return message
    end
  elseif #range > 0 and not (parsed.is_visual and is_whole(view)) then
    return function()
      return KNOWN
    end
  end
end

return M
