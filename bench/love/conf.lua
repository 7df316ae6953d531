-- luacheck: globals love
function love.conf(t)
  t.identity = "rille-bench"
  t.window.title = "rille bench"
  t.window.width, t.window.height = 900, 640
  t.window.vsync = 0
end
