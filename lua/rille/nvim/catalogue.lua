--- The pickers that `:Rille` opens beside the first five, by name. Only a table, as the help is generated from it; each
--- picker is loaded when it is opened.
local M = {}

--- The sub-commands of `:Rille` that open no picker.
M.others = { "build", "health", "install", "learn", "resume", "view" }

---@class rille.nvim.catalogue.entry
---@field name string
---@field about string
---@field run? any[] the module in `pickers`, its function, and further arguments, after the options; nil for a function of
--- `rille.nvim` with this name

---@type rille.nvim.catalogue.entry[]
M.list = {
  { name = "all_lines", about = "lines of all open buffers", run = { "more", "all_lines" } },
  {
    name = "autocommands",
    about = "autocommands, with their patterns and definitions",
    run = { "editor", "autocommands" },
  },
  {
    name = "buffer_diagnostics",
    about = "diagnostics of the buffer; `<C-l>` limits them to one severity",
    run = { "diagnostics", "open", true },
  },
  { name = "buffers", about = "buffers, the last used first; `<C-d>` deletes" },
  {
    name = "changes",
    about = "change list of the buffer, the latest first",
    run = { "editor", "places", "changes" },
  },
  {
    name = "colorschemes",
    about = "color schemes, applied while they are selected; `<Esc>` restores",
    run = { "editor", "colorschemes" },
  },
  {
    name = "command_history",
    about = "command history; runs, `<C-l>` edits first",
    run = { "commands", "history", "cmd" },
  },
  { name = "commands", about = "commands; runs, `<C-l>` edits first", run = { "commands", "commands" } },
  {
    name = "declarations",
    about = "declarations of the name under the cursor",
    run = { "lsp", "locations", "declarations" },
  },
  {
    name = "definitions",
    about = "definitions of the name under the cursor",
    run = { "lsp", "locations", "definitions" },
  },
  {
    name = "diagnostics",
    about = "diagnostics of all buffers; `<C-l>` limits them to one severity",
    run = { "diagnostics", "open" },
  },
  { name = "files", about = "files below a directory" },
  {
    name = "git_branches",
    about = "branches, with their commits; switches",
    run = { "git_log", "branches" },
  },
  {
    name = "git_buffer_log",
    about = "commits that have changed the file; keys as in `git_log`",
    run = { "git_log", "log", true },
  },
  { name = "git_files", about = "files that git knows", run = { "git_log", "files" } },
  {
    name = "git_hunks",
    about = "hunks that are not staged; `<C-s>` stages, `<C-d>` resets after a question",
    run = { "git_status", "hunks" },
  },
  {
    name = "git_log",
    about = "commits, with their diffs; `<C-y>` copies the hash, `<M-c>` checks out, `<M-d>` compares the buffer",
    run = { "git_log", "log" },
  },
  { name = "git_stash", about = "stashes, with their diffs; applies", run = { "git_log", "stash" } },
  {
    name = "git_status",
    about = "changed files, with their diffs; `<C-s>` stages, `<M-s>` unstages, `<C-d>` discards after a question",
    run = { "git_status", "status" },
  },
  {
    name = "grep",
    about = "lines of the tree that match a pattern; `pattern -- *.lua lua: !test/ src/` narrows, |rille-grep|",
  },
  {
    name = "grep_buffers",
    about = "lines of open buffers that match a pattern, also of unsaved text; `<M-f>`, `<M-w>`, `<M-c>` and `<C-g>` as in `grep`",
    run = { "grep_buffers", "open" },
  },
  {
    name = "grep_word",
    about = "lines with the word under the cursor, or with the selected text; keys as in `grep`",
    run = { "grep", "word" },
  },
  { name = "help", about = "help tags" },
  { name = "highlights", about = "highlight groups, in their colors", run = { "editor", "highlights" } },
  {
    name = "implementations",
    about = "implementations of the name under the cursor",
    run = { "lsp", "locations", "implementations" },
  },
  {
    name = "incoming_calls",
    about = "calls of the function under the cursor",
    run = { "lsp", "locations", "incoming_calls" },
  },
  { name = "jumps", about = "jump list, the latest first", run = { "editor", "places", "jumps" } },
  {
    name = "keymaps",
    about = "mappings; runs one of Normal mode, `<C-l>` goes to the definition",
    run = { "commands", "keymaps" },
  },
  { name = "lines", about = "lines of the buffer" },
  { name = "loclist", about = "location list of the window", run = { "editor", "quickfix", true } },
  { name = "man", about = "manual pages", run = { "more", "man" } },
  { name = "marks", about = "marks of the buffer, and global ones", run = { "editor", "marks" } },
  {
    name = "options",
    about = "options and their values; edits a `:set` command",
    run = { "editor", "options" },
  },
  {
    name = "outgoing_calls",
    about = "functions that the function under the cursor calls",
    run = { "lsp", "locations", "outgoing_calls" },
  },
  { name = "pickers", about = "these pickers; the same as `:Rille` alone", run = { "list", "open" } },
  {
    name = "projects",
    about = "projects of the files that were opened; their files follow, `<C-l>` changes the directory",
    run = { "more", "projects" },
  },
  { name = "quickfix", about = "quickfix list", run = { "editor", "quickfix" } },
  {
    name = "recent",
    about = "recent files of this directory, `<C-l>` of all; `<C-d>` forgets one",
    run = { "files", "recent" },
  },
  {
    name = "references",
    about = "references to the name under the cursor",
    run = { "lsp", "locations", "references" },
  },
  { name = "registers", about = "registers; pastes", run = { "editor", "registers" } },
  {
    name = "resumes",
    about = "the last ten pickers; the chosen one opens as it was left",
    run = { "more", "resumes" },
  },
  {
    name = "search_history",
    about = "search history; searches, `<C-l>` edits first",
    run = { "commands", "history", "search" },
  },
  {
    name = "smart",
    about = "open files, then those opened often and recently, then all; keys as in `files`, `<C-d>` forgets one",
    run = { "files", "smart" },
  },
  {
    name = "spelling",
    about = "corrections of the word under the cursor; replaces it",
    run = { "editor", "spelling" },
  },
  {
    name = "symbols",
    about = "symbols of the buffer, in their order; `<C-l>` limits them to the selected kind",
    run = { "symbols", "document" },
  },
  {
    name = "treesitter",
    about = "symbols that Tree-sitter finds in the buffer; `<C-l>` limits them to the selected kind",
    run = { "treesitter", "open" },
  },
  {
    name = "type_definitions",
    about = "definitions of the type of the name under the cursor",
    run = { "lsp", "locations", "type_definitions" },
  },
  { name = "undo", about = "states of the buffer, with what each would change", run = { "more", "undo" } },
  {
    name = "workspace_symbols",
    about = "symbols of the workspace, which the servers search while you type; `<C-l>` as above",
    run = { "symbols", "workspace" },
  },
}

--- Returns the entry of a picker, or nil.
---@param name string
---@return rille.nvim.catalogue.entry?
function M.get(name)
  for _, entry in ipairs(M.list) do
    if entry.name == name then
      return entry
    end
  end
end

--- Returns whether a name is that of a sub-command, so that no picker can be given it.
---@param name string
---@return boolean
function M.is_taken(name)
  return vim.tbl_contains(M.others, name) or M.get(name) ~= nil
end

return M
