#include "engine/base/syscalls.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/verbs.h"
#include "engine/runtime/container_state.h"

#include <fcntl.h>
#include <unistd.h>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "rootless" }, { "bundle", 'b', true } };

Json mount(
    const char* destination, const char* type, const char* source, std::vector<std::string> options)
{
    return Json { { "destination", destination }, { "type", type }, { "source", source },
        { "options", std::move(options) } };
}

Json mounts(bool isRootless)
{
    std::vector<std::string> devpts { "nosuid", "noexec", "newinstance", "ptmxmode=0666",
        "mode=0620" };
    if (!isRootless) // the group need not be mapped
        devpts.emplace_back("gid=5");
    Json list = Json::array({ mount("/proc", "proc", "proc", {}),
        mount("/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" }),
        mount("/dev/pts", "devpts", "devpts", std::move(devpts)),
        mount("/dev/shm", "tmpfs", "shm",
            { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" }),
        mount("/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" }) });
    if (isRootless)
        list.push_back(
            mount("/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "rro" }));
    else
        list.push_back(mount("/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" }));
    list.push_back(mount(
        "/sys/fs/cgroup", "cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro" }));
    return list;
}

Json process()
{
    const std::vector<std::string> capabilities { "CAP_AUDIT_WRITE", "CAP_KILL",
        "CAP_NET_BIND_SERVICE" };
    return Json { { "terminal", true }, { "user", { { "uid", 0 }, { "gid", 0 } } },
        { "args", { "sh" } },
        { "env",
            { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm" } },
        { "cwd", "/" },
        { "capabilities",
            { { "bounding", capabilities }, { "effective", capabilities },
                { "permitted", capabilities } } },
        { "rlimits",
            Json::array({ { { "type", "RLIMIT_NOFILE" }, { "hard", 1024 }, { "soft", 1024 } } }) },
        { "noNewPrivileges", true } };
}

Json linuxPart(bool isRootless)
{
    std::vector<const char*> kinds { "pid", "ipc", "uts", "mount", "cgroup" };
    kinds.push_back(isRootless ? "user" : "network");
    Json namespaces = Json::array();
    for (const char* kind : kinds)
        namespaces.push_back({ { "type", kind } });
    Json part { { "namespaces", namespaces },
        { "maskedPaths",
            { "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
                "/proc/interrupts", "/sys/firmware", "/sys/devices/virtual/powercap" } },
        { "readonlyPaths",
            { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" } } };
    if (isRootless) {
        const auto own = [](unsigned id) {
            return Json::array({ { { "containerID", 0 }, { "hostID", id }, { "size", 1 } } });
        };
        part["uidMappings"] = own(::geteuid());
        part["gidMappings"] = own(::getegid());
    } else {
        part["resources"] = { { "devices",
            Json::array({ { { "allow", false }, { "access", "rwm" } } }) } };
    }
    return part;
}

} // namespace

// spec: writes a config.json to begin with.
Result<int> specVerb(const Context&, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    if (!parsed.words.empty())
        return makeError(Errc::InvalidArgument, "spec takes no argument");
    const bool isRootless = parsed.has("rootless");
    const Json config { { "ociVersion", runtime::kOciVersion }, { "process", process() },
        { "root", { { "path", "rootfs" }, { "readonly", true } } }, { "hostname", "portlight" },
        { "mounts", mounts(isRootless) }, { "linux", linuxPart(isRootless) } };
    const std::string path = parsed.value("bundle", ".") + "/config.json";
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_CREAT | O_EXCL, 0666));
    PL_TRY(writeAll(file, dumpJson(config, 4) + "\n"));
    return 0;
}

} // namespace portlight::oci_cli
