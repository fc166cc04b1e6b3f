#include "engine/engine.h"

#include "engine/api/archive_path_routes.h"
#include "engine/api/browse_routes.h"
#include "engine/api/commit_routes.h"
#include "engine/api/container_routes.h"
#include "engine/api/disk_usage_routes.h"
#include "engine/api/exec_routes.h"
#include "engine/api/file_routes.h"
#include "engine/api/history_routes.h"
#include "engine/api/image_archive_routes.h"
#include "engine/api/image_routes.h"
#include "engine/api/network_routes.h"
#include "engine/api/portlight_routes.h"
#include "engine/api/registry_routes.h"
#include "engine/api/server.h"
#include "engine/api/stats_routes.h"
#include "engine/api/system_routes.h"
#include "engine/api/volume_archive_routes.h"
#include "engine/api/volume_routes.h"
#include "engine/base/detached_process.h"
#include "engine/base/id.h"
#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/base/task_group.h"
#include "engine/cgroup/driver.h"
#include "engine/core/archive_service.h"
#include "engine/core/commit_service.h"
#include "engine/core/container_service.h"
#include "engine/core/event_bus.h"
#include "engine/core/exec_service.h"
#include "engine/core/file_browser.h"
#include "engine/core/file_service.h"
#include "engine/core/health_monitor.h"
#include "engine/core/image_service.h"
#include "engine/core/metrics_recorder.h"
#include "engine/core/network_service.h"
#include "engine/core/registry_service.h"
#include "engine/core/starter_image.h"
#include "engine/core/system_service.h"
#include "engine/core/volume_archives.h"
#include "engine/core/volume_service.h"
#include "engine/host/host_report.h"
#include "engine/image/content_store.h"
#include "engine/image/image_store.h"
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

// registries.json and certs.d lie beside engine.json.
Result<image::RegistrySettings> registrySettings(const EnginePaths& paths)
{
    const auto slash = paths.configFile.rfind('/');
    if (slash == std::string::npos)
        return image::RegistrySettings();
    const std::string directory = paths.configFile.substr(0, slash);
    PL_TRY(auto settings, image::readRegistrySettings(directory + "/registries.json"));
    settings.certificatesDir = directory + "/certs.d";
    return settings;
}

