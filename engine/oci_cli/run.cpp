#include "engine/oci_cli/foreground.h"
#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/verbs.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace portlight::oci_cli {

namespace {

Result<int> runAttached(const Context& context, CreatedContainer container)
{
    auto code = attendProcess(container.record.pid, container.process, container.console);
    PL_TRY(destroyContainer(context, container.record));
    return code;
}

} // namespace

// run: create and start, and unless --detach stay until the container ends and delete it.
Result<int> runVerb(const Context& context, Arguments arguments)
{
    std::vector<OptionName> names = createOptionNames();
    names.push_back({ "detach", 'd' });
    names.push_back({ "keep" });
    names.push_back({ "no-subreaper" });
    PL_TRY(const auto parsed, parseOptions(names, arguments, true));
    PL_TRY(const auto options, createOptionsFrom(parsed));
    const bool isDetached = parsed.has("detach");
    int exitCode = 1;
    if (!isDetached) {
        if (!parsed.has("no-subreaper"))
            ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        holdSignals();
    }
    auto created = createContainer(context, options, !isDetached, exitCode);
    if (!created) {
        context.logError(created.error().message);
        return exitCode;
    }
    auto started = startContainer(context, options.id, exitCode);
    if (!started) {
        ::syscall(SYS_pidfd_send_signal, created.value().process.get(), SIGKILL, nullptr, 0);
        context.logError(started.error().message);
        (void)attendProcess(created.value().record.pid, created.value().process, Fd());
        if (const StateStore store(context.root); store.load(options.id)) {
            PL_TRY(destroyContainer(context, created.value().record));
        }
        return exitCode;
    }
    if (isDetached)
        return 0;
    if (parsed.has("keep"))
        return attendProcess(
            created.value().record.pid, created.value().process, created.value().console);
    return runAttached(context, std::move(created).value());
}

} // namespace portlight::oci_cli
