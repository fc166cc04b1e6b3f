#include "engine/core/host_config.h"

#include "engine/core/runtime_spec_defaults.h"

namespace portlight::core {

namespace {

Json listOrNull(const std::vector<std::string>& list)
{
    return list.empty() ? Json(nullptr) : Json(list);
}

Json ulimitsJson(const std::vector<Ulimit>& ulimits)
{
    Json list = Json::array();
    for (const auto& limit : ulimits)
        list.push_back({ { "Name", limit.name }, { "Soft", limit.soft }, { "Hard", limit.hard } });
    return list;
}

void addResources(Json& json, const Resources& limits)
{
    json["Memory"] = limits.memoryBytes;
    json["MemorySwap"] = limits.memorySwapBytes;
    json["MemoryReservation"] = limits.memoryReservationBytes;
    json["MemorySwappiness"] = nullptr;
    json["NanoCpus"] = limits.nanoCpus;
    json["CpuShares"] = limits.cpuShares;
    json["CpuQuota"] = limits.cpuQuotaUs;
    json["CpuPeriod"] = limits.cpuPeriodUs;
    json["CpuRealtimePeriod"] = 0;
    json["CpuRealtimeRuntime"] = 0;
    json["CpusetCpus"] = limits.cpusetCpus;
    json["CpusetMems"] = limits.cpusetMems;
    json["PidsLimit"] = limits.pidsLimit == 0 ? Json(nullptr) : Json(limits.pidsLimit);
    json["BlkioWeight"] = 0;
    json["BlkioWeightDevice"] = Json::array();
    json["BlkioDeviceReadBps"] = Json::array();
    json["BlkioDeviceWriteBps"] = Json::array();
    json["BlkioDeviceReadIOps"] = Json::array();
    json["BlkioDeviceWriteIOps"] = Json::array();
    json["OomKillDisable"] = false;
    json["CgroupParent"] = "";
    json["Devices"] = Json::array();
    json["DeviceCgroupRules"] = nullptr;
    json["DeviceRequests"] = nullptr;
    json["CpuCount"] = 0;
    json["CpuPercent"] = 0;
    json["IOMaximumIOps"] = 0;
    json["IOMaximumBandwidth"] = 0;
}

} // namespace

Json toJson(const HostConfig& config)
{
    Json json = Json::object();
    addResources(json, config.resources);
    json["Ulimits"] = ulimitsJson(config.ulimits);
    json["Binds"] = listOrNull(config.binds);
    json["ContainerIDFile"] = "";
    json["LogConfig"] = { { "Type", config.logDriver }, { "Config", config.logOptions } };
    json["NetworkMode"] = config.networkMode;
    json["PortBindings"] = config.portBindings;
    json["RestartPolicy"] = { { "Name", config.restartPolicy },
        { "MaximumRetryCount", config.restartMaximum } };
    json["AutoRemove"] = config.autoRemove;
    if (config.hasInit)
        json["Init"] = true;
    json["VolumeDriver"] = "";
    json["VolumesFrom"] = listOrNull(config.volumesFrom);
    json["ConsoleSize"] =
        Json::array({ config.consoleRowsColumns.first, config.consoleRowsColumns.second });
    json["CapAdd"] = listOrNull(config.capAdd);
    json["CapDrop"] = listOrNull(config.capDrop);
    json["CgroupnsMode"] = "private";
    json["Dns"] = config.dns;
    json["DnsOptions"] = config.dnsOptions;
    json["DnsSearch"] = config.dnsSearch;
    json["ExtraHosts"] = listOrNull(config.extraHosts);
    json["GroupAdd"] = listOrNull(config.groupAdd);
    json["IpcMode"] = "private";
    json["Cgroup"] = "";
    json["Links"] = nullptr;
    json["OomScoreAdj"] = config.oomScoreAdjustment;
    json["PidMode"] = "";
    json["Privileged"] = config.isPrivileged;
    json["PublishAllPorts"] = config.publishesAllPorts;
    json["ReadonlyRootfs"] = config.isRootReadOnly;
    json["SecurityOpt"] = listOrNull(config.securityOpt);
    json["UTSMode"] = "";
    json["UsernsMode"] = "";
    json["ShmSize"] = config.shmBytes;
    json["Runtime"] = config.runtime.empty() ? "portlight" : config.runtime;
    json["Isolation"] = "";
    if (!config.tmpfs.empty())
        json["Tmpfs"] = config.tmpfs;
    if (!config.sysctls.empty())
        json["Sysctls"] = config.sysctls;
    if (!config.annotations.empty())
        json["Annotations"] = config.annotations;
    if (!config.askedMounts.empty())
        json["Mounts"] = config.askedMounts;
    json["MaskedPaths"] = config.isPrivileged
        ? Json::array()
        : Json(config.maskedPaths.value_or(defaultMaskedPaths()));
    json["ReadonlyPaths"] = config.isPrivileged
        ? Json::array()
        : Json(config.readonlyPaths.value_or(defaultReadonlyPaths()));
    return json;
}

} // namespace portlight::core
