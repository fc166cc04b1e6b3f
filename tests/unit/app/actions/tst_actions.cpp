#include "app/actions/archive_tasks.h"
#include "app/actions/container_actions.h"
#include "app/actions/docker_command.h"
#include "app/actions/image_actions.h"
#include "app/actions/pull_tasks.h"
#include "app/actions/run_text.h"
#include "app/actions/store_actions.h"
#include "tests/unit/app/client/byte_server.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace portlight;
using namespace portlight::actions;
using client::ContainerState;
using test::ByteServer;

class TestActions : public QObject {
    Q_OBJECT
private slots:
    /// Sockets let go of go with the event loop, which is over by now.
    void cleanup() { QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); }
    void permissions();
    void bulkStop_summary();
    void restart_inSteps();
    void images_removeAllNames();
    void volumesAndNetworks();
    void subnets();
    void portsAndMounts();
    void pull_data();
    void pull();
    void imageReferences();
    void dockerCommand_withoutImage();
    void tasks_importAndFailure();
};

namespace {

client::ContainerSummary container(const QString& id, ContainerState state)
{
    client::ContainerSummary summary;
    summary.id = id;
    summary.name = "name-" + id;
    summary.state = state;
    return summary;
}

client::VolumeSummary volume(const QString& name)
{
    client::VolumeSummary summary;
    summary.name = name;
    return summary;
}

client::NetworkSummary network(const QString& id, const QString& name)
{
    client::NetworkSummary summary;
    summary.id = id;
    summary.name = name;
    return summary;
}

} // namespace

void TestActions::permissions()
{
    client::EngineClient engine({ "/nowhere" });
    models::ContainerModel model;
    model.applySnapshot(
        { container("r", ContainerState::Running), container("e", ContainerState::Exited) });
    ContainerActions actions(engine, model);
    QVERIFY(!actions.permission(ContainerAction::Stop, { "r" }).isAllowed); // no engine
    actions.setEngineAvailable(true);
    QVERIFY(actions.permission(ContainerAction::Stop, { "r" }).isAllowed);
    QVERIFY(!actions.permission(ContainerAction::Start, { "r" }).isAllowed);
    QVERIFY(actions.permission(ContainerAction::Start, { "r", "e" }).isAllowed);
    QVERIFY(!actions.permission(ContainerAction::Kill, { "e" }).isAllowed);
    QVERIFY(!actions.permission(ContainerAction::Kill, { "e" }).reason.isEmpty());
    QVERIFY(!actions.permission(ContainerAction::Start, {}).isAllowed);
    QVERIFY(!actions.permission(ContainerAction::Start, { "unknown" }).isAllowed);
    model.setActivity("r", models::ContainerActivity::Stopping);
    QVERIFY(!actions.permission(ContainerAction::Stop, { "r" }).isAllowed);
    model.setActivity("r", models::ContainerActivity::None);
    QVERIFY(!actions.confirmation(ContainerAction::Stop, { "r" }).isNeeded);
    const Confirmation removal = actions.confirmation(ContainerAction::Remove, { "r", "e" });
    QVERIFY(removal.isNeeded);
    QCOMPARE(removal.details, QStringLiteral("name-r\nname-e"));
    QVERIFY(!removal.lost.isEmpty());
    QVERIFY(!removal.warning.isEmpty()); // one of them runs
    QVERIFY(actions.confirmation(ContainerAction::Remove, { "e" }).warning.isEmpty());
}

