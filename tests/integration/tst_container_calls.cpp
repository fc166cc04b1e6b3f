#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr const char* kStarter = "portlight/starter:latest";

QStringList tagsOf(const Api& api)
{
    QStringList tags;
    const Json images = api.get("/images/json").json();
    for (const Json& image : images)
        for (const Json& tag : jsonMember(image, "RepoTags"))
            tags.append(QString::fromStdString(tag.get<std::string>()));
    return tags;
}

/// The entry of @p id in a line of /portlight/v1/stats; null without one.
Json entryOf(const std::optional<std::string>& line, const std::string& id)
{
    const auto parsed = parseJson(line.value_or(""));
    if (parsed)
        for (const Json& entry : jsonMember(parsed.value(), "containers"))
            if (jsonString(entry, "id").value() == id)
                return entry;
    return nullptr;
}

std::string nameOf(const Api& api, const std::string& id)
{
    const Json details = api.get("/containers/" + id + "/json").json();
    return jsonString(details, "Name").value();
}

/// Reads until what came holds @p text; false at the stream's end.
bool readUntil(ApiStream& stream, std::string& seen, const std::string& text)
{
    while (seen.find(text) == std::string::npos) {
        const auto piece = stream.read();
        if (!piece)
            return false;
        seen += *piece;
    }
    return true;
}

} // namespace

/// Calls that the docker command makes rarely or in ways of its own, with the starter image.
class TestContainerCalls : public QObject {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup();
    void cleanupTestCase() { m_engine.reset(); }
    void attachCarriesBothWays();
    void attachToTerminalIsRaw();
    void resizeReachesTheTerminal();
    void renameKeepsNamesUnique();
    void pruneTakesWhatItWasToldTo();
    void statsOfOne();
    void statsOfAll();
    void badCalls_data();
    void badCalls();
    void starterIsImportedOnce();

private:
    std::unique_ptr<EngineProcess> m_engine;
    RunAs m_runAs = RunAs::Current;
};

void TestContainerCalls::init()
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
    QTRY_COMPARE(tagsOf(m_engine->api()), QStringList { kStarter });
}

void TestContainerCalls::cleanup()
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

void TestContainerCalls::attachCarriesBothWays()
{
    const Api api = m_engine->api();
    const Json settings { { "OpenStdin", true }, { "StdinOnce", true }, { "AttachStdin", true } };
    const auto id =
        createContainer(api, kStarter, { "sh", "-c", "echo begun >&2; tr a-z A-Z" }, settings);
    PL_VERIFY(id);
    ApiStream attached = api.open("POST",
        "/containers/" + id.value() + "/attach?stream=1&stdin=1&stdout=1&stderr=1", {}, true);
    QCOMPARE(attached.status(), 101);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    std::string frames;
    QVERIFY2(readUntil(attached, frames, "begun"), attached.failure().c_str());
    QVERIFY(attached.write("both ways\n"));
    QVERIFY2(readUntil(attached, frames, "BOTH WAYS\n"), attached.failure().c_str());
    attached.closeWrite(); // StdinOnce: the end of this client's input is that of the program's
    frames += attached.readAll();
    const auto output = demultiplex(frames);
    QVERIFY(output);
    QCOMPARE(output->out, std::string("BOTH WAYS\n"));
    QCOMPARE(output->err, std::string("begun\n"));
    const auto code = waitForExit(api, id.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 0);
}

void TestContainerCalls::attachToTerminalIsRaw()
{
    const Api api = m_engine->api();
    const Json settings { { "OpenStdin", true }, { "Tty", true } };
    const auto id = createContainer(api, kStarter, { "cat" }, settings);
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    ApiStream attached = api.open(
        "POST", "/containers/" + id.value() + "/attach?stream=1&stdin=1&stdout=1", {}, true);
    QCOMPARE(attached.status(), 101);
    QVERIFY(attached.write("typed\n"));
    std::string seen;
    // Once by the terminal's echo, once by cat; a line ends as terminals end it.
    QVERIFY2(readUntil(attached, seen, "typed\r\ntyped\r\n"), seen.c_str());
    QVERIFY(attached.write("\x04")); // end of file, as a terminal takes it
    QCOMPARE(attached.readAll(), std::string());
    const auto code = waitForExit(api, id.value());
    PL_VERIFY(code);
    QCOMPARE(code.value(), 0);
}

void TestContainerCalls::resizeReachesTheTerminal()
{
    const Api api = m_engine->api();
    const Json settings { { "OpenStdin", true }, { "Tty", true } };
    const auto id = createContainer(api, kStarter,
        { "sh", "-c",
            "trap 'stty size' WINCH; stty size; echo ready; "
            "while read line; do stty size; done" },
        settings);
    PL_VERIFY(id);
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    ApiStream attached = api.open(
        "POST", "/containers/" + id.value() + "/attach?stream=1&logs=1&stdin=1&stdout=1", {}, true);
    std::string seen;
    QVERIFY2(readUntil(attached, seen, "ready\r\n"), seen.c_str());
    PL_STATUS(api.post("/containers/" + id.value() + "/resize?h=33&w=101"), 200);
    QVERIFY(attached.write("\n"));
    QVERIFY2(readUntil(attached, seen, "33 101\r\n"), seen.c_str());
}

