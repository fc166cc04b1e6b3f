#include "engine/runtime/support_check.h"

#include <fcntl.h>
#include <unistd.h>

namespace portlight::runtime {

namespace {

Result<void> checkLinux(const oci::LinuxConfig& config)
{
    if (config.hasIntelRdt)
        return makeError(Errc::NotImplemented,
            "linux.intelRdt is not supported: cache and memory bandwidth cannot be shared out by "
            "this runtime");
    if (config.hasNetDevices)
        return makeError(Errc::NotImplemented,
            "linux.netDevices is not supported: move the device with "
            "'ip link set DEVICE netns PID' once the container is created");
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
    return checkLinux(config.linuxConfig);
}

} // namespace portlight::runtime