void TestActions::bulkStop_summary()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const ByteServer::Request& request) {
        return ByteServer::Reply { { request.line.contains("/b/")
                ? ByteServer::withLength("500 Oops", R"({"message":"stuck"})")
                : QByteArray("HTTP/1.1 204 No Content\r\n\r\n") } };
    });
    client::EngineClient engine({ server.socketPath() });
    models::ContainerModel model;
    model.applySnapshot({ container("a", ContainerState::Running),
        container("b", ContainerState::Running), container("c", ContainerState::Exited) });
    ContainerActions actions(engine, model);
    QSignalSpy finished(&actions, &ContainerActions::finished);
    actions.run(ContainerAction::Stop, { "a", "b", "c", "unknown" });
    QCOMPARE(model.find("a")->activity, models::ContainerActivity::Stopping);
    QCOMPARE(model.find("c")->activity, models::ContainerActivity::None);
    QTRY_COMPARE(finished.size(), 1);
    const auto summary = finished.first().at(1).value<ActionSummary>();
    QCOMPARE(summary.succeeded, 1);
    QCOMPARE(summary.failures.size(), 1);
    QCOMPARE(summary.text, QStringLiteral("1 stopped, 1 failed"));
    QCOMPARE(model.find("b")->failure, QStringLiteral("stuck"));
    QCOMPARE(model.find("b")->activity, models::ContainerActivity::None);
}

void TestActions::restart_inSteps()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const ByteServer::Request& request) {
        return ByteServer::Reply { { request.line.contains("/restart")
                ? ByteServer::withLength("501 Not Implemented", R"({"message":"no"})")
                : QByteArray("HTTP/1.1 204 No Content\r\n\r\n") } };
    });
    client::EngineClient engine({ server.socketPath() });
    models::ContainerModel model;
    model.applySnapshot({ container("a", ContainerState::Running) });
    ContainerActions actions(engine, model);
    QSignalSpy finished(&actions, &ContainerActions::finished);
    actions.run(ContainerAction::Restart, { "a" });
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(server.lines(),
        (QList<QByteArray> { "POST /v1.50/containers/a/restart HTTP/1.1",
            "POST /v1.50/containers/a/stop HTTP/1.1", "POST /v1.50/containers/a/start HTTP/1.1" }));
}

void TestActions::images_removeAllNames()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", R"([{"Untagged":"x"}])") } };
    });
    client::EngineClient engine({ server.socketPath() });
    models::ImageModel model;
    client::ImageSummary image;
    image.id = "sha256:1";
    image.references = { "docker.io/library/nginx:1", "b:2" };
    client::ImageSummary used = image;
    used.id = "sha256:2";
    used.containers = 1;
    model.applySnapshot({ image, used });
    ImageActions actions(engine, model);
    actions.setEngineAvailable(true);
    QVERIFY(actions.permission(ImageAction::Remove, { "sha256:1", "sha256:2" }).isAllowed);
    QVERIFY(!actions.permission(ImageAction::Remove, { "sha256:2" }).isAllowed);
    QVERIFY(!actions.permission(ImageAction::Run, { "sha256:1", "sha256:2" }).isAllowed);
    QCOMPARE(actions.suggestedFileName({ "sha256:1" }), QStringLiteral("nginx-1.tar"));
    QSignalSpy removed(&actions, &ImageActions::removed);
    actions.remove({ "sha256:1", "sha256:2" });
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(server.lines().size(), 2);
    QCOMPARE(removed.first().first().value<ActionSummary>().succeeded, 1);
}

