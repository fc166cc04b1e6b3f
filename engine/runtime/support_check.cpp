#include "engine/runtime/support_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace portlight::runtime {

namespace {

Result<void> checkLinux(const oci::LinuxConfig& config)
{
    if (config.hasIntelRdt)
        return makeError(Errc::NotImplemented,
            "linux.intelRdt is not supported: cache and memory bandwidth cannot be shared out by "
            "this runtime");
    if (!config.netDevices.empty() && config.findNamespace("network") == nullptr)
        return makeError(Errc::InvalidArgument,
            "linux.netDevices needs a network namespace of the container: without one its devices "
            "are the host's already");
    if (!config.timeOffsets.empty() && config.findNamespace("time") == nullptr)
        return makeError(
            Errc::InvalidArgument, "linux.timeOffsets needs a time namespace of the container");
    const oci::Namespace* const time = config.findNamespace("time");
    if (!config.timeOffsets.empty() && !time->path.empty())
        return makeError(Errc::InvalidArgument,
            "linux.timeOffsets cannot be set in a time namespace that exists already");
    const oci::Namespace* const user = config.findNamespace("user");
    const bool hasNewUser = user != nullptr && user->path.empty();
    if (!hasNewUser && (!config.uidMappings.empty() || !config.gidMappings.empty())
        && user == nullptr)
        return makeError(
            Errc::InvalidArgument, "uidMappings and gidMappings need a user namespace");
    if (!config.mountLabel.empty() && ::access("/sys/fs/selinux/enforce", F_OK) != 0)
        return makeError(
            Errc::Unavailable, "linux.mountLabel is set, but SELinux is not enabled on this host");
    return success();
}

bool isOneOf(const std::string& name, std::initializer_list<std::string_view> list)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

// The kind of namespace that keeps the parameter apart from the host's; empty: none does.
std::string namespaceOfSysctl(const std::string& name)
{
    if (name.starts_with("net."))
        return "network";
    if (name.starts_with("fs.mqueue.")
        || isOneOf(name,
            { "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
                "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.msg_next_id",
                "kernel.sem_next_id", "kernel.shm_next_id", "kernel.auto_msgmni" }))
        return "ipc";
    if (isOneOf(name, { "kernel.domainname", "kernel.hostname" }))
        return "uts";
    return name.starts_with("user.") ? "user" : "";
}

// A parameter of the kernel as a whole would be changed for the host, too.
Result<void> checkSysctl(const oci::RuntimeConfig& config)
{
    for (const auto& [given, value] : config.linuxConfig.sysctl) {
        std::string name = given;
        std::replace(name.begin(), name.end(), '/', '.');
        const std::string kind = namespaceOfSysctl(name);
        const std::string quoted = "sysctl \"" + given + "\"";
        if (kind.empty())
            return makeError(
                Errc::InvalidArgument, quoted + " is not in a separate kernel namespace");
        if (config.linuxConfig.findNamespace(kind) == nullptr)
            return makeError(Errc::InvalidArgument,
                quoted + " would be the host's: the container has no " + kind
                    + " namespace of its own");
        if (name == "kernel.hostname")
            return makeError(Errc::InvalidArgument,
                quoted + " conflicts with the field 'hostname', which sets the same");
        if (name == "kernel.domainname" && !config.domainname.empty() && value != config.domainname)
            return makeError(Errc::InvalidArgument,
                quoted + " conflicts with the field 'domainname', which sets the same");
    }
    return success();
}

Result<void> checkHostNames(const oci::RuntimeConfig& config)
{
    const bool hasUts = config.linuxConfig.findNamespace("uts") != nullptr;
    if (!hasUts && !config.hostname.empty())
        return makeError(Errc::InvalidArgument,
            "hostname needs a UTS namespace of the container: it would be the host's");
    if (!hasUts && !config.domainname.empty())
        return makeError(Errc::InvalidArgument,
            "domainname needs a UTS namespace of the container: it would be the host's");
    return success();
}

} // namespace

Result<void> checkSupported(const oci::RuntimeConfig& config)
{
    PL_TRY(checkHostNames(config));
    PL_TRY(checkSysctl(config));
    return checkLinux(config.linuxConfig);
}

} // namespace portlight::runtime
