#define QT_NO_EMIT // Asio has functions of that name
#include "engine/base/syscalls.h"
#include "engine/core/metrics_store.h"
#include "tests/support/verify.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace portlight;
using namespace portlight::core;
using namespace portlight::test;

namespace {

constexpr std::int64_t kBegin = 1'700'000'040; // a whole minute

MetricsPoint pointAt(std::int64_t time, float value)
{
    MetricsPoint point;
    point.timeSeconds = time;
    point.values.fill(value);
    return point;
}

Event eventAt(std::int64_t timeNs, const std::string& id, const std::string& action)
{
    Event event;
    event.type = "container";
    event.action = action;
    event.actorId = id;
    event.timeNs = timeNs;
    event.attributes = { { "name", "web" }, { "exitCode", "137" }, { "label", "dropped" } };
    return event;
}

} // namespace

/// The recorder's files: rings of figures and the journal of events.
class TestMetrics : public QObject {
    Q_OBJECT
private slots:
    void mergesMeansAndPeaks();
    void ringsKeepTheirTiers();
    void ringForgetsWhatWasOverwritten();
    void ringSurvivesDamage();
    void storeKnowsGoneContainers();
    void storeIsBounded();
    void storeFitsTheStep_data();
    void storeFitsTheStep();
    void storeMergesLargerSteps();
    void journalFiltersAndRotates();
    void journalSurvivesACutLine();

private:
    std::string path(const QTemporaryDir& directory, const char* name) const
    {
        return directory.filePath(QLatin1String(name)).toStdString();
    }
};

void TestMetrics::mergesMeansAndPeaks()
{
    auto low = pointAt(kBegin, 10);
    auto high = pointAt(kBegin + 1, 30);
    high.values[MetricsPoint::Pids] = std::numeric_limits<float>::quiet_NaN();
    low.values[MetricsPoint::IoPressure] = std::numeric_limits<float>::quiet_NaN();
    high.values[MetricsPoint::IoPressure] = std::numeric_limits<float>::quiet_NaN();
    const auto whole = merged({ low, high }, kBegin);
    QCOMPARE(whole.timeSeconds, kBegin);
    QCOMPARE(whole.values[MetricsPoint::CpuPercent], 20.0F);
    QCOMPARE(whole.values[MetricsPoint::CpuPeakPercent], 30.0F);
    QCOMPARE(whole.values[MetricsPoint::Pids], 10.0F); // what was not measured does not count
    QVERIFY(std::isnan(whole.values[MetricsPoint::IoPressure]));
}

void TestMetrics::ringsKeepTheirTiers()
{
    const QTemporaryDir directory;
    auto ring = MetricsRing::open(path(directory, "a.ring"));
    PL_VERIFY(ring);
    for (int second = 0; second < 130; ++second)
        PL_DONE(ring.value().write(pointAt(kBegin + second, static_cast<float>(second))));
    const auto seconds = ring.value().read(0, kBegin, kBegin + 130);
    PL_VERIFY(seconds);
    QCOMPARE(seconds.value().size(), std::size_t { 130 });
    const auto tens = ring.value().read(1, kBegin, kBegin + 130);
    PL_VERIFY(tens);
    QCOMPARE(tens.value().size(), std::size_t { 13 });
    QCOMPARE(tens.value()[1].values[MetricsPoint::CpuPercent], 14.5F);
    QCOMPARE(tens.value()[1].values[MetricsPoint::CpuPeakPercent], 19.0F);
    const auto minutes = ring.value().read(2, kBegin, kBegin + 130);
    PL_VERIFY(minutes);
    QCOMPARE(minutes.value().size(), std::size_t { 3 });
    QCOMPARE(minutes.value()[0].values[MetricsPoint::CpuPercent], 29.5F);
    // The running minute is there, too: nothing waits for its end.
    QCOMPARE(minutes.value()[2].values[MetricsPoint::CpuPeakPercent], 129.0F);
}

void TestMetrics::ringForgetsWhatWasOverwritten()
{
    const QTemporaryDir directory;
    auto ring = MetricsRing::open(path(directory, "a.ring"));
    PL_VERIFY(ring);
    PL_DONE(ring.value().write(pointAt(kBegin, 1)));
    PL_DONE(ring.value().write(pointAt(kBegin + 3600, 2))); // the same slot of the first ring
    const auto seconds = ring.value().read(0, kBegin, kBegin + 3601);
    PL_VERIFY(seconds);
    QCOMPARE(seconds.value().size(), std::size_t { 1 });
    QCOMPARE(seconds.value()[0].timeSeconds, kBegin + 3600);
    const auto minutes = ring.value().read(2, kBegin, kBegin + 3601);
    PL_VERIFY(minutes);
    QCOMPARE(minutes.value().size(), std::size_t { 2 });
    // However long the span, no more is read than there is.
    const auto all = ring.value().read(0, 0, kBegin + 10'000'000);
    PL_VERIFY(all);
    QCOMPARE(all.value().size(), std::size_t { 0 });
}

