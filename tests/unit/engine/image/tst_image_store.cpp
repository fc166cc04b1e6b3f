#include "engine/base/syscalls.h"
#include "engine/image/archive_writer.h"
#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace portlight;
using namespace portlight::test;

namespace {

/// An image whose layers are of these texts: equal ones make equal layers.
TestImage imageOf(const std::string& reference, const std::vector<std::string>& texts)
{
    TestImage image = TestImage::empty(reference);
    for (const std::string& text : texts)
        if (!image.addLayer({ { TarEntry::Type::File, "text", text, 0644 } }, Compression::Gzip))
            qFatal("the test's image cannot be made");
    return image;
}

Result<std::string> readToEnd(image::ByteSource& source)
{
    std::string bytes;
    for (;;) {
        PL_TRY(const auto block, source.next());
        if (block->empty())
            return bytes;
        bytes += *block;
    }
}

} // namespace

/// What the store keeps, how it is found, and what goes with it.
class TestImageStore : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void resolves_data();
    void resolves();
    void ambiguousPrefix();
    void nameMoves();
    void removesWhatNobodyElseHas();
    void removesUnknown();
    void exportsAndImportsTheSame_data();
    void exportsAndImportsTheSame();
    void sameImageSameBytes();
    void damagedBlobStopsTheExport();
    void missingBlobStopsTheExport();
    void recoverRemovesWhatHasNoOwner();
    void opaqueRootEndsTheList();
};

void TestImageStore::initTestCase()
{
    if (!userNamespaceLack().empty())
        PL_MUST_RUN_SKIP(userNamespaceLack().c_str());
}

void TestImageStore::resolves_data()
{
    const std::string id = imageOf("registry.example:5000/team/shop:1.0", { "a" }).id();
    const auto qt = [](const std::string& text) { return QString::fromStdString(text); };
    QTest::addColumn<QString>("reference");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("name") << "registry.example:5000/team/shop:1.0" << "";
    QTest::newRow("whole id") << qt(id) << "";
    QTest::newRow("whole id, hex") << qt(id.substr(7)) << "";
    QTest::newRow("short id") << qt(id.substr(7, 12)) << "";
    QTest::newRow("short id with its kind") << qt(id.substr(0, 7 + 12)) << "";
    QTest::newRow("three digits") << qt(id.substr(7, 3)) << "";
    QTest::newRow("two digits") << qt(id.substr(7, 2)) << "No such image: ";
    QTest::newRow("no digits") << "sha256:" << "No such image: sha256:";
    QTest::newRow("other tag") << "registry.example:5000/team/shop"
                               << "No such image: registry.example:5000/team/shop:latest";
    QTest::newRow("other domain") << "team/shop:1.0" << "No such image: team/shop:1.0";
    QTest::newRow("other id") << qt("sha256:" + std::string(64, '0'))
                              << qt("No such image: sha256:" + std::string(64, '0'));
    QTest::newRow("upper case id") << qt(id.substr(7, 12)).toUpper() << "No such image: ";
    QTest::newRow("pattern") << "%" << "No such image: %";
    QTest::newRow("quote") << "a'; DROP TABLE images; --" << "No such image: ";
    QTest::newRow("empty") << "" << "No such image: ";
    QTest::newRow("path") << "../../etc/passwd" << "No such image: ../../etc/passwd";
}

void TestImageStore::resolves()
{
    QFETCH(const QString, reference);
    QFETCH(const QString, refusal);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage image = imageOf("registry.example:5000/team/shop:1.0", { "a" });
    PL_DONE(store.value()->importFiles(image.dockerFiles()));
    const auto found = store.value()->images().resolve(reference.toStdString());
    if (refusal.isEmpty()) {
        PL_VERIFY(found);
        QCOMPARE(found.value().id, image.id());
        return;
    }
    QVERIFY(!found);
    const QString message = QString::fromStdString(found.error().message);
    QVERIFY2(message.startsWith(refusal), qPrintable(message));
    QCOMPARE(found.error().code, Errc::NotFound);
}

