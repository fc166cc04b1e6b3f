#include "engine/core/runtime_spec.h"

#include "engine/core/init_program.h"
#include "engine/core/runtime_spec_defaults.h"
#include "engine/runtime/mount_options.h"
#include "engine/runtime/seccomp_profile.h"
#include "engine/runtime/shim_protocol.h"

#include <algorithm>

namespace portlight::core {

namespace {

Json mountJson(
    const char* destination, const char* type, const char* source, std::vector<std::string> options)
{
    return Json { { "destination", destination }, { "type", type }, { "source", source },
        { "options", std::move(options) } };
}

/// runtime-spec config-linux.md, Default Filesystems, with docker's options.
Json baseMounts(const HostConfig& host)
{
    const std::string sysAccess = host.isPrivileged ? "rw" : "ro";
    Json mounts = Json::array();
    mounts.push_back(mountJson("/proc", "proc", "proc", { "nosuid", "noexec", "nodev" }));
    mounts.push_back(mountJson(
        "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" }));
    mounts.push_back(mountJson("/dev/pts", "devpts", "devpts",
        { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" }));
    mounts.push_back(
        mountJson("/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", sysAccess }));
    mounts.push_back(mountJson(
        "/sys/fs/cgroup", "cgroup", "cgroup", { sysAccess, "nosuid", "noexec", "nodev" }));
    mounts.push_back(mountJson("/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" }));
    mounts.push_back(mountJson("/dev/shm", "tmpfs", "shm",
        { "nosuid", "noexec", "nodev", "mode=1777", "size=" + std::to_string(host.shmBytes) }));
    return mounts;
}

std::vector<std::string> tmpfsOptions(const MountRequest& mount)
{
    std::vector<std::string> options { "noexec", "nosuid", "nodev" };
    std::size_t from = 0;
    while (from < mount.options.size()) {
        const auto comma = std::min(mount.options.find(',', from), mount.options.size());
        const std::string word = mount.options.substr(from, comma - from);
        // "exec" and its like take the default that they contradict away.
        if (!word.empty())
            std::erase(options, "no" + word);
        if (!word.empty() && std::ranges::find(options, word) == options.end())
            options.push_back(word);
        from = comma + 1;
    }
    if (mount.isReadOnly)
        options.emplace_back("ro");
    return options;
}

/// Mounts that were asked for replace a default of the same place, as `--tmpfs /dev/shm` does.
Json allMounts(const ContainerConfig& config, const std::string& bundle)
{
    Json mounts = baseMounts(config.host);
    for (const auto* name : { "resolv.conf", "hostname", "hosts" })
        mounts.push_back(mountJson(("/etc/" + std::string(name)).c_str(), "bind",
            (bundle + "/" + name).c_str(), { "rbind", "rprivate" }));
    for (const auto& wanted : config.host.mounts) {
        for (auto at = mounts.begin(); at != mounts.end();)
            at = (*at)["destination"] == wanted.target ? mounts.erase(at) : at + 1;
        if (wanted.kind == MountRequest::Kind::Tmpfs)
            mounts.push_back(
                mountJson(wanted.target.c_str(), "tmpfs", "tmpfs", tmpfsOptions(wanted)));
        else {
            std::vector<std::string> options { "rbind", wanted.propagation,
                wanted.isReadOnly ? "ro" : "rw" };
            if (!wanted.subpath.empty())
                options.push_back(runtime::kSubpathOption + wanted.subpath);
            mounts.push_back(mountJson(
                wanted.target.c_str(), "bind", wanted.source.c_str(), std::move(options)));
        }
    }
    return mounts;
}

void addEnvironment(std::vector<std::string>& env, const std::vector<std::string>& more)
{
    for (const auto& entry : more) {
        const auto equals = entry.find('=');
        if (equals == std::string::npos)
            continue; // "NAME" alone: the client had no value for it
        std::erase_if(env, [&](const std::string& earlier) {
            return earlier.compare(0, equals + 1, entry, 0, equals + 1) == 0;
        });
        env.push_back(entry);
    }
}

std::vector<std::string> processEnvironment(
    const ContainerConfig& config, bool hasTty, const std::string& home)
{
    std::vector<std::string> env { "HOSTNAME=" + config.hostname };
    if (hasTty)
        env.emplace_back("TERM=xterm");
    if (!home.empty())
        env.push_back("HOME=" + home);
    addEnvironment(env, config.env);
    return env;
}

Json rlimitsJson(const std::vector<Ulimit>& ulimits)
{
    Json limits = Json::array();
    for (const auto& limit : ulimits) {
        std::string type = "RLIMIT_";
        for (const char letter : limit.name)
            type += static_cast<char>(letter - 'a' + 'A');
        // -1 is "unlimited"; as an unsigned number it is RLIM_INFINITY.
        limits.push_back({ { "type", type }, { "soft", static_cast<std::uint64_t>(limit.soft) },
            { "hard", static_cast<std::uint64_t>(limit.hard) } });
    }
    return limits;
}

Result<Json> processJson(const ContainerConfig& config, const ContainerUser& user)
{
    PL_TRY(const auto capabilities, effectiveCapabilities(config.host));
    Json process { { "terminal", config.hasTty }, { "args", config.arguments() },
        { "env", processEnvironment(config, config.hasTty, user.home) },
        { "cwd", config.workingDir.empty() ? "/" : config.workingDir },
        { "noNewPrivileges", config.host.noNewPrivileges },
        { "oomScoreAdj", config.host.oomScoreAdjustment } };
    process["user"] = { { "uid", user.uid }, { "gid", user.gid },
        { "additionalGids", user.additionalGids } };
    // The inheritable and ambient sets stay empty (CVE-2022-24769).
    process["capabilities"] = { { "bounding", capabilities } };
    if (user.uid == 0) {
        process["capabilities"]["effective"] = capabilities;
        process["capabilities"]["permitted"] = capabilities;
    }
    if (!config.host.ulimits.empty())
        process["rlimits"] = rlimitsJson(config.host.ulimits);
    if (const auto [rows, columns] = config.host.consoleRowsColumns; rows != 0 && columns != 0)
        process["consoleSize"] = { { "height", rows }, { "width", columns } };
    return process;
}

} // namespace

Json resourcesJson(const HostConfig& host, bool controlsDevices)
{
    const Resources& limits = host.resources;
    Json json = Json::object();
    if (limits.memoryBytes > 0)
        json["memory"]["limit"] = limits.memoryBytes;
    if (limits.memorySwapBytes != 0)
        json["memory"]["swap"] = limits.memorySwapBytes;
    if (limits.memoryReservationBytes > 0)
        json["memory"]["reservation"] = limits.memoryReservationBytes;
    if (limits.nanoCpus > 0) {
        constexpr std::int64_t kPeriodUs = 100'000;
        json["cpu"]["period"] = kPeriodUs;
        json["cpu"]["quota"] = limits.nanoCpus * kPeriodUs / 1'000'000'000;
    }
    if (limits.cpuPeriodUs > 0)
        json["cpu"]["period"] = limits.cpuPeriodUs;
    if (limits.cpuQuotaUs != 0)
        json["cpu"]["quota"] = limits.cpuQuotaUs;
    if (limits.cpuShares > 0)
        json["cpu"]["shares"] = limits.cpuShares;
    if (!limits.cpusetCpus.empty())
        json["cpu"]["cpus"] = limits.cpusetCpus;
    if (!limits.cpusetMems.empty())
        json["cpu"]["mems"] = limits.cpusetMems;
    if (limits.pidsLimit > 0)
        json["pids"]["limit"] = limits.pidsLimit;
    if (controlsDevices)
        json["devices"] = Json::array({ { { "allow", host.isPrivileged }, { "access", "rwm" } } });
    return json;
}

namespace {

Result<Json> linuxJson(const ContainerConfig& config, const RuntimeSpecInput& input)
{
    const HostConfig& host = config.host;
    Json json = Json::object();
    for (const auto* type : { "mount", "pid", "ipc", "uts", "cgroup" })
        json["namespaces"].push_back({ { "type", type } });
    // "none" is a namespace of the shim's making; what has interfaces comes from the engine.
    if (host.networkMode == "none")
        json["namespaces"].push_back({ { "type", "network" } });
    else if (host.networkMode != "host")
        json["namespaces"].push_back({ { "type", "network" },
            { "path", "/proc/self/fd/" + std::to_string(runtime::kNetworkFd) } });
    if (!input.cgroupsPath.empty()) {
        json["cgroupsPath"] = input.cgroupsPath;
        json["resources"] = resourcesJson(host, input.controlsDevices);
    }
    json["rootfsPropagation"] = "rprivate";
    if (!host.isPrivileged) {
        json["maskedPaths"] = host.maskedPaths.value_or(defaultMaskedPaths());
        json["readonlyPaths"] = host.readonlyPaths.value_or(defaultReadonlyPaths());
    }
    if (!host.sysctls.empty())
        json["sysctl"] = host.sysctls;
    if (input.carriesSeccomp && !host.isPrivileged && !host.isSeccompUnconfined) {
        PL_TRY(const auto capabilities, effectiveCapabilities(host));
        PL_TRY(json["seccomp"], runtime::defaultSeccomp(capabilities));
    }
    return json;
}

} // namespace

Result<std::vector<std::string>> effectiveCapabilities(const HostConfig& host)
{
    const auto& all = allCapabilities();
    const auto normalised = [&all](const std::string& text) -> Result<std::string> {
        std::string name;
        for (const char letter : text.substr(0, 64))
            name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
        if (name == "ALL" || name == "CAP_ALL")
            return std::string("ALL");
        if (!name.starts_with("CAP_"))
            name.insert(0, "CAP_");
        if (std::ranges::find(all, name) == all.end())
            return makeError(
                Errc::InvalidArgument, "invalid capability: \"" + text.substr(0, 64) + "\"");
        return name;
    };
    std::vector<std::string> added;
    std::vector<std::string> dropped;
    for (const auto& text : host.capAdd) {
        PL_TRY(auto name, normalised(text));
        added.push_back(std::move(name));
    }
    for (const auto& text : host.capDrop) {
        PL_TRY(auto name, normalised(text));
        dropped.push_back(std::move(name));
    }
    const auto has = [](const std::vector<std::string>& list, const std::string& name) {
        return std::ranges::find(list, name) != list.end();
    };
    if (host.isPrivileged)
        return all;
    std::vector<std::string> left;
    for (const auto& name : all) {
        const bool isDefault = has(defaultCapabilities(), name) && !has(dropped, "ALL");
        const bool isAdded = has(added, name) || has(added, "ALL");
        // An explicit name beats ALL of the other list.
        const bool isDropped = has(dropped, name) && !has(added, name);
        if ((isDefault || isAdded) && !isDropped)
            left.push_back(name);
    }
    return left;
}

Result<Json> buildRuntimeSpec(const ContainerConfig& config, const RuntimeSpecInput& input)
{
    PL_TRY(auto process, processJson(config, input.user));
    Json spec { { "ociVersion", "1.2.0" }, { "hostname", config.hostname } };
    if (!config.domainname.empty())
        spec["domainname"] = config.domainname;
    spec["process"] = std::move(process);
    spec["root"] = { { "path", "rootfs" }, { "readonly", config.host.isRootReadOnly } };
    spec["mounts"] = allMounts(config, input.bundle);
    if (!input.initProgram.empty()) {
        spec["mounts"].push_back(mountJson(
            kInitTarget, "bind", input.initProgram.c_str(), { "bind", "ro", "rprivate" }));
        Json& args = spec["process"]["args"];
        args.insert(args.begin(), { kInitTarget, "--" });
    }
    PL_TRY(spec["linux"], linuxJson(config, input));
    if (!config.host.annotations.empty())
        spec["annotations"] = config.host.annotations;
    return spec;
}

Result<Json> execProcessJson(const ContainerConfig& config, const ExecConfig& exec)
{
    auto env = processEnvironment(config, exec.hasTty, "");
    addEnvironment(env, exec.env);
    const std::string& cwd = exec.workingDir.empty() ? config.workingDir : exec.workingDir;
    Json process { { "terminal", exec.hasTty }, { "args", exec.cmd }, { "env", std::move(env) },
        { "cwd", cwd.empty() ? "/" : cwd }, { "noNewPrivileges", config.host.noNewPrivileges } };
    auto capabilities = allCapabilities();
    if (!exec.isPrivileged) {
        PL_TRY(capabilities, effectiveCapabilities(config.host));
    }
    // Who is not root loses the last two by execve(2); inheritable and ambient stay empty.
    process["capabilities"] = { { "bounding", capabilities }, { "permitted", capabilities },
        { "effective", capabilities } };
    process["user"] = { { "uid", 0 }, { "gid", 0 } };
    if (!config.host.ulimits.empty())
        process["rlimits"] = rlimitsJson(config.host.ulimits);
    if (const auto [rows, columns] = exec.consoleRowsColumns; rows != 0 && columns != 0)
        process["consoleSize"] = { { "height", rows }, { "width", columns } };
    return process;
}

} // namespace portlight::core
