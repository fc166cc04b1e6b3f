#include "engine/base/syscalls.h"
#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <algorithm>

using namespace portlight;
using namespace portlight::test;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;
using Type = TarEntry::Type;

constexpr const char* kName = "docker.io/library/shop:1.0";

/// Two layers: the second changes a file of the first.
Result<TestImage> twoLayers(Compression inner)
{
    TestImage image = TestImage::empty("shop:1.0");
    PL_TRY(image.addLayer(
        { { Type::Directory, "etc/" }, { Type::File, "etc/motd", "first\n", 0644 } }, inner));
    PL_TRY(image.addLayer({ { Type::File, "etc/motd", "second\n", 0644 },
                              { Type::File, "big", std::string(700'000, 'b'), 0600 } },
        inner));
    return image;
}

std::string hexOf(const std::string& bytes)
{
    return std::string(Digest::of(bytes).hex());
}

/// As Docker before 25 wrote it: a directory for each layer, with links where two are equal.
Files legacyFiles(const TestImage& image)
{
    Files files = image.dockerFiles();
    for (std::size_t at = 0; at < image.layers.size(); ++at) {
        const std::string directory = "layer" + std::to_string(at) + "/";
        files.emplace_back(directory + "VERSION", "1.0");
        files.emplace_back(directory + "json", "{}");
    }
    files.emplace_back("repositories", R"({"shop":{"1.0":"layer1"}})");
    return files;
}

/// An index in the index, as buildx and podman write multi-platform images.
Files nestedIndexFiles(const TestImage& image)
{
    Files files = image.ociFiles();
    const std::string manifest = dumpJson(image.ociManifest());
    const Json inner { { "schemaVersion", 2 },
        { "mediaType", "application/vnd.oci.image.index.v1+json" },
        { "manifests",
            Json::array({
                { { "mediaType", "application/vnd.oci.image.manifest.v1+json" },
                    { "digest", Digest::of("another machine's").text() }, { "size", 17 },
                    { "platform", { { "os", "linux" }, { "architecture", "s390x" } } } },
                { { "mediaType", "application/vnd.oci.image.manifest.v1+json" },
                    { "digest", Digest::of(manifest).text() }, { "size", manifest.size() },
                    { "platform",
                        { { "os", "linux" }, { "architecture", image.config["architecture"] } } } },
                { { "mediaType", "application/vnd.oci.image.manifest.v1+json" },
                    { "digest", Digest::of("an attestation").text() }, { "size", 14 },
                    { "annotations", { { "vnd.docker.reference.type", "attestation-manifest" } } },
                    { "platform", { { "os", "unknown" }, { "architecture", "unknown" } } } },
            }) } };
    const std::string text = dumpJson(inner);
    files.back().second = dumpJson(Json { { "schemaVersion", 2 },
        { "manifests",
            Json::array({ { { "mediaType", "application/vnd.oci.image.index.v1+json" },
                { "digest", Digest::of(text).text() }, { "size", text.size() },
                { "annotations",
                    { { "io.containerd.image.name", "docker.io/library/shop:1.0" },
                        { "org.opencontainers.image.ref.name", "1.0" } } } } }) } });
    files.emplace_back("blobs/sha256/" + hexOf(text), text);
    return files;
}

Files filesOf(const TestImage& image, const QString& form)
{
    if (form == "docker")
        return image.dockerFiles();
    if (form == "legacy")
        return legacyFiles(image);
    if (form == "layout")
        return image.ociFiles();
    if (form == "nested")
        return nestedIndexFiles(image);
    return image.combinedFiles();
}

} // namespace

/// What Docker, podman, skopeo and buildx write comes in as it is.
class TestArchiveImport : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void forms_data();
    void forms();
    void anyOrderOfMembers_data();
    void anyOrderOfMembers();
    void linkedLayers_data();
    void linkedLayers();
    void severalImages();
    void importedTwice();
    void sharedLayersAreStoredOnce();
    void withoutName();
    void platformThatIsAsked();
    void progressEndsForEachLayer();
    void cancelled();
};

void TestArchiveImport::initTestCase()
{
    if (!userNamespaceLack().empty())
        PL_MUST_RUN_SKIP(userNamespaceLack().c_str());
}

void TestArchiveImport::forms_data()
{
    QTest::addColumn<QString>("form");
    QTest::addColumn<Compression>("inner");
    QTest::addColumn<Compression>("outer");
    const std::vector<std::pair<const char*, Compression>> formats { { "plain", Compression::None },
        { "gzip", Compression::Gzip }, { "zstd", Compression::Zstd }, { "xz", Compression::Xz } };
    for (const char* form : { "docker", "legacy", "layout", "nested", "combined" })
        for (const auto& [innerName, inner] : formats)
            QTest::addRow("%s, layers %s", form, innerName) << form << inner << Compression::None;
    for (const char* form : { "docker", "layout", "combined" })
        for (const auto& [outerName, outer] : formats)
            QTest::addRow("%s, whole %s", form, outerName) << form << Compression::Gzip << outer;
}

void TestArchiveImport::forms()
{
    QFETCH(const QString, form);
    QFETCH(const Compression, inner);
    QFETCH(const Compression, outer);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto image = twoLayers(inner);
    PL_VERIFY(image);
    const auto imported = store.value()->importFiles(filesOf(image.value(), form), outer);
    PL_VERIFY(imported);
    QCOMPARE(imported.value().size(), 1U);
    QCOMPARE(imported.value()[0].id, image.value().id());
    QCOMPARE(imported.value()[0].names, std::vector<std::string> { kName });

    const auto stored = store.value()->images().resolve("shop:1.0");
    PL_VERIFY(stored);
    QCOMPARE(stored.value().layers.size(), 2U);
    for (std::size_t at = 0; at < 2; ++at) {
        QCOMPARE(stored.value().layers[at].diffId, image.value().layers[at].diffId);
        const auto blob = Digest::parse(stored.value().layers[at].blobDigest);
        PL_VERIFY(blob);
        const auto bytes = readFile(store.value()->content().path(blob.value()));
        PL_VERIFY(bytes);
        QVERIFY(bytes.value() == image.value().layers[at].blob);
    }
    const auto lower = store.value()->images().lowerDirs(stored.value());
    QCOMPARE(lower.size(), 2U);
    const auto top = readFile(lower[0] + "/etc/motd");
    PL_VERIFY(top);
    QCOMPARE(top.value(), std::string("second\n"));
    const auto base = readFile(lower[1] + "/etc/motd");
    PL_VERIFY(base);
    QCOMPARE(base.value(), std::string("first\n"));
    QCOMPARE(store.value()->damage(), std::string());
}

void TestArchiveImport::anyOrderOfMembers_data()
{
    QTest::addColumn<QString>("form");
    for (const char* form : { "docker", "layout", "combined" })
        QTest::newRow(form) << form;
}

void TestArchiveImport::anyOrderOfMembers()
{
    QFETCH(const QString, form);
    const auto image = twoLayers(Compression::Gzip);
    PL_VERIFY(image);
    Files files = filesOf(image.value(), form);
    std::sort(files.begin(), files.end());
    for (std::size_t round = 0; round < files.size(); ++round) {
        std::rotate(files.begin(), files.begin() + 1, files.end());
        const auto store = ImageStoreRun::make();
        PL_VERIFY(store);
        const auto imported = store.value()->importFiles(files);
        PL_VERIFY(imported);
        QCOMPARE(imported.value()[0].id, image.value().id());
    }
}

void TestArchiveImport::linkedLayers_data()
{
    QTest::addColumn<char>("type");
    QTest::addColumn<QString>("target");
    QTest::newRow("symlink") << '2' << "../layer0/layer.tar";
    QTest::newRow("hard link") << '1' << "layer0/layer.tar";
}

// The same layer twice is one file and a link to it; the link may even come first.
void TestArchiveImport::linkedLayers()
{
    QFETCH(const char, type);
    QFETCH(const QString, target);
    TestImage image = TestImage::empty("shop:1.0");
    const std::vector<TarEntry> entries { { Type::File, "same", "bytes", 0644 } };
    PL_DONE(image.addLayer(entries));
    PL_DONE(image.addLayer(entries));
    std::string archive =
        rawTar({ .name = "layer1/layer.tar", .type = type, .link = target.toStdString() });
    for (const auto& [name, bytes] : image.dockerFiles())
        if (name != "layer1/layer.tar")
            archive += rawTar({ .name = "./" + name, .content = bytes });
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto imported = store.value()->import(archive + rawTarEnd());
    PL_VERIFY(imported);
    QCOMPARE(imported.value()[0].id, image.id());
    const auto stored = store.value()->images().resolve(image.id());
    PL_VERIFY(stored);
    QCOMPARE(stored.value().layers[0].blobDigest, stored.value().layers[1].blobDigest);
    QVERIFY(stored.value().layers[0].chainId != stored.value().layers[1].chainId);
}

void TestArchiveImport::severalImages()
{
    const auto shop = twoLayers(Compression::None);
    PL_VERIFY(shop);
    TestImage other = TestImage::empty("registry.example:5000/team/other:2");
    PL_DONE(other.addLayer({ { Type::File, "alone", "x", 0644 } }));
    Files files = shop.value().ociFiles();
    Json index = parseJson(files.back().second).value();
    files.pop_back();
    Files more = other.ociFiles();
    const Json second = parseJson(more.back().second).value();
    index["manifests"].push_back(second["manifests"][0]);
    more.pop_back();
    more.pop_back(); // oci-layout is there already
    files.insert(files.end(), more.begin(), more.end());
    files.emplace_back("index.json", dumpJson(index));
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto imported = store.value()->importFiles(files);
    PL_VERIFY(imported);
    QCOMPARE(imported.value().size(), 2U);
    const auto found = store.value()->images().resolve("registry.example:5000/team/other:2");
    PL_VERIFY(found);
    QCOMPARE(found.value().id, other.id());
    const auto list = store.value()->images().list();
    PL_VERIFY(list);
    QCOMPARE(list.value().size(), 2U);
}

void TestArchiveImport::importedTwice()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto image = twoLayers(Compression::Zstd);
    PL_VERIFY(image);
    PL_DONE(store.value()->importFiles(image.value().ociFiles()));
    const std::string before = store.value()->contents();
    const auto again = store.value()->importFiles(image.value().ociFiles());
    PL_VERIFY(again);
    QCOMPARE(again.value()[0].id, image.value().id());
    QCOMPARE(store.value()->contents(), before);
}

