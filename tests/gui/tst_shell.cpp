#include "app/shell/options.h"
#include "app/shell/settings.h"
#include "app/shell/single_instance.h"

#include <QLocalSocket>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace portlight::shell;

/// What of the shell needs no window.
class TestShell : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void goodOptions();
    void badOptions_data();
    void badOptions();
    void brokenSettingsReadAsDefaults();
    void secondInstanceHandsOver();
    void nonsenseOnTheSocketIsIgnored();

private:
    QTemporaryDir m_runtime;
};

void TestShell::initTestCase()
{
    QVERIFY(m_runtime.isValid());
    qputenv("XDG_RUNTIME_DIR", m_runtime.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", m_runtime.path().toUtf8());
    QCoreApplication::setOrganizationName("portlight-test");
}

void TestShell::goodOptions()
{
    QTemporaryDir directory;
    QFile archive(directory.filePath("-odd name.tar"));
    QVERIFY(archive.open(QIODevice::WriteOnly));
    const auto parsed = parseOptions({ "--host=unix:///tmp/engine.sock", "--milestones", "--page",
                                         "images", "--", "-odd name.tar" },
        directory.path());
    const auto* options = std::get_if<Options>(&parsed);
    QVERIFY(options);
    QCOMPARE(options->address.socketPath, QString("/tmp/engine.sock"));
    QVERIFY(!options->mayStartEngine);
    QVERIFY(options->printsMilestones);
    QCOMPARE(options->page, QString("images"));
    QCOMPARE(options->archives, QStringList { archive.fileName() });
}

void TestShell::badOptions_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("names");
    QTest::newRow("unknown option") << QStringList { "--frobnicate" } << "--frobnicate";
    QTest::newRow("unknown page") << QStringList { "--page", "nowhere" } << "nowhere";
    QTest::newRow("page missing") << QStringList { "--page" } << "--page";
    QTest::newRow("host of another kind") << QStringList { "--host", "http://x" } << "http://x";
    QTest::newRow("host missing") << QStringList { "--host" } << "--host";
    QTest::newRow("socket path too long")
        << QStringList { "--host", "unix:///" + QString(200, 'a') } << "--host";
    QTest::newRow("no such archive") << QStringList { "/nonexistent.tar" } << "/nonexistent.tar";
    QTest::newRow("archive is a folder") << QStringList { "/tmp" } << "/tmp";
}

void TestShell::badOptions()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, names);
    const auto parsed = parseOptions(arguments, "/");
    const auto* problem = std::get_if<QString>(&parsed);
    QVERIFY(problem);
    QVERIFY2(problem->contains(names), qPrintable(*problem));
}

void TestShell::brokenSettingsReadAsDefaults()
{
    QSettings store;
    store.setValue("appearance/theme", "purple");
    store.setValue("appearance/language", "../../etc/passwd");
    store.setValue("appearance/textScale", 100000);
    store.sync();
    const Settings settings;
    QCOMPARE(settings.themeMode(), portlight::theme::Mode::System);
    QCOMPARE(settings.language(), QString());
    QCOMPARE(settings.textScalePercent(), 100);
}

void TestShell::secondInstanceHandsOver()
{
    SingleInstance first("/tmp/a.sock");
    SingleInstance second("/tmp/a.sock");
    SingleInstance ofAnotherEngine("/tmp/b.sock");
    QVERIFY(first.claim());
    QVERIFY(!second.claim());
    QVERIFY(ofAnotherEngine.claim());
    QSignalSpy requested(&first, &SingleInstance::requested);
    QVERIFY(second.handOver("images", { "/tmp/x.tar" }));
    QTRY_COMPARE(requested.size(), 1);
    QCOMPARE(requested.at(0).at(0).toString(), QString("images"));
    QCOMPARE(requested.at(0).at(1).toStringList(), QStringList { "/tmp/x.tar" });
}

void TestShell::nonsenseOnTheSocketIsIgnored()
{
    SingleInstance instance("/tmp/c.sock");
    QVERIFY(instance.claim());
    QSignalSpy requested(&instance, &SingleInstance::requested);
    const QStringList sockets =
        QDir(m_runtime.path()).entryList({ "portlight-window-*" }, QDir::System);
    QVERIFY(!sockets.isEmpty());
    for (const QString& name : sockets) {
        QLocalSocket socket;
        socket.connectToServer(m_runtime.filePath(name));
        if (!socket.waitForConnected(1000))
            continue; // of an instance that is gone
        socket.write("\xff\x00{not json", 11);
        socket.disconnectFromServer();
    }
    QVERIFY(SingleInstance("/tmp/c.sock").handOver("settings", {}));
    QTRY_COMPARE(requested.size(), 1);
    QCOMPARE(requested.at(0).at(0).toString(), QString("settings"));
}

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
