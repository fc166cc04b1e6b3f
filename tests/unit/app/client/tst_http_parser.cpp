#include "app/client/http_parser.h"
#include "app/client/stream_demux.h"

#include <QTest>

using namespace portlight::client;

/// The wire formats without a socket, whole and byte by byte.
class TestHttpParser : public QObject {
    Q_OBJECT
private slots:
    void answers_data();
    void answers();
    void upgrade_keepsTrailingBytes();
    void rest_belongsToNobody();
    void demux_data();
    void demux();
    void lines_overlong();
};

using Status = HttpParser::Status;

void TestHttpParser::answers_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<int>("expected"); // Status after the wire's end
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("body");
    const int complete = int(Status::Complete);
    const int broken = int(Status::Broken);
    QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
                            << complete << 200 << QByteArray("abc");
    QTest::newRow("no content") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << complete << 204
                                << QByteArray();
    QTest::newRow("chunked") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n1f\r\n0123456789012345678901234567890\r\n0\r\n\r\n")
                             << complete << 200 << QByteArray("abc0123456789012345678901234567890");
    QTest::newRow("until close") << QByteArray("HTTP/1.1 200 OK\r\n\r\nabc") << complete << 200
                                 << QByteArray("abc");
    QTest::newRow("interim") << QByteArray("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"
                                           "Content-Length: 1\r\n\r\nx")
                             << complete << 201 << QByteArray("x");
    QTest::newRow("cut body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                              << broken << 200 << QByteArray("abc");
    QTest::newRow("cut chunk") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                               << broken << 200 << QByteArray("abc");
    QTest::newRow("bad chunk") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n")
                               << broken << 200 << QByteArray();
    QTest::newRow("garbage") << QByteArray("\x01\x02 what is this\r\n\r\n") << broken << 0
                             << QByteArray();
    QTest::newRow("nothing") << QByteArray() << broken << 0 << QByteArray();
    QTest::newRow("huge head") << QByteArray(
        "HTTP/1.1 200 OK\r\nX: " + QByteArray(70'000, 'x') + "\r\nContent-Length: 0\r\n\r\n")
                               << broken << 0 << QByteArray();
}

void TestHttpParser::answers()
{
    QFETCH(const QByteArray, wire);
    for (const qsizetype step : { qsizetype(1), qsizetype(7), qsizetype(1'000'000) }) {
        HttpParser parser;
        QByteArray body;
        for (qsizetype at = 0; at < wire.size(); at += step)
            parser.feed(QByteArrayView(wire).sliced(at, std::min(step, wire.size() - at)), body);
        const int status = int(parser.finish());
        QTEST(status, "expected");
        const int code = parser.head() != nullptr ? parser.head()->status : 0;
        QTEST(code, "code");
        QTEST(body, "body");
        QCOMPARE(parser.error().isEmpty(), status != int(Status::Broken));
    }
}

void TestHttpParser::upgrade_keepsTrailingBytes()
{
    HttpParser parser;
    QByteArray body;
    QCOMPARE(parser.feed(
                 "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhel", body),
        Status::NeedsMore);
    QVERIFY(parser.head()->isUpgraded);
    QCOMPARE(parser.feed("lo\r\n\r\n", body), Status::NeedsMore);
    QCOMPARE(body, QByteArray("hello\r\n\r\n"));
    QCOMPARE(parser.finish(), Status::Complete);
}

void TestHttpParser::rest_belongsToNobody()
{
    HttpParser parser;
    QByteArray body;
    QCOMPARE(
        parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP", body), Status::Complete);
    QCOMPARE(body, QByteArray("a"));
    QCOMPARE(parser.rest(), QByteArray("HTTP"));
}

void TestHttpParser::demux_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QByteArray>("err");
    QTest::addColumn<bool>("good");
    const QByteArray out3("\1\0\0\0\0\0\0\3abc", 11);
    const QByteArray err2("\2\0\0\0\0\0\0\2xy", 10);
    QTest::newRow("both") << out3 + err2 + out3 << QByteArray("abcabc") << QByteArray("xy") << true;
    QTest::newRow("empty frame") << QByteArray("\1\0\0\0\0\0\0\0", 8) + err2 << QByteArray()
                                 << QByteArray("xy") << true;
    QTest::newRow("not framed") << QByteArray("plain text, no frames") << QByteArray()
                                << QByteArray() << false;
    QTest::newRow("engine error frame")
        << QByteArray("\3\0\0\0\0\0\0\1e", 9) << QByteArray() << QByteArray() << false;
}

void TestHttpParser::demux()
{
    QFETCH(const QByteArray, wire);
    for (const qsizetype step : { qsizetype(1), qsizetype(3), wire.size() }) {
        StreamDemux demux;
        QList<LogFrame> frames;
        bool good = true;
        for (qsizetype at = 0; at < wire.size(); at += step)
            good = demux.feed(
                QByteArrayView(wire).sliced(at, std::min(step, wire.size() - at)), frames);
        QByteArray out;
        QByteArray err;
        for (const LogFrame& frame : frames)
            (frame.source == LogSource::Stderr ? err : out) += frame.bytes;
        QTEST(out, "out");
        QTEST(err, "err");
        QTEST(good, "good");
        QVERIFY(!good || demux.isAtBoundary());
    }
}

void TestHttpParser::lines_overlong()
{
    LineSplitter splitter;
    QList<QByteArray> lines;
    QVERIFY(splitter.feed("a\n\nb", lines));
    QVERIFY(splitter.feed("c\nrest", lines));
    QCOMPARE(lines, (QList<QByteArray> { "a", "bc" }));
    QCOMPARE(splitter.takeRest(), QByteArray("rest"));
    QVERIFY(!splitter.feed(QByteArray(LineSplitter::kLongestLine + 1, 'x'), lines));
}

QTEST_GUILESS_MAIN(TestHttpParser)
#include "tst_http_parser.moc"
