#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "force", 'f' }, { "regex", 'r' } };
constexpr int kEndPatienceMs = 10000;

Result<void> endProcess(const ContainerRecord& record)
{
    const auto process = openProcess(record);
    if (!process)
        return success();
    ::syscall(SYS_pidfd_send_signal, process.value().get(), SIGKILL, nullptr, 0);
    if (record.ownsGroup) {
        if (const auto driver = openCgroups())
            (void)driver.value()->kill(record.group); // thaws it, too
    }
    pollfd ended { process.value().get(), POLLIN, 0 };
    if (::poll(&ended, 1, kEndPatienceMs) <= 0)
        return makeError(Errc::Unavailable,
            "container '" + record.id + "' does not end: process " + std::to_string(record.pid)
                + " is stuck in the kernel");
    return success();
}

} // namespace

// delete: takes down what create has made (runtime.md, Delete).
Result<int> deleteVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    if (parsed.has("regex"))
        return makeError(Errc::NotImplemented, "--regex is not supported: name one container");
    PL_TRY(const auto id, oneId(parsed.words));
    const bool isForced = parsed.has("force");
    const StateStore store(context.root);
    const auto record = store.load(id);
    if (!record) {
        if (!isForced || record.error().code != Errc::NotFound)
            return record.error();
        PL_TRY(store.remove(id)); // what a creation that was killed has left
        return 0;
    }
    const runtime::Status status = store.statusOf(record.value());
    if (status != runtime::Status::Stopped && !isForced)
        return makeError(Errc::Conflict,
            "cannot delete container '" + id + "': it is not stopped but "
                + std::string(statusName(status)) + " (kill it first, or use --force)");
    if (status != runtime::Status::Stopped) {
        PL_TRY(endProcess(record.value()));
    }
    PL_TRY(destroyContainer(context, record.value()));
    return 0;
}

} // namespace portlight::oci_cli
