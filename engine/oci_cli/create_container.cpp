#include "engine/base/syscalls.h"
#include "engine/base/timestamps.h"
#include "engine/oci_cli/launch.h"
#include "engine/oci_cli/shortfalls.h"
#include "engine/runtime/capabilities.h"
#include "engine/runtime/container_process.h"
#include "engine/runtime/seccomp_plan.h"
#include "engine/runtime/unix_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <set>

namespace portlight::oci_cli {

namespace {

constexpr std::size_t kMaxConfigBytes = 8U << 20U;

/// One creation; what it has made goes again when it fails.
class Creation {
public:
    Creation(const Context& context, const CreateOptions& options, bool takesConsole, int& exitCode)
        : m_context(context)
        , m_options(options)
        , m_store(context.root)
        , m_takesConsole(takesConsole)
        , m_exitCode(exitCode)
    {
    }
    Result<CreatedContainer> run();

private:
    Result<void> create();
    Result<void> readBundle();
    void warnOfMappings() const;
    void warnOfCapabilities() const;
    Result<void> openConsoleSocket();
    Result<void> describe();
    Result<void> awaitCreated();
    Result<void> takeConsole(Fd master);
    Result<void> writePidFile() const;
    void undo();

    const Context& m_context;
    const CreateOptions& m_options;
    StateStore m_store;
    bool m_takesConsole;
    int& m_exitCode;
    bool m_isReserved = false;
    std::string m_configText;
    runtime::Bundle m_bundle;
    std::unique_ptr<cgroup::Driver> m_driver;
    Fd m_consoleSocket;
    Fd m_console;
    std::optional<runtime::ContainerProcess> m_process;
    ContainerRecord m_record;
};

Result<std::string> realPath(const std::string& path)
{
    char resolved[PATH_MAX];
    if (::realpath(path.c_str(), resolved) == nullptr)
        return errnoError(errno, "open bundle '" + path + "'");
    return std::string(resolved);
}

Result<void> Creation::readBundle()
{
    PL_TRY(m_bundle.path, realPath(m_options.bundle));
    const std::string path = m_options.config.starts_with('/')
        ? m_options.config
        : m_bundle.path + "/" + m_options.config;
    PL_TRY(m_configText, readFile(path, kMaxConfigBytes));
    const auto json = parseJson(m_configText);
    if (!json)
        return withContext(json.error(), path);
    auto config = oci::runtimeConfigFromJson(json.value());
    if (!config)
        return withContext(config.error(), path);
    m_bundle.config = std::move(config).value();
    if (!m_bundle.config.process)
        return makeError(Errc::InvalidArgument, path + ": field 'process' is missing");
    if (m_options.listenFds > 0) {
        std::vector<std::string>& env = m_bundle.config.process->env;
        env.push_back("LISTEN_FDS=" + std::to_string(m_options.listenFds));
        env.emplace_back("LISTEN_PID=1");
    }
    return success();
}

// Before anything is made: a terminal without anybody to take it is the caller's mistake.
Result<void> Creation::openConsoleSocket()
{
    const bool hasTerminal = m_bundle.config.process->hasTerminal;
    if (hasTerminal && m_options.consoleSocket.empty() && !m_takesConsole)
        return makeError(Errc::InvalidArgument,
            "process.terminal is set, so --console-socket must name who takes the terminal");
    if (!hasTerminal && !m_options.consoleSocket.empty())
        return makeError(Errc::InvalidArgument,
            "--console-socket is given, but process.terminal is not set in config.json");
    if (!m_options.consoleSocket.empty()) {
        PL_TRY(m_consoleSocket, runtime::connectUnix(m_options.consoleSocket, SOCK_STREAM));
    }
    return success();
}

std::string groupOf(const std::string& cgroupsPath, const std::string& id)
{
    if (cgroupsPath.empty())
        return "/portlight-oci/" + id;
    std::string path = cgroupsPath.front() == '/' ? cgroupsPath : "/" + cgroupsPath;
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

Result<void> Creation::describe()
{
    m_record.id = m_options.id;
    m_record.bundle = m_bundle.path;
    const std::string& root = m_bundle.config.rootPath;
    m_record.rootfs = root.starts_with('/') ? root : m_bundle.path + "/" + root;
    m_record.createdNs = wallClockNs();
    m_record.owner = ::geteuid();
    m_record.group = groupOf(m_bundle.config.linuxConfig.cgroupsPath, m_options.id);
    if (m_context.hasCgroups) {
        PL_TRY(cgroup::checkGroupPath(m_record.group));
    } else {
        m_record.group.clear();
    }
    PL_TRY(m_driver, openCgroups(m_record.group));
    const auto present = m_driver->processes(m_record.group);
    m_record.ownsGroup = m_context.hasCgroups && (!present || present.value().empty());
    return success();
}

Result<void> Creation::takeConsole(Fd master)
{
    if (!m_consoleSocket.isOpen()) {
        m_console = std::move(master);
        return success();
    }
    auto sent = runtime::sendWithDescriptor(m_consoleSocket, "/dev/ptmx", master.get());
    if (!sent)
        return withContext(sent.error(), "console socket '" + m_options.consoleSocket + "'");
    return success();
}

Result<void> Creation::awaitCreated()
{
    for (;;) {
        pollfd waiting { m_process->channel().get(), POLLIN, 0 };
        if (::poll(&waiting, 1, -1) < 0 && errno != EINTR)
            return errnoError(errno, "wait for the container's process");
        PL_TRY(auto received, m_process->receive());
        if (!received)
            continue;
        if (received->isEnd)
            return makeError(Errc::Internal, "the container's process ended during its set-up");
        switch (received->message) {
        case runtime::StartMessage::Console: {
            PL_TRY(takeConsole(std::move(received->attachment)));
            break;
        }
        case runtime::StartMessage::Created:
            return success();
        default:
            m_exitCode = received->failure.exitCode == 128 ? 1 : received->failure.exitCode;
            return Error { Errc::Internal, received->failure.message, received->failure.sysErrno };
        }
    }
}

Result<void> Creation::writePidFile() const
{
    if (m_options.pidFile.empty())
        return success();
    const std::string temporary = m_options.pidFile + ".tmp";
    PL_TRY(const auto file, openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
    PL_TRY(writeAll(file, std::to_string(m_record.pid)));
    if (::rename(temporary.c_str(), m_options.pidFile.c_str()) != 0)
        return errnoError(errno, "write '" + m_options.pidFile + "'");
    return success();
}

void Creation::warnOfMappings() const
{
    const oci::LinuxConfig& config = m_bundle.config.linuxConfig;
    const oci::Namespace* const user = config.findNamespace("user");
    if (user != nullptr && user->path.empty() && config.uidMappings.empty()
        && config.gidMappings.empty())
        m_context.logWarning("the user namespace has no uidMappings and gidMappings: only the "
                             "caller's own ids are in it, as 0");
}

// config.md, Linux Process: a name that means nothing to this runtime is no error, but told.
void Creation::warnOfCapabilities() const
{
    const auto& sets = m_bundle.config.process->capabilities;
    if (!sets)
        return;
    std::set<std::string> unknown;
    for (const auto* list : { &sets->bounding, &sets->effective, &sets->permitted,
             &sets->inheritable, &sets->ambient }) {
        for (const std::string& name : *list) {
            if (!runtime::capabilityNumber(name))
                unknown.insert(name);
        }
    }
    for (const std::string& name : unknown)
        m_context.logWarning("unknown capability '" + name + "' is left out");
}

Result<void> Creation::create()
{
    if (m_context.usesSystemdCgroup)
        return makeError(Errc::NotImplemented,
            "--systemd-cgroup is not supported: let the caller use cgroupfs "
            "(podman: --cgroup-manager cgroupfs; containerd: SystemdCgroup = false)");
    PL_TRY(readBundle());
    warnOfMappings();
    warnOfCapabilities();
    PL_TRY(openConsoleSocket());
    PL_TRY(const auto directory, m_store.reserve(m_options.id));
    m_isReserved = true;
    PL_TRY(m_store.saveConfig(m_options.id, m_configText));
    PL_TRY(describe());
    runtime::CreateSettings settings;
    PL_TRY(settings.seccomp,
        runtime::planSeccomp(m_bundle.config.linuxConfig.seccomp, m_context.root + "/.seccomp"));
    PL_TRY(const auto listener, runtime::listenUnix(directory, "start.sock", SOCK_SEQPACKET));
    settings.id = m_options.id;
    settings.startSocket = listener.get();
    settings.preservedFds = m_options.preservedFds;
    settings.usesPivotRoot = m_options.usesPivotRoot;
    settings.hasNewKeyring = m_options.hasNewKeyring;
    if (!m_bundle.config.process->hasTerminal)
        settings.streams = { 0, 1, 2 };
    std::string stage;
    PL_TRY(m_process,
        runtime::ContainerProcess::create(m_bundle, *m_driver, m_record.group, settings, stage));
    m_record.pid = m_process->pid();
    PL_TRY(m_record.startTicks, processStartTime(m_record.pid));
    PL_TRY(m_store.save(m_record));
    PL_TRY(awaitCreated());
    for (const std::string& each : shortfalls(m_bundle.config, m_record.pid))
        m_context.logWarning(each);
    m_record.isCreated = true;
    PL_TRY(m_store.save(m_record));
    return writePidFile();
}

void Creation::undo()
{
    if (!m_isReserved)
        return;
    if (m_process) {
        ::kill(m_process->pid(), SIGKILL);
        while (::waitpid(m_process->pid(), nullptr, 0) < 0 && errno == EINTR) { }
    }
    m_record.pid = 0;
    m_record.id = m_options.id;
    if (auto gone = destroyContainer(m_context, m_record); !gone)
        m_context.logWarning(gone.error().message);
}

Result<CreatedContainer> Creation::run()
{
    m_exitCode = 1;
    auto created = create();
    if (!created) {
        undo();
        return created.error();
    }
    PL_TRY(auto process, openProcess(m_record));
    return CreatedContainer { std::move(m_record), std::move(process), std::move(m_console) };
}

} // namespace

Result<CreatedContainer> createContainer(
    const Context& context, const CreateOptions& options, bool takesConsole, int& exitCode)
{
    return Creation(context, options, takesConsole, exitCode).run();
}

} // namespace portlight::oci_cli
