#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "force", 'f' }, { "regex", 'r' } };
constexpr int kFreezerPatienceMs = 200;
constexpr int kEndPatienceMs = 10000;

// Frozen in another group, a process does not see its SIGKILL: back in its own, which is thawed, it
// does.
void bringBack(const ContainerRecord& record)
{
    const auto driver = openCgroups(record.group);
    if (driver && driver.value()->addProcess(record.group, record.pid))
        (void)driver.value()->kill(record.group);
}

Result<void> endProcess(const ContainerRecord& record)
{
    const auto process = openProcess(record);
    if (!process)
        return success();
    ::syscall(SYS_pidfd_send_signal, process.value().get(), SIGKILL, nullptr, 0);
    if (record.ownsGroup) {
        if (const auto driver = openCgroups(record.group))
            (void)driver.value()->kill(record.group); // thaws it, too
    }
    pollfd ended { process.value().get(), POLLIN, 0 };
    if (::poll(&ended, 1, record.ownsGroup ? kFreezerPatienceMs : 0) > 0)
        return success();
    if (record.ownsGroup)
        bringBack(record);
    if (::poll(&ended, 1, kEndPatienceMs) <= 0)
        return makeError(Errc::Unavailable,
            "container '" + record.id + "' does not end: process " + std::to_string(record.pid)
                + " is stuck in the kernel");
    return success();
}

Result<void> deleteOne(
    const Context& context, const StateStore& store, const std::string& id, bool isForced)
{
    const auto record = store.load(id);
    if (!record) {
        if (!isForced || record.error().code != Errc::NotFound)
            return record.error();
        return store.remove(id); // what a creation that was killed has left
    }
    const runtime::Status status = store.statusOf(record.value());
    if (status != runtime::Status::Stopped && !isForced)
        return makeError(Errc::Conflict,
            "cannot delete container '" + id + "': it is not stopped but "
                + std::string(statusName(status)) + " (kill it first, or use --force)");
    if (status != runtime::Status::Stopped) {
        PL_TRY(endProcess(record.value()));
    }
    return destroyContainer(context, record.value());
}

} // namespace

// delete: takes down what create has made (runtime.md, Delete).
Result<int> deleteVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    PL_TRY(const auto id, oneId(parsed.words));
    const StateStore store(context.root);
    std::vector<std::string> ids { id };
    if (parsed.has("regex")) {
        PL_TRY(ids, store.idsLike(id));
    }
    for (const std::string& each : ids) {
        PL_TRY(deleteOne(context, store, each, parsed.has("force")));
    }
    return 0;
}

} // namespace portlight::oci_cli
