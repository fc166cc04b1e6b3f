#include "engine/runtime/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace portlight::runtime {

namespace {

// capabilities(7), in the order of their numbers.
constexpr std::string_view kNames[] { "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER",
    "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
    "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
    "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE",
    "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON",
    "BPF", "CHECKPOINT_RESTORE" };
constexpr int kCount = static_cast<int>(std::size(kNames));

constexpr CapabilityMask bit(int number)
{
    return CapabilityMask { 1 } << static_cast<unsigned>(number);
}

CapabilityMask maskOf(const std::vector<std::string>& names)
{
    CapabilityMask mask = 0;
    for (const std::string& name : names) {
        if (const auto number = capabilityNumber(name))
            mask |= bit(*number);
    }
    return mask;
}

struct KernelSets {
    __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3] {};
};

std::uint32_t low(CapabilityMask mask)
{
    return static_cast<std::uint32_t>(mask);
}

std::uint32_t high(CapabilityMask mask)
{
    return static_cast<std::uint32_t>(mask >> 32U);
}

} // namespace

std::optional<int> capabilityNumber(const std::string& name)
{
    if (!name.starts_with("CAP_"))
        return std::nullopt;
    for (int number = 0; number < kCount; ++number) {
        if (std::string_view(name).substr(4) == kNames[number])
            return number;
    }
    return std::nullopt;
}

std::vector<std::string> capabilityNames()
{
    std::vector<std::string> names;
    for (const std::string_view name : kNames)
        names.push_back("CAP_" + std::string(name));
    return names;
}

CapabilityMasks capabilityMasks(const oci::CapabilitySets& sets)
{
    return CapabilityMasks { maskOf(sets.bounding), maskOf(sets.effective), maskOf(sets.permitted),
        maskOf(sets.inheritable), maskOf(sets.ambient) };
}

Result<void> limitBoundingSet(CapabilityMask mask)
{
    // Up to the first number that the kernel does not know (EINVAL), which may be beyond our names.
    for (int number = 0; number < 64; ++number) {
        if ((mask & bit(number)) != 0)
            continue;
        if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) {
            if (errno == EINVAL)
                return success();
            return errnoError(errno, "drop capability " + std::to_string(number));
        }
    }
    return success();
}

Result<void> applyCapabilities(const CapabilityMasks& masks)
{
    __user_cap_header_struct header { _LINUX_CAPABILITY_VERSION_3, 0 };
    KernelSets held;
    if (::syscall(SYS_capget, &header, held.words) != 0)
        return errnoError(errno, "read capabilities");
    // What we do not hold cannot be given; the spec wants the rest, not an error.
    const CapabilityMask mine =
        held.words[0].permitted | CapabilityMask { held.words[1].permitted } << 32U;
    const CapabilityMask permitted = masks.permitted & mine;
    const CapabilityMask effective = masks.effective & permitted;
    KernelSets wanted;
    wanted.words[0] = { low(effective), low(permitted), low(masks.inheritable & mine) };
    wanted.words[1] = { high(effective), high(permitted), high(masks.inheritable & mine) };
    if (::syscall(SYS_capset, &header, wanted.words) != 0)
        return errnoError(errno, "set capabilities");
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int number = 0; number < kCount; ++number) {
        if ((masks.ambient & permitted & masks.inheritable & bit(number)) == 0)
            continue;
        if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0)
            return errnoError(errno, "raise ambient capability " + std::to_string(number));
    }
    return success();
}

} // namespace portlight::runtime