void TestArchiveImport::sharedLayersAreStoredOnce()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    auto image = twoLayers(Compression::None);
    PL_VERIFY(image);
    PL_DONE(store.value()->importFiles(image.value().dockerFiles()));
    TestImage derived = image.value();
    derived.reference = "shop:2.0";
    PL_DONE(derived.addLayer({ { Type::File, "more", "m", 0644 } }));
    PL_DONE(store.value()->importFiles(derived.dockerFiles()));
    const auto layers = image::directoryNames(store.value()->root() + "/store/layers");
    PL_VERIFY(layers);
    QCOMPARE(layers.value().size(), 3U);
    QCOMPARE(store.value()->damage(), std::string());
}

void TestArchiveImport::withoutName()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    auto image = twoLayers(Compression::None);
    PL_VERIFY(image);
    image.value().reference.clear();
    const auto imported = store.value()->importFiles(image.value().dockerFiles());
    PL_VERIFY(imported);
    QVERIFY(imported.value()[0].names.empty());
    PL_DONE(store.value()->images().resolve(image.value().id().substr(7, 12)));
}

void TestArchiveImport::platformThatIsAsked()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto image = twoLayers(Compression::None);
    PL_VERIFY(image);
    const auto archive = makeArchive(nestedIndexFiles(image.value()));
    PL_VERIFY(archive);
    image::ImportOptions options;
    options.platform = oci::Platform {};
    options.platform->os = "linux";
    options.platform->architecture = "riscv64";
    const auto imported = store.value()->import(archive.value(), options);
    QVERIFY(!imported);
    QCOMPARE(imported.error().code, Errc::NotFound);
    const QString message = QString::fromStdString(imported.error().message);
    QVERIFY2(message.contains("no image for platform linux/riscv64"), qPrintable(message));
    QVERIFY2(message.contains(QString::fromStdString(image.value().config["architecture"])),
        qPrintable(message));
}

