#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/core/container_config.h"
#include "engine/core/exec_config.h"
#include "engine/core/user_lookup.h"

#include <string>
#include <vector>

namespace portlight::core {

/// What the runtime configuration needs to know besides the container's own.
struct RuntimeSpecInput {
    std::string id;
    std::string bundle; ///< holds rootfs/, hostname, hosts, resolv.conf
    std::string cgroupsPath; ///< empty: this host gives no cgroup
    bool controlsDevices = false; ///< the cgroup can hold a device allow-list
    bool carriesSeccomp = false; ///< config.json names the system calls itself
    ContainerUser user;
    std::string initProgram; ///< HostConfig.Init: path on the host; empty: none
};

/// config.json of a container: runtime-spec config.md, with docker's default mounts, masks and
/// capabilities. Errors: InvalidArgument for an unknown capability.
Result<Json> buildRuntimeSpec(const ContainerConfig& config, const RuntimeSpecInput& input);

/// `linux.resources` for the limits of @p host; with @p controlsDevices the device allow-list too.
Json resourcesJson(const HostConfig& host, bool controlsDevices);

/// The capabilities that CapAdd and CapDrop leave of the defaults ("ALL" counts); names with or
/// without "CAP_". Errors: InvalidArgument `invalid capability: "x"`.
Result<std::vector<std::string>> effectiveCapabilities(const HostConfig& host);

/// `process` of a further process in a container of @p config. Its user is a placeholder: the
/// container's own files tell who that is. Errors: as buildRuntimeSpec.
Result<Json> execProcessJson(const ContainerConfig& config, const ExecConfig& exec);

} // namespace portlight::core
