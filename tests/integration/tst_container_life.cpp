#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kStarter = "portlight/starter:latest";
constexpr const char* kIdle = "trap 'exit 0' TERM; while :; do sleep 0.05; done";

Json detailsOf(const Api& api, const std::string& id)
{
    return api.get("/containers/" + id + "/json").json();
}

std::string statusOf(const Api& api, const std::string& id)
{
    return jsonString(jsonMember(detailsOf(api, id), "State"), "Status").value();
}

std::string healthOf(const Api& api, const std::string& id)
{
    const Json details = detailsOf(api, id);
    return jsonString(jsonMember(jsonMember(details, "State"), "Health"), "Status").value();
}

std::int64_t restartsOf(const Api& api, const std::string& id)
{
    return jsonInt(detailsOf(api, id), "RestartCount", -1).value();
}

/// A container of the starter image that runs @p shellLine.
Result<std::string> runDetached(
    const Api& api, const std::string& shellLine, const Json& settings = Json::object())
{
    PL_TRY(auto id, createContainer(api, kStarter, { "sh", "-c", shellLine }, settings));
    PL_TRY(startContainer(api, id));
    return id;
}

struct Executed {
    int status = 0; ///< of the start
    std::optional<Output> output {};
    Json details {};
};

/// Create, start with streams, inspect.
Executed execute(const Api& api, const std::string& container, Json settings)
{
    settings.update({ { "AttachStdout", true }, { "AttachStderr", true } });
    const auto made = api.post("/containers/" + container + "/exec", settings);
    if (made.status != 201)
        return { made.status, Output { made.message(), "" }, nullptr };
    const auto id = jsonString(made.json(), "Id").value();
    ApiStream stream = api.open("POST", "/exec/" + id + "/start", R"({"Detach":false})", true);
    Executed executed { stream.status(), demultiplex(stream.readAll()), nullptr };
    executed.details = api.get("/exec/" + id + "/json").json();
    return executed;
}

} // namespace

/// A container from outside while it lives: processes added to it, probed, restarted, changed.
class TestContainerLife : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup();
    void cleanupTestCase() { m_engine.reset(); }
    void execRuns();
    void execThatCannotStart();
    void execOnTerminal();
    void execDetachKeys();
    void attachEndsAtTheDetachKeys();
    void execSurvivesTheEngine();
    void badExecCalls();
    void restartsOnFailure();
    void stopEndsRestarting();
    void restartsOverEngines();
    void healthIsWatched();
    void probeThatHangs();
    void updateIsLive();
    void badUpdates();
    void initReaps();
    void lackOfRightsIsTold();

private:
    std::unique_ptr<EngineProcess> m_engine;
    RunAs m_runAs = RunAs::Current;
};

void TestContainerLife::init()
{
    QFETCH_GLOBAL(const RunAs, runAs);
    if (m_engine && m_runAs == runAs)
        return;
    m_engine.reset();
    auto started = EngineProcess::start({ .runAs = runAs, .hasStarterImage = true });
    if (!started && started.error().code == Errc::Forbidden)
        PL_MUST_RUN_SKIP(started.error().message.c_str());
    PL_VERIFY(started);
    m_engine = std::move(started).value();
    m_runAs = runAs;
    QTRY_COMPARE(m_engine->api().get("/images/" + std::string(kStarter) + "/json").status, 200);
}

void TestContainerLife::cleanup()
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

void TestContainerLife::execRuns()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, kIdle, { { "Env", { "FROM=container" } } });
    PL_VERIFY(id);
    ApiStream events = api.open("GET", "/events");
    const Json wanted { { "Cmd", { "sh", "-c", "echo $FROM $MORE; pwd; echo bad >&2; exit 7" } },
        { "Env", { "MORE=exec" } }, { "WorkingDir", "/tmp" } };
    const Executed done = execute(api, id.value(), wanted);
    QCOMPARE(done.status, 101);
    QVERIFY(done.output);
    QCOMPARE(done.output->out, std::string("container exec\n/tmp\n"));
    QCOMPARE(done.output->err, std::string("bad\n"));
    QCOMPARE(done.details["ExitCode"], Json(7));
    QCOMPARE(done.details["Running"], Json(false));
    QCOMPARE(done.details["ContainerID"], Json(id.value()));
    QCOMPARE(done.details["ProcessConfig"]["entrypoint"], Json("sh"));
    std::string told;
    while (told.find("exec_die") == std::string::npos) {
        const auto line = events.readLine();
        QVERIFY2(line, events.failure().c_str());
        told += *line + "\n";
    }
    for (const char* part : { "exec_create: sh -c", "exec_start: sh -c", R"("exitCode":"7")" })
        QVERIFY2(told.find(part) != std::string::npos, told.c_str());
    // What the shim needs for execs on version 1 is not the container's.
    const auto isCountOfTop = [&] {
        const std::string path = "/containers/" + id.value();
        const Json stats = api.get(path + "/stats?stream=0&one-shot=1").json();
        const Json top = api.get(path + "/top").json();
        return !stats["pids_stats"].contains("current")
            || stats["pids_stats"]["current"] == Json(top["Processes"].size());
    };
    QTRY_VERIFY(isCountOfTop()); // its own processes come and go
    // Started once, and never again.
    const auto again = api.post(
        "/exec/" + done.details["ID"].get<std::string>() + "/start", Json { { "Detach", true } });
    QCOMPARE(again.status, 409);
}

