--- Sorters for telescope.nvim, with fzf's query syntax and order.
---
---     local sorters = require("rille.nvim.telescope")
---     require("telescope").setup({
---       defaults = { file_sorter = sorters.files, generic_sorter = sorters.generic },
---     })
local fuzzy = require("rille").fuzzy
local read = require("rille.fuzzy.options").match

local M = {}

--- Converts a score for telescope, which wants positive numbers with the best entry lowest.
local function scored(score)
  return 1 / (score + 1)
end

--- Returns a sorter with options of `rille.fuzzy`.
---@param opts? rille.fuzzy.options
---@return table sorter telescope's
function M.sorter(opts)
  read(opts, "rille.nvim.telescope.sorter")
  return require("telescope.sorters").Sorter:new({
    -- A line that does not match may match a longer prompt: one with a negated term, or with "|".
    discard = false,
    scoring_function = function(_, prompt, line)
      if prompt == "" then
        return 1
      end
      local score = fuzzy.match(prompt, line, opts)
      return score and scored(score) or -1
    end,
    highlighter = function(_, prompt, display)
      local _, positions = fuzzy.match(prompt, display, opts)
      return positions or {}
    end,
  })
end

--- Returns the sorter for paths. It accepts and ignores what telescope passes to every sorter.
---@return table sorter
function M.files()
  return M.sorter({ scheme = "path" })
end

--- Returns the sorter for other items.
---@return table sorter
function M.generic()
  return M.sorter()
end

return M
