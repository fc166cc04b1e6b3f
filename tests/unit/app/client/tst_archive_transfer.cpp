#include "app/client/engine_client.h"
#include "tests/unit/app/client/byte_server.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace portlight::client;
using portlight::test::ByteServer;

class TestArchiveTransfer : public QObject {
    Q_OBJECT
private slots:
    void load_sendsTheFile();
    void load_failures_data();
    void load_failures();
    void save_replacesWhenWhole();
    void save_leavesNothing_data();
    void save_leavesNothing();
    void save_cancelled();
    void deletedWhileRunning();
};

namespace {

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

QStringList partFiles(const ByteServer& server)
{
    return QDir(server.filePath(QString())).entryList({ QStringLiteral("*.part") }, QDir::Files);
}

} // namespace

void TestArchiveTransfer::load_sendsTheFile()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::withLength("200 OK",
            "{\"status\":\"unpacking\"}\n{\"stream\":\"Loaded image: nginx:1\\n\"}\n") } };
    });
    const QByteArray archive(3'000'000, 'a');
    write(server.filePath(QStringLiteral("a.tar")), archive);
    EngineClient client({ server.socketPath() });
    ArchiveTransfer* transfer =
        client.loadArchive(server.filePath(QStringLiteral("a.tar")), &client);
    QSignalSpy finished(transfer, &ArchiveTransfer::finished);
    QSignalSpy progressed(transfer, &ArchiveTransfer::progressed);
    QSignalSpy reported(transfer, &ArchiveTransfer::engineReported);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(finished.first().first().toStringList(), QStringList { QStringLiteral("nginx:1") });
    QCOMPARE(server.requests().last().body, archive);
    QCOMPARE(progressed.last().first().toLongLong(), qint64(archive.size()));
    QCOMPARE(reported.size(), 2);
}

void TestArchiveTransfer::load_failures_data()
{
    QTest::addColumn<QByteArray>("content"); // of the file; null: there is none
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<int>("cause");
    QTest::addColumn<QString>("words");
    using Cause = ApiError::Cause;
    QTest::newRow("no file") << QByteArray() << QByteArray() << int(Cause::LocalFile)
                             << "no such file";
    QTest::newRow("empty file") << QByteArray("") << QByteArray() << int(Cause::LocalFile)
                                << "empty";
    QTest::newRow("refused") << QByteArray("junk")
                             << ByteServer::withLength("400 Bad", R"({"message":"not an archive"})")
                             << int(Cause::Refused) << "not an archive";
    QTest::newRow("late error") << QByteArray("junk")
                                << ByteServer::withLength("200 OK", R"({"error":"digest differs"})")
                                << int(Cause::Refused) << "digest differs";
}

void TestArchiveTransfer::load_failures()
{
    QFETCH(const QByteArray, content);
    QFETCH(const QByteArray, reply);
    QFETCH(const QString, words);
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto&) { return ByteServer::Reply { { reply } }; });
    const QString path = server.filePath(QStringLiteral("a.tar"));
    if (!content.isNull())
        write(path, content);
    EngineClient client({ server.socketPath() });
    QSignalSpy failed(client.loadArchive(path, &client), &ArchiveTransfer::failed);
    QTRY_COMPARE(failed.size(), 1);
    const ApiError error = failed.first().first().value<ApiError>();
    QTEST(int(error.cause), "cause");
    QVERIFY2(error.message.contains(words), qPrintable(error.message));
}

void TestArchiveTransfer::save_replacesWhenWhole()
{
    ByteServer server;
    QVERIFY(server.listen());
    const QByteArray archive(2'000'000, 'z');
    server.setHandler([&](const auto&) {
        return ByteServer::Reply { { ByteServer::chunkedHead() + ByteServer::chunk(archive),
            "0\r\n\r\n" } };
    });
    const QString path = server.filePath(QStringLiteral("out.tar"));
    write(path, "old");
    EngineClient client({ server.socketPath() });
    ArchiveTransfer* transfer = client.saveImages(
        { QStringLiteral("a:1"), QStringLiteral("b") }, path, ArchiveFormat::Oci, &client);
    QSignalSpy finished(transfer, &ArchiveTransfer::finished);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(contentOf(path), archive);
    QVERIFY(partFiles(server).isEmpty());
    // Like any new file, whatever the temporary one was.
    QFile plain(server.filePath(QStringLiteral("plain")));
    QVERIFY(plain.open(QIODevice::WriteOnly));
    QCOMPARE(QFile::permissions(path), plain.permissions());
    QCOMPARE(server.lines().first(),
        QByteArray("GET /v1.50/images/get?names=a%3A1&names=b&format=oci HTTP/1.1"));
}

void TestArchiveTransfer::save_leavesNothing_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::newRow("refused") << ByteServer::withLength(
        "404 Not Found", R"({"message":"no such image"})");
    QTest::newRow("cut short") << ByteServer::chunkedHead() + ByteServer::chunk("half");
    QTest::newRow("empty") << ByteServer::withLength("200 OK", "");
}

void TestArchiveTransfer::save_leavesNothing()
{
    QFETCH(const QByteArray, reply);
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([&](const auto&) { return ByteServer::Reply { { reply }, true }; });
    const QString path = server.filePath(QStringLiteral("out.tar"));
    write(path, "old");
    EngineClient client({ server.socketPath() });
    QSignalSpy failed(
        client.saveImages({ QStringLiteral("a") }, path, ArchiveFormat::Auto, &client),
        &ArchiveTransfer::failed);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(contentOf(path), QByteArray("old"));
    QVERIFY(partFiles(server).isEmpty());
}

void TestArchiveTransfer::save_cancelled()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::chunkedHead() + ByteServer::chunk("begin") } };
    });
    const QString path = server.filePath(QStringLiteral("out.tar"));
    EngineClient client({ server.socketPath() });
    ArchiveTransfer* transfer =
        client.saveImages({ QStringLiteral("a") }, path, ArchiveFormat::Auto, &client);
    QSignalSpy progressed(transfer, &ArchiveTransfer::progressed);
    QSignalSpy failed(transfer, &ArchiveTransfer::failed);
    QTRY_VERIFY(!progressed.isEmpty());
    transfer->cancel();
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<ApiError>().cause, ApiError::Cause::Cancelled);
    QVERIFY(!QFile::exists(path));
    QVERIFY(partFiles(server).isEmpty());
}

void TestArchiveTransfer::deletedWhileRunning()
{
    ByteServer server;
    QVERIFY(server.listen());
    server.setHandler([](const auto&) {
        return ByteServer::Reply { { ByteServer::chunkedHead() + ByteServer::chunk("begin") } };
    });
    EngineClient client({ server.socketPath() });
    ArchiveTransfer* transfer = client.saveImages({ QStringLiteral("a") },
        server.filePath(QStringLiteral("out.tar")), ArchiveFormat::Auto, &client);
    QSignalSpy progressed(transfer, &ArchiveTransfer::progressed);
    QTRY_VERIFY(!progressed.isEmpty());
    delete transfer;
    QVERIFY(partFiles(server).isEmpty());
}

QTEST_GUILESS_MAIN(TestArchiveTransfer)
#include "tst_archive_transfer.moc"