void TestMetrics::ringSurvivesDamage()
{
    const QTemporaryDir directory;
    const auto file = path(directory, "a.ring");
    {
        auto ring = MetricsRing::open(file);
        PL_VERIFY(ring);
        for (int second = 0; second < 20; ++second)
            PL_DONE(ring.value().write(pointAt(kBegin + second, 5)));
        PL_DONE(ring.value().writeLabel("what it was"));
    }
    // One byte of the slot of the sixth second: it is left out, its neighbours are not.
    QFile damaged(QString::fromStdString(file));
    QVERIFY(damaged.open(QIODevice::ReadWrite));
    QVERIFY(damaged.seek(4096 + (kBegin + 5) % 3600 * 56 + 20));
    QVERIFY(damaged.putChar('x'));
    damaged.close();
    const auto ring = MetricsRing::openExisting(file);
    PL_VERIFY(ring);
    const auto seconds = ring.value().read(0, kBegin, kBegin + 20);
    PL_VERIFY(seconds);
    QCOMPARE(seconds.value().size(), std::size_t { 19 });
    const auto label = ring.value().readLabel();
    PL_VERIFY(label);
    QCOMPARE(label.value(), std::string("what it was"));
    PL_DONE(writeFileDurably(file, "something else entirely"));
    QVERIFY(!MetricsRing::openExisting(file));
    QVERIFY(!MetricsRing::open(file));
}

void TestMetrics::storeKnowsGoneContainers()
{
    const QTemporaryDir directory;
    auto store = MetricsStore::open(path(directory, "history"));
    PL_VERIFY(store);
    PL_DONE(store.value()->write({ { { "aaa", "web", "nginx:1", 0, 0 }, pointAt(kBegin, 1) } }));
    PL_DONE(
        store.value()->write({ { { "aaa", "web2", "nginx:1", 0, 0 }, pointAt(kBegin + 1, 1) } }));
    store.value()->closeOthers({});
    // Another version's file is replaced, not a reason to record nothing.
    PL_DONE(writeFileDurably(path(directory, "history/bbb.ring"), "something else entirely"));
    PL_DONE(store.value()->write({ { { "bbb", "db", "pg", 0, 0 }, pointAt(kBegin, 1) } }));
    const auto list = store.value()->list();
    PL_VERIFY(list);
    QCOMPARE(list.value().size(), std::size_t { 2 });
    const auto& web = list.value()[0].id == "aaa" ? list.value()[0] : list.value()[1];
    QCOMPARE(web.name, std::string("web2"));
    QCOMPARE(web.image, std::string("nginx:1"));
    QCOMPARE(web.firstSeconds, kBegin); // a new name does not begin anew
    const auto points = store.value()->read("aaa", { kBegin, kBegin + 60, 1 });
    PL_VERIFY(points);
    QCOMPARE(points.value().size(), std::size_t { 2 });
    const auto nothing = store.value()->read("never", { kBegin, kBegin + 60, 1 });
    PL_VERIFY(nothing);
    QVERIFY(nothing.value().empty());
}

