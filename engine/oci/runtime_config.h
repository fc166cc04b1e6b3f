#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// A bundle's config.json as values (runtime-spec v1.3 config.md, config-linux.md). Parsing checks
/// types, ranges and what the spec requires; whether the host can do it is the runtime's matter.
namespace portlight::oci {

struct IdMapping {
    std::uint32_t containerId = 0;
    std::uint32_t hostId = 0;
    std::uint32_t size = 0;
};

struct ProcessUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::optional<std::uint32_t> umask;
    std::vector<std::uint32_t> additionalGids;
    bool keepsGroups = false; ///< those of the caller: annotation "run.oci.keep_original_groups"
};

struct ConsoleSize {
    std::uint16_t columns = 0;
    std::uint16_t rows = 0;
};

struct Rlimit {
    std::string type; ///< "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// Names as in capabilities(7): "CAP_CHOWN". One list per set.
struct CapabilitySets {
    std::vector<std::string> bounding;
    std::vector<std::string> effective;
    std::vector<std::string> permitted;
    std::vector<std::string> inheritable;
    std::vector<std::string> ambient;
};

/// process.scheduler, sched_setattr(2); names as in the spec, checked where they are used.
struct Scheduler {
    std::string policy; ///< "SCHED_FIFO"
    std::int32_t nice = 0;
    std::int32_t priority = 0;
    std::vector<std::string> flags;
    std::optional<std::uint64_t> runtimeNanoseconds;
    std::optional<std::uint64_t> deadlineNanoseconds;
    std::optional<std::uint64_t> periodNanoseconds;
};

struct IoPriority {
    std::string className; ///< "IOPRIO_CLASS_BE"
    int priority = 0; ///< 0 (highest) – 7
};

/// Lists of CPUs ("0-3,7") of a process that joins a container; empty: not changed.
struct CpuAffinity {
    std::string initial; ///< until it is in the container's cgroup
    std::string final; ///< from then on
};

struct Process {
    bool hasTerminal = false;
    std::optional<ConsoleSize> consoleSize;
    ProcessUser user;
    std::vector<std::string> args; ///< at least one
    std::vector<std::string> env; ///< "NAME=value"
    std::string cwd; ///< absolute
    std::optional<CapabilitySets> capabilities; ///< nullopt: no capability at all
    std::vector<Rlimit> rlimits;
    bool hasNoNewPrivileges = false;
    std::optional<int> oomScoreAdj;
    std::string apparmorProfile;
    std::string selinuxLabel;
    std::optional<Scheduler> scheduler;
    std::optional<IoPriority> ioPriority;
    CpuAffinity execCpuAffinity;
};

struct Mount {
    std::string destination; ///< absolute path inside the container
    std::string type;
    std::string source;
    std::vector<std::string> options;
    std::vector<IdMapping> uidMappings;
    std::vector<IdMapping> gidMappings;
};

struct Namespace {
    std::string type; ///< "pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"
    std::string path; ///< join this one; empty: make a new one
};

struct Device {
    char type = 'c'; ///< c, u, b or p
    std::string path;
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::optional<std::uint32_t> fileMode;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// A rule of the device allow-list; -1 stands for every number.
struct DeviceRule {
    bool isAllowed = false;
    char type = 'a'; ///< a, b or c
    std::int64_t major = -1;
    std::int64_t minor = -1;
    std::string access; ///< of "rwm"
};

struct MemoryLimits {
    std::optional<std::int64_t> limitBytes; ///< -1: none
    std::optional<std::int64_t> reservationBytes;
    std::optional<std::int64_t> swapBytes; ///< memory and swap together; -1: none
    std::optional<std::uint64_t> swappiness;
    std::optional<bool> isOomKillerDisabled;
    bool isCheckedBeforeUpdate = false; ///< refuse a limit below what is in use
    bool hasKernelLimits = false; ///< the deprecated kernel, kernelTCP
};

struct CpuLimits {
    std::optional<std::uint64_t> shares;
    std::optional<std::int64_t> quotaMicroseconds; ///< -1: none
    std::optional<std::uint64_t> periodMicroseconds;
    std::optional<std::uint64_t> burstMicroseconds;
    std::optional<std::int64_t> realtimeRuntimeMicroseconds;
    std::optional<std::uint64_t> realtimePeriodMicroseconds;
    std::optional<std::int64_t> idle;
    std::string cpus; ///< "0-3,7"
    std::string mems;
};

struct DeviceRate {
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::uint64_t value = 0; ///< bytes or operations a second, or a weight
};

struct BlockIoLimits {
    std::optional<std::uint16_t> weight; ///< 10–1000
    bool hasLeafWeight = false; ///< leafWeight, which kernels have no file for any more
    std::vector<DeviceRate> weightDevice;
    std::vector<DeviceRate> readBps;
    std::vector<DeviceRate> writeBps;
    std::vector<DeviceRate> readIops;
    std::vector<DeviceRate> writeIops;
};

struct RdmaLimit {
    std::optional<std::uint32_t> handles;
    std::optional<std::uint32_t> objects;
};

struct NetworkLimits {
    std::optional<std::uint32_t> classId;
    std::map<std::string, std::uint32_t> priorities; ///< interface name to priority
};

struct Resources {
    MemoryLimits memory;
    CpuLimits cpu;
    BlockIoLimits blockIo;
    std::optional<std::int64_t> pidsLimit; ///< -1: none
    std::vector<DeviceRule> devices;
    std::map<std::string, std::uint64_t> hugepageLimits; ///< page size ("2MB") to bytes
    std::map<std::string, RdmaLimit> rdma; ///< by device name
    NetworkLimits network;
    std::map<std::string, std::string> unified; ///< cgroup v2 file to value
};

/// linux.timeOffsets: what a time namespace adds to "monotonic" or "boottime".
struct TimeOffset {
    std::string clock;
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
};

struct Personality {
    std::string domain; ///< "LINUX" or "LINUX32"
    std::vector<std::string> flags;
};

/// linux.netDevices: a device of the runtime's network namespace that the container gets.
struct NetDevice {
    std::string hostName;
    std::string name; ///< in the container
};

/// linux.memoryPolicy, set_mempolicy(2); names are checked where they are used.
struct MemoryPolicy {
    std::string mode; ///< "MPOL_BIND"
    std::string nodes; ///< "0-1,3"
    std::vector<std::string> flags;
};

struct LinuxConfig {
    std::vector<Namespace> namespaces;
    std::vector<IdMapping> uidMappings;
    std::vector<IdMapping> gidMappings;
    std::vector<Device> devices;
    std::string cgroupsPath;
    Resources resources;
    std::string rootfsPropagation; ///< "", "private", "slave", "shared", "unbindable", or r…
    std::vector<std::string> maskedPaths;
    std::vector<std::string> readonlyPaths;
    std::map<std::string, std::string> sysctl;
    Json seccomp; ///< as it stands; null: none
    std::string mountLabel;
    std::vector<TimeOffset> timeOffsets;
    std::optional<Personality> personality;
    std::optional<MemoryPolicy> memoryPolicy;
    bool hasIntelRdt = false;
    std::vector<NetDevice> netDevices;

    const Namespace* findNamespace(const std::string& type) const;
};

struct Hook {
    std::string path;
    std::vector<std::string> args;
    std::vector<std::string> env;
    std::optional<std::int64_t> timeoutSeconds;
};

struct Hooks {
    std::vector<Hook> prestart;
    std::vector<Hook> createRuntime;
    std::vector<Hook> createContainer;
    std::vector<Hook> startContainer;
    std::vector<Hook> poststart;
    std::vector<Hook> poststop;
};

struct RuntimeConfig {
    std::string ociVersion;
    std::string rootPath; ///< absolute, or relative to the bundle
    bool isRootReadOnly = false;
    std::optional<Process> process;
    std::string hostname;
    std::string domainname;
    std::vector<Mount> mounts;
    Hooks hooks;
    std::map<std::string, std::string> annotations;
    LinuxConfig linuxConfig;
};

/// Errors: InvalidArgument naming the field.
Result<RuntimeConfig> runtimeConfigFromJson(const Json& json);
/// `process` alone, as an exec request has it. Errors as above.
Result<Process> processFromJson(const Json& json);
/// `linux.resources` alone, as an update has it. Errors as above.
Result<Resources> resourcesFromJson(const Json& json);

} // namespace portlight::oci
