--- Shared functions of the viewer specs: files with numbered lines, a child that views a file, and waiting.
---
---   local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")

return function(t)
  local M = { directory = vim.fn.tempname(), child = child }
  vim.fn.mkdir(M.directory)

  --- Writes a file, and returns its path.
  function M.written(name, text)
    local path = M.directory .. "/" .. name
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    return path
  end

  --- Returns the bytes of a file.
  function M.read(name)
    local file = assert(io.open(name:find("^/") and name or M.directory .. "/" .. name, "rb"))
    local text = file:read("*a")
    file:close()
    return text
  end

  --- Writes a file with numbered lines, and returns its path.
  function M.numbered(name, count, text)
    local lines = {}
    for i = 1, count do
      lines[i] = ("line %d %s"):format(i, text and text(i) or "")
    end
    return M.written(name, table.concat(lines, "\n") .. "\n")
  end

  --- Starts a child that views a file.
  function M.view(path, opts)
    local nvim = child.start(opts)
    nvim:cmd("Rille view " .. path)
    return nvim
  end

  --- Waits until the lines are counted.
  function M.counted(nvim)
    nvim:wait([[return require("rille.nvim.viewer").of().exact]])
  end

  --- Waits until the cursor is in a line of the file whose number is known.
  function M.comes_to(nvim, n)
    nvim:wait(function(wanted)
      local view = require("rille.nvim.viewer").of()
      return view and view:number_of(vim.api.nvim_win_get_cursor(0)[1]) == wanted
    end, n)
  end

  --- Waits until a register contains a text.
  function M.has(nvim, register, text)
    nvim:wait(function(name, wanted)
      return vim.fn.getreg(name) == wanted
    end, register, text)
  end

  --- Waits until the messages contain a text. A long message is in several pieces.
  function M.says(nvim, text)
    nvim:wait(function(wanted)
      local messages = vim.fn.execute("messages")
      return messages:find(wanted, 1, true) or messages:gsub("\n", ""):find(wanted, 1, true)
    end, text)
  end

  --- Quits, and checks that nothing is left. A job that was closed may still run for a moment.
  function M.done(nvim)
    nvim:cmd("enew | silent! %bwipeout!")
    local left
    local fine = vim.wait(60000, function()
      left = nvim:lua(function()
        local kinds = {}
        for kind, count in pairs(require("rille").stats().handles) do
          -- Modules keep one handle of each of these kinds.
          local kept = kind == "notifier" or kind == "buffer"
          kinds[kind] = count > 0 and not kept and count or nil
        end
        return kinds
      end)
      return next(left) == nil
    end, 5)
    t.ok(fine, vim.inspect(left))
    t.eq(nvim:stop(), 0)
  end

  return M
end
