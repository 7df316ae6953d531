--- `tostring` of the objects of rille: returns their kind and content, as in `rille.regex: (a|b)+ [im]`.

--- Maximum number of bytes of a text that is shown.
local MAX_SHOWN_BYTES = 60

local M = {}

--- Returns a text for display: on one line, and cut between characters if it is long.
---@param s string
---@return string
function M.short(s)
  if #s > MAX_SHOWN_BYTES then
    local stop = MAX_SHOWN_BYTES - 3
    -- Not inside of a character.
    while stop > 0 and s:byte(stop + 1) >= 0x80 and s:byte(stop + 1) < 0xC0 do
      stop = stop - 1
    end
    s = s:sub(1, stop) .. "…"
  end
  return (s:gsub("[%z\1-\31\127]", function(c)
    return ("\\%d"):format(c:byte())
  end))
end

--- Returns a number with its noun: "1 pattern", "3 patterns".
---@param count number
---@param noun string
---@return string
function M.number(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or noun:find("match$") and "es" or "s")
end

--- Adds `tostring` to a class. It never raises an error: an object that cannot be described any more is "closed".
---@param class table
---@param name string the kind of object
---@param describe fun(self: table): string? nil if the object is closed; it may raise an error
function M.named(class, name, describe)
  function class.__tostring(self)
    local described, text = pcall(describe, self)
    return name .. ": " .. (described and text or "closed")
  end
end

return M
