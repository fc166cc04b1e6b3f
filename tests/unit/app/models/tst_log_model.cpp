#include "app/models/log_filter.h"
#include "app/models/log_model.h"

#include <QSignalSpy>
#include <QTest>

using namespace portlight::models;
using portlight::client::LogSource;

class TestLogModel : public QObject {
    Q_OBJECT
private slots:
    void splitLines();
    void timestamps_data();
    void timestamps();
    void manyChunks();
    void find();
    void dropsOldest();
    void endlessLine();
    void levels_data();
    void levels();
    void filter();
};

void TestLogModel::splitLines()
{
    LogModel log;
    QSignalSpy appended(&log, &LogModel::linesAppended);
    log.append({ LogSource::Stdout, "one\r\ntw" });
    log.append({ LogSource::Stderr, "bad\npart" });
    log.append({ LogSource::Stdout, "o\n\n" });
    QCOMPARE(log.lineCount(), 4);
    log.finish();
    QCOMPARE(log.lineCount(), 5);
    const QByteArrayList expected { "one", "bad", "two", "", "part" };
    for (int i = 0; i < 5; ++i)
        QCOMPARE(log.line(i).text.toByteArray(), expected.at(i));
    QCOMPARE(log.line(1).source, LogSource::Stderr);
    QTRY_COMPARE(appended.size(), 1);
    QCOMPARE(appended.first().at(1).value<qsizetype>(), qsizetype(5));
}

void TestLogModel::timestamps_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("timeMs");
    QTest::newRow("nine digits") << QByteArray("1970-01-01T00:00:01.234567890Z hi there")
                                 << QByteArray("hi there") << qint64(1234);
    QTest::newRow("whole seconds")
        << QByteArray("1970-01-01T00:01:00Z x") << QByteArray("x") << qint64(60'000);
    QTest::newRow("none") << QByteArray("no time here, just some words")
                          << QByteArray("no time here, just some words") << qint64(0);
    QTest::newRow("nonsense") << QByteArray("9999-99-99T99:99:99.9Z x")
                              << QByteArray("9999-99-99T99:99:99.9Z x") << qint64(0);
    QTest::newRow("empty") << QByteArray() << QByteArray() << qint64(0);
}

void TestLogModel::timestamps()
{
    QFETCH(const QByteArray, line);
    LogModel log;
    log.setTimestamped(true);
    log.append({ LogSource::Stdout, line + '\n' });
    const QByteArray text = log.line(0).text.toByteArray();
    QTEST(text, "text");
    QTEST(log.line(0).timeMs, "timeMs");
}

void TestLogModel::manyChunks()
{
    LogModel log;
    QByteArray block;
    constexpr int kLines = 200'000;
    for (int i = 0; i < kLines; ++i)
        block += "line " + QByteArray::number(i) + QByteArray(60, '.') + '\n';
    for (qsizetype at = 0; at < block.size(); at += 65'537)
        log.append({ LogSource::Stdout, block.mid(at, 65'537) });
    QCOMPARE(log.lineCount(), kLines);
    for (int i = 0; i < kLines; i += 997)
        QVERIFY(log.line(i).text.startsWith("line " + QByteArray::number(i) + '.'));
    const auto match = log.find("LINE 199998.", 0);
    QVERIFY(match);
    QCOMPARE(match->line, 199'998);
    QCOMPARE(log.matchingLines("line 19999").size(), 11);
}

void TestLogModel::find()
{
    LogModel log;
    log.append({ LogSource::Stdout, "alpha\nbeta Alpha\ngamma\n" });
    QCOMPARE(log.find("alpha", 0), std::optional(LogModel::Match { 0, 0, 5 }));
    QCOMPARE(log.find("alpha", 1), std::optional(LogModel::Match { 1, 5, 5 }));
    QVERIFY(!log.find("alpha", 1, false, Qt::CaseSensitive));
    QCOMPARE(log.find("alpha", 2, true)->line, 1);
    QCOMPARE(log.find("alpha", 99, true)->line, 1);
    QVERIFY(!log.find("alpha", 99));
    QVERIFY(!log.find("", 0));
    QVERIFY(!log.find("a\nb", 0));
    log.clear();
    QVERIFY(!log.find("alpha", 0));
    QCOMPARE(log.lineCount(), 0);
}

void TestLogModel::dropsOldest()
{
    LogModel log;
    log.setMaximumBytes(5 << 20);
    QSignalSpy dropped(&log, &LogModel::linesDropped);
    for (int i = 0; i < 200'000; ++i)
        log.append({ LogSource::Stdout, QByteArray::number(i) + QByteArray(60, '.') + '\n' });
    QVERIFY(!dropped.isEmpty());
    qsizetype gone = 0;
    for (const auto& signal : dropped)
        gone += signal.first().value<qsizetype>();
    QCOMPARE(log.lineCount() + gone, 200'000);
    QVERIFY(log.line(0).text.startsWith(QByteArray::number(gone)));
    QVERIFY(log.line(log.lineCount() - 1).text.startsWith("199999."));
    QVERIFY(log.byteCount() <= (9 << 20)); // the limit and a chunk
}

void TestLogModel::endlessLine()
{
    LogModel log;
    for (int i = 0; i < 300; ++i)
        log.append({ LogSource::Stdout, QByteArray(10'000, 'x') });
    QCOMPARE(log.lineCount(), 2); // 3 MB without an end: cut after 1 MB, twice
}

void TestLogModel::levels_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("level");
    const auto row = [](const char* line, LogLevel level) {
        QTest::newRow(line) << QByteArray(line) << int(level);
    };
    row("2026-01-01 ERROR cannot connect", LogLevel::Error);
    row("[warn] slow", LogLevel::Warning);
    row("level=info msg=started", LogLevel::Info);
    row(R"({"level":"debug","msg":"x"})", LogLevel::Debug);
    row("\x1b[31merror\x1b[0m: red", LogLevel::Error);
    row("2026/01/01 [notice] 1#1: start", LogLevel::Info);
    row("terror and information", LogLevel::None);
    row("", LogLevel::None);
    row("\x1b[", LogLevel::None);
    row("FATAL", LogLevel::Error);
}

void TestLogModel::levels()
{
    QFETCH(const QByteArray, line);
    QFETCH(const int, level);
    QCOMPARE(int(logLevel(line)), level);
    QCOMPARE(int(logLevel(QByteArray(300, ' ') + line)), int(LogLevel::None)); // too far behind
}

void TestLogModel::filter()
{
    const LogLine red { "\x1b[31mer\x1b[0mror 42", LogSource::Stderr, 0 };
    const LogLine plain { "all fine", LogSource::Stdout, 0 };
    LogFilter words({ .needle = "ERROR 4" });
    QVERIFY(words.hits(red)); // colours inside a word do not hide it
    QVERIFY(!words.hits(plain));
    QVERIFY(words.passes(plain));
    LogFilter regex({ .needle = "er+or \\d+$", .isRegex = true });
    QVERIFY(regex.hits(red));
    LogFilter dots({ .needle = "a.l" });
    QVERIFY(!dots.hits(plain)); // not an expression
    LogFilter bad({ .needle = "(", .isRegex = true });
    QVERIFY(!bad.problem().isEmpty());
    QVERIFY(!bad.hits(red));
    LogFilter errors({ .onlyStderr = true });
    QVERIFY(errors.passes(red));
    QVERIFY(!errors.passes(plain));
    QVERIFY(!LogFilter({ .least = LogLevel::Warning }).passes(plain));
    QVERIFY(!LogFilter().hits(plain));
}

QTEST_GUILESS_MAIN(TestLogModel)
#include "tst_log_model.moc"
