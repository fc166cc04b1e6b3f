#include "engine/api/system_json.h"

#include "engine/api/api_version.h"
#include "engine/base/timestamps.h"
#include "engine/base/version.h"

#include <sys/utsname.h>
#include <unistd.h>

namespace portlight::api {

namespace {

std::string machine()
{
    utsname names {};
    return ::uname(&names) == 0 ? names.machine : "";
}

std::string hostName()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

bool has(const core::SystemService& system, const std::string& key)
{
    const auto* feature = system.host().find(key);
    return feature != nullptr && feature->isAvailable;
}

Json securityOptions(const core::SystemService& system)
{
    Json options = Json::array();
    if (has(system, "seccomp"))
        options.push_back("name=seccomp,profile=builtin");
    if (system.host().isRootless)
        options.push_back("name=rootless");
    options.push_back("name=cgroupns");
    return options;
}

void addLimits(Json& info, const core::SystemService& system)
{
    const bool hasMemory = has(system, "cgroup.memory");
    const bool hasCpu = has(system, "cgroup.cpu");
    info["MemoryLimit"] = hasMemory;
    info["SwapLimit"] = hasMemory;
    info["CpuCfsPeriod"] = hasCpu;
    info["CpuCfsQuota"] = hasCpu;
    info["CPUShares"] = hasCpu;
    info["CPUSet"] = has(system, "cgroup.cpuset");
    info["PidsLimit"] = has(system, "cgroup.pids");
    info["OomKillDisable"] = false;
}

// Docker's clients read path, runtimeArgs and status of each.
void addRuntimes(Json& info, const host::OciRuntimes& known)
{
    info["Runtimes"] = Json::object();
    for (const auto& runtime : known.list()) {
        Json entry = { { "path", runtime.path.empty() ? "portlight-shim" : runtime.path } };
        if (!runtime.arguments.empty())
            entry["runtimeArgs"] = runtime.arguments;
        info["Runtimes"][runtime.name] = std::move(entry);
    }
    info["DefaultRuntime"] = known.defaultName;
}

void addConstants(Json& info)
{
    Json plugins = { { "Volume", { "local" } }, { "Network", { "none", "host" } },
        { "Authorization", nullptr }, { "Log", { "local", "none" } } };
    info["Plugins"] = std::move(plugins);
    Json swarm = { { "NodeID", "" }, { "NodeAddr", "" }, { "LocalNodeState", "inactive" },
        { "ControlAvailable", false }, { "Error", "" }, { "RemoteManagers", nullptr } };
    info["Swarm"] = std::move(swarm);
    Json registries = { { "InsecureRegistryCIDRs", Json::array() },
        { "IndexConfigs", Json::object() }, { "Mirrors", Json::array() } };
    info["RegistryConfig"] = std::move(registries);
    info["LoggingDriver"] = "local";
    info["IndexServerAddress"] = "https://index.docker.io/v1/";
    info["Labels"] = Json::array();
    info["ExperimentalBuild"] = false;
    info["LiveRestoreEnabled"] = true;
    info["Isolation"] = "";
    info["InitBinary"] = "";
    info["ProductLicense"] = "GPL-3.0-or-later";
    Json none = { { "ID", "" } };
    info["ContainerdCommit"] = none;
    info["RuncCommit"] = none;
    info["InitCommit"] = none;
    info["GenericResources"] = nullptr;
    info["HttpProxy"] = "";
    info["HttpsProxy"] = "";
    info["NoProxy"] = "";
}

} // namespace

std::string goArchitecture()
{
    const std::string name = machine();
    if (name == "x86_64")
        return "amd64";
    if (name == "aarch64")
        return "arm64";
    if (name.starts_with("armv"))
        return "arm";
    return name == "i686" ? "386" : name;
}

Json versionJson(const core::SystemService& system)
{
    const std::string kernel = system.host().kernelRelease;
    Json details = { { "ApiVersion", toString(kMaximumApiVersion) },
        { "MinAPIVersion", toString(kMinimumApiVersion) }, { "Arch", goArchitecture() },
        { "Os", "linux" }, { "KernelVersion", kernel }, { "Experimental", "false" },
        { "GitCommit", "" }, { "GoVersion", "" }, { "BuildTime", "" } };
    Json engine = { { "Name", "Engine" }, { "Version", kVersion },
        { "Details", std::move(details) } };
    Json shim = { { "Name", "portlight-shim" }, { "Version", kVersion },
        { "Details", Json::object() } };
    Json platform = { { "Name", "Portlight Engine" } };
    Json json = { { "Platform", std::move(platform) }, { "Version", kVersion },
        { "ApiVersion", toString(kMaximumApiVersion) },
        { "MinAPIVersion", toString(kMinimumApiVersion) }, { "GitCommit", "" }, { "GoVersion", "" },
        { "Os", "linux" }, { "Arch", goArchitecture() }, { "KernelVersion", kernel },
        { "BuildTime", "" } };
    json["Components"] = Json::array({ std::move(engine), std::move(shim) });
    return json;
}

Json infoJson(const core::SystemService& system, const core::ObjectCounts& counts)
{
    const auto& host = system.host();
    Json info = { { "ID", system.engineId() },
        { "Containers", counts.running + counts.paused + counts.stopped },
        { "ContainersRunning", counts.running }, { "ContainersPaused", counts.paused },
        { "ContainersStopped", counts.stopped }, { "Images", counts.images },
        { "Driver", "overlay2" }, { "DockerRootDir", system.dataRoot() },
        { "SystemTime", formatTimestamp(wallClockNs()) }, { "CgroupDriver", "cgroupfs" },
        { "CgroupVersion", std::to_string(host.cgroupVersion) },
        { "KernelVersion", host.kernelRelease }, { "OperatingSystem", host.osName },
        { "OSVersion", "" }, { "OSType", "linux" }, { "Architecture", machine() },
        { "NCPU", host.cpuCount }, { "MemTotal", host.memoryBytes }, { "Name", hostName() },
        { "ServerVersion", kVersion } };
    Json status = Json::array();
    status.push_back(Json::array({ "Backing Filesystem", "overlayfs" }));
    status.push_back(Json::array({ "userxattr", host.isRootless ? "true" : "false" }));
    info["DriverStatus"] = std::move(status);
    info["SecurityOptions"] = securityOptions(system);
    info["Debug"] = false;
    info["IPv4Forwarding"] = true;
    info["BridgeNfIptables"] = false;
    info["BridgeNfIp6tables"] = false;
    info["NEventsListener"] = system.events().listenerCount();
    info["Warnings"] = system.warnings();
    addLimits(info, system);
    addRuntimes(info, system.runtimes());
    addConstants(info);
    return info;
}

} // namespace portlight::api
