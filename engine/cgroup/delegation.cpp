#include "engine/cgroup/delegation.h"

#include "engine/base/syscalls.h"
#include "engine/cgroup/group_files.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace portlight::cgroup {

namespace {

constexpr const char* kTop = "/sys/fs/cgroup";
constexpr const char* kLeaf = "/portlight-engine";
constexpr const char* kManager = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManagerInterface = "org.freedesktop.systemd1.Manager";
constexpr std::chrono::seconds kPatience { 10 };
constexpr int kMoveRounds = 20; ///< a process that is moved may make another meanwhile

struct BusEnd {
    void operator()(sd_bus* bus) const { ::sd_bus_flush_close_unref(bus); }
};
struct MessageEnd {
    void operator()(sd_bus_message* message) const { ::sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, BusEnd>;
using Message = std::unique_ptr<sd_bus_message, MessageEnd>;

Error noDelegation(const std::string& cause)
{
    return makeError(Errc::Unavailable,
        "no control group is delegated to this user: " + cause
            + "; start the engine in a systemd user session (loginctl enable-linger, "
              "dbus-user-session) or with Delegate=yes");
}

/// The path of this process's group in the unified hierarchy: "0::/…".
Result<std::string> ownGroup()
{
    PL_TRY(const auto text, readFile("/proc/self/cgroup", 65536));
    const auto at = text.starts_with("0::") ? 0 : text.find("\n0::");
    if (at == std::string::npos)
        return noDelegation("the kernel names no version 2 group");
    const auto begin = text.find("::", at) + 2;
    std::string path = text.substr(begin, text.find('\n', begin) - begin);
    return path == "/" ? std::string() : path;
}

// systemd marks what it has delegated. Being able to write is no such sign: everything below a
// user's manager is his, the terminal's group as well, and goes when the terminal does.
bool isDelegated(const std::string& group)
{
    const std::string directory = kTop + group;
    char value = 0;
    const bool isMarked =
        (::getxattr(directory.c_str(), "user.delegate", &value, 1) == 1 && value == '1')
        || (::getxattr(directory.c_str(), "trusted.delegate", &value, 1) == 1 && value == '1');
    return isMarked && isWritableDir(directory)
        && ::access((directory + "/cgroup.subtree_control").c_str(), W_OK) == 0;
}

// An inner group with controllers may hold no process: all of them go into the leaf.
Result<void> moveIntoLeaf(const std::string& group)
{
    PL_TRY(makeGroupDirs(kTop + group, kLeaf));
    const std::string leaf = kTop + group + kLeaf + "/cgroup.procs";
    for (int round = 0; round < kMoveRounds; ++round) {
        const auto pids = parseProcesses(readText(kTop + group + "/cgroup.procs"));
        if (pids.empty())
            return success();
        for (const pid_t pid : pids) {
            auto moved = writeExisting(leaf, std::to_string(pid));
            if (!moved && moved.error().sysErrno != ESRCH)
                return moved;
        }
    }
    return makeError(Errc::Internal, "processes keep coming into '" + group + "'");
}

Error busError(int code, const sd_bus_error& error, const std::string& what)
{
    return noDelegation(
        what + ": " + (error.message != nullptr ? error.message : errnoText(-code)));
}

Result<Message> newCall(sd_bus* bus, const char* member)
{
    sd_bus_message* raw = nullptr;
    const int code = ::sd_bus_message_new_method_call(
        bus, &raw, kManager, kManagerPath, kManagerInterface, member);
    if (code < 0)
        return errnoError(-code, "make a D-Bus message");
    return Message(raw);
}

// False where such a unit lives already.
Result<bool> startScope(sd_bus* bus, const std::string& unit)
{
    PL_TRY(const auto call, newCall(bus, "StartTransientUnit"));
    const auto pid = static_cast<std::uint32_t>(::getpid());
    int code = ::sd_bus_message_append(call.get(), "ss", unit.c_str(), "fail");
    if (code >= 0)
        code = ::sd_bus_message_append(call.get(), "a(sv)", 4, "Description", "s",
            "Containers of Portlight", "Delegate", "b", 1, "PIDs", "au", 1, pid, "CollectMode", "s",
            "inactive-or-failed");
    if (code >= 0)
        code = ::sd_bus_message_append(call.get(), "a(sa(sv))", 0);
    if (code < 0)
        return errnoError(-code, "fill a D-Bus message");
    sd_bus_error error {};
    code = ::sd_bus_call(bus, call.get(), 0, &error, nullptr);
    const bool isThere = code < 0 && error.name != nullptr
        && std::strcmp(error.name, "org.freedesktop.systemd1.UnitExists") == 0;
    const Error failure = code < 0 ? busError(code, error, "start '" + unit + "'") : Error();
    ::sd_bus_error_free(&error);
    if (code >= 0)
        return true;
    if (isThere)
        return false;
    return failure;
}

Result<void> attach(sd_bus* bus, const std::string& unit)
{
    PL_TRY(const auto call, newCall(bus, "AttachProcessesToUnit"));
    const int code = ::sd_bus_message_append(
        call.get(), "ssau", unit.c_str(), kLeaf, 1, static_cast<std::uint32_t>(::getpid()));
    if (code < 0)
        return errnoError(-code, "fill a D-Bus message");
    sd_bus_error error {};
    const int called = ::sd_bus_call(bus, call.get(), 0, &error, nullptr);
    const Error failure = called < 0 ? busError(called, error, "enter '" + unit + "'") : Error();
    ::sd_bus_error_free(&error);
    if (called < 0)
        return failure;
    return success();
}

// The job is done once this process is where it put it; each signal on the bus is a reason to look.
Result<std::string> awaitGroup(sd_bus* bus, const std::string& unit)
{
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        PL_TRY(const auto group, ownGroup());
        const auto at = group.find("/" + unit);
        if (at != std::string::npos)
            return group.substr(0, at + 1 + unit.size());
        if (std::chrono::steady_clock::now() >= deadline)
            return noDelegation("systemd did not move this process into '" + unit + "'");
        while (::sd_bus_process(bus, nullptr) > 0) { }
        constexpr std::uint64_t kLookAgainUs = 20'000;
        ::sd_bus_wait(bus, kLookAgainUs);
    }
}

Result<std::string> enterScope(const std::string& unit)
{
    sd_bus* raw = nullptr;
    if (const int code = ::sd_bus_open_user(&raw); code < 0)
        return noDelegation("the user's bus: " + errnoText(-code));
    const Bus bus(raw);
    // Best effort: without it the wait only looks at intervals.
    ::sd_bus_match_signal(bus.get(), nullptr, kManager, kManagerPath, kManagerInterface,
        "JobRemoved", nullptr, nullptr);
    PL_TRY(const bool isNew, startScope(bus.get(), unit));
    if (!isNew) {
        PL_TRY(attach(bus.get(), unit));
    }
    return awaitGroup(bus.get(), unit);
}

} // namespace

Result<std::string> enterDelegatedGroup(const std::string& unit)
{
    struct statfs info {};
    if (::statfs(kTop, &info) != 0 || info.f_type != CGROUP2_SUPER_MAGIC)
        return noDelegation("this host has no unified hierarchy (cgroup version 2)");
    PL_TRY(auto group, ownGroup());
    if (group.ends_with(kLeaf)) {
        group.resize(group.size() - std::strlen(kLeaf));
        if (isDelegated(group))
            return group;
        PL_TRY(group, ownGroup());
    }
    if (!isDelegated(group)) {
        PL_TRY(group, enterScope(unit));
    }
    PL_TRY(moveIntoLeaf(group));
    return group;
}

} // namespace portlight::cgroup
