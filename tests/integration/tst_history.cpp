#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr int kPatienceMs = 30'000;

Json historyOf(const Api& api, const std::string& id, const std::string& more = {})
{
    const auto answer = api.get("/portlight/v1/history?id=" + id + more);
    return answer.status == 200 ? answer.json()["containers"][0] : Json(answer.message());
}

/// How many points hold a number in @p column.
std::size_t measured(const Json& series, const char* column)
{
    std::size_t count = 0;
    for (const Json& value : jsonMember(series, column))
        count += value.is_number() ? 1 : 0;
    return count;
}

double largest(const Json& series, const char* column)
{
    double found = -1;
    for (const Json& value : jsonMember(series, column))
        if (value.is_number())
            found = std::max(found, value.get<double>());
    return found;
}

std::vector<std::string> actionsOf(const Api& api, const std::string& id)
{
    std::vector<std::string> actions;
    const Json history = api.get("/portlight/v1/history?id=" + id).json();
    for (const Json& event : jsonMember(history, "events"))
        actions.push_back(event["Action"].get<std::string>());
    return actions;
}

bool holds(const std::vector<std::string>& actions, const std::string& wanted)
{
    return std::find(actions.begin(), actions.end(), wanted) != actions.end();
}

} // namespace

/// The engine's recorder through its socket, with containers that do something.
class TestHistory : public QObject {
    Q_OBJECT
private slots:
    void init();
    void recordsWhatContainersUse_data() { addRunAsRows(); }
    void recordsWhatContainersUse();
    void survivesTheEnginesEnd_data() { addRunAsRows(); }
    void survivesTheEnginesEnd();
    void knowsContainersThatAreGone();
    void refusals_data();
    void refusals();

private:
    std::unique_ptr<QTemporaryDir> m_files;
};

void TestHistory::init()
{
    m_files = std::make_unique<QTemporaryDir>();
    QVERIFY(m_files->isValid());
}

void TestHistory::recordsWhatContainersUse()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    PL_DONE(loadPayload(api, m_files->path().toStdString(), "payload:test"));
    // 20 000 lines a second for as long as nobody stops it: more than a tick of CPU time each
    // second.
    const auto busy = createContainer(
        api, "payload:test", { "lines", "100000000", "20000", "out", "0" }, Json::object(), "busy");
    PL_VERIFY(busy);
    const auto idle = createContainer(api, "payload:test", { "hold" }, Json::object(), "idle");
    PL_VERIFY(idle);
    PL_DONE(startContainer(api, busy.value()));
    PL_DONE(startContainer(api, idle.value()));
    QTRY_VERIFY_WITH_TIMEOUT(
        measured(historyOf(api, busy.value()), "cpuPercent") >= 3, kPatienceMs);

    const Json used = historyOf(api, "busy");
    QCOMPARE(used["id"].get<std::string>(), busy.value());
    QCOMPARE(used["image"].get<std::string>(), std::string("payload:test"));
    QVERIFY(used["running"].get<bool>() && !used["gone"].get<bool>());
    QVERIFY2(largest(used, "cpuPercent") > 0.1, used.dump().c_str());
    QVERIFY2(largest(used, "memoryBytes") > 1000, used.dump().c_str());
    QVERIFY2(largest(used, "pids") >= 1, used.dump().c_str());
    // Every column as long as the times, which rise by whole seconds.
    const std::size_t length = used["time"].size();
    for (const auto& [name, column] : used.items())
        if (column.is_array())
            QVERIFY2(column.size() == length, name.c_str());
    for (std::size_t at = 1; at < length; ++at)
        QVERIFY(used["time"][at].get<qint64>() > used["time"][at - 1].get<qint64>());

    const Json coarse = historyOf(api, "busy", "&step=10");
    QVERIFY(coarse["time"].size() >= 1 && coarse["time"].size() < length);
    QCOMPARE(coarse["time"][0].get<qint64>() % 10, qint64 { 0 });

    // Without a name: all that run; and two by name at once.
    QCOMPARE(api.get("/portlight/v1/history").json()["containers"].size(), std::size_t { 2 });
    QCOMPARE(api.get("/portlight/v1/history?id=busy,idle").json()["containers"].size(),
        std::size_t { 2 });
    QVERIFY(holds(actionsOf(api, "busy"), "start"));

    PL_DONE(removeContainer(api, busy.value()));
    QTRY_VERIFY_WITH_TIMEOUT(holds(actionsOf(api, busy.value()), "destroy"), kPatienceMs);
    QVERIFY(holds(actionsOf(api, busy.value()), "die"));
    QVERIFY(!holds(actionsOf(api, idle.value()), "die"));
}

