--- The search, by its functions.
local t = ...
local jotter = require("jotter")

--- Searches and waits for the end.
local function search(pattern)
  local over
  local started = assert(jotter.search(pattern, function(ended)
    over = ended
  end))
  t.wait("the end of the search", function()
    return over
  end)
  t.same(over, started)
  return over
end

t.test("matches are in the quickfix list, with their places", function()
  jotter.setup({
    directory = t.directory({ ["a.md"] = "one\ntwo milk\n", ["b.txt"] = "Milk\n", ["c.lua"] = "milk\n" }),
  })
  local found = search("milk")
  t.same({ found.state, found.matches }, { "done", 2 })
  local list = vim.fn.getqflist({ items = 0, title = 0 })
  t.same(list.title, "jotter: milk")
  table.sort(list.items, function(a, b)
    return a.lnum > b.lnum
  end)
  local item = list.items[1]
  t.same({ item.lnum, item.col, item.end_col, item.text }, { 2, 5, 9, "two milk" })
  t.same(vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)), "a.md")
end)

t.test("a pattern that is wrong is a message", function()
  jotter.setup({ directory = t.directory({}) })
  local found, message = jotter.search("(")
  t.same(found, nil)
  assert(message and message ~= "")
end)

t.test("a directory that is missing is a message", function()
  jotter.setup({ directory = "/nowhere/notes" })
  local _, message = jotter.search("x")
  assert(message and message:find("/nowhere/notes", 1, true), message)
end)

t.test("the number of matches is limited, and the search says so", function()
  jotter.setup({ directory = t.directory({ ["a.md"] = ("x\n"):rep(100) }), limit = 10 })
  local found = search("x")
  t.same(found.matches, 10)
  assert(found.message, "a message about the limit")
end)

t.test("a new search replaces the running one", function()
  jotter.setup({ directory = t.directory({ ["a.md"] = ("x\n"):rep(10000) }), limit = 100000 })
  local first = assert(jotter.search("x"))
  search("x")
  t.wait("the end of the first search", function()
    return first.state ~= "running"
  end)
end)

t.test("a search that was stopped ends as cancelled", function()
  jotter.setup({ directory = t.directory({ ["a.md"] = ("x\n"):rep(200000) }), limit = 1000000 })
  local found = assert(jotter.search("x"))
  t.same(jotter.stop(), true)
  t.wait("the end", function()
    return found.state ~= "running"
  end)
  t.same({ found.state, jotter.stop() }, { "cancelled", false })
end)

t.test("without the native library the search says so", function()
  local rille = package.loaded.rille
  package.loaded.rille = {
    grep = function()
      return nil, "rille.grep needs the native library"
    end,
  }
  local found, message = jotter.search("x")
  package.loaded.rille = rille
  t.same({ found, message }, { nil, "rille.grep needs the native library" })
end)
