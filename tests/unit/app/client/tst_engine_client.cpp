#include "app/client/engine_client.h"
#include "tests/unit/app/client/byte_server.h"

#include <QSignalSpy>
#include <QTest>

using namespace portlight::client;
using portlight::test::ByteServer;

/// The client against a server that sends exact bytes, good and bad.
class TestEngineClient : public QObject {
    Q_OBJECT
private slots:
    void negotiates_once_and_shares_connections();
    void badAnswers_data();
    void badAnswers();
    void nobodyListens();
    void cancelled_and_gone_contexts_get_nothing();
    void keptConnectionClosed_isAskedAgain();
    void changes_areNeverSentTwice();
    void callback_cancelsItsOwnCall();
    void callback_deletesTheClient();
    void givenUpCalls_makeRoom();
    void create_sendsWhatWasAsked();
    void volumesAndNetworks();
    void volumesAndNetworks_bad_data();
    void volumesAndNetworks_bad();
    void exec_bothWays();
    void exec_refused();
    void logs_acrossChunks();
    void logs_brokenFrame();
    void logs_closedWhilePaused();
    void logs_deletedInSlot();
    void events_comeBack();
    void stats_unsupported();
};

void TestEngineClient::negotiates_once_and_shares_connections()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    int answers = 0;
    std::function<void()> next = [&] {
        client.listImages(&client, [&](const auto& images) {
            QVERIFY(images);
            if (++answers < 5)
                next();
        });
    };
    next();
    QTRY_COMPARE(answers, 5);
    QCOMPARE(client.apiVersion(), QStringLiteral("1.50"));
    QCOMPARE(server.connectionCount(), 1);
    QCOMPARE(server.lines(), QList<QByteArray>(5, "GET /v1.50/images/json HTTP/1.1"));
    QCOMPARE(server.requests().size(), 6);
}

