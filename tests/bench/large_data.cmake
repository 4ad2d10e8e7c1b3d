# large_data: the memory that training on a large table takes, see its source.
fnn_add_executable(large_data
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/large_data.cc
  LINK fnn_core CLI11::CLI11)
