--- What specs of the viewer share: files with numbered lines, a child that views one, and what is waited for.
---
---   local viewers = dofile(os.getenv("RILLE_ROOT") .. "/test/neovim/viewers.lua")(t)
local root = os.getenv("RILLE_ROOT")
local child = dofile(root .. "/test/neovim/child.lua")

return function(t)
  local M = { directory = vim.fn.tempname(), child = child }
  vim.fn.mkdir(M.directory)

  --- Writes a file, and gives its path.
  function M.written(name, text)
    local path = M.directory .. "/" .. name
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    return path
  end

  --- The bytes of a file.
  function M.read(name)
    local file = assert(io.open(name:find("^/") and name or M.directory .. "/" .. name, "rb"))
    local text = file:read("*a")
    file:close()
    return text
  end

  --- A file with numbered lines, and its path.
  function M.numbered(name, count, text)
    local lines = {}
    for i = 1, count do
      lines[i] = ("line %d %s"):format(i, text and text(i) or "")
    end
    return M.written(name, table.concat(lines, "\n") .. "\n")
  end

  --- A child that views a file.
  function M.view(path, opts)
    local nvim = child.start(opts)
    nvim:cmd("Rille view " .. path)
    return nvim
  end

  --- Waits until the lines are counted.
  function M.counted(nvim)
    nvim:wait([[return require("rille.nvim.viewer").of().exact]])
  end

  --- Waits until the cursor is in a line of the file, and its number is known.
  function M.comes_to(nvim, n)
    nvim:wait(function(wanted)
      local view = require("rille.nvim.viewer").of()
      return view and view:number_of(vim.api.nvim_win_get_cursor(0)[1]) == wanted
    end, n)
  end

  --- Waits until a register has a text.
  function M.has(nvim, register, text)
    nvim:wait(function(name, wanted)
      return vim.fn.getreg(name) == wanted
    end, register, text)
  end

  --- Waits until a message has a text. A long one is in several pieces.
  function M.says(nvim, text)
    nvim:wait(function(wanted)
      local messages = vim.fn.execute("messages")
      return messages:find(wanted, 1, true) or messages:gsub("\n", ""):find(wanted, 1, true)
    end, text)
  end

  --- Quits, and sees that nothing is left. A job that was closed may be at work for a moment.
  function M.done(nvim)
    nvim:cmd("enew | silent! %bwipeout!")
    local left
    local fine = vim.wait(60000, function()
      left = nvim:lua(function()
        local kinds = {}
        for kind, count in pairs(require("rille").stats().handles) do
          -- Modules keep one of these each.
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
