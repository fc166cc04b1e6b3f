#include "engine/base/syscalls.h"
#include "engine/image/archive_inspector.h"
#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <sys/stat.h>

using namespace portlight;
using namespace portlight::test;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;
using Type = TarEntry::Type;

std::string layerTar(const std::string& path, const std::string& content)
{
    return rawTar({ .name = path, .content = content }) + rawTarEnd();
}

/// Docker's form before 1.10: two layers, no manifest.json, the child first.
Files oldDockerFiles(Compression inner)
{
    const auto packed = [inner](const std::string& tar) {
        const auto bytes = compress(tar, inner);
        return bytes ? bytes.value() : std::string();
    };
    return {
        { "child/VERSION", "1.0" },
        { "child/json",
            R"({"id":"child","parent":"base","created":"2015-01-02T03:04:05Z","os":"linux",
                "architecture":"amd64","config":{"Cmd":["/bin/sh"],"Env":["A=b"]},
                "container_config":{"Cmd":["/bin/sh","-c","touch second"]}})" },
        { "child/layer.tar", packed(layerTar("second", "2")) },
        { "base/VERSION", "1.0" },
        { "base/json", R"({"id":"base","created":"2015-01-01T00:00:00Z"})" },
        { "base/layer.tar", packed(layerTar("first", "1")) },
        { "repositories", R"({"old/shop":{"1.0":"child","newest":"child"}})" },
    };
}

void replace(Files& files, const std::string& name, const std::string& bytes)
{
    for (auto& file : files)
        if (file.first == name)
            file.second = bytes;
}

void drop(Files& files, const std::string& name)
{
    std::erase_if(files, [&name](const auto& file) { return file.first == name; });
}

constexpr const char* kMetadata = "architecture: \"x86_64\"\n"
                                  "creation_date: 1700000000\n"
                                  "expiry_date: 1800000000\n"
                                  "properties:\n"
                                  "  description: Alpine 3.19 amd64 (20240101)\n"
                                  "  os: Alpine\n"
                                  "  release: '3.19'\n"
                                  "templates:\n"
                                  "  /etc/hostname:\n"
                                  "    template: hostname.tpl\n";

/// A unified tarball, as `incus image export` and distrobuilder write it.
std::string systemTar(const std::string& metadata = kMetadata)
{
    std::string tar;
    if (!metadata.empty())
        tar += rawTar({ .name = "metadata.yaml", .content = metadata });
    return tar + rawTar({ .name = "templates/hostname.tpl", .content = "{{ container.name }}" })
        + rawTar({ .name = "rootfs/", .type = '5', .mode = 0755 })
        + rawTar({ .name = "rootfs/etc/", .type = '5', .mode = 0750 })
        + rawTar({ .name = "rootfs/etc/motd", .content = "welcome\n" })
        + rawTar({ .name = "rootfs/etc/motd2", .type = '1', .link = "rootfs/etc/motd" })
        + rawTar({ .name = "rootfs/bin", .type = '2', .link = "usr/bin" }) + rawTarEnd();
}

} // namespace

/// What is no docker-archive or OCI layout, and still an image.
class TestArchiveKinds : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void dockerBeforeManifests_data();
    void dockerBeforeManifests();
    void dockerWithoutRepositories();
    void badOldArchives_data();
    void badOldArchives();
    void systemImage_data();
    void systemImage();
    void badSystemImages_data();
    void badSystemImages();
    void inspectedAsImported();
};

void TestArchiveKinds::initTestCase()
{
    if (!userNamespaceLack().empty())
        PL_MUST_RUN_SKIP(userNamespaceLack().c_str());
}

void TestArchiveKinds::dockerBeforeManifests_data()
{
    QTest::addColumn<Compression>("inner");
    QTest::addColumn<Compression>("outer");
    QTest::newRow("plain") << Compression::None << Compression::None;
    QTest::newRow("layers gzip") << Compression::Gzip << Compression::None;
    QTest::newRow("layers bzip2") << Compression::Bzip2 << Compression::None;
    QTest::newRow("whole gzip") << Compression::None << Compression::Gzip;
    QTest::newRow("whole bzip2") << Compression::None << Compression::Bzip2;
}

