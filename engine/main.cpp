#include "engine/base/digest.h"
#include "engine/base/log.h"
#include "engine/base/syscalls.h"
#include "engine/cgroup/delegation.h"
#include "engine/engine.h"
#include "engine/engine_lock.h"
#include "engine/engine_options.h"
#include "engine/host/subordinate_ids.h"
#include "engine/launcher/host_dialer.h"
#include "engine/launcher/launcher_client.h"

#include <systemd/sd-daemon.h>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

namespace portlight {

namespace {

int fail(const Error& error)
{
    log::error("cannot run", { { "error", error.message } });
    return 1;
}

// Sockets of containers and layers take descriptors: use what is allowed.
void raiseDescriptorLimit()
{
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void announce(const EnginePaths& paths)
{
    std::printf("listening on unix://%s\n", paths.socket.c_str());
    std::fflush(stdout);
    ::sd_notify(0, "READY=1");
}

std::string programDirectory()
{
    char path[4096];
    const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
    const std::string text(path, size > 0 ? static_cast<std::size_t>(size) : 0);
    return text.substr(0, text.rfind('/'));
}

// Named after the state directory: the next engine on it finds the containers' group again.
std::string delegatedGroup(const EnginePaths& paths)
{
    const auto digest = Digest::of(paths.stateDir);
    const std::string unit = "portlight-" + std::string(digest.hex().substr(0, 16)) + ".scope";
    auto group = cgroup::enterDelegatedGroup(unit);
    if (group)
        return std::move(group).value();
    // On version 1 root may have given a group away all the same: the driver looks.
    log::info("limits of containers", { { "cause", group.error().message } });
    return {};
}

// The user's own ids are root inside; subordinate ones, where he has any, are 1 and up.
launcher::IdMapping ownMapping()
{
    launcher::IdMapping mapping { { { 0, ::geteuid(), 1 } }, { { 0, ::getegid(), 1 } }, {}, {} };
    const auto ids = host::findSubordinateIds(::geteuid());
    if (!ids.areUsable())
        return mapping;
    const auto append = [](launcher::IdMap& map, const auto& ranges) {
        std::uint32_t inside = 1;
        for (const host::SubordinateRange& range : ranges) {
            map.push_back({ inside, range.start, range.count });
            inside += range.count;
        }
    };
    append(mapping.uids, ids.uids);
    append(mapping.gids, ids.gids);
    mapping.newuidmap = ids.newuidmap;
    mapping.newgidmap = ids.newgidmap;
    return mapping;
}

Result<void> runIn(const EnginePaths& paths, bool isRootless, host::OciRuntimes runtimes)
{
    PL_TRY(makeDirs(paths.stateDir));
    PL_TRY(makeDirs(paths.dataRoot));
    PL_TRY(makeDirs(paths.socket.substr(0, paths.socket.rfind('/'))));
    PL_TRY(const auto stateLock, EngineLock::take(paths.stateDir));
    // The same directory for both is one lock.
    std::optional<EngineLock> dataLock;
    if (paths.dataRoot != paths.stateDir) {
        PL_TRY(dataLock, EngineLock::take(paths.dataRoot));
    }
    // Before the launcher is started: what is made from now on lives in that group.
    std::string cgroupRoot;
    if (isRootless)
        cgroupRoot = delegatedGroup(paths);
    // Before anything starts a thread: only a single-threaded process can enter a user namespace.
    std::optional<launcher::LauncherClient> client;
    std::optional<launcher::HostDialer> dialer;
    if (isRootless) {
        PL_TRY(dialer, launcher::HostDialer::start());
        PL_TRY(client,
            launcher::LauncherClient::join(
                { paths.stateDir, programDirectory() + "/portlight-launcher", ownMapping() }));
    }
    EngineSettings settings;
    settings.paths = paths;
    settings.isRootless = isRootless;
    settings.cgroupRoot = std::move(cgroupRoot);
    settings.runtimes = std::move(runtimes);
    settings.programDirectory = programDirectory();
    settings.onListening = [&paths] { announce(paths); };
    if (client) {
        settings.holdProcess = [&client](const Fd& pidFd) { return client->holdProcess(pidFd); };
        settings.openHostPort = [&client](const HostPort& port) { return client->openPort(port); };
        settings.startNames = [&client](const Fd& listener, const std::string& path) {
            return client->startNames(listener, path);
        };
        settings.connectOutside = [&client] { return client->connectOutside(); };
    }
    if (dialer)
        settings.dial = [&dialer](const std::string& host, std::uint16_t port) {
            return dialer->dial(host, port);
        };
    return runEngine(std::move(settings));
}

int run(int argc, const char* const* argv)
{
    const auto parsed = parseCommandLine(argc, argv);
    if (parsed.exitCode)
        return *parsed.exitCode;
    const bool isRoot = ::geteuid() == 0;
    const auto& options = parsed.options;
    if (options.rootless == RootlessMode::No && !isRoot)
        return fail(makeError(Errc::Forbidden, "--rootless no needs root rights"));
    if (options.rootless == RootlessMode::Yes && isRoot)
        return fail(
            makeError(Errc::InvalidArgument, "--rootless yes needs to be started by a user"));
    const auto paths = choosePaths(options, isRoot);
    if (!paths)
        return fail(paths.error());
    const auto config = readEngineConfig(paths.value().configFile);
    if (!config)
        return fail(config.error());
    if (const auto level = options.logLevel ? options.logLevel : config.value().logLevel)
        log::setLevel(*level);
    raiseDescriptorLimit();
    const auto ended = runIn(paths.value(), !isRoot, config.value().runtimes);
    return ended ? 0 : fail(ended.error());
}

} // namespace

} // namespace portlight

int main(int argc, char** argv)
{
    // One io thread and a few workers: more arenas would only hold memory.
    ::mallopt(M_ARENA_MAX, 2);
    // Writes to a client that left are errors where they happen.
    std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c)
    ::umask(0077);
    try {
        return portlight::run(argc, argv);
    } catch (const std::exception& error) {
        portlight::log::error("engine failed", { { "error", error.what() } });
        return 1;
    }
}
