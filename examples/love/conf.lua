-- luacheck: globals love
function love.conf(t)
  t.identity = "rille-example"
  t.version = "11.4"
  t.window.title = "rille in LÖVE"
  t.window.width, t.window.height = 900, 640
end
