#include "tests/support/engine_fixture.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace portlight;
using namespace portlight::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kImage = "payload:test";
constexpr const char* kSecret = "the host's own";
constexpr int kRounds = 150;

/// Names, kinds, modes and contents of everything below @p directory.
std::string pictureOf(const fs::path& directory)
{
    std::vector<std::string> lines;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        struct stat info {};
        ::lstat(entry.path().c_str(), &info);
        std::string line = entry.path().string() + " " + std::to_string(info.st_mode) + " "
            + std::to_string(info.st_uid);
        if (entry.is_regular_file()) {
            std::ifstream file(entry.path());
            line += " " + std::string(std::istreambuf_iterator<char>(file), {});
        }
        lines.push_back(line);
    }
    std::ranges::sort(lines);
    std::string text;
    for (const auto& line : lines)
        text += line + "\n";
    return text;
}

std::string archiveTarget(const std::string& id, const std::string& path)
{
    return "/containers/" + id + "/archive?path=" + encoded(path);
}

} // namespace

/// Volumes, docker cp, diff and export with real containers, and what an attacker inside would try.
class TestFiles : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void volumeKeepsItsData();
    void volumeIsFilledFromTheImage();
    void volumesOfOthersAndParts();
    void anonymousVolumesGoWithTheirContainer();
    void copyInAndOut_data();
    void copyInAndOut();
    void diffAndExport();
    void swappedPathLeadsNowhere();
    void nothingOfTheImageIsRun();
    void linksInArchivesStayInside();
    void volumePathsStayInside();
    void plantedFilesAreNotWrittenThrough();
    void wrongInput_data();
    void wrongInput();

private:
    std::string run(const std::vector<std::string>& words, const Json& host = Json::object())
    {
        return runContainer(kImage, words, Json { { "HostConfig", host } });
    }
    std::string output(const std::vector<std::string>& words, const Json& host = Json::object())
    {
        return outputOf(kImage, words, Json { { "HostConfig", host } });
    }
    ApiAnswer put(const std::string& id, const std::string& path, const std::string& bytes) const;
    Result<void> loadImage(TestImage image);

    fs::path m_canary; ///< of the host: never touched, never read
};

void TestFiles::init()
{
    provideEngine([this] {
        PL_DONE(loadPayload(api(), filePath(""), kImage));
        // The engine's user could reach it: only the engine itself keeps containers from it.
        m_canary = engine().directory() + "/canary";
        fs::create_directory(m_canary);
        std::ofstream(m_canary / "file") << kSecret;
        for (const auto& path : { m_canary, m_canary / "file" })
            QVERIFY(::chown(path.c_str(), engine().user().uid, engine().user().gid) == 0);
    });
}

ApiAnswer TestFiles::put(
    const std::string& id, const std::string& path, const std::string& bytes) const
{
    return api().call("PUT", archiveTarget(id, path), bytes);
}

Result<void> TestFiles::loadImage(TestImage image)
{
    const auto path = filePath("image.tar");
    PL_TRY(writeArchive(path, image.dockerFiles()));
    PL_TRY(loadArchive(api(), path));
    return success();
}

void TestFiles::volumeKeepsItsData()
{
    PL_STATUS(api().post("/volumes/create", Json { { "Name", "data" } }), 201);
    const Json host { { "Binds", { "data:/v" } } };
    QCOMPARE(output({ "write", "/v/file", "kept" }, host), std::string());
    QCOMPARE(output({ "cat", "/v/file" }, host), std::string("kept"));
    const Json readOnly { { "Binds", { "data:/v:ro" } } };
    QVERIFY(
        output({ "write", "/v/file", "changed" }, readOnly).find("Read-only") != std::string::npos);
    const auto id = run({ "hold" }, host);
    PL_STATUS(api().remove("/volumes/data"), 409);
    const Json details = api().get("/containers/" + id + "/json").json();
    const Json& mount = jsonMember(details, "Mounts").at(0);
    QCOMPARE(jsonString(mount, "Type").value(), std::string("volume"));
    QCOMPARE(jsonString(mount, "Name").value(), std::string("data"));
    PL_DONE(engine().kill());
    PL_DONE(engine().restart());
    PL_STATUS(api().remove("/volumes/data"), 409);
    PL_DONE(removeContainer(api(), id));
    PL_STATUS(api().remove("/volumes/data"), 204);
    PL_STATUS(api().get("/volumes/data"), 404);
}

