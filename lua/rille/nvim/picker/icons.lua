--- Icons of files, from mini.icons or nvim-web-devicons if one of them is installed.
local M = {}

--- Returns a function from a path to its icon and highlight, or nil. Called at each opening, as plugins may be loaded late.
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
