#include "engine/oci_cli/no_cgroups.h"

namespace portlight::oci_cli {

Error NoCgroups::lack()
{
    return makeError(Errc::Unavailable,
        "the container has no cgroup: it was created with --cgroup-manager disabled");
}

Result<void> NoCgroups::update(const std::string&, const oci::Resources& resources)
{
    const bool limitsMemory =
        resources.memory.limitBytes.value_or(-1) > 0 || resources.memory.swapBytes.value_or(-1) > 0;
    const bool limitsCpu = resources.cpu.quotaMicroseconds.value_or(-1) > 0 || resources.cpu.shares
        || !resources.cpu.cpus.empty() || !resources.cpu.mems.empty();
    if (limitsMemory || limitsCpu || resources.pidsLimit.value_or(-1) > 0
        || resources.blockIo.weight || !resources.unified.empty())
        return makeError(
            Errc::InvalidArgument, "limits cannot be set with --cgroup-manager disabled");
    return success();
}

} // namespace portlight::oci_cli
