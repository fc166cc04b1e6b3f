#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/programs.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace portlight;
using namespace portlight::test;

/// Archives by their path: looked into, imported, exported, and exported without what the receiver
/// has; what layers did.
class TestArchivePaths : public QObject {
    Q_OBJECT
private slots:
    void inspectImportExport_data() { addRunAsRows(); }
    void inspectImportExport();
    void importsAPart();
    void refusals_data();
    void refusals();
};

void TestArchivePaths::inspectImportExport()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    PL_START_ENGINE(other, runAs);
    const Api api = engine.api();
    const QTemporaryDir directory;
    QVERIFY(QFile::setPermissions(directory.path(), QFile::Permissions(0x7777)));
    const auto inDirectory = [&](const char* name) {
        return directory.filePath(name).toStdString();
    };
    auto image = TestImage::payload("paths/one:1", { "hold" }, Compression::Gzip);
    PL_VERIFY(image);
    PL_DONE(image.value().addLayer({ { TarEntry::Type::File, "second", "12345" } }));
    const std::string archive = inDirectory("one.tar");
    PL_DONE(writeArchive(archive, image.value().combinedFiles(), Compression::Zstd));

    const auto inspected = api.post("/portlight/v1/archives/inspect?path=" + encoded(archive));
    PL_STATUS(inspected, 200);
    const Json before = inspected.json();
    QCOMPARE(before["Format"].get<std::string>(), std::string("docker-archive+oci"));
    QCOMPARE(before["Compression"].get<std::string>(), std::string("zstd"));
    QCOMPARE(before["Images"][0]["Id"].get<std::string>(), image.value().id());
    QCOMPARE(before["Images"][0]["Layers"].size(), std::size_t { 2 });
    QVERIFY(before["NewBytes"].get<std::int64_t>() > 0);
    QVERIFY(!before["Images"][0]["Present"].get<bool>());
    QCOMPARE(api.get("/images/json").json().size(), std::size_t { 0 });
    const Json second = before["Images"][0]["Layers"][1];
    const auto listed = api.post("/portlight/v1/archives/layer?path=" + encoded(archive)
        + "&member=" + encoded(second["Member"].get<std::string>()));
    PL_STATUS(listed, 200);
    QCOMPARE(listed.json()["Count"].get<int>(), 1);
    QCOMPARE(listed.json()["Entries"][0]["Path"].get<std::string>(), std::string("/second"));
    QCOMPARE(listed.json()["Entries"][0]["Kind"].get<std::string>(), std::string("file"));
    QCOMPARE(listed.json()["Entries"][0]["Size"].get<int>(), 5);

    const auto imported = api.post("/portlight/v1/archives/import?path=" + encoded(archive));
    PL_STATUS(imported, 200);
    QVERIFY2(imported.body.find("Loaded image: paths/one:1") != std::string::npos,
        imported.body.c_str());
    const Json after = api.post("/portlight/v1/archives/inspect?path=" + encoded(archive)).json();
    QCOMPARE(after["NewBytes"].get<std::int64_t>(), std::int64_t { 0 });
    QVERIFY(after["Images"][0]["Present"].get<bool>());

    const Json layers = api.get("/portlight/v1/images/paths/one:1/layers?files=9").json();
    QCOMPARE(layers["Layers"][1]["Added"].get<std::int64_t>(), std::int64_t { 1 });
    QCOMPARE(layers["Layers"][1]["Changes"][0]["Path"].get<std::string>(), std::string("/second"));
    QCOMPARE(layers["Layers"][1]["Changes"][0]["Size"].get<std::int64_t>(), std::int64_t { 5 });

    for (const char* compression : { "none", "gzip", "zstd" }) {
        const std::string out = inDirectory(compression);
        const auto exported = api.post("/portlight/v1/archives/export?names=paths%2fone:1&path="
            + encoded(out) + "&compression=" + compression);
        PL_STATUS(exported, 200);
        QVERIFY2(exported.body.find("\"Exported\"") != std::string::npos, exported.body.c_str());
        const Json read = api.post("/portlight/v1/archives/inspect?path=" + encoded(out)).json();
        QCOMPARE(read["Compression"].get<std::string>(), std::string(compression));
        QCOMPARE(read["Images"][0]["Id"].get<std::string>(), image.value().id());
    }
    QVERIFY(QDir(directory.path()).entryList({ "*.part-*" }).isEmpty());

    // Without the base layer: useless to who lacks it, by name; whole for who has it.
    auto child = image.value();
    child.reference = "paths/child:1";
    PL_DONE(child.addLayer({ { TarEntry::Type::File, "third", "of the child" } }));
    const std::string childArchive = inDirectory("child.tar");
    PL_DONE(writeArchive(childArchive, child.combinedFiles()));
    PL_STATUS(api.post("/portlight/v1/archives/import?path=" + encoded(childArchive)), 200);
    const std::string delta = inDirectory("delta.tar");
    PL_STATUS(api.post("/portlight/v1/archives/export?names=paths%2fchild:1&except=paths%2fone:1"
                       "&path="
                  + encoded(delta)),
        200);
    const auto lacking = other.api().post("/portlight/v1/archives/import?path=" + encoded(delta));
    QVERIFY(lacking.status != 200);
    QVERIFY2(lacking.message().find("is not in the archive") != std::string::npos,
        lacking.message().c_str());
    PL_STATUS(other.api().post("/portlight/v1/archives/import?path=" + encoded(archive)), 200);
    const auto whole = other.api().post("/portlight/v1/archives/import?path=" + encoded(delta));
    PL_STATUS(whole, 200);
    QVERIFY2(
        whole.body.find("Loaded image: paths/child:1") != std::string::npos, whole.body.c_str());
    QCOMPARE(
        other.api().get("/images/paths/child:1/json").json()["Id"].get<std::string>(), child.id());
}

