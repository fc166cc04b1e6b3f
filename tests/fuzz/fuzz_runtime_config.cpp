#include "engine/cgroup/device_filter.h"
#include "engine/cgroup/device_rules.h"
#include "engine/oci/runtime_config.h"
#include "engine/runtime/capabilities.h"
#include "engine/runtime/id_map.h"
#include "engine/runtime/mount_options.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

// config.json from anywhere, and what is derived from it without touching the system.

using namespace portlight;

namespace {

void derive(const oci::RuntimeConfig& config)
{
    for (const oci::Mount& mount : config.mounts)
        (void)runtime::parseMountOptions(mount.options);
    (void)runtime::idMapText(config.linuxConfig.uidMappings);
    if (config.process && config.process->capabilities)
        (void)runtime::capabilityMasks(*config.process->capabilities);
    (void)cgroup::deviceProgram(cgroup::withDefaultDevices(config.linuxConfig.resources.devices));
    for (const oci::DeviceRule& rule : config.linuxConfig.resources.devices)
        (void)cgroup::deviceRuleText(rule);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto json = parseJson({ reinterpret_cast<const char*>(data), size });
    if (!json)
        return 0;
    if (const auto config = oci::runtimeConfigFromJson(json.value()))
        derive(config.value());
    (void)oci::processFromJson(json.value());
    (void)oci::resourcesFromJson(json.value());
    return 0;
}
