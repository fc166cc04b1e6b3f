#include "tests/support/api.h"
#include "tests/support/must_run.h"
#include "tests/support/test_image.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;

/// The tools of the other tests against programs that are not ours: what an archive of theirs says
/// is what skopeo reads.
class TestSupport : public QObject {
    Q_OBJECT
private slots:
    void archivesAreReadBySkopeo_data();
    void archivesAreReadBySkopeo();
    void demultiplexes_data();
    void demultiplexes();
    void encodesForPaths();
    void callWithoutEngineSaysWhy();
};

void TestSupport::archivesAreReadBySkopeo_data()
{
    QTest::addColumn<bool>("isOci");
    QTest::addColumn<Compression>("compression");
    QTest::newRow("docker plain") << false << Compression::None;
    QTest::newRow("docker gzip") << false << Compression::Gzip;
    QTest::newRow("oci plain") << true << Compression::None;
    QTest::newRow("oci gzip") << true << Compression::Gzip;
    QTest::newRow("oci zstd") << true << Compression::Zstd;
}

void TestSupport::archivesAreReadBySkopeo()
{
    QFETCH(const bool, isOci);
    QFETCH(const Compression, compression);
    if (QStandardPaths::findExecutable("skopeo").isEmpty())
        PL_MUST_RUN_SKIP("skopeo is not installed");
    const QTemporaryDir directory;
    const auto image = TestImage::payload("payload:test", { "hold" }, compression);
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    const std::string path = directory.filePath("image.tar").toStdString();
    const auto written =
        writeArchive(path, isOci ? image.value().ociFiles() : image.value().dockerFiles());
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    // Copying checks every digest; "dir" keeps the configuration under its own.
    QProcess skopeo;
    const QString copied = directory.filePath("copied");
    skopeo.start("skopeo",
        { "--insecure-policy", "--tmpdir", directory.path(), "copy", "--quiet",
            (isOci ? "oci-archive:" : "docker-archive:") + QString::fromStdString(path),
            "dir:" + copied });
    QVERIFY(skopeo.waitForFinished(60'000));
    QVERIFY2(skopeo.exitCode() == 0, skopeo.readAllStandardError().constData());
    QVERIFY(QFile::exists(
        copied + "/" + QString::fromStdString(image.value().id().substr(strlen("sha256:")))));
}

void TestSupport::demultiplexes_data()
{
    QTest::addColumn<QByteArray>("frames");
    QTest::addColumn<bool>("isValid");
    QTest::addColumn<QByteArray>("out");
    QTest::addColumn<QByteArray>("err");
    const QByteArray out("\1\0\0\0\0\0\0\2ab", 10);
    const QByteArray err("\2\0\0\0\0\0\0\1c", 9);
    QTest::newRow("nothing") << QByteArray() << true << QByteArray() << QByteArray();
    QTest::newRow("both") << out + err + out << true << QByteArray("abab") << QByteArray("c");
    QTest::newRow("cut head") << out + err.first(7) << false << QByteArray() << QByteArray();
    QTest::newRow("cut body") << out.chopped(1) << false << QByteArray() << QByteArray();
    QTest::newRow("no stream") << QByteArray("\3\0\0\0\0\0\0\0", 8) << false << QByteArray()
                               << QByteArray();
    QTest::newRow("plain text") << QByteArray("line 1\nline 2\n") << false << QByteArray()
                                << QByteArray();
}

void TestSupport::demultiplexes()
{
    QFETCH(const QByteArray, frames);
    const auto output = demultiplex(frames.toStdString());
    QTEST(output.has_value(), "isValid");
    if (!output)
        return;
    QTEST(QByteArray::fromStdString(output->out), "out");
    QTEST(QByteArray::fromStdString(output->err), "err");
}

void TestSupport::encodesForPaths()
{
    QCOMPARE(QString::fromStdString(encoded("a/b:1 %\xc3\xa9")), QString("a%2Fb%3A1%20%25%C3%A9"));
}

void TestSupport::callWithoutEngineSaysWhy()
{
    const auto answer = Api("/tmp/pl-none/socket").get("/_ping");
    QCOMPARE(answer.status, 0);
    QVERIFY(QString::fromStdString(answer.body).contains("/tmp/pl-none/socket"));
}

QTEST_GUILESS_MAIN(TestSupport)
#include "tst_support.moc"
