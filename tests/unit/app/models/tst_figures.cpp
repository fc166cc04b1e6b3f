#include "app/models/exit_text.h"
#include "app/models/format.h"
#include "app/models/fuzzy_match.h"
#include "app/models/stats_history.h"
#include "app/models/time_series.h"

#include <QLocale>
#include <QTest>

using namespace portlight::models;

class TestFigures : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }
    void bytes_data();
    void bytes();
    void texts();
    void exitTexts_data();
    void exitTexts();
    void fuzzyMatch();
    void series_ring();
    void series_downsampled();
    void history();
};

void TestFigures::bytes_data()
{
    QTest::addColumn<qint64>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << QStringLiteral("0\u2009B");
    QTest::newRow("small") << qint64(999) << QStringLiteral("999\u2009B");
    QTest::newRow("kilo") << qint64(1000) << QStringLiteral("1.0\u2009kB");
    QTest::newRow("rounds up") << qint64(999'960) << QStringLiteral("1.0\u2009MB");
    QTest::newRow("giga") << qint64(1'234'000'000) << QStringLiteral("1.2\u2009GB");
    QTest::newRow("largest") << std::numeric_limits<qint64>::max()
                             << QStringLiteral("9,223.4\u2009PB");
}

void TestFigures::bytes()
{
    QFETCH(const qint64, value);
    QTEST(format::bytes(value), "text");
}

void TestFigures::texts()
{
    QCOMPARE(format::percent(42.66), QStringLiteral("42.7\u2009%"));
    QCOMPARE(format::percent(std::nullopt), QStringLiteral("–"));
    QCOMPARE(format::bytesOfLimit(1000, 2000), QStringLiteral("1.0\u2009kB / 2.0\u2009kB"));
    QCOMPARE(format::age({}), QStringLiteral("–"));
    QCOMPARE(format::duration(std::chrono::seconds(200)), QStringLiteral("3 min 20 s"));
    QCOMPARE(format::duration(std::chrono::seconds(-5)), QStringLiteral("0 s"));
    QCOMPARE(format::ports({ { "0.0.0.0", 80, 8080, "tcp" }, { "::", 80, 8080, "tcp" },
                 { "", 0, 53, "udp" } }),
        QStringLiteral("80 → 8080/tcp, 53/udp"));
}

void TestFigures::exitTexts_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isOutOfMemory");
    QTest::addColumn<QString>("says");
    QTest::addColumn<bool>("isFailure");
    QTest::newRow("fine") << 0 << false << "without an error" << false;
    QTest::newRow("own code") << 3 << false << "program itself" << true;
    QTest::newRow("not found") << 127 << false << "not found" << true;
    QTest::newRow("asked to end") << 143 << false << "SIGTERM" << false;
    QTest::newRow("crash") << 139 << false << "SIGSEGV" << true;
    QTest::newRow("killed") << 137 << false << "killed" << true;
    QTest::newRow("out of memory") << 137 << true << "limit of 64.0" << true;
    QTest::newRow("signal without a name") << 128 + 70 << false << "signal 70" << true;
}

void TestFigures::exitTexts()
{
    QFETCH(const int, code);
    QFETCH(const QString, says);
    portlight::client::ContainerDetails details;
    QVERIFY(exitText(details).heading.isEmpty()); // it never ran
    details.state = portlight::client::ContainerState::Exited;
    details.exitCode = code;
    QFETCH(const bool, isOutOfMemory);
    details.wasOomKilled = isOutOfMemory;
    details.limits.memoryBytes = 64'000'000;
    details.finished = QDateTime::currentDateTimeUtc();
    const ExitText text = exitText(details);
    QVERIFY(text.heading.contains(QString::number(code)));
    QVERIFY2(text.reason.contains(says), qPrintable(text.reason));
    QTEST(text.isFailure, "isFailure");
    details.state = portlight::client::ContainerState::Running;
    QVERIFY(exitText(details).heading.isEmpty());
    details.state = portlight::client::ContainerState::Created;
    details.startError = "no such file";
    QCOMPARE(exitText(details).reason, QString("no such file"));
}

void TestFigures::fuzzyMatch()
{
    QVERIFY(matchScore("web", "web-1") > matchScore("web", "shop-web-1"));
    QVERIFY(matchScore("web", "shop-web-1") > matchScore("web", "cobweb"));
    QVERIFY(matchScore("web", "cobweb") > matchScore("web", "w-e-b"));
    QVERIFY(matchScore("web", "web") > matchScore("web", "web-with-a-long-name"));
    QVERIFY(matchScore("DARK mode", "Switch to dark mode") > 0);
    QCOMPARE(matchScore("redis", "web-1"), 0);
    QCOMPARE(matchScore("web redis", "web-1"), 0);
    QCOMPARE(matchScore("xy", "x and y"), 0); // two letters are in nearly everything
    QCOMPARE(matchScore("  ", "anything"), 1);
    QCOMPARE(matchScore("a", ""), 0);
}

void TestFigures::series_ring()
{
    TimeSeries series(3);
    QVERIFY(!series.latest());
    for (int i = 1; i <= 5; ++i)
        series.append(i * 1000, i);
    series.append(1, 99); // from the past
    QCOMPARE(series.size(), 3);
    QCOMPARE(series.at(0).value, 3.0);
    QCOMPARE(series.latest(), std::optional(5.0));
    series.append(6000, std::nullopt);
    QVERIFY(!series.latest());
    QCOMPARE(series.maximum(), std::optional(5.0));
}

void TestFigures::series_downsampled()
{
    TimeSeries series(1000);
    for (int i = 0; i < 1000; ++i)
        series.append(i, i == 500 ? 77.0 : (i == 700 ? -5.0 : 1.0));
    const auto runs = series.downsampled(0, 999, 10);
    QCOMPARE(runs.size(), 1);
    QVERIFY(runs.first().size() <= 22);
    QVERIFY(runs.first().contains(QPointF(500 - 999, 77)));
    QVERIFY(runs.first().contains(QPointF(700 - 999, -5)));
    for (qsizetype i = 1; i < runs.first().size(); ++i)
        QVERIFY(runs.first().at(i - 1).x() < runs.first().at(i).x());

    TimeSeries gap(10);
    for (int i = 0; i < 5; ++i)
        gap.append(i, i == 2 ? std::nullopt : std::optional(1.0));
    QCOMPARE(gap.downsampled(0, 4, 100).size(), 2);
    QVERIFY(gap.downsampled(50, 60, 5).isEmpty());
    QVERIFY(TimeSeries().downsampled(0, 0, 0).isEmpty());
}

void TestFigures::history()
{
    StatsHistory history;
    portlight::client::StatsTick tick { QDateTime::fromSecsSinceEpoch(10, Qt::UTC), { {} } };
    tick.containers[0].id = "1";
    tick.containers[0].blockReadBytes = 100;
    history.applyStats(tick);
    tick.read = tick.read.addSecs(2);
    tick.containers[0].blockReadBytes = 300;
    history.applyStats(tick);
    QCOMPARE(history.history("1")->blockReadPerSecond.latest(), std::optional(100.0));
    QVERIFY(!history.history("1")->cpuPercent.latest());
    history.keepOnly({});
    QVERIFY(history.history("1") == nullptr);
}

QTEST_GUILESS_MAIN(TestFigures)
#include "tst_figures.moc"