void TestEngineClient::badAnswers_data()
{
    QTest::addColumn<QList<QByteArray>>("pieces");
    QTest::addColumn<int>("cause");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("words");
    using Cause = ApiError::Cause;
    using Pieces = QList<QByteArray>;
    QTest::newRow("error object") << Pieces { ByteServer::withLength(
        "409 Conflict", R"({"message":"name in use"})") }
                                  << int(Cause::Refused) << 409 << "name in use";
    QTest::newRow("error text") << Pieces { ByteServer::withLength("500 Oops", "went wrong") }
                                << int(Cause::Refused) << 500 << "went wrong";
    QTest::newRow("error without words")
        << Pieces { ByteServer::withLength("503 Busy", "") } << int(Cause::Refused) << 503 << "503";
    QTest::newRow("not JSON") << Pieces { ByteServer::withLength("200 OK", "<html>") }
                              << int(Cause::Protocol) << 0 << "cannot be read";
    QTest::newRow("other JSON") << Pieces { ByteServer::withLength("200 OK", R"({"a":1})") }
                                << int(Cause::Protocol) << 0 << "list";
    QTest::newRow("without id") << Pieces { ByteServer::withLength(
        "200 OK", R"([{"Names":["/a"]}])") }
                                << int(Cause::Protocol) << 0 << "without an id";
    QTest::newRow("truncated") << Pieces { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[{" }
                               << int(Cause::Protocol) << 0 << "cannot be read";
    QTest::newRow("garbage") << Pieces { "SSH-2.0-OpenSSH\r\n\r\n" } << int(Cause::Protocol) << 0
                             << "cannot be read";
    QTest::newRow("huge head") << Pieces { "HTTP/1.1 200 OK\r\nX: ", QByteArray(80'000, 'x') }
                               << int(Cause::Protocol) << 0 << "cannot be read";
    QTest::newRow("silent close") << Pieces {} << int(Cause::Unreachable) << 0
                                  << "without an answer";
}

void TestEngineClient::badAnswers()
{
    QFETCH(const QList<QByteArray>, pieces);
    QFETCH(const QString, words);
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto&) { return ByteServer::Reply { pieces, true }; });
    EngineClient client({ server.socketPath() });
    std::optional<Expected<QList<ContainerSummary>>> answer;
    client.listContainers(&client, [&](auto list) { answer = std::move(list); });
    QTRY_VERIFY(answer.has_value());
    QVERIFY(!answer->hasValue());
    const ApiError error = answer->error();
    QTEST(int(error.cause), "cause");
    QTEST(error.status, "status");
    QVERIFY2(error.message.contains(words), qPrintable(error.message));
}

void TestEngineClient::nobodyListens()
{
    ByteServer folder;
    EngineClient client({ folder.socketPath() });
    std::optional<ApiError> error;
    client.ping(&client, [&](const auto& pong) { error = pong.error(); });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->cause, ApiError::Cause::Unreachable);
    QVERIFY(error->message.contains(folder.socketPath()));
}

void TestEngineClient::cancelled_and_gone_contexts_get_nothing()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    int unwanted = 0;
    int wanted = 0;
    auto context = std::make_unique<QObject>();
    client.listImages(context.get(), [&](const auto&) { ++unwanted; });
    RequestHandle handle = client.listImages(&client, [&](const auto&) { ++unwanted; });
    client.listImages(&client, [&](const auto&) { ++wanted; });
    context.reset();
    handle.cancel();
    QVERIFY(!handle.isPending());
    QTRY_COMPARE(wanted, 1);
    QCOMPARE(unwanted, 0);
}

void TestEngineClient::keptConnectionClosed_isAskedAgain()
{
    ByteServer server;
    QVERIFY(server.listen());
    int count = 0;
    server.setHandler([&](const auto&) {
        // The second request meets a server that closes instead of answering.
        return ++count == 2 ? ByteServer::Reply { {}, true }
                            : ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    int good = 0;
    client.listImages(&client, [&](const auto& first) {
        good += first ? 1 : 0;
        client.listImages(&client, [&](const auto& second) { good += second ? 1 : 0; });
    });
    QTRY_COMPARE(good, 2);
    QCOMPARE(count, 3);
}

void TestEngineClient::changes_areNeverSentTwice()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto& request) {
        return request.line.startsWith("POST")
            ? ByteServer::Reply { {}, true }
            : ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    std::optional<ApiError> error;
    client.listImages(&client, [&](const auto&) {
        client.startContainer(QStringLiteral("web"), &client, [&](const auto& done) {
            QVERIFY(!done);
            error = done.error();
        });
    });
    QTRY_VERIFY(error.has_value());
    QCOMPARE(error->cause, ApiError::Cause::Unreachable);
    QCOMPARE(server.lines().size(), 2);
    // Nor over a connection that the engine may be closing just now.
    QCOMPARE(server.connectionCount(), 2);
}

void TestEngineClient::callback_cancelsItsOwnCall()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    int answers = 0;
    RequestHandle handle;
    handle = client.listImages(&client, [&](const auto&) {
        ++answers;
        handle.cancel();
        handle = client.ping(&client, [&](const auto&) {
            ++answers;
            handle.cancel();
        });
    });
    QTRY_COMPARE(answers, 2);
    QVERIFY(!handle.isPending());
}

void TestEngineClient::callback_deletesTheClient()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    auto client = std::make_unique<EngineClient>(EngineAddress { server.socketPath() });
    int answers = 0;
    for (int call = 0; call < 2; ++call)
        client->listImages(this, [&](const auto&) {
            ++answers;
            client.reset();
        });
    QTRY_VERIFY(!client);
    QCOMPARE(answers, 1);
}

