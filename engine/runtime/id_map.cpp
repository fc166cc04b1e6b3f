#include "engine/runtime/id_map.h"

#include "engine/base/syscalls.h"

namespace portlight::runtime {

std::string idMapText(const std::vector<oci::IdMapping>& mappings)
{
    std::string text;
    for (const oci::IdMapping& mapping : mappings)
        text += std::to_string(mapping.containerId) + " " + std::to_string(mapping.hostId) + " "
            + std::to_string(mapping.size) + "\n";
    return text;
}

Result<void> writeIdMaps(pid_t pid, const oci::LinuxConfig& config)
{
    const std::string directory = "/proc/" + std::to_string(pid);
    if (config.uidMappings.empty() || config.gidMappings.empty())
        return makeError(
            Errc::InvalidArgument, "a new user namespace needs uidMappings and gidMappings");
    PL_TRY(writeExisting(directory + "/uid_map", idMapText(config.uidMappings)));
    return writeExisting(directory + "/gid_map", idMapText(config.gidMappings));
}

} // namespace portlight::runtime
