#include "engine/runtime/process_attributes.h"

#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

namespace portlight::runtime {

namespace {

struct Constant {
    std::string_view name;
    std::uint64_t value;
};

constexpr Constant kPolicies[] { { "SCHED_OTHER", SCHED_NORMAL }, { "SCHED_FIFO", SCHED_FIFO },
    { "SCHED_RR", SCHED_RR }, { "SCHED_BATCH", SCHED_BATCH }, { "SCHED_ISO", 4 },
    { "SCHED_IDLE", SCHED_IDLE }, { "SCHED_DEADLINE", SCHED_DEADLINE } };
constexpr Constant kSchedulerFlags[] { { "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
    { "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
    { "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
    { "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
    { "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
    { "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
    { "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX } };
// The kernel's ABI, ioprio_set(2). Written out: since 6.1.192 <linux/ioprio.h> has a function with
// a parameter named `class`, which C++ cannot read.
constexpr Constant kIoClasses[] { { "IOPRIO_CLASS_RT", 1 }, { "IOPRIO_CLASS_BE", 2 },
    { "IOPRIO_CLASS_IDLE", 3 } };
constexpr int kIoPriorityOfProcess = 1; // IOPRIO_WHO_PROCESS
constexpr int kIoClassShift = 13; // IOPRIO_CLASS_SHIFT: class above, level below
constexpr Constant kMemoryModes[] { { "MPOL_DEFAULT", MPOL_DEFAULT }, { "MPOL_BIND", MPOL_BIND },
    { "MPOL_INTERLEAVE", MPOL_INTERLEAVE }, { "MPOL_WEIGHTED_INTERLEAVE", 6 },
    { "MPOL_PREFERRED", MPOL_PREFERRED }, { "MPOL_PREFERRED_MANY", 5 },
    { "MPOL_LOCAL", MPOL_LOCAL } };
constexpr Constant kMemoryFlags[] { { "MPOL_F_NUMA_BALANCING", 1U << 13U },
    { "MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES },
    { "MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES } };

// sched_setattr(2); glibc has neither the call nor the structure.
struct SchedulerAttributes {
    std::uint32_t size;
    std::uint32_t policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime;
    std::uint64_t deadline;
    std::uint64_t period;
};

template <std::size_t Size>
Result<std::uint64_t> valueOf(
    const Constant (&table)[Size], const std::string& name, const char* field)
{
    const auto* const found = std::find_if(std::begin(table), std::end(table),
        [&name](const Constant& each) { return each.name == name; });
    if (found == std::end(table))
        return makeError(
            Errc::InvalidArgument, "unknown " + std::string(field) + " '" + name + "'");
    return found->value;
}

Result<void> applyPersonality(const oci::Personality& wanted)
{
    if (!wanted.flags.empty())
        return makeError(
            Errc::InvalidArgument, "unknown personality flag '" + wanted.flags.front() + "'");
    if (wanted.domain != "LINUX" && wanted.domain != "LINUX32")
        return makeError(
            Errc::InvalidArgument, "unknown personality domain '" + wanted.domain + "'");
    if (::personality(wanted.domain == "LINUX" ? PER_LINUX : PER_LINUX32) < 0)
        return errnoError(errno, "set personality " + wanted.domain);
    return success();
}

// "0-1,3" as a bit mask of unsigned longs.
Result<std::vector<unsigned long>> nodeMask(const std::string& text)
{
    constexpr unsigned long kMaxNodes = 1024;
    constexpr unsigned long kWordBits = sizeof(unsigned long) * CHAR_BIT;
    std::vector<unsigned long> mask(kMaxNodes / kWordBits);
    const auto wrong = [&text] {
        return makeError(Errc::InvalidArgument, "'" + text + "' is not a list of memory nodes");
    };
    const char* at = text.c_str();
    while (*at != '\0') {
        char* end = nullptr;
        const unsigned long first = std::strtoul(at, &end, 10);
        unsigned long last = first;
        if (end == at)
            return wrong();
        if (*end == '-') {
            at = end + 1;
            last = std::strtoul(at, &end, 10);
            if (end == at)
                return wrong();
        }
        if (last < first || last >= kMaxNodes || (*end != ',' && *end != '\0'))
            return wrong();
        for (unsigned long node = first; node <= last; ++node)
            mask[node / kWordBits] |= 1UL << (node % kWordBits);
        at = *end == ',' ? end + 1 : end;
    }
    return mask;
}

Result<void> applyMemoryPolicy(const oci::MemoryPolicy& policy)
{
    PL_TRY(auto mode, valueOf(kMemoryModes, policy.mode, "memoryPolicy mode"));
    for (const std::string& name : policy.flags) {
        PL_TRY(const auto flag, valueOf(kMemoryFlags, name, "memoryPolicy flag"));
        mode |= flag;
    }
    PL_TRY(const auto mask, nodeMask(policy.nodes));
    const unsigned long bits = policy.nodes.empty() ? 0 : mask.size() * sizeof mask[0] * CHAR_BIT;
    if (::syscall(SYS_set_mempolicy, mode, bits == 0 ? nullptr : mask.data(), bits) != 0)
        return errnoError(errno, "set memory policy " + policy.mode);
    return success();
}

// The kernel says EINVAL for all of it. sched(7), SCHED_DEADLINE.
Result<void> checkDeadline(const oci::Scheduler& scheduler)
{
    constexpr std::uint64_t kMinRuntime = 1024; // DL_SCALE
    constexpr std::uint64_t kMaxRuntime = INT64_MAX;
    const auto wrong = [](const std::string& text) {
        return makeError(Errc::InvalidArgument, "sched_setattr: `SCHED_DEADLINE` " + text);
    };
    if (scheduler.policy != "SCHED_DEADLINE")
        return success();
    if (!scheduler.runtimeNanoseconds)
        return wrong("requires `runtime`");
    if (!scheduler.deadlineNanoseconds)
        return wrong("requires `deadline`");
    const std::uint64_t runtime = *scheduler.runtimeNanoseconds;
    const std::uint64_t deadline = *scheduler.deadlineNanoseconds;
    const std::uint64_t period = scheduler.periodNanoseconds.value_or(0);
    const auto named = [](const char* name, std::uint64_t value) {
        return std::string(name) + " (" + std::to_string(value) + " ns) ";
    };
    if (runtime == 0)
        return wrong("runtime must be greater than 0");
    if (runtime < kMinRuntime || runtime > kMaxRuntime)
        return wrong(named("runtime", runtime) + "must be between " + std::to_string(kMinRuntime)
            + " and " + std::to_string(kMaxRuntime));
    if (runtime > deadline)
        return wrong(named("runtime", runtime) + "must be <= " + named("deadline", deadline));
    if (period != 0 && deadline > period)
        return wrong(named("deadline", deadline) + "must be <= " + named("period", period));
    return success();
}

Error schedulerError(int number, const oci::Scheduler& scheduler)
{
    Error error = errnoError(number, "set scheduler " + scheduler.policy);
    if (number == EPERM)
        error.message += " (needs CAP_SYS_NICE, and in a cgroup of version 1 a share of "
                         "cpu.rt_runtime_us)";
    return error;
}

} // namespace

Result<void> applyScheduler(const oci::Scheduler& scheduler)
{
    PL_TRY(checkDeadline(scheduler));
    SchedulerAttributes attributes {};
    attributes.size = sizeof attributes;
    PL_TRY(const auto policy, valueOf(kPolicies, scheduler.policy, "scheduler policy"));
    attributes.policy = static_cast<std::uint32_t>(policy);
    for (const std::string& name : scheduler.flags) {
        PL_TRY(const auto flag, valueOf(kSchedulerFlags, name, "scheduler flag"));
        attributes.flags |= flag;
    }
    attributes.nice = scheduler.nice;
    attributes.priority = static_cast<std::uint32_t>(scheduler.priority);
    attributes.runtime = scheduler.runtimeNanoseconds.value_or(0);
    attributes.deadline = scheduler.deadlineNanoseconds.value_or(0);
    attributes.period = scheduler.periodNanoseconds.value_or(0);
    if (::syscall(SYS_sched_setattr, 0, &attributes, 0U) != 0)
        return schedulerError(errno, scheduler);
    return success();
}

Result<void> applyIoPriority(const oci::IoPriority& priority)
{
    PL_TRY(const auto group, valueOf(kIoClasses, priority.className, "ioPriority class"));
    const auto value = (static_cast<int>(group) << kIoClassShift) | priority.priority;
    if (::syscall(SYS_ioprio_set, kIoPriorityOfProcess, 0, value) != 0)
        return errnoError(errno, "set I/O priority " + priority.className);
    return success();
}

Result<void> applyExecutionDomain(const oci::LinuxConfig& config)
{
    if (config.personality) {
        PL_TRY(applyPersonality(*config.personality));
    }
    if (config.memoryPolicy)
        return applyMemoryPolicy(*config.memoryPolicy);
    return success();
}

} // namespace portlight::runtime
