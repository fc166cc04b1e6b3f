#include "engine/core/caller_rights.h"

#include <grp.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

namespace portlight::core {

namespace {

// glibc's setgroups changes all threads; the kernel's changes the caller's.
void setThreadGroups(const std::vector<gid_t>& groups)
{
    static_cast<void>(::syscall(SYS_setgroups, groups.size(), groups.data()));
}

std::vector<gid_t> groupsOf(const Caller& caller)
{
    std::vector<gid_t> groups { caller.gid };
    passwd entry {};
    passwd* found = nullptr;
    std::string buffer(16U << 10U, '\0');
    if (::getpwuid_r(caller.uid, &entry, buffer.data(), buffer.size(), &found) != 0
        || found == nullptr)
        return groups;
    int count = 256;
    groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(entry.pw_name, caller.gid, groups.data(), &count) < 0)
        count = 1;
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

} // namespace

CallerRights::CallerRights(const Caller& caller)
{
    if (caller.uid == ::geteuid())
        return;
    const int count = ::getgroups(0, nullptr);
    m_groups.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0)
        ::getgroups(count, m_groups.data());
    setThreadGroups(groupsOf(caller));
    ::setfsgid(caller.gid);
    // Away from root, the capabilities that pass over modes and owners go, too.
    ::setfsuid(caller.uid);
    m_isChanged = true;
}

CallerRights::~CallerRights()
{
    if (!m_isChanged)
        return;
    ::setfsuid(::geteuid());
    ::setfsgid(::getegid());
    setThreadGroups(m_groups);
}

} // namespace portlight::core
