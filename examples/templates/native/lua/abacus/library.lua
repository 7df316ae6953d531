--- Returns the namespace of the native library, or raises an error that lists the places and reasons. The namespace is kept for
--- ever, as `package.loaded` keeps this module: a library that is unloaded while its objects live would crash the host.
local library, place = require("abacus.find")()
return library or error(place, 0)
