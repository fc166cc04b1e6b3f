#pragma once

#include "engine/base/fd.h"
#include "engine/base/result.h"
#include "engine/cgroup/stats.h"
#include "engine/oci/runtime_config.h"

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

/// Control groups of containers, whatever version this host has. A group is named by its path below
/// the driver's root ("/portlight/<container id>"), the same in every hierarchy.
/// cgroups(7), cgroup-v2.rst, cgroup-v1/.
namespace portlight::cgroup {

enum class Layout {
    None, ///< no hierarchy that may be written
    V1, ///< one directory per controller
    Hybrid, ///< v1 for limits, and a v2 hierarchy without controllers for kill and events
    V2, ///< the unified hierarchy
};

/// One controller and whether this engine can use it.
struct Controller {
    std::string name; ///< "cpu", "cpuset", "memory", "pids", "io", "devices", "freezer"
    bool isAvailable = false;
    std::string cause; ///< why not; empty where available
    std::string fix; ///< the exact command or setting; empty where available
};

class Driver {
public:
    /// Finds the hierarchies and what may be done below @p root, a path inside each of them ("" or
    /// "/" is the top). Never fails for a host without cgroups: its layout is None.
    /// Errors: InvalidArgument for a root with "..", Internal when the mount table is unreadable.
    static Result<std::unique_ptr<Driver>> open(const std::string& root);

    virtual ~Driver() = default;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    Layout layout() const noexcept { return m_layout; }
    const std::vector<Controller>& controllers() const noexcept { return m_controllers; }
    bool has(const std::string& controller) const;

    /// Makes the group (and its parents) with @p resources. A limit whose controller is missing is
    /// Unavailable with cause and fix; an existing group is taken over.
    virtual Result<void> create(const std::string& path, const oci::Resources& resources) = 0;
    /// Changes the limits that @p resources names; the others stay.
    virtual Result<void> update(const std::string& path, const oci::Resources& resources) = 0;
    /// Moves @p pid into the group in all hierarchies, back to back: only the first write waits for
    /// the kernel's grace period.
    virtual Result<void> addProcess(const std::string& path, pid_t pid) = 0;
    /// The group's directory in the v2 hierarchy for CLONE_INTO_CGROUP; NotFound without one.
    virtual Result<Fd> openForClone(const std::string& path) = 0;
    /// Counters as they are now; a handful of small reads. NotFound when the group is gone.
    virtual Result<Stats> stats(const std::string& path) = 0;
    /// How often the out-of-memory killer struck in the group; 0 where it is not counted.
    virtual Result<std::uint64_t> oomKills(const std::string& path) = 0;
    /// Processes of the group itself and of the groups below it.
    virtual Result<std::vector<pid_t>> processes(const std::string& path) = 0;
    /// SIGKILL to every process of the group, frozen ones too.
    virtual Result<void> kill(const std::string& path) = 0;
    virtual Result<void> freeze(const std::string& path, bool isFrozen) = 0;
    /// True when the group is frozen, or on its way there. NotFound when the group is gone.
    virtual Result<bool> isFrozen(const std::string& path) = 0;
    /// Removes the group and those below it. Conflict while processes are left: try again.
    virtual Result<void> remove(const std::string& path) = 0;

protected:
    Driver(Layout layout, std::vector<Controller> controllers)
        : m_layout(layout)
        , m_controllers(std::move(controllers))
    {
    }
    /// Success when @p controller is available, else Unavailable with its cause and fix.
    Result<void> require(const std::string& controller, const std::string& what) const;

private:
    Layout m_layout;
    std::vector<Controller> m_controllers;
};

/// The checks that every path passes: absolute, without "..", and not the root itself: no caller
/// may ever kill or remove a hierarchy's top.
Result<void> checkGroupPath(const std::string& path);

} // namespace portlight::cgroup