void TestHistory::survivesTheEnginesEnd()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    PL_DONE(loadPayload(api, m_files->path().toStdString(), "payload:test"));
    const auto id = createContainer(api, "payload:test", { "hold" }, Json::object(), "held");
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    QTRY_VERIFY_WITH_TIMEOUT(measured(historyOf(api, "held"), "memoryBytes") >= 2, kPatienceMs);
    const Json before = historyOf(api, "held");
    const auto lastBefore = before["time"].back().get<qint64>();
    PL_DONE(engine.kill());
    PL_DONE(engine.restart());

    // Nothing written is lost, and it goes on by itself with what was found running.
    QTRY_VERIFY_WITH_TIMEOUT(
        historyOf(api, "held")["time"].back().get<qint64>() > lastBefore + 1, kPatienceMs);
    const Json after = historyOf(api, "held");
    for (const Json& time : before["time"])
        QVERIFY(std::find(after["time"].begin(), after["time"].end(), time) != after["time"].end());
    QCOMPARE(after["first"], before["first"]);
    QVERIFY(holds(actionsOf(api, "held"), "start"));
}

void TestHistory::knowsContainersThatAreGone()
{
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    PL_DONE(loadPayload(api, m_files->path().toStdString(), "payload:test"));
    const auto id = createContainer(api, "payload:test", { "hold" }, Json::object(), "gone-soon");
    PL_VERIFY(id);
    PL_DONE(startContainer(api, id.value()));
    QTRY_VERIFY_WITH_TIMEOUT(
        measured(historyOf(api, "gone-soon"), "memoryBytes") >= 1, kPatienceMs);
    PL_DONE(removeContainer(api, id.value()));

    const Json series = historyOf(api, "gone-soon");
    QVERIFY2(series.is_object(), series.dump().c_str());
    QVERIFY(series["gone"].get<bool>() && !series["running"].get<bool>());
    QVERIFY(measured(series, "memoryBytes") >= 1);
    QCOMPARE(historyOf(api, id.value().substr(0, 12))["id"].get<std::string>(), id.value());
    const Json list = api.get("/portlight/v1/history/containers").json();
    QCOMPARE(list["containers"].size(), std::size_t { 1 });
    QVERIFY(list["bytesOnDisk"].get<qint64>() > 0);
    QVERIFY(list["bytesOnDisk"].get<qint64>() < list["mostBytes"].get<qint64>());
}

void TestHistory::refusals_data()
{
    QTest::addColumn<std::string>("query");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown container") << std::string("id=none") << 404;
    QTest::newRow("a path as id") << std::string("id=..%2f..%2fstate") << 404;
    QTest::newRow("from is no time") << std::string("from=yesterday") << 400;
    QTest::newRow("to before from") << std::string("from=2000&to=1000") << 400;
    QTest::newRow("negative") << std::string("from=-5") << 400;
    QTest::newRow("step 0") << std::string("step=0") << 400;
    QTest::newRow("step is no number") << std::string("step=ten") << 400;
    QTest::newRow("step too large") << std::string("step=86401") << 400;
    QTest::newRow("too many points") << std::string("from=1&step=1") << 400;
    QTest::newRow("all of time") << std::string("from=1") << 200;
    QTest::newRow("nothing runs") << std::string() << 200;
}

void TestHistory::refusals()
{
    QFETCH(const std::string, query);
    QFETCH(const int, status);
    PL_START_ENGINE(engine, RunAs::Current);
    PL_STATUS(engine.api().get("/portlight/v1/history?" + query), status);
}

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
