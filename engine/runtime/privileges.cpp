#include "engine/runtime/privileges.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/capabilities.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace portlight::runtime {

namespace {

struct LimitName {
    std::string_view name;
    __rlimit_resource number;
};

constexpr LimitName kLimits[] { { "RLIMIT_AS", RLIMIT_AS }, { "RLIMIT_CORE", RLIMIT_CORE },
    { "RLIMIT_CPU", RLIMIT_CPU }, { "RLIMIT_DATA", RLIMIT_DATA }, { "RLIMIT_FSIZE", RLIMIT_FSIZE },
    { "RLIMIT_LOCKS", RLIMIT_LOCKS }, { "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
    { "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE }, { "RLIMIT_NICE", RLIMIT_NICE },
    { "RLIMIT_NOFILE", RLIMIT_NOFILE }, { "RLIMIT_NPROC", RLIMIT_NPROC },
    { "RLIMIT_RSS", RLIMIT_RSS }, { "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
    { "RLIMIT_RTTIME", RLIMIT_RTTIME }, { "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
    { "RLIMIT_STACK", RLIMIT_STACK } };

Result<void> applyRlimit(const oci::Rlimit& limit)
{
    const auto* const found = std::find_if(std::begin(kLimits), std::end(kLimits),
        [&limit](const LimitName& each) { return each.name == limit.type; });
    if (found == std::end(kLimits))
        return makeError(Errc::InvalidArgument, "unknown rlimit '" + limit.type + "'");
    rlimit wanted { limit.soft, limit.hard };
    if (::setrlimit(found->number, &wanted) == 0)
        return success();
    rlimit present {};
    if (errno != EPERM || ::getrlimit(found->number, &present) != 0)
        return errnoError(errno, "set " + limit.type);
    wanted.rlim_max = std::min(wanted.rlim_max, present.rlim_max);
    wanted.rlim_cur = std::min(wanted.rlim_cur, wanted.rlim_max);
    if (::setrlimit(found->number, &wanted) != 0)
        return errnoError(errno, "set " + limit.type);
    return success();
}

// An unprivileged user namespace may have setgroups(2) switched off for good; then no group of the
// host can be dropped either way. user_namespaces(7).
bool isSetgroupsDenied()
{
    const auto text = readFile("/proc/self/setgroups");
    return text && text.value().starts_with("deny");
}

Result<void> switchIds(const oci::ProcessUser& user)
{
    if (::setresgid(user.gid, user.gid, user.gid) != 0)
        return errnoError(errno, "set group id " + std::to_string(user.gid));
    if (::setresuid(user.uid, user.uid, user.uid) != 0)
        return errnoError(errno, "set user id " + std::to_string(user.uid));
    return success();
}

Result<void> switchUser(const oci::ProcessUser& user)
{
    if (user.keepsGroups)
        return switchIds(user);
    const std::vector<gid_t> groups(user.additionalGids.begin(), user.additionalGids.end());
    if (::setgroups(groups.size(), groups.data()) != 0) {
        const int number = errno;
        if (number != EPERM || !groups.empty() || !isSetgroupsDenied())
            return errnoError(number, "set groups");
    }
    return switchIds(user);
}

Result<void> writeLabel(const char* const* files, const std::string& value, const char* what)
{
    for (; *files != nullptr; ++files) {
        auto written = writeExisting(*files, value);
        if (written)
            return success();
        if (written.error().code != Errc::NotFound)
            return withContext(written.error(), what);
    }
    return makeError(Errc::Unavailable, std::string(what) + ": this host does not have it enabled");
}

} // namespace

std::optional<int> rlimitNumber(std::string_view name)
{
    for (const LimitName& each : kLimits) {
        if (each.name == name)
            return each.number;
    }
    return std::nullopt;
}

Result<void> applyRlimits(const std::vector<oci::Rlimit>& limits)
{
    for (const oci::Rlimit& limit : limits) {
        PL_TRY(applyRlimit(limit));
    }
    return success();
}

Result<void> applySecurityLabels(const oci::Process& process)
{
    static constexpr const char* kAppArmor[] { "/proc/thread-self/attr/apparmor/exec", nullptr };
    static constexpr const char* kSelinux[] { "/proc/thread-self/attr/exec", nullptr };
    if (!process.apparmorProfile.empty() && process.apparmorProfile != "unconfined") {
        PL_TRY(writeLabel(kAppArmor, "exec " + process.apparmorProfile, "AppArmor profile"));
    }
    if (!process.selinuxLabel.empty()) {
        PL_TRY(writeLabel(kSelinux, process.selinuxLabel, "SELinux label"));
    }
    return success();
}

Result<Fd> dropPrivileges(const oci::Process& process, const SeccompFilter& filter)
{
    const CapabilityMasks masks =
        capabilityMasks(process.capabilities.value_or(oci::CapabilitySets {}));
    PL_TRY(limitBoundingSet(masks.bounding));
    Fd listener;
    if (!process.hasNoNewPrivileges) {
        PL_TRY(listener, installSeccomp(filter));
    }
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return errnoError(errno, "keep capabilities");
    PL_TRY(switchUser(process.user));
    if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0)
        return errnoError(errno, "keep capabilities");
    PL_TRY(applyCapabilities(masks));
    if (process.hasNoNewPrivileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return errnoError(errno, "set no_new_privs");
    return listener;
}

Result<void> applySysctl(const Fd& root, const std::map<std::string, std::string>& sysctl)
{
    for (const auto& [name, value] : sysctl) {
        std::string path = "/proc/sys/" + name;
        if (name.find('/') == std::string::npos)
            std::replace(path.begin() + 10, path.end(), '.', '/');
        PL_TRY(const auto file, openInRoot(root, path, O_WRONLY));
        struct statfs info {};
        if (::fstatfs(file.get(), &info) != 0)
            return errnoError(errno, "look at '" + path + "'");
        if (info.f_type != PROC_SUPER_MAGIC)
            return makeError(Errc::Forbidden, "'" + path + "' is not in procfs");
        auto written = writeAll(file, value);
        if (!written)
            return withContext(written.error(), "sysctl " + name);
    }
    return success();
}

} // namespace portlight::runtime