void TestMetrics::storeIsBounded()
{
    const QTemporaryDir directory;
    auto store = MetricsStore::open(path(directory, "history"), 100'000);
    PL_VERIFY(store);
    for (int index = 0; index < 20; ++index) {
        const std::string id = "id" + std::to_string(10 + index);
        PL_DONE(store.value()->write({ { { id, id, "", 0, 0 }, pointAt(kBegin, 1) } }));
    }
    PL_DONE(store.value()->collect(QDateTime::currentSecsSinceEpoch(), { { "id10", true } }));
    const auto bytes = store.value()->bytesOnDisk();
    PL_VERIFY(bytes);
    QVERIFY2(bytes.value() <= 120'000, std::to_string(bytes.value()).c_str());
    QVERIFY(bytes.value() > 0);
    QVERIFY(QFileInfo::exists(directory.filePath("history/id10.ring"))); // it runs
    // Thirty days later nothing is kept of what does not run.
    PL_DONE(store.value()->collect(
        QDateTime::currentSecsSinceEpoch() + 31 * 86'400, { { "id10", true } }));
    const auto left = store.value()->list();
    PL_VERIFY(left);
    QCOMPARE(left.value().size(), std::size_t { 1 });
}

void TestMetrics::storeFitsTheStep_data()
{
    QTest::addColumn<qint64>("age");
    QTest::addColumn<qint64>("step");
    QTest::addColumn<qint64>("expected");
    QTest::newRow("seconds") << qint64 { 600 } << qint64 { 1 } << qint64 { 1 };
    QTest::newRow("seconds by threes") << qint64 { 600 } << qint64 { 3 } << qint64 { 3 };
    QTest::newRow("hours ago") << qint64 { 7200 } << qint64 { 1 } << qint64 { 10 };
    QTest::newRow("hours ago by 15") << qint64 { 7200 } << qint64 { 15 } << qint64 { 20 };
    QTest::newRow("days ago") << qint64 { 200'000 } << qint64 { 1 } << qint64 { 60 };
    QTest::newRow("before all") << qint64 { 5'000'000 } << qint64 { 1 } << qint64 { 60 };
}

void TestMetrics::storeFitsTheStep()
{
    QFETCH(const qint64, age);
    QFETCH(const qint64, step);
    const auto range = MetricsStore::fitted({ kBegin - age, kBegin, step }, kBegin);
    QTEST(qint64(range.stepSeconds), "expected");
}

void TestMetrics::storeMergesLargerSteps()
{
    const QTemporaryDir directory;
    auto store = MetricsStore::open(path(directory, "history"));
    PL_VERIFY(store);
    for (int second = 0; second < 120; ++second)
        if (second < 30 || second >= 60) // a gap stays a gap
            PL_DONE(store.value()->write({ { { "aaa", "web", "", 0, 0 },
                pointAt(kBegin + second, static_cast<float>(second)) } }));
    const auto points = store.value()->read("aaa", { kBegin, kBegin + 120, 15 });
    PL_VERIFY(points);
    QCOMPARE(points.value().size(), std::size_t { 6 });
    QCOMPARE(points.value()[1].values[MetricsPoint::CpuPercent], 22.0F);
    QCOMPARE(points.value()[2].timeSeconds, kBegin + 60);
}

void TestMetrics::journalFiltersAndRotates()
{
    const QTemporaryDir directory;
    EventJournal journal(directory.path().toStdString());
    QVERIFY(EventJournal::keeps(eventAt(1, "a", "oom")));
    QVERIFY(EventJournal::keeps(eventAt(1, "a", "health_status: unhealthy")));
    QVERIFY(!EventJournal::keeps(eventAt(1, "a", "exec_create: sh")));
    QVERIFY(!EventJournal::keeps(eventAt(1, "", "prune")));
    PL_DONE(journal.append({ eventAt(10, "a", "start"), eventAt(20, "b", "die") }));
    const auto some = journal.read(0, 15, {}, 100);
    PL_VERIFY(some);
    QCOMPARE(some.value().size(), std::size_t { 1 });
    const auto ofB = journal.read(0, 100, { "b" }, 100);
    PL_VERIFY(ofB);
    QCOMPARE(ofB.value().size(), std::size_t { 1 });
    QCOMPARE(ofB.value()[0].attributes.at("exitCode"), std::string("137"));
    QVERIFY(!ofB.value()[0].attributes.contains("label"));
    std::vector<Event> many(1000, eventAt(30, "c", "kill"));
    for (int round = 0; round < 60; ++round)
        PL_DONE(journal.append(many));
    qint64 bytes = 0;
    for (const QFileInfo& file : QDir(directory.path()).entryInfoList(QDir::Files))
        bytes += file.size();
    QVERIFY2(bytes <= 4 << 20, std::to_string(bytes).c_str());
    const auto newest = journal.read(0, 100, {}, 10);
    PL_VERIFY(newest);
    QCOMPARE(newest.value().size(), std::size_t { 10 });
}

void TestMetrics::journalSurvivesACutLine()
{
    const QTemporaryDir directory;
    EventJournal journal(directory.path().toStdString());
    PL_DONE(journal.append({ eventAt(10, "a", "start") }));
    const auto file = directory.filePath("events.jsonl");
    QVERIFY(QFile::resize(file, QFileInfo(file).size() - 5));
    PL_DONE(journal.append({ eventAt(20, "a", "die") }));
    const auto all = journal.read(0, 100, {}, 100);
    PL_VERIFY(all);
    QCOMPARE(all.value().size(), std::size_t { 1 });
    QCOMPARE(all.value()[0].action, std::string("die"));
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