void TestContainerCalls::renameKeepsNamesUnique()
{
    const Api api = m_engine->api();
    const auto first = createContainer(api, kStarter, { "true" }, Json::object(), "first");
    PL_VERIFY(first);
    const auto second = createContainer(api, kStarter, { "true" }, Json::object(), "second");
    PL_VERIFY(second);
    PL_STATUS(api.post("/containers/first/rename?name=second"), 409);
    for (const char* name : { "", "a/b", "-a", "a%20b", "%00", ".." })
        PL_STATUS(api.post(std::string("/containers/first/rename?name=") + name), 400);
    QCOMPARE(nameOf(api, first.value()), std::string("/first"));
    PL_STATUS(api.post("/containers/first/rename?name=third"), 204);
    PL_STATUS(api.get("/containers/first/json"), 404);
    PL_STATUS(api.post("/containers/second/rename?name=first"), 204); // it is free again
    const auto killed = m_engine->kill();
    PL_VERIFY(killed);
    const auto restarted = m_engine->restart();
    PL_VERIFY(restarted);
    QCOMPARE(nameOf(api, first.value()), std::string("/third"));
    QCOMPARE(nameOf(api, second.value()), std::string("/first"));
}

void TestContainerCalls::pruneTakesWhatItWasToldTo()
{
    const Api api = m_engine->api();
    const Json labelled { { "Labels", { { "keep", "no" } } } };
    const auto wanted = createContainer(
        api, kStarter, { "sh", "-c", "head -c 300000 /dev/zero > /left" }, labelled, "wanted");
    PL_VERIFY(wanted);
    const auto started = startContainer(api, "wanted");
    PL_VERIFY(started);
    const auto ended = waitForExit(api, "wanted");
    PL_VERIFY(ended);
    const auto other = createContainer(api, kStarter, { "true" }, Json::object(), "other");
    PL_VERIFY(other);
    const auto running = createContainer(api, kStarter, { "sleep", "1000" }, labelled, "running");
    PL_VERIFY(running);
    const auto begun = startContainer(api, "running");
    PL_VERIFY(begun);

    PL_STATUS(api.post("/containers/prune?filters=" + encoded(R"({"colour":["red"]})")), 400);
    PL_STATUS(api.post("/containers/prune?filters=" + encoded(R"({"until":["soon"]})")), 400);
    PL_STATUS(api.post("/containers/prune?filters=nonsense"), 400);
    const auto filtered =
        api.post("/containers/prune?filters=" + encoded(R"({"label":["keep=no"]})"));
    PL_STATUS(filtered, 200);
    const Json pruned = filtered.json();
    QCOMPARE(dumpJson(jsonMember(pruned, "ContainersDeleted")), "[\"" + wanted.value() + "\"]");
    QVERIFY(jsonInt(pruned, "SpaceReclaimed", 0).value() >= 300'000);
    const auto all = api.post("/containers/prune");
    PL_STATUS(all, 200);
    const Json rest = all.json();
    QCOMPARE(dumpJson(jsonMember(rest, "ContainersDeleted")), "[\"" + other.value() + "\"]");
    PL_STATUS(api.get("/containers/running/json"), 200);
}

void TestContainerCalls::statsOfOne()
{
    const Api api = m_engine->api();
    const auto id = createContainer(api, kStarter, { "sh", "-c", "while :; do :; done" });
    PL_VERIFY(id);
    const auto once = [&] {
        return api.get("/containers/" + id.value() + "/stats?stream=0&one-shot=1").json();
    };
    QVERIFY(!jsonMember(jsonMember(once(), "memory_stats"), "usage").is_number());
    const auto started = startContainer(api, id.value());
    PL_VERIFY(started);
    // At once, although the figures of half a second ago are kept.
    QVERIFY(jsonInt(jsonMember(once(), "memory_stats"), "usage", 0).value() > 0);
    const auto usedCpu = [&] {
        const Json now = once();
        return jsonInt(jsonMember(jsonMember(now, "cpu_stats"), "cpu_usage"), "total_usage", 0)
            .value();
    };
    QTRY_VERIFY(usedCpu() > 0); // without a cgroup it is counted in ticks of 10 ms
    ApiStream stream = api.open("GET", "/containers/" + id.value() + "/stats");
    for (int line = 0; line < 2; ++line) {
        const auto text = stream.readLine();
        QVERIFY2(text, stream.failure().c_str());
        const auto parsed = parseJson(*text);
        PL_VERIFY(parsed);
        QCOMPARE(jsonString(parsed.value(), "id").value(), id.value());
    }
}

void TestContainerCalls::statsOfAll()
{
    const Api api = m_engine->api();
    const auto busy = createContainer(api, kStarter, { "sh", "-c", "while :; do :; done" });
    PL_VERIFY(busy);
    const auto idle = createContainer(api, kStarter, { "sleep", "1000" });
    PL_VERIFY(idle);
    ApiStream stream = api.open("GET", "/portlight/v1/stats?interval=100");
    QCOMPARE(stream.status(), 200);
    QVERIFY(entryOf(stream.readLine(), busy.value()).is_null()); // it does not run
    for (const auto& id : { busy.value(), idle.value() }) {
        const auto started = startContainer(api, id);
        PL_VERIFY(started);
    }
    const auto entry = [&](const std::string& id) { return entryOf(stream.readLine(), id); };
    const auto percent = [&](const std::string& id) {
        const Json now = entry(id);
        const Json& figure = jsonMember(now, "cpuPercent");
        return figure.is_number() ? figure.get<double>() : -1.0; // the first line has none
    };
    QTRY_VERIFY(percent(busy.value()) > 5);
    double calm = -1;
    QTRY_VERIFY((calm = percent(idle.value())) >= 0 && calm < 5);
    QVERIFY(jsonInt(entry(idle.value()), "memoryBytes", 0).value() > 0);
    const auto removed = removeContainer(api, busy.value());
    PL_VERIFY(removed);
    QTRY_VERIFY(entry(busy.value()).is_null());
}

void TestContainerCalls::badCalls_data()
{
    QTest::addColumn<QString>("call");
    QTest::addColumn<int>("status");
    const auto row = [](const char* call, int status) { QTest::newRow(call) << call << status; };
    row("POST /containers/none/attach?stream=1", 404);
    row("POST /containers/none/resize?h=1&w=1", 404);
    row("POST /containers/idle/resize?h=1&w=1", 409);
    row("POST /containers/idle/resize", 400);
    row("POST /containers/idle/resize?h=-1&w=1", 400);
    row("POST /containers/idle/resize?h=65536&w=1", 400);
    row("POST /containers/idle/resize?h=ten&w=1", 400);
    row("POST /containers/none/rename?name=a", 404);
    row("GET /containers/none/stats", 404);
    row("GET /containers/idle/stats?stream=1&one-shot=1", 400);
    row("GET /portlight/v1/stats?interval=0", 400);
    row("GET /portlight/v1/stats?interval=99", 400);
    row("GET /portlight/v1/stats?interval=-100", 400);
    row("GET /portlight/v1/stats?interval=1e3", 400);
    row("GET /portlight/v1/stats?interval=99999999999999999999", 400);
    row("GET /containers/idle/logs", 400);
    row("GET /containers/idle/logs?stdout=1&tail=many", 400);
    row("GET /containers/idle/logs?stdout=1&since=yesterday", 400);
    row("GET /containers/idle/top", 409);
    row("GET /containers/json?limit=many", 400);
    row("GET /containers/json?filters={", 400);
    row("GET /events?filters=%7B%22colour%22:[%22red%22]%7D", 400);
    row("POST /containers/idle/kill", 409);
    row("POST /containers/idle/kill?signal=SIGNONE", 400);
    row("POST /containers/idle/stop?t=soon", 400);
    row("POST /containers/idle/stop", 304);
    row("POST /containers/idle/pause", 409);
    row("POST /containers/idle/unpause", 409);
    row("POST /containers/idle/wait?condition=bored", 400);
    row("POST /containers/create", 400);
}

void TestContainerCalls::badCalls()
{
    QFETCH(const QString, call);
    QFETCH(const int, status);
    const Api api = m_engine->api();
    const auto id = createContainer(api, kStarter, { "true" }, Json::object(), "idle");
    PL_VERIFY(id);
    const auto answer =
        api.call(call.section(' ', 0, 0).toStdString(), call.section(' ', 1).toStdString());
    PL_STATUS(answer, status);
    if (status >= 400)
        QVERIFY(answer.json().contains("message"));
    const Json details = api.get("/containers/idle/json").json();
    QCOMPARE(jsonString(jsonMember(details, "State"), "Status").value(), std::string("created"));
}

void TestContainerCalls::starterIsImportedOnce()
{
    const Api api = m_engine->api();
    const auto ran = runToEnd(api, kStarter, { "echo", "hello" });
    PL_VERIFY(ran);
    QCOMPARE(ran.value().output.out, std::string("hello\n"));
    PL_STATUS(api.remove(std::string("/images/") + kStarter), 200);
    QCOMPARE(tagsOf(api), QStringList());
    for (int start = 0; start < 2; ++start) {
        const auto ended = m_engine->terminate();
        PL_VERIFY(ended);
        QCOMPARE(ended.value(), 0);
        const auto restarted = m_engine->restart();
        PL_VERIFY(restarted);
        // The import begins with the first request at the latest; this one finds nothing to do.
        PL_STATUS(api.get("/info"), 200);
        QCOMPARE(tagsOf(api), QStringList());
    }
    const auto output = QString::fromStdString(m_engine->output());
    QVERIFY2(output.count("imported the starter image") == 1, qPrintable(output));
    m_engine.reset(); // the next row of rights begins with an image again
}

QTEST_GUILESS_MAIN(TestContainerCalls)
#include "tst_container_calls.moc"
