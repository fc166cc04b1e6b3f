#include "engine/base/syscalls.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <sys/stat.h>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kStarter = "portlight/starter:latest";
constexpr const char* kIdle = "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done";

Json settingsFor(const std::string& runtime)
{
    return Json { { "HostConfig", { { "Runtime", runtime } } } };
}

Json stateOf(const Api& api, const std::string& id)
{
    return api.get("/containers/" + id + "/json").json()["State"];
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// HostConfig.Runtime through the engine: what there is, and whole lives with crun and runc.
class TestRuntimes : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup();
    void cleanupTestCase() { m_engine.reset(); }
    void infoListsThem();
    void unknownIsRefused();
    void life_data() { addRuntimes(); }
    void life();
    void survivesTheEngine_data() { addRuntimes(); }
    void survivesTheEngine();
    void pausesAndUpdates_data() { addRuntimes(); }
    void pausesAndUpdates();
    void startsAgain_data() { addRuntimes(); }
    void startsAgain();
    void network_data() { addRuntimes(); }
    void network();
    void lostShimEndsIt_data() { addRuntimes(); }
    void lostShimEndsIt();

private:
    static void addRuntimes();

    QTemporaryDir m_directory;
    std::unique_ptr<EngineProcess> m_engine;
    RunAs m_runAs = RunAs::Current;
};

void TestRuntimes::addRuntimes()
{
    QTest::addColumn<QString>("runtime");
    for (const char* name : { "crun", "runc", "registered" })
        QTest::newRow(name) << name;
}

/// `name` of the row's runtime; skips where this machine has no such program.
#define PL_RUNTIME(name)                                                                           \
    QFETCH(const QString, runtime);                                                                \
    const std::string name = runtime.toStdString();                                                \
    if (!m_engine->api().get("/info").json()["Runtimes"].contains(name))                           \
    PL_MUST_RUN_SKIP(qPrintable("no " + runtime + " on this machine (package " + runtime + ")"))

void TestRuntimes::init()
{
    QFETCH_GLOBAL(const RunAs, runAs);
    if (m_engine && m_runAs == runAs)
        return;
    m_engine.reset();
    QVERIFY(m_directory.isValid());
    const std::string config = m_directory.path().toStdString() + "/engine.json";
    const Json own { { "path", std::string(PORTLIGHT_BIN_DIR) + "/portlight-oci" } };
    PL_DONE(writeFileDurably(config, dumpJson(Json { { "runtimes", { { "registered", own } } } })));
    QCOMPARE(::chmod(config.c_str(), 0644), 0);
    QCOMPARE(::chmod(qPrintable(m_directory.path()), 0755), 0);
    auto started = EngineProcess::start(
        { .runAs = runAs, .arguments = { "--config", config }, .hasStarterImage = true });
    if (!started && started.error().code == Errc::Forbidden)
        PL_MUST_RUN_SKIP(started.error().message.c_str());
    PL_VERIFY(started);
    m_engine = std::move(started).value();
    m_runAs = runAs;
    QTRY_COMPARE(m_engine->api().get("/images/" + std::string(kStarter) + "/json").status, 200);
}

void TestRuntimes::cleanup()
{
    if (!m_engine)
        return;
    const Api api = m_engine->api();
    const Json all = api.get("/containers/json?all=1").json();
    for (const Json& container : all) {
        const auto removed = removeContainer(api, jsonString(container, "Id").value());
        PL_VERIFY(removed);
    }
}

void TestRuntimes::infoListsThem()
{
    const Json info = m_engine->api().get("/info").json();
    QCOMPARE(info["DefaultRuntime"], Json("portlight"));
    QVERIFY(info["Runtimes"].contains("portlight"));
    QCOMPARE(info["Runtimes"]["registered"]["path"],
        Json(std::string(PORTLIGHT_BIN_DIR) + "/portlight-oci"));
    for (const auto& [name, entry] : info["Runtimes"].items()) {
        const std::string path = entry["path"];
        if (name != "portlight")
            QVERIFY2(::access(path.c_str(), X_OK) == 0, path.c_str());
    }
}

void TestRuntimes::unknownIsRefused()
{
    const auto refused = m_engine->api().post("/containers/create",
        Json { { "Image", kStarter }, { "HostConfig", { { "Runtime", "no-such" } } } });
    QCOMPARE(refused.status, 400);
    QVERIFY2(has(refused.message(), "unknown or invalid runtime name: no-such")
            && has(refused.message(), "portlight"),
        refused.message().c_str());
}

