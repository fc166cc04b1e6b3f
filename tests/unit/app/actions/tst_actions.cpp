#include "app/actions/archive_tasks.h"
#include "app/actions/container_actions.h"
#include "app/actions/image_actions.h"
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
    void permissions();
    void bulkStop_summary();
    void restart_inSteps();
    void images_removeAllNames();
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
