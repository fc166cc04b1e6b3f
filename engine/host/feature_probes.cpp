#include "engine/host/feature_probes.h"

#include "engine/base/syscalls.h"
#include "engine/host/subordinate_ids.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace portlight::host {

namespace {

Feature present(std::string key, std::string group, std::string detail)
{
    return Feature { std::move(key), std::move(group), true, std::move(detail), {}, {} };
}

Feature missing(std::string key, std::string group, std::string cause, std::string fix)
{
    return Feature { std::move(key), std::move(group), false, {}, std::move(cause),
        std::move(fix) };
}

bool exists(const char* path)
{
    return ::access(path, F_OK) == 0;
}

// The number in a file of /proc/sys; fallback where it is absent.
long readNumber(const char* path, long fallback)
{
    const auto text = readFile(path, 4096);
    return text ? std::strtol(text.value().c_str(), nullptr, 10) : fallback;
}

Feature probeUserNamespaces()
{
    constexpr const char* kKey = "userns";
    constexpr const char* kGroup = "namespaces";
    if (!exists("/proc/self/ns/user"))
        return missing(kKey, kGroup, "this kernel has no user namespaces",
            "use a kernel built with CONFIG_USER_NS=y");
    if (readNumber("/proc/sys/user/max_user_namespaces", 1) == 0)
        return missing(kKey, kGroup, "user.max_user_namespaces is 0",
            "sysctl -w user.max_user_namespaces=28633 (and the same line in /etc/sysctl.d)");
    if (readNumber("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
        return missing(kKey, kGroup, "kernel.unprivileged_userns_clone is 0",
            "sysctl -w kernel.unprivileged_userns_clone=1 (and the same line in /etc/sysctl.d)");
    if (readNumber("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1)
        return missing(kKey, kGroup,
            "AppArmor lets no unprivileged program make user namespaces "
            "(kernel.apparmor_restrict_unprivileged_userns is 1)",
            "install the AppArmor profile of Portlight, or: "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    return present(kKey, kGroup, "user namespaces can be made");
}

bool hasFileSystem(std::string_view name)
{
    const auto text = readFile("/proc/filesystems", 65536);
    return text && text.value().find("\t" + std::string(name) + "\n") != std::string::npos;
}

// Landlock's version of its rules; -1 where it is not there. landlock_create_ruleset(2).
long landlockVersion()
{
    constexpr long kCreateRuleset = 444;
    constexpr unsigned kGetVersion = 1;
    return ::syscall(kCreateRuleset, nullptr, 0, kGetVersion);
}

Feature probeProgram(
    const char* key, const char* group, const char* program, const char* what, const char* package)
{
    const std::string path = findProgram(program);
    if (path.empty())
        return missing(key, group, std::string(program) + " is not installed (" + what + ")",
            std::string("apt-get install ") + package);
    return present(key, group, path);
}

} // namespace

void probeNamespaces(HostReport& report)
{
    static constexpr std::pair<const char*, const char*> kKinds[] = { { "pid", "PID_NS" },
        { "mnt", "NAMESPACES" }, { "uts", "UTS_NS" }, { "ipc", "IPC_NS" }, { "net", "NET_NS" },
        { "cgroup", "CGROUPS" }, { "time", "TIME_NS" } };
    for (const auto& [kind, option] : kKinds) {
        const std::string key = "namespace." + std::string(kind);
        if (exists(("/proc/self/ns/" + std::string(kind)).c_str()))
            report.features.push_back(present(key, "namespaces", "in this kernel"));
        else
            report.features.push_back(missing(key, "namespaces",
                "this kernel has no " + std::string(kind) + " namespaces",
                "use a kernel built with CONFIG_" + std::string(option) + "=y"));
    }
    report.features.push_back(probeUserNamespaces());
}

void probeIds(HostReport& report)
{
    if (!report.isRootless) {
        report.features.push_back(
            present("subordinate-ids", "ids", "not needed: the engine runs as root"));
        return;
    }
    // Inside the engine's namespace the map says what was had, whatever the files hold by now.
    const auto map = readFile("/proc/self/uid_map", 65536);
    std::uint64_t mapped = 0;
    if (map) {
        std::string_view text = map.value();
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            const std::string line(text.substr(0, end));
            unsigned long inside = 0;
            unsigned long outside = 0;
            unsigned long count = 0;
            if (std::sscanf(line.c_str(), "%lu %lu %lu", &inside, &outside, &count) == 3)
                mapped += count;
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }
    if (mapped > 1) {
        report.features.push_back(
            present("subordinate-ids", "ids", std::to_string(mapped) + " ids mapped"));
        return;
    }
    const char* helper = findProgram("newuidmap").empty() ? "apt-get install uidmap; " : "";
    report.features.push_back(missing("subordinate-ids", "ids",
        "only one id is mapped: images with files of several owners cannot be unpacked with their "
        "owners (no range for this user in /etc/subuid and /etc/subgid, or no newuidmap)",
        std::string(helper)
            + "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER, then start "
              "the engine again when no container runs"));
}

void probeStorage(HostReport& report)
{
    if (!hasFileSystem("overlay")) {
        report.features.push_back(missing("overlay", "storage",
            "the kernel does not list overlayfs in /proc/filesystems", "modprobe overlay"));
        return;
    }
    report.features.push_back(present("overlay", "storage", "overlayfs in this kernel"));
    // userxattr came with 5.11, together with overlay mounts in user namespaces.
    int major = 0;
    int minor = 0;
    const bool isKnown = std::sscanf(report.kernelRelease.c_str(), "%d.%d", &major, &minor) == 2;
    report.hasOverlayUserXattr = isKnown && (major > 5 || (major == 5 && minor >= 11));
    if (report.hasOverlayUserXattr)
        report.features.push_back(
            present("overlay.userxattr", "storage", "overlay in user namespaces"));
    else
        report.features.push_back(missing("overlay.userxattr", "storage",
            "kernel " + report.kernelRelease + " mounts no overlay in user namespaces",
            "use a kernel of version 5.11 or newer, or run the engine as root"));
}

void probeSecurity(HostReport& report)
{
    // A null program is refused with EFAULT by a kernel that knows filters. seccomp(2).
    const bool hasFilters =
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr, 0, 0) != 0 && errno == EFAULT;
    report.features.push_back(hasFilters
            ? present("seccomp", "security", "filters")
            : missing("seccomp", "security", "this kernel has no seccomp filters",
                  "use a kernel built with CONFIG_SECCOMP_FILTER=y"));
    const long landlock = landlockVersion();
    report.features.push_back(landlock > 0
            ? present("landlock", "security", "version " + std::to_string(landlock))
            : missing("landlock", "security", "Landlock is not built in or not enabled",
                  "add landlock to the kernel's lsm= option"));
}

void probeNetwork(HostReport& report)
{
    const int tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    const int number = errno;
    if (tun >= 0)
        ::close(tun);
    if (tun >= 0 || !report.isRootless)
        report.features.push_back(tun >= 0
                ? present("tun", "network", "/dev/net/tun")
                : missing(
                      "tun", "network", "open /dev/net/tun: " + errnoText(number), "modprobe tun"));
    else
        report.features.push_back(missing("tun", "network",
            "open /dev/net/tun: " + errnoText(number)
                + " (outbound networking of a rootless engine needs it)",
            number == ENOENT ? "as root: modprobe tun" : "as root: chmod 0666 /dev/net/tun"));
    report.features.push_back(probeProgram(
        "pasta", "network", "pasta", "outbound networking of a rootless engine", "passt"));
    report.features.push_back(probeProgram("slirp4netns", "network", "slirp4netns",
        "outbound networking where pasta is missing", "slirp4netns"));
    report.features.push_back(
        probeProgram("nftables", "network", "nft", "published ports and filters", "nftables"));
}

void probePressure(HostReport& report)
{
    const auto text = readFile("/proc/pressure/cpu", 4096);
    report.features.push_back(text
            ? present("psi", "cgroups", "pressure stall information")
            : missing("psi", "cgroups",
                  "/proc/pressure cannot be read: pressure figures are not known",
                  "boot with psi=1 on a kernel built with CONFIG_PSI=y"));
}

} // namespace portlight::host