void TestActions::volumesAndNetworks()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { QByteArray("HTTP/1.1 204 No Content\r\n\r\n") } };
    });
    client::EngineClient engine({ server.socketPath() });
    models::VolumeModel volumes;
    models::NetworkModel networks;
    volumes.applySnapshot({ volume("used"), volume("spare") });
    volumes.applyUsers({ { "used", { "db" } } });
    networks.applySnapshot({ network("1", "bridge"), network("2", "shop"), network("3", "old") });
    networks.applyMembers({ { "shop", { "web" } } });
    VolumeActions volumeActions(engine, volumes);
    NetworkActions networkActions(engine, networks);
    QVERIFY(!volumeActions.removePermission({ "spare" }).isAllowed); // no engine
    volumeActions.setEngineAvailable(true);
    networkActions.setEngineAvailable(true);
    QVERIFY(volumeActions.removePermission({ "spare", "used" }).isAllowed);
    QVERIFY(volumeActions.removePermission({ "used" }).reason.contains("db"));
    QVERIFY(volumeActions.removeConfirmation({ "spare", "used" }).title.contains("spare"));
    QVERIFY(!networkActions.removePermission({ "1" }).isAllowed);
    QVERIFY(networkActions.removePermission({ "2" }).reason.contains("web"));
    QVERIFY(networkActions.removePermission({ "3" }).isAllowed);
    QSignalSpy volumesRemoved(&volumeActions, &VolumeActions::removed);
    QSignalSpy networksRemoved(&networkActions, &NetworkActions::removed);
    volumeActions.remove({ "spare", "used" });
    networkActions.remove({ "1", "2", "3" });
    QTRY_COMPARE(volumesRemoved.size(), 1);
    QTRY_COMPARE(networksRemoved.size(), 1);
    QCOMPARE(server.lines().size(), 2);
    QVERIFY(server.lines().contains("DELETE /v1.50/volumes/spare HTTP/1.1"));
    QVERIFY(server.lines().contains("DELETE /v1.50/networks/3 HTTP/1.1"));
}

void TestActions::subnets()
{
    for (const char* good : { "10.5.0.0/24", "192.168.0.0/16", "fd00:5::/64" })
        QVERIFY2(isSubnet(good), good);
    for (const char* bad : { "", "10.5.0.0", "10.5/24", "10.5.0.0/33", "10.5.0.256/24", "/24",
             "fd00::/129", "10.5.0.0/", "shop" })
        QVERIFY2(!isSubnet(bad), bad);
    QVERIFY(isInSubnet("10.5.0.1", "10.5.0.0/24"));
    QVERIFY(!isInSubnet("10.6.0.1", "10.5.0.0/24"));
    QVERIFY(!isInSubnet("nonsense", "10.5.0.0/24"));
}

void TestActions::pull_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<TaskState>("state");
    QTest::addColumn<QString>("message");
    const QByteArray lines =
        R"({"status":"Pulling from library/a","id":"1"})"
        "\n"
        R"({"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"l1"})"
        "\n";
    QTest::newRow("good") << ByteServer::withLength(
        "200 OK", lines + R"({"status":"Pull complete","id":"l1"})" + "\n")
                          << TaskState::Succeeded << "Pulled a:1";
    QTest::newRow("error in the stream") << ByteServer::withLength(
        "200 OK", lines + R"({"error":"x","errorDetail":{"message":"no such manifest"}})" + "\n")
                                         << TaskState::Failed << "no such manifest";
    QTest::newRow("refused") << ByteServer::withLength(
        "404 Not Found", R"({"message":"pull access denied"})")
                             << TaskState::Failed << "pull access denied";
    QTest::newRow("not JSON") << ByteServer::withLength("200 OK", "<html>\n") << TaskState::Failed
                              << "cannot be read";
    QTest::newRow("unsupported") << ByteServer::withLength(
        "501 Not Implemented", R"({"message":"not supported"})")
                                 << TaskState::Failed << "not supported";
}

void TestActions::pull()
{
    QFETCH(const QByteArray, reply);
    QFETCH(const QString, message);
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto&) { return ByteServer::Reply { { reply } }; });
    client::EngineClient engine({ server.socketPath() });
    TaskList tasks;
    QAbstractItemModelTester tester(&tasks, QAbstractItemModelTester::FailureReportingMode::QtTest);
    PullTasks pulls(engine, tasks);
    const int id = pulls.pull("a:1");
    QTRY_COMPARE(tasks.runningCount(), 0);
    QTEST(tasks.find(id)->state, "state");
    QVERIFY2(tasks.find(id)->message.contains(message), qPrintable(tasks.find(id)->message));
    QCOMPARE(
        server.lines().first(), QByteArray("POST /v1.50/images/create?fromImage=a&tag=1 HTTP/1.1"));
    QCOMPARE(pulls.isSupported(), !reply.contains("501"));
    if (tasks.find(id)->state == TaskState::Succeeded) {
        QCOMPARE(tasks.find(id)->parts.last().name, QString("l1"));
        QCOMPARE(tasks.find(id)->total, qint64(10));
        QCOMPARE(tasks.find(id)->bytes, qint64(10));
    }
}