// What the driver found, in the words of the host report.
void addCgroups(host::HostReport& report, const cgroup::Driver& driver)
{
    report.isHybrid = driver.layout() == cgroup::Layout::Hybrid;
    report.cgroupVersion = driver.layout() == cgroup::Layout::V2 ? 2
        : driver.layout() == cgroup::Layout::None                ? 0
                                                                 : 1;
    for (const auto& controller : driver.controllers())
        report.features.push_back({ "cgroup." + controller.name, "cgroups", controller.isAvailable,
            controller.isAvailable ? "version " + std::to_string(report.cgroupVersion) : "",
            controller.cause, controller.fix });
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
    Result<void> startSystem();
    Result<void> startImages();
    Result<void> startNetworks();
    Result<void> startContainers();
    Result<void> startRecorder();
    asio::awaitable<void> importStarter();
    Result<void> finish(Task<void> task);
    Task<core::ObjectCounts> counts();
    asio::awaitable<void> stopOnSignal();

    EngineSettings m_settings;
    asio::io_context m_io { 1 };
    // A worker's own guard goes a moment after its result was taken: whenever that was the last
    // work, run() would end at once. The engine ends by stop() alone.
    asio::executor_work_guard<asio::io_context::executor_type> m_work { m_io.get_executor() };
    asio::thread_pool m_workers { kWorkerThreads };
    core::EventBus m_events;
    asio::signal_set m_signals;
    std::unique_ptr<store::Database> m_database;
    std::optional<core::SystemService> m_system;
    std::unique_ptr<image::ContentStore> m_content;
    std::unique_ptr<image::ImageStore> m_images;
    std::unique_ptr<cgroup::Driver> m_cgroups;
    std::optional<runtime::SealedProgram> m_shimProgram;
    std::unique_ptr<core::ImageService> m_imageService;
    std::unique_ptr<core::ArchiveService> m_archives;
    std::unique_ptr<core::NetworkService> m_networks;
    std::unique_ptr<core::VolumeService> m_volumes;
    std::unique_ptr<core::ContainerService> m_containers;
    std::unique_ptr<core::FileService> m_files;
    std::unique_ptr<core::FileBrowser> m_fileBrowser;
    std::unique_ptr<core::VolumeArchives> m_volumeArchives;
    std::unique_ptr<core::ExecService> m_execs;
    std::unique_ptr<core::HealthMonitor> m_health;
    std::unique_ptr<core::RegistryService> m_registries;
    std::optional<api::RegistryRoutes> m_registryRoutes;
    std::unique_ptr<core::CommitService> m_commits;
    std::optional<api::CommitRoutes> m_commitRoutes;
    std::optional<api::DiskUsageRoutes> m_diskUsageRoutes;
    std::optional<api::ImageRoutes> m_imageRoutes;
    std::optional<api::ImageArchiveRoutes> m_archiveRoutes;
    std::optional<api::ArchivePathRoutes> m_archivePathRoutes;
    std::optional<api::SystemRoutes> m_systemRoutes;
    std::optional<api::ContainerRoutes> m_containerRoutes;
    std::optional<api::LifecycleRoutes> m_lifecycleRoutes;
    std::optional<api::StreamRoutes> m_streamRoutes;
    std::optional<api::ExecRoutes> m_execRoutes;
    std::optional<core::StatsSampler> m_sampler;
    std::optional<api::StatsRoutes> m_statsRoutes;
    std::unique_ptr<core::MetricsRecorder> m_recorder;
    std::optional<api::HistoryRoutes> m_historyRoutes;
    std::optional<api::NetworkRoutes> m_networkRoutes;
    std::optional<api::VolumeRoutes> m_volumeRoutes;
    std::optional<api::VolumeArchiveRoutes> m_volumeArchiveRoutes;
    std::optional<api::FileRoutes> m_fileRoutes;
    std::optional<api::BrowseRoutes> m_browseRoutes;
    api::Router m_router;
    std::unique_ptr<api::Server> m_server;
    TaskGroup m_tasks { m_io.get_executor() };
};

Task<core::ObjectCounts> Engine::counts()
{
    core::ObjectCounts counts;
    for (const auto& container : m_containers->list()) {
        if (container->state.status == core::RunStatus::Paused)
            ++counts.paused;
        else if (container->state.isActive()) // as docker: restarting counts as running
            ++counts.running;
        else
            ++counts.stopped;
    }
    PL_CO_TRY(counts.images, co_await m_imageService->count());
    co_return counts;
}

