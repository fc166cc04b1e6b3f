#include "tests/support/image_store_run.h"
#include "tests/support/raw_tar.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <functional>
#include <random>
#include <set>

using namespace portlight;
using namespace portlight::test;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

TestImage smallImage(Compression inner = Compression::None)
{
    TestImage image = TestImage::empty("shop:1.0");
    const std::string tar = rawTar({ .name = "etc/", .type = '5', .mode = 0755 })
        + rawTar({ .name = "etc/motd", .content = std::string(3000, 'm') }) + rawTarEnd();
    if (!image.addTarLayer(tar, inner) || !image.addTarLayer(rawTarEnd(), inner))
        qFatal("the test's image cannot be made");
    return image;
}

std::string packed(const Files& files, Compression compression = Compression::None)
{
    auto bytes = makeArchive(files, compression);
    if (!bytes)
        qFatal("%s", bytes.error().message.c_str());
    return bytes.value();
}

std::string& file(Files& files, std::string_view name)
{
    for (auto& [path, bytes] : files)
        if (path.find(name) != std::string::npos)
            return bytes;
    qFatal("the test's archive has no such file");
}

Files without(Files files, const std::string& name)
{
    std::erase_if(files, [&name](const auto& item) { return item.first == name; });
    return files;
}

Files with(Files files, std::string_view name, std::string bytes)
{
    file(files, name) = std::move(bytes);
    return files;
}

/// @p files with each @p from of the file @p name replaced.
Files edited(Files files, std::string_view name, const std::string& from, const std::string& to)
{
    std::string& text = file(files, name);
    QByteArray bytes = QByteArray::fromStdString(text);
    text =
        bytes.replace(QByteArray::fromStdString(from), QByteArray::fromStdString(to)).toStdString();
    return files;
}

std::string hex(const std::string& bytes)
{
    return std::string(Digest::of(bytes).hex());
}

Json indexOver(const std::string& mediaType, const std::string& text, int times)
{
    Json index { { "schemaVersion", 2 }, { "manifests", Json::array() } };
    for (int at = 0; at < times; ++at)
        index["manifests"].push_back({ { "mediaType", mediaType },
            { "digest", Digest::of(text).text() }, { "size", text.size() } });
    return index;
}

/// Indexes in indexes, @p depth deep, each with its child @p times.
Files nestedIndexes(int depth, int times)
{
    constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
    Files files = smallImage().ociFiles();
    std::string text = files.back().second;
    for (int level = 0; level < depth; ++level) {
        files.emplace_back("blobs/sha256/" + hex(text), text);
        text = dumpJson(indexOver(kIndex, text, times));
    }
    return with(files, "index.json", text);
}

/// A member that claims to be the index which lists it.
Files circularIndex()
{
    constexpr const char* kIndex = "application/vnd.oci.image.index.v1+json";
    const std::string named = "the digest that the index would have";
    const std::string text = dumpJson(indexOver(kIndex, named, 1));
    Files files = with(smallImage().ociFiles(), "index.json", text);
    files.emplace_back("blobs/sha256/" + hex(named), text);
    return files;
}

Files changedManifest(const std::function<void(Json&)>& change)
{
    const TestImage image = smallImage();
    Json manifest = image.ociManifest();
    change(manifest);
    return image.ociFilesAround(dumpJson(manifest));
}

Files changedConfig(const std::function<void(Json&)>& change)
{
    TestImage image = smallImage();
    change(image.config);
    return image.dockerFiles();
}

