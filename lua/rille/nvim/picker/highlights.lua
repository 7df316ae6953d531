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

--- Links for a terminal of 16 colors whose theme gives the other group none.
local PLAIN = { RillePreviewLine = "Visual" }

--- Returns whether a group looks like other text in a terminal without 24-bit colors.
local function is_plain(group)
  local id = vim.fn.synIDtrans(vim.fn.hlID(group))
  for _, what in ipairs({ "fg", "bg", "reverse", "bold", "underline" }) do
    if vim.fn.synIDattr(id, what, "cterm") ~= "" then
      return false
    end
  end
  return true
end

--- Defines the groups that do not exist yet.
function M.define()
  for name, target in pairs(M.links) do
    local plain = PLAIN[name]
    if plain and not vim.o.termguicolors and vim.fn.has("gui_running") == 0 and is_plain(target) then
      target = plain
    end
    vim.api.nvim_set_hl(0, name, { link = target, default = true })
  end
end

return M
