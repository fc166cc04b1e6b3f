#include "engine/engine.h"

#include "engine/api/portlight_routes.h"
#include "engine/api/server.h"
#include "engine/api/system_routes.h"
#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/core/event_bus.h"
#include "engine/core/system_service.h"
#include "engine/host/host_report.h"
#include "engine/store/database.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <grp.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

namespace portlight {

namespace {

using namespace boost::asio::experimental::awaitable_operators;

constexpr std::size_t kWorkerThreads = 3;
constexpr auto kStopLimit = std::chrono::seconds(5);

api::ServerOptions serverOptions(const EngineSettings& settings)
{
    api::ServerOptions options;
    options.socketPath = settings.paths.socket;
    if (settings.isRootless) {
        options.onlyUid = ::geteuid();
        return options;
    }
    options.socketMode = 0660;
    if (const group* found = ::getgrnam("portlight"))
        options.socketGroup = found->gr_gid;
    return options;
}

// Kept with the data: the engine's name for good, as docker has it.
Result<std::string> engineId(const EnginePaths& paths)
{
    const std::string path = paths.dataRoot + "/engine-id";
    if (auto known = readFile(path, 64); known && known.value().size() == 36)
        return known;
    std::string id = randomHex(32);
    for (const std::size_t at : { 8U, 13U, 18U, 23U })
        id.insert(at, "-");
    PL_TRY(writeFileDurably(path, id));
    return id;
}

/// All that lives between start and stop, in the order in which it depends.
class Engine {
public:
    explicit Engine(EngineSettings settings)
        : m_settings(std::move(settings))
        , m_events(m_io.get_executor())
        , m_signals(m_io, SIGTERM, SIGINT)
    {
    }
    ~Engine()
    {
        // Workers first: what they still do hands its result to m_io.
        m_workers.join();
    }

    Result<void> run();

private:
    Result<void> start();
    Task<core::ObjectCounts> counts();
    asio::awaitable<void> stopOnSignal();

    EngineSettings m_settings;
    asio::io_context m_io { 1 };
    asio::thread_pool m_workers { kWorkerThreads };
    core::EventBus m_events;
    asio::signal_set m_signals;
    std::unique_ptr<store::Database> m_database;
    std::optional<core::SystemService> m_system;
    std::optional<api::SystemRoutes> m_systemRoutes;
    api::Router m_router;
    std::unique_ptr<api::Server> m_server;
};

Task<core::ObjectCounts> Engine::counts()
{
    co_return core::ObjectCounts {};
}

Result<void> Engine::start()
{
    PL_TRY(m_database, store::Database::open(m_settings.paths.database()));
    PL_TRY(auto id, engineId(m_settings.paths));
    m_system.emplace(
        host::inspectHost(m_settings.isRootless), std::move(id), m_settings.paths.dataRoot,
        [this] { return counts(); }, m_events);
    m_systemRoutes.emplace(*m_system);
    m_systemRoutes->addTo(m_router);
    api::addHostRoute(m_router, *m_system);
    PL_TRY(m_server, api::Server::listen(m_io.get_executor(), m_router, serverOptions(m_settings)));
    m_server->start();
    return success();
}

asio::awaitable<void> Engine::stopOnSignal()
{
    const auto [code, number] = co_await m_signals.async_wait(kAwait);
    log::info("stopping; containers go on", { { "signal", std::to_string(number) } });
    m_events.close();
    asio::steady_timer limit(m_io, kStopLimit);
    auto timeUp = limit.async_wait(kAwait);
    const auto done = co_await (m_server->stop() || std::move(timeUp));
    if (done.index() != 0)
        log::warn("requests were still running after the time to stop");
    m_io.stop();
}

Result<void> Engine::run()
{
    PL_TRY(start());
    asio::co_spawn(m_io, stopOnSignal(), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    if (m_settings.onListening)
        m_settings.onListening();
    m_io.run();
    return success();
}

} // namespace

Result<void> runEngine(EngineSettings settings)
{
    Engine engine(std::move(settings));
    return engine.run();
}

} // namespace portlight
