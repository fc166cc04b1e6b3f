#include "engine/runtime/log_format.h"
#include "engine/runtime/shim_protocol.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::runtime;

/// Frames, records and log records: there and back, in pieces, and damaged.
class TestShimProtocol : public QObject {
    Q_OBJECT

private slots:
    void framesInPieces();
    void damagedFrames_data();
    void damagedFrames();
    void recordsThereAndBack();
    void damagedRecords_data();
    void damagedRecords();
    void logRecords();
    void damagedLogRecords_data();
    void damagedLogRecords();
    void linesInPieces_data();
    void linesInPieces();
};

void TestShimProtocol::framesInPieces()
{
    const std::string bytes = encodeFrame(FrameType::Stdin, "abc") + encodeFrame(FrameType::Start)
        + encodeFrame(FrameType::Output, std::string(70000, 'x'));
    for (const std::size_t step : { std::size_t { 1 }, std::size_t { 7 }, bytes.size() }) {
        FrameParser parser;
        std::vector<Frame> frames;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            parser.feed(std::string_view(bytes).substr(at, step));
            for (auto frame = parser.next(); frame && frame.value(); frame = parser.next())
                frames.push_back(*frame.value());
        }
        QCOMPARE(frames.size(), std::size_t { 3 });
        QCOMPARE(frames[0].type, FrameType::Stdin);
        QCOMPARE(frames[0].payload, std::string("abc"));
        QVERIFY(frames[1].payload.empty());
        QCOMPARE(frames[2].payload.size(), std::size_t { 70000 });
    }
}

void TestShimProtocol::damagedFrames_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("pad") << QByteArray("\1\0\0\1\0\0\0\0", 8);
    QTest::newRow("too long") << QByteArray("\1\0\0\0\1\0\x10\0", 8);
    QTest::newRow("longest") << QByteArray("\1\0\0\0\xff\xff\xff\xff", 8);
}

void TestShimProtocol::damagedFrames()
{
    QFETCH(const QByteArray, bytes);
    FrameParser parser;
    parser.feed(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
    const auto frame = parser.next();
    QVERIFY(!frame);
    QCOMPARE(frame.error().code, Errc::InvalidArgument);
}

void TestShimProtocol::recordsThereAndBack()
{
    const ShimRecord record { 10, 20, 30, 40, 50, "boot" };
    const auto shim = shimRecordFromJson(toJson(record));
    QVERIFY(shim);
    QCOMPARE(shim.value().pid, 30);
    QCOMPARE(shim.value().startTicks, std::uint64_t { 40 });
    QCOMPARE(shim.value().bootId, std::string("boot"));
    const auto exit = exitRecordFromJson(toJson(ExitRecord { 137, 9, true, 1, 2 }));
    QVERIFY(exit);
    QVERIFY(exit.value().wasOomKilled);
    QCOMPARE(exit.value().signal, 9);
    const auto failure = startFailureFromJson(toJson(StartFailure { "exec", 2, "words", 127 }));
    QVERIFY(failure);
    QCOMPARE(failure.value().exitCode, 127);
    LaunchOptions options;
    options.lowerDirs = { "/a", "/b" };
    options.logMaxFiles = 3;
    options.seccompBpf = "/f";
    const auto launch = launchOptionsFromJson(toJson(options));
    QVERIFY(launch);
    QCOMPARE(launch.value().lowerDirs, options.lowerDirs);
    QCOMPARE(launch.value().logMaxFiles, 3);
    QCOMPARE(launch.value().seccompBpf, std::string("/f"));
}

void TestShimProtocol::damagedRecords_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("list") << "[]";
    QTest::newRow("text for a number")
        << R"({"exitCode":"1","pid":"1","sysErrno":"x","logMaxBytes":"x"})";
    QTest::newRow("too large")
        << R"({"exitCode":99999999999,"pid":99999999999,"sysErrno":99999999999,"logMaxFiles":99999999999})";
    QTest::newRow("negative")
        << R"({"exitCode":1,"startedAtNs":"x","startTicks":-1,"stage":1,"logMaxBytes":-1})";
}