void TestContainerLife::execThatCannotStart()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, kIdle);
    PL_VERIFY(id);
    const Executed missing = execute(api, id.value(), { { "Cmd", { "nope" } } });
    QVERIFY(missing.output);
    QCOMPARE(missing.output->out,
        std::string("OCI runtime exec failed: exec failed: unable to start container process: "
                    "exec: \"nope\": executable file not found in $PATH: unknown\r\n"));
    QCOMPARE(missing.details["ExitCode"], Json(127));
    const Executed forbidden = execute(api, id.value(), { { "Cmd", { "/etc/passwd" } } });
    QCOMPARE(forbidden.details["ExitCode"], Json(126));
    const auto made =
        api.post("/containers/" + id.value() + "/exec", Json { { "Cmd", { "nope" } } });
    const auto detached = api.post(
        "/exec/" + jsonString(made.json(), "Id").value() + "/start", Json { { "Detach", true } });
    QCOMPARE(detached.status, 400);
}

void TestContainerLife::execOnTerminal()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, kIdle);
    PL_VERIFY(id);
    const Json wanted { { "Cmd", { "sh", "-c", "stty size; read x; stty size" } }, { "Tty", true },
        { "AttachStdin", true }, { "AttachStdout", true } };
    const auto made = api.post("/containers/" + id.value() + "/exec", wanted);
    const auto exec = jsonString(made.json(), "Id").value();
    ApiStream stream = api.open(
        "POST", "/exec/" + exec + "/start", R"({"Tty":true,"ConsoleSize":[30,100]})", true);
    QCOMPARE(stream.status(), 101);
    std::string seen;
    while (seen.find("30 100") == std::string::npos) {
        const auto piece = stream.read();
        QVERIFY2(piece, seen.c_str());
        seen += *piece;
    }
    QCOMPARE(detailsOf(api, id.value())["ExecIDs"], Json::array({ exec }));
    QCOMPARE(api.post("/exec/" + exec + "/resize?h=40&w=120").status, 200);
    QVERIFY(stream.write("\n"));
    seen = stream.readAll();
    QVERIFY2(seen.find("40 120") != std::string::npos, seen.c_str());
    QVERIFY(detailsOf(api, id.value())["ExecIDs"].is_null());
}

void TestContainerLife::execDetachKeys()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, kIdle);
    PL_VERIFY(id);
    const Json wanted { { "Cmd", { "cat" } }, { "Tty", true }, { "AttachStdin", true },
        { "AttachStdout", true }, { "DetachKeys", "ctrl-x,x" } };
    const auto made = api.post("/containers/" + id.value() + "/exec", wanted);
    const auto exec = jsonString(made.json(), "Id").value();
    ApiStream stream = api.open("POST", "/exec/" + exec + "/start", R"({"Tty":true})", true);
    QVERIFY(stream.write("typed\n"));
    std::string seen;
    while (seen.find("typed") == std::string::npos) {
        const auto piece = stream.read();
        QVERIFY2(piece, stream.failure().c_str());
        seen += *piece;
    }
    QVERIFY(stream.write("\x18x"));
    stream.readAll();
    QVERIFY2(stream.failure().empty(), stream.failure().c_str());
    QCOMPARE(api.get("/exec/" + exec + "/json").json()["Running"], Json(true));
}

