#include "app/shell/milestones.h"

#include "app/shell/main_window.h"

#include <QFile>

#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace portlight::shell {

namespace {

/// Milliseconds since this process was started; 0 where procfs cannot tell.
qint64 processAgeMs()
{
    QFile file(QStringLiteral("/proc/self/stat"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    // The second field is a name in brackets that may hold spaces; starttime is the 22nd.
    const QByteArray text = file.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    const qint64 startTicks = fields.value(22 - 3).toLongLong();
    const long ticksPerSecond = ::sysconf(_SC_CLK_TCK);
    timespec now {};
    if (ticksPerSecond <= 0 || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return 0;
    const qint64 nowMs = qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
    return nowMs - startTicks * 1000 / ticksPerSecond;
}

} // namespace

Milestones::Milestones(MainWindow& window, QObject* parent)
    : QObject(parent)
{
    // Queued: by then the whole window was painted and handed to the display.
    connect(
        &window, &MainWindow::painted, this, [this] { print("first-frame"); },
        Qt::QueuedConnection);
    EngineSession& session = window.session();
    connect(&session.connection, &session::Connection::engineFound, this, [this] {
        if (!std::exchange(m_hasAnswered, true))
            print("engine-answered");
    });
    connect(&session, &EngineSession::containersLoaded, this, [this, &session] {
        if (!std::exchange(m_hasListed, true))
            print("containers-listed",
                QStringLiteral(", %1 containers").arg(session.containers.rowCount()));
    });
}

void Milestones::print(const char* name, const QString& more)
{
    std::printf(
        "milestone %s %lld ms%s\n", name, static_cast<long long>(processAgeMs()), qPrintable(more));
    std::fflush(stdout);
}

} // namespace portlight::shell
