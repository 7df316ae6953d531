--- Pickers over language servers: one that answers, one without the capability, a slow one, and one that ends.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local lsp = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/lsp.lua")
local closed = pickers.closed

local directory = pickers.tree()
vim.fn.writefile({ "local ä, other = 1, 2", "print(other)", "return other" }, directory .. "/code.txt")
vim.fn.writefile({ "other()", "-- other" }, directory .. "/used.txt")

local EVERYTHING = {
  referencesProvider = true,
  definitionProvider = true,
  implementationProvider = true,
  typeDefinitionProvider = true,
  declarationProvider = true,
  callHierarchyProvider = true,
  documentSymbolProvider = true,
  workspaceSymbolProvider = true,
}

--- Starts a child with a server for code.txt; without capabilities there is none.
local function start(capabilities)
  local nvim = pickers.start({ columns = 120, lines = 30 }, directory)
  nvim:cmd("edit code.txt | call cursor(2, 7)")
  if capabilities then
    lsp.attach(nvim, capabilities)
  end
  return nvim
end

--- Makes the server answer a method with locations: name of the file, line, and first and last character, from 0 on.
local function answer(nvim, method, places)
  local list = {}
  for i, place in ipairs(places) do
    list[i] = {
      uri = vim.uri_from_fname((vim.uv or vim.loop).fs_realpath(directory) .. "/" .. place[1]),
      range = lsp.range(place[2], place[3], place[4]),
    }
  end
  nvim:lua([[local method, list = ...; _G.server.answers[method] = list]], method, list)
end

local function here(nvim)
  return nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line("."), vim.fn.col(".") }]])
end

