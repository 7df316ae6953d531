--- The diagnostics of all buffers, errors first: entries of a quickfix list, which open at their places.
local HIGHLIGHTS = { E = "DiagnosticError", W = "DiagnosticWarn", I = "DiagnosticInfo", N = "DiagnosticHint" }

return function()
  return require("rille.nvim").pick({
    title = "Diagnostics",
    items = vim.diagnostic.toqflist(vim.diagnostic.get()),
    format = function(item)
      local place = ("  %s:%d"):format(vim.fn.bufname(item.bufnr), item.lnum)
      return { { item.type .. " ", HIGHLIGHTS[item.type] }, item.text, { place, "Comment" } }
    end,
  })
end