void TestFiles::volumeIsFilledFromTheImage()
{
    auto image = TestImage::payload("filled:test");
    PL_VERIFY(image);
    PL_DONE(image.value().addLayer({ { TarEntry::Type::Directory, "content/", "", 0750, 7, 8 },
        { TarEntry::Type::File, "content/file", "from the image", 0640, 7, 8 },
        { TarEntry::Type::Symlink, "content/link", "/etc/passwd" } }));
    PL_DONE(loadImage(std::move(image).value()));
    const Json host { { "Binds", { "filled:/content" } } };
    const auto first =
        runToEnd(api(), "filled:test", { "cat", "/content/file" }, Json { { "HostConfig", host } });
    PL_VERIFY(first);
    QCOMPARE(first.value().output.out, std::string("from the image"));
    // It is full: another image's content does not come on top.
    const auto id = run({ "hold" }, host);
    const auto stat = api().call("HEAD", archiveTarget(id, "/content"));
    PL_STATUS(stat, 200);
    QVERIFY(!stat.headers.at("x-docker-container-path-stat").empty());
}

void TestFiles::volumesOfOthersAndParts()
{
    const auto id = run({ "hold" }, Json { { "Binds", { "shared:/v" } } });
    const auto tar = makeTar(
        { { TarEntry::Type::Directory, "part/" }, { TarEntry::Type::File, "part/file", "a part" },
            { TarEntry::Type::Symlink, "astray", "/../../../../" + m_canary.string() } });
    PL_VERIFY(tar);
    PL_STATUS(put(id, "/v", tar.value()), 200);
    QCOMPARE(output({ "cat", "/v/part/file" }, Json { { "VolumesFrom", { id + ":ro" } } }),
        std::string("a part"));
    const auto mounted = [](const char* subpath) {
        return Json { { "Mounts",
            { { { "Type", "volume" }, { "Source", "shared" }, { "Target", "/p" },
                { "VolumeOptions", { { "Subpath", subpath } } } } } } };
    };
    QCOMPARE(output({ "cat", "/p/file" }, mounted("part")), std::string("a part"));
    QVERIFY(output({ "cat", "/p/file" }, mounted("astray")).find(kSecret) == std::string::npos);
}

void TestFiles::anonymousVolumesGoWithTheirContainer()
{
    const auto count = [this] {
        return jsonMember(api().get("/volumes").json(), "Volumes").size();
    };
    const Json settings { { "Volumes", { { "/anonymous", Json::object() } } } };
    const auto id = createContainer(api(), kImage, { "hold" }, settings);
    PL_VERIFY(id);
    QCOMPARE(count(), std::size_t(1));
    PL_STATUS(api().remove("/containers/" + id.value() + "?v=1"), 204);
    QCOMPARE(count(), std::size_t(0));
}

void TestFiles::copyInAndOut_data()
{
    QTest::addColumn<bool>("isRunning");
    QTest::newRow("running") << true;
    QTest::newRow("stopped") << false;
}