t.test("places: several in a picker, the only one at once, and none in a sentence", function()
  local nvim = start(EVERYTHING)
  for name, method in pairs({
    references = "references",
    definitions = "definition",
    implementations = "implementation",
    type_definitions = "typeDefinition",
    declarations = "declaration",
  }) do
    method = "textDocument/" .. method
    answer(nvim, method, { { "used.txt", 1, 3, 8 }, { "code.txt", 0, 9, 14 }, { "used.txt", 0, 0, 5 } })
    nvim:cmd("buffer code.txt | call cursor(2, 7)")
    nvim:cmd("Rille " .. name)
    nvim:sees("3/3│")
    -- The column counts bytes, although the server counts characters.
    nvim:sees("code.txt:1: local ä, other = 1, 2")
    nvim:type("used ;- <BS><BS><BS>")
    nvim:sees("2/3│")
    nvim:type("2<C-v>")
    closed(nvim)
    t.eq({ name, here(nvim) }, { name, { "used.txt", 2, 4 } })
    t.eq(nvim:lua([[return #vim.api.nvim_list_wins()]]), 2)
    nvim:cmd("only")
    -- The tag stack leads back.
    nvim:type("<C-t>")
    nvim:wait([[return vim.fn.expand("%:t") == "code.txt"]])
    t.eq(here(nvim), { "code.txt", 2, 7 })
    -- The only one, with a letter of two bytes before it.
    answer(nvim, method, { { "code.txt", 0, 9, 14 } })
    nvim:cmd("Rille " .. name)
    nvim:wait([[return vim.fn.line(".") == 1]])
    t.eq({ name, here(nvim) }, { name, { "code.txt", 1, 11 } })
    closed(nvim)
    answer(nvim, method, {})
    nvim:cmd("messages clear")
    nvim:cmd("Rille " .. name)
    nvim:wait([[return vim.fn.execute("messages"):find("rille: no .* found") ~= nil]])
    closed(nvim)
  end
  t.eq(nvim:stop(), 0)
end)

t.test(
  "no server, a server without the capability, one that fails, and one that ends, each in a sentence",
  function()
    local nvim = start()
    nvim:cmd("Rille references")
    nvim:cmd("Rille symbols")
    nvim:cmd("Rille workspace_symbols")
    local _, count = nvim:messages():gsub("rille: no language server is attached to this buffer", "")
    t.eq(count, 3)
    lsp.attach(nvim, { hoverProvider = true })
    nvim:cmd("Rille references")
    nvim:cmd("Rille symbols")
    nvim:cmd("Rille workspace_symbols")
    nvim:cmd("Rille incoming_calls")
    local said = nvim:messages()
    for _, what in ipairs({ "references", "symbols", "symbols of the workspace", "calls" }) do
      t.ok(said:find("no language server of this buffer finds " .. what, 1, true), said)
    end
    closed(nvim)
    t.eq(nvim:stop(), 0)

    nvim = start(EVERYTHING)
    nvim:lua(function()
      _G.server.answers["textDocument/references"] = function(_, reply)
        reply(nil, "out of order")
      end
    end)
    nvim:cmd("Rille references")
    nvim:wait([[return vim.fn.execute("messages"):find("rille: fake: out of order", 1, true) ~= nil]])
    nvim:lua(function()
      _G.server.answers["textDocument/references"] = function() end
      _G.server.answers["textDocument/documentSymbol"] = function() end
    end)
    nvim:cmd("Rille references")
    nvim:cmd("Rille symbols")
    nvim:sees("0/0 …│")
    nvim:lua([[_G.server.die()]])
    nvim:wait([[
    local _, count = vim.fn.execute("messages"):gsub("ended before it answered", "")
    return count == 2
  ]])
    nvim:sees("0/0│")
    nvim:type("<Esc>")
    closed(nvim)
    t.eq(nvim:stop(), 0)
  end
)

t.test("calls of the call hierarchy, in both directions", function()
  local nvim = start(EVERYTHING)
  nvim:lua(
    function(uri, range, other)
      local item = { name = "other", kind = 12, uri = uri, range = range, selectionRange = range }
      _G.server.answers["textDocument/prepareCallHierarchy"] = { item }
      _G.server.answers["callHierarchy/incomingCalls"] = {
        { from = vim.tbl_extend("force", item, { name = "caller" }), fromRanges = { range, other } },
      }
      _G.server.answers["callHierarchy/outgoingCalls"] = {
        { to = vim.tbl_extend("force", item, { name = "callee" }), fromRanges = { other } },
      }
    end,
    vim.uri_from_fname((vim.uv or vim.loop).fs_realpath(directory) .. "/used.txt"),
    lsp.range(0, 0, 5),
    lsp.range(1, 3, 8)
  )
  nvim:cmd("Rille incoming_calls")
  nvim:sees("▌ used.txt:1: caller: other()")
  nvim:sees("used.txt:2: caller: -- other")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:cmd("Rille outgoing_calls")
  nvim:wait([[return vim.fn.expand("%:t") == "used.txt"]])
  t.eq(here(nvim), { "used.txt", 1, 1 })
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("symbols of the buffer: kind, name and container, and a key for one kind", function()
  local nvim = start(EVERYTHING)
  nvim:lua(function(range, inner)
    _G.server.answers["textDocument/documentSymbol"] = {
      {
        name = "outer",
        kind = 12,
        range = range,
        selectionRange = range,
        children = { { name = "other", kind = 13, range = inner, selectionRange = inner } },
      },
      { name = "third", kind = 12, range = inner, selectionRange = inner },
    }
  end, lsp.range(0, 0, 5), lsp.range(0, 9, 14))
  nvim:cmd("Rille symbols")
  nvim:sees("3/3│")
  nvim:sees("▌ Function    outer")
  nvim:sees("  Variable      other  outer")
  nvim:type("third<C-l>")
  nvim:sees("Symbols: Function only")
  nvim:type("<C-u>")
  nvim:sees("2/2│")
  nvim:type("<C-l>")
  nvim:sees("3/3│")
  nvim:type("other<CR>")
  closed(nvim)
  t.eq(here(nvim), { "code.txt", 1, 11 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("symbols of the workspace: each query is a request, and the previous one is cancelled", function()
  local nvim = start(EVERYTHING)
  nvim:lua(function(uri, range)
    _G.replies = {}
    _G.server.answers["workspace/symbol"] = function(params, reply)
      _G.replies[params.query] = function()
        reply({
          {
            name = "found " .. params.query,
            kind = 5,
            containerName = "box",
            location = { uri = uri, range = range },
          },
        })
      end
    end
  end, vim.uri_from_fname((vim.uv or vim.loop).fs_realpath(directory) .. "/used.txt"), lsp.range(1, 3, 8))
  nvim:cmd("Rille workspace_symbols ab")
  nvim:wait([[return _G.replies.ab ~= nil]])
  nvim:type("c")
  nvim:wait([[return _G.replies.abc ~= nil]])
  nvim:wait([[return vim.tbl_contains(_G.server.cancelled, "workspace/symbol")]])
  nvim:lua([[_G.replies.ab(); _G.replies.abc()]])
  nvim:sees("▌ Class       found abc  box  used.txt:2")
  nvim:sees("1│")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim), { "used.txt", 2, 4 })
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("lsp() wraps the functions of vim.lsp.buf once, honors on_list, and can be undone", function()
  local nvim = start(EVERYTHING)
  local places = { { "used.txt", 1, 3, 8 }, { "used.txt", 0, 0, 5 } }
  for _, method in ipairs({ "references", "definition" }) do
    answer(nvim, "textDocument/" .. method, places)
  end
  nvim:lua(function()
    _G.original = vim.lsp.buf.definition
    _G.undo = require("rille.nvim").lsp()
    _G.wrapped = vim.lsp.buf.definition
    require("rille.nvim").lsp()
  end)
  t.eq(nvim:lua([[return _G.wrapped == vim.lsp.buf.definition and _G.wrapped ~= _G.original]]), true)
  nvim:lua([[vim.lsp.buf.references()]])
  nvim:sees("╭ References ")
  nvim:sees("2/2│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[vim.lsp.buf.definition()]])
  nvim:sees("╭ Definitions ")
  nvim:type("<Esc>")
  closed(nvim)
  -- A caller that wants the list itself.
  nvim:lua([[vim.lsp.buf.definition({ on_list = function(list) _G.listed = #list.items end })]])
  nvim:wait([[return _G.listed == 2]])
  closed(nvim)
  nvim:lua([[_G.undo()]])
  t.eq(nvim:lua([[return vim.lsp.buf.definition == _G.original]]), true)
  -- What others have wrapped since stays as it is.
  nvim:lua(function()
    _G.undo = require("rille.nvim").lsp()
    _G.theirs = function() end
    vim.lsp.buf.definition = _G.theirs -- luacheck: ignore 122
    _G.undo()
  end)
  t.eq(nvim:lua([[return vim.lsp.buf.definition == _G.theirs]]), true)
  -- The picker as on_list of Neovim's own function.
  nvim:lua([[vim.lsp.buf.references(nil, { on_list = require("rille.nvim").pick })]])
  nvim:sees("2/2│")
  nvim:sees("▌ used.txt:1: other()")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("diagnostics: severity, message, source and place, and a key for one severity", function()
  local nvim = start()
  nvim:cmd("Rille diagnostics")
  nvim:cmd("Rille buffer_diagnostics")
  local said = nvim:messages()
  t.ok(said:find("there are no diagnostics") and said:find("this buffer has no diagnostics"), said)
  nvim:lua(function()
    local space = vim.api.nvim_create_namespace("spec")
    vim.diagnostic.set(space, 0, {
      { lnum = 1, col = 6, end_lnum = 1, end_col = 11, message = "a warning", severity = 2, source = "lint" },
      { lnum = 0, col = 0, message = "an\n error", severity = 1 },
    })
    local other = vim.fn.bufadd("used.txt")
    vim.fn.bufload(other)
    vim.diagnostic.set(space, other, { { lnum = 1, col = 3, message = "a hint", severity = 4 } })
  end)
  nvim:cmd("messages clear")
  nvim:cmd("Rille diagnostics")
  nvim:sees("3/3│")
  nvim:sees("▌ E an error code.txt:1")
  nvim:sees("  W a warning lint code.txt:2")
  nvim:sees("  H a hint used.txt:2")
  nvim:type("lint")
  nvim:sees("1/3│")
  -- The preview has the line with its message.
  nvim:sees("print(other) a warning")
  nvim:type("<C-u><C-l>")
  nvim:sees("Diagnostics: errors")
  nvim:sees("1/1│")
  nvim:type("<C-l>")
  nvim:sees("Diagnostics: warnings")
  nvim:sees("▌ W a warning")
  nvim:type("<CR>")
  closed(nvim)
  t.eq(here(nvim), { "code.txt", 2, 7 })
  nvim:cmd("Rille buffer_diagnostics")
  nvim:sees("2/2│")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