void TestArchivePaths::importsAPart()
{
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    const QTemporaryDir directory;
    auto first = TestImage::payload("part/first:1", { "hold" }, Compression::Gzip);
    PL_VERIFY(first);
    auto second = first.value();
    second.reference = "part/second:1";
    PL_DONE(second.addLayer({ { TarEntry::Type::Directory, "dir", {} },
        { TarEntry::Type::File, "dir/.wh.gone", {} }, { TarEntry::Type::File, "dir/kept", "x" } }));
    for (const TestImage* each :
        std::initializer_list<const TestImage*> { &first.value(), &second }) {
        const std::string file = directory.filePath("each.tar").toStdString();
        PL_DONE(writeArchive(file, each->combinedFiles()));
        PL_STATUS(api.post("/portlight/v1/archives/import?path=" + encoded(file)), 200);
    }
    const std::string both = directory.filePath("both.tar").toStdString();
    PL_STATUS(api.post("/portlight/v1/archives/export?names=part%2ffirst:1&names=part%2fsecond:1"
                       "&path="
                  + encoded(both)),
        200);
    for (const char* name : { "part/first:1", "part/second:1" })
        PL_STATUS(api.remove(std::string("/images/") + name), 200);

    const auto wrong = api.post("/portlight/v1/archives/import?path=" + encoded(both)
        + "&images=sha256:" + std::string(64, '0'));
    PL_STATUS(wrong, 404);
    PL_STATUS(api.post("/portlight/v1/archives/import?path=" + encoded(both)
                  + "&images=" + encoded(second.id())),
        200);
    const Json images = api.get("/images/json").json();
    QCOMPARE(images.size(), std::size_t { 1 });
    QCOMPARE(images[0]["Id"].get<std::string>(), second.id());

    const Json report = api.post("/portlight/v1/archives/inspect?path=" + encoded(both)).json();
    Json last;
    for (const Json& image : report["Images"])
        if (image["Id"].get<std::string>() == second.id())
            last = image["Layers"].back();
    const Json entries = api.post("/portlight/v1/archives/layer?path=" + encoded(both)
                                + "&member=" + encoded(last["Member"].get<std::string>()))
                             .json()["Entries"];
    QCOMPARE(entries.size(), std::size_t { 3 });
    QCOMPARE(entries[1]["Kind"].get<std::string>(), std::string("removed"));
    QCOMPARE(entries[1]["Path"].get<std::string>(), std::string("/dir/gone"));
}

void TestArchivePaths::refusals_data()
{
    QTest::addColumn<std::string>("target");
    QTest::addColumn<int>("status");
    const std::string at = "/portlight/v1/archives/";
    QTest::newRow("no path") << at + "inspect" << 400;
    QTest::newRow("relative path") << at + "inspect?path=archive.tar" << 400;
    QTest::newRow("nothing there") << at + "inspect?path=/no/such/archive" << 404;
    QTest::newRow("a device") << at + "import?path=/dev/null" << 400;
    QTest::newRow("a directory without a layout") << at + "import?path=/tmp" << 400;
    QTest::newRow("no archive") << at + "inspect?path=/etc/passwd" << 400;
    QTest::newRow("no member") << at + "layer?path=/etc/passwd" << 400;
    QTest::newRow("a member of no archive") << at + "layer?path=/etc/passwd&member=x" << 400;
    QTest::newRow("a negative limit") << at + "layer?path=/x&member=y&limit=-1" << 400;
    QTest::newRow("no names") << at + "export?path=/tmp/x" << 400;
    QTest::newRow("unknown image") << at + "export?path=/tmp/x&names=none" << 404;
    QTest::newRow("unknown format") << at + "export?path=/tmp/x&names=none&format=zip" << 400;
    QTest::newRow("unknown compression")
        << at + "export?path=/tmp/x&names=none&compression=lzma" << 400;
}

void TestArchivePaths::refusals()
{
    QFETCH(const std::string, target);
    QFETCH(const int, status);
    PL_START_ENGINE(engine, RunAs::Current);
    PL_STATUS(engine.api().post(target), status);
}

QTEST_GUILESS_MAIN(TestArchivePaths)
#include "tst_archive_paths.moc"