void TestContainerLife::attachEndsAtTheDetachKeys()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, "cat", { { "Tty", true }, { "OpenStdin", true } });
    PL_VERIFY(id);
    const std::string path = "/containers/" + id.value() + "/attach?stream=1&stdin=1&stdout=1";
    QCOMPARE(api.post(path + "&detachKeys=ctrl-PQ").status, 400);
    ApiStream attached = api.open("POST", path, {}, true);
    QCOMPARE(attached.status(), 101);
    QVERIFY(attached.write("\x10\x11"));
    attached.readAll();
    QVERIFY2(attached.failure().empty(), attached.failure().c_str());
    QCOMPARE(statusOf(api, id.value()), std::string("running"));
}

void TestContainerLife::execSurvivesTheEngine()
{
    Api api = m_engine->api();
    const auto id = runDetached(api, kIdle);
    PL_VERIFY(id);
    const Json wanted { { "Cmd",
        { "sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.02; done; exit 5" } } };
    const auto made = api.post("/containers/" + id.value() + "/exec", wanted);
    const auto exec = jsonString(made.json(), "Id").value();
    QCOMPARE(api.post("/exec/" + exec + "/start", Json { { "Detach", true } }).status, 200);
    const auto killed = m_engine->kill();
    PL_VERIFY(killed);
    const auto restarted = m_engine->restart();
    PL_VERIFY(restarted);
    api = m_engine->api();
    const Json found = api.get("/exec/" + exec + "/json").json();
    QCOMPARE(found["Running"], Json(true));
    QCOMPARE(found["ContainerID"], Json(id.value()));
    QCOMPARE(execute(api, id.value(), { { "Cmd", { "touch", "/tmp/go" } } }).status, 101);
    QTRY_COMPARE(api.get("/exec/" + exec + "/json").json()["ExitCode"], Json(5));
}

void TestContainerLife::badExecCalls()
{
    const Api api = m_engine->api();
    const auto id = createContainer(api, kStarter, { "true" });
    PL_VERIFY(id);
    const std::string path = "/containers/" + id.value() + "/exec";
    const auto idle = api.post(path, Json { { "Cmd", { "true" } } });
    QCOMPARE(idle.status, 409);
    QVERIFY(idle.message().find("is not running") != std::string::npos);
    QCOMPARE(api.post("/containers/nobody/exec", Json { { "Cmd", { "true" } } }).status, 404);
    QCOMPARE(api.post(path, Json::object()).message(), std::string("No exec command specified"));
    QCOMPARE(api.post(path, Json { { "Cmd", "true" } }).status, 400);
    QCOMPARE(api.post(path, Json { { "Cmd", { "a" } }, { "DetachKeys", "ctrl-PQ" } }).status, 400);
    QCOMPARE(api.get("/exec/none/json").message(), std::string("No such exec instance: none"));
    QCOMPARE(api.post("/exec/none/start", Json::object()).status, 404);
    QCOMPARE(api.post("/exec/none/resize?h=1&w=1").status, 404);
    QCOMPARE(api.post("/exec/none/resize?h=x&w=1").status, 400);
}

void TestContainerLife::restartsOnFailure()
{
    const Api api = m_engine->api();
    const Json policy { { "RestartPolicy",
        { { "Name", "on-failure" }, { "MaximumRetryCount", 2 } } } };
    const auto id = runDetached(api, "exit 3", { { "HostConfig", policy } });
    PL_VERIFY(id);
    QTRY_VERIFY(restartsOf(api, id.value()) == 2 && statusOf(api, id.value()) == "exited");
    QCOMPARE(detailsOf(api, id.value())["State"]["ExitCode"], Json(3));
    // A user's start counts from the beginning.
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    QVERIFY(restartsOf(api, id.value()) < 2);
}

void TestContainerLife::stopEndsRestarting()
{
    const Api api = m_engine->api();
    const Json policy { { "RestartPolicy", { { "Name", "always" } } } };
    const auto id = runDetached(api, "exit 1", { { "HostConfig", policy } });
    PL_VERIFY(id);
    QTRY_VERIFY(restartsOf(api, id.value()) >= 3); // then the waits are long enough to be seen
    QTRY_COMPARE(statusOf(api, id.value()), std::string("restarting"));
    QCOMPARE(detailsOf(api, id.value())["State"]["Restarting"], Json(true));
    QCOMPARE(api.remove("/containers/" + id.value()).status, 409);
    QCOMPARE(api.post("/containers/" + id.value() + "/stop").status, 204);
    QCOMPARE(statusOf(api, id.value()), std::string("exited"));
    const auto count = restartsOf(api, id.value());
    QTest::qWait(2000); // longer than the wait that was under way
    QCOMPARE(restartsOf(api, id.value()), count);
}

