#include "engine/oci/runtime_config.h"

#include "engine/oci/json_fields.h"

// config.json, linux.resources: config-linux.md, Control groups.
namespace portlight::oci {

namespace {

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
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
    PL_TRY(memory.isCheckedBeforeUpdate, jsonBool(json, "checkBeforeUpdate"));
    PL_TRY(const auto kernel, numberField<std::int64_t>(json, "kernel"));
    PL_TRY(const auto kernelTcp, numberField<std::int64_t>(json, "kernelTCP"));
    memory.hasKernelLimits = kernel.value_or(-1) > 0 || kernelTcp.value_or(-1) > 0;
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
    PL_TRY(const auto leafWeight, numberField<std::uint16_t>(json, "leafWeight"));
    io.hasLeafWeight = leafWeight.value_or(0) != 0;
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

Result<void> readRdma(const Json& json, Resources& resources)
{
    PL_TRY(const Json* rdma, objectField(json, "rdma"));
    for (const auto& [device, limits] : rdma->items()) {
        RdmaLimit limit;
        PL_TRY(limit.handles, numberField<std::uint32_t>(limits, "hcaHandles"));
        PL_TRY(limit.objects, numberField<std::uint32_t>(limits, "hcaObjects"));
        if (!limit.handles && !limit.objects)
            return invalid(
                "rdma limit of '" + device + "' names neither hcaHandles nor hcaObjects");
        resources.rdma[device] = limit;
    }
    return success();
}

Result<void> readNetwork(const Json& json, NetworkLimits& network)
{
    PL_TRY(network.classId, numberField<std::uint32_t>(json, "classID"));
    const Json& priorities = jsonMember(json, "priorities");
    if (!priorities.is_null() && !priorities.is_array())
        return invalid("field 'priorities' is not a list");
    for (const Json& each : priorities) {
        PL_TRY(const auto name, requiredString(each, "name"));
        PL_TRY(network.priorities[name], requiredNumber<std::uint32_t>(each, "priority"));
    }
    return success();
}

} // namespace

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
    PL_TRY(readRdma(json, resources));
    PL_TRY(const Json* network, objectField(json, "network"));
    PL_TRY(readNetwork(*network, resources.network));
    PL_TRY(resources.unified, stringMapField(json, "unified"));
    for (const auto& [file, value] : resources.unified) {
        if (file.empty() || file.front() == '.' || file.find('/') != std::string::npos)
            return invalid("unified resource '" + file + "' is not the name of a file");
    }
    return resources;
}

} // namespace portlight::oci
