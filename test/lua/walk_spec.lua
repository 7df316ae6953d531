--- `rille.walk`.
local t = ...
local rille = require("rille")
local root = debug.getinfo(1, "S").source:match("^@(.*)[/\\]test[/\\]") or "."
local LONG = 60000

t.test("wrong arguments are errors", function()
  t.raises("rille.walk: root must be a string, got nil", rille.walk)
  t.raises("rille.walk: opts must be a table, got number", rille.walk, ".", 1)
  t.refuses(
    "rille.walk: unknown option 'hiden' (known: directories, follow, globs, hidden, ignore, max_depth, relative, same_file_system, sort, types)",
    rille.walk,
    ".",
    { hiden = true }
  )
  t.refuses("rille.walk: option 'sort' must be a boolean, got 'name'", rille.walk, ".", { sort = "name" })
  t.refuses(
    "rille.walk: option 'max_depth' must be an integer >= 1, got 0",
    rille.walk,
    ".",
    { max_depth = 0 }
  )
end)

if rille.backend ~= "native" then
  return t.test("walk reports that it needs the native library", function()
    local job, message = rille.walk(".")
    t.eq(job, nil)
    t.ok(message:find("needs the native library", 1, true), message)
  end)
end

--- Returns all paths and their kinds.
local function collect(job, n)
  local paths, kinds = {}, {}
  while true do
    local state = job:wait(LONG)
    local batch = job:take(n)
    while batch do
      t.ok(batch.count >= 1 and batch.count <= (n or 1000))
      for i = 1, batch.count do
        paths[#paths + 1], kinds[#kinds + 1] = batch:path(i), batch:kind(i)
        t.eq(batch:message(i), nil)
      end
      batch = job:take(n)
    end
    if state ~= "running" then
      t.eq(state, "done")
      return paths, kinds
    end
  end
end

t.test("every file of a tree, with the root as passed", function()
  local job = rille.walk(root .. "/lua/rille/fallback")
  local paths, kinds = collect(job)
  local seen = {}
  for i, path in ipairs(paths) do
    t.eq(kinds[i], "file")
    t.eq(seen[path], nil)
    seen[path] = true
    local file = t.ok(io.open(path, "rb"), path)
    file:close()
  end
  t.ok(seen[root .. "/lua/rille/fallback/walk.lua"])
  t.eq(select(2, job:poll()), #paths)
  job:close()
end)

t.test("options", function()
  local paths =
    collect(rille.walk(root .. "/lua", { sort = true, globs = { "*.lua", "!fallback" }, max_depth = 2 }))
  local sorted = {}
  for i, path in ipairs(paths) do
    sorted[i] = path
    t.ok(not path:find("fallback", 1, true), path)
  end
  table.sort(sorted)
  t.eq(paths, sorted)
  t.ok(#paths >= 15)
  local _, kinds = collect(rille.walk(root .. "/lua", { directories = true, max_depth = 1 }))
  t.eq(kinds, { "directory", "directory" })
  local sources = collect(rille.walk(root .. "/test", { types = { "c" } }))
  t.ok(#sources > 0)
  for _, path in ipairs(sources) do
    t.ok(path:find("%.[ch]$"), path)
  end
  local hidden =
    collect(rille.walk(root, { hidden = true, max_depth = 1, globs = { ".luacheckrc" }, ignore = false }))
  -- Paths under "." do not begin with it.
  t.eq(hidden, { root == "." and ".luacheckrc" or root .. "/.luacheckrc" })
end)

t.test("batches have the requested length", function()
  local whole = collect(rille.walk(root .. "/test", { sort = true }))
  t.eq(collect(rille.walk(root .. "/test", { sort = true }), 1), whole)
  t.eq(collect(rille.walk(root .. "/test", { sort = true }), 7), whole)
  t.eq(collect(rille.walk(root .. "/test", { sort = true }), 100000), whole)
end)

t.test("a batch is stale when another one is taken or the job is closed", function()
  local job = rille.walk(root .. "/test")
  while job:poll() == "running" do
    job:wait(LONG)
  end
  local first = job:take(1)
  t.ok(first:path(1))
  t.raises("rille.paths:path: i must be from 1 to 1, got 2", first.path, first, 2)
  t.raises("rille.paths:kind: i must be from 1 to 1, got nil", first.kind, first)
  local second = job:take(1)
  t.raises("rille.paths:path: stale batch", first.path, first, 1)
  t.ok(second:path(1) ~= nil)
  job:close()
  t.raises("rille.paths:path: stale batch", second.path, second, 1)
  job = rille.walk(root .. "/lua")
  job:wait(LONG)
  local batch = job:take()
  t.ok(batch:path(1))
  job:close()
  t.raises("rille.paths:path: stale batch", batch.path, batch, 1)
end)

t.test("a batch is stale after a take that returned nil", function()
  local job = rille.walk(root .. "/lua")
  local batch
  repeat
    job:wait(LONG)
    local next_batch = job:take()
    batch = next_batch or batch
  until not next_batch and job:poll() ~= "running"
  t.raises("rille.paths:path: stale batch", batch.path, batch, 1)
end)

t.test("a walk that stays on the file system of its root leaves out what is mounted below", function()
  local mounts = not t.windows and io.open("/proc/self/mounts")
  local mounted = mounts and mounts:read("*a"):find(" /dev/pts ", 1, true)
  if mounts then
    mounts:close()
  end
  if not mounted then
    return t.skip("nothing is mounted at /dev/pts")
  end
  local function has_ptmx(opts)
    local job, has = rille.walk("/dev", opts), false
    repeat
      local state = job:wait(LONG)
      local batch = job:take()
      for i = 1, batch and batch.count or 0 do
        has = has or batch:path(i) == "/dev/pts/ptmx"
      end
    until not batch and state ~= "running"
    return has
  end
  t.eq(has_ptmx({ hidden = true }), true)
  t.eq(has_ptmx({ hidden = true, same_file_system = true }), false)
end)

t.test("a mistake of the user is nil and a message at once", function()
  t.eq({ rille.walk(root .. "/nothing") }, { nil, root .. "/nothing: No such file or directory" })
  t.eq(
    { rille.walk(root .. "/README.nothing/x") },
    { nil, root .. "/README.nothing/x: No such file or directory" }
  )
  t.eq({ rille.walk(root .. "/Cargo.toml") }, { nil, root .. "/Cargo.toml: Not a directory" })
  local job, message = rille.walk(root, { globs = { "*.lua", "a[" } })
  t.eq(job, nil)
  t.ok(message:find("^glob 2 of 2: "), message)
  job, message = rille.walk(root, { types = { "lua", "nonsense" } })
  t.eq(job, nil)
  t.ok(message:find("^type 2 of 2: unknown type nonsense"), message)
end)

t.test("a walk can be cancelled, and closed while it runs", function()
  local walks = {}
  for i = 1, 20 do
    walks[i] = rille.walk("/", { sort = i % 2 == 0 })
  end
  for i, job in ipairs(walks) do
    if i % 3 == 0 then
      job:close()
    else
      job:cancel()
    end
  end
  for _, job in ipairs(walks) do
    while not job:closed() and job:poll() == "running" do
      job:take()
      job:wait(1)
    end
  end
end)

t.test("paths relative to the root, whatever the root is", function()
  local directory = root .. "/lua/rille/fallback"
  for _, given in ipairs({ directory, directory .. "/", directory .. "/." }) do
    local paths, seen = collect(rille.walk(given, { relative = true })), {}
    for _, path in ipairs(paths) do
      seen[path] = true
      t.ok(io.open(directory .. "/" .. path, "rb"), path):close()
    end
    t.ok(seen["walk.lua"] and seen["text/width.lua"], given)
  end
end)
