#pragma once

#include <sys/types.h>

#include <vector>

namespace portlight::core {

/// Who asked for something by a path of this machine.
struct Caller {
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Files are reached with the caller's rights by this thread while one of these lives: his user,
/// group and further groups (setfsuid(2), setgroups(2) of the thread alone). For root, and for the
/// user of a rootless engine, who is root in its namespace, nothing changes.
class CallerRights {
public:
    explicit CallerRights(const Caller& caller);
    ~CallerRights();
    CallerRights(const CallerRights&) = delete;
    CallerRights& operator=(const CallerRights&) = delete;

private:
    bool m_isChanged = false;
    std::vector<gid_t> m_groups; ///< before
};

} // namespace portlight::core
