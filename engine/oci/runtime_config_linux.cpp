#include "engine/oci/runtime_config_linux.h"

#include "engine/oci/json_fields.h"

#include <array>
#include <set>
#include <string_view>

namespace portlight::oci {

namespace {

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

Result<Namespace> namespaceFromJson(const Json& json)
{
    static const std::set<std::string> kTypes { "pid", "network", "mount", "ipc", "uts", "user",
        "cgroup", "time" };
    Namespace space;
    PL_TRY(space.type, requiredString(json, "type"));
    PL_TRY(space.path, jsonString(json, "path"));
    if (!kTypes.contains(space.type))
        return invalid("unknown namespace type '" + space.type + "'");
    if (!space.path.empty() && space.path.front() != '/')
        return invalid("namespace path '" + space.path + "' is not absolute");
    return space;
}

Result<Device> deviceFromJson(const Json& json)
{
    Device device;
    PL_TRY(device.path, requiredString(json, "path"));
    PL_TRY(const auto type, requiredString(json, "type"));
    if (type != "c" && type != "u" && type != "b" && type != "p")
        return invalid("device '" + device.path + "' has the unknown type '" + type + "'");
    device.type = type.front();
    if (device.type != 'p') {
        PL_TRY(device.major, requiredNumber<std::int64_t>(json, "major"));
        PL_TRY(device.minor, requiredNumber<std::int64_t>(json, "minor"));
    }
    PL_TRY(device.fileMode, numberField<std::uint32_t>(json, "fileMode"));
    PL_TRY(const auto uid, numberField<std::uint32_t>(json, "uid"));
    PL_TRY(const auto gid, numberField<std::uint32_t>(json, "gid"));
    device.uid = uid.value_or(0);
    device.gid = gid.value_or(0);
    return device;
}

Result<std::vector<TimeOffset>> timeOffsetsFromJson(const Json& json)
{
    std::vector<TimeOffset> offsets;
    for (const auto& [clock, value] : json.items()) {
        if (clock != "monotonic" && clock != "boottime")
            return invalid("timeOffsets names the unknown clock '" + clock + "'");
        if (!value.is_object())
            return invalid("timeOffsets of '" + clock + "' is not an object");
        TimeOffset offset;
        offset.clock = clock;
        PL_TRY(const auto seconds, numberField<std::int64_t>(value, "secs"));
        PL_TRY(const auto nanoseconds, numberField<std::uint32_t>(value, "nanosecs"));
        offset.seconds = seconds.value_or(0);
        offset.nanoseconds = nanoseconds.value_or(0);
        if (offset.nanoseconds > 999999999)
            return invalid("timeOffsets of '" + clock + "' has more than a second in nanosecs");
        offsets.push_back(std::move(offset));
    }
    return offsets;
}

// What the kernel takes for the name of a network device: dev_valid_name().
bool isDeviceName(const std::string& name)
{
    constexpr std::size_t kMaxLength = 15; // IFNAMSIZ less its end
    return !name.empty() && name.size() <= kMaxLength && name != "." && name != ".."
        && name.find_first_of(std::string_view("/: \t\n\v\f\r\0", 9)) == std::string::npos;
}

Result<std::vector<NetDevice>> netDevicesFromJson(const Json& json)
{
    std::vector<NetDevice> devices;
    std::set<std::string> names;
    for (const auto& [hostName, value] : json.items()) {
        if (!value.is_object())
            return invalid("netDevices of '" + hostName + "' is not an object");
        NetDevice device;
        device.hostName = hostName;
        PL_TRY(device.name, jsonString(value, "name"));
        if (device.name.empty())
            device.name = hostName;
        for (const std::string& name : { device.hostName, device.name }) {
            if (!isDeviceName(name))
                return invalid("netDevices: '" + name + "' is not the name of a network device");
        }
        if (!names.insert(device.name).second)
            return invalid("netDevices gives the name '" + device.name + "' twice");
        devices.push_back(std::move(device));
    }
    return devices;
}

Result<void> readExecution(const Json& json, LinuxConfig& config)
{
    PL_TRY(const Json* offsets, objectField(json, "timeOffsets"));
    PL_TRY(config.timeOffsets, timeOffsetsFromJson(*offsets));
    PL_TRY(const Json* personality, objectField(json, "personality"));
    if (!personality->is_null()) {
        Personality wanted;
        PL_TRY(wanted.domain, requiredString(*personality, "domain"));
        PL_TRY(wanted.flags, jsonStrings(*personality, "flags"));
        config.personality = std::move(wanted);
    }
    PL_TRY(const Json* policy, objectField(json, "memoryPolicy"));
    if (!policy->is_null()) {
        MemoryPolicy wanted;
        PL_TRY(wanted.mode, requiredString(*policy, "mode"));
        PL_TRY(wanted.nodes, jsonString(*policy, "nodes"));
        PL_TRY(wanted.flags, jsonStrings(*policy, "flags"));
        config.memoryPolicy = std::move(wanted);
    }
    PL_TRY(const Json* intelRdt, objectField(json, "intelRdt"));
    config.hasIntelRdt = !intelRdt->is_null();
    PL_TRY(const Json* devices, objectField(json, "netDevices"));
    PL_TRY(config.netDevices, netDevicesFromJson(*devices));
    return success();
}

Result<void> checkNamespaces(const std::vector<Namespace>& namespaces)
{
    std::set<std::string> seen;
    for (const Namespace& space : namespaces) {
        if (!seen.insert(space.type).second)
            return invalid("namespace '" + space.type + "' is given twice");
    }
    return success();
}

Result<void> checkSysctl(const std::map<std::string, std::string>& sysctl)
{
    for (const auto& [name, value] : sysctl) {
        if (name.empty() || name.find("..") != std::string::npos
            || name.find('\0') != std::string::npos)
            return invalid("sysctl '" + name + "' is not a name");
    }
    return success();
}

} // namespace

Result<IdMapping> idMappingFromJson(const Json& json)
{
    IdMapping mapping;
    PL_TRY(mapping.containerId, requiredNumber<std::uint32_t>(json, "containerID"));
    PL_TRY(mapping.hostId, requiredNumber<std::uint32_t>(json, "hostID"));
    PL_TRY(mapping.size, requiredNumber<std::uint32_t>(json, "size"));
    return mapping;
}

Result<LinuxConfig> linuxConfigFromJson(const Json& json)
{
    static const std::array<const char*, 9> kPropagations { "", "private", "rprivate", "slave",
        "rslave", "shared", "rshared", "unbindable", "runbindable" };
    LinuxConfig config;
    PL_TRY(config.namespaces, listField<Namespace>(json, "namespaces", &namespaceFromJson));
    PL_TRY(checkNamespaces(config.namespaces));
    PL_TRY(config.uidMappings, listField<IdMapping>(json, "uidMappings", &idMappingFromJson));
    PL_TRY(config.gidMappings, listField<IdMapping>(json, "gidMappings", &idMappingFromJson));
    PL_TRY(config.devices, listField<Device>(json, "devices", &deviceFromJson));
    PL_TRY(config.cgroupsPath, jsonString(json, "cgroupsPath"));
    PL_TRY(config.resources, resourcesFromJson(jsonMember(json, "resources")));
    PL_TRY(config.rootfsPropagation, jsonString(json, "rootfsPropagation"));
    bool isKnown = false;
    for (const char* each : kPropagations)
        isKnown = isKnown || config.rootfsPropagation == each;
    if (!isKnown)
        return invalid("unknown rootfsPropagation '" + config.rootfsPropagation + "'");
    PL_TRY(config.maskedPaths, jsonStrings(json, "maskedPaths"));
    PL_TRY(config.readonlyPaths, jsonStrings(json, "readonlyPaths"));
    PL_TRY(config.sysctl, stringMapField(json, "sysctl"));
    PL_TRY(checkSysctl(config.sysctl));
    PL_TRY(const Json* seccomp, objectField(json, "seccomp"));
    config.seccomp = *seccomp;
    PL_TRY(config.mountLabel, jsonString(json, "mountLabel"));
    PL_TRY(readExecution(json, config));
    return config;
}

} // namespace portlight::oci
