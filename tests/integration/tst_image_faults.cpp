#include "engine/base/digest.h"
#include "engine/base/syscalls.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/local_registry.h"
#include "tests/support/must_run.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <sys/mount.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

using namespace portlight;
using namespace portlight::test;

namespace {

using Type = TarEntry::Type;

constexpr const char* kName = "faults/one:1";
constexpr int kUsualRounds = 8;

/// Bytes that do not compress, the same for the same seed.
std::string noise(std::size_t size, unsigned seed)
{
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    for (char& c : bytes)
        c = static_cast<char>(random());
    return bytes;
}

std::set<std::string> namesIn(const std::string& directory)
{
    std::set<std::string> names;
    for (const QString& name : QDir(QString::fromStdString(directory))
             .entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
        names.insert(name.toStdString());
    return names;
}

std::string shown(const std::set<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text += name + " ";
    return text;
}

enum class Work { Load, LoadByPath, Pull, Export, Remove };

} // namespace

/// kill -9 of the engine and of the client in the middle of import, pull, export and removal, and a
/// full disk. Afterwards what was acknowledged is whole, byte for byte, and nothing else is there.
/// PORTLIGHT_FAULT_ROUNDS says how many rounds (8), PORTLIGHT_FAULT_SEED repeats a run.
class TestImageFaults : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void killedAtRandom();
    void diskIsFull();

private:
    ApiAnswer perform(const Api& api, Work work) const;
    bool isDone(Work work, const ApiAnswer& answer) const;
    /// What is wrong with the engine's images and files; empty is right.
    std::string damage(const EngineProcess& engine, std::optional<bool> mustBeThere) const;
    std::string damageOfExport() const;
    std::string target() const { return m_files.filePath("out/exported.tar").toStdString(); }

    QTemporaryDir m_files;
    TestImage m_image;
    std::string m_archive;
    std::unique_ptr<LocalRegistry> m_registry;
};

