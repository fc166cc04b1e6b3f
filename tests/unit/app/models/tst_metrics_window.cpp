#include "app/models/event_text.h"
#include "app/models/metrics_window.h"
#include "app/models/problems.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace portlight;
using namespace portlight::models;
using client::Metric;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

client::MetricsHistory history(
    const QString& id, const QList<qint64>& seconds, const QList<double>& cpu)
{
    client::MetricsHistory made;
    made.fromMs = seconds.first() * 1000;
    made.toMs = seconds.last() * 1000 + 1000;
    client::MetricsSeries series;
    series.container.id = id;
    series.container.name = "a,\"b\"";
    for (const qint64 second : seconds)
        series.timesMs.append(second * 1000);
    for (auto& column : series.values)
        column = QList<double>(seconds.size(), kNone);
    series.values[std::size_t(Metric::CpuPercent)] = cpu;
    made.series.append(series);
    return made;
}

client::EngineEvent happened(const QString& id, const QString& action, int second)
{
    client::EngineEvent made;
    made.type = "container";
    made.action = action;
    made.actorId = id;
    made.time = QDateTime::fromSecsSinceEpoch(second, Qt::UTC);
    return made;
}

client::ContainerSummary exited(const QString& id, int code)
{
    client::ContainerSummary made;
    made.id = id;
    made.name = id;
    made.state = client::ContainerState::Exited;
    made.exitCode = code;
    return made;
}

} // namespace

/// What the Monitor and Overview pages make of the engine's record.
class TestMetricsWindow : public QObject {
    Q_OBJECT
private slots:
    void gapsSplitRuns();
    void valuesUnderTheCursor();
    void extendsAndForgets();
    void writesCsv();
    void problems();
};

void TestMetricsWindow::gapsSplitRuns()
{
    MetricsWindow window;
    window.replace(history("x", { 1, 2, 3, 10, 11, 12 }, { 1, 2, 3, 4, kNone, 6 }));
    const auto runs = window.runs(0, Metric::CpuPercent);
    QCOMPARE(runs.size(), 3);
    QCOMPARE(runs.at(0).size(), 3);
    QCOMPARE(runs.at(1).first(), QPointF(10'000, 4));
    QCOMPARE(runs.at(2).first(), QPointF(12'000, 6));
    QVERIFY(window.runs(0, Metric::Pids).isEmpty());
    QVERIFY(window.isMeasured(Metric::CpuPercent) && !window.isMeasured(Metric::Pids));
}

void TestMetricsWindow::valuesUnderTheCursor()
{
    MetricsWindow window;
    window.replace(history("x", { 1, 2, 10 }, { 1, 2, 4 }));
    QCOMPARE(window.valueAt(0, Metric::CpuPercent, 2500), std::optional(2.0));
    QCOMPARE(window.valueAt(0, Metric::CpuPercent, 6000), std::optional<double>());
    QCOMPARE(window.valueAt(0, Metric::CpuPercent, 500), std::optional<double>());
    QCOMPARE(window.latest(0, Metric::CpuPercent), std::optional(4.0));
}

void TestMetricsWindow::extendsAndForgets()
{
    MetricsWindow window;
    auto first = history("x", { 1, 2, 3 }, { 1, 2, 3 });
    first.events = { happened("x", "start", 1), happened("x", "pause", 3) };
    window.replace(first);
    auto newer = history("x", { 3, 4 }, { 30, 40 });
    newer.events = { happened("x", "pause", 3), happened("x", "unpause", 4) };
    QVERIFY(window.extend(newer, 2000));
    QCOMPARE(window.series().first().timesMs, (QList<qint64> { 2000, 3000, 4000 }));
    QCOMPARE(window.valueAt(0, Metric::CpuPercent, 3000), std::optional(30.0));
    QCOMPARE(window.events().size(), 2); // nothing twice, nothing older than what is kept
    newer.stepMs = 10'000;
    QVERIFY(!window.extend(newer, 0));
    QVERIFY(window.extend(history("unknown", { 5 }, { 5 }), 0));
    QCOMPARE(window.lastMs(), qint64 { 4000 });
}

void TestMetricsWindow::writesCsv()
{
    MetricsWindow window;
    window.replace(history("x", { 1, 2 }, { 1.5, kNone }));
    const QList<QByteArray> lines = window.csv().split('\n');
    QCOMPARE(lines.at(1), QByteArray("1970-01-01T00:00:01Z,\"a,\"\"b\"\"\",x,1.5,,,,,,,,,,,\r"));
    QVERIFY(lines.at(2).startsWith("1970-01-01T00:00:02Z,\"a,\"\"b\"\"\",x,,"));
}

void TestMetricsWindow::problems()
{
    const QList<client::ContainerSummary> all { exited("failed", 3), exited("fine", 0),
        exited("stopped", 137), exited("out-of-memory", 137), exited("killed-by-whom", 137) };
    const QList<client::EngineEvent> events { happened("stopped", "kill", 10),
        happened("stopped", "die", 11), happened("stopped", "stop", 11),
        happened("out-of-memory", "oom", 20), happened("out-of-memory", "die", 20),
        happened("failed", "kill", 1), happened("failed", "start", 5),
        happened("failed", "die", 30), happened("killed-by-whom", "die", 40) };
    QStringList found;
    for (const Problem& problem : containerProblems(all, events))
        found.append(problem.containerId);
    // The newest first; a request before the last start excuses nothing.
    QCOMPARE(found, (QStringList { "killed-by-whom", "failed", "out-of-memory" }));
    // Without any event a stop cannot be told from a kill: no alarm.
    QCOMPARE(containerProblems(all, {}).size(), 1);
    client::ContainerSummary ill = exited("ill", 0);
    ill.state = client::ContainerState::Running;
    ill.health = client::Health::Unhealthy;
    QCOMPARE(containerProblems({ ill }, {}).first().tone, EventTone::Warn);
    client::HostReport report;
    report.features = { { "a", "g", true, {}, {}, {} },
        { "b", "g", false, {}, "no pasta", "apt" } };
    const auto lacks = hostProblems(report);
    QCOMPARE(lacks.size(), 1);
    QCOMPARE(lacks.first().fix, QString("apt"));
}

QTEST_GUILESS_MAIN(TestMetricsWindow)
#include "tst_metrics_window.moc"
