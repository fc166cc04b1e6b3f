#include "tests/support/engine_process.h"

#include "engine/base/syscalls.h"

#include <QDeadlineTimer>
#include <QtTest>

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

namespace portlight::test {

namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 30'000;

/// May somebody who is neither owner nor in the group reach @p path and read it?
bool isReachableByAll(const fs::path& path)
{
    for (fs::path at = path; at != at.root_path(); at = at.parent_path()) {
        struct stat status {};
        if (::stat(at.c_str(), &status) != 0 || (status.st_mode & S_IXOTH) == 0)
            return false;
    }
    return true;
}

/// Where @p user runs portlightd from: the build directory, or a copy of the engine's programs
/// below
/// @p directory (a checkout in somebody's home directory cannot be reached by others; and without
/// the starter image beside it an engine has none to load).
Result<fs::path> programs(const EngineProcess::Options& options, const fs::path& directory)
{
    const fs::path built = PORTLIGHT_BIN_DIR;
    if (options.hasStarterImage && isReachableByAll(built / "portlightd"))
        return built;
    std::error_code failure;
    fs::create_directories(directory / "bin", failure);
    for (const auto& entry : fs::directory_iterator(built, failure)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with("portlight") || name == "portlight")
            continue;
        const fs::path copy = directory / "bin" / name;
        fs::create_hard_link(entry.path(), copy, failure);
        if (failure || !isReachableByAll(copy))
            fs::copy_file(entry.path(), copy, fs::copy_options::overwrite_existing, failure);
        if (failure)
            return makeError(Errc::Internal, "copy '" + name + "': " + failure.message());
    }
    if (options.hasStarterImage) {
        fs::create_directories(directory / "share/portlight", failure);
        fs::copy_file(built / "../share/portlight/starter.tar",
            directory / "share/portlight/starter.tar", failure);
        if (failure)
            return makeError(Errc::Internal, "copy the starter image: " + failure.message());
    }
    return directory / "bin";
}

Result<std::string> makeDirectory(const LocalUser& user)
{
    char name[] = "/tmp/pl-XXXXXX";
    if (::mkdtemp(name) == nullptr)
        return errnoError(errno, "make a directory below /tmp");
    // The programs below it are reached by everybody, its own state is not.
    ::chmod(name, 0711);
    for (const std::string part : { "", "/data", "/run", "/xdg" }) {
        const std::string path = name + part;
        if (!part.empty() && ::mkdir(path.c_str(), 0700) != 0)
            return errnoError(errno, "make '" + path + "'");
        if (::chown(path.c_str(), user.uid, user.gid) != 0)
            return errnoError(errno, "give '" + path + "' to " + user.name);
    }
    return std::string(name);
}

} // namespace

Result<pid_t> processBehind(const std::string& socket)
{
    const Fd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errnoError(errno, "connect to '" + socket + "'");
    ucred peer {};
    socklen_t size = sizeof peer;
    if (::getsockopt(link.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return errnoError(errno, "ask who listens on '" + socket + "'");
    return peer.pid;
}

EngineProcess::EngineProcess(std::string directory, LocalUser user)
    : m_directory(std::move(directory))
    , m_user(std::move(user))
{
}

Result<std::unique_ptr<EngineProcess>> EngineProcess::start(Options options)
{
    std::string lack;
    const auto user = localUser(options.runAs, lack);
    if (!user)
        return makeError(Errc::Forbidden, lack);
    PL_TRY(auto directory, makeDirectory(*user));
    std::unique_ptr<EngineProcess> engine(new EngineProcess(std::move(directory), *user));
    PL_TRY(engine->launch(options));
    return engine;
}

Result<void> EngineProcess::launch(const Options& options)
{
    PL_TRY(const auto bin, programs(options, m_directory));
    QStringList words { "--user", QString::fromStdString(m_user.name), "--dir",
        QString::fromStdString(m_directory) };
    auto environment = options.environment;
    environment.insert(environment.begin(),
        { { "HOME", m_user.home }, { "XDG_RUNTIME_DIR", m_directory + "/xdg" },
            { "USER", m_user.name } });
    for (const auto& [name, value] : environment)
        words << "--env" << QString::fromStdString(name + "=" + value);
    if (options.hasOwnNetwork && ::geteuid() == 0)
        words << "--network" << "own";
    words << "--" << QString::fromStdString((bin / "portlightd").string());
    for (const std::string& word : { std::string("--socket"), socket(), std::string("--data-root"),
             dataRoot(), std::string("--state-dir"), stateDir() })
        words << QString::fromStdString(word);
    for (const auto& word : options.arguments)
        words << QString::fromStdString(word);
    m_keeper.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_keeper.start(PORTLIGHT_KEEPER, words);
    if (!m_keeper.waitForStarted(kPatienceMs))
        return makeError(Errc::Unavailable, "test_keeper: " + m_keeper.errorString().toStdString());
    return restart();
}

EngineProcess::~EngineProcess()
{
    if (m_keeper.state() == QProcess::NotRunning) {
        std::error_code ignored;
        fs::remove_all(m_directory, ignored);
        return;
    }
    if (QTest::currentTestFailed())
        qWarning("the engine wrote:\n%s", output().c_str());
    m_keeper.closeWriteChannel();
    const bool isEnded = m_keeper.waitForFinished(2 * kPatienceMs);
    const QStringList left =
        QString::fromUtf8(m_keeper.readAllStandardOutput()).split('\n').filter("left ");
    if (!isEnded || !left.isEmpty())
        QTest::qFail(qPrintable("the engine's remains: "
                         + (isEnded ? left.join(", ") : QString("not removed within a minute"))),
            __FILE__, __LINE__);
}

Result<std::string> EngineProcess::await(const std::string& prefix, bool isExitExpected)
{
    const QDeadlineTimer deadline(kPatienceMs);
    for (;;) {
        while (m_keeper.canReadLine()) {
            const std::string line = m_keeper.readLine().trimmed().toStdString();
            if (line.starts_with(prefix))
                return line.substr(prefix.size());
            if (line.starts_with("exited " + std::to_string(m_started)) && !isExitExpected)
                return makeError(Errc::Unavailable, "the engine ended: " + output());
        }
        if (deadline.hasExpired() || m_keeper.state() == QProcess::NotRunning)
            return makeError(
                Errc::Unavailable, "no '" + prefix + "' from the engine, it wrote: " + output());
        m_keeper.waitForReadyRead(static_cast<int>(deadline.remainingTime()));
    }
}

Result<void> EngineProcess::restart()
{
    m_keeper.write("start\n");
    PL_TRY(const auto pid, await("started ", true));
    m_started = static_cast<pid_t>(std::stol(pid));
    PL_TRY(await("ready", false));
    return success();
}

Result<int> EngineProcess::terminate()
{
    if (::kill(m_started, SIGTERM) != 0)
        return errnoError(errno, "end the engine");
    PL_TRY(const auto status, await("exited " + std::to_string(m_started) + " ", true));
    return std::stoi(status);
}

Result<void> EngineProcess::kill()
{
    PL_TRY(const auto pid, enginePid());
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process.isOpen() || ::kill(pid, SIGKILL) != 0)
        return errnoError(errno, "kill the engine");
    pollfd ended { process.get(), POLLIN, 0 };
    if (::poll(&ended, 1, kPatienceMs) != 1)
        return makeError(Errc::Internal, "the engine survived kill -9");
    return success();
}

std::string EngineProcess::output() const
{
    const auto text = readFile(m_directory + "/engine.log");
    return text ? text.value() : "(nothing: " + text.error().message + ")";
}

} // namespace portlight::test
