--- The symbols of the current buffer, from its language servers. Closing the picker cancels the request.
return function()
  local buf = vim.api.nvim_get_current_buf()
  return require("rille.nvim").pick({
    title = "Symbols",
    items = function(add, done)
      local params = { textDocument = vim.lsp.util.make_text_document_params(buf) }
      return vim.lsp.buf_request_all(buf, "textDocument/documentSymbol", params, function(results)
        for _, answer in pairs(results) do
          add(vim.lsp.util.symbols_to_items(answer.result or {}, buf, "utf-16"))
        end
        done()
      end)
    end,
    format = function(item)
      return { { item.text:match("^%[%a+%] "), "Type" }, (item.text:gsub("^%[%a+%] ", "")) }
    end,
  })
end
