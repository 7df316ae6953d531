--- Live pickers, whose items are the answer to a query, and the rows of a search that are refined.
local t = ...
local pickers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/pickers.lua")
local closed = pickers.closed

local directory = pickers.tree()

--- Starts a child with a live picker whose calls are answered by the spec: `answer(query, list, last)`.
local function start()
  local nvim = pickers.start({ columns = 80, lines = 24 }, directory)
  nvim:lua(function()
    _G.asked, _G.stopped, _G.answers = {}, {}, {}
    _G.handle = require("rille.nvim").pick({
      title = "Live",
      live = true,
      preview = false,
      items = function(add, done, query)
        table.insert(_G.asked, query)
        _G.answers[query] = function(list, last)
          add(list)
          if last then
            done()
          end
        end
        return function()
          table.insert(_G.stopped, query)
        end
      end,
      on_choice = function(item)
        _G.chosen = item
      end,
    })
  end)
  return nvim
end

t.test(
  "each query is a new call, the previous one is stopped, and its rows stay until the next arrive",
  function()
    local nvim = start()
    nvim:wait([[return _G.answers[""] ~= nil]])
    nvim:lua([[_G.answers[""]({ "zeta", "alpha" }, true)]])
    -- In the order of the answer.
    nvim:sees("▌ zeta")
    nvim:sees("2│")
    nvim:type("be")
    nvim:wait([[return _G.answers.be ~= nil]])
    nvim:sees("▌ zeta")
    nvim:lua([[_G.answers.be({ { text = "x beta", n = 1 }, "obelisk" })]])
    nvim:sees("▌ x beta")
    nvim:sees("2 …│")
    nvim:lua([[_G.answers.be({ "cube" }, true)]])
    nvim:sees("3│")
    t.eq(nvim:lua([[return _G.asked[#_G.asked] ]]), "be")
    t.ok(vim.tbl_contains(nvim:lua([[return _G.stopped]]), ""))
    -- The answer of a call that was stopped is ignored.
    nvim:lua([[_G.answers[""]({ "too late" })]])
    -- What was typed is highlighted.
    local looks, row
    for i, line in ipairs(nvim:screen()) do
      if line:find("obelisk", 1, true) then
        row = i
      end
    end
    looks = nvim:looks(row)
    local column = vim.fn.strdisplaywidth(nvim:screen()[row]:match("^(.-)obelisk")) + 1
    t.ok(looks[column + 1] ~= looks[column + 4], "the match is not highlighted")
    t.eq(nvim:lua([[return #_G.handle:items()]]), 3)
    nvim:type("<CR>")
    closed(nvim)
    t.eq(nvim:lua([[return _G.chosen]]), { text = "x beta", n = 1 })
    t.ok(vim.tbl_contains(nvim:lua([[return _G.stopped]]), "be"))
    t.eq(nvim:messages(), "")
    t.eq(nvim:stop(), 0)
  end
)

t.test("marks stay on their items when another query finds them elsewhere", function()
  local nvim = start()
  nvim:wait([[return _G.answers[""] ~= nil]])
  nvim:lua([[_G.answers[""]({ { text = "a" }, { text = "b" }, { text = "c" } }, true)]])
  nvim:type("<Down><Tab>")
  nvim:sees("+1")
  nvim:type("x")
  nvim:wait([[return _G.answers.x ~= nil]])
  nvim:lua([[_G.answers.x({ { text = "new" }, { text = "old" }, { text = "b" } }, true)]])
  nvim:sees("  old")
  nvim:sees("+ b")
  t.eq(nvim:lua([[return _G.handle:marked()]]), { { text = "b" } })
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("no answer, an empty answer, and an error of the function", function()
  local nvim = start()
  nvim:sees("0 …│")
  nvim:type("q")
  nvim:wait([[return _G.answers.q ~= nil]])
  nvim:lua([[_G.answers.q({}, true)]])
  nvim:sees("0│")
  nvim:type("<Esc>")
  closed(nvim)
  nvim:lua([[
    require("rille.nvim").pick({ live = true, items = function(_, _, query)
      if query == "b" then error("items on purpose") end
    end })
  ]])
  nvim:type("b")
  nvim:sees("items on purpose")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:stop(), 0)
end)

t.test("the rows of a live picker are refined by a key, and the same key returns to them", function()
  local nvim = start()
  nvim:wait([[return _G.answers[""] ~= nil]])
  nvim:type("x")
  nvim:wait([[return _G.answers.x ~= nil]])
  nvim:lua([[_G.answers.x({ "one two", "three four", "two five" }, true)]])
  nvim:sees("3│")
  nvim:type("<Down><Tab>")
  nvim:sees("+1")
  local calls = nvim:lua([[return #_G.asked]])
  nvim:type("<C-g>")
  nvim:sees("Live (refined)")
  nvim:type("two")
  nvim:sees("+1  2/3│")
  nvim:type("<C-u>four")
  nvim:sees("▌+three four")
  t.eq(nvim:lua([[return #_G.asked]]), calls)
  nvim:type("<C-g>")
  nvim:sees("> x")
  nvim:sees("+1  3│")
  t.eq(nvim:lua([[return _G.handle:title()]]), "Live")
  nvim:type("<C-g>two five<CR>")
  closed(nvim)
  t.eq(nvim:lua([[return _G.chosen]]), "two five")
  -- It is resumed as the search.
  nvim:cmd("Rille resume")
  nvim:sees("> x")
  nvim:type("<Esc>")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

t.test("the lines of a grep are refined over path and text", function()
  local nvim = pickers.start({ columns = 100, lines = 30 }, directory)
  nvim:cmd("Rille grep text of")
  nvim:sees("60│")
  nvim:type("<C-g>file37")
  nvim:sees("Grep (refined)")
  nvim:sees("▌ src/file37.txt:1: text of 37")
  nvim:sees("1/60│")
  nvim:type("<C-u>of 12<CR>")
  closed(nvim)
  t.eq(pickers.name(nvim), "file12.txt")
  -- The history has the pattern, not what it was refined by.
  nvim:cmd("Rille grep")
  nvim:type("<C-Up>")
  nvim:sees("> text of")
  nvim:type("<C-g><C-q>")
  nvim:wait([[return vim.bo.buftype == "quickfix" and #vim.fn.getqflist() == 60]])
  t.eq(nvim:lua([[return vim.fn.getqflist({ title = 0 }).title]]), "Grep: text of")
  closed(nvim)
  t.eq(nvim:messages(), "")
  t.eq(nvim:stop(), 0)
end)

vim.fn.delete(directory, "rf")