void TestRuntimes::life()
{
    PL_RUNTIME(name);
    const Api api = m_engine->api();
    const auto finished = runToEnd(api, kStarter,
        { "sh", "-c", "echo out; echo err >&2; grep Seccomp: /proc/self/status; exit 9" },
        settingsFor(name));
    PL_VERIFY(finished);
    QCOMPARE(finished.value().exitCode, 9);
    QVERIFY(has(finished.value().output.out, "out\n") && has(finished.value().output.err, "err\n"));
    QVERIFY2(
        has(finished.value().output.out, "Seccomp:\t2\n"), finished.value().output.out.c_str());

    const auto id = createContainer(api, kStarter, { "sh", "-c", kIdle }, settingsFor(name));
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    QCOMPARE(
        api.get("/containers/" + id.value() + "/json").json()["HostConfig"]["Runtime"], Json(name));
    QTRY_VERIFY(has(logsOf(api, id.value()).value().out, "ready"));
    const Json top = api.get("/containers/" + id.value() + "/top").json();
    QVERIFY2(has(dumpJson(top), "sleep 0.05") || has(dumpJson(top), "trap"), dumpJson(top).c_str());
    const auto made = api.post("/containers/" + id.value() + "/exec",
        Json { { "Cmd", { "sh", "-c", "echo inside; exit 5" } }, { "AttachStdout", true } });
    PL_STATUS(made, 201);
    const std::string exec = made.json()["Id"];
    ApiStream stream = api.open("POST", "/exec/" + exec + "/start", R"({"Detach":false})", true);
    const auto output = demultiplex(stream.readAll());
    QVERIFY(output);
    QVERIFY2(output->out == "inside\n", (output->out + "|" + output->err).c_str());
    QCOMPARE(api.get("/exec/" + exec + "/json").json()["ExitCode"], Json(5));
    PL_STATUS(api.post("/containers/" + id.value() + "/stop?t=20"), 204);
    QCOMPARE(stateOf(api, id.value())["ExitCode"], Json(4));

    // docker reports a command that is not there in this way.
    const auto wrong = createContainer(api, kStarter, { "no-such-program" }, settingsFor(name));
    PL_VERIFY(wrong);
    const auto failed = api.post("/containers/" + wrong.value() + "/start");
    QCOMPARE(failed.status, 400);
    QVERIFY2(has(failed.message(), "no-such-program"), failed.message().c_str());
    QCOMPARE(stateOf(api, wrong.value())["ExitCode"], Json(127));
}

void TestRuntimes::survivesTheEngine()
{
    PL_RUNTIME(name);
    const Api api = m_engine->api();
    const auto id = createContainer(api, kStarter, { "sh", "-c", kIdle }, settingsFor(name));
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    const Json before = stateOf(api, id.value());
    PL_DONE(m_engine->kill());
    PL_DONE(m_engine->restart());
    const Json after = stateOf(api, id.value());
    QCOMPARE(after["Running"], Json(true));
    QCOMPARE(after["Pid"], before["Pid"]);
    PL_STATUS(api.post("/containers/" + id.value() + "/kill?signal=KILL"), 204);
    QTRY_COMPARE(stateOf(api, id.value())["ExitCode"], Json(137));
}

void TestRuntimes::pausesAndUpdates()
{
    PL_RUNTIME(name);
    const Api api = m_engine->api();
    const Json features = api.get("/portlight/v1/host").json()["features"];
    const bool hasGroups = std::ranges::any_of(features, [](const Json& feature) {
        return feature["key"] == "cgroup.freezer" && feature["available"] == true;
    });
    if (!hasGroups && m_runAs == RunAs::Root)
        PL_MUST_RUN_SKIP("root may make no cgroups here");
    if (!hasGroups)
        QSKIP("this account may make no cgroups here");
    const auto id = createContainer(api, kStarter, { "sh", "-c", kIdle }, settingsFor(name));
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    PL_STATUS(api.post("/containers/" + id.value() + "/pause"), 204);
    QCOMPARE(stateOf(api, id.value())["Status"], Json("paused"));
    PL_STATUS(api.post("/containers/" + id.value() + "/unpause"), 204);
    QCOMPARE(stateOf(api, id.value())["Status"], Json("running"));
    PL_STATUS(api.post("/containers/" + id.value() + "/update", Json { { "PidsLimit", 77 } }), 200);
    const Json stats = api.get("/containers/" + id.value() + "/stats?stream=0").json();
    QCOMPARE(stats["pids_stats"]["limit"], Json(77));
    PL_STATUS(api.post("/containers/" + id.value() + "/stop?t=20"), 204);
}

void TestRuntimes::startsAgain()
{
    PL_RUNTIME(name);
    const Api api = m_engine->api();
    const auto id = createContainer(
        api, kStarter, { "sh", "-c", "echo x >> /count; wc -l < /count" }, settingsFor(name));
    PL_VERIFY(id);
    for (int round = 0; round < 3; ++round) {
        PL_DONE(startContainer(api, id.value()));
        const auto code = waitForExit(api, id.value());
        PL_VERIFY(code);
        QCOMPARE(code.value(), 0);
    }
    QCOMPARE(logsOf(api, id.value()).value().out, std::string("1\n2\n3\n"));
}

void TestRuntimes::network()
{
    PL_RUNTIME(name);
    const auto done = runToEnd(m_engine->api(), kStarter,
        { "sh", "-c", "ip -4 addr show eth0 | grep -c inet; cat /etc/hosts | grep -c $(hostname)" },
        settingsFor(name));
    PL_VERIFY(done);
    QCOMPARE(done.value().output.out, std::string("1\n1\n"));
}

// No other runtime ends a container with the process that asked for it: the engine does.
void TestRuntimes::lostShimEndsIt()
{
    PL_RUNTIME(name);
    const Api api = m_engine->api();
    const auto id = createContainer(api, kStarter, { "sh", "-c", kIdle }, settingsFor(name));
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    const pid_t pid = stateOf(api, id.value())["Pid"];
    const auto text = readFile(m_engine->stateDir() + "/containers/" + id.value() + "/shim.json");
    PL_VERIFY(text);
    const pid_t shim = parseJson(text.value()).value()["shimPid"];
    QCOMPARE(::kill(shim, SIGKILL), 0);
    QTRY_COMPARE(stateOf(api, id.value())["Running"], Json(false));
    QTRY_VERIFY(::kill(pid, 0) != 0);
}

QTEST_GUILESS_MAIN(TestRuntimes)
#include "tst_runtimes.moc"
