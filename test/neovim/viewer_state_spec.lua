--- The viewer: the state of a view is kept when it is left, hidden, closed, or its buffer is read by Neovim itself.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to = viewers.comes_to

local big = viewers.numbered("big.log", 30000, function(i)
  return i % 7 == 0 and "seven" or "x"
end)
local other = viewers.numbered("other.log", 10)

--- Waits until a filter has kept its lines.
local function filtered(nvim)
  nvim:wait([[local view = require("rille.nvim.viewer").of()
    return view ~= nil and view.filtered ~= nil and not view.works.filter and not view.works.kept]])
end

local WAYS = {
  ["another file and back"] = { "edit " .. other, "buffer #" },
  ["hidden and shown"] = { "hide enew", "buffer big.log" },
  ["a tab page"] = { "tabedit " .. other, "tabclose" },
  ["closed and opened"] = { "enew | bwipeout! #", "Rille view " .. big },
  ["given back and shown"] = { "enew | bunload! #", "buffer #" },
  ["read again"] = { "edit", "edit" },
}

t.test("returning to a view lost the position, the filter, the search, following and marks", function()
  for name, way in pairs(WAYS) do
    local nvim = viewers.view(big)
    viewers.counted(nvim)
    nvim:type("700Gma&seven<CR>")
    filtered(nvim)
    nvim:type("gl/line 2000<CR>")
    comes_to(nvim, 20006)
    nvim:type("4l")
    nvim:wait([[return vim.fn.col(".") == 5]])
    nvim:sees("following", 1)
    nvim:cmd(way[1])
    nvim:cmd(way[2])
    filtered(nvim)
    local fine, message = pcall(comes_to, nvim, 20006)
    t.ok(fine, name .. ": " .. tostring(message))
    t.eq(nvim:lua([[return vim.fn.col(".")]]), 5, name)
    nvim:sees("following", 1)
    nvim:sees("/line 2000 [1/1]", 1)
    nvim:type("'a")
    comes_to(nvim, 700)
    nvim:type("n")
    comes_to(nvim, 20006)
    nvim:type("&<CR>")
    comes_to(nvim, 20006)
    viewers.done(nvim)
  end
end)

t.test("a long line was shown from its first byte again", function()
  local path = viewers.written("long.log", ("x"):rep(30000) .. "\nshort\n")
  local nvim = viewers.view(path)
  viewers.counted(nvim)
  nvim:type("20000|")
  nvim:wait([[return require("rille.nvim.viewer").of():here() == 20000]])
  for _, way in ipairs({ WAYS["another file and back"], { "enew | bwipeout! #", "Rille view " .. path } }) do
    nvim:cmd(way[1])
    nvim:cmd(way[2])
    nvim:wait([[return require("rille.nvim.viewer").of():here() == 20000]])
  end
  viewers.done(nvim)
end)

t.test("hidden views held their memory for ever", function()
  local nvim = viewers.view(big)
  nvim:type("20000G")
  comes_to(nvim, 20000)
  for i = 1, 9 do
    nvim:cmd("Rille view " .. viewers.numbered(("n%d.log"):format(i), 100))
  end
  nvim:wait(
    [[return require("rille").stats().handles.file == 1 + require("rille.nvim.viewer.state").MAX_HIDDEN]]
  )
  nvim:cmd("buffer big.log")
  comes_to(nvim, 20000)
  nvim:wait(
    [[return require("rille").stats().handles.file == 1 + require("rille.nvim.viewer.state").MAX_HIDDEN]]
  )
  viewers.done(nvim)
end)

t.test("a session returned to a row of the page", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  nvim:type("20000Gma&seven<CR>")
  filtered(nvim)
  nvim:type("/line 12<CR>")
  comes_to(nvim, 126)
  nvim:type("n")
  comes_to(nvim, 1204)
  local session = viewers.directory .. "/session.vim"
  nvim:cmd("mksession! " .. session)
  viewers.done(nvim)
  nvim = viewers.child.start()
  nvim:cmd("source " .. session)
  filtered(nvim)
  comes_to(nvim, 1204)
  nvim:type("'a")
  comes_to(nvim, 20006)
  nvim:type("&<CR>15000G")
  comes_to(nvim, 15000)
  nvim:cmd("mksession! " .. session)
  viewers.done(nvim)
  nvim = viewers.child.start()
  nvim:cmd("source " .. session)
  comes_to(nvim, 15000)
  viewers.done(nvim)
end)

t.test("`:noautocmd edit` loaded the file into a buffer that was still a view", function()
  for _, opened in ipairs({ "by its size", "by a command" }) do
    local before = opened == "by its size" and "let g:rille = #{ view: #{ above: 100000 } }" or nil
    local nvim = viewers.child.start({ before = before })
    nvim:cmd((before and "edit " or "Rille view ") .. big)
    comes_to(nvim, 1)
    nvim:cmd("noautocmd edit")
    nvim:wait([[return require("rille.nvim.viewer").of() == nil and vim.api.nvim_buf_line_count(0) == 30000]])
    t.eq(
      nvim:lua([[return { vim.bo.buftype, vim.bo.modifiable, vim.bo.undolevels ~= -1, vim.fn.expand("%:p"),
      vim.wo.statuscolumn, vim.wo.winbar, vim.fn.maparg("G", "n"), vim.bo.bufhidden }]]),
      {
        "",
        true,
        true,
        big,
        "",
        "",
        "",
        "",
      }
    )
    nvim:type("20000Gdd")
    nvim:wait([[return vim.api.nvim_buf_line_count(0) == 29999]])
    nvim:type("u")
    nvim:wait([[return vim.api.nvim_buf_line_count(0) == 30000]])
    viewers.done(nvim)
  end
end)
