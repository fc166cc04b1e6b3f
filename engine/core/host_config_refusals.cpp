#include "engine/core/host_config_refusals.h"

#include <array>
#include <string_view>

namespace portlight::core {

namespace {

/// True where @p value asks for nothing: absent, null, false, 0, "", [] or {}.
bool asksForNothing(const Json& value)
{
    switch (value.type()) {
    case Json::value_t::null:
        return true;
    case Json::value_t::boolean:
        return !value.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
        return value.get<std::int64_t>() == 0;
    case Json::value_t::number_float:
        return value.get<double>() == 0;
    case Json::value_t::string:
        return value.get_ref<const std::string&>().empty();
    default:
        return value.empty();
    }
}

struct Refusal {
    const char* field;
    std::array<std::string_view, 2> acceptedWords; ///< besides asking for nothing
    std::string_view why;
};

constexpr std::string_view kNoLinks = "links are not offered; use a network and names";
constexpr std::string_view kNotYet = "it is not offered by this engine yet";

const std::array kRefusals {
    Refusal { "VolumeDriver", { "local" }, "the driver local is the only one" },
    Refusal { "Devices", {}, kNotYet },
    Refusal { "DeviceRequests", {}, kNotYet },
    Refusal { "DeviceCgroupRules", {}, kNotYet },
    Refusal { "BlkioWeight", {}, kNotYet },
    Refusal { "BlkioWeightDevice", {}, kNotYet },
    Refusal { "BlkioDeviceReadBps", {}, kNotYet },
    Refusal { "BlkioDeviceWriteBps", {}, kNotYet },
    Refusal { "BlkioDeviceReadIOps", {}, kNotYet },
    Refusal { "BlkioDeviceWriteIOps", {}, kNotYet },
    Refusal { "CpuRealtimePeriod", {}, kNotYet },
    Refusal { "CpuRealtimeRuntime", {}, kNotYet },
    Refusal { "KernelMemoryTCP", {}, "the kernel has dropped it" },
    Refusal { "KernelMemory", {}, "the kernel has dropped it" },
    Refusal { "OomKillDisable", {}, "a container that cannot be killed can hang the host" },
    Refusal { "CgroupParent", {}, "all containers live below one cgroup of this engine" },
    Refusal { "Cgroup", {}, kNotYet },
    Refusal { "CgroupnsMode", { "private" }, "every container has a cgroup namespace of its own" },
    Refusal {
        "IpcMode", { "private", "shareable" }, "every container has an ipc namespace of its own" },
    Refusal { "PidMode", { "private" }, "every container has a pid namespace of its own" },
    Refusal { "UTSMode", { "private" }, "every container has a uts namespace of its own" },
    Refusal { "UsernsMode", { "host" }, kNotYet },
    Refusal { "StorageOpt", {}, kNotYet },
    Refusal { "Isolation", { "default" }, "it is for Windows" },
    Refusal { "CpuCount", {}, "it is for Windows" },
    Refusal { "CpuPercent", {}, "it is for Windows" },
    Refusal { "IOMaximumIOps", {}, "it is for Windows" },
    Refusal { "IOMaximumBandwidth", {}, "it is for Windows" },
};

bool isAccepted(const Json& value, const Refusal& refusal)
{
    if (asksForNothing(value))
        return true;
    if (!value.is_string())
        return false;
    for (const auto word : refusal.acceptedWords)
        if (!word.empty() && value.get_ref<const std::string&>() == word)
            return true;
    return false;
}

/// docker-compose links a container of `run` to those of its service. On a network of the user's
/// their names and aliases resolve without links; on the others nothing would.
Result<void> judgeLinks(const Json& host, std::vector<std::string>& warnings)
{
    const Json& links = jsonMember(host, "Links");
    if (asksForNothing(links))
        return success();
    PL_TRY(const std::string mode, jsonString(host, "NetworkMode"));
    const bool isUserDefined = !mode.empty() && mode != "default" && mode != "bridge"
        && mode != "host" && mode != "none" && !mode.starts_with("container:");
    if (!isUserDefined)
        return makeError(Errc::NotImplemented, "HostConfig.Links: " + std::string(kNoLinks));
    warnings.emplace_back("HostConfig.Links: containers of network '" + mode
        + "' find each other by name and alias; no further names are added");
    return success();
}

} // namespace

Result<void> refuseUnsupported(const Json& host, std::vector<std::string>& warnings)
{
    PL_TRY(judgeLinks(host, warnings));
    for (const auto& refusal : kRefusals) {
        const Json& value = jsonMember(host, refusal.field);
        if (!isAccepted(value, refusal))
            return makeError(Errc::NotImplemented,
                std::string("HostConfig.") + refusal.field + ": " + std::string(refusal.why));
    }
    // -1 is what clients send for "as the kernel likes".
    const Json& swappiness = jsonMember(host, "MemorySwappiness");
    if (!asksForNothing(swappiness) && swappiness != -1)
        warnings.emplace_back("HostConfig.MemorySwappiness: this engine leaves it to the kernel");
    return success();
}

} // namespace portlight::core