void TestEngineClient::givenUpCalls_makeRoom()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const ByteServer::Request& request) {
        // Waiting for a container takes as long as it runs.
        return request.line.contains("/wait")
            ? ByteServer::Reply {}
            : ByteServer::Reply { { ByteServer::withLength("200 OK", "[]") } };
    });
    EngineClient client({ server.socketPath() });
    QList<RequestHandle> waits;
    for (int call = 0; call < 40; ++call)
        waits.append(client.waitContainer(QStringLiteral("web"), &client, [](const auto&) { }));
    bool isAnswered = false;
    client.listImages(&client, [&](const auto& images) { isAnswered = images.hasValue(); });
    QTRY_VERIFY(server.lines().size() > 10);
    for (RequestHandle& wait : waits)
        wait.cancel();
    QTRY_VERIFY(isAnswered);
}

void TestEngineClient::create_sendsWhatWasAsked()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength(
            "201 Created", R"({"Id":"abc","Warnings":["w"]})") } };
    });
    EngineClient client({ server.socketPath() });
    CreateContainerRequest request;
    request.name = QStringLiteral("web 1");
    request.image = QStringLiteral("nginx");
    request.limits.memoryBytes = 64 << 20;
    request.ports = { { {}, 8080, 80, QStringLiteral("tcp") } };
    QString id;
    client.createContainer(request, &client, [&](const auto& created) { id = created->id; });
    QTRY_COMPARE(id, QStringLiteral("abc"));
    QCOMPARE(
        server.lines().first(), QByteArray("POST /v1.50/containers/create?name=web%201 HTTP/1.1"));
    const QByteArray body = server.requests().last().body;
    QVERIFY(body.contains(R"("Memory":67108864)"));
    QVERIFY(body.contains(R"("80/tcp":[{"HostIp":"","HostPort":"8080"}])"));
}

void TestEngineClient::volumesAndNetworks()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const ByteServer::Request& request) {
        const bool isVolumes = request.line.contains("/volumes");
        return ByteServer::Reply { { ByteServer::withLength("200 OK",
            isVolumes ? R"({"Volumes":[{"Name":"data","Driver":"local","Mountpoint":"/v/data",
                "CreatedAt":"2026-01-02T03:04:05Z","Labels":null,"UsageData":{"Size":-1}}],
                "Warnings":null})"
                      : R"([{"Id":"n1","Name":"shop","Driver":"bridge","Internal":true,
                "IPAM":{"Config":[{"Subnet":"10.1.0.0/24","Gateway":"10.1.0.1"}]}}])") } };
    });
    EngineClient client({ server.socketPath() });
    std::optional<QList<VolumeSummary>> volumes;
    std::optional<QList<NetworkSummary>> networks;
    client.listVolumes(&client, [&](const auto& list) { volumes = list.value(); });
    client.listNetworks(&client, [&](const auto& list) { networks = list.value(); });
    QTRY_VERIFY(volumes && networks);
    QCOMPARE(volumes->size(), 1);
    QCOMPARE(volumes->first().name, QString("data"));
    QCOMPARE(volumes->first().created.time(), QTime(3, 4, 5));
    QVERIFY(!volumes->first().sizeBytes); // -1 is "not measured"
    QCOMPARE(networks->first().subnets, QStringList { "10.1.0.0/24" });
    QVERIFY(networks->first().isInternal);
    client.createNetwork({ "x", "10.2.0.0/24", "10.2.0.1", true }, &client, [](const auto&) { });
    QTRY_COMPARE(server.requests().last().body,
        QByteArray(R"({"Driver":"bridge","IPAM":{"Config":[{"Gateway":"10.2.0.1",)"
                   R"("Subnet":"10.2.0.0/24"}]},"Internal":true,"Name":"x"})"));
}

void TestEngineClient::volumesAndNetworks_bad_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("not JSON") << QByteArray("<html>");
    QTest::newRow("a text") << QByteArray(R"("data")");
    QTest::newRow("nameless") << QByteArray(R"({"Volumes":[{"Driver":"local"}]})");
    QTest::newRow("a number for an object") << QByteArray(R"({"Volumes":[7]})");
}

