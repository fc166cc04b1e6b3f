#include "engine/core/host_config.h"

#include "engine/core/host_config_refusals.h"
#include "engine/core/mount_requests.h"

#include <charconv>
#include <limits>

namespace portlight::core {

namespace {

constexpr std::int64_t kLeastMemoryBytes = 6LL << 20;

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

Result<std::map<std::string, std::string>> stringMap(const Json& object, const char* key)
{
    const Json& member = jsonMember(object, key);
    std::map<std::string, std::string> values;
    if (!member.is_null() && !member.is_object())
        return invalid(std::string(key) + " must be an object");
    for (const auto& [name, value] : member.items()) {
        if (!value.is_string())
            return invalid(std::string(key) + ": the value of '" + name + "' must be text");
        values.emplace(name, value.get<std::string>());
    }
    return values;
}

Result<void> checkMemory(const Resources& wanted)
{
    if (wanted.memoryBytes != 0 && wanted.memoryBytes < kLeastMemoryBytes)
        return invalid("Minimum memory limit allowed is 6MB");
    if (wanted.memorySwapBytes < -1)
        return invalid("HostConfig.MemorySwap: -1 is the only negative value");
    if (wanted.memoryBytes == 0 && wanted.memorySwapBytes > 0)
        return invalid(
            "You should always set the Memory limit when using Memoryswap limit, see usage");
    if (wanted.memorySwapBytes > 0 && wanted.memorySwapBytes < wanted.memoryBytes)
        return invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
    if (wanted.memoryReservationBytes != 0 && wanted.memoryReservationBytes < kLeastMemoryBytes)
        return invalid("Minimum memory reservation allowed is 6MB");
    if (wanted.memoryBytes > 0 && wanted.memoryBytes < wanted.memoryReservationBytes)
        return invalid(
            "Minimum memory limit can not be less than memory reservation limit, see usage");
    return success();
}

Result<void> checkCpu(const Resources& wanted, int hostCpuCount)
{
    if (wanted.nanoCpus != 0 && wanted.cpuPeriodUs != 0)
        return invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
    if (wanted.nanoCpus != 0 && wanted.cpuQuotaUs != 0)
        return invalid("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
    if (wanted.nanoCpus < 0 || wanted.nanoCpus > hostCpuCount * 1'000'000'000LL
        || (wanted.nanoCpus > 0 && wanted.nanoCpus < 10'000'000))
        return invalid("range of CPUs is from 0.01 to " + std::to_string(hostCpuCount)
            + ".00, as there are only " + std::to_string(hostCpuCount) + " CPUs available");
    if (wanted.cpuShares < 0)
        return invalid("HostConfig.CpuShares: invalid value " + std::to_string(wanted.cpuShares)
            + ": must not be negative");
    if (wanted.cpuPeriodUs != 0 && (wanted.cpuPeriodUs < 1000 || wanted.cpuPeriodUs > 1'000'000))
        return invalid(
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. "
            "1000000)");
    if (wanted.cpuQuotaUs > 0 && wanted.cpuQuotaUs < 1000)
        return invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
    return success();
}

/// "0-2,7": the kernel's list format (cpuset(7)).
Result<void> checkCpuList(const std::string& list, const char* field)
{
    bool wantsDigit = true;
    for (const char letter : list) {
        const bool isDigit = letter >= '0' && letter <= '9';
        if (!isDigit && (wantsDigit || (letter != ',' && letter != '-')))
            return invalid("Invalid value " + list + " for " + field);
        wantsDigit = !isDigit;
    }
    if (list.size() > 4096 || (!list.empty() && wantsDigit))
        return invalid("Invalid value " + list.substr(0, 64) + " for " + field);
    return success();
}

Result<Resources> resourcesFromJson(const Json& json, int hostCpuCount)
{
    Resources wanted;
    PL_TRY(wanted.memoryBytes, jsonInt(json, "Memory"));
    PL_TRY(wanted.memorySwapBytes, jsonInt(json, "MemorySwap"));
    PL_TRY(wanted.memoryReservationBytes, jsonInt(json, "MemoryReservation"));
    PL_TRY(wanted.nanoCpus, jsonInt(json, "NanoCpus"));
    PL_TRY(wanted.cpuShares, jsonInt(json, "CpuShares"));
    PL_TRY(wanted.cpuQuotaUs, jsonInt(json, "CpuQuota"));
    PL_TRY(wanted.cpuPeriodUs, jsonInt(json, "CpuPeriod"));
    PL_TRY(wanted.cpusetCpus, jsonString(json, "CpusetCpus"));
    PL_TRY(wanted.cpusetMems, jsonString(json, "CpusetMems"));
    PL_TRY(wanted.pidsLimit, jsonInt(json, "PidsLimit"));
    PL_TRY(checkMemory(wanted));
    PL_TRY(checkCpu(wanted, hostCpuCount));
    PL_TRY(checkCpuList(wanted.cpusetCpus, "cpuset cpus"));
    PL_TRY(checkCpuList(wanted.cpusetMems, "cpuset mems"));
    if (wanted.pidsLimit < -1)
        return invalid("HostConfig.PidsLimit: -1 is the only negative value");
    // docker's rule: a memory limit alone allows as much swap again.
    if (wanted.memoryBytes > 0 && wanted.memorySwapBytes == 0) {
        if (wanted.memoryBytes > std::numeric_limits<std::int64_t>::max() / 2)
            return invalid("HostConfig.Memory: the value is too large");
        wanted.memorySwapBytes = wanted.memoryBytes * 2;
    }
    return wanted;
}

Result<std::vector<Ulimit>> ulimitsFromJson(const Json& json)
{
    std::vector<Ulimit> ulimits;
    if (!json.is_null() && !json.is_array())
        return invalid("HostConfig.Ulimits must be an array");
    for (const auto& entry : json) {
        if (!entry.is_object())
            return invalid("HostConfig.Ulimits: an entry is no object");
        Ulimit limit;
        PL_TRY(limit.name, jsonString(entry, "Name"));
        PL_TRY(limit.soft, jsonInt(entry, "Soft"));
        PL_TRY(limit.hard, jsonInt(entry, "Hard"));
        static const std::vector<std::string> known { "core", "cpu", "data", "fsize", "locks",
            "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime",
            "sigpending", "stack" };
        if (std::find(known.begin(), known.end(), limit.name) == known.end())
            return invalid("invalid ulimit type: " + limit.name);
        if (limit.hard != -1 && (limit.soft == -1 || limit.soft > limit.hard))
            return invalid("ulimit soft limit must be less than or equal to hard limit: "
                + std::to_string(limit.soft) + " > " + std::to_string(limit.hard));
        ulimits.push_back(std::move(limit));
    }
    return ulimits;
}

Result<void> readSecurity(const Json& json, HostConfig& config)
{
    PL_TRY(config.securityOpt, jsonStrings(json, "SecurityOpt"));
    for (const auto& option : config.securityOpt) {
        if (option == "no-new-privileges" || option == "no-new-privileges:true"
            || option == "no-new-privileges=true")
            config.noNewPrivileges = true;
        else if (option == "seccomp=unconfined" || option == "seccomp:unconfined")
            config.isSeccompUnconfined = true;
        else if (option != "no-new-privileges:false" && option != "no-new-privileges=false"
            && option != "apparmor=unconfined" && option != "label=disable"
            && option != "seccomp=builtin")
            return makeError(Errc::NotImplemented,
                "HostConfig.SecurityOpt: '" + option.substr(0, 64)
                    + "' is not offered by this engine yet");
    }
    return success();
}

Result<void> readNetwork(const Json& json, HostConfig& config)
{
    PL_TRY(config.networkMode, jsonString(json, "NetworkMode"));
    if (config.networkMode.empty())
        config.networkMode = "default";
    if (config.networkMode == "container:" || config.networkMode.size() > 512)
        return invalid("invalid network mode: '" + config.networkMode.substr(0, 64) + "'");
    const bool isShared = config.networkMode.starts_with("container:");
    if (const Json& ports = jsonMember(json, "PortBindings"); ports.is_object())
        config.portBindings = ports;
    PL_TRY(config.ports, portRequestsFromJson(jsonMember(json, "PortBindings")));
    PL_TRY(config.publishesAllPorts, jsonBool(json, "PublishAllPorts"));
    if (isShared && (!config.ports.empty() || config.publishesAllPorts))
        return invalid("conflicting options: port publishing and the container type network mode");
    PL_TRY(config.extraHosts, jsonStrings(json, "ExtraHosts"));
    for (const auto& host : config.extraHosts) {
        const auto colon = host.find(':');
        if (colon == 0 || colon == std::string::npos || colon + 1 == host.size()
            || host.find_first_of(" \t\n") != std::string::npos)
            return invalid("bad format for add-host: \"" + host + "\"");
    }
    PL_TRY(config.dns, jsonStrings(json, "Dns"));
    PL_TRY(config.dnsSearch, jsonStrings(json, "DnsSearch"));
    PL_TRY(config.dnsOptions, jsonStrings(json, "DnsOptions"));
    for (const auto* list : { &config.dns, &config.dnsSearch, &config.dnsOptions })
        for (const auto& word : *list)
            if (word.empty() || word.find_first_of(" \t\n") != std::string::npos)
                return invalid("HostConfig.Dns: invalid value '" + word + "'");
    return success();
}

Result<void> readLog(const Json& json, HostConfig& config)
{
    PL_TRY(config.logDriver, jsonString(json, "Type"));
    if (config.logDriver.empty())
        config.logDriver = "json-file";
    if (config.logDriver != "json-file" && config.logDriver != "local")
        return makeError(Errc::NotImplemented,
            "HostConfig.LogConfig: log driver '" + config.logDriver.substr(0, 64)
                + "' is not offered by this engine; use json-file or local");
    PL_TRY(config.logOptions, stringMap(json, "Config"));
    for (const auto& [name, value] : config.logOptions) {
        if (name == "max-size") {
            PL_TRY(config.logMaxBytes, parseByteSize(value));
        } else if (name == "max-file") {
            const auto [end, code] =
                std::from_chars(value.data(), value.data() + value.size(), config.logMaxFiles);
            if (code != std::errc() || end != value.data() + value.size() || config.logMaxFiles < 1
                || config.logMaxFiles > 1000)
                return invalid("HostConfig.LogConfig: invalid max-file '" + value + "'");
        } else {
            return invalid(
                "unknown log opt '" + name + "' for " + config.logDriver + " log driver");
        }
    }
    return success();
}

Result<void> readRestartPolicy(const Json& json, HostConfig& config)
{
    PL_TRY(config.restartPolicy, jsonString(json, "Name"));
    PL_TRY(config.restartMaximum, jsonInt(json, "MaximumRetryCount"));
    if (config.restartPolicy.empty())
        config.restartPolicy = "no";
    const auto& name = config.restartPolicy;
    if (name != "no" && name != "always" && name != "unless-stopped" && name != "on-failure")
        return invalid("invalid restart policy: unknown policy '" + name.substr(0, 64)
            + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
    if (config.restartMaximum < 0)
        return invalid("invalid restart policy: maximum retry count cannot be negative");
    if (config.restartMaximum > 0 && name != "on-failure")
        return invalid("invalid restart policy: maximum retry count can only be used with "
                       "'on-failure'");
    if (name != "no" && config.autoRemove)
        return invalid("can't create 'AutoRemove' container with restart policy");
    return success();
}

Result<void> readCapabilities(const Json& json, HostConfig& config)
{
    PL_TRY(config.capAdd, jsonStrings(json, "CapAdd"));
    PL_TRY(config.capDrop, jsonStrings(json, "CapDrop"));
    PL_TRY(config.groupAdd, jsonStrings(json, "GroupAdd"));
    PL_TRY(config.isPrivileged, jsonBool(json, "Privileged"));
    PL_TRY(config.isRootReadOnly, jsonBool(json, "ReadonlyRootfs"));
    return readSecurity(json, config);
}

Result<void> readPaths(const Json& json, HostConfig& config)
{
    for (const auto& [key, target] : { std::pair { "MaskedPaths", &config.maskedPaths },
             std::pair { "ReadonlyPaths", &config.readonlyPaths } }) {
        if (jsonMember(json, key).is_null())
            continue;
        PL_TRY(*target, jsonStrings(json, key));
        for (const auto& path : **target)
            if (!path.starts_with('/'))
                return invalid(
                    std::string("HostConfig.") + key + ": '" + path + "' is no absolute path");
    }
    PL_TRY(config.shmBytes, jsonInt(json, "ShmSize"));
    if (config.shmBytes < 0)
        return invalid("SHM size can not be less than 0");
    if (config.shmBytes == 0)
        config.shmBytes = 64LL << 20;
    return readMountRequests(json, config);
}

Result<void> readConsoleSize(const Json& json, HostConfig& config)
{
    if (json.is_null())
        return success();
    const bool isPair = json.is_array() && json.size() == 2 && json[0].is_number_unsigned()
        && json[1].is_number_unsigned() && json[0].get<std::uint64_t>() <= 65535
        && json[1].get<std::uint64_t>() <= 65535;
    if (!isPair)
        return invalid("HostConfig.ConsoleSize must be two numbers from 0 to 65535");
    config.consoleRowsColumns = { json[0].get<unsigned>(), json[1].get<unsigned>() };
    return success();
}

} // namespace

Result<std::int64_t> parseByteSize(const std::string& text)
{
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string unit(end, text.data() + text.size());
    if (unit.size() == 2 && (unit[1] == 'b' || unit[1] == 'B'))
        unit.pop_back();
    const std::string_view units = "bkmgt";
    const auto power = unit.empty() ? 0U : units.find(static_cast<char>(unit.front() | 0x20));
    if (code != std::errc() || number <= 0 || unit.size() > 1 || power == std::string_view::npos
        || number > (std::numeric_limits<std::int64_t>::max() >> (10 * power)))
        return makeError(Errc::InvalidArgument, "invalid size: '" + text.substr(0, 64) + "'");
    return number << (10 * power);
}

Result<HostConfig> hostConfigFromJson(
    const Json& json, int hostCpuCount, std::vector<std::string>& warnings)
{
    if (!json.is_null() && !json.is_object())
        return invalid("HostConfig must be an object");
    PL_TRY(refuseUnsupported(json, warnings));
    HostConfig config;
    PL_TRY(config.resources, resourcesFromJson(json, hostCpuCount));
    PL_TRY(config.ulimits, ulimitsFromJson(jsonMember(json, "Ulimits")));
    PL_TRY(config.autoRemove, jsonBool(json, "AutoRemove"));
    PL_TRY(config.hasInit, jsonBool(json, "Init"));
    PL_TRY(config.runtime, jsonString(json, "Runtime"));
    PL_TRY(readCapabilities(json, config));
    PL_TRY(readNetwork(json, config));
    PL_TRY(readPaths(json, config));
    PL_TRY(readLog(jsonMember(json, "LogConfig"), config));
    PL_TRY(readRestartPolicy(jsonMember(json, "RestartPolicy"), config));
    PL_TRY(readConsoleSize(jsonMember(json, "ConsoleSize"), config));
    PL_TRY(config.sysctls, stringMap(json, "Sysctls"));
    PL_TRY(config.annotations, stringMap(json, "Annotations"));
    PL_TRY(const auto adjustment, jsonInt(json, "OomScoreAdj"));
    if (adjustment < -1000 || adjustment > 1000)
        return invalid("Invalid value " + std::to_string(adjustment)
            + ", range for oom score adj is [-1000, 1000]");
    config.oomScoreAdjustment = static_cast<int>(adjustment);
    return config;
}

} // namespace portlight::core
