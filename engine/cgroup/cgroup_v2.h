#pragma once

#include "engine/cgroup/driver.h"

namespace portlight::cgroup {

/// Version 2, the unified hierarchy: cgroup-v2.rst.
class CgroupV2 : public Driver {
public:
    /// @p root is "" or an absolute path below @p mountPoint.
    static std::unique_ptr<Driver> create(const std::string& mountPoint, const std::string& root);

    Result<void> create(const std::string& path, const oci::Resources& resources) override;
    Result<void> update(const std::string& path, const oci::Resources& resources) override;
    Result<void> addProcess(const std::string& path, pid_t pid) override;
    Result<Fd> openForClone(const std::string& path) override;
    Result<Stats> stats(const std::string& path) override;
    Result<std::uint64_t> oomKills(const std::string& path) override;
    Result<std::vector<pid_t>> processes(const std::string& path) override;
    Result<void> kill(const std::string& path) override;
    Result<void> freeze(const std::string& path, bool isFrozen) override;
    Result<bool> isFrozen(const std::string& path) override;
    Result<void> remove(const std::string& path) override;

private:
    CgroupV2(Layout layout, std::vector<Controller> controllers, std::string top)
        : Driver(layout, std::move(controllers))
        , m_top(std::move(top))
    {
    }
    Result<void> enableControllers(const std::string& directory) const;
    Result<void> setMemory(const std::string& directory, const oci::MemoryLimits& memory) const;
    Result<void> setCpu(const std::string& directory, const oci::CpuLimits& cpu) const;
    Result<void> setBlockIo(const std::string& directory, const oci::BlockIoLimits& io) const;
    Result<void> setOthers(const std::string& directory, const oci::Resources& resources) const;

    std::string m_top;
};

/// cpu.weight (1–10000) for cpu.shares (2–262144), so that the default of one is the default of the
/// other.
std::uint64_t cpuWeightFromShares(std::uint64_t shares);

} // namespace portlight::cgroup
