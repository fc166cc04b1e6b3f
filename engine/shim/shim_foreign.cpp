#include "engine/base/syscalls.h"
#include "engine/runtime/console.h"
#include "engine/runtime/shim_protocol.h"
#include "engine/shim/clock.h"
#include "engine/shim/foreign_config.h"
#include "engine/shim/runtime_space.h"
#include "engine/shim/shim.h"

#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

// A container that another OCI runtime runs: the shim keeps its streams, log and exit, and
// everything that is done to it is a command of that runtime.
namespace portlight::shim {

using runtime::FrameType;

Result<void> Shim::createForeign()
{
    m_stage = "cgroup";
    const auto layout = m_driver->layout();
    const bool isHybrid = layout == cgroup::Layout::Hybrid;
    std::string group;
    Fd unified;
    if (layout != cgroup::Layout::None) {
        PL_TRY(m_driver->create(m_group, {}));
        const std::string& top = m_bundle.launch.cgroupRoot;
        group = (top == "/" ? std::string() : top) + m_group;
    }
    if (isHybrid) {
        PL_TRY(unified, m_driver->openForClone(m_group));
    }
    m_stage = "config";
    PL_TRY(auto config, foreignConfig(m_bundle, group));
    m_foreignHeld = std::move(config.held);
    m_stage = "rootfs";
    PL_TRY(auto space, makeRuntimeSpace(m_bundle));
    m_stage = "runtime";
    PL_TRY(auto foreign,
        ForeignRuntime::prepare(m_bundle.launch, !group.empty(), m_containerId,
            m_options.stateDir + "/oci", std::move(space), std::move(unified)));
    m_foreign = std::make_unique<ForeignRuntime>(std::move(foreign));
    PL_TRY(m_foreign->create(config.json, m_bundle.config.process->hasTerminal,
        m_stdio.processEnds(), [this](auto made) { onForeignCreated(std::move(made)); }));
    m_stdio.closeProcessEnds();
    return success();
}

void Shim::onForeignCreated(Result<ForeignProcess> made)
{
    m_foreignHeld.clear();
    if (::ioctl(runtime::kNetworkFd, NS_GET_NSTYPE) == CLONE_NEWNET)
        ::close(runtime::kNetworkFd);
    if (m_phase != Phase::Creating)
        return; // it is being removed already
    if (!made)
        return fail({ "create", made.error().sysErrno, made.error().message,
            exitCodeOf(made.error(), 128) });
    ForeignProcess process = std::move(made).value();
    if (m_strays.contains(process.pid) || !process.pidFd.isOpen())
        return fail({ "create", 0, "the container's process ended during its set-up", 128 });
    if (process.console.isOpen()) {
        const auto& size = m_bundle.config.process->consoleSize;
        if (size)
            (void)runtime::resizeConsole(process.console, *size);
        if (auto set =
                m_stdio.setConsole(std::move(process.console), m_bundle.launch.keepStdinOpen);
            !set)
            return fail({ "console", set.error().sysErrno, set.error().message, 128 });
    }
    m_record.pid = process.pid;
    if (const auto ticks = processStartTime(process.pid))
        m_record.startTicks = ticks.value();
    m_process.emplace(runtime::ContainerProcess::adopt(process.pid, std::move(process.pidFd)));
    m_phase = Phase::Created;
    startIfWanted();
}

void Shim::startForeign()
{
    m_foreign->start([this](const Result<ForeignProcess>& started) {
        if (m_phase != Phase::Starting)
            return;
        if (!started)
            return fail({ "start", started.error().sysErrno, started.error().message,
                exitCodeOf(started.error(), 128) });
        markStarted();
    });
}

// The runtime forgets the container, and its root is not mounted any more once nobody is in there:
// whoever is told of the end finds it free.
void Shim::removeForeign()
{
    if (m_foreign)
        m_foreign->remove([](const Result<ForeignProcess>&) { });
}

/// The answer to @p connection, if it is still there by then.
ForeignRuntime::Done Shim::answerLater(const Connection& connection)
{
    return [this, serial = connection.serial](const Result<ForeignProcess>& done) {
        const auto found = std::ranges::find_if(
            m_connections, [serial](const auto& each) { return each->serial == serial; });
        if (found == m_connections.end())
            return;
        if (done)
            (*found)->send(FrameType::Done);
        else
            (*found)->send(
                FrameType::Refused, dumpJson(Json { { "message", done.error().message } }));
    };
}

Result<void> Shim::freeze(Connection& connection, const std::string& payload)
{
    PL_TRY(const auto json, parseJson(payload));
    PL_TRY(const bool isFrozen, jsonBool(json, "frozen"));
    PL_TRY(checkRuns());
    if (m_foreign) {
        m_foreign->freeze(isFrozen, answerLater(connection));
        return success();
    }
    PL_TRY(m_driver->freeze(m_group, isFrozen));
    connection.send(FrameType::Done);
    return success();
}

Result<void> Shim::update(Connection& connection, const std::string& payload)
{
    PL_TRY(const auto json, parseJson(payload));
    PL_TRY(const auto resources, oci::resourcesFromJson(json));
    PL_TRY(checkRuns());
    if (m_foreign)
        return m_foreign->update(payload, answerLater(connection));
    PL_TRY(m_driver->update(m_group, resources));
    connection.send(FrameType::Done);
    return success();
}

Result<void> Shim::checkRuns() const
{
    if (!m_process || m_phase != Phase::Running)
        return makeError(Errc::Conflict, "the container is not running");
    return success();
}

} // namespace portlight::shim
