# What every target of the project shares. Nothing is set directory-wide: a target asks for it.

find_package(Threads REQUIRED)

# One static library per directory: portlight_add_library(image SOURCES a.cpp … LINK Portlight::base …)
# makes target portlight_image with alias Portlight::image; includes start at the tree's top, so that
# `#include "engine/base/fd.h"` names its layer. QT says that it declares Q_OBJECT classes.
function(portlight_add_library name)
    cmake_parse_arguments(ARG "QT" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
    add_library(portlight_${name} STATIC ${ARG_SOURCES})
    set_target_properties(portlight_${name} PROPERTIES AUTOMOC ${ARG_QT})
    add_library(Portlight::${name} ALIAS portlight_${name})
    target_include_directories(portlight_${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(portlight_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
    portlight_target_options(portlight_${name})
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE place)
    if(place MATCHES "^engine/")
        portlight_precompile(portlight_${name} engine)
    elseif(place MATCHES "^app/(views|shell|theme)")
        portlight_precompile(portlight_${name} app)
    endif()
endfunction()

# Takes the heavy headers of cmake/precompiled/<kind>.h precompiled, where PORTLIGHT_PRECOMPILE is on. A
# kind is compiled once, by the target that its name gives, with the options that its users have.
function(portlight_precompile target kind)
    if(NOT PORTLIGHT_PRECOMPILE)
        return()
    endif()
    set(owner portlight_precompiled_${kind})
    if(NOT TARGET ${owner})
        add_library(${owner} OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled/owner.cpp)
        target_include_directories(${owner} PRIVATE ${CMAKE_SOURCE_DIR})
        if(kind STREQUAL "app")
            target_link_libraries(${owner} PRIVATE Qt6::Widgets)
        elseif(kind STREQUAL "tests")
            target_link_libraries(${owner} PRIVATE Qt6::Core Qt6::Test)
        endif()
        portlight_target_options(${owner})
        target_precompile_headers(${owner} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${kind}.h)
    endif()
    target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()

function(portlight_target_options target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
    if(PORTLIGHT_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(PORTLIGHT_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${PORTLIGHT_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
        target_link_options(${target} PRIVATE -fsanitize=${PORTLIGHT_SANITIZE})
        if(PORTLIGHT_SANITIZE MATCHES "thread")
            target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
        endif()
    endif()
endfunction()

# A QtTest program: portlight_add_test(tst_digest SOURCES … LINK … [LABELS …] [TIMEOUT s] [ENVIRONMENT …]).
# Its file is tests/<folder>/tst_digest.cpp unless SOURCES says otherwise. ctest knows it by its name, in
# a sanitizers' build by name.asan or name.tsan. With the label must-run, a skip is a failure where
# PORTLIGHT_CI is set. What needs the display (ENVIRONMENT QT_QPA_PLATFORM=xcb) gets it for itself.
function(portlight_add_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT" ${ARGN})
    if(NOT ARG_SOURCES)
        set(ARG_SOURCES ${name}.cpp)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE Qt6::Core Qt6::Test ${ARG_LINK})
    target_compile_definitions(${name} PRIVATE
        PORTLIGHT_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" PORTLIGHT_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        PORTLIGHT_BUILD_DIR="${CMAKE_BINARY_DIR}")
    portlight_target_options(${name})
    add_dependencies(portlight_tests ${name})
    portlight_register_test(${name} ${name} TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABELS}
                            ENVIRONMENT ${ARG_ENVIRONMENT})
endfunction()

# A test that runs a program made by portlight_add_test, possibly a second time in another environment:
# portlight_register_test(tst_window_xcb tst_window ENVIRONMENT QT_QPA_PLATFORM=xcb …).
function(portlight_register_test name program)
    cmake_parse_arguments(ARG "" "TIMEOUT" "LABELS;ENVIRONMENT" ${ARGN})
    set(test ${name})
    if(PORTLIGHT_SANITIZE MATCHES "address")
        string(APPEND test .asan)
    elseif(PORTLIGHT_SANITIZE MATCHES "thread")
        string(APPEND test .tsan)
    endif()
    add_test(NAME ${test} COMMAND ${program})
    set_tests_properties(${test} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
                         ENVIRONMENT "QT_QPA_PLATFORM=offscreen;${ARG_ENVIRONMENT}")
    if("QT_QPA_PLATFORM=xcb" IN_LIST ARG_ENVIRONMENT)
        set_tests_properties(${test} PROPERTIES RESOURCE_LOCK display)
    endif()
    if(DEFINED ENV{PORTLIGHT_CI} AND "must-run" IN_LIST ARG_LABELS)
        set_tests_properties(${test} PROPERTIES FAIL_REGULAR_EXPRESSION "SKIP   : ")
    endif()
endfunction()
