#include "app/session/host_check.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStorageInfo>

#include <pwd.h>
#include <unistd.h>

namespace portlight::session {

namespace {

constexpr qint64 kLeastRoom = 64LL << 20;

using Features = QList<client::HostFeature>;

void add(Features& found, const char* name, const QString& cause, const QString& fix)
{
    client::HostFeature feature;
    feature.name = QLatin1String(name);
    feature.group = QStringLiteral("start");
    feature.cause = cause;
    feature.fix = fix;
    found.append(feature);
}

QString firstLine(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readLine()).trimmed()
                                          : QString();
}

/// "alice:100000:65536" or the same by number. subuid(5).
bool hasSubordinateIds(const QString& path, const HostPlaces& places)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray& line : lines) {
        const QList<QByteArray> parts = line.split(':');
        const QString who = QString::fromUtf8(parts.at(0));
        if (parts.size() == 3 && parts.at(2).toLongLong() > 1
            && (who == places.userName || who == QString::number(places.userId)))
            return true;
    }
    return false;
}

bool hasProgram(const HostPlaces& places, const QString& name)
{
    for (const QString& directory : places.searchPath.split(u':', Qt::SkipEmptyParts))
        if (QFileInfo(places.root + directory + u'/' + name).isExecutable())
            return true;
    return false;
}

void checkSocket(Features& found, const HostPlaces& places)
{
    const QFileInfo socket(places.socketPath);
    if (socket.exists() && ::access(QFile::encodeName(places.socketPath).constData(), W_OK) != 0)
        add(found, "socket",
            QStringLiteral("the socket %1 belongs to %2 and is closed to this user")
                .arg(places.socketPath, socket.owner()),
            socket.group() == QLatin1String("root")
                ? QStringLiteral("groupadd --system portlight; usermod -aG portlight %1; then "
                                 "restart the engine and log in again")
                      .arg(places.userName)
                : QStringLiteral("usermod -aG %1 %2; then log in again")
                      .arg(socket.group(), places.userName));
}

void checkUserNamespaces(Features& found, const HostPlaces& places)
{
    const QString proc = places.root + QStringLiteral("/proc/sys/");
    if (firstLine(proc + QStringLiteral("kernel/unprivileged_userns_clone")) == QLatin1String("0"))
        add(found, "namespaces.user",
            QStringLiteral("this kernel is set to deny user namespaces to ordinary users"),
            QStringLiteral("sysctl -w kernel.unprivileged_userns_clone=1"));
    if (firstLine(proc + QStringLiteral("user/max_user_namespaces")) == QLatin1String("0"))
        add(found, "namespaces.user",
            QStringLiteral("the number of user namespaces is limited to none"),
            QStringLiteral("sysctl -w user.max_user_namespaces=15000"));
    if (firstLine(proc + QStringLiteral("kernel/apparmor_restrict_unprivileged_userns"))
        == QLatin1String("1"))
        add(found, "namespaces.apparmor",
            QStringLiteral("AppArmor restricts user namespaces of ordinary users"),
            QStringLiteral("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
}

void checkIds(Features& found, const HostPlaces& places)
{
    for (const char* name : { "subuid", "subgid" })
        if (!hasSubordinateIds(places.root + QStringLiteral("/etc/") + QLatin1String(name), places))
            add(found, "ids.subordinate",
                QStringLiteral("/etc/%1 has no range for %2: containers can use one id only")
                    .arg(QLatin1String(name), places.userName),
                QStringLiteral("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %1")
                    .arg(places.userName));
    if (!hasProgram(places, QStringLiteral("newuidmap")))
        add(found, "ids.newuidmap", QStringLiteral("newuidmap is not installed"),
            QStringLiteral("apt install uidmap"));
}

} // namespace

HostPlaces HostPlaces::own(const QString& socketPath, const QString& engineProgram)
{
    HostPlaces places;
    places.userId = ::geteuid();
    const passwd* user = ::getpwuid(places.userId);
    places.userName = user ? QString::fromLocal8Bit(user->pw_name) : QString::number(places.userId);
    places.runtimeDir = qEnvironmentVariable("XDG_RUNTIME_DIR");
    places.searchPath = qEnvironmentVariable("PATH") + QStringLiteral(":/usr/bin:/usr/sbin");
    places.socketPath = socketPath;
    places.engineProgram = engineProgram;
    const QString data = qEnvironmentVariable("XDG_DATA_HOME");
    places.dataRoot = places.userId == 0 ? QStringLiteral("/var/lib")
        : data.isEmpty()                 ? QDir::homePath()
                                         : data;
    return places;
}

QList<client::HostFeature> hostObstacles(const HostPlaces& places)
{
    Features found;
    checkSocket(found, places);
    if (places.engineProgram.isEmpty())
        return found; // another computer's or another user's engine
    if (!QFileInfo(places.engineProgram).isExecutable())
        add(found, "program",
            QStringLiteral("the engine %1 is not there").arg(places.engineProgram),
            QStringLiteral("installer/run --build"));
    const QStorageInfo disk(places.dataRoot);
    if (disk.isValid() && disk.bytesAvailable() < kLeastRoom)
        add(found, "disk",
            QStringLiteral("the disk of %1 is full (%2 MB free)")
                .arg(places.dataRoot)
                .arg(disk.bytesAvailable() >> 20),
            QStringLiteral("make room there, or set XDG_DATA_HOME to another disk"));
    if (places.userId == 0)
        return found;
    if (places.runtimeDir.isEmpty() || !QFileInfo(places.runtimeDir).isWritable())
        add(found, "runtime-dir",
            places.runtimeDir.isEmpty()
                ? QStringLiteral("XDG_RUNTIME_DIR is not set: this is no full login session")
                : QStringLiteral("XDG_RUNTIME_DIR (%1) cannot be written").arg(places.runtimeDir),
            QStringLiteral("log in through a login manager or ssh, or install libpam-systemd"));
    checkIds(found, places);
    checkUserNamespaces(found, places);
    return found;
}

} // namespace portlight::session
