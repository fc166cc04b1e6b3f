#include "engine/oci/runtime_config_linux.h"

#include "engine/oci/json_fields.h"

#include <array>
#include <set>

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

Result<DeviceRule> deviceRuleFromJson(const Json& json)
{
    DeviceRule rule;
    PL_TRY(rule.isAllowed, jsonBool(json, "allow"));
    PL_TRY(const auto type, jsonString(json, "type", "a"));
    if (type != "a" && type != "b" && type != "c")
        return invalid("device rule has the unknown type '" + type + "'");
    rule.type = type.front();
    PL_TRY(const auto major, numberField<std::int64_t>(json, "major"));
    PL_TRY(const auto minor, numberField<std::int64_t>(json, "minor"));
    rule.major = major.value_or(-1);
    rule.minor = minor.value_or(-1);
    PL_TRY(rule.access, jsonString(json, "access", "rwm"));
    if (rule.access.find_first_not_of("rwm") != std::string::npos)
        return invalid("device rule has the unknown access '" + rule.access + "'");
    return rule;
}

Result<DeviceRate> rateFromJson(const Json& json)
{
    DeviceRate rate;
    PL_TRY(rate.major, requiredNumber<std::int64_t>(json, "major"));
    PL_TRY(rate.minor, requiredNumber<std::int64_t>(json, "minor"));
    PL_TRY(rate.value, requiredNumber<std::uint64_t>(json, "rate"));
    return rate;
}

Result<DeviceRate> weightFromJson(const Json& json)
{
    DeviceRate rate;
    PL_TRY(rate.major, requiredNumber<std::int64_t>(json, "major"));
    PL_TRY(rate.minor, requiredNumber<std::int64_t>(json, "minor"));
    PL_TRY(const auto weight, numberField<std::uint16_t>(json, "weight"));
    rate.value = weight.value_or(0);
    return rate;
}

Result<void> readMemory(const Json& json, MemoryLimits& memory)
{
    PL_TRY(memory.limitBytes, numberField<std::int64_t>(json, "limit"));
    PL_TRY(memory.reservationBytes, numberField<std::int64_t>(json, "reservation"));
    PL_TRY(memory.swapBytes, numberField<std::int64_t>(json, "swap"));
    PL_TRY(memory.swappiness, numberField<std::uint64_t>(json, "swappiness"));
    if (!jsonMember(json, "disableOOMKiller").is_null()) {
        PL_TRY(memory.isOomKillerDisabled, jsonBool(json, "disableOOMKiller"));
    }
    return success();
}

Result<void> readCpu(const Json& json, CpuLimits& cpu)
{
    PL_TRY(cpu.shares, numberField<std::uint64_t>(json, "shares"));
    PL_TRY(cpu.quotaMicroseconds, numberField<std::int64_t>(json, "quota"));
    PL_TRY(cpu.periodMicroseconds, numberField<std::uint64_t>(json, "period"));
    PL_TRY(cpu.burstMicroseconds, numberField<std::uint64_t>(json, "burst"));
    PL_TRY(cpu.realtimeRuntimeMicroseconds, numberField<std::int64_t>(json, "realtimeRuntime"));
    PL_TRY(cpu.realtimePeriodMicroseconds, numberField<std::uint64_t>(json, "realtimePeriod"));
    PL_TRY(cpu.idle, numberField<std::int64_t>(json, "idle"));
    PL_TRY(cpu.cpus, jsonString(json, "cpus"));
    PL_TRY(cpu.mems, jsonString(json, "mems"));
    return success();
}

Result<void> readBlockIo(const Json& json, BlockIoLimits& io)
{
    PL_TRY(io.weight, numberField<std::uint16_t>(json, "weight"));
    PL_TRY(io.weightDevice, listField<DeviceRate>(json, "weightDevice", &weightFromJson));
    PL_TRY(io.readBps, listField<DeviceRate>(json, "throttleReadBpsDevice", &rateFromJson));
    PL_TRY(io.writeBps, listField<DeviceRate>(json, "throttleWriteBpsDevice", &rateFromJson));
    PL_TRY(io.readIops, listField<DeviceRate>(json, "throttleReadIOPSDevice", &rateFromJson));
    PL_TRY(io.writeIops, listField<DeviceRate>(json, "throttleWriteIOPSDevice", &rateFromJson));
    return success();
}

Result<void> readHugepages(const Json& json, Resources& resources)
{
    const Json& limits = jsonMember(json, "hugepageLimits");
    if (limits.is_null())
        return success();
    if (!limits.is_array())
        return invalid("field 'hugepageLimits' is not a list");
    for (const Json& limit : limits) {
        PL_TRY(const auto size, requiredString(limit, "pageSize"));
        if (size.find('/') != std::string::npos)
            return invalid("huge page size '" + size + "' is not one");
        PL_TRY(const auto bytes, requiredNumber<std::uint64_t>(limit, "limit"));
        resources.hugepageLimits[size] = bytes;
    }
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

Result<Resources> resourcesFromJson(const Json& json)
{
    Resources resources;
    if (json.is_null())
        return resources;
    if (!json.is_object())
        return invalid("resources are not an object");
    PL_TRY(const Json* memory, objectField(json, "memory"));
    PL_TRY(readMemory(*memory, resources.memory));
    PL_TRY(const Json* cpu, objectField(json, "cpu"));
    PL_TRY(readCpu(*cpu, resources.cpu));
    PL_TRY(const Json* blockIo, objectField(json, "blockIO"));
    PL_TRY(readBlockIo(*blockIo, resources.blockIo));
    PL_TRY(const Json* pids, objectField(json, "pids"));
    PL_TRY(resources.pidsLimit, numberField<std::int64_t>(*pids, "limit"));
    PL_TRY(resources.devices, listField<DeviceRule>(json, "devices", &deviceRuleFromJson));
    PL_TRY(readHugepages(json, resources));
    PL_TRY(resources.unified, stringMapField(json, "unified"));
    for (const auto& [file, value] : resources.unified) {
        if (file.empty() || file.front() == '.' || file.find('/') != std::string::npos)
            return invalid("unified resource '" + file + "' is not the name of a file");
    }
    return resources;
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
    return config;
}

} // namespace portlight::oci
