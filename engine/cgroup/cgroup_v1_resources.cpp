#include "engine/base/syscalls.h"
#include "engine/cgroup/cgroup_v1.h"
#include "engine/cgroup/device_rules.h"
#include "engine/cgroup/group_files.h"

#include <cerrno>

// Limits of version 1 groups: cgroup-v1/{memory,blkio-controller,cpusets,devices}.rst.
namespace portlight::cgroup {

namespace {

std::string trimmed(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

// A cpuset group without cpus and mems takes no process (ENOSPC): start with the parent's.
Result<void> inheritCpuset(const std::string& parent, const std::string& directory)
{
    for (const char* file : { "/cpuset.cpus", "/cpuset.mems" }) {
        if (trimmed(readText(directory + file)).empty()) {
            PL_TRY(writeValue(directory + file, trimmed(readText(parent + file))));
        }
    }
    return success();
}

template <class T>
Result<void> writeNumber(
    const std::string& directory, const char* file, const std::optional<T>& value)
{
    if (!value)
        return success();
    return writeValue(directory + "/" + file, std::to_string(*value));
}

Result<void> writeRates(
    const std::string& directory, const char* file, const std::vector<oci::DeviceRate>& rates)
{
    for (const oci::DeviceRate& rate : rates) {
        PL_TRY(writeValue(directory + "/" + file,
            std::to_string(rate.major) + ":" + std::to_string(rate.minor) + " "
                + std::to_string(rate.value)));
    }
    return success();
}

bool limitsMemory(const oci::MemoryLimits& memory)
{
    return memory.limitBytes || memory.reservationBytes || memory.swapBytes || memory.swappiness
        || memory.isOomKillerDisabled;
}

bool limitsBlockIo(const oci::BlockIoLimits& io)
{
    return io.weight || !io.weightDevice.empty() || !io.readBps.empty() || !io.writeBps.empty()
        || !io.readIops.empty() || !io.writeIops.empty();
}

bool limitsCpu(const oci::CpuLimits& cpu)
{
    return cpu.shares || cpu.quotaMicroseconds || cpu.periodMicroseconds || cpu.burstMicroseconds
        || cpu.realtimeRuntimeMicroseconds || cpu.realtimePeriodMicroseconds || cpu.idle;
}

} // namespace

Result<void> CgroupV1::prepareCpuset(const std::string& path) const
{
    const std::string top = directoryOf("cpuset", "");
    if (top.empty())
        return success();
    std::string parent = top;
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string directory = top + path.substr(0, end);
        PL_TRY(inheritCpuset(parent, directory));
        if (end == std::string::npos)
            return success();
        parent = directory;
    }
}

Result<void> CgroupV1::setMemory(const std::string& path, const oci::MemoryLimits& memory) const
{
    if (memory.hasKernelLimits)
        return makeError(Errc::NotImplemented,
            "memory.kernel and memory.kernelTCP are not supported: kernels since 5.16 count kernel "
            "memory in the memory limit");
    if (!limitsMemory(memory))
        return success();
    PL_TRY(require("memory", "memory limit"));
    const std::string directory = directoryOf("memory", path);
    const auto setSwap = [&]() -> Result<void> {
        auto written = writeNumber(directory, "memory.memsw.limit_in_bytes", memory.swapBytes);
        // Without swap accounting the file is missing; then there is no swap to limit either.
        if (!written && written.error().code == Errc::NotFound)
            return success();
        return written;
    };
    // memory <= memory+swap must hold after every write: raising starts with the sum.
    auto limited = writeNumber(directory, "memory.limit_in_bytes", memory.limitBytes);
    if (!limited && limited.error().sysErrno == EINVAL && memory.swapBytes) {
        PL_TRY(setSwap());
        limited = writeNumber(directory, "memory.limit_in_bytes", memory.limitBytes);
    }
    PL_TRY(std::move(limited));
    PL_TRY(setSwap());
    PL_TRY(writeNumber(directory, "memory.soft_limit_in_bytes", memory.reservationBytes));
    PL_TRY(writeNumber(directory, "memory.swappiness", memory.swappiness));
    if (memory.isOomKillerDisabled.value_or(false))
        return writeValue(directory + "/memory.oom_control", "1");
    return success();
}

Result<void> CgroupV1::setCpu(const std::string& path, const oci::CpuLimits& cpu) const
{
    if (limitsCpu(cpu)) {
        PL_TRY(require("cpu", "cpu limit"));
        const std::string directory = directoryOf("cpu", path);
        PL_TRY(writeNumber(directory, "cpu.shares", cpu.shares));
        PL_TRY(writeNumber(directory, "cpu.cfs_period_us", cpu.periodMicroseconds));
        PL_TRY(writeNumber(directory, "cpu.cfs_quota_us", cpu.quotaMicroseconds));
        PL_TRY(writeNumber(directory, "cpu.cfs_burst_us", cpu.burstMicroseconds));
        PL_TRY(writeNumber(directory, "cpu.rt_period_us", cpu.realtimePeriodMicroseconds));
        PL_TRY(writeNumber(directory, "cpu.rt_runtime_us", cpu.realtimeRuntimeMicroseconds));
        PL_TRY(writeNumber(directory, "cpu.idle", cpu.idle));
    }
    if (!cpu.cpus.empty() || !cpu.mems.empty()) {
        PL_TRY(require("cpuset", "cpuset"));
        const std::string directory = directoryOf("cpuset", path);
        if (!cpu.cpus.empty()) {
            PL_TRY(writeValue(directory + "/cpuset.cpus", cpu.cpus));
        }
        if (!cpu.mems.empty()) {
            PL_TRY(writeValue(directory + "/cpuset.mems", cpu.mems));
        }
    }
    return success();
}

Result<void> CgroupV1::setBlockIo(const std::string& path, const oci::BlockIoLimits& io) const
{
    if (io.hasLeafWeight)
        return makeError(Errc::NotImplemented,
            "blockIO.leafWeight is not supported: its scheduler (CFQ) is gone");
    if (!limitsBlockIo(io))
        return success();
    PL_TRY(require("io", "block I/O limit"));
    const std::string directory = directoryOf("blkio", path);
    if (io.weight) {
        auto written = writeNumber(directory, "blkio.weight", io.weight);
        if (!written && written.error().code == Errc::NotFound) // BFQ has its own name for it
            written = writeNumber(directory, "blkio.bfq.weight", io.weight);
        PL_TRY(std::move(written));
    }
    PL_TRY(writeRates(directory, "blkio.weight_device", io.weightDevice));
    PL_TRY(writeRates(directory, "blkio.throttle.read_bps_device", io.readBps));
    PL_TRY(writeRates(directory, "blkio.throttle.write_bps_device", io.writeBps));
    PL_TRY(writeRates(directory, "blkio.throttle.read_iops_device", io.readIops));
    return writeRates(directory, "blkio.throttle.write_iops_device", io.writeIops);
}

Result<void> CgroupV1::setDevices(
    const std::string& path, const std::vector<oci::DeviceRule>& rules) const
{
    const std::string directory = directoryOf("devices", path);
    if (rules.empty() || directory.empty())
        return success();
    for (const oci::DeviceRule& rule : withDefaultDevices(rules)) {
        const char* file = rule.isAllowed ? "/devices.allow" : "/devices.deny";
        auto written = writeExisting(directory + file, deviceRuleText(rule));
        // Needs CAP_SYS_ADMIN of the initial user namespace. Without that capability nobody in the
        // container can make a device node either.
        if (!written && written.error().sysErrno == EPERM)
            return success();
        if (!written)
            return withContext(written.error(), "device rule '" + deviceRuleText(rule) + "'");
    }
    return success();
}

Result<void> CgroupV1::setHugepages(
    const std::string& path, const std::map<std::string, std::uint64_t>& limits) const
{
    if (limits.empty())
        return success();
    PL_TRY(require("hugetlb", "huge page limit"));
    for (const auto& [size, bytes] : limits) {
        PL_TRY(writeValue(directoryOf("hugetlb", path) + "/hugetlb." + size + ".limit_in_bytes",
            std::to_string(bytes)));
    }
    return success();
}

Result<void> CgroupV1::setRdma(
    const std::string& path, const std::map<std::string, oci::RdmaLimit>& limits) const
{
    if (limits.empty())
        return success();
    PL_TRY(require("rdma", "rdma limit"));
    return writeRdma(directoryOf("rdma", path), limits);
}

Result<void> CgroupV1::setNetwork(const std::string& path, const oci::NetworkLimits& network) const
{
    if (network.classId) {
        PL_TRY(require("net_cls", "network class"));
        PL_TRY(writeValue(
            directoryOf("net_cls", path) + "/net_cls.classid", std::to_string(*network.classId)));
    }
    for (const auto& [interface, priority] : network.priorities) {
        PL_TRY(require("net_prio", "network priority"));
        PL_TRY(writeValue(directoryOf("net_prio", path) + "/net_prio.ifpriomap",
            interface + " " + std::to_string(priority)));
    }
    return success();
}

Result<void> CgroupV1::update(const std::string& path, const oci::Resources& resources)
{
    PL_TRY(checkGroupPath(path));
    PL_TRY(setMemory(path, resources.memory));
    PL_TRY(setCpu(path, resources.cpu));
    PL_TRY(setBlockIo(path, resources.blockIo));
    PL_TRY(setDevices(path, resources.devices));
    PL_TRY(setHugepages(path, resources.hugepageLimits));
    PL_TRY(setRdma(path, resources.rdma));
    PL_TRY(setNetwork(path, resources.network));
    if (!resources.unified.empty())
        return makeError(Errc::Unavailable,
            "'" + resources.unified.begin()->first
                + "': unified resources need cgroup version 2, and this host limits by version 1");
    if (resources.pidsLimit) {
        PL_TRY(require("pids", "limit on the number of processes"));
        PL_TRY(writeValue(directoryOf("pids", path) + "/pids.max",
            *resources.pidsLimit <= 0 ? "max" : std::to_string(*resources.pidsLimit)));
    }
    return success();
}

} // namespace portlight::cgroup
