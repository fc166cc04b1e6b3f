#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include "engine/base/fd.h"

#include <QtTest>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr int kPatienceMs = 30'000;

/// How the engine goes away.
enum class End { Killed, Terminated };

Result<void> endEngine(EngineProcess& engine, End how)
{
    if (how == End::Killed)
        return engine.kill();
    PL_TRY(const int status, engine.terminate());
    if (status != 0)
        return makeError(Errc::Internal, "SIGTERM ended it with status " + std::to_string(status));
    return success();
}

std::string linesTo(int count)
{
    std::string text;
    for (int line = 1; line <= count; ++line)
        text += "line " + std::to_string(line) + "\n";
    return text;
}

/// The process number of a container's init, as this process sees it.
pid_t initOf(const Api& api, const std::string& id)
{
    const Json details = api.get("/containers/" + id + "/json").json();
    return static_cast<pid_t>(jsonInt(jsonMember(details, "State"), "Pid", -1).value());
}

/// Ends a process with @p signal and returns once it is gone.
bool endProcess(pid_t pid, int signal)
{
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (pid <= 0 || !process.isOpen() || ::kill(pid, signal) != 0)
        return false;
    pollfd ended { process.get(), POLLIN, 0 };
    return ::poll(&ended, 1, kPatienceMs) == 1;
}

} // namespace

/// An engine goes away in the middle of its work: no container notices, and the next engine knows
/// everything that happened meanwhile.
class TestEngineKilled : public QObject {
    Q_OBJECT
private slots:
    void init();
    void writerIsComplete_data() { addRows(); }
    void writerIsComplete();
    void exitWhileAwayIsRecorded_data() { addRows(); }
    void exitWhileAwayIsRecorded();
    void adoptedContainerObeys_data() { addRows(); }
    void adoptedContainerObeys();
    void halfLoadedImageIsNotThere_data() { addRunAsRows(); }
    void halfLoadedImageIsNotThere();

private:
    static void addRows();
    std::unique_ptr<QTemporaryDir> m_files;
};

void TestEngineKilled::init()
{
    m_files = std::make_unique<QTemporaryDir>();
    QVERIFY(m_files->isValid());
}

void TestEngineKilled::addRows()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<End>("end");
    QTest::newRow("root, kill -9") << RunAs::Root << End::Killed;
    QTest::newRow("root, SIGTERM") << RunAs::Root << End::Terminated;
    QTest::newRow("user, kill -9") << RunAs::OrdinaryUser << End::Killed;
    QTest::newRow("user, SIGTERM") << RunAs::OrdinaryUser << End::Terminated;
}

void TestEngineKilled::writerIsComplete()
{
    QFETCH(const RunAs, runAs);
    QFETCH(const End, end);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    const auto image = loadPayload(api, m_files->path().toStdString(), "payload:test");
    PL_VERIFY(image);

    constexpr int kLines = 4000;
    const auto id = createContainer(
        api, "payload:test", { "lines", std::to_string(kLines), "2000", "out", "7" });
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    {
        ApiStream log = api.open("GET", "/containers/" + id.value() + "/logs?follow=1&stdout=1");
        QCOMPARE(log.status(), 200);
        std::string seen;
        while (seen.find("line 500\n") == std::string::npos) {
            const auto piece = log.read();
            QVERIFY2(piece, log.failure().c_str());
            seen += *piece;
        }
    }
    const auto ended = endEngine(engine, end);
    PL_VERIFY(ended);
    const auto restarted = engine.restart();
    PL_VERIFY(restarted);
    const auto code = waitForExit(api, id.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 7);
    const auto output = logsOf(api, id.value());
    PL_VERIFY(output);
    QVERIFY2(output.value().out == linesTo(kLines), "lines are missing, doubled or out of order");
    const auto removed = removeContainer(api, id.value());
    PL_VERIFY(removed);
}

void TestEngineKilled::exitWhileAwayIsRecorded()
{
    QFETCH(const RunAs, runAs);
    QFETCH(const End, end);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    const auto image = loadPayload(api, m_files->path().toStdString(), "payload:test");
    PL_VERIFY(image);
    const auto id = createContainer(api, "payload:test", { "trap", "9" });
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    ApiStream log = api.open("GET", "/containers/" + id.value() + "/logs?follow=1&stdout=1");
    QVERIFY(log.read()); // "ready": its handler is in place

    const pid_t init = initOf(api, id.value());
    const auto ended = endEngine(engine, end);
    PL_VERIFY(ended);
    QVERIFY(endProcess(init, SIGTERM));
    const auto restarted = engine.restart();
    PL_VERIFY(restarted);

    const auto code = waitForExit(api, id.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 9);
    const Json details = api.get("/containers/" + id.value() + "/json").json();
    const Json& state = jsonMember(details, "State");
    QCOMPARE(jsonString(state, "Status").value(), std::string("exited"));
    QCOMPARE(jsonInt(state, "ExitCode", -1).value(), std::int64_t(9));
    const auto output = logsOf(api, id.value());
    PL_VERIFY(output);
    QCOMPARE(output.value().out, std::string("ready\nterminated\n"));
}

void TestEngineKilled::adoptedContainerObeys()
{
    QFETCH(const RunAs, runAs);
    QFETCH(const End, end);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    const auto image = loadPayload(api, m_files->path().toStdString(), "payload:test");
    PL_VERIFY(image);
    const auto id =
        createContainer(api, "payload:test", { "trap", "3" }, Json::object(), "adopted");
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    const pid_t init = initOf(api, id.value());
    const auto ended = endEngine(engine, end);
    PL_VERIFY(ended);
    const auto restarted = engine.restart();
    PL_VERIFY(restarted);

    QCOMPARE(initOf(api, "adopted"), init);
    ApiStream log = api.open("GET", "/containers/adopted/logs?follow=1&stdout=1");
    QVERIFY(log.read());
    PL_STATUS(api.post("/containers/adopted/stop?t=20"), 204);
    log.readAll(); // its end: a follower is let go when the container ends
    QVERIFY2(log.failure().empty(), log.failure().c_str());
    const auto code = waitForExit(api, "adopted");
    PL_VERIFY(code);
    QCOMPARE(code.value(), 3);
    PL_STATUS(api.post("/containers/adopted/start"), 204);
    const auto removed = removeContainer(api, "adopted");
    PL_VERIFY(removed);
    PL_STATUS(api.get("/containers/adopted/json"), 404);
}

void TestEngineKilled::halfLoadedImageIsNotThere()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    auto image = TestImage::payload("payload:test");
    PL_VERIFY(image);
    // Far more than a socket's buffers hold: when all of it is sent, the engine is at work on it.
    const auto grown = image.value().addLayer(
        { { TarEntry::Type::File, "filler", std::string(32U << 20U, 'x'), 0644 } });
    PL_VERIFY(grown);
    const auto archive = makeArchive(image.value().dockerFiles());
    PL_VERIFY(archive);
    ApiStream load = api.unconnected();
    QVERIFY(api.uploadPart(
        "/images/load", archive.value().substr(0, archive.value().size() / 2), load));
    const auto killed = engine.kill();
    PL_VERIFY(killed);
    const auto restarted = engine.restart();
    PL_VERIFY(restarted);
    QCOMPARE(api.get("/images/json?all=1").body, std::string("[]\n"));
    const auto loaded = loadPayload(api, m_files->path().toStdString(), "payload:test");
    PL_VERIFY(loaded);
    QCOMPARE(api.get("/images/json").json().size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestEngineKilled)
#include "tst_engine_killed.moc"
