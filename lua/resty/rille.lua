--- The name under which users of OpenResty require the glue; see `rille.resty`.
return require("rille.resty")
