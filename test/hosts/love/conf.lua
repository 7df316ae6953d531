-- No screen and no sound card: the test machine has neither.
-- luacheck: globals love
function love.conf(t)
  for _, name in ipairs({ "audio", "font", "graphics", "image", "joystick", "mouse", "physics" }) do
    t.modules[name] = false
  end
  for _, name in ipairs({ "sound", "touch", "video", "window" }) do
    t.modules[name] = false
  end
end
