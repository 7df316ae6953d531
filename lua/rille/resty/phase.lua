--- The phases of a request in which a function may be called.
local M = {}

--- Phases in which a light thread can yield.
local YIELDS = {
  rewrite = true,
  server_rewrite = true,
  access = true,
  content = true,
  timer = true,
  preread = true,
  ssl_cert = true,
  ssl_session_fetch = true,
  ssl_client_hello = true,
}

--- Raises an error at the caller's caller unless the current phase can yield.
---@param name string the public function
---@return string phase
function M.check_yields(name)
  local phase = ngx.get_phase()
  if not YIELDS[phase] then
    local message =
      "%s cannot wait in the phase %s, which cannot yield; call it in rewrite, access, content or a timer"
    error(message:format(name, phase), 3)
  end
  return phase
end

--- Raises an error at the caller's caller unless the current phase is the required one.
---@param name string the public function
---@param wanted string
---@param directive string where to call it
function M.check_is(name, wanted, directive)
  local phase = ngx.get_phase()
  if phase ~= wanted then
    error(("%s belongs in %s, but was called in the phase %s"):format(name, directive, phase), 3)
  end
end

return M
