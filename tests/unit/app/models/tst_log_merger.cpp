#include "app/models/log_merger.h"
#include "app/models/log_time.h"

#include <QDateTime>
#include <QtTest>

using namespace portlight;
using namespace portlight::models;

namespace {

client::LogFrame out(const QByteArray& bytes)
{
    return { client::LogSource::Stdout, bytes };
}

QByteArray at(int second, const QByteArray& text)
{
    return "2026-01-02T03:04:" + QByteArray::number(second).rightJustified(2, '0') + ".000000000Z "
        + text + "\n";
}

QStringList linesOf(const LogModel& model)
{
    QStringList lines;
    for (qsizetype line = 0; line < model.lineCount(); ++line)
        lines.append(QString::number(model.line(line).origin) + u':'
            + QString::fromUtf8(model.line(line).text));
    return lines;
}

} // namespace

/// Several logs as one, and the times they are ordered by.
class TestLogMerger : public QObject {
    Q_OBJECT
private slots:
    void ordersByTime();
    void waitsForTheSlower();
    void silenceDoesNotHold();
    void piecesAndBadTimes();
    void startsAnew();
    void times_data();
    void times();
    void isFast();
};

void TestLogMerger::ordersByTime()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(2);
    merger.append(0, out(at(1, "a1") + at(3, "a3") + at(5, "a5")));
    merger.append(1, out(at(2, "b2") + at(4, "b4")));
    merger.finish(0);
    merger.finish(1);
    QCOMPARE(linesOf(model), (QStringList { "0:a1", "1:b2", "0:a3", "1:b4", "0:a5" }));
    QCOMPARE(model.line(0).timeMs,
        QDateTime(QDate(2026, 1, 2), QTime(3, 4, 1), Qt::UTC).toMSecsSinceEpoch());
    QCOMPARE(merger.waitingBytes(), qint64 { 0 });
}

void TestLogMerger::waitsForTheSlower()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(2);
    merger.append(0, out(at(5, "late")));
    QCOMPARE(model.lineCount(), qsizetype { 0 }); // the other may have an older one
    merger.append(1, out(at(1, "early")));
    merger.finish(1);
    QTRY_COMPARE(linesOf(model), (QStringList { "1:early", "0:late" }));
}

void TestLogMerger::silenceDoesNotHold()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(3);
    merger.append(1, out(at(5, "only one talks")));
    QTRY_COMPARE(linesOf(model), (QStringList { "1:only one talks" }));
}

void TestLogMerger::piecesAndBadTimes()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(1);
    merger.append(0, out("2026-01-02T03:04:05.0000"));
    merger.append(0, out("00000Z split\nno time at all\r\nend without line"));
    merger.append(0, { client::LogSource::Stderr, "2026-01-02T03:04:06.000000000Z error\n" });
    merger.finish(0);
    QCOMPARE(linesOf(model),
        (QStringList { "0:split", "0:no time at all", "0:error", "0:end without line" }));
    QCOMPARE(model.line(1).timeMs, model.line(0).timeMs); // it stands where it was written
    QCOMPARE(model.line(2).source, client::LogSource::Stderr);
}

void TestLogMerger::startsAnew()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(1);
    merger.append(0, out(at(1, "old")));
    merger.finish(0);
    QCOMPARE(model.lineCount(), qsizetype { 1 });
    merger.start(2);
    QCOMPARE(model.lineCount(), qsizetype { 0 });
}

void TestLogMerger::times_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<qint64>("time");
    QTest::addColumn<QByteArray>("rest");
    const qint64 known =
        QDateTime(QDate(2024, 2, 29), QTime(23, 59, 58, 123), Qt::UTC).toMSecsSinceEpoch();
    QTest::newRow("docker's") << QByteArray("2024-02-29T23:59:58.123456789Z x") << known
                              << QByteArray("x");
    QTest::newRow("milliseconds") << QByteArray("2024-02-29T23:59:58.123Z x") << known
                                  << QByteArray("x");
    QTest::newRow("whole second") << QByteArray("2024-02-29T23:59:58Z x") << known - 123
                                  << QByteArray("x");
    for (const char* bad : { "", "x", "2024-02-30T23:59:58.123456789Z x",
             "2024-02-29T24:59:58.123456789Z x", "2024-02-29 23:59:58.123456789 x",
             "20a4-02-29T23:59:58.123456789Z x", "2024-02-29T23:59:58.123456789Z" })
        QTest::newRow(bad) << QByteArray(bad) << qint64 { 0 } << QByteArray(bad);
}

void TestLogMerger::times()
{
    QFETCH(const QByteArray, line);
    QByteArrayView view = line;
    QTEST(takeLogTime(view), "time");
    QTEST(view.toByteArray(), "rest");
}

void TestLogMerger::isFast()
{
    LogModel model;
    LogMerger merger(model);
    merger.start(2);
    QByteArray block;
    for (int line = 0; line < 100'000; ++line)
        block += at(line % 60, "GET /index.html 200 and so on and on");
    QElapsedTimer clock;
    clock.start();
    merger.append(0, out(block));
    merger.append(1, out(block));
    merger.finish(0);
    merger.finish(1);
    QCOMPARE(model.lineCount(), qsizetype { 200'000 });
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
}

QTEST_GUILESS_MAIN(TestLogMerger)
#include "tst_log_merger.moc"
