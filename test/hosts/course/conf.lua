-- Configures LÖVE without a window and without sound: the test machine has neither a screen nor a sound card.
-- luacheck: globals love
function love.conf(t)
  for _, name in ipairs({ "audio", "font", "graphics", "image", "joystick", "mouse", "physics" }) do
    t.modules[name] = false
  end
  for _, name in ipairs({ "sound", "touch", "video", "window" }) do
    t.modules[name] = false
  end
end
