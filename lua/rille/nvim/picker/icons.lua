--- Icons of files, from mini.icons or nvim-web-devicons if one of them is there.
local M = {}

--- Asked for on each opening, as plugins come and go: gives icon and highlight of a path, or is nil.
---@return (fun(path: string): string, string?)?
function M.provider()
  local mini = rawget(_G, "MiniIcons")
  if mini then
    return function(path)
      return mini.get("file", path)
    end
  end
  local ok, devicons = pcall(require, "nvim-web-devicons")
  if ok then
    return function(path)
      local name = path:match("[^/]*$")
      return devicons.get_icon(name, name:match("%.([^.]*)$"), { default = true })
    end
  end
end

return M
