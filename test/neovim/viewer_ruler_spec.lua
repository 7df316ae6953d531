--- The viewer: 'ruler', 'statusline' and the bar show where the cursor is in the file.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to = viewers.comes_to

local big = viewers.numbered("big.log", 30000)

t.test("the ruler had the row of the page, and was never at the end", function()
  for _, last in ipairs({ 0, 2 }) do
    local nvim = viewers.view(big, { before = "set laststatus=" .. last })
    viewers.counted(nvim)
    local row = last == 0 and 24 or 23
    nvim:sees("1,1 ", row)
    nvim:sees("Top", row)
    nvim:type("15000G")
    comes_to(nvim, 15000)
    nvim:sees("15000,1 ", row)
    nvim:sees("48%", row)
    nvim:type("G")
    comes_to(nvim, 30000)
    nvim:sees("30000,1 ", row)
    nvim:sees("Bot", row)
    nvim:sees("30,000 of 30,000  100%", 1)
    -- In other buffers it is the user's own again.
    nvim:cmd("enew")
    t.eq(
      nvim:lua([[return { vim.o.rulerformat, vim.wo.statusline == vim.go.statusline or vim.wo.statusline }]]),
      {
        "",
        true,
      }
    )
    viewers.done(nvim)
  end
end)

t.test("the status line of the user had the row of the page", function()
  local nvim = viewers.view(big)
  viewers.counted(nvim)
  for _, step in ipairs({
    { "[%l/%L]", "[20000/30000]" },
    { "[%7l|%-7l|%p%%|%%l]", "[  20000|20000  |66%|%l]" },
    { "%!'<%l>'", "<20000>" },
    { "%{%'line %l'%}", "line 20000" },
  }) do
    nvim:lua([[vim.go.statusline = ...]], step[1])
    nvim:type("20000G")
    comes_to(nvim, 20000)
    nvim:cmd("redrawstatus")
    nvim:sees(step[2], 23)
  end
  nvim:type("G")
  nvim:lua([[vim.go.statusline = "%p of %L"]])
  comes_to(nvim, 30000)
  nvim:sees("100 of 30000", 23)
  nvim:lua([[vim.wo.statusline = "of a plugin"]])
  nvim:cmd("split | wincmd p")
  nvim:sees("of a plugin")
  nvim:cmd("only")
  viewers.done(nvim)
end)
