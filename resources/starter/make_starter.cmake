# cmake -D BUSYBOX=… -D OUTPUT=… -D STAGE=… -D PROCESSOR=… -P make_starter.cmake
#
# Writes a docker-archive (docker-image-spec v1.2) with one layer: busybox, a link for each of its
# applets, users and groups. The same busybox gives the same bytes: names are sorted, times are 0,
# everything belongs to root.

file(STRINGS ${BUSYBOX} loader LIMIT_COUNT 1 REGEX "^/lib(64)?/ld-")
if(loader)
    message(FATAL_ERROR "${BUSYBOX} needs ${loader}; the starter image takes a static one (package busybox-static)")
endif()

if(PROCESSOR STREQUAL "x86_64")
    set(architecture amd64)
elseif(PROCESSOR STREQUAL "aarch64")
    set(architecture arm64)
else()
    set(architecture ${PROCESSOR})
endif()

function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
endfunction()

set(root ${STAGE}/root)
file(REMOVE_RECURSE ${STAGE})
foreach(directory bin dev etc home proc root sys tmp usr/bin var/log)
    file(MAKE_DIRECTORY ${root}/${directory})
endforeach()
file(COPY_FILE ${BUSYBOX} ${root}/bin/busybox)
execute_process(COMMAND ${BUSYBOX} --list OUTPUT_VARIABLE applets COMMAND_ERROR_IS_FATAL ANY)
# "[" and "[[" are applets too, and would swallow what follows them in a CMake list.
file(CREATE_LINK busybox "${root}/bin/[" SYMBOLIC)
string(REGEX MATCHALL "[a-z0-9][a-z0-9_.-]*" applets "${applets}")
foreach(applet IN LISTS applets)
    if(NOT applet STREQUAL "busybox")
        file(CREATE_LINK busybox ${root}/bin/${applet} SYMBOLIC)
    endif()
endforeach()
file(WRITE ${root}/etc/passwd
    "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/false\n"
    "www-data:x:33:33:www-data:/var:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n")
file(WRITE ${root}/etc/group
    "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n")
file(WRITE ${root}/etc/hostname "starter\n")

# GNU tar; modes are given, so that the builder's umask does not show. /tmp alone is for everybody.
set(tar tar --format=gnu --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner)
run(${tar} --mode=u=rwX,go=rX -C ${root} -cf ${STAGE}/layer.tar --exclude=./tmp .)
run(${tar} --mode=1777 -C ${root} -rf ${STAGE}/layer.tar ./tmp)
file(SHA256 ${STAGE}/layer.tar diff_id)

set(created "2026-01-01T00:00:00Z")
string(CONCAT config
    "{\"architecture\":\"${architecture}\",\"created\":\"${created}\",\"os\":\"linux\","
    "\"config\":{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"PATH=/bin\"],\"WorkingDir\":\"/root\",\"Labels\":{"
    "\"org.opencontainers.image.title\":\"Portlight starter\","
    "\"org.opencontainers.image.description\":\"busybox from the machine that built Portlight\","
    "\"org.opencontainers.image.licenses\":\"GPL-2.0-only\","
    "\"org.opencontainers.image.url\":\"https://busybox.net\"}},"
    "\"history\":[{\"created\":\"${created}\",\"created_by\":\"portlight starter image\"}],"
    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:${diff_id}\"]}}")
string(SHA256 config_digest "${config}")
file(WRITE ${STAGE}/${config_digest}.json "${config}")
file(WRITE ${STAGE}/manifest.json
    "[{\"Config\":\"${config_digest}.json\",\"RepoTags\":[\"portlight/starter:latest\"],"
    "\"Layers\":[\"layer.tar\"]}]")

# Under a temporary name: an interrupted build leaves no half archive that looks finished.
get_filename_component(directory ${OUTPUT} DIRECTORY)
file(MAKE_DIRECTORY ${directory})
run(${tar} --mode=0644 -C ${STAGE} -cf ${OUTPUT}.part manifest.json ${config_digest}.json layer.tar)
file(RENAME ${OUTPUT}.part ${OUTPUT})
file(REMOVE_RECURSE ${STAGE})
