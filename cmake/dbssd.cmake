# The build's own words: a room, a test, and the flags that both get.

add_library(dbssd_flags INTERFACE)
target_compile_features(dbssd_flags INTERFACE cxx_std_20)
target_compile_options(dbssd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wformat=2
  -fstack-protector-strong -fno-omit-frame-pointer
  # What another source of the same piece names is no shadow.
  $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-shadow>)
# cpprestsdk's U() macro breaks fmt wherever both meet.
target_compile_definitions(dbssd_flags INTERFACE _TURN_OFF_PLATFORM_STRING)
if(DBSSD_SANITIZE)
  # The rooms are held to defined behaviour; to hold the tests to it too doubles the time that they take to build.
  string(REPLACE ",undefined" "" of_tests ${DBSSD_SANITIZE})
  string(REPLACE "," "$<COMMA>" of_rooms ${DBSSD_SANITIZE})
  target_compile_options(dbssd_flags INTERFACE
    -fsanitize=$<IF:$<BOOL:$<TARGET_PROPERTY:DBSSD_IS_TEST>>,${of_tests},${of_rooms}> -fno-sanitize-recover=all)
  target_link_options(dbssd_flags INTERFACE -fsanitize=${DBSSD_SANITIZE})
  target_compile_definitions(dbssd_flags INTERFACE DBSSD_SANITIZED)  # each compiler has names of its own for that
  # g++ 12 warns falsely about uninitialised values in instrumented code.
  target_compile_options(dbssd_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-stringop-overflow>)
endif()

# dbssd_room(NAME SOURCES … LINK …): one target per room. Includes are written from daemon/
# ("schedule/cron.h"), so that each line says which room it reaches into.
function(dbssd_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK" ${ARGN})
  if(ROOM_SOURCES)
    add_library(${name} STATIC ${ROOM_SOURCES})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/daemon)
    target_link_libraries(${name} PUBLIC ${ROOM_LINK} PRIVATE dbssd_flags)
    if(DBSSD_UNITY)
      set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
    endif()
    if(DBSSD_COVERAGE)
      target_compile_options(${name} PRIVATE --coverage)
      target_link_options(${name} PUBLIC --coverage)
    endif()
    # g++ 12 sees null pointers in instrumented code, and in Boost and iostreams, which tests use, where there are none.
    if(NOT DBSSD_SANITIZE)
      target_compile_options(${name} PRIVATE -Wnull-dereference)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/daemon)
    target_link_libraries(${name} INTERFACE ${ROOM_LINK})
  endif()
endfunction()

# All that ThreadSanitizer is there for.
add_custom_target(threaded_tests)
# Those of DBSSD_TEST_ONLY.
add_custom_target(only_tests)

# What is part of the tests: no matter whether it is a program, or a library that several of them share.
function(dbssd_test_flags name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/daemon ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE DBSSD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE dbssd_flags)
  # What judges need not be fast, and takes twice as long to build when it is.
  target_compile_options(${name} PRIVATE -O0 $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE>)
  set_target_properties(${name} PROPERTIES DBSSD_IS_TEST ON)
endfunction()

# dbssd_test_library(NAME SOURCES … LINK …): what several test programs share, compiled once.
function(dbssd_test_library name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${TEST_SOURCES})
  dbssd_test_flags(${name})
  target_link_libraries(${name} PUBLIC ${TEST_LINK})
endfunction()

# dbssd_test(NAME [THREADED] [WHOLE] SOURCES … LINK …): a GoogleTest program. ctest lists its tests one by one; it runs
# it as one test where it is WHOLE, for what is costly to set up, and in the builds beside the release's: to begin such
# a program anew for each of its tests costs more than most of the tests. Tests that start threads of our own are
# THREADED: under ThreadSanitizer no others are built and run.
function(dbssd_test name)
  cmake_parse_arguments(TEST "THREADED;WHOLE" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  dbssd_test_flags(${name})
  target_link_libraries(${name} PRIVATE ${TEST_LINK} GTest::gmock_main)
  # A third of the time that most of them take to compile.
  if(NOT TARGET dbssd_test_headers)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cpp CONTENT "// Has the headers compiled.\n")
    add_library(dbssd_test_headers OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/test_headers.cpp)
    dbssd_test_flags(dbssd_test_headers)
    target_link_libraries(dbssd_test_headers PRIVATE GTest::gmock)
    target_precompile_headers(dbssd_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  target_precompile_headers(${name} REUSE_FROM dbssd_test_headers)
  if(DBSSD_SANITIZE MATCHES thread AND NOT TEST_THREADED)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  if(DBSSD_TEST_ONLY AND NOT name IN_LIST DBSSD_TEST_ONLY)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_dependencies(only_tests ${name})
  if(TEST_THREADED)
    add_dependencies(threaded_tests ${name})
  endif()
  if(TEST_WHOLE OR DBSSD_SANITIZE OR DBSSD_TEST_ONLY)
    add_test(NAME ${DBSSD_TEST_PREFIX}${name} COMMAND ${name})
    set_tests_properties(${DBSSD_TEST_PREFIX}${name} PROPERTIES TIMEOUT 900 COST 100  # the longest ones begin first
      ENVIRONMENT TSAN_OPTIONS=report_thread_leaks=0)  # the engine leaves behind what hangs
    if(TEST_WHOLE)
      set_tests_properties(${DBSSD_TEST_PREFIX}${name} PROPERTIES SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
    endif()
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${DBSSD_TEST_PREFIX}${name}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
