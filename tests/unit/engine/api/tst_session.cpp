#include "tests/unit/engine/api/session_fixture.h"

#include <QtTest>

#include <sys/ioctl.h>
#include <sys/socket.h>

using namespace portlight;
using namespace portlight::test;

using namespace std::string_literals;

namespace {

const std::string kGetHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(const std::string& path, const std::string& headers, const std::string& body)
{
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

std::string sized(const std::string& path, const std::string& body)
{
    return post(path, "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

/// The decoded body of a chunked answer; "" where it is not whole.
std::string unchunk(std::string text)
{
    std::string body;
    for (;;) {
        const auto end = text.find("\r\n");
        if (end == std::string::npos)
            return {};
        const auto size = std::stoul(text.substr(0, end), nullptr, 16);
        text.erase(0, end + 2);
        if (size == 0)
            return text == "\r\n" ? body : std::string();
        body += text.substr(0, size);
        text.erase(0, size + 2);
    }
}

} // namespace

class TestSession : public QObject {
    Q_OBJECT

private slots:
    void refusesMalformed_data();
    void refusesMalformed();
    void keepsConnection();
    void answersPipelinedInOrder();
    void speaksHttp10();
    void answersHeadWithoutBody();
    void readsChunkedBody();
    void readsBodyInSmallPieces();
    void sendsContinueOnlyWhenRead();
    void skipsUnreadBody();
    void closesAfterLargeUnreadBody();
    void streamsChunked();
    void marksBrokenStream();
    void turnsExceptionInto500();
    void negotiatesVersion_data();
    void negotiatesVersion();
    void hijacksWithUpgrade();
    void hijacksWithoutUpgrade();
    void hijackReadsWhatVanishedClientSent();
    void cancelsHijackOfVanishedClient();
    void cancelsWaitingGet();
    void finishesChangeOfVanishedClient();
    void doesNotTakeHalfCloseForGone();
    void slowReaderHoldsBackStream();
    void stopEndsStreamsAndFinishesChanges();
    void refusesOtherUsers();
};

void TestSession::refusesMalformed_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("answer"); // how it starts; empty: closed without a word
    const auto bad = [](const char* name, const std::string& request, const char* answer = "400") {
        const QByteArray line = *answer == '\0' ? QByteArray() : QByteArray("HTTP/1.1 ") + answer;
        QTest::newRow(name) << QByteArray::fromStdString(request) << line;
    };
    const std::string get = "GET /hello HTTP/1.1\r\n";
    const std::string host = "Host: x\r\n";
    bad("garbage", "\x16\x03\x01\x02garbage\r\n\r\n");
    bad("bare line feed", "\n\n");
    bad("one word", "HELLO\r\n\r\n");
    bad("no target", "GET HTTP/1.1\r\n\r\n");
    bad("no version", "GET /hello\r\n" + host + "\r\n");
    bad("HTTP/2.0", "GET /hello HTTP/2.0\r\n" + host + "\r\n");
    bad("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    bad("HTTP/0.9", "GET /hello HTTP/0.9\r\n" + host + "\r\n");
    bad("lower case protocol", "GET /hello http/1.1\r\n" + host + "\r\n");
    bad("NUL in target", "GET /he\0llo HTTP/1.1\r\nHost: x\r\n\r\n"s);
    bad("encoded NUL", "GET /he%00llo HTTP/1.1\r\n" + host + "\r\n");
    bad("broken percent", "GET /he%zz HTTP/1.1\r\n" + host + "\r\n");
    bad("cut percent", "GET /he%4 HTTP/1.1\r\n" + host + "\r\n");
    bad("broken percent in query", "GET /hello?a=%g1 HTTP/1.1\r\n" + host + "\r\n");
    bad("relative target", "GET hello HTTP/1.1\r\n" + host + "\r\n");
    bad("asterisk target", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n");
    bad("no host", get + "\r\n");
    bad("two hosts", get + host + host + "\r\n");
    bad("space before colon", get + host + "Accept : x\r\n\r\n");
    bad("no colon", get + host + "Accept\r\n\r\n");
    bad("empty header name", get + host + ": x\r\n\r\n");
    bad("NUL in header", get + host + std::string("A: b\0c\r\n\r\n", 10));
    bad("leading space in first header", get + " " + host + "\r\n");
    bad("header too large", get + host + "A: " + std::string(70000, 'a') + "\r\n\r\n", "431");
    bad("target too large", "GET /" + std::string(70000, 'a') + " HTTP/1.1\r\n", "431");
    bad("length and chunked",
        post("/echo", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    bad("chunked and length",
        post("/echo", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"));
    bad("two lengths", post("/echo", "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"));
    bad("length list", post("/echo", "Content-Length: 3, 3\r\n", "abc"));
    bad("negative length", post("/echo", "Content-Length: -3\r\n", "abc"));
    bad("signed length", post("/echo", "Content-Length: +3\r\n", "abc"));
    bad("hex length", post("/echo", "Content-Length: 0x3\r\n", "abc"));
    bad("huge length", post("/echo", "Content-Length: 99999999999999999999999\r\n", ""));
    bad("gzip coding", post("/echo", "Transfer-Encoding: gzip\r\n", "abc"));
    bad("gzip, chunked", post("/echo", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"));
    bad("chunked twice",
        post("/echo", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
    bad("chunked, identity", post("/echo", "Transfer-Encoding: chunked, identity\r\n", ""));
    bad("chunked in HTTP/1.0",
        "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    bad("chunk size no hex", post("/echo", "Transfer-Encoding: chunked\r\n", "zz\r\nabc\r\n"));
    bad("chunk size negative", post("/echo", "Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n"));
    bad("chunk size huge",
        post("/echo", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n"));
    bad("chunk without end",
        post("/echo", "Transfer-Encoding: chunked\r\n", "3\r\nabcdef\r\n0\r\n\r\n"));
}

void TestSession::refusesMalformed()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, answer);
    SessionFixture server;
    RawClient client(server.socketPath());
    client.send(request.toStdString());
    const QByteArray got = QByteArray::fromStdString(client.readUntil("\"}\n"));
    QVERIFY2(got.startsWith(answer), got.constData());
    QVERIFY(got.contains("{\"message\":\""));
    // What followed the bad request, if it was taken for one, has no answer.
    client.shutdownSend();
    QCOMPARE(client.readToEnd(), std::string());
    QVERIFY(!client.isTimedOut());

    RawClient next(server.socketPath());
    QVERIFY(next.send(kGetHello));
    QVERIFY(next.readUntil("hello").ends_with("hello"));
}

void TestSession::keepsConnection()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    for (int turn = 0; turn < 3; ++turn) {
        QVERIFY(client.send(kGetHello));
        const auto head = client.readUntil("\r\n\r\n");
        QVERIFY(head.starts_with("HTTP/1.1 200 OK\r\n"));
        QVERIFY(head.find("\r\nApi-Version: 1.50\r\n") != std::string::npos);
        QVERIFY(head.find("\r\nOstype: linux\r\n") != std::string::npos);
        QVERIFY(head.find("\r\nServer: Portlight/") != std::string::npos);
        QCOMPARE(client.readUntil("hello"), std::string("hello"));
    }
    QVERIFY(client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    const auto last = client.readToEnd();
    QVERIFY(last.find("Connection: close") != std::string::npos && last.ends_with("hello"));
}

void TestSession::answersPipelinedInOrder()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(sized("/echo", "first") + kGetHello + sized("/echo", "third")));
    QVERIFY(client.readUntil("first").ends_with("first"));
    QVERIFY(client.readUntil("hello").ends_with("\r\n\r\nhello"));
    QVERIFY(client.readUntil("third").ends_with("third"));
}

void TestSession::speaksHttp10()
{
    SessionFixture server;
    RawClient plain(server.socketPath());
    QVERIFY(plain.send("GET /hello HTTP/1.0\r\n\r\n"));
    QVERIFY(plain.readToEnd().ends_with("\r\n\r\nhello"));
    RawClient stream(server.socketPath());
    QVERIFY(stream.send("GET /chunks HTTP/1.0\r\n\r\n"));
    const auto answer = stream.readToEnd();
    QVERIFY(answer.find("chunked") == std::string::npos && answer.ends_with("\r\n\r\nonetwothree"));
}

void TestSession::answersHeadWithoutBody()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + kGetHello));
    const auto head = client.readUntil("\r\n\r\n");
    QVERIFY(head.starts_with("HTTP/1.1 404")); // /hello has no HEAD: only that there is no body
    QVERIFY(client.readUntil("hello").starts_with("HTTP/1.1 200"));
}

void TestSession::readsChunkedBody()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(post("/echo", "Transfer-Encoding: chunked\r\n",
        "4;ext=1\r\nwiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\n")));
    QVERIFY(client.readUntil("wikipedia").ends_with("\r\n\r\nwikipedia"));
    QVERIFY(client.send(kGetHello));
    QVERIFY(client.readUntil("hello").ends_with("hello"));
}

void TestSession::readsBodyInSmallPieces()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    for (const char c : sized("/echo", "piece by piece"))
        QVERIFY(client.send({ &c, 1 }));
    QVERIFY(client.readUntil("piece by piece").ends_with("piece by piece"));
}

void TestSession::sendsContinueOnlyWhenRead()
{
    SessionFixture server;
    const std::string expect = "Content-Length: 4\r\nExpect: 100-continue\r\n";
    RawClient reads(server.socketPath());
    QVERIFY(reads.send(post("/echo", expect, "")));
    QCOMPARE(reads.readUntil("\r\n\r\n"), std::string("HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(reads.send("body"));
    QVERIFY(reads.readUntil("body").ends_with("\r\n\r\nbody"));
    RawClient refuses(server.socketPath());
    QVERIFY(refuses.send(post("/unread", expect, "")));
    const auto answer = refuses.readToEnd();
    QVERIFY(answer.starts_with("HTTP/1.1 204") && answer.find("close") != std::string::npos);
}

void TestSession::skipsUnreadBody()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(sized("/unread", std::string(100'000, 'a')) + kGetHello));
    QVERIFY(client.readUntil("\r\n\r\n").starts_with("HTTP/1.1 204"));
    QVERIFY(client.readUntil("hello").ends_with("hello"));
}

void TestSession::closesAfterLargeUnreadBody()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(sized("/unread", std::string(1U << 20U, 'a'))));
    const auto answer = client.readToEnd();
    QVERIFY(answer.starts_with("HTTP/1.1 204"));
    QVERIFY(answer.find("\r\nConnection: close\r\n") != std::string::npos);
}

void TestSession::streamsChunked()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    QVERIFY(client.readUntil("\r\n\r\n").find("\r\nTransfer-Encoding: chunked\r\n")
        != std::string::npos);
    QCOMPARE(unchunk(client.readToEnd()), std::string("onetwothree"));
}

void TestSession::marksBrokenStream()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n"));
    client.readUntil("\r\n\r\n");
    QCOMPARE(client.readToEnd(), std::string("5\r\nbegun\r\n")); // and no last chunk
}

void TestSession::turnsExceptionInto500()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n" + kGetHello));
    const auto answer = client.readUntil("}\n");
    QVERIFY(answer.starts_with("HTTP/1.1 500 "));
    QVERIFY(answer.ends_with("{\"message\":\"handler broke\"}\n"));
    QVERIFY(client.readUntil("hello").ends_with("hello"));
}

void TestSession::negotiatesVersion_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("none") << QByteArray("/hello") << QByteArray("hello");
    QTest::newRow("newest") << QByteArray("/v1.50/hello") << QByteArray("hello");
    QTest::newRow("oldest") << QByteArray("/v1.24/hello") << QByteArray("hello");
    QTest::newRow("too new") << QByteArray("/v1.99/hello")
                             << QByteArray("{\"message\":\"client version 1.99 is too new. "
                                           "Maximum supported API version is 1.50\"}\n");
    QTest::newRow("too old") << QByteArray("/v1.12/hello")
                             << QByteArray("{\"message\":\"client version 1.12 is too old. "
                                           "Minimum supported API version is 1.24, please upgrade "
                                           "your client to a newer version\"}\n");
    QTest::newRow("unknown") << QByteArray("/v1.50/nothing")
                             << QByteArray("{\"message\":\"page not found\"}\n");
}

void TestSession::negotiatesVersion()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, answer);
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(
        "GET " + path.toStdString() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    client.readUntil("\r\n\r\n");
    QCOMPARE(QByteArray::fromStdString(client.readToEnd()), answer);
}

void TestSession::hijacksWithUpgrade()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    // The first bytes of the stream come in the same packet as the head.
    QVERIFY(client.send(
        post("/hijack", "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n", "early ")));
    const auto head = client.readUntil("\r\n\r\n");
    QVERIFY(head.starts_with("HTTP/1.1 101 UPGRADED\r\n"));
    QVERIFY(
        head.find("\r\nContent-Type: application/vnd.docker.raw-stream\r\n") != std::string::npos);
    QVERIFY(head.find("\r\nUpgrade: tcp\r\n") != std::string::npos);
    QCOMPARE(client.readUntil("early "), std::string("early "));
    QVERIFY(client.send("late"));
    QCOMPARE(client.readUntil("late"), std::string("late"));
    // Closing the sending side ends the input, not the output.
    client.shutdownSend();
    QCOMPARE(client.readToEnd(), std::string("bye"));
}

void TestSession::hijacksWithoutUpgrade()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(post("/hijack", "", "GET / HTTP/1.1\r\n")));
    QVERIFY(client.readUntil("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    client.shutdownSend();
    QCOMPARE(client.readToEnd(), std::string("GET / HTTP/1.1\r\nbye"));
}

void TestSession::hijackReadsWhatVanishedClientSent()
{
    SessionFixture server;
    const std::string input(150'000, 'x');
    {
        RawClient client(server.socketPath());
        QVERIFY(client.send(post("/hijack", "Connection: Upgrade\r\nUpgrade: tcp\r\n", "")));
        client.readUntil("\r\n\r\n");
        QVERIFY(client.send(input));
    }
    QTRY_COMPARE(server.seen().hijackEnds.load(), 1);
    QCOMPARE(server.seen().hijackedBytes.load(), long(input.size()));
}

void TestSession::cancelsHijackOfVanishedClient()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(post("/hijack/silent", "Connection: Upgrade\r\nUpgrade: tcp\r\n", "")));
    client.readUntil("\r\n\r\n");
    QCOMPARE(server.seen().hijackEnds.load(), 0);
    client.close();
    QTRY_COMPARE(server.seen().hijackEnds.load(), 1);
}