void TestContainerLife::restartsOverEngines()
{
    Api api = m_engine->api();
    const Json settings { { "HostConfig",
        { { "RestartPolicy", { { "Name", "unless-stopped" } } } } } };
    const auto dying = runDetached(
        api, "while [ ! -e /tmp/go ]; do sleep 0.02; done; rm /tmp/go; exit 1", settings);
    PL_VERIFY(dying);
    const auto stopped = runDetached(api, kIdle, settings);
    PL_VERIFY(stopped);
    QCOMPARE(api.post("/containers/" + stopped.value() + "/stop").status, 204);
    const Json late { { "Cmd", { "sh", "-c", "sleep 0.7; touch /tmp/go" } } };
    const auto made = api.post("/containers/" + dying.value() + "/exec", late);
    QCOMPARE(api.post("/exec/" + jsonString(made.json(), "Id").value() + "/start",
                    Json { { "Detach", true } })
                 .status,
        200);
    const auto killed = m_engine->kill();
    PL_VERIFY(killed);
    QTest::qWait(1500); // it ends while no engine is there
    const auto restarted = m_engine->restart();
    PL_VERIFY(restarted);
    api = m_engine->api();
    QTRY_VERIFY(restartsOf(api, dying.value()) == 1 && statusOf(api, dying.value()) == "running");
    QCOMPARE(statusOf(api, stopped.value()), std::string("exited"));
}

void TestContainerLife::healthIsWatched()
{
    const Api api = m_engine->api();
    const Json check { { "Test", { "CMD-SHELL", "echo probed; test -e /tmp/ok" } },
        { "Interval", 100'000'000 }, { "Retries", 2 } };
    const auto id = runDetached(api, kIdle, { { "Healthcheck", check } });
    PL_VERIFY(id);
    QCOMPARE(healthOf(api, id.value()), std::string("starting"));
    QTRY_COMPARE(healthOf(api, id.value()), std::string("unhealthy"));
    const Json health = detailsOf(api, id.value())["State"]["Health"];
    QVERIFY(health["FailingStreak"].get<int>() >= 2);
    QCOMPARE(health["Log"].back()["Output"], Json("probed\n"));
    QCOMPARE(health["Log"].back()["ExitCode"], Json(1));
    ApiStream events = api.open("GET", "/events");
    QCOMPARE(execute(api, id.value(), { { "Cmd", { "touch", "/tmp/ok" } } }).status, 101);
    QTRY_COMPARE(healthOf(api, id.value()), std::string("healthy"));
    std::string told;
    while (told.find("health_status: healthy") == std::string::npos) {
        const auto line = events.readLine();
        QVERIFY2(line, events.failure().c_str());
        told = *line;
    }
    const auto listed = api.get("/containers/json?filters=" + encoded(R"({"health":["healthy"]})"));
    QCOMPARE(listed.json().size(), std::size_t(1));
    QVERIFY(listed.json()[0]["Status"].get<std::string>().find("(healthy)") != std::string::npos);
    QVERIFY(detailsOf(api, id.value())["State"]["Health"]["Log"].size() <= 5);
}

void TestContainerLife::probeThatHangs()
{
    const Api api = m_engine->api();
    const Json check { { "Test", { "CMD", "sleep", "1000" } }, { "Interval", 50'000'000 },
        { "Timeout", 100'000'000 }, { "Retries", 1 } };
    const auto id = runDetached(api, kIdle, { { "Healthcheck", check } });
    PL_VERIFY(id);
    QTRY_COMPARE(healthOf(api, id.value()), std::string("unhealthy"));
    const Json result = detailsOf(api, id.value())["State"]["Health"]["Log"][0];
    QCOMPARE(result["ExitCode"], Json(-1));
    QVERIFY(
        result["Output"].get<std::string>().find("exceeded timeout (100ms)") != std::string::npos);
    const auto bad = api.post("/containers/create",
        Json { { "Image", kStarter }, { "Cmd", { "true" } },
            { "Healthcheck", { { "Test", { "CMD", "x" } }, { "Interval", 5 } } } });
    QCOMPARE(bad.status, 400);
}

