--- Adapter for the stall harness, which measures how long a picker blocks Neovim and when its rows arrive.
---
--- The paths in the harness's file are read while the picker is open, some in each turn of the event loop, and pushed into
--- the session as text: none becomes a Lua string until it is shown. The time of reading is included.
local root = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, "S").source:sub(2))))
local uv = vim.uv or vim.loop

--- Bytes per read.
local PART = 131072

local M = { no_items = true }

function M.setup()
  vim.opt.runtimepath:prepend(root)
  vim.cmd.runtime("plugin/rille.lua")
end

--- Reads a file in parts.
local function lines_of(path)
  return function(add, done)
    local fd, offset, ended = assert(uv.fs_open(path, "r", 0)), 0, false
    local function finish()
      if not ended then
        ended = true
        uv.fs_close(fd)
      end
    end
    local function part()
      uv.fs_read(
        fd,
        PART,
        offset,
        vim.schedule_wrap(function(err, data)
          assert(not err, err)
          if ended then
            return
          elseif data == "" then
            finish()
            return done()
          end
          offset = offset + #data
          add(data)
          part()
        end)
      )
    end
    part()
    return finish
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
