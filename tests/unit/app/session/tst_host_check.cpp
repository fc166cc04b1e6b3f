#include "app/session/host_check.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using session::HostPlaces;

/// What keeps an engine from starting, found on computers made of a few files.
class TestHostCheck : public QObject {
    Q_OBJECT
private slots:
    void init();
    void nothingIsMissing();
    void eachLackIsNamed_data();
    void eachLackIsNamed();
    void rootNeedsNoIds();
    void foreignEngineIsNotOurs();

private:
    void write(const QString& path, const QByteArray& text) const;
    QStringList names() const;

    std::unique_ptr<QTemporaryDir> m_root;
    HostPlaces m_places;
};

void TestHostCheck::write(const QString& path, const QByteArray& text) const
{
    const QString full = m_root->path() + path;
    QVERIFY(QDir().mkpath(QFileInfo(full).path()));
    QFile file(full);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.setPermissions(QFile::Permissions(0x7755));
}

QStringList TestHostCheck::names() const
{
    QStringList found;
    for (const auto& obstacle : session::hostObstacles(m_places)) {
        found.append(obstacle.name);
        if (obstacle.cause.isEmpty() || obstacle.fix.isEmpty())
            found.append("without cause or fix");
    }
    return found;
}

/// A computer on which all is well.
void TestHostCheck::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    write("/etc/subuid", "bob:1:1\nalice:100000:65536\n");
    write("/etc/subgid", "1000:100000:65536\n");
    write("/bin/newuidmap", "");
    write("/bin/portlightd", "");
    write("/run/user/x", "");
    write("/proc/sys/user/max_user_namespaces", "15000\n");
    m_places = {};
    m_places.root = m_root->path();
    m_places.userName = "alice";
    m_places.userId = 1000;
    m_places.runtimeDir = m_root->path() + "/run/user";
    m_places.searchPath = "/nowhere:/bin";
    m_places.socketPath = m_root->path() + "/engine.sock";
    m_places.engineProgram = m_root->path() + "/bin/portlightd";
    m_places.dataRoot = m_root->path();
}

void TestHostCheck::nothingIsMissing()
{
    QCOMPARE(names(), QStringList());
}

void TestHostCheck::eachLackIsNamed_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("name");
    QTest::newRow("no range") << "/etc/subuid" << QByteArray("bob:100000:65536\n")
                              << "ids.subordinate";
    QTest::newRow("an empty range")
        << "/etc/subgid" << QByteArray("alice:100000:1\n") << "ids.subordinate";
    QTest::newRow("Debian's switch")
        << "/proc/sys/kernel/unprivileged_userns_clone" << QByteArray("0\n") << "namespaces.user";
    QTest::newRow("none at all") << "/proc/sys/user/max_user_namespaces" << QByteArray("0\n")
                                 << "namespaces.user";
    QTest::newRow("AppArmor") << "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
                              << QByteArray("1\n") << "namespaces.apparmor";
}

void TestHostCheck::eachLackIsNamed()
{
    QFETCH(const QString, path);
    QFETCH(const QByteArray, text);
    QFETCH(const QString, name);
    write(path, text);
    QCOMPARE(names(), QStringList { name });
}

void TestHostCheck::rootNeedsNoIds()
{
    QVERIFY(QFile::remove(m_root->path() + "/etc/subuid"));
    m_places.runtimeDir.clear();
    QCOMPARE(names(), (QStringList { "runtime-dir", "ids.subordinate" }));
    m_places.userId = 0;
    QCOMPARE(names(), QStringList());
    m_places.engineProgram = m_root->path() + "/bin/other";
    QCOMPARE(names(), QStringList { "program" });
}

void TestHostCheck::foreignEngineIsNotOurs()
{
    QVERIFY(QFile::remove(m_root->path() + "/etc/subuid"));
    m_places.engineProgram.clear();
    QCOMPARE(names(), QStringList());
}

QTEST_GUILESS_MAIN(TestHostCheck)
#include "tst_host_check.moc"
