#include "app/session/connection.h"
#include "app/session/resource_feed.h"
#include "app/session/stats_feed.h"
#include "tests/unit/app/client/byte_server.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace portlight;
using namespace portlight::session;
using test::ByteServer;

class TestAppSession : public QObject {
    Q_OBJECT
private slots:
    void found_lost_found();
    void check_whileProbing_asksAgain();
    void engineThatFails_isExplained();
    void noProgram_isExplained();
    void stopEngine();
    void stats_onlyWhileSubscribed();
    void address_data();
    void address();
};

namespace {

ByteServer::Reply engineReply(const ByteServer::Request& request)
{
    if (request.line.contains("/version"))
        return { { ByteServer::withLength("200 OK", R"({"Version":"1","ApiVersion":"1.50"})") } };
    if (request.line.contains("/events"))
        return { { ByteServer::chunkedHead()
            + ByteServer::chunk("{\"Type\":\"container\",\"Action\":\"die\"}\n") } };
    if (request.line.contains("/portlight/v1/stats"))
        return { { ByteServer::chunkedHead()
            + ByteServer::chunk("{\"read\":\"2026-01-01T00:00:00Z\",\"containers\":[]}\n") } };
    return { { ByteServer::withLength("200 OK", "[]") } };
}

QString script(const ByteServer& folder, const QByteArray& text)
{
    const QString path = folder.filePath("engine.sh");
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write("#!/bin/sh\n" + text);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

std::unique_ptr<EngineProcess> process(const ByteServer& folder, const QString& program)
{
    EngineLaunch launch;
    launch.program = program;
    launch.socketPath = folder.socketPath();
    launch.logPath = folder.filePath("log");
    return std::make_unique<EngineProcess>(launch);
}

} // namespace

void TestAppSession::found_lost_found()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler(engineReply);
    client::EngineClient engine({ server.socketPath() });
    Connection connection(engine, nullptr);
    ResourceFeed feed(connection);
    QSignalSpy containers(&feed, &ResourceFeed::containersChanged);
    QSignalSpy events(&feed, &ResourceFeed::eventReceived);
    QSignalSpy lost(&connection, &Connection::engineLost);
    connection.open();
    QTRY_COMPARE(connection.status().state, ConnectionState::Running);
    QCOMPARE(connection.status().version.version, QStringLiteral("1"));
    QTRY_COMPARE(events.size(), 1);
    QTRY_VERIFY(containers.size() >= 2); // at the start and for the event
    server.stop();
    QTRY_COMPARE(connection.status().state, ConnectionState::Unreachable);
    QCOMPARE(lost.size(), 1);
    QVERIFY(!connection.status().reason.isEmpty());
    QVERIFY(connection.status().secondsToRetry > 0);
    QVERIFY(server.listen());
    QTRY_COMPARE(connection.status().state, ConnectionState::Running); // by itself
}

void TestAppSession::check_whileProbing_asksAgain()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler(engineReply);
    client::EngineClient engine({ server.socketPath() });
    Connection connection(engine, nullptr);
    connection.open();
    QTRY_COMPARE(connection.status().state, ConnectionState::Running);
    const qsizetype before = server.requests().size();
    connection.check();
    connection.check(); // what broke may have broken after the first was answered
    QTRY_COMPARE(server.requests().size(), before + 4); // ping and version, twice
    QCOMPARE(connection.status().state, ConnectionState::Running);
}

void TestAppSession::engineThatFails_isExplained()
{
    ByteServer folder;
    client::EngineClient engine({ folder.socketPath() });
    Connection connection(
        engine, process(folder, script(folder, "echo 'no room on the disk' >&2\nexit 3\n")));
    QSignalSpy statuses(&connection, &Connection::statusChanged);
    connection.open();
    QTRY_COMPARE(connection.status().state, ConnectionState::Unreachable);
    QVERIFY(connection.status().reason.contains("code 3"));
    QCOMPARE(connection.status().engineOutput, QStringList { "no room on the disk" });
    QCOMPARE(statuses.at(1).first().value<ConnectionStatus>().state, ConnectionState::Starting);
}

void TestAppSession::noProgram_isExplained()
{
    ByteServer folder;
    client::EngineClient engine({ folder.socketPath() });
    Connection connection(engine, process(folder, QString()));
    connection.open();
    QTRY_COMPARE(connection.status().state, ConnectionState::Unreachable);
    QVERIFY(connection.status().reason.contains("portlightd"));
}

void TestAppSession::stopEngine()
{
    ByteServer folder;
    auto engine = process(folder, script(folder, "exec sleep 1000\n"));
    QSignalSpy started(engine.get(), &EngineProcess::started);
    QSignalSpy ended(engine.get(), &EngineProcess::ended);
    engine->start();
    QTRY_COMPARE(started.size(), 1);
    QVERIFY(engine->isRunning());
    engine->stop();
    QTRY_COMPARE(ended.size(), 1);
    QVERIFY(ended.first().first().toString().contains("signal 15"));
    QVERIFY(!engine->isRunning());
}

void TestAppSession::stats_onlyWhileSubscribed()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler(engineReply);
    client::EngineClient engine({ server.socketPath() });
    Connection connection(engine, nullptr);
    StatsFeed feed(connection);
    QSignalSpy ticks(&feed, &StatsFeed::ticked);
    connection.open();
    QTRY_VERIFY(connection.isRunning());
    const auto asked = [&] {
        return std::ranges::count_if(
            server.lines(), [](const QByteArray& line) { return line.contains("/stats"); });
    };
    QCOMPARE(asked(), 0);
    StatsFeed::Subscription one = feed.subscribe();
    {
        const StatsFeed::Subscription two = feed.subscribe();
        QTRY_COMPARE(ticks.size(), 1);
    }
    QCOMPARE(asked(), 1);
    QCOMPARE(feed.availability(), StatsFeed::Availability::Available);
    server.push(ByteServer::chunk("{\"read\":\"2026-01-01T00:00:01Z\",\"containers\":[]}\n"));
    QTRY_COMPARE(ticks.size(), 2);
    one = {};
    QTRY_VERIFY(server.isNewestClosed());
    one = feed.subscribe();
    QTRY_COMPARE(asked(), 2);
}

void TestAppSession::address_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("path"); // empty: refused
    QTest::newRow("good") << "unix:///run/x.sock" << "/run/x.sock";
    QTest::newRow("relative") << "unix://x.sock" << "";
    QTest::newRow("other scheme") << "tcp://localhost:1" << "";
    QTest::newRow("bare path") << "/run/x.sock" << "";
    QTest::newRow("too long") << QString("unix:///" + QString(120, 'a')) << "";
    QTest::newRow("empty") << "" << "";
}

void TestAppSession::address()
{
    QFETCH(const QString, url);
    const auto address = client::EngineAddress::fromUrl(url);
    const QString path = address ? address->socketPath : QString();
    QTEST(path, "path");
}

QTEST_GUILESS_MAIN(TestAppSession)
#include "tst_app_session.moc"