// Images are made until two ids begin with the same three digits.
void TestImageStore::ambiguousPrefix()
{
    std::map<std::string, TestImage> byPrefix;
    for (int at = 0;; ++at) {
        TestImage image = TestImage::empty("number:" + std::to_string(at));
        image.config["author"] = std::to_string(at);
        const std::string prefix = image.id().substr(7, 3);
        const auto [other, isNew] = byPrefix.emplace(prefix, image);
        if (isNew)
            continue;
        const auto store = ImageStoreRun::make();
        PL_VERIFY(store);
        PL_DONE(store.value()->importFiles(image.dockerFiles()));
        PL_DONE(store.value()->images().resolve(prefix));
        PL_DONE(store.value()->importFiles(other->second.dockerFiles()));
        const auto found = store.value()->images().resolve(prefix);
        QVERIFY(!found);
        QCOMPARE(found.error().code, Errc::Conflict);
        QVERIFY(found.error().message.find("ambiguous") != std::string::npos);
        PL_DONE(store.value()->images().resolve(image.id().substr(7)));
        return;
    }
}

void TestImageStore::nameMoves()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage older = imageOf("shop:latest", { "a" });
    const TestImage newer = imageOf("shop:latest", { "b" });
    PL_DONE(store.value()->importFiles(older.dockerFiles()));
    PL_DONE(store.value()->importFiles(newer.ociFiles()));
    const auto found = store.value()->images().resolve("shop");
    PL_VERIFY(found);
    QCOMPARE(found.value().id, newer.id());
    const auto dangling = store.value()->images().resolve(older.id());
    PL_VERIFY(dangling);
    QVERIFY(dangling.value().names.empty());
}

void TestImageStore::removesWhatNobodyElseHas()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage first = imageOf("first", { "base", "one" });
    const TestImage second = imageOf("second", { "base", "two" });
    PL_DONE(store.value()->importFiles(first.ociFiles()));
    const std::string alone = store.value()->contents();
    PL_DONE(store.value()->importFiles(second.ociFiles()));
    const auto stored = store.value()->images().resolve("second");
    PL_VERIFY(stored);
    const auto removed = store.value()->images().remove(second.id());
    PL_VERIFY(removed);
    QCOMPARE(removed.value(), std::vector<std::string> { stored.value().layers[1].chainId });
    QCOMPARE(store.value()->contents(), alone);
    PL_DONE(store.value()->images().remove(first.id()));
    QCOMPARE(store.value()->contents(), std::string());
}

void TestImageStore::removesUnknown()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto removed = store.value()->images().remove("sha256:" + std::string(64, '1'));
    QVERIFY(!removed);
    QCOMPARE(removed.error().code, Errc::NotFound);
    const auto named =
        store.value()->images().addName("sha256:" + std::string(64, '1'), "docker.io/x/y:z");
    QVERIFY(!named);
    QCOMPARE(named.error().code, Errc::NotFound);
}

void TestImageStore::exportsAndImportsTheSame_data()
{
    QTest::addColumn<bool>("isLayout");
    QTest::addColumn<bool>("isFromLayout");
    QTest::newRow("docker to docker") << false << false;
    QTest::newRow("docker to layout") << true << false;
    QTest::newRow("layout to docker") << false << true;
    QTest::newRow("layout to layout") << true << true;
}

void TestImageStore::exportsAndImportsTheSame()
{
    QFETCH(const bool, isLayout);
    QFETCH(const bool, isFromLayout);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage image = imageOf("registry.example/shop:1.0", { "a", "b" });
    PL_DONE(store.value()->importFiles(isFromLayout ? image.ociFiles() : image.dockerFiles()));
    const auto stored = store.value()->images().resolve(image.id());
    PL_VERIFY(stored);
    auto source =
        image::exportArchive(store.value()->content(), { { stored.value(), stored.value().names } },
            isLayout ? image::ArchiveFormat::Oci : image::ArchiveFormat::Docker);
    PL_VERIFY(source);
    const auto bytes = readToEnd(*source.value());
    PL_VERIFY(bytes);

    const auto other = ImageStoreRun::make();
    PL_VERIFY(other);
    const auto imported = other.value()->import(bytes.value());
    PL_VERIFY(imported);
    const auto again = other.value()->images().resolve("registry.example/shop:1.0");
    PL_VERIFY(again);
    QCOMPARE(again.value().id, image.id());
    QCOMPARE(again.value().manifestDigest, stored.value().manifestDigest);
    QCOMPARE(again.value().names, stored.value().names);
    for (std::size_t at = 0; at < 2; ++at)
        QCOMPARE(again.value().layers[at].blobDigest, stored.value().layers[at].blobDigest);
    QCOMPARE(other.value()->contents(), store.value()->contents());
}

