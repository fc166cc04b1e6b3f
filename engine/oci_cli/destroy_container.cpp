#include "engine/oci_cli/launch.h"
#include "engine/runtime/hooks.h"

#include <poll.h>

namespace portlight::oci_cli {

namespace {

constexpr int kGroupPatienceMs = 5000;

// A group is in use until the kernel has let go of its last process, which takes a moment.
Result<void> removeGroup(cgroup::Driver& driver, const std::string& group)
{
    int waitedMs = 0;
    for (int pauseMs = 1;; pauseMs = pauseMs < 32 ? pauseMs * 2 : 32) {
        auto removed = driver.remove(group);
        if (removed || removed.error().code != Errc::Conflict || waitedMs >= kGroupPatienceMs)
            return removed;
        (void)driver.kill(group); // what a container without a pid namespace leaves behind
        ::poll(nullptr, 0, pauseMs);
        waitedMs += pauseMs;
    }
}

} // namespace

Result<void> destroyContainer(const Context& context, const ContainerRecord& record)
{
    const StateStore store(context.root);
    const auto config = store.loadConfig(record.id);
    if (record.ownsGroup && !record.group.empty()) {
        PL_TRY(const auto driver, openCgroups(record.group));
        if (auto removed = removeGroup(*driver, record.group); !removed)
            context.logWarning(removed.error().message);
    }
    if (config && !config.value().hooks.poststop.empty()) {
        const auto state = stateOf(record, runtime::Status::Stopped, config.value().annotations);
        for (const Error& failure : runtime::runAllHooks(
                 config.value().hooks.poststop, "poststop", dumpJson(runtime::toJson(state))))
            context.logWarning(failure.message);
    }
    return store.remove(record.id);
}

} // namespace portlight::oci_cli