std::string randomBytes(std::size_t size)
{
    std::mt19937 random(20240102); // NOLINT: the same bytes in each run
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

struct Case {
    const char* name;
    std::function<std::string()> archive;
    const char* refusal; ///< part of the error's message
};

const std::vector<Case>& cases()
{
    static const std::string deep(100'000, '[');
    static const std::vector<Case> all {
        { "nothing at all", [] { return std::string(); }, "is not an image archive" },
        { "zeros", [] { return std::string(1 << 20, '\0'); }, "is not an image archive" },
        { "one byte", [] { return std::string("x"); }, "not an image archive" },
        { "text", [] { return std::string(5000, 't'); }, "not an image archive" },
        { "random bytes", [] { return randomBytes(200'000); }, "not an image archive" },
        { "a program",
            [] {
                return "\x7f"
                       "ELF"
                    + randomBytes(5000);
            },
            "not an image archive" },
        { "gzip of text", [] { return compress("text", Compression::Gzip).value(); },
            "not an image archive" },
        { "gzip of nothing", [] { return compress("", Compression::Gzip).value(); },
            "not an image archive" },
        { "gzip header alone", [] { return std::string("\x1f\x8b\x08", 3); }, "gzip" },
        { "zstd header alone", [] { return std::string("\x28\xb5\x2f\xfd", 4); }, "zstd" },
        { "tar without a manifest",
            [] { return packed({ { "readme", "hello" }, { "layer.tar", "x" } }); },
            "no manifest.json and no oci-layout" },
        { "member that climbs",
            [] { return rawTar({ .name = ImageStoreRun::upToOutside() + "/evil" }) + rawTarEnd(); },
            "climbs out" },
        { "link out of the archive",
            [] {
                return rawTar({ .name = "manifest.json",
                           .type = '2',
                           .link = ImageStoreRun::upToOutside() + "/canary" })
                    + rawTarEnd();
            },
            "is a link out of the archive" },
        { "links in a circle",
            [] {
                return rawTar({ .name = "manifest.json", .type = '2', .link = "b" })
                    + rawTar({ .name = "b", .type = '2', .link = "manifest.json" }) + rawTarEnd();
            },
            "no manifest.json" },
        { "member twice, different",
            [] {
                auto files = smallImage().dockerFiles();
                files.emplace_back("manifest.json", "[]");
                return packed(files);
            },
            "'manifest.json' is there twice" },
        { "member beyond the archive",
            [] { return rawTar({ .name = "f", .content = "x", .sizeField = "77777777777" }); },
            "member 'f'" },
        // docker-archive
        { "manifest.json is no JSON",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "{]")); },
            "member 'manifest.json': invalid JSON at byte 2" },
        { "manifest.json is no list",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "{}")); },
            "manifest.json: not a list" },
        { "manifest.json is empty",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", "[]")); },
            "holds no image" },
        { "manifest.json, 100000 levels",
            [] { return packed(with(smallImage().dockerFiles(), "manifest.json", deep)); },
            "nested too deeply" },
        { "manifest.json of 100 MB",
            [] {
                return packed(with(smallImage().dockerFiles(), "manifest.json",
                                  "[" + std::string(100'000'000, ' ') + "]"),
                    Compression::Zstd);
            },
            "too large" },
        { "manifest.json that is no UTF-8",
            [] {
                return packed(
                    edited(smallImage().dockerFiles(), "manifest.json", "shop", "sh\xffp"));
            },
            "manifest.json" },
        { "layer outside",
            [] {
                return packed(edited(smallImage().dockerFiles(), "manifest.json",
                    "layer0/layer.tar", ImageStoreRun::upToOutside() + "/canary"));
            },
            "climbs out" },
        { "layer that is not there",
            [] { return packed(without(smallImage().dockerFiles(), "layer1/layer.tar")); },
            "member 'layer1/layer.tar' is not in the archive" },
        { "one layer fewer than diff_ids",
            [] {
                return packed(edited(
                    smallImage().dockerFiles(), "manifest.json", R"("layer0/layer.tar",)", ""));
            },
            "1 layers, but the image configuration lists 2 diff_ids" },
        { "wrong diff_id",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = Digest::of("another").text();
                }));
            },
            "digest mismatch: expected diff_id" },
        { "wrong diff_id of a gzip layer",
            [] {
                TestImage image = smallImage(Compression::Gzip);
                image.config["rootfs"]["diff_ids"][1] = Digest::of("another").text();
                return packed(image.dockerFiles());
            },
            "digest mismatch: expected diff_id" },
        { "diff_id that is a path",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = "sha256:../../../outside/canary";
                }));
            },
            "is not a sha256 digest" },
        { "diff_id of 64 characters, one a slash",
            [] {
                return packed(changedConfig([](Json& config) {
                    config["rootfs"]["diff_ids"][0] = "sha256:../" + std::string(61, 'a');
                }));
            },
            "is not a sha256 digest" },
        { "configuration under another's digest",
            [] { return packed(edited(smallImage().dockerFiles(), ".json", "linux", "linus")); },
            "digest mismatch: expected" },
        { "configuration of 100000 levels",
            [] {
                const std::string name = hex(deep) + ".json";
                return packed({ { name, deep },
                    { "manifest.json", R"([{"Config":")" + name + R"(","Layers":[]}])" } });
            },
            "nested too deeply" },
        { "name that is none",
            [] {
                TestImage image = smallImage();
                image.reference = "../../etc:latest";
                return packed(image.dockerFiles());
            },
            "invalid reference format" },
        // OCI layout
        { "layout without its index",
            [] { return packed(without(smallImage().ociFiles(), "index.json")); },
            "is not an image archive" },
        { "layout of version 2",
            [] { return packed(edited(smallImage().ociFiles(), "oci-layout", "1.0.0", "2.0.0")); },
            "imageLayoutVersion is not 1.x" },
        { "index without images",
            [] {
                return packed(with(smallImage().ociFiles(), "index.json",
                    R"({"schemaVersion":2,"manifests":[]})"));
            },
            "holds no image" },
        { "index, 100000 levels",
            [] { return packed(with(smallImage().ociFiles(), "index.json", deep)); },
            "nested too deeply" },
        { "index and manifest in one",
            [] {
                return packed(edited(smallImage().ociFiles(), "index.json", R"("schemaVersion")",
                    R"("layers":[],"schemaVersion")"));
            },
            "ambiguous" },
        { "layer under another's digest",
            [] {
                Files files = smallImage().ociFiles();
                files[0].second[600] ^= 1;
                return packed(files);
            },
            "digest mismatch: expected" },
        { "manifest under another's digest",
            [] {
                Files files = smallImage().ociFiles();
                files[3].second += " ";
                return packed(files);
            },
            "digest mismatch: expected" },
        { "configuration under another's digest (layout)",
            [] {
                Files files = smallImage().ociFiles();
                files[2].second += " ";
                return packed(files);
            },
            "digest mismatch: expected" },
        { "layer of another size",
            [] { return packed(changedManifest([](Json& m) { m["layers"][0]["size"] = 5; })); },
            "size mismatch: expected 5 bytes" },
        { "configuration of another size",
            [] { return packed(changedManifest([](Json& m) { m["config"]["size"] = 1; })); },
            "size mismatch: expected 1 bytes" },
        { "size below zero",
            [] { return packed(changedManifest([](Json& m) { m["layers"][0]["size"] = -1; })); },
            "size" },
        { "size beyond all numbers",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"][0]["size"] = UINT64_MAX; }));
            },
            "size" },
        { "digest that is a path",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"][0]["digest"] = "sha256:../../x"; }));
            },
            "'sha256:../../x' is not a sha256 digest" },
        { "digest of another kind",
            [] {
                return packed(changedManifest(
                    [](Json& m) { m["config"]["digest"] = "sha512:" + std::string(128, 'a'); }));
            },
            "is not a sha256 digest" },
        { "one layer too many",
            [] {
                return packed(
                    changedManifest([](Json& m) { m["layers"].push_back(m["layers"][0]); }));
            },
            "lists 3 layers, the image configuration 2 diff_ids" },
        { "layers in another order",
            [] {
                return packed(
                    changedManifest([](Json& m) { std::swap(m["layers"][0], m["layers"][1]); }));
            },
            "digest mismatch: expected diff_id" },
        { "index that lists itself", [] { return packed(circularIndex()); }, "digest mismatch" },
        { "indexes 20 deep", [] { return packed(nestedIndexes(20, 1)); }, "nested too deeply" },
        { "indexes 8 deep with 10 children each", [] { return packed(nestedIndexes(8, 10)); },
            "list too much" },
    };
    return all;
}

} // namespace

