#include "engine/cgroup/cgroup_v2.h"
#include "engine/cgroup/device_filter.h"
#include "engine/cgroup/device_rules.h"
#include "engine/cgroup/group_files.h"

#include <algorithm>
#include <cerrno>

// Limits of version 2 groups: cgroup-v2.rst, Controllers.
namespace portlight::cgroup {

namespace {

std::string limitText(std::int64_t value)
{
    return value < 0 ? "max" : std::to_string(value);
}

std::string deviceKey(const oci::DeviceRate& rate)
{
    return std::to_string(rate.major) + ":" + std::to_string(rate.minor);
}

Result<void> writeIoMax(
    const std::string& directory, const char* key, const std::vector<oci::DeviceRate>& rates)
{
    for (const oci::DeviceRate& rate : rates) {
        const std::string value = rate.value == 0 ? "max" : std::to_string(rate.value);
        PL_TRY(writeValue(directory + "/io.max", deviceKey(rate) + " " + key + "=" + value));
    }
    return success();
}

Error unsupported(const std::string& field)
{
    return makeError(
        Errc::NotImplemented, field + " is not supported: cgroup version 2 has no such limit");
}

} // namespace

std::uint64_t cpuWeightFromShares(std::uint64_t shares)
{
    constexpr std::uint64_t kLeastShares = 2;
    constexpr std::uint64_t kMostShares = 262144;
    if (shares == 0)
        return 100;
    const std::uint64_t clamped = std::clamp(shares, kLeastShares, kMostShares);
    return 1 + (clamped - kLeastShares) * 9999 / (kMostShares - kLeastShares);
}

Result<void> CgroupV2::setMemory(
    const std::string& directory, const oci::MemoryLimits& memory) const
{
    if (memory.swappiness)
        return unsupported("memory.swappiness");
    if (memory.isOomKillerDisabled.value_or(false))
        return unsupported("memory.disableOOMKiller");
    if (memory.hasKernelLimits)
        return unsupported("memory.kernel and memory.kernelTCP");
    if (!memory.limitBytes && !memory.reservationBytes && !memory.swapBytes)
        return success();
    PL_TRY(require("memory", "memory limit"));
    const auto used = readNumber(directory + "/memory.current");
    if (memory.isCheckedBeforeUpdate && memory.limitBytes.value_or(-1) > 0 && used
        && *used > static_cast<std::uint64_t>(*memory.limitBytes))
        return makeError(Errc::InvalidArgument,
            "memory limit of " + std::to_string(*memory.limitBytes) + " bytes is below the "
                + std::to_string(*used) + " bytes in use");
    if (memory.limitBytes) {
        PL_TRY(writeValue(directory + "/memory.max", limitText(*memory.limitBytes)));
    }
    if (memory.reservationBytes) {
        PL_TRY(writeValue(directory + "/memory.low", limitText(*memory.reservationBytes)));
    }
    if (memory.swapBytes) {
        // config.json gives memory and swap together, version 2 swap alone.
        std::int64_t swap = *memory.swapBytes;
        if (swap >= 0 && memory.limitBytes.value_or(-1) >= 0) {
            if (swap < *memory.limitBytes)
                return makeError(Errc::InvalidArgument, "swap limit is below the memory limit");
            swap -= *memory.limitBytes;
        }
        auto written = writeValue(directory + "/memory.swap.max", limitText(swap));
        if (!written && written.error().code != Errc::NotFound) // no swap in this kernel
            return written;
    }
    return success();
}

Result<void> CgroupV2::setCpu(const std::string& directory, const oci::CpuLimits& cpu) const
{
    if (cpu.realtimePeriodMicroseconds || cpu.realtimeRuntimeMicroseconds)
        return unsupported("cpu.realtimePeriod and cpu.realtimeRuntime");
    if (cpu.shares || cpu.quotaMicroseconds || cpu.periodMicroseconds || cpu.burstMicroseconds
        || cpu.idle) {
        PL_TRY(require("cpu", "cpu limit"));
    }
    if (cpu.shares) {
        PL_TRY(writeValue(
            directory + "/cpu.weight", std::to_string(cpuWeightFromShares(*cpu.shares))));
    }
    if (cpu.quotaMicroseconds || cpu.periodMicroseconds) {
        const std::int64_t quota = cpu.quotaMicroseconds.value_or(-1);
        PL_TRY(writeValue(directory + "/cpu.max",
            (quota <= 0 ? "max" : std::to_string(quota)) + " "
                + std::to_string(cpu.periodMicroseconds.value_or(100000))));
    }
    if (cpu.burstMicroseconds) {
        PL_TRY(writeValue(directory + "/cpu.max.burst", std::to_string(*cpu.burstMicroseconds)));
    }
    if (cpu.idle) {
        PL_TRY(writeValue(directory + "/cpu.idle", std::to_string(*cpu.idle)));
    }
    if (!cpu.cpus.empty()) {
        PL_TRY(require("cpuset", "cpuset"));
        PL_TRY(writeValue(directory + "/cpuset.cpus", cpu.cpus));
    }
    if (!cpu.mems.empty()) {
        PL_TRY(require("cpuset", "cpuset"));
        PL_TRY(writeValue(directory + "/cpuset.mems", cpu.mems));
    }
    return success();
}

Result<void> CgroupV2::setBlockIo(const std::string& directory, const oci::BlockIoLimits& io) const
{
    if (io.hasLeafWeight)
        return unsupported("blockIO.leafWeight");
    if (io.weight || !io.weightDevice.empty() || !io.readBps.empty() || !io.writeBps.empty()
        || !io.readIops.empty() || !io.writeIops.empty()) {
        PL_TRY(require("io", "block I/O limit"));
    }
    if (io.weight) {
        // 10–1000 of BFQ to 1–10000 of io.weight.
        const unsigned weight = 1U + (std::max<unsigned>(*io.weight, 10U) - 10U) * 9999U / 990U;
        PL_TRY(writeValue(directory + "/io.weight", "default " + std::to_string(weight)));
    }
    for (const oci::DeviceRate& rate : io.weightDevice) {
        PL_TRY(writeValue(
            directory + "/io.weight", deviceKey(rate) + " " + std::to_string(rate.value)));
    }
    PL_TRY(writeIoMax(directory, "rbps", io.readBps));
    PL_TRY(writeIoMax(directory, "wbps", io.writeBps));
    PL_TRY(writeIoMax(directory, "riops", io.readIops));
    return writeIoMax(directory, "wiops", io.writeIops);
}

Result<void> CgroupV2::setOthers(
    const std::string& directory, const oci::Resources& resources) const
{
    if (resources.network.classId || !resources.network.priorities.empty())
        return unsupported("network.classID and network.priorities");
    if (!resources.rdma.empty()) {
        PL_TRY(require("rdma", "rdma limit"));
        PL_TRY(writeRdma(directory, resources.rdma));
    }
    if (resources.devices.empty() || layout() == Layout::None)
        return success();
    auto attached = attachDeviceFilter(directory, withDefaultDevices(resources.devices));
    // Needs CAP_SYS_ADMIN (or CAP_BPF and CAP_NET_ADMIN) of the initial user namespace. Without
    // that nobody in the container can make a device node either.
    if (!attached && attached.error().sysErrno == EPERM)
        return success();
    return attached;
}

Result<void> CgroupV2::update(const std::string& path, const oci::Resources& resources)
{
    PL_TRY(checkGroupPath(path));
    const std::string directory = m_top + path;
    PL_TRY(setMemory(directory, resources.memory));
    PL_TRY(setCpu(directory, resources.cpu));
    PL_TRY(setBlockIo(directory, resources.blockIo));
    if (resources.pidsLimit) {
        PL_TRY(require("pids", "limit on the number of processes"));
        PL_TRY(writeValue(directory + "/pids.max",
            *resources.pidsLimit <= 0 ? "max" : std::to_string(*resources.pidsLimit)));
    }
    for (const auto& [size, bytes] : resources.hugepageLimits) {
        PL_TRY(require("hugetlb", "huge page limit"));
        PL_TRY(writeValue(directory + "/hugetlb." + size + ".max", std::to_string(bytes)));
    }
    PL_TRY(setOthers(directory, resources));
    for (const auto& [file, value] : resources.unified) {
        PL_TRY(writeValue(directory + "/" + file, value));
    }
    return success();
}

} // namespace portlight::cgroup
