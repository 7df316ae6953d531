--- Hunks of a diff without context lines, and patches of some of them.

local M = {}

--- The command for the diff. Whatever the user has configured, it can be read here and applied by git.
M.DIFF = {
  "diff",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--ignore-submodules=all",
  "--inter-hunk-context=0",
  "-U0",
}

local ESCAPES = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }

--- Returns a path as it is after `--- ` or `+++ `, without `a/` or `b/`; nil for /dev/null.
local function path_of(text)
  -- A tab ends a name with spaces; in a name in quotes it is an escape.
  text = text:gsub("\t$", "")
  local quoted = text:match('^"(.*)"$')
  if quoted then
    text = quoted:gsub("\\(.)(%d?%d?)", function(c, more)
      local octal = tonumber(c, 8)
      return octal and string.char(tonumber(c .. more, 8)) or (ESCAPES[c] or c) .. more
    end)
  end
  return text:match("^[ab]/(.*)$")
end

---@class rille.nvim.git.hunk
---@field name string path of the file below the root
---@field path string
---@field lnum integer the first line that was added, or the line before those that were removed
---@field end_lnum integer
---@field text string
---@field shown string text of its first line
---@field added string[]
---@field removed string[]
---@field header string[] of the file
---@field lines string[] of the hunk, its `@@` first
---@field old { [1]: integer, [2]: integer } start and number of its lines before the change, as in the `@@`
---@field new { [1]: integer, [2]: integer } after it
---@field heading string the rest of the `@@`
---@field conflict? string for a part of a file with conflicts, which is in no patch: "conflict"

--- Returns what is shown of a file with conflicts.
---@param name string
---@param root string
---@param line string its first line
---@param lnum integer
---@param count integer
local function conflict_of(name, root, line, lnum, count)
  lnum = math.max(1, lnum)
  return {
    name = name,
    path = root .. "/" .. name,
    lines = { line },
    added = {},
    removed = {},
    lnum = lnum,
    end_lnum = lnum + math.max(1, count) - 1,
    conflict = "conflict",
  }
end

--- Returns the hunks of a diff, and the parts of files with conflicts.
---@param out string
---@param root string
---@return rille.nvim.git.hunk[]
function M.parse(out, root)
  local hunks, header, name, hunk = {}, {}, nil, nil
  for _, line in ipairs(vim.split(out, "\n", { plain = true })) do
    local old, old_count, new, new_count, heading = line:match("^@@ %-(%d+),?(%d*) %+(%d+),?(%d*) @@(.*)$")
    local both, both_count = line:match("^@@@.* %+(%d+),?(%d*) @@@")
    local unmerged = line:match("^%* Unmerged path (.*)$")
    if line:find("^diff ") then
      header, name, hunk = { line }, nil, nil
    elseif both and name or unmerged then
      hunk = conflict_of(unmerged or name, root, line, tonumber(both) or 1, tonumber(both_count) or 1)
      hunks[#hunks + 1] = hunk
    elseif old and name then
      hunk = {
        name = name,
        path = root .. "/" .. name,
        header = header,
        lines = { line },
        added = {},
        removed = {},
        old = { tonumber(old), tonumber(old_count) or 1 },
        new = { tonumber(new), tonumber(new_count) or 1 },
        heading = heading,
      }
      hunk.lnum = math.max(1, hunk.new[1])
      hunk.end_lnum = hunk.lnum + math.max(1, hunk.new[2]) - 1
      hunks[#hunks + 1] = hunk
    elseif hunk and hunk.conflict and line:find("^[ +%-][ +%-]") then
      hunk.lines[#hunk.lines + 1] = line
      local list = line:find("^.?%+") and hunk.added or line:find("^.?%-") and hunk.removed
      if list then
        table.insert(list, line:sub(3))
      end
    elseif hunk and not hunk.conflict and line:find("^[+%-\\]") then
      hunk.lines[#hunk.lines + 1] = line
      if line:find("^[+%-]") then
        table.insert(line:find("^%+") and hunk.added or hunk.removed, line:sub(2))
      end
    elseif not hunk and line ~= "" then
      header[#header + 1] = line
      local path = line:match("^%-%-%- (.*)$") or line:match("^%+%+%+ (.*)$")
      name = path and path_of(path) or name
    end
  end
  for _, each in ipairs(hunks) do
    each.shown = vim.trim(each.added[1] or each.removed[1] or "")
    each.text = ("%s:%d %s"):format(each.name, each.lnum, each.shown)
  end
  return hunks
end

local function key_of(hunk)
  return hunk.name .. "\n" .. table.concat(hunk.lines, "\n")
end

--- Returns whether all hunks are still in a list, at the same lines.
---@param hunks rille.nvim.git.hunk[]
---@param list rille.nvim.git.hunk[]
---@return boolean
function M.are_in(hunks, list)
  local present = {}
  for _, hunk in ipairs(list) do
    present[key_of(hunk)] = true
  end
  return vim.iter(hunks):all(function(hunk)
    return present[key_of(hunk)]
  end)
end

--- Returns the start in a `@@` of so many lines at a position: without lines it is the line before.
local function start_at(position, count)
  return count == 0 and position - 1 or position
end

--- Returns a patch of some hunks. Git places a hunk without context by its line numbers, which count the hunks before it; those
--- that are left out must not count.
---@param hunks rille.nvim.git.hunk[]
---@param reverse boolean whether the patch is to be applied in reverse, to the text after the changes
---@return string
function M.of(hunks, reverse)
  hunks = vim.list_extend({}, hunks)
  table.sort(hunks, function(a, b)
    return a.name < b.name or a.name == b.name and a.new[1] < b.new[1]
  end)
  local lines, name, grown = {}, nil, 0
  for _, hunk in ipairs(hunks) do
    if hunk.name ~= name then
      name, grown = hunk.name, 0
      vim.list_extend(lines, hunk.header)
    end
    local old, new = hunk.old, hunk.new
    local old_at, new_at = old[1] + (old[2] == 0 and 1 or 0), new[1] + (new[2] == 0 and 1 or 0)
    if reverse then
      old_at = new_at - grown
    else
      new_at = old_at + grown
    end
    grown = grown + new[2] - old[2]
    lines[#lines + 1] = ("@@ -%d,%d +%d,%d @@%s"):format(
      start_at(old_at, old[2]),
      old[2],
      start_at(new_at, new[2]),
      new[2],
      hunk.heading
    )
    vim.list_extend(lines, hunk.lines, 2)
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
