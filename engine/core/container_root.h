#pragma once

#include "engine/base/fd.h"
#include "engine/base/json.h"
#include "engine/core/container_config.h"
#include "engine/runtime/shim_protocol.h"

#include <cstdint>
#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace portlight::core {

/// A container's files as a worker gets at them; plain values.
struct RootRequest {
    std::string bundle;
    pid_t pid = 0; ///< of a running container's init; 0: it does not run
    std::vector<MountRequest> mounts;
    bool isRootReadOnly = false;
};

/// A directory that is "/" to `path`.
struct RootedPath {
    Fd root;
    std::string path;
    bool isReadOnly = false;
    /// Where the mount is that `root` stands for in a stopped container; empty: it is its "/".
    std::string mountedAt {};
    bool isFileMount = false; ///< of a single file: `root` is the directory around it
};

/// Where @p path of a container lies: of a running one as it sees it itself, of a stopped one in
/// its layers or in the mount that would be there. @p forWriting: changes go to the container's
/// layer; nobody may start it meanwhile. Blocking. Errors: NotFound, Forbidden, as mount(2).
Result<RootedPath> openRoot(const RootRequest& request, const std::string& path, bool forWriting);
/// The container's own layer over those of its image, read-only, without mounts. Blocking.
Result<Fd> openLayers(const std::string& bundle);

/// Nanoseconds since the epoch.
std::int64_t modifiedNs(const struct stat& info);

/// What a path of a container is: the object that docker encodes in
/// X-Docker-Container-Path-Stat. Blocking. Errors: NotFound.
Result<Json> statInRoot(const RootedPath& place, const std::string& shownPath);

/// A parent directory and a name in it; "." where the path is to be followed to a directory.
struct NamedPlace {
    Fd parent;
    std::string name;
};
Result<NamedPlace> splitInRoot(const Fd& root, const std::string& path);
/// The name under which docker archives a path: its last part, "." after "/.".
std::string archiveName(const std::string& path);

/// docker diff: [{"Path", "Kind": 0 changed, 1 added, 2 deleted}]. Blocking.
Result<Json> changesOf(const std::string& bundle, const std::vector<MountRequest>& mounts);

} // namespace portlight::core
