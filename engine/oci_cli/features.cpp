#include "engine/oci_cli/options.h"
#include "engine/oci_cli/verbs.h"
#include "engine/runtime/capabilities.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/mount_options.h"

namespace portlight::oci_cli {

namespace {

Json seccompFeatures()
{
    return Json { { "enabled", true },
        { "actions",
            { "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP",
                "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG",
                "SCMP_ACT_NOTIFY" } },
        { "operators",
            { "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE",
                "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ" } },
        { "archs",
            { "SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_ARM",
                "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32",
                "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
                "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390", "SCMP_ARCH_S390X",
                "SCMP_ARCH_RISCV64" } },
        { "knownFlags",
            { "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" } },
        { "supportedFlags",
            { "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" } } };
}

Json memoryPolicyFeatures()
{
    return Json { { "modes",
                      { "MPOL_DEFAULT", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE",
                          "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL" } },
        { "flags", { "MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES" } } };
}

Json linuxFeatures()
{
    return Json { { "namespaces",
                      { "cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts" } },
        { "capabilities", runtime::capabilityNames() },
        { "cgroup",
            { { "v1", true }, { "v2", true }, { "systemd", false }, { "systemdUser", false },
                { "rdma", true } } },
        { "seccomp", seccompFeatures() }, { "apparmor", { { "enabled", true } } },
        { "selinux", { { "enabled", true } } }, { "intelRdt", { { "enabled", false } } },
        { "memoryPolicy", memoryPolicyFeatures() },
        { "mountExtensions", { { "idmap", { { "enabled", true } } } } },
        { "netDevices", { { "enabled", false } } } };
}

} // namespace

// features: what this runtime knows of the specification, whatever the host can (features.md).
Result<int> featuresVerb(const Context&, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions({}, arguments, true));
    if (!parsed.words.empty())
        return makeError(Errc::InvalidArgument, "features takes no argument");
    const Json features { { "ociVersionMin", "1.0.0" }, { "ociVersionMax", runtime::kOciVersion },
        { "hooks",
            { "prestart", "createRuntime", "createContainer", "startContainer", "poststart",
                "poststop" } },
        { "mountOptions", runtime::knownMountOptions() }, { "linux", linuxFeatures() } };
    PL_TRY(print(dumpJson(features, 2) + "\n"));
    return 0;
}

} // namespace portlight::oci_cli