void TestArchiveKinds::dockerBeforeManifests()
{
    QFETCH(const Compression, inner);
    QFETCH(const Compression, outer);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto imported = store.value()->importFiles(oldDockerFiles(inner), outer);
    PL_VERIFY(imported);
    QCOMPARE(imported.value().size(), 1U);
    const std::vector<std::string> names { "docker.io/old/shop:1.0", "docker.io/old/shop:newest" };
    QCOMPARE(imported.value()[0].names, names);
    const auto stored = store.value()->images().resolve("old/shop:1.0");
    PL_VERIFY(stored);
    QCOMPARE(stored.value().layers.size(), 2U);
    QCOMPARE(stored.value().layers[0].diffId, Digest::of(layerTar("first", "1")).text());
    QCOMPARE(stored.value().layers[1].diffId, Digest::of(layerTar("second", "2")).text());
    const auto text = store.value()->content().read(Digest::parse(stored.value().id).value());
    PL_VERIFY(text);
    const Json config = parseJson(text.value()).value();
    QCOMPARE(config["config"]["Cmd"][0].get<std::string>(), std::string("/bin/sh"));
    QCOMPARE(config["history"].size(), std::size_t { 2 });
    QCOMPARE(config["history"][1]["created_by"].get<std::string>(),
        std::string("/bin/sh -c touch second"));
    QVERIFY(!config.contains("parent"));
    const auto second = readFile(store.value()->images().lowerDirs(stored.value())[0] + "/second");
    PL_VERIFY(second);
    QCOMPARE(second.value(), std::string("2"));
    QCOMPARE(store.value()->damage(), std::string());
    // The same archive is the same image.
    const auto again = store.value()->importFiles(oldDockerFiles(inner), outer);
    PL_VERIFY(again);
    QCOMPARE(again.value()[0].id, imported.value()[0].id);
}

void TestArchiveKinds::dockerWithoutRepositories()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    Files files = oldDockerFiles(Compression::None);
    drop(files, "repositories");
    const auto imported = store.value()->importFiles(files);
    PL_VERIFY(imported);
    QCOMPARE(imported.value().size(), 1U);
    QVERIFY(imported.value()[0].names.empty());
}

void TestArchiveKinds::badOldArchives_data()
{
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("said");
    const auto row = [](const char* title, const char* name, const char* bytes, const char* said) {
        QTest::newRow(title) << std::string(name) << std::string(bytes) << std::string(said);
    };
    row("a circle of parents", "base/json", R"({"parent":"child"})", "have no end");
    row("a climbing parent", "base/json", R"({"parent":"../base"})", "is no id of a layer");
    row("an absolute parent", "base/json", R"({"parent":"/base"})", "is no id of a layer");
    row("a parent that is not there", "base/json", R"({"parent":"none"})", "no member 'none/json'");
    row("a layer's json is a list", "base/json", "[]", "base/json");
    row("a layer's json is null", "base/json", "null", "base/json");
    row("a layer's json is no JSON", "base/json", "{", "base/json");
    row("repositories is a list", "repositories", "[]", "is no object");
    row("a repository without tags", "repositories", R"({"a":1})", "has no object of tags");
    row("a tag without an id", "repositories", R"({"a":{"b":null}})", "is no name with an id");
    row("a bad name", "repositories", R"({"A B":{"b":"child"}})", "is no name with an id");
    row("a climbing id", "repositories", R"({"a":{"b":"../child"}})", "is no id of a layer");
    row("an unknown id", "repositories", R"({"a":{"b":"none"}})", "no member 'none/json'");
    row("no repository", "repositories", "{}", "holds no image");
    row("a layer that is no tar", "base/layer.tar", "not a tar", "layer");
}

void TestArchiveKinds::badOldArchives()
{
    QFETCH(const std::string, name);
    QFETCH(const std::string, bytes);
    QFETCH(const std::string, said);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string before = store.value()->contents();
    Files files = oldDockerFiles(Compression::None);
    replace(files, name, bytes);
    const auto imported = store.value()->importFiles(files);
    QVERIFY(!imported);
    QVERIFY2(
        imported.error().message.find(said) != std::string::npos, imported.error().message.c_str());
    QCOMPARE(store.value()->contents(), before);
    QCOMPARE(store.value()->damage(), std::string());
}

void TestArchiveKinds::systemImage_data()
{
    QTest::addColumn<Compression>("outer");
    QTest::newRow("plain") << Compression::None;
    QTest::newRow("gzip") << Compression::Gzip;
    QTest::newRow("xz") << Compression::Xz;
}