void TestArchiveImport::progressEndsForEachLayer()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto image = twoLayers(Compression::Gzip);
    PL_VERIFY(image);
    const auto archive = makeArchive(image.value().ociFiles());
    PL_VERIFY(archive);
    std::vector<std::string> ended;
    image::ImportOptions options;
    options.onProgress = [&ended](const image::LayerProgress& step) {
        if (step.isDone && step.currentBytes == step.totalBytes)
            ended.push_back(step.diffId);
    };
    PL_DONE(store.value()->import(archive.value(), options));
    std::sort(ended.begin(), ended.end());
    std::vector<std::string> expected;
    for (const auto& layer : image.value().layers)
        expected.push_back(layer.diffId);
    std::sort(expected.begin(), expected.end());
    QCOMPARE(ended, expected);
}

// Cancelled while a layer is unpacked: as if it had never begun.
void TestArchiveImport::cancelled()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto image = twoLayers(Compression::None);
    PL_VERIFY(image);
    const auto archive = makeArchive(image.value().dockerFiles());
    PL_VERIFY(archive);
    std::atomic<bool> isCancelled = false;
    image::ImportOptions options;
    options.isCancelled = &isCancelled;
    options.onProgress = [&isCancelled](const image::LayerProgress&) { isCancelled = true; };
    const auto imported = store.value()->import(archive.value(), options);
    QVERIFY(!imported);
    QCOMPARE(imported.error().code, Errc::Cancelled);
    QCOMPARE(store.value()->contents(), std::string());
}

PL_TEST_MAIN(TestArchiveImport)
#include "tst_archive_import.moc"