/// Archives that are broken, incomplete or lie: a clear error, and nothing of them stays.
class TestHostileArchives : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void refused_data();
    void refused();
    void truncated_data();
    void truncated();
    void corrupted_data();
    void corrupted();
    void changedDocuments_data();
    void changedDocuments();
};

void TestHostileArchives::initTestCase()
{
    if (!userNamespaceLack().empty())
        PL_MUST_RUN_SKIP(userNamespaceLack().c_str());
}

void TestHostileArchives::refused_data()
{
    QTest::addColumn<int>("at");
    for (std::size_t at = 0; at < cases().size(); ++at)
        QTest::newRow(cases()[at].name) << int(at);
}

void TestHostileArchives::refused()
{
    QFETCH(const int, at);
    const Case& hostile = cases()[std::size_t(at)];
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const auto imported = store.value()->import(hostile.archive());
    QVERIFY(!imported);
    const QString message = QString::fromStdString(imported.error().message);
    QVERIFY2(imported.error().code == Errc::InvalidArgument, qPrintable(message));
    QVERIFY2(message.contains(QString::fromLatin1(hostile.refusal)), qPrintable(message));
    QVERIFY2(message.contains("'test.tar'"), qPrintable(message));
    QVERIFY2(message.size() < 1000, qPrintable(message));
    QCOMPARE(store.value()->contents(), std::string());
}