void TestArchiveKinds::systemImage()
{
    QFETCH(const Compression, outer);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto archive = compress(systemTar(), outer);
    PL_VERIFY(archive);
    const auto imported = store.value()->import(archive.value());
    PL_VERIFY(imported);
    QCOMPARE(imported.value().size(), 1U);
    QCOMPARE(imported.value()[0].names, std::vector<std::string> { "docker.io/lxc/alpine:3.19" });
    const auto stored = store.value()->images().resolve("lxc/alpine:3.19");
    PL_VERIFY(stored);
    QCOMPARE(stored.value().config.architecture, std::string("amd64"));
    QCOMPARE(stored.value().config.created, std::string("2023-11-14T22:13:20Z"));
    const Json config = stored.value().config.raw;
    QCOMPARE(config["Cmd"][0].get<std::string>(), std::string("/sbin/init"));
    QCOMPARE(config["Labels"]["org.linuxcontainers.image.release"].get<std::string>(),
        std::string("3.19"));
    const auto lower = store.value()->images().lowerDirs(stored.value());
    QCOMPARE(lower.size(), 1U);
    for (const char* name : { "/etc/motd", "/etc/motd2" }) {
        const auto motd = readFile(lower[0] + name);
        PL_VERIFY(motd);
        QCOMPARE(motd.value(), std::string("welcome\n"));
    }
    struct stat info {};
    QCOMPARE(::stat((lower[0] + "/etc").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 07777U, 0750U);
    QVERIFY(::access((lower[0] + "/metadata.yaml").c_str(), F_OK) != 0);
    QVERIFY(::access((lower[0] + "/rootfs").c_str(), F_OK) != 0);
    QCOMPARE(store.value()->damage(), std::string());
}

void TestArchiveKinds::badSystemImages_data()
{
    QTest::addColumn<std::string>("archive");
    QTest::addColumn<std::string>("said");
    QTest::newRow("a tree without a description")
        << systemTar({}) << std::string("is not an image archive");
    QTest::newRow("a description without a tree")
        << rawTar({ .name = "metadata.yaml", .content = kMetadata }) + rawTarEnd()
        << std::string("its root file system is a second file");
    QTest::newRow("a hard link out of the tree")
        << rawTar({ .name = "metadata.yaml", .content = kMetadata })
            + rawTar({ .name = "rootfs/x", .type = '1', .link = "metadata.yaml" }) + rawTarEnd()
        << std::string("hard link out of the root file system");
    QTest::newRow("a climbing name") << rawTar({ .name = "metadata.yaml", .content = kMetadata })
            + rawTar({ .name = "rootfs/../../x", .content = "x" })
            + rawTarEnd() << std::string("climbs out");
    QTest::newRow("a tree that ends early")
        << systemTar().substr(0, 2'600) << std::string("runcated");
    QTest::newRow("a squashfs") << std::string("hsqs") + std::string(2'000, 'x')
                                << std::string("it is a squashfs file system");
}

void TestArchiveKinds::badSystemImages()
{
    QFETCH(const std::string, archive);
    QFETCH(const std::string, said);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string before = store.value()->contents();
    const auto imported = store.value()->import(archive);
    QVERIFY(!imported);
    QVERIFY2(
        imported.error().message.find(said) != std::string::npos, imported.error().message.c_str());
    QCOMPARE(store.value()->contents(), before);
    QCOMPARE(store.value()->damage(), std::string());
}

void TestArchiveKinds::inspectedAsImported()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto old = makeArchive(oldDockerFiles(Compression::None));
    PL_VERIFY(old);
    for (const auto& [format, archive] : std::vector<std::pair<std::string, std::string>> {
             { "docker-archive-v1", old.value() }, { "lxc-image", systemTar() } }) {
        const std::string file = store.value()->root() + "/archive";
        PL_DONE(writeFileDurably(file, archive));
        const auto inspect = [&]() -> Result<image::ArchiveReport> {
            PL_TRY(auto opened, openFile(file, 0));
            return image::inspectArchive(store.value()->images(), store.value()->content(),
                std::make_unique<image::FileSource>(std::move(opened), file), file, {}, nullptr);
        };
        const auto before = inspect();
        PL_VERIFY(before);
        QCOMPARE(before.value().format, format);
        QVERIFY(before.value().newBytes > 0);
        const auto imported = store.value()->import(archive);
        PL_VERIFY(imported);
        QCOMPARE(imported.value()[0].id, before.value().images[0].id);
        const auto after = inspect();
        PL_VERIFY(after);
        QCOMPARE(after.value().newBytes, std::int64_t { 0 });
        QVERIFY(after.value().images[0].isPresent);
    }
}

QTEST_GUILESS_MAIN(TestArchiveKinds)
#include "tst_archive_kinds.moc"
