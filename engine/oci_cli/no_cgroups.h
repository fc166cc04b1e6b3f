#pragma once

#include "engine/cgroup/driver.h"

namespace portlight::oci_cli {

/// For containers without a group of their own (--cgroup-manager disabled): they stay in their
/// caller's, and what would need a group says so.
class NoCgroups : public cgroup::Driver {
public:
    NoCgroups()
        : Driver(cgroup::Layout::None, {})
    {
    }
    Result<void> create(const std::string&, const oci::Resources& resources) override
    {
        return update({}, resources);
    }
    Result<void> update(const std::string&, const oci::Resources& resources) override;
    Result<void> addProcess(const std::string&, pid_t) override { return success(); }
    Result<Fd> openForClone(const std::string&) override { return lack(); }
    Result<cgroup::Stats> stats(const std::string&) override { return lack(); }
    Result<std::uint64_t> oomKills(const std::string&) override { return std::uint64_t { 0 }; }
    Result<std::vector<pid_t>> processes(const std::string&) override { return lack(); }
    Result<void> kill(const std::string&) override { return lack(); }
    Result<void> freeze(const std::string&, bool) override { return lack(); }
    Result<bool> isFrozen(const std::string&) override { return false; }
    Result<void> remove(const std::string&) override { return success(); }

private:
    static Error lack();
};

} // namespace portlight::oci_cli
