#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/core/container_service.h"
#include "engine/core/network_service.h"

#include <filesystem>

namespace portlight::core {

namespace {

template <class T> Result<T> readRecord(const std::string& path, Result<T> (*fromJson)(const Json&))
{
    PL_TRY(const auto text, readFile(path, 1U << 20U));
    PL_TRY(const auto json, parseJson(text));
    return fromJson(json);
}

/// True where the process that @p record names still lives: its number may be another's by now.
bool isAlive(const runtime::ShimRecord& record)
{
    const auto boot = bootId();
    const auto ticks = processStartTime(record.shimPid);
    return boot && ticks && boot.value() == record.bootId && ticks.value() == record.shimStartTicks;
}

/// Directories whose names are not in @p known: left by a crash while making or removing.
std::vector<std::string> strayDirectories(
    const std::string& parent, const std::map<std::string, ContainerPtr>& known)
{
    std::vector<std::string> strays;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(parent, code))
        if (!known.contains(entry.path().filename().string()))
            strays.push_back(entry.path().string());
    return strays;
}

} // namespace

Task<void> ContainerService::recover()
{
    auto read = [this] { return m_table.list(); };
    PL_CO_TRY(const auto rows, co_await offload(m_parts.pool, std::move(read)));
    for (const auto& row : rows) {
        auto container = containerFromRow(m_parts.executor, row, m_parts.host.cpuCount);
        if (!container) {
            // It keeps its name and its files: a newer version may be able to read it.
            log::error("a container's row cannot be read",
                { { "container", row.id }, { "error", container.error().message } });
            continue;
        }
        m_containers.emplace(row.id, container.value());
        m_names.emplace(row.name, row.id);
    }
    for (const auto& container : list()) {
        const auto recovered = co_await recoverOne(container);
        if (!recovered)
            log::error("a container could not be recovered",
                { { "container", container->id }, { "error", recovered.error().message } });
    }
    std::vector<ContainerPtr> running;
    for (const auto& container : list())
        if (container->state.isRunning())
            running.push_back(container);
    PL_CO_TRY(co_await m_parts.networks.recover(std::move(running)));
    resumeRestarts();
    if (rows.size() != m_containers.size())
        co_return success(); // nothing is a stray while a row is not understood
    auto known = m_containers;
    auto collect = [known = std::move(known), bundles = m_parts.paths.dataRoot + "/containers",
                       states = m_parts.paths.stateDir + "/containers"]() -> Result<void> {
        for (const auto& parent : { bundles, states })
            for (const auto& stray : strayDirectories(parent, known)) {
                const auto removed = removeTree(stray);
                log::info("collected a directory without a container",
                    { { "path", stray }, { "error", removed ? "" : removed.error().message } });
            }
        return success();
    };
    co_return co_await offload(m_parts.pool, std::move(collect));
}

// The row tells what the last engine had written down, shim.json and exit.json what really
// happened: it may have died between a start or an exit and its row.
Task<void> ContainerService::recoverOne(ContainerPtr container)
{
    PL_CO_TRY(const bool isAdopted, co_await adopt(container));
    if (isAdopted)
        co_return success();
    PL_CO_TRY(const bool isTaken, co_await takeExitRecord(container));
    if (!isTaken && container->state.isRunning()) {
        runtime::ExitRecord lost; // the host was restarted or the shim killed
        lost.exitCode = 255;
        lost.startedAtNs = container->state.startedAtNs;
        lost.finishedAtNs = wallClockNs();
        handleExit(container, lost);
    } else if (!isTaken && container->state.status == RunStatus::Removing) {
        co_return co_await removeLocked(container, false);
    } else if (!isTaken && container->state.startedAtNs != 0 && container->config.host.autoRemove) {
        co_return co_await removeLocked(container, false);
    }
    co_return success();
}

/// True where the container's shim lives and this engine is connected to it now.
Task<bool> ContainerService::adopt(ContainerPtr container)
{
    const std::string state = m_parts.paths.containerState(container->id);
    auto read = [state] { return readRecord(state + "/shim.json", runtime::shimRecordFromJson); };
    const auto record = co_await offload(m_parts.pool, std::move(read));
    if (!record || !isAlive(record.value()))
        co_return false;
    auto connection = ShimConnection::open(m_parts.executor, state);
    if (!connection)
        co_return false; // it is ending: its exit record tells the rest
    const auto shim =
        std::make_shared<ShimControl>(m_parts.executor, std::move(connection).value());
    const bool wasPaused = container->state.status == RunStatus::Paused;
    readNetwork(container);
    container->shim = shim;
    watch(container, shim, Fd());
    // handleState() has taken the answer by the time it comes back here; so has handleExit() an
    // exit right behind it.
    const auto answer = co_await shim->request(runtime::FrameType::Query);
    const bool isTaken = answer && answer.value().type == runtime::FrameType::State
        && (container->state.isRunning() ? container->shim == shim : container->shim == nullptr);
    if (!isTaken || !container->shim) {
        shim->close();
        container->shim.reset();
        co_return isTaken;
    }
    if (wasPaused)
        container->state.status = RunStatus::Paused;
    log::info("adopted a running container",
        { { "container", container->id }, { "pid", std::to_string(container->state.pid) } });
    co_return true;
}

/// The answer to Query: what the shim's container is doing.
Result<void> ContainerService::handleState(const ContainerPtr& container, const Json& json)
{
    PL_TRY(const auto now, runtime::shimRecordFromJson(json));
    if (now.pid <= 0)
        return success(); // a shim whose container was never started
    const bool isNews =
        !container->state.isRunning() || container->state.startedAtNs != now.startedAtNs;
    if (const Json& ended = jsonMember(json, "exit"); !ended.is_null()) {
        PL_TRY(const auto record, runtime::exitRecordFromJson(ended));
        if (container->state.finishedAtNs == record.finishedAtNs)
            return success();
        container->state.status = RunStatus::Running;
        container->state.startedAtNs = now.startedAtNs;
        handleExit(container, record);
        return success();
    }
    container->state.status = RunStatus::Running;
    container->state.pid = now.pid;
    container->state.startedAtNs = now.startedAtNs;
    if (isNews)
        markDirty(*container);
    if (onRuns)
        onRuns(container);
    if (onExecsFound)
        onExecsFound(container, jsonMember(json, "execs"));
    return success();
}

/// True where exit.json tells of the run that the row knows as running, or of a later one.
Task<bool> ContainerService::takeExitRecord(ContainerPtr container)
{
    auto read = [path = bundleOf(*container) + "/exit.json"] {
        return readRecord(path, runtime::exitRecordFromJson);
    };
    const auto record = co_await offload(m_parts.pool, std::move(read));
    if (!record)
        co_return false;
    const ContainerState& state = container->state;
    const bool isThisRun = state.isRunning() && record.value().startedAtNs == state.startedAtNs;
    const bool isLaterRun = record.value().startedAtNs > state.startedAtNs;
    if (!isThisRun && !isLaterRun)
        co_return false;
    container->state.status = RunStatus::Running;
    container->state.startedAtNs = record.value().startedAtNs;
    handleExit(container, record.value());
    co_return true;
}

} // namespace portlight::core
