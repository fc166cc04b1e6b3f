#pragma once

#include "engine/base/result.h"
#include "engine/core/container_config.h"
#include "engine/host/oci_runtimes.h"

#include <string>
#include <vector>

namespace portlight::core {

/// Everything that a bundle is written from; plain values, so that the worker pool can do it.
struct BundleInput {
    std::string id;
    std::string bundle; ///< <data root>/containers/<id>
    ContainerConfig config;
    std::vector<std::string> lowerDirs; ///< topmost first
    std::string seccompBpf; ///< path of a compiled filter; empty: none
    std::string cgroupsPath; ///< empty: no cgroup
    std::string cgroupRoot;
    host::OciRuntime runtime; ///< one without a path is our own
    bool controlsDevices = false;
    bool isRootless = false;
};

/// Makes the bundle of a new container: directories, config.json, launch.json and the files that
/// are bound over /etc/hostname, /etc/hosts and /etc/resolv.conf. Blocking.
/// Errors: InvalidArgument for an unknown user, group, capability or a missing bind source.
Result<void> writeBundle(const BundleInput& input);

/// Writes config.json again before a further start, where the container has changed its own
/// passwd or group file since; @p input needs no layers (launch.json has them). Blocking.
Result<void> refreshBundle(const BundleInput& input);

/// Writes config.json again because @p input.config has changed. Blocking.
Result<void> rewriteBundle(const BundleInput& input);

/// Bytes of the regular files below @p directory as allocated; 0 where it cannot be read. Blocking.
std::int64_t directoryBytes(const std::string& directory);

} // namespace portlight::core
