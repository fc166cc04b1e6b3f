#include "tests/support/image_store_run.h"
#include "tests/support/user_namespace.h"
#include "tests/support/verify.h"
#include "tests/unit/engine/image/hostile_archives.h"

#include <QtTest>

#include <random>
#include <set>

using namespace portlight;
using namespace portlight::test;

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
    for (std::size_t at = 0; at < hostileArchives().size(); ++at)
        QTest::newRow(hostileArchives()[at].name) << int(at);
}

void TestHostileArchives::refused()
{
    QFETCH(const int, at);
    const HostileArchive& hostile = hostileArchives()[std::size_t(at)];
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
