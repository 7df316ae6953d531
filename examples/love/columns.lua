--- Many entities without garbage and without a library: three ways to keep 100,000 of them, and the same movement for each. `measure`
--- returns what a step takes, with the JIT compiler and without it, as on iOS.
local ffi = require("ffi")

local COUNT, WIDTH, HEIGHT = 100000, 860, 560

local M = { count = COUNT, width = WIDTH, height = HEIGHT }

--- The state of an entity at the start.
local function start(i)
  local angle = i * 2.399963
  return i * 7919 % WIDTH, i * 104729 % HEIGHT, 60 * math.cos(angle), 60 * math.sin(angle)
end

--- A table for each entity.
local objects = { name = "a table for each" }

function objects.make()
  local list = {}
  for i = 1, COUNT do
    local x, y, vx, vy = start(i)
    list[i] = { position = { x = x, y = y }, velocity = { x = vx, y = vy } }
  end
  return list
end

function objects.move(list, dt)
  for i = 1, COUNT do
    local entity = list[i]
    local position, velocity = entity.position, entity.velocity
    local x, y = position.x + velocity.x * dt, position.y + velocity.y * dt
    if x < 0 or x > WIDTH then
      velocity.x = -velocity.x
    end
    if y < 0 or y > HEIGHT then
      velocity.y = -velocity.y
    end
    position.x, position.y = x, y
  end
end

function objects.get(list, i)
  return list[i].position.x, list[i].position.y
end

--- A list for each field, from 1 on.
local columns = { name = "columns in Lua tables" }

function columns.make()
  local xs, ys, vxs, vys = {}, {}, {}, {}
  for i = 1, COUNT do
    xs[i], ys[i], vxs[i], vys[i] = start(i)
  end
  return { xs = xs, ys = ys, vxs = vxs, vys = vys }
end

function columns.move(all, dt)
  local xs, ys, vxs, vys = all.xs, all.ys, all.vxs, all.vys
  for i = 1, COUNT do
    local x, y = xs[i] + vxs[i] * dt, ys[i] + vys[i] * dt
    if x < 0 or x > WIDTH then
      vxs[i] = -vxs[i]
    end
    if y < 0 or y > HEIGHT then
      vys[i] = -vys[i]
    end
    xs[i], ys[i] = x, y
  end
end

function columns.get(all, i)
  return all.xs[i], all.ys[i]
end

--- The same in arrays of the FFI: half of the memory with `float`, and slow without the JIT compiler.
local arrays = { name = "columns in FFI arrays", move = columns.move, get = columns.get }

function arrays.make()
  local array = ffi.typeof("double[?]")
  local all = {
    xs = array(COUNT + 1),
    ys = array(COUNT + 1),
    vxs = array(COUNT + 1),
    vys = array(COUNT + 1),
  }
  for i = 1, COUNT do
    all.xs[i], all.ys[i], all.vxs[i], all.vys[i] = start(i)
  end
  return all
end

M.layouts = { objects, columns, arrays }

--- Returns the milliseconds of a step: the fastest of some.
local function time_of(layout, all, clock)
  local best = math.huge
  for _ = 1, 8 do
    local before = clock()
    layout.move(all, 1 / 60)
    best = math.min(best, (clock() - before) * 1000)
  end
  return best
end

--- Measures each layout. Compiled code is forgotten in between: it would run without the compiler too, and it was made for the
--- values of another layout.
---@param clock fun(): number seconds
---@return { name: string, with_jit: number?, without_jit: number }[]
function M.measure(clock)
  local rows, has_jit = {}, jit.status()
  for i, layout in ipairs(M.layouts) do
    local all = layout.make()
    local row = { name = layout.name }
    jit.off()
    jit.flush()
    row.without_jit = time_of(layout, all, clock)
    if has_jit then
      jit.on()
      row.with_jit = time_of(layout, all, clock)
    end
    rows[i] = row
  end
  return rows
end

return M
