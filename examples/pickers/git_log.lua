--- The commits of the repository, each with its diff. Closing the picker ends git.
local function git(arguments, on_text)
  local on_exit = vim.schedule_wrap(function(process)
    on_text(process.stdout)
  end)
  return vim.system({ "git", unpack(arguments) }, {}, on_exit)
end

return function()
  return require("rille.nvim").pick({
    title = "Commits",
    items = function(add, done)
      return git({ "log", "--format=%h %s" }, function(text)
        add(text)
        done()
      end)
    end,
    format = function(line)
      return { { line:match("%x+"), "Identifier" }, (line:gsub("^%x+", "")) }
    end,
    preview = function(line, show)
      git({ "show", line:match("%x+") }, function(text)
        show({ lines = text, filetype = "diff" })
      end)
    end,
  })
end