void TestImageFaults::initTestCase()
{
    m_image = TestImage::empty(kName);
    for (unsigned layer = 0; layer < 4; ++layer) {
        std::vector<TarEntry> entries;
        for (unsigned at = 0; at < 60; ++at)
            entries.push_back({ Type::File, "d" + std::to_string(layer) + "-" + std::to_string(at),
                noise(8'000, layer * 100 + at), 0644 });
        entries.push_back({ Type::File, "large", noise(1'500'000, layer), 0644 });
        PL_DONE(m_image.addLayer(entries, layer == 3 ? Compression::Zstd : Compression::Gzip));
    }
    m_archive = m_files.filePath("one.tar").toStdString();
    PL_DONE(writeArchive(m_archive, m_image.ociFiles()));
    QVERIFY(QDir(m_files.path()).mkdir("out"));
    auto registry = LocalRegistry::start(LocalRegistry::Kind::Plain);
    if (!registry)
        PL_MUST_RUN_SKIP(registry.error().message.c_str());
    m_registry = std::move(registry).value();
    PL_DONE(m_registry->fill(m_archive, kName));
}

ApiAnswer TestImageFaults::perform(const Api& api, Work work) const
{
    switch (work) {
    case Work::Load:
        return api.upload("/images/load", m_archive);
    case Work::LoadByPath:
        return api.post("/portlight/v1/archives/import?path=" + encoded(m_archive));
    case Work::Pull:
        return api.post(
            "/images/create?tag=1&fromImage=" + encoded(m_registry->address() + "/faults/one"));
    case Work::Export:
        return api.post("/portlight/v1/archives/export?format=oci&names=" + m_image.id()
            + "&path=" + encoded(target()));
    case Work::Remove:
        return api.remove("/images/" + m_image.id() + "?force=1");
    }
    return {};
}

bool TestImageFaults::isDone(Work work, const ApiAnswer& answer) const
{
    const auto says = [&answer](
                          const char* text) { return answer.body.find(text) != std::string::npos; };
    if (answer.status != 200 || says("\"error\""))
        return false;
    switch (work) {
    case Work::Load:
    case Work::LoadByPath:
        return says("Loaded image");
    case Work::Pull:
        return says("Status: ");
    case Work::Export:
        return says("\"Exported\"");
    case Work::Remove:
        return says("Deleted");
    }
    return false;
}

std::string TestImageFaults::damage(
    const EngineProcess& engine, std::optional<bool> mustBeThere) const
{
    const Json list = engine.api().get("/images/json").json();
    if (!list.is_array() || list.size() > 1)
        return "the list of images is " + dumpJson(list);
    const bool isThere = list.size() == 1;
    if (isThere && list[0]["Id"].get<std::string>() != m_image.id())
        return "an image of another id: " + dumpJson(list);
    if (mustBeThere && isThere != *mustBeThere)
        return isThere ? "the image that was removed is there" : "the image is not there";
    std::set<std::string> blobs;
    std::set<std::string> layers;
    if (isThere) {
        const auto stem = [](const std::string& digest) { return digest.substr(7); };
        blobs = { stem(m_image.id()), stem(Digest::of(dumpJson(m_image.ociManifest())).text()) };
        std::string chain;
        for (const auto& layer : m_image.layers) {
            blobs.insert(stem(Digest::of(layer.blob).text()));
            chain = chain.empty() ? layer.diffId : Digest::of(chain + " " + layer.diffId).text();
            layers.insert(stem(chain));
        }
    }
    const std::string root = engine.dataRoot();
    if (const auto found = namesIn(root + "/blobs/sha256"); found != blobs)
        return "blobs: " + shown(found) + "instead of " + shown(blobs);
    if (const auto found = namesIn(root + "/layers"); found != layers)
        return "layers: " + shown(found) + "instead of " + shown(layers);
    for (const std::string& name : namesIn(root + "/tmp"))
        if (name.starts_with("import-") || name.starts_with("removed-"))
            return "left in tmp: " + name;
    for (const std::string& hex : blobs) {
        const auto bytes = readFile(root + "/blobs/sha256/" + hex);
        if (!bytes || std::string(Digest::of(bytes.value()).hex()) != hex)
            return "blob " + hex + " has other bytes";
    }
    std::string chain;
    for (unsigned layer = 0; isThere && layer < m_image.layers.size(); ++layer) {
        const std::string& diffId = m_image.layers[layer].diffId;
        chain = chain.empty() ? diffId : Digest::of(chain + " " + diffId).text();
        const std::string directory = root + "/layers/" + chain.substr(7);
        if (namesIn(directory).size() != 61)
            return "layer " + std::to_string(layer) + " has " + shown(namesIn(directory));
        const auto large = readFile(directory + "/large");
        const auto small = readFile(directory + "/d" + std::to_string(layer) + "-59");
        if (!large || large.value() != noise(1'500'000, layer) || !small
            || small.value() != noise(8'000, layer * 100 + 59))
            return "layer " + std::to_string(layer) + " has other bytes";
    }
    return {};
}

std::string TestImageFaults::damageOfExport() const
{
    const auto found = namesIn(m_files.filePath("out").toStdString());
    if (found.empty())
        return {};
    if (found != std::set<std::string> { "exported.tar" })
        return "left beside the export: " + shown(found);
    const auto tar = readFile(target());
    if (!tar)
        return tar.error().message;
    for (const auto& [name, bytes] : m_image.ociFiles())
        if (name.starts_with("blobs/") && tar.value().find(bytes) == std::string::npos)
            return "the exported archive lacks " + name;
    // Two empty records end a tar.
    if (!tar.value().ends_with(std::string(1024, '\0')))
        return "the exported archive has no end";
    return {};
}

void TestImageFaults::killedAtRandom()
{
    const int rounds = qEnvironmentVariableIsSet("PORTLIGHT_FAULT_ROUNDS")
        ? qEnvironmentVariableIntValue("PORTLIGHT_FAULT_ROUNDS")
        : kUsualRounds;
    const unsigned seed = qEnvironmentVariableIsSet("PORTLIGHT_FAULT_SEED")
        ? static_cast<unsigned>(qEnvironmentVariableIntValue("PORTLIGHT_FAULT_SEED"))
        : std::random_device {}();
    std::mt19937 random(seed);
    PL_START_ENGINE(engine, RunAs::Current);
    std::map<Work, double> seconds; ///< of the longest run of each so far
    int killed = 0;
    int interrupted = 0;
    for (int round = 0; round < rounds; ++round) {
        constexpr Work kWorks[] = { Work::Load, Work::LoadByPath, Work::Pull, Work::Export,
            Work::Remove };
        const Work work = kWorks[round % 5];
        const std::string where = "round " + std::to_string(round) + ", work "
            + std::to_string(static_cast<int>(work))
            + ", PORTLIGHT_FAULT_SEED=" + std::to_string(seed);
        const bool needsImage = work == Work::Export || work == Work::Remove;
        if (!needsImage)
            engine.api().remove("/images/" + m_image.id() + "?force=1");
        else if (engine.api().get("/images/" + m_image.id() + "/json").status != 200)
            QVERIFY2(isDone(Work::Load, perform(engine.api(), Work::Load)), where.c_str());
        QFile::remove(QString::fromStdString(target()));

        const auto begin = std::chrono::steady_clock::now();
        auto answer = std::async(
            std::launch::async, [this, work, api = engine.api()] { return perform(api, work); });
        // The kill comes at a random time within what the work has been seen to take.
        const double longest = seconds.contains(work) ? seconds.at(work) : 0.3;
        const std::chrono::duration<double> wait(
            std::uniform_real_distribution<>(0, longest)(random));
        const bool isOver = answer.wait_for(wait) == std::future_status::ready;
        PL_DONE(engine.kill());
        ++killed;
        interrupted += isOver ? 0 : 1;
        const ApiAnswer said = answer.get();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        const bool isAcknowledged = isDone(work, said);
        if (isAcknowledged)
            seconds[work] = std::max(seconds[work], took.count());
        else if (!seconds.contains(work))
            seconds[work] = 0.3;
        PL_DONE(engine.restart());
        std::optional<bool> mustBeThere;
        if (work == Work::Export)
            mustBeThere = true;
        else if (isAcknowledged)
            mustBeThere = work != Work::Remove;
        const std::string wrong = damage(engine, mustBeThere);
        QVERIFY2(wrong.empty(), (where + ": " + wrong).c_str());
        const std::string wrongExport = damageOfExport();
        QVERIFY2(wrongExport.empty(), (where + ": " + wrongExport).c_str());
        if (work == Work::Export && isAcknowledged)
            QVERIFY2(QFile::exists(QString::fromStdString(target())), where.c_str());

        // And the client that goes away in the middle: the engine lives on.
        if (work == Work::Load) {
            const auto bytes = readFile(m_archive);
            PL_VERIFY(bytes);
            const std::size_t part =
                std::uniform_int_distribution<std::size_t>(0, bytes.value().size() - 1)(random);
            if (!mustBeThere)
                engine.api().remove("/images/" + m_image.id() + "?force=1");
            {
                ApiStream stream = engine.api().unconnected();
                engine.api().uploadPart("/images/load", bytes.value().substr(0, part), stream);
            }
            QTRY_VERIFY2_WITH_TIMEOUT(damage(engine, {}).empty(),
                (where + ", client: " + damage(engine, {})).c_str(), 10'000);
        } else if (work == Work::Pull) {
            {
                auto stream = engine.api().open("POST",
                    "/images/create?tag=1&fromImage="
                        + encoded(m_registry->address() + "/faults/one"));
                const int lines = std::uniform_int_distribution<>(0, 12)(random);
                for (int line = 0; line < lines && stream.readLine(); ++line) { }
            }
            QTRY_VERIFY2_WITH_TIMEOUT(damage(engine, {}).empty(),
                (where + ", client: " + damage(engine, {})).c_str(), 10'000);
        }
    }
    qInfo("%d kills, %d of them in the middle; seed %u", killed, interrupted, seed);
    QVERIFY(interrupted > 0);
    const auto last = perform(engine.api(), Work::Load);
    QVERIFY2(isDone(Work::Load, last), last.body.c_str());
    const std::string wrong = damage(engine, true);
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void TestImageFaults::diskIsFull()
{
    if (::geteuid() != 0)
        QSKIP("a small file system is mounted, which only root can");
    PL_START_ENGINE(engine, RunAs::Current);
    PL_DONE(engine.terminate());
    const std::string root = engine.dataRoot();
    // 64 MB of it stay free by rule; the files take four times what their tar says.
    QCOMPARE(
        ::mount("tmpfs", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=110m,mode=700"), 0);
    const auto unmount = qScopeGuard([&] {
        static_cast<void>(engine.terminate().has_value());
        ::umount2(root.c_str(), MNT_DETACH);
    });
    PL_DONE(engine.restart());
    const Api api = engine.api();
    const auto loaded = perform(api, Work::Load);
    QVERIFY2(isDone(Work::Load, loaded), loaded.body.c_str());
    const auto freeBytes = [&root] {
        struct statvfs info {};
        ::statvfs(root.c_str(), &info);
        return static_cast<std::int64_t>(info.f_bfree) * static_cast<std::int64_t>(info.f_frsize);
    };
    TestImage many = TestImage::empty("faults/many:1");
    std::vector<TarEntry> entries;
    for (int at = 0; at < 26'000; ++at)
        entries.push_back({ Type::File, "f" + std::to_string(at), "x", 0644 });
    PL_DONE(many.addLayer(entries, Compression::Gzip));
    const std::string archive = m_files.filePath("many.tar").toStdString();
    PL_DONE(writeArchive(archive, many.ociFiles()));
    TestImage large = TestImage::empty("faults/large:1");
    PL_DONE(large.addLayer({ { Type::File, "large", noise(60'000'000, 1), 0644 } }));
    const std::string largeArchive = m_files.filePath("large.tar").toStdString();
    PL_DONE(writeArchive(largeArchive, large.ociFiles()));
    const std::int64_t before = freeBytes();
    for (const std::string& file : { archive, largeArchive }) {
        const auto refused = api.upload("/images/load", file);
        QVERIFY2(!isDone(Work::Load, refused), refused.body.c_str());
        const bool isSaid = refused.body.find("o space left on device") != std::string::npos
            || refused.body.find("bytes that are free") != std::string::npos;
        QVERIFY2(isSaid, refused.body.c_str());
        QTRY_VERIFY2_WITH_TIMEOUT(
            damage(engine, true).empty(), damage(engine, true).c_str(), 10'000);
        // The database may have grown by a page or two.
        QTRY_VERIFY2_WITH_TIMEOUT(
            before - freeBytes() < 1'000'000, std::to_string(before - freeBytes()).c_str(), 10'000);
    }
    // It works on, and again after a restart.
    PL_DONE(engine.kill());
    PL_DONE(engine.restart());
    const std::string wrong = damage(engine, true);
    QVERIFY2(wrong.empty(), wrong.c_str());
    const auto removed = perform(api, Work::Remove);
    QVERIFY2(isDone(Work::Remove, removed), removed.body.c_str());
    const auto again = perform(api, Work::Load);
    QVERIFY2(isDone(Work::Load, again), again.body.c_str());
}

QTEST_GUILESS_MAIN(TestImageFaults)
#include "tst_image_faults.moc"