void TestEngineClient::volumesAndNetworks_bad()
{
    QFETCH(const QByteArray, body);
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", body) } };
    });
    EngineClient client({ server.socketPath() });
    std::optional<bool> isVolumesRefused;
    std::optional<bool> isNetworksRefused;
    client.listVolumes(&client, [&](const auto& list) { isVolumesRefused = !list.hasValue(); });
    client.listNetworks(&client, [&](const auto& list) { isNetworksRefused = !list.hasValue(); });
    QTRY_VERIFY(isVolumesRefused && isNetworksRefused);
    QVERIFY(*isVolumesRefused);
    QVERIFY(*isNetworksRefused);
}

void TestEngineClient::exec_bothWays()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const ByteServer::Request& request) {
        if (request.line.contains("/start"))
            return ByteServer::Reply { { "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n"
                                         "Upgrade: tcp\r\n\r\n$ ",
                                           "hello" },
                true };
        return ByteServer::Reply { { ByteServer::withLength("200 OK",
            request.line.startsWith("GET") ? R"({"ExitCode":3,"Running":false})"
                                           : R"({"Id":"e1"})") } };
    });
    EngineClient client({ server.socketPath() });
    ExecStream* exec = client.exec("c1", { { "sh" }, "app", 100, 30 }, &client);
    QByteArray received;
    connect(exec, &ExecStream::received, this, [&](const QByteArray& bytes) { received += bytes; });
    QSignalSpy exited(exec, &ExecStream::exited);
    QSignalSpy ended(exec, &EngineStream::ended);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(received, QByteArray("$ hello"));
    QCOMPARE(exited.at(0).at(0).toInt(), 3);
    QVERIFY(server.requests().at(1).body.contains(R"("User":"app")"));
    QVERIFY(server.requests().at(1).body.contains(R"("ConsoleSize":[30,100])"));
}

void TestEngineClient::exec_refused()
{
    for (const bool atStart : { false, true }) {
        ByteServer server;
        QVERIFY(server.listen());
        server.setHandler([&](const ByteServer::Request& request) {
            const bool refuses = request.line.contains("/start") == atStart;
            return ByteServer::Reply { { refuses
                    ? ByteServer::withLength("409 Conflict", R"({"message":"is not running"})")
                    : ByteServer::withLength("201 Created", R"({"Id":"e1"})") } };
        });
        EngineClient client({ server.socketPath() });
        ExecStream* exec = client.exec("c1", { { "sh" }, {}, 80, 24 }, &client);
        QSignalSpy failed(exec, &EngineStream::failed);
        QSignalSpy ended(exec, &EngineStream::ended);
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(failed.size(), 1);
        QVERIFY(failed.at(0).at(0).value<ApiError>().message.contains("is not running"));
    }
}

void TestEngineClient::logs_acrossChunks()
{
    ByteServer server;
    QVERIFY(server.listen());
    const QByteArray frames =
        QByteArray("\1\0\0\0\0\0\0\6hello\n", 14) + QByteArray("\2\0\0\0\0\0\0\3er\n", 11);
    server.setHandler([&](const auto&) {
        // A frame's header is cut by a chunk, a chunk's header by a read.
        const QByteArray wire = ByteServer::chunkedHead() + ByteServer::chunk(frames.left(3))
            + ByteServer::chunk(frames.mid(3)) + "0\r\n\r\n";
        const auto cut = wire.lastIndexOf("16") + 1;
        return ByteServer::Reply { { wire.left(cut), wire.mid(cut) } };
    });
    EngineClient client({ server.socketPath() });
    QByteArray out;
    QByteArray err;
    LogStream* stream = client.logs(QStringLiteral("web"), {}, &client);
    connect(stream, &LogStream::received, this, [&](const LogFrame& frame) {
        (frame.source == LogSource::Stderr ? err : out) += frame.bytes;
    });
    QSignalSpy ended(stream, &EngineStream::ended);
    QSignalSpy failed(stream, &EngineStream::failed);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(failed.size(), 0);
    QCOMPARE(out, QByteArray("hello\n"));
    QCOMPARE(err, QByteArray("er\n"));
}

