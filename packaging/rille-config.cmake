# The imported target rille::rille, for `find_package(rille)`. All paths are relative to this file, so an installation may
# be moved.
get_filename_component(_rille_lib "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

if(NOT TARGET rille::rille)
  find_library(_rille_file rille PATHS "${_rille_lib}" NO_DEFAULT_PATH NO_CACHE REQUIRED)
  find_path(_rille_include rille.h
    PATHS "${_rille_lib}/../include" "${_rille_lib}/../../include" NO_DEFAULT_PATH NO_CACHE REQUIRED)
  add_library(rille::rille UNKNOWN IMPORTED)
  set_target_properties(rille::rille PROPERTIES
    IMPORTED_LOCATION "${_rille_file}"
    INTERFACE_INCLUDE_DIRECTORIES "${_rille_include}")
endif()