void TestSession::cancelsWaitingGet()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    QTRY_COMPARE(server.seen().waiting.load(), 1);
    client.close();
    QTRY_COMPARE(server.seen().cancelled.load(), 1);
    QCOMPARE(server.seen().finished.load(), 0);
}

void TestSession::finishesChangeOfVanishedClient()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send(sized("/wait", "")));
    QTRY_COMPARE(server.seen().waiting.load(), 1);
    client.close();
    // The io thread has certainly seen the other client's request by the time it answers this one.
    RawClient next(server.socketPath());
    QVERIFY(next.send(kGetHello));
    QVERIFY(next.readUntil("hello").ends_with("hello"));
    QCOMPARE(server.seen().cancelled.load(), 0);
    server.release();
    QTRY_COMPARE(server.seen().finished.load(), 1);
}

void TestSession::doesNotTakeHalfCloseForGone()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    client.shutdownSend();
    QTRY_COMPARE(server.seen().waiting.load(), 1);
    server.release();
    QVERIFY(client.readToEnd().starts_with("HTTP/1.1 204"));
    QCOMPARE(server.seen().finished.load(), 1);
}

void TestSession::slowReaderHoldsBackStream()
{
    SessionFixture server;
    RawClient client(server.socketPath());
    QVERIFY(client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    client.readUntil("\r\n\r\n");
    // Nothing is read: the stream goes as far as the socket's buffers and stands there.
    QTRY_VERIFY(server.seen().streamed > 0);
    long before = -1;
    QTRY_VERIFY2_WITH_TIMEOUT(
        std::exchange(before, server.seen().streamed.load()) == server.seen().streamed.load(),
        "still streaming", 5000);
    QVERIFY(server.seen().streamed < 16 << 20);
    QCOMPARE(server.seen().streamEnds.load(), 0);
    client.close();
    QTRY_COMPARE(server.seen().streamEnds.load(), 1);
}

void TestSession::stopEndsStreamsAndFinishesChanges()
{
    SessionFixture server;
    RawClient stream(server.socketPath());
    QVERIFY(stream.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
    RawClient waits(server.socketPath());
    QVERIFY(waits.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    RawClient changes(server.socketPath());
    QVERIFY(changes.send(sized("/wait", "")));
    QTRY_COMPARE(server.seen().waiting.load(), 2);
    QTRY_VERIFY(server.seen().streamed > 0);
    std::thread stopper([&server] { server.stop(); });
    QTRY_COMPARE(server.seen().cancelled.load(), 1);
    QTRY_COMPARE(server.seen().streamEnds.load(), 1);
    server.release();
    stopper.join();
    QCOMPARE(server.seen().finished.load(), 1);
    RawClient late(server.socketPath());
    QVERIFY(!late.send(kGetHello));
}

void TestSession::refusesOtherUsers()
{
    api::ServerOptions options;
    options.onlyUid = ::geteuid() + 1;
    SessionFixture server(options);
    RawClient client(server.socketPath());
    QVERIFY(client.send(kGetHello + kGetHello));
    const auto answer = client.readToEnd();
    QVERIFY(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"));
    QVERIFY(answer.find("hello") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
