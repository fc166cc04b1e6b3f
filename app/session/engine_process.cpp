#include "app/session/engine_process.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSocketNotifier>
#include <QStandardPaths>
#include <QTimer>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

extern char** environ;

namespace portlight::session {

namespace {

constexpr qint64 kLogTailBytes = 64 * 1024;

QString findProgram()
{
    const QString name = QStringLiteral("portlightd");
    const QFileInfo beside(QCoreApplication::applicationDirPath() + u'/' + name);
    if (beside.isExecutable())
        return beside.absoluteFilePath();
    return QStandardPaths::findExecutable(name);
}

/// What the new process gets: its output in the log, no terminal, a session and signals of its own.
class SpawnSetup {
public:
    explicit SpawnSetup(int logFile)
    {
        ::posix_spawn_file_actions_init(&m_files);
        ::posix_spawn_file_actions_addopen(&m_files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&m_files, logFile, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_files, logFile, STDERR_FILENO);
        ::posix_spawnattr_init(&m_attributes);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setflags(
            &m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnSetup()
    {
        ::posix_spawn_file_actions_destroy(&m_files);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    Q_DISABLE_COPY_MOVE(SpawnSetup)

    int spawn(pid_t& pid, const QString& program, const QStringList& arguments)
    {
        std::vector<QByteArray> texts { QFile::encodeName(program) };
        for (const QString& argument : arguments)
            texts.push_back(QFile::encodeName(argument));
        std::vector<char*> argv;
        for (QByteArray& text : texts)
            argv.push_back(text.data());
        argv.push_back(nullptr);
        return ::posix_spawn(&pid, argv[0], &m_files, &m_attributes, argv.data(), environ);
    }

private:
    posix_spawn_file_actions_t m_files {};
    posix_spawnattr_t m_attributes {};
};

QString endText(const siginfo_t& info)
{
    return info.si_code == CLD_EXITED
        ? QStringLiteral("the engine ended with code %1").arg(info.si_status)
        : QStringLiteral("the engine was ended by signal %1").arg(info.si_status);
}

} // namespace

EngineLaunch EngineLaunch::forAddress(const client::EngineAddress& address)
{
    EngineLaunch launch;
    launch.program = findProgram();
    launch.socketPath = address.socketPath;
    launch.dataRoot = qEnvironmentVariable("PORTLIGHT_DATA_ROOT");
    launch.stateDir = qEnvironmentVariable("PORTLIGHT_STATE_DIR");
    launch.logPath =
        QFileInfo(address.socketPath).absolutePath() + QStringLiteral("/portlightd.log");
    return launch;
}

QStringList EngineLaunch::arguments() const
{
    QStringList list { QStringLiteral("--socket"), socketPath };
    if (!dataRoot.isEmpty())
        list += { QStringLiteral("--data-root"), dataRoot };
    if (!stateDir.isEmpty())
        list += { QStringLiteral("--state-dir"), stateDir };
    return list;
}

class EngineProcess::Private {
public:
    /// Empty when it runs, else why not.
    QString spawn();
    void handleExit();
    void forget();

    EngineProcess* q = nullptr;
    EngineLaunch launch;
    pid_t pid = -1;
    int pidFd = -1; ///< a number that cannot come to mean another process
    std::unique_ptr<QSocketNotifier> notifier;
};

EngineProcess::EngineProcess(EngineLaunch launch, QObject* parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->q = this;
    d->launch = std::move(launch);
}

EngineProcess::~EngineProcess()
{
    d->forget();
}

const EngineLaunch& EngineProcess::launch() const
{
    return d->launch;
}
bool EngineProcess::isRunning() const
{
    return d->pidFd >= 0;
}
qint64 EngineProcess::processId() const
{
    return d->pid;
}

void EngineProcess::Private::forget()
{
    notifier.reset();
    if (pidFd >= 0)
        ::close(std::exchange(pidFd, -1));
    pid = -1;
}

QString EngineProcess::Private::spawn()
{
    if (launch.program.isEmpty())
        return QStringLiteral(
            "the program portlightd was found neither beside this one nor on PATH");
    if (!QDir().mkpath(QFileInfo(launch.logPath).absolutePath()))
        return QStringLiteral("make the directory of '%1': %2")
            .arg(launch.logPath, qt_error_string(errno));
    const int log = ::open(QFile::encodeName(launch.logPath).constData(),
        O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0)
        return QStringLiteral("write '%1': %2").arg(launch.logPath, qt_error_string(errno));
    const int failure = SpawnSetup(log).spawn(pid, launch.program, launch.arguments());
    ::close(log);
    if (failure != 0)
        return QStringLiteral("start '%1': %2").arg(launch.program, qt_error_string(failure));
    pidFd = int(::syscall(SYS_pidfd_open, pid, 0));
    if (pidFd < 0)
        return QStringLiteral("watch the engine: %1").arg(qt_error_string(errno));
    notifier = std::make_unique<QSocketNotifier>(pidFd, QSocketNotifier::Read);
    QObject::connect(notifier.get(), &QSocketNotifier::activated, q, [this] { handleExit(); });
    return {};
}

void EngineProcess::Private::handleExit()
{
    siginfo_t info {};
    if (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidFd), &info, WEXITED | WNOHANG)
            == 0
        && info.si_pid == 0)
        return;
    // Not from within the notifier's own signal.
    notifier->setEnabled(false);
    notifier.release()->deleteLater();
    forget();
    emit q->ended(endText(info));
}

void EngineProcess::start()
{
    if (isRunning())
        return;
    const QString failure = d->spawn();
    const qint64 pid = d->pid;
    QTimer::singleShot(0, this, [this, failure, pid] {
        if (failure.isEmpty())
            emit started(pid);
        else
            emit startFailed(failure);
    });
}

void EngineProcess::stop()
{
    if (isRunning())
        ::syscall(SYS_pidfd_send_signal, d->pidFd, SIGTERM, nullptr, 0);
}

QStringList EngineProcess::lastLines(int count) const
{
    QFile log(d->launch.logPath);
    if (!log.open(QIODevice::ReadOnly))
        return {};
    log.seek(std::max<qint64>(0, log.size() - kLogTailBytes));
    const QString text = QString::fromUtf8(log.read(kLogTailBytes));
    const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
    return lines.mid(std::max<qsizetype>(0, lines.size() - count));
}

} // namespace portlight::session