void TestShimProtocol::damagedRecords()
{
    QFETCH(const QString, text);
    const auto json = parseJson(text.toStdString());
    QVERIFY(json);
    QVERIFY(!shimRecordFromJson(json.value()));
    QVERIFY(!exitRecordFromJson(json.value()));
    QVERIFY(!startFailureFromJson(json.value()));
    QVERIFY(!launchOptionsFromJson(json.value()));
}

void TestShimProtocol::logRecords()
{
    std::string bytes;
    encodeLogRecord(LogRecord { 1234567890123456789, 2, true, "hello" }, bytes);
    QCOMPARE(bytes.size(), 5 + kLogRecordOverhead);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto torn = decodeLogRecord(std::string_view(bytes).substr(0, size));
        QVERIFY(torn);
        QVERIFY(!torn.value());
    }
    const std::string followed = bytes + "rest"; // the record's bytes point into it
    const auto decoded = decodeLogRecord(followed);
    QVERIFY(decoded && decoded.value());
    QCOMPARE(decoded.value()->bytes, bytes.size());
    QCOMPARE(decoded.value()->record.timeNs, std::int64_t { 1234567890123456789 });
    QCOMPARE(decoded.value()->record.stream, std::uint8_t { 2 });
    QVERIFY(decoded.value()->record.isPartial);
    QCOMPARE(decoded.value()->record.bytes, std::string_view("hello"));
}

void TestShimProtocol::damagedLogRecords_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("too short a length") << QByteArray("\1\0\0\0aaaaaaaaaaaa", 16);
    QTest::newRow("too long a length") << QByteArray("\xff\xff\xff\x7f", 4);
    QTest::newRow("lengths disagree") << QByteArray("\x0a\0\0\0\0\0\0\0\0\0\0\0\1\0\x0b\0\0\0", 18);
}

void TestShimProtocol::damagedLogRecords()
{
    QFETCH(const QByteArray, bytes);
    QVERIFY(
        !decodeLogRecord(std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size()))));
}

void TestShimProtocol::linesInPieces_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QList<int>>("sizes"); ///< of the records; negative: partial
    QTest::newRow("nothing") << QByteArray() << QList<int> {};
    QTest::newRow("lines") << QByteArray("a\nbc\n\n") << QList { 2, 3, 1 };
    QTest::newRow("no newline at the end") << QByteArray("a\nbc") << QList { 2, 2 };
    QTest::newRow("long line") << QByteArray(40000, 'x') + "\n" << QList { -16384, -16384, 7233 };
    QTest::newRow("just fits") << QByteArray(16383, 'x') + "\n" << QList { 16384 };
}

void TestShimProtocol::linesInPieces()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QList<int>, sizes);
    const std::string text = bytes.toStdString();
    for (const std::size_t step : { std::size_t { 1 }, std::size_t { 1000 }, text.size() + 1 }) {
        LineSplitter splitter(1);
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += step)
            splitter.feed(std::string_view(text).substr(at, step), 5, out);
        splitter.flush(5, out);
        QList<int> seen;
        std::string whole;
        std::string_view rest = out;
        while (!rest.empty()) {
            const auto decoded = decodeLogRecord(rest);
            QVERIFY(decoded && decoded.value());
            const auto& record = decoded.value()->record;
            const int size = static_cast<int>(record.bytes.size());
            seen.append(record.isPartial ? -size : size);
            whole += record.bytes;
            rest.remove_prefix(decoded.value()->bytes);
        }
        QCOMPARE(seen, sizes);
        QCOMPARE(whole, text);
    }
}

QTEST_GUILESS_MAIN(TestShimProtocol)
#include "tst_shim_protocol.moc"