void TestFiles::copyInAndOut()
{
    QFETCH(const bool, isRunning);
    const Json host { { "Binds", { "cp:/v" } } };
    const auto id = run({ "hold" }, host);
    if (!isRunning)
        PL_STATUS(api().post("/containers/" + id + "/kill"), 204);
    QTRY_VERIFY(isRunning
        || api().get("/containers/" + id + "/json").body.find("\"exited\"") != std::string::npos);
    const std::string bytes(300'000, 'x');
    for (const auto compression : { Compression::None, Compression::Gzip, Compression::Xz }) {
        const auto tar =
            makeTar({ { TarEntry::Type::File, "deep/er/file", bytes, 0600, 12, 34 } }, compression);
        PL_VERIFY(tar);
        for (const std::string directory : { "/tmp", "/v" }) {
            PL_STATUS(put(id, directory, tar.value()), 200);
            const auto out = api().get(archiveTarget(id, directory + "/deep"));
            PL_STATUS(out, 200);
            QVERIFY(out.body.find(bytes) != std::string::npos);
            QVERIFY(out.body.starts_with("deep/"));
        }
    }
    PL_STATUS(api().get(archiveTarget(id, "/no/such")), 404);
    PL_STATUS(put(id, "/payload", "rubbish"), 400);
    // Afterwards it starts as if nothing had been.
    if (!isRunning)
        PL_STATUS(api().post("/containers/" + id + "/start"), 204);
}

void TestFiles::diffAndExport()
{
    const auto id = run({ "hold" });
    const auto tar = makeTar({ { TarEntry::Type::File, "added", "new" } });
    PL_VERIFY(tar);
    PL_STATUS(put(id, "/tmp", tar.value()), 200);
    const Json changes = api().get("/containers/" + id + "/changes").json();
    const Json expected = Json::array(
        { { { "Path", "/tmp" }, { "Kind", 0 } }, { { "Path", "/tmp/added" }, { "Kind", 1 } } });
    QCOMPARE(dumpJson(changes), dumpJson(expected));
    const auto exported = api().get("/containers/" + id + "/export");
    PL_STATUS(exported, 200);
    QVERIFY(exported.body.find("tmp/added") != std::string::npos);
}

// SEC-30: the container exchanges the path for a link to the host while it is copied
// (CVE-2018-15664).
void TestFiles::swappedPathLeadsNowhere()
{
    const std::string before = pictureOf(m_canary);
    const auto id = run({ "swap", "/tmp/place", "/tmp/link" }, Json { { "Binds", { "race:/v" } } });
    // It has ended at once: what it swaps was not there. Made now, then started again.
    QTRY_VERIFY(
        api().get("/containers/" + id + "/json").body.find("\"exited\"") != std::string::npos);
    const auto tar = makeTar({ { TarEntry::Type::Directory, "place/" },
        { TarEntry::Type::File, "place/file", "the container's" },
        { TarEntry::Type::Symlink, "link", m_canary.string() } });
    const auto attack = makeTar({ { TarEntry::Type::File, "file", "overwritten" },
        { TarEntry::Type::Directory, "sub/" }, { TarEntry::Type::File, "sub/new", "planted" } });
    PL_VERIFY(tar);
    PL_VERIFY(attack);
    PL_STATUS(put(id, "/tmp", tar.value()), 200);
    PL_STATUS(api().post("/containers/" + id + "/start"), 204);
    for (int round = 0; round < kRounds; ++round) {
        put(id, "/tmp/place", attack.value());
        const auto read = api().get(archiveTarget(id, "/tmp/place/file"));
        QVERIFY(read.body.find(kSecret) == std::string::npos);
        const auto all = api().get(archiveTarget(id, "/tmp/place/."));
        QVERIFY(all.body.find(kSecret) == std::string::npos);
    }
    QCOMPARE(pictureOf(m_canary), before);
}

// SEC-31: no program or library of the image is run with the engine's rights (CVE-2019-14271).
void TestFiles::nothingOfTheImageIsRun()
{
    auto image = TestImage::payload("hostile:test");
    PL_VERIFY(image);
    std::vector<TarEntry> entries;
    for (const auto* name : { "xz", "unxz", "gzip", "gunzip", "unpigz", "zstd", "bzip2", "tar" })
        for (const auto* directory : { "bin/", "usr/bin/" })
            entries.push_back({ TarEntry::Type::File, std::string(directory) + name,
                "#!/payload\n#!/bin/sh\ntouch " + m_canary.string() + "/ran\n" });
    PL_DONE(image.value().addLayer(entries));
    PL_DONE(loadImage(std::move(image).value()));
    const std::string before = pictureOf(m_canary);
    const auto id = createContainer(api(), "hostile:test", { "hold" });
    PL_VERIFY(id);
    PL_DONE(startContainer(api(), id.value()));
    for (const auto compression :
        { Compression::None, Compression::Gzip, Compression::Xz, Compression::Zstd }) {
        const auto tar = makeTar({ { TarEntry::Type::File, "file", "bytes" } }, compression);
        PL_VERIFY(tar);
        PL_STATUS(put(id.value(), "/tmp", tar.value()), 200);
        PL_STATUS(api().get(archiveTarget(id.value(), "/tmp/file")), 200);
    }
    QCOMPARE(pictureOf(m_canary), before);
}

// SEC-32: modes and owners go to what the archive names, not through its links (CVE-2021-32760).
void TestFiles::linksInArchivesStayInside()
{
    const std::string before = pictureOf(m_canary);
    const auto id = run({ "hold" });
    const std::string outside = "../../../../../../.." + m_canary.string();
    for (const auto& target : { m_canary.string(), outside }) {
        const auto tar = makeTar({ { TarEntry::Type::Symlink, "link", target },
            { TarEntry::Type::Directory, "link/", "", 0777, 99, 99 },
            { TarEntry::Type::File, "link/file", "through the link", 0777, 99, 99 } });
        PL_VERIFY(tar);
        put(id, "/tmp", tar.value());
        const auto hard = makeTar({ { TarEntry::Type::Hardlink, "hard", target + "/file" },
            { TarEntry::Type::File, "hard", "through the hard link", 0777, 99, 99 } });
        PL_VERIFY(hard);
        put(id, "/tmp", hard.value());
    }
    const auto climbing = makeTar({ { TarEntry::Type::File, "../../escaped", "out" } });
    PL_VERIFY(climbing);
    PL_STATUS(put(id, "/tmp", climbing.value()), 400);
    QCOMPARE(pictureOf(m_canary), before);
}

// SEC-34: what an image calls a volume is not filled from the host (CVE-2022-23648).
void TestFiles::volumePathsStayInside()
{
    auto image = TestImage::payload("volumes:test");
    PL_VERIFY(image);
    PL_DONE(image.value().addLayer({ { TarEntry::Type::Symlink, "astray", m_canary.string() },
        { TarEntry::Type::Symlink, "up", "../../../../../../" } }));
    image.value().config["config"]["Volumes"] = { { "/../.." + m_canary.string(), Json::object() },
        { "/astray", Json::object() }, { "/up" + m_canary.string(), Json::object() } };
    PL_DONE(loadImage(std::move(image).value()));
    const auto id = createContainer(api(), "volumes:test", { "hold" });
    PL_VERIFY(id);
    const Json volumes = jsonMember(api().get("/volumes").json(), "Volumes");
    QCOMPARE(volumes.size(), std::size_t(3));
    for (const auto& volume : volumes) {
        const auto place = jsonString(volume, "Mountpoint").value();
        QVERIFY2(!fs::exists(fs::path(place) / "file"), place.c_str());
    }
}

// SEC-35: files that the engine writes for a container do not go through its links (CVE-2025-9566).
void TestFiles::plantedFilesAreNotWrittenThrough()
{
    auto image = TestImage::payload("planted:test");
    PL_VERIFY(image);
    std::vector<TarEntry> entries;
    for (const auto* name : { "etc/resolv.conf", "etc/hosts", "etc/hostname" })
        entries.push_back({ TarEntry::Type::Symlink, name, m_canary.string() + "/file" });
    PL_DONE(image.value().addLayer(entries));
    PL_DONE(loadImage(std::move(image).value()));
    const std::string before = pictureOf(m_canary);
    const auto ended = runToEnd(api(), "planted:test", { "cat", "/etc/hosts" });
    PL_VERIFY(ended);
    QVERIFY(ended.value().output.out.find(kSecret) == std::string::npos);
    QCOMPARE(pictureOf(m_canary), before);
}

void TestFiles::wrongInput_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    const auto volume = [](const char* name, const char* body, int status) {
        QTest::newRow(name) << "/volumes/create" << body << status;
    };
    volume("volume name climbs", R"({"Name":"../x"})", 400);
    volume("volume name is short", R"({"Name":"x"})", 400);
    volume("unknown volume driver", R"({"Name":"vol","Driver":"nfs4"})", 404);
    volume("unknown volume option", R"({"Name":"vol","DriverOpts":{"size":"1"}})", 400);
    volume("relative device",
        R"({"Name":"vol","DriverOpts":{"type":"none","o":"bind","device":"x"}})", 400);
    volume("labels are text", R"({"Name":"vol","Labels":"a"})", 400);
}

void TestFiles::wrongInput()
{
    QFETCH(const QString, target);
    QFETCH(const QString, body);
    QFETCH(const int, status);
    PL_STATUS(api().call("POST", target.toStdString(), body.toStdString()), status);
}

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