void TestContainerLife::updateIsLive()
{
    const Api api = m_engine->api();
    const auto id = runDetached(api, kIdle);
    PL_VERIFY(id);
    const Json policy { { "RestartPolicy",
        { { "Name", "on-failure" }, { "MaximumRetryCount", 4 } } } };
    QCOMPARE(api.post("/containers/" + id.value() + "/update", policy).status, 200);
    const auto limited =
        api.post("/containers/" + id.value() + "/update", Json { { "PidsLimit", 9 } });
    if (limited.status == 503) // this host's words on what is missing
        QVERIFY(limited.message().find("pids") != std::string::npos);
    else
        QCOMPARE(limited.status, 200);
    const Json host = detailsOf(api, id.value())["HostConfig"];
    QCOMPARE(host["RestartPolicy"], policy["RestartPolicy"]);
    if (limited.status != 200)
        return;
    QCOMPARE(host["PidsLimit"], Json(9));
    const Json many { { "Cmd",
        { "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; wait" } } };
    const Executed done = execute(api, id.value(), many);
    QVERIFY2(done.output && done.output->err.find("can't fork") != std::string::npos,
        done.output->err.c_str());
}

void TestContainerLife::badUpdates()
{
    const Api api = m_engine->api();
    const auto id = createContainer(
        api, kStarter, { "true" }, { { "HostConfig", { { "AutoRemove", true } } } });
    PL_VERIFY(id);
    const std::string path = "/containers/" + id.value() + "/update";
    QCOMPARE(api.post("/containers/nobody/update", Json::object()).status, 404);
    QCOMPARE(api.post(path, Json { { "Memory", "much" } }).status, 400);
    QCOMPARE(api.post(path, Json { { "RestartPolicy", { { "Name", "sometimes" } } } }).status, 400);
    const auto removing = api.post(path, Json { { "RestartPolicy", { { "Name", "always" } } } });
    QCOMPARE(removing.status, 400);
    QVERIFY(removing.message().find("AutoRemove is enabled") != std::string::npos);
}

void TestContainerLife::initReaps()
{
    const Api api = m_engine->api();
    const auto made = createContainer(api, kStarter,
        { "sh", "-c", "(sleep 0.1 &); cat /proc/1/comm; exec sleep 60" },
        { { "HostConfig", { { "Init", true } } } });
    if (!made && made.error().message.find("catatonit") != std::string::npos)
        PL_MUST_RUN_SKIP("this host has no init for containers (package catatonit)");
    PL_VERIFY(made);
    const auto started = startContainer(api, made.value());
    PL_VERIFY(started);
    QTRY_VERIFY(!logsOf(api, made.value()).value().out.empty());
    QVERIFY(logsOf(api, made.value()).value().out != "sh\n");
    const Json zombies { { "Cmd",
        { "sh", "-c", "sleep 0.3; grep -l '^State:.*Z' /proc/[0-9]*/status | wc -l" } } };
    const Executed done = execute(api, made.value(), zombies);
    QVERIFY(done.output);
    QCOMPARE(done.output->out, std::string("0\n"));
}

// What the engine's rights do not reach is neither refused nor dropped in silence.
void TestContainerLife::lackOfRightsIsTold()
{
    const Api api = m_engine->api();
    const Json host { { "OomScoreAdj", -900 },
        { "Ulimits", { { { "Name", "memlock" }, { "Soft", -1 }, { "Hard", -1 } } } } };
    const auto made = api.post("/containers/create",
        Json { { "Image", kStarter }, { "HostConfig", host },
            { "Cmd", { "sh", "-c", "cat /proc/self/oom_score_adj; ulimit -Hl" } } });
    PL_STATUS(made, 201);
    const std::string id = made.json()["Id"];
    const std::string warnings = dumpJson(made.json()["Warnings"]);
    PL_DONE(startContainer(api, id));
    PL_DONE(waitForExit(api, id));
    const auto output = logsOf(api, id);
    PL_VERIFY(output);
    const bool isScoreKept = output.value().out.starts_with("-900\n");
    const bool isLimitKept = output.value().out.ends_with("unlimited\n");
    QVERIFY2((warnings.find("OomScoreAdj") == std::string::npos) == isScoreKept,
        (warnings + output.value().out).c_str());
    QVERIFY2((warnings.find("memlock") == std::string::npos) == isLimitKept,
        (warnings + output.value().out).c_str());
}

QTEST_GUILESS_MAIN(TestContainerLife)
#include "tst_container_life.moc"