void TestActions::imageReferences()
{
    for (const char* good : { "nginx", "nginx:1.27", "ghcr.io/owner/name:tag", "localhost:5000/a/b",
             "a__b/c-d", "Registry.example/a",
             "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" })
        QVERIFY2(isImageReference(good), good);
    for (const char* bad : { "", "Nginx", "a:", "a b", "-a", "a@sha256:12", "a//b", "a:b:c", "/a" })
        QVERIFY2(!isImageReference(bad), bad);
}

void TestActions::portsAndMounts()
{
    const auto ports = parsePorts("8080:80\n\n 53/udp \n127.0.0.1:8443:443/tcp\n[::1]:1:2\n");
    QCOMPARE(ports.badLine, QString());
    QCOMPARE(ports.entries,
        (QList<client::PortMapping> { { "", 8080, 80, "tcp" }, { "", 0, 53, "udp" },
            { "127.0.0.1", 8443, 443, "tcp" }, { "::1", 1, 2, "tcp" } }));
    for (const char* bad : { "x", "80:", "80/icmp", "0", "65536", "70000:80", "1.2.3:80:80", "-1",
             "80:80:80:80", "1.2.3.400:80:80" })
        QCOMPARE(parsePorts(bad).badLine, QString(bad));
    const auto mounts = parseMounts("data:/srv\n/etc/app:/etc/app:ro\n");
    QCOMPARE(mounts.badLine, QString());
    QCOMPARE(mounts.entries,
        (QList<client::BindMount> { { "data", "/srv", false }, { "/etc/app", "/etc/app", true } }));
    for (const char* bad :
        { "data", "data:srv", "./x:/srv", "data:/", ":/srv", "data:/srv:rx", "a:/b:ro:x" })
        QCOMPARE(parseMounts(bad).badLine, QString(bad));
}

void TestActions::dockerCommand_withoutImage()
{
    client::CreateContainerRequest request;
    request.name = "web";
    QCOMPARE(dockerRunCommand(request), QString("docker run -d --name web IMAGE"));
}

void TestActions::tasks_importAndFailure()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength(
            "200 OK", R"({"stream":"Loaded image: a:1"})") } };
    });
    QFile archive(server.filePath("a.tar"));
    QVERIFY(archive.open(QIODevice::WriteOnly));
    archive.write("content");
    archive.close();
    client::EngineClient engine({ server.socketPath() });
    TaskList tasks;
    QAbstractItemModelTester tester(&tasks, QAbstractItemModelTester::FailureReportingMode::QtTest);
    ArchiveTasks archives(engine, tasks);
    QSignalSpy imported(&archives, &ArchiveTasks::imported);
    QSignalSpy failed(&archives, &ArchiveTasks::importFailed);
    const int good = archives.importArchive(archive.fileName());
    const int bad = archives.importArchive(server.filePath("missing.tar"));
    QCOMPARE(tasks.runningCount(), 2);
    QTRY_COMPARE(imported.size(), 1);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(tasks.find(good)->state, TaskState::Succeeded);
    QCOMPARE(tasks.find(bad)->state, TaskState::Failed);
    QVERIFY(tasks.find(bad)->message.contains("no such file"));
    tasks.cancel(good); // too late: nothing happens
    tasks.clearEnded();
    QCOMPARE(tasks.rowCount(), 0);
}

QTEST_GUILESS_MAIN(TestActions)
#include "tst_actions.moc"
