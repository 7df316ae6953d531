--- Parses fzf's extended query syntax in pure Lua, equal to src/fuzzy/fzf/query.rs.
local chars = require("rille.fallback.fuzzy.chars")

local base, code_at, fold, is_capital, is_mark =
  chars.base, chars.code_at, chars.fold, chars.is_capital, chars.is_mark

---@class rille.fuzzy.term
---@field kind "fuzzy"|"exact"|"word"|"prefix"|"suffix"|"equal"
---@field negated boolean
---@field respect_case boolean
---@field normalize boolean
---@field typos integer
---@field n integer number of characters
---@field chars integer[]

local CHARS_PER_TYPO = 4

--- Limits of a query, as in src/fuzzy/fzf/query.rs.
local MAX_TERMS, MAX_BYTES = 64, 8192

--- Returns the parts of a query between spaces, with escaped spaces unescaped.
local function tokens(query)
  local list, at = {}, 1
  while true do
    at = query:find("[^ ]", at)
    if not at then
      return list
    end
    local token = {}
    while at <= #query do
      if query:find("^\\ ", at) then
        token[#token + 1], at = " ", at + 2
      elseif query:find("^ ", at) then
        break
      else
        local stop = (query:find("[ \\]", at + 1) or #query + 1) - 1
        token[#token + 1], at = query:sub(at, stop), stop + 1
      end
    end
    list[#list + 1] = table.concat(token)
  end
end

--- Returns the kind of a token, whether it is negated, and its text without operators.
local function operators(text)
  local kind, negated = "fuzzy", text:sub(1, 1) == "!"
  if negated then
    kind, text = "exact", text:sub(2)
  end
  if text ~= "$" and text:sub(-1) == "$" then
    kind, text = "suffix", text:sub(1, -2)
  end
  local first = text:sub(1, 1)
  if #text > 2 and first == "'" and text:sub(-1) == "'" then
    kind, text = "word", text:sub(2, -2)
  elseif first == "'" then
    kind, text = negated and "fuzzy" or "exact", text:sub(2)
  elseif first == "^" then
    kind, text = kind == "suffix" and "equal" or "prefix", text:sub(2)
  end
  return kind, negated, text
end

--- Returns the term of a token, or nil if the token contains only operators.
---@return rille.fuzzy.term?
local function term(token, opts)
  local kind, negated, text = operators(token)
  if text == "" then
    return nil
  end
  local list, n, capital, plain = {}, 0, false, true
  local at = 1
  while at <= #text do
    local code, stop = code_at(text, at)
    n, at = n + 1, stop + 1
    list[n] = code
    if code >= 0 then
      capital = capital or is_capital(code)
      plain = plain and base(code) == code and not is_mark(code)
    end
  end
  local case = opts.case or "smart"
  local respect_case = case == "respect" or case == "smart" and capital
  if not respect_case then
    for i = 1, n do
      list[i] = fold(list[i])
    end
  end
  local typos = 0
  if kind == "fuzzy" and not negated then
    typos = math.min(opts.typos or 0, math.floor(n / CHARS_PER_TYPO))
  end
  return {
    kind = kind,
    negated = negated,
    respect_case = respect_case,
    normalize = (opts.normalize or false) and plain,
    typos = typos,
    n = n,
    chars = list,
  }
end

--- Parses a query into groups of terms, all of which have to match; a group matches if one of its terms does.
---@param query string
---@param opts rille.fuzzy.options
---@return rille.fuzzy.term[][]? groups nil if it is too large
---@return boolean|string orders whether a term is not negated, or the message
return function(query, opts)
  if #query > MAX_BYTES then
    return nil, ("the query has %d bytes; at most %d are allowed"):format(#query, MAX_BYTES)
  end
  local groups, orders, count = {}, false, 0
  -- Whether the next term begins a group, and whether the last token was the operator `|`.
  local begins, after_bar = true, false
  for _, token in ipairs(tokens(query)) do
    if token == "|" and not after_bar and #groups > 0 then
      begins, after_bar = false, true
    else
      after_bar = false
      local found = term(token, opts)
      if found then
        if begins or #groups == 0 then
          groups[#groups + 1] = {}
        end
        local group = groups[#groups]
        group[#group + 1] = found
        orders = orders or not found.negated
        begins = true
        count = count + 1
      end
    end
  end
  if count > MAX_TERMS then
    return nil, ("the query has %d terms; at most %d are allowed"):format(count, MAX_TERMS)
  end
  return groups, orders
end