void TestHostileArchives::truncated_data()
{
    QTest::addColumn<QByteArray>("archive");
    const auto add = [](const char* name, const Files& files, Compression outer) {
        QTest::newRow(name) << QByteArray::fromStdString(packed(files, outer));
    };
    add("docker", smallImage().dockerFiles(), Compression::None);
    add("docker with gzip layers", smallImage(Compression::Gzip).dockerFiles(), Compression::None);
    add("layout", smallImage().ociFiles(), Compression::None);
    add("gzip", smallImage().dockerFiles(), Compression::Gzip);
    add("zstd", smallImage().ociFiles(), Compression::Zstd);
    add("xz", smallImage().ociFiles(), Compression::Xz);
}

// Cut anywhere, it is refused; a tar may only lack its end, where all members are whole.
void TestHostileArchives::truncated()
{
    QFETCH(const QByteArray, archive);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string id = smallImage().id();
    constexpr int kCuts = 60;
    int refusals = 0;
    for (int cut = 1; cut < kCuts; ++cut) {
        const auto size = archive.size() * cut / kCuts;
        const auto imported = store.value()->import(archive.left(size).toStdString());
        if (imported) {
            QCOMPARE(imported.value()[0].id, id);
            PL_DONE(store.value()->images().remove(id));
        } else {
            ++refusals;
            QVERIFY2(
                imported.error().code == Errc::InvalidArgument, imported.error().message.c_str());
        }
        QCOMPARE(store.value()->contents(), std::string());
    }
    QVERIFY2(refusals > kCuts / 2, std::to_string(refusals).c_str());
}

void TestHostileArchives::corrupted_data()
{
    truncated_data();
}

// Whatever bytes change: what is imported is what was packed, or it is refused.
void TestHostileArchives::corrupted()
{
    QFETCH(const QByteArray, archive);
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const std::string id = smallImage().id();
    std::mt19937 random(7); // NOLINT: a failure must come again
    constexpr int kRounds = 150;
    int refusals = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::string bytes = archive.toStdString();
        for (int change = 0; change <= round % 8; ++change)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        const auto imported = store.value()->import(bytes);
        if (imported) {
            QVERIFY2(imported.value()[0].id == id, std::to_string(round).c_str());
            PL_DONE(store.value()->images().remove(id));
        } else {
            ++refusals;
            QVERIFY2(imported.error().code == Errc::InvalidArgument
                    || imported.error().code == Errc::NotFound,
                imported.error().message.c_str());
        }
        QCOMPARE(store.value()->contents(), std::string());
    }
    QVERIFY2(refusals > kRounds / 4, std::to_string(refusals).c_str());
}

