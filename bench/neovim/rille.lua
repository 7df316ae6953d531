--- Adapter of the stall harness, which measures how long a picker stops Neovim and when its rows arrive.
---
--- The paths of the harness's file are read while the picker is open, a part in each turn of the loop, and pushed into the
--- corpus as text: none of them becomes a string of Lua's until it is shown. Reading is measured with the rest.
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))))
local uv = vim.uv or vim.loop

--- Bytes of one part.
local PART = 131072

local M = { no_items = true }

function M.setup()
  vim.opt.runtimepath:prepend(root)
  vim.cmd.runtime("plugin/rille.lua")
end

--- Reads a file in parts of whole lines.
local function lines_of(path)
  return function(add, done)
    local fd, offset, rest, ended = assert(uv.fs_open(path, "r", 0)), 0, "", false
    local function part()
      if ended then
        return
      end
      uv.fs_read(fd, PART, offset, function(err, data)
        assert(not err, err)
        offset = offset + #data
        vim.schedule(function()
          if ended then
            return
          elseif data == "" then
            ended = true
            uv.fs_close(fd)
            if rest ~= "" then
              add(rest)
            end
            return done()
          end
          local last = data:find("\n[^\n]*$") or 0
          add(rest .. data:sub(1, last))
          rest = data:sub(last + 1)
          part()
        end)
      end)
    end
    part()
    return function()
      if not ended then
        ended = true
        uv.fs_close(fd)
      end
    end
  end
end

function M.open(c)
  require("rille.nvim").pick({
    title = "stall",
    items = c.items or lines_of(c.file),
    preview = false,
    on_choice = function() end,
  })
end

local function current()
  return require("rille.nvim.picker").current
end

function M.rect()
  return current().windows.list
end

function M.busy()
  return current().source:state().busy
end

return M
