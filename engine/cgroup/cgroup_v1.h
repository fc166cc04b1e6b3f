#pragma once

#include "engine/cgroup/driver.h"
#include "engine/cgroup/hierarchies.h"

namespace portlight::cgroup {

/// Version 1: a directory per controller carries the limits; where a cgroup2 hierarchy is mounted
/// too (hybrid) the group exists there as well, for kill, freeze, pressure and CLONE_INTO_CGROUP.
class CgroupV1 : public Driver {
public:
    /// @p root is "" or an absolute path inside the hierarchies.
    static std::unique_ptr<Driver> create(const Hierarchies& hierarchies, const std::string& root);

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
    struct Top {
        std::string directory; ///< mount point and root
        std::vector<std::string> controllers;
    };
    CgroupV1(Layout layout, std::vector<Controller> controllers, std::vector<Top> tops,
        std::string unifiedTop)
        : Driver(layout, std::move(controllers))
        , m_tops(std::move(tops))
        , m_unifiedTop(std::move(unifiedTop))
    {
    }

    /// The group's directory for @p controller; empty where there is none.
    std::string directoryOf(const std::string& controller, const std::string& path) const;
    /// Any directory that lists the group's processes.
    std::string anyDirectory(const std::string& path) const;
    Result<void> prepareCpuset(const std::string& path) const;
    Result<void> setMemory(const std::string& path, const oci::MemoryLimits& memory) const;
    Result<void> setCpu(const std::string& path, const oci::CpuLimits& cpu) const;
    Result<void> setBlockIo(const std::string& path, const oci::BlockIoLimits& io) const;
    Result<void> setDevices(
        const std::string& path, const std::vector<oci::DeviceRule>& rules) const;
    Result<void> setHugepages(
        const std::string& path, const std::map<std::string, std::uint64_t>& limits) const;
    Result<void> setRdma(
        const std::string& path, const std::map<std::string, oci::RdmaLimit>& limits) const;
    Result<void> setNetwork(const std::string& path, const oci::NetworkLimits& network) const;
    void readMemory(const std::string& directory, Stats& stats) const;
    void readCpu(const std::string& path, Stats& stats) const;

    std::vector<Top> m_tops;
    std::string m_unifiedTop; ///< empty: no v2 hierarchy that may be written
};

} // namespace portlight::cgroup
