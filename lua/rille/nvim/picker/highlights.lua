--- The highlight groups of the picker. Themes may set them; by default they are links.
local M = {}

M.links = {
  RilleNormal = "NormalFloat",
  RilleBorder = "FloatBorder",
  RilleTitle = "FloatTitle",
  RillePrompt = "Question",
  RilleMatch = "Special",
  RilleSelection = "Visual",
  RilleMark = "WarningMsg",
  RilleCount = "Comment",
  RilleError = "ErrorMsg",
  RillePath = "Comment",
  RilleLine = "Comment",
  RillePreviewLine = "CursorLine",
}

--- Defines the groups that do not exist yet.
function M.define()
  for name, target in pairs(M.links) do
    vim.api.nvim_set_hl(0, name, { link = target, default = true })
  end
end

return M
