--- A program of a user of rille, with planted mistakes. Each line that ends in `-- mistake` has one, which emmylua_check
--- must report from the annotations; it must report no other line. Never run, see test/rust/annotations.rs.
local rille = require("rille")

-- Right.
print(rille.text.count("one, two", "word"), rille.text.width("日本", { tabstop = 4 }))
local log = assert(rille.file("log", { spool = true, unpack = true }))
local search = assert(log:search("ERROR", { limit = 10 }))
local matches = search:take()
if matches then
  print(matches:line(1), matches:span(1))
end
local lines = log:lines(1, 10)
if lines then
  print(lines:text(1), lines:number(1))
end
local refresh = log:refresh_job()
print(refresh:wait(100), log:last_job(1):result())
local session = rille.fuzzy({ scheme = "path" })
session:push({ "a", "b" })
local result = session:query("a", { limit = 1 })
if result then
  print(result:text(1), result.total)
end
local re = assert(rille.regex("a+", "i"))
print(re:find("aa"), re:replace("aa", "b"), rille.regex.escape("1+1"))
local job = assert(rille.grep("TODO", ".", { globs = { "*.lua" } }))
print(job:poll())
local counting = assert(rille.text.count_job("one, two", "word"))
print(counting:result())
local set = assert(rille.regexset({ "a", "b" }))
print(set:matches("a"))
local notifier = assert(rille.notifier())
notifier:watch(job)

-- Wrong.
print(rille.text.cuont("one", "word")) -- mistake
print(rille.text.count("one", "wrd")) -- mistake
print(rille.text.count({}, "word")) -- mistake
rille.notfier() -- mistake
rille.file(1) -- mistake
log:serach("ERROR") -- mistake
print(re:find(1)) -- mistake
job:tak() -- mistake
set:match("a") -- mistake
notifier:wach(job) -- mistake
rille.fuzzy({ scheme = "paths" }) -- mistake
rille.walk(".", { max_depth = "1" }) -- mistake
if result then
  print(result:txt(1)) -- mistake
end
if lines then
  print(lines:txt(1)) -- mistake
end