void TestEngineClient::logs_brokenFrame()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK", "not a framed stream") } };
    });
    EngineClient client({ server.socketPath() });
    LogStream* stream = client.logs(QStringLiteral("web"), {}, &client);
    QSignalSpy ended(stream, &EngineStream::ended);
    QSignalSpy failed(stream, &EngineStream::failed);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(failed.first().first().value<ApiError>().cause, ApiError::Cause::Protocol);
}

void TestEngineClient::logs_closedWhilePaused()
{
    ByteServer server;
    QVERIFY(server.listen());
    constexpr int kLines = 12'000; // fits what the sockets hold, not what one read takes
    server.setHandler([](const auto&) {
        QByteArray frames;
        for (int line = 0; line < kLines; ++line)
            frames += QByteArray("\1\0\0\0\0\0\0\6hello\n", 14);
        return ByteServer::Reply { { "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + frames },
            true };
    });
    EngineClient client({ server.socketPath() });
    LogStream* stream = client.logs(QStringLiteral("web"), {}, &client);
    qsizetype bytes = 0;
    connect(stream, &LogStream::received, this, [&](const LogFrame& frame) {
        bytes += frame.bytes.size();
        if (bytes == 6)
            stream->setPaused(true);
    });
    QSignalSpy ended(stream, &EngineStream::ended);
    QSignalSpy failed(stream, &EngineStream::failed);
    QTRY_VERIFY(bytes > 0 && server.isNewestClosed());
    QVERIFY(bytes < 6 * kLines);
    QCOMPARE(ended.size(), 0);
    stream->setPaused(false);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(failed.size(), 0);
    QCOMPARE(bytes, qsizetype(6 * kLines));
}

void TestEngineClient::logs_deletedInSlot()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        const QByteArray frame("\1\0\0\0\0\0\0\6hello\n", 14);
        return ByteServer::Reply { { ByteServer::chunkedHead()
            + ByteServer::chunk(frame + frame) } };
    });
    EngineClient client({ server.socketPath() });
    LogStream* stream = client.logs(QStringLiteral("web"), {}, &client);
    int frames = 0;
    connect(stream, &LogStream::received, this, [&] {
        ++frames;
        delete stream;
        stream = nullptr;
    });
    QTRY_VERIFY(stream == nullptr);
    QCOMPARE(frames, 1);
}

void TestEngineClient::events_comeBack()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        const QByteArray event =
            R"({"Type":"container","Action":"start","Actor":{"ID":"1"},"time":5})";
        return ByteServer::Reply { { ByteServer::chunkedHead()
            + ByteServer::chunk(event + "\n") } };
    });
    EngineClient client({ server.socketPath() });
    EventStream* events = client.events(&client);
    QSignalSpy received(events, &EventStream::eventReceived);
    QSignalSpy failed(events, &EngineStream::failed);
    QTRY_COMPARE(received.size(), 1);
    QCOMPARE(received.first().first().value<EngineEvent>().actorId, QStringLiteral("1"));
    server.closeNewest();
    QTRY_COMPARE(failed.size(), 1);
    QTRY_COMPARE(received.size(), 2);
}

void TestEngineClient::stats_unsupported()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength(
            "404 Not Found", R"({"message":"page not found"})") } };
    });
    EngineClient client({ server.socketPath() });
    StatsStream* stats = client.stats(std::chrono::seconds(1), &client);
    QSignalSpy failed(stats, &EngineStream::failed);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(failed.first().first().value<ApiError>().isUnsupported());
    QCOMPARE(server.lines().first(), QByteArray("GET /portlight/v1/stats?interval=1000 HTTP/1.1"));
}

QTEST_GUILESS_MAIN(TestEngineClient)
#include "tst_engine_client.moc"
