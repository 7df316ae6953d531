--- SHA-256 of the library of each target, for the version that the commit is tagged with; `make checksums` writes this file.
--- It is empty between two versions: then there is nothing to download.
---@type table<string, string> by target
return {}
