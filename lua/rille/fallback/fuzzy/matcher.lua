--- Scores items for a parsed query in pure Lua, equal to src/fuzzy/fzf/score.rs.
local align = require("rille.fallback.fuzzy.align")
local chars = require("rille.fallback.fuzzy.chars")
local parse = require("rille.fallback.fuzzy.query")

local find, model_of, view_of = align.find, align.model, chars.view

--- Penalty for each character of a term that is missing from an item.
local TYPO = 2 ^ 20

---@class rille.fuzzy.lua_matcher
---@field orders boolean whether it orders matches by score
---@field package groups rille.fuzzy.term[][]
---@field package model rille.fuzzy.model
---@field package delimiter? string
---@field package columns? integer[]
local Matcher = {}
Matcher.__index = Matcher

local M = {}

---@param query string
---@param opts rille.fuzzy.options
---@return rille.fuzzy.lua_matcher? matcher nil if the query is too large
---@return string? message
function M.new(query, opts)
  local groups, orders = parse(query, opts)
  if not groups then
    return nil, orders --[[@as string]]
  end
  local self = { groups = groups, orders = orders, model = model_of(opts.scheme) }
  self.delimiter, self.columns = opts.delimiter, opts.columns
  return setmetatable(self, Matcher)
end

--- Returns the columns to search: their texts, and the number of bytes before each.
local function cut(self, s)
  if not self.delimiter then
    return { s }, { 0 }
  end
  local texts, offsets, from = {}, {}, 1
  repeat
    local at = s:find(self.delimiter, from, true)
    texts[#texts + 1], offsets[#offsets + 1] = s:sub(from, (at or #s + 1) - 1), from - 1
    from = at and at + 1
  until not from
  if not self.columns then
    return texts, offsets
  end
  local some, some_offsets = {}, {}
  for i, column in ipairs(self.columns) do
    some[i], some_offsets[i] = texts[column] or "", offsets[column] or #s
  end
  return some, some_offsets
end

--- Returns the score of a term in the first column that it matches.
local function term_score(self, item, term, positions)
  local which = (term.respect_case and 1 or 0) + (term.normalize and 2 or 0)
  for i = 1, #item.texts do
    local views = item.views[i]
    local view = views[which]
    if not view then
      view = view_of(item.texts[i], self.model.ascii, term.respect_case, term.normalize)
      views[which] = view
    end
    local places = positions and {}
    local score, typos = find(self.model, view, term, places)
    if score then
      for k = 1, places and #places or 0 do
        positions[view.starts[places[k]] + item.offsets[i]] = true
      end
      return score, typos
    end
  end
end

local function group_score(self, item, group, positions)
  local held = false
  for i = 1, #group do
    local term = group[i]
    local score, typos = term_score(self, item, term, not term.negated and positions or nil)
    if score and not term.negated then
      return score, typos
    end
    held = held or term.negated and not score
  end
  if held then
    return 0, 0
  end
end

local function run(self, s, positions)
  local texts, offsets = cut(self, s)
  local item = { texts = texts, offsets = offsets, views = {} }
  for i = 1, #texts do
    item.views[i] = {}
  end
  local total, lacking = 0, 0
  for i = 1, #self.groups do
    local score, typos = group_score(self, item, self.groups[i], positions)
    if not score then
      return nil
    end
    total, lacking = total + score, lacking + typos
  end
  return math.min(total, TYPO - 1) - math.min(lacking, 1024) * TYPO
end

--- Returns the score of an item, or nil if it does not match.
---@param s string
---@return integer?
function Matcher:score(s)
  return run(self, s, nil)
end

--- Returns the score of an item and the first byte of each matched character, ascending, or nil if it does not match.
---@param s string
---@return integer?
---@return integer[]? positions
function Matcher:match(s)
  local set = {}
  local score = run(self, s, set)
  if not score then
    return nil
  end
  local positions = {}
  for at in pairs(set) do
    positions[#positions + 1] = at
  end
  table.sort(positions)
  return score, positions
end

return M