void TestHostileArchives::changedDocuments_data()
{
    QTest::addColumn<QString>("document");
    for (const char* document :
        { "manifest.json", "config", "index.json", "oci-layout", "manifest" })
        QTest::newRow(document) << document;
}

// Each key, at any depth, once gone and once of every wrong type.
void TestHostileArchives::changedDocuments()
{
    QFETCH(const QString, document);
    TestImage image = smallImage();
    image.config["config"] = { { "Env", { "A=b" } }, { "Cmd", { "x" } },
        { "Labels", { { "l", "m" } } }, { "ExposedPorts", { { "80/tcp", Json::object() } } },
        { "User", "1" },
        { "Healthcheck", { { "Test", { "NONE" } }, { "Interval", 5 }, { "Retries", 3 } } },
        { "StopSignal", "SIGTERM" }, { "Volumes", { { "/data", Json::object() } } } };
    const auto archiveAround = [&](const Json& changed) -> Files {
        const std::string text = dumpJson(changed);
        if (document == "manifest")
            return image.ociFilesAround(text);
        if (document == "config") {
            TestImage other = image;
            other.config = changed;
            return other.combinedFiles();
        }
        return with(document == "manifest.json" ? image.dockerFiles() : image.ociFiles(),
            document.toStdString(), text);
    };
    Files docker = image.dockerFiles();
    Files layout = image.ociFiles();
    const Json original = document == "manifest" ? image.ociManifest()
        : document == "config"                   ? image.config
        : document == "manifest.json"            ? parseJson(file(docker, "manifest.json")).value()
                                      : parseJson(file(layout, document.toStdString())).value();
    const auto store = ImageStoreRun::make();
    PL_VERIFY(store);
    const Json flat = original.flatten();
    std::set<std::string> pointers;
    for (const auto& [leaf, value] : flat.items())
        for (Json::json_pointer at(leaf); !at.empty(); at.pop_back())
            pointers.insert(at.to_string());
    int refusals = 0;
    const std::vector<Json> wrong { nullptr, true, -1, 1.5, "x", "", "sha256:../../x",
        Json::array(), Json::array({ nullptr }), Json::object(),
        Json { { "k", Json::array({ 1 }) } } };
    for (const std::string& pointer : pointers)
        for (std::size_t at = 0; at <= wrong.size(); ++at) {
            Json changed = original;
            const Json::json_pointer where(pointer);
            if (at < wrong.size())
                changed[where] = wrong[at];
            else if (Json& parent = changed[where.parent_pointer()]; parent.is_object())
                parent.erase(where.back());
            else
                parent.erase(std::stoul(where.back()));
            const auto imported = store.value()->importFiles(archiveAround(changed));
            const std::string what =
                pointer + " as " + (at < wrong.size() ? wrong[at].dump() : "-");
            if (imported) {
                // Then it is an image that the store can show and give away again.
                const auto stored = store.value()->images().resolve(imported.value()[0].id);
                QVERIFY2(stored, (what + ": " + failureOf(stored)).c_str());
                QCOMPARE(stored.value().layers.size(), image.layers.size());
                for (const auto& one : imported.value())
                    PL_DONE(store.value()->images().remove(one.id));
            } else {
                ++refusals;
                QVERIFY2(imported.error().code == Errc::InvalidArgument
                        || imported.error().code == Errc::NotFound,
                    (what + ": " + imported.error().message).c_str());
            }
            QVERIFY2(store.value()->contents().empty(), (what + store.value()->contents()).c_str());
        }
    QVERIFY2(refusals > 10, std::to_string(refusals).c_str());
}

PL_TEST_MAIN(TestHostileArchives)
#include "tst_hostile_archives.moc"
