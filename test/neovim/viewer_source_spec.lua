--- The viewer: archives, pipes, commands, the standard input, and text that is not UTF-8.
local t = ...
local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local comes_to, says = viewers.comes_to, viewers.says

local big = viewers.numbered("big.log", 30000)

t.test("an archive was shown without being unpacked", function()
  for _, program in ipairs({ "gzip", "zstd" }) do
    if vim.fn.executable(program) == 1 then
      -- Recognised by its first bytes, not by its name.
      local packed = viewers.directory .. "/" .. program .. ".packed"
      vim.fn.system(("%s -c < %s > %s"):format(program, big, packed))
      local nvim = viewers.view(packed)
      nvim:sees("    1 line 1", 2)
      -- Until all of it has arrived, the last line is the last one so far.
      viewers.counted(nvim)
      nvim:type("G")
      comes_to(nvim, 30000)
      nvim:type("/line 1234 <CR>")
      comes_to(nvim, 1234)
      nvim:type(":1w! " .. packed .. "<CR>")
      says(nvim, "a view does not write to its own file")
      nvim:cmd("enew")
      nvim:cmd("buffer #")
      comes_to(nvim, 1234)
      viewers.done(nvim)
    end
  end
end)

t.test("the output of a command could not be viewed", function()
  local nvim = viewers.child.start()
  nvim:type(":Rille view !seq 100000 | sed 's/^/line /'; echo problem >&2; exit 3<CR>")
  nvim:sees("  1 line 1", 2)
  nvim:sees("!seq 100000 | sed", 1)
  says(nvim, "ended with 3")
  viewers.counted(nvim)
  nvim:type("G")
  comes_to(nvim, 100001)
  t.eq(nvim:lua([[return vim.api.nvim_get_current_line()]]), "problem")
  nvim:type("500G")
  comes_to(nvim, 500)
  nvim:cmd("enew")
  nvim:cmd("buffer #")
  comes_to(nvim, 500)
  -- Read again, as when a session is restored, it does not run again.
  nvim:cmd("edit")
  says(nvim, "is not run again automatically")
  viewers.done(nvim)
end)

t.test("an endless command continued after its view was closed", function()
  local nvim = viewers.child.start()
  local pid = viewers.directory .. "/pid"
  nvim:type(":Rille view !echo $$ > " .. pid .. "; while true; do echo line; sleep 0.01; done<CR>")
  nvim:sees(" line", 20)
  t.eq(nvim:lua([[return require("rille.nvim.viewer").of().works.spool ~= nil]]), true)
  local uv = vim.uv or vim.loop
  local number = tonumber(vim.fn.readfile(pid)[1])
  t.eq(uv.kill(number, 0), 0)
  nvim:type("gl")
  nvim:sees("following", 1)
  local lines = nvim:lua([[return require("rille.nvim.viewer").of().lines]])
  nvim:wait([[return require("rille.nvim.viewer").of().lines > ... + 10]], lines)
  nvim:cmd("bwipeout")
  t.ok(vim.wait(20000, function()
    return uv.kill(number, 0) ~= 0
  end, 20))
  viewers.done(nvim)
end)

t.test("a command without output continued after the editor had ended", function()
  local nvim = viewers.child.start()
  local pid = viewers.directory .. "/silent"
  nvim:cmd("Rille view !echo $$ > " .. pid .. "; exec sleep 1000")
  t.ok(vim.wait(20000, function()
    return vim.fn.getfsize(pid) > 0
  end, 20))
  local number = tonumber(vim.fn.readfile(pid)[1])
  local uv = vim.uv or vim.loop
  t.eq(uv.kill(number, 0), 0)
  t.eq(nvim:stop(), 0)
  t.ok(vim.wait(20000, function()
    return uv.kill(number, 0) ~= 0
  end, 20))
end)

t.test("a named pipe could not be viewed", function()
  local pipe = viewers.directory .. "/pipe"
  vim.fn.system("mkfifo " .. pipe)
  local nvim = viewers.view(pipe)
  nvim:sees("pipe", 1)
  local job = vim.fn.jobstart({ "sh", "-c", ("{ seq 1000; sleep 0.2; echo last; } > %s"):format(pipe) })
  nvim:sees("  1 1", 2)
  vim.fn.jobwait({ job }, 20000)
  viewers.counted(nvim)
  nvim:type("G")
  comes_to(nvim, 1001)
  t.eq(nvim:lua([[return vim.api.nvim_get_current_line()]]), "last")
  viewers.done(nvim)
end)

t.test("the standard input could not be viewed", function()
  local nvim = viewers.child.start()
  nvim:cmd("Rille view -")
  says(nvim, "Neovim has read no standard input")
  viewers.done(nvim)
  local result = vim
    .system({
      "sh",
      "-c",
      [[printf 'one\ntwo \000\nthree' | "$RILLE_CHILD" --clean -n --headless --cmd 'let &rtp .= "," . $RILLE_ROOT' - \
        -c 'Rille view -' -c 'call writefile([expand("%:t"), &ft] + getline(1, "$"), $OUT)' -c 'qa!']],
    }, { env = { OUT = viewers.directory .. "/shown" } })
    :wait()
  t.eq(result.code, 0, result.stderr)
  t.eq(vim.fn.readfile(viewers.directory .. "/shown"), { "stdin", "rilleview", "one", "two \n", "three" })
end)

t.test("text in UTF-16 was shown as garbage, in which no search matched", function()
  local function utf16(text)
    return "\255\254" .. text:gsub(".", "%0\0")
  end
  local path = viewers.written("wide.txt", utf16(viewers.read(big)))
  local nvim = viewers.child.start({ before = "let g:rille = #{ view: #{ above: 100000 } }", columns = 200 })
  nvim:cmd("Rille view " .. path)
  says(nvim, "wide.txt is UTF-16, a view shows UTF-8: `:Rille view !iconv -f UTF-16 -t UTF-8 ")
  -- Neovim reads a large file of that kind itself, as it supports the encoding.
  nvim:cmd("enew | bwipeout! #")
  nvim:cmd("edit " .. path)
  t.eq(nvim:lua([[return { vim.bo.filetype, vim.api.nvim_buf_line_count(0), vim.bo.fileencoding }]]), {
    "text",
    30000,
    "utf-16le",
  })
  if vim.fn.executable("iconv") == 1 then
    nvim:cmd("Rille view !iconv -f UTF-16 -t UTF-8 " .. path)
    nvim:sees("  1 line 1", 2)
    viewers.counted(nvim)
    nvim:type("/line 29999<CR>")
    comes_to(nvim, 29999)
  end
  viewers.done(nvim)
end)