void TestImageStore::sameImageSameBytes()
{
    std::string first;
    for (int round = 0; round < 2; ++round) {
        const auto store = ImageStoreRun::make();
        PL_VERIFY(store);
        const TestImage image = imageOf("shop:1.0", { "a", "b" });
        PL_DONE(store.value()->importFiles(image.ociFiles()));
        const auto stored = store.value()->images().resolve(image.id());
        PL_VERIFY(stored);
        auto source = image::exportArchive(store.value()->content(),
            { { stored.value(), stored.value().names } }, image::ArchiveFormat::Docker);
        PL_VERIFY(source);
        const auto bytes = readToEnd(*source.value());
        PL_VERIFY(bytes);
        if (round == 0)
            first = bytes.value();
        else
            QVERIFY(first == bytes.value());
    }
}

void TestImageStore::damagedBlobStopsTheExport()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage image = imageOf("shop:1.0", { "a" });
    PL_DONE(store.value()->importFiles(image.ociFiles()));
    const auto stored = store.value()->images().resolve(image.id());
    PL_VERIFY(stored);
    const auto blob = Digest::parse(stored.value().layers[0].blobDigest);
    PL_VERIFY(blob);
    const auto file = openFile(store.value()->content().path(blob.value()), O_WRONLY);
    PL_VERIFY(file);
    QCOMPARE(::pwrite(file.value().get(), "!", 1, 10), ssize_t(1));
    auto source = image::exportArchive(
        store.value()->content(), { { stored.value(), {} } }, image::ArchiveFormat::Docker);
    PL_VERIFY(source);
    const auto bytes = readToEnd(*source.value());
    QVERIFY(!bytes);
    QVERIFY2(bytes.error().message.find(blob.value().text()) != std::string::npos,
        bytes.error().message.c_str());
}

void TestImageStore::missingBlobStopsTheExport()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage image = imageOf("shop:1.0", { "a" });
    PL_DONE(store.value()->importFiles(image.ociFiles()));
    const auto stored = store.value()->images().resolve(image.id());
    PL_VERIFY(stored);
    const auto blob = Digest::parse(stored.value().layers[0].blobDigest);
    PL_VERIFY(blob);
    PL_DONE(store.value()->content().remove(blob.value()));
    const auto source = image::exportArchive(
        store.value()->content(), { { stored.value(), {} } }, image::ArchiveFormat::Oci);
    QVERIFY(!source);
    QCOMPARE(source.error().code, Errc::NotFound);
    QVERIFY(source.error().message.find(blob.value().text()) != std::string::npos);
}

void TestImageStore::recoverRemovesWhatHasNoOwner()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const TestImage image = imageOf("shop:1.0", { "a" });
    PL_DONE(store.value()->importFiles(image.ociFiles()));
    const std::string before = store.value()->contents();
    const std::string root = store.value()->root() + "/store";
    PL_DONE(makeDirs(root + "/tmp/import-abandoned/layer-0/deep"));
    PL_DONE(makeDirs(root + "/layers/" + std::string(64, 'a') + "/etc"));
    PL_DONE(openFile(root + "/blobs/sha256/" + std::string(64, 'b'), O_WRONLY | O_CREAT, 0600));
    const auto collected = store.value()->images().recover();
    PL_VERIFY(collected);
    QCOMPARE(collected.value().size(), 3U);
    QCOMPARE(store.value()->contents(), before);
}

// overlayfs does not look at the mark on a layer's root: the layers below must not be given to it.
void TestImageStore::opaqueRootEndsTheList()
{
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    TestImage image = imageOf("shop:1.0", { "a" });
    PL_DONE(image.addTarLayer(
        rawTar({ .name = ".wh..wh..opq" }) + rawTar({ .name = "only" }) + rawTarEnd()));
    PL_DONE(image.addLayer({ { TarEntry::Type::File, "top", "t", 0644 } }));
    PL_DONE(store.value()->importFiles(image.ociFiles()));
    const auto stored = store.value()->images().resolve("shop:1.0");
    PL_VERIFY(stored);
    const auto lower = store.value()->images().lowerDirs(stored.value());
    QCOMPARE(lower.size(), 2U);
    struct stat info {};
    QCOMPARE(::stat((lower[1] + "/only").c_str(), &info), 0);
}

PL_TEST_MAIN(TestImageStore)
#include "tst_image_store.moc"