/// Runs the io thread's work until @p task is done; for what must be over before the first request.
Result<void> Engine::finish(Task<void> task)
{
    std::optional<Result<void>> result;
    auto hold = [&result](Task<void> inner) -> asio::awaitable<void> {
        result.emplace(co_await std::move(inner));
    };
    asio::co_spawn(m_io, hold(std::move(task)), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    while (!result)
        m_io.run_one();
    return std::move(*result);
}

Result<void> Engine::startSystem()
{
    PL_TRY(m_database, store::Database::open(m_settings.paths.database()));
    PL_TRY(auto id, engineId(m_settings.paths));
    auto report = host::inspectHost(m_settings.isRootless);
    if (!m_settings.cgroupRoot.empty())
        report.cgroupRoot = m_settings.cgroupRoot;
    PL_TRY(m_cgroups, cgroup::Driver::open(report.cgroupRoot));
    addCgroups(report, *m_cgroups);
    m_system.emplace(
        std::move(report), std::move(id), m_settings.paths.dataRoot, [this] { return counts(); },
        m_events);
    m_system->setRuntimes(m_settings.runtimes);
    m_systemRoutes.emplace(*m_system);
    m_systemRoutes->addTo(m_router);
    api::addHostRoute(m_router, *m_system);
    return success();
}

Result<void> Engine::startImages()
{
    const auto& paths = m_settings.paths;
    m_content = std::make_unique<image::ContentStore>(paths.blobs(), paths.temporary());
    m_images = std::make_unique<image::ImageStore>(*m_database, *m_content, paths.layers());
    PL_TRY(const auto collected, m_images->recover());
    for (const auto& line : collected)
        log::info("collected", { { "what", line } });
    m_imageService = std::make_unique<core::ImageService>(*m_images, m_events, m_workers);
    m_archives = std::make_unique<core::ArchiveService>(
        m_io.get_executor(), *m_images, *m_content, m_events, m_settings.dial);
    PL_TRY(auto registries, registrySettings(paths));
    m_registries = std::make_unique<core::RegistryService>(m_io.get_executor(), *m_images,
        *m_content, m_events, std::move(registries), m_settings.dial);
    m_registryRoutes.emplace(*m_registries,
        [this](api::Request request) { return m_commitRoutes->importTree(std::move(request)); });
    m_registryRoutes->addTo(m_router);
    m_imageRoutes.emplace(*m_imageService);
    m_imageRoutes->addTo(m_router);
    m_archiveRoutes.emplace(*m_archives);
    m_archiveRoutes->addTo(m_router);
    m_archivePathRoutes.emplace(*m_archives);
    m_archivePathRoutes->addTo(m_router);
    return success();
}

Result<void> Engine::startNetworks()
{
    PL_TRY(const auto id, engineId(m_settings.paths));
    core::NetworkServiceParts parts { m_io.get_executor(), m_workers, *m_database, m_events,
        id.substr(0, 8), m_settings.isRootless, m_settings.programDirectory,
        m_settings.paths.stateDir, m_settings.openHostPort, m_settings.startNames,
        m_settings.connectOutside };
    if (!parts.openHostPort)
        parts.openHostPort = openHostPort;
    if (!parts.startNames)
        parts.startNames = [program = m_settings.programDirectory + "/portlight-names"](
                               const Fd& listener, const std::string& path) -> Result<void> {
            PL_TRY(spawnDetached(program, { path }, { &listener }));
            return success();
        };
    m_networks = std::make_unique<core::NetworkService>(std::move(parts));
    PL_TRY(finish(m_networks->load()));
    m_volumes = std::make_unique<core::VolumeService>(m_io.get_executor(), m_workers, *m_database,
        m_events, m_settings.paths.dataRoot + "/volumes");
    return finish(m_volumes->load());
}

Result<void> Engine::startContainers()
{
    const auto& paths = m_settings.paths;
    PL_TRY(m_shimProgram,
        runtime::SealedProgram::load(
            m_settings.programDirectory + "/portlight-shim", paths.stateDir + "/empty"));
    core::ContainerServiceParts parts { m_io.get_executor(), m_workers, *m_database, *m_images,
        m_events, *m_cgroups, m_system->host(), *m_networks, *m_volumes, paths, *m_shimProgram };
    parts.runtimes = m_settings.runtimes;
    if (m_settings.holdProcess)
        parts.onShimSpawned = [this](const Fd& pidFd) {
            if (const auto held = m_settings.holdProcess(pidFd); !held)
                log::error("the launcher does not keep the namespaces of a container",
                    { { "error", held.error().message } });
        };
    m_containers = std::make_unique<core::ContainerService>(std::move(parts));
    m_imageService->setUseLookup([this](const std::string& imageId) {
        std::vector<core::ContainerUse> uses;
        for (const auto& container : m_containers->list())
            if (container->imageId == imageId)
                uses.push_back({ container->id, container->state.isRunning() });
        return uses;
    });
    m_execs = std::make_unique<core::ExecService>(*m_containers);
    m_containers->onExecsFound = [this](const core::ContainerPtr& container, const Json& execs) {
        m_execs->adopt(container, execs);
    };
    m_health = std::make_unique<core::HealthMonitor>(*m_containers, *m_execs);
    m_containers->onRuns = [this](
                               const core::ContainerPtr& container) { m_health->begin(container); };
    PL_TRY(finish(m_containers->recover()));
    m_commits = std::make_unique<core::CommitService>(*m_containers, *m_images, *m_content);
    m_commitRoutes.emplace(*m_commits, *m_archives);
    m_commitRoutes->addTo(m_router);
    m_diskUsageRoutes.emplace(*m_imageService, *m_containers, *m_volumes);
    m_diskUsageRoutes->addTo(m_router);
    m_containerRoutes.emplace(*m_containers);
    m_containerRoutes->registerOn(m_router);
    m_lifecycleRoutes.emplace(*m_containers);
    m_lifecycleRoutes->registerOn(m_router);
    m_streamRoutes.emplace(*m_containers);
    m_streamRoutes->registerOn(m_router);
    m_networkRoutes.emplace(*m_networks, *m_containers);
    m_networkRoutes->registerOn(m_router);
    m_volumes->setUseLookup([this](const std::string& volume) {
        std::vector<std::string> users;
        for (const auto& container : m_containers->list())
            for (const auto& mount : container->config.host.mounts)
                if (mount.volume == volume && !mount.volume.empty())
                    users.push_back(container->id);
        return users;
    });
    m_volumeRoutes.emplace(*m_volumes);
    m_volumeRoutes->registerOn(m_router);
    m_files = std::make_unique<core::FileService>(*m_containers);
    m_fileRoutes.emplace(*m_files);
    m_fileRoutes->registerOn(m_router);
    m_fileBrowser = std::make_unique<core::FileBrowser>(
        *m_containers, *m_volumes, *m_images, m_files->workers());
    m_browseRoutes.emplace(*m_fileBrowser);
    m_browseRoutes->registerOn(m_router);
    m_volumeArchives =
        std::make_unique<core::VolumeArchives>(*m_containers, *m_volumes, m_files->workers());
    m_volumeArchiveRoutes.emplace(*m_volumeArchives);
    m_volumeArchiveRoutes->registerOn(m_router);
    m_execRoutes.emplace(*m_execs);
    m_execRoutes->registerOn(m_router);
    m_sampler.emplace(*m_containers);
    m_statsRoutes.emplace(*m_containers, *m_sampler);
    m_statsRoutes->registerOn(m_router);
    return startRecorder();
}

Result<void> Engine::startRecorder()
{
    PL_TRY(auto store, core::MetricsStore::open(m_settings.paths.dataRoot + "/history"));
    m_recorder =
        std::make_unique<core::MetricsRecorder>(*m_containers, *m_sampler, std::move(store));
    m_recorder->start();
    m_historyRoutes.emplace(*m_containers, *m_recorder);
    m_historyRoutes->registerOn(m_router);
    return success();
}

asio::awaitable<void> Engine::importStarter()
{
    auto paths = core::starterImagePaths(m_settings.programDirectory);
    const auto imported = co_await core::importStarterImage(
        *m_archives, *m_images, m_workers, m_settings.paths.dataRoot, std::move(paths));
    if (!imported)
        log::warn("no starter image", { { "error", imported.error().message } });
}

Result<void> Engine::start()
{
    PL_TRY(startSystem());
    PL_TRY(startImages());
    PL_TRY(startNetworks());
    PL_TRY(startContainers());
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
    co_await m_tasks.stop();
    co_await m_recorder->stopService();
    co_await m_health->stopService();
    co_await m_execs->stopService();
    co_await m_files->stopService();
    co_await m_containers->stopService();
    co_await m_networks->stopService();
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
    m_tasks.spawn(importStarter());
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
