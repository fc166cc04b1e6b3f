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

std::string volume(const std::string& rest)
{
    return "/portlight/v1/volumes/" + rest;
}

std::string content(const std::string& name, const std::string& path)
{
    return volume(name + "/files/content?path=" + encoded(path));
}

} // namespace

/// Volumes out to archives and in from them, copies and snapshots.
class TestVolumeArchives : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void outAndInAgain_data();
    void outAndInAgain();
    void cloneIsApart();
    void snapshotsComeBack();
    void exportOfSwappedLinks();
    void importStaysInside_data();
    void importStaysInside();
    void wrongInput_data();
    void wrongInput();

private:
    void fill(const std::string& name);
    /// Kinds, owners, modes, times, links and contents of all that a volume holds.
    std::string pictureOf(const std::string& name, const std::string& path = "/") const;
    std::string read(const std::string& name, const std::string& path) const
    {
        const auto answer = api().get(content(name, path));
        return answer.status == 200 ? answer.body : "failed: " + answer.message();
    }
    std::size_t volumeCount() const
    {
        return jsonMember(api().get("/volumes").json(), "Volumes").size();
    }

    fs::path m_canary; ///< of the host: never read
};

void TestVolumeArchives::init()
{
    provideEngine([this] {
        PL_DONE(loadPayload(api(), filePath(""), kImage));
        m_canary = engine().directory() + "/canary";
        fs::create_directory(m_canary);
        std::ofstream(m_canary / "file") << kSecret;
        for (const auto& path : { m_canary, m_canary / "file" })
            QVERIFY(::chown(path.c_str(), engine().user().uid, engine().user().gid) == 0);
    });
}

void TestVolumeArchives::fill(const std::string& name)
{
    const auto tar = makeTar({ { TarEntry::Type::Directory, "./", "", 0700, 9, 9 },
        { TarEntry::Type::Directory, "dir/", "", 01770, 1, 2 },
        { TarEntry::Type::File, "dir/file", std::string(100'000, 'v'), 04755, 3, 4 },
        { TarEntry::Type::Hardlink, "hard", "dir/file" },
        { TarEntry::Type::Symlink, "link", "/etc/passwd" }, { TarEntry::Type::Fifo, "pipe" },
        { TarEntry::Type::File, "\xe8\xae\xbf", "named in Chinese" } });
    PL_VERIFY(tar);
    PL_STATUS(api().call("POST", volume(name + "/import"), tar.value()), 201);
}

std::string TestVolumeArchives::pictureOf(const std::string& name, const std::string& path) const
{
    const Json listing = api().get(volume(name + "/files?path=" + encoded(path))).json();
    const Json& self = jsonMember(listing, "Entry");
    std::string picture = dumpJson(self) + "\n";
    for (const auto& entry : jsonMember(listing, "Entries")) {
        const auto inner = path + (path == "/" ? "" : "/") + jsonString(entry, "Name").value();
        const auto type = jsonString(entry, "Type").value();
        picture += type == "directory" ? pictureOf(name, inner) : dumpJson(entry) + "\n";
        if (type == "file")
            picture += read(name, inner) + "\n";
    }
    return picture;
}

void TestVolumeArchives::outAndInAgain_data()
{
    QTest::addColumn<QString>("compression");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("magic");
    QTest::newRow("plain") << "none" << "application/x-tar" << QByteArray("./");
    QTest::newRow("gzip") << "gzip" << "application/gzip" << QByteArray("\x1f\x8b");
    QTest::newRow("zstd") << "zstd" << "application/zstd" << QByteArray("\x28\xb5\x2f\xfd");
}

void TestVolumeArchives::outAndInAgain()
{
    QFETCH(const QString, compression);
    QFETCH(const QString, type);
    QFETCH(const QByteArray, magic);
    fill("first");
    const auto archive = api().get(volume("first/export?compression=" + compression.toStdString()));
    PL_STATUS(archive, 200);
    QCOMPARE(archive.headers.at("content-type"), type.toStdString());
    QVERIFY(archive.body.starts_with(magic.toStdString()));
    PL_STATUS(api().call("POST", volume("second/import"), archive.body), 201);
    const auto picture = pictureOf("first");
    QVERIFY2(picture.find("\"Mode\":448") != std::string::npos, picture.c_str()); // of the root
    QVERIFY2(picture.find("\"LinkTarget\":\"/etc/passwd\"") != std::string::npos, picture.c_str());
    QCOMPARE(pictureOf("second"), picture);
    // A container sees it as any volume, and it is no longer to be made anew.
    const auto seen = outputOf(kImage, { "cat", "/v/dir/file" },
        Json { { "HostConfig", { { "Binds", { "second:/v" } } } } });
    QCOMPARE(seen, std::string(100'000, 'v'));
    PL_STATUS(api().call("POST", volume("second/import"), archive.body), 409);
    QCOMPARE(pictureOf("second"), picture);
}

void TestVolumeArchives::cloneIsApart()
{
    fill("first");
    const auto picture = pictureOf("first");
    PL_STATUS(api().post(volume("first/clone?to=copy")), 201);
    QCOMPARE(pictureOf("copy"), picture);
    // Names of one file stay names of one file.
    const Json copied = api().get("/volumes/copy").json();
    const fs::path place = jsonString(copied, "Mountpoint").value();
    if (::geteuid() == 0)
        QCOMPARE(fs::hard_link_count(place / "hard"), std::uintmax_t(2));
    PL_STATUS(api().call("PUT", content("copy", "/dir/new"), "new"), 204);
    QCOMPARE(pictureOf("first"), picture);
    PL_STATUS(api().remove("/volumes/first"), 204);
    QCOMPARE(read("copy", "/hard"), std::string(100'000, 'v'));
    PL_STATUS(api().post(volume("copy/clone?to=copy")), 409);
}

void TestVolumeArchives::snapshotsComeBack()
{
    fill("first");
    const auto before = pictureOf("first");
    const auto named = api().post(volume("first/snapshots?name=before"));
    PL_STATUS(named, 201);
    QVERIFY(jsonString(named.json(), "CreatedAt").value().starts_with("2"));
    PL_STATUS(api().post(volume("first/snapshots?name=before")), 409);
    PL_STATUS(api().call("PUT", content("first", "/dir/later"), "later"), 204);
    const auto timed = api().post(volume("first/snapshots"));
    PL_STATUS(timed, 201);
    const Json list = api().get(volume("first/snapshots")).json();
    QCOMPARE(list.size(), std::size_t(2));
    QCOMPARE(jsonString(list.at(0), "Name").value(), std::string("before"));
    QCOMPARE(list.at(1), timed.json());

    const auto restore = volume("first/snapshots/before/restore");
    PL_STATUS(api().post(restore + "?to=old"), 201);
    QCOMPARE(pictureOf("old"), before);
    const auto id = runContainer(
        kImage, { "hold" }, Json { { "HostConfig", { { "Binds", { "first:/v" } } } } });
    PL_STATUS(api().post(restore), 409); // a running container has it
    QCOMPARE(read("first", "/dir/later"), std::string("later"));
    PL_STATUS(api().post("/containers/" + id + "/kill"), 204);
    const auto exit = waitForExit(api(), id);
    PL_VERIFY(exit);
    PL_STATUS(api().post(restore), 200);
    QCOMPARE(pictureOf("first"), before);
    PL_STATUS(api().post("/containers/" + id + "/start"), 204);
    PL_STATUS(
        api().get("/portlight/v1/containers/" + id + "/files/content?path=/v/dir/later"), 404);

    PL_STATUS(api().remove(volume("first/snapshots/before")), 204);
    PL_STATUS(api().remove(volume("first/snapshots/before")), 404);
    QCOMPARE(api().get(volume("first/snapshots")).json().size(), std::size_t(1));
    // What an engine was making when it was killed is nobody's.
    const Json details = api().get("/volumes/first").json();
    const fs::path top = fs::path(jsonString(details, "Mountpoint").value()).parent_path();
    const auto staged = { top.parent_path() / ".new-abcdef", top / "snapshots" / ".new-abcdef" };
    for (const auto& path : staged)
        QVERIFY(fs::create_directory(path));
    PL_DONE(engine().kill());
    PL_DONE(engine().restart());
    for (const auto& path : staged)
        QVERIFY(!fs::exists(path));
    QCOMPARE(api().get(volume("first/snapshots")).json().size(), std::size_t(1));
}

// SEC-33: an export takes what the volume holds, not what links in it lead to, however the
// container swaps them meanwhile (CVE-2023-0778).
void TestVolumeArchives::exportOfSwappedLinks()
{
    const Json host { { "Binds", { "race:/v" } } };
    const auto id =
        runContainer(kImage, { "swap", "/v/place", "/v/link" }, Json { { "HostConfig", host } });
    const auto exit = waitForExit(api(), id); // at once: what it swaps is not there yet
    PL_VERIFY(exit);
    const auto tar = makeTar({ { TarEntry::Type::Directory, "place/" },
        { TarEntry::Type::File, "place/file", "the container's" },
        { TarEntry::Type::Symlink, "link", m_canary.string() } });
    PL_VERIFY(tar);
    PL_STATUS(api().call("PUT", "/containers/" + id + "/archive?path=/v", tar.value()), 200);
    PL_STATUS(api().post("/containers/" + id + "/start"), 204);
    int found = 0;
    for (int round = 0; round < 150; ++round) {
        const auto archive = api().get(volume("race/export"));
        QVERIFY2(archive.status == 200, (archive.body + engine().output()).c_str());
        QVERIFY(archive.body.find(kSecret) == std::string::npos);
        found += archive.body.find("the container's") == std::string::npos ? 0 : 1;
        const auto copy = "copy" + std::to_string(round);
        if (round % 10 == 0 && api().post(volume("race/clone?to=" + copy)).status == 201)
            QVERIFY(pictureOf(copy).find(kSecret) == std::string::npos);
    }
    QVERIFY(found > 0);
}

void TestVolumeArchives::importStaysInside_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("linkTarget");
    QTest::newRow("entry climbs") << "../../escaped" << "";
    QTest::newRow("through an absolute link") << "link/escaped" << "CANARY";
    QTest::newRow("through a climbing link") << "link/escaped" << "../../../../../../CANARY";
}

void TestVolumeArchives::importStaysInside()
{
    QFETCH(const QString, name);
    QFETCH(QString, linkTarget);
    std::vector<TarEntry> entries;
    linkTarget.replace("CANARY", QString::fromStdString(m_canary.string()));
    if (!linkTarget.isEmpty())
        entries.push_back({ TarEntry::Type::Symlink, "link", linkTarget.toStdString() });
    entries.push_back({ TarEntry::Type::File, name.toStdString(), "planted" });
    const auto tar = makeTar(entries);
    PL_VERIFY(tar);
    const auto answer = api().call("POST", volume("hostile/import"), tar.value());
    QVERIFY(answer.status == 201 || answer.status == 400);
    QVERIFY(!fs::exists(m_canary / "escaped"));
    QCOMPARE(volumeCount(), std::size_t(answer.status == 201 ? 1 : 0));
}

void TestVolumeArchives::wrongInput_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    const auto row = [](const char* name, const char* method, const char* target, const char* body,
                         int status) { QTest::newRow(name) << method << target << body << status; };
    row("export of none", "GET", "none/export", "", 404);
    row("odd compression", "GET", "there/export?compression=rar", "", 400);
    row("no tar", "POST", "new/import", "rubbish that is no archive at all", 400);
    row("cut gzip", "POST", "new/import", "\x1f\x8b\x08", 400);
    row("import over one that is there", "POST", "there/import", "", 409);
    row("import to a climbing name", "POST", "..%2fx/import", "", 404);
    row("clone without a name", "POST", "there/clone", "", 400);
    row("clone to a climbing name", "POST", "there/clone?to=../x", "", 400);
    row("clone of none", "POST", "none/clone?to=new", "", 404);
    row("snapshot of none", "POST", "none/snapshots", "", 404);
    row("snapshot to a climbing name", "POST", "there/snapshots?name=../../x", "", 400);
    row("snapshot by a climbing name", "DELETE", "there/snapshots/..%2f..%2fthere", "", 404);
    row("restore of none", "POST", "there/snapshots/none/restore", "", 404);
}

void TestVolumeArchives::wrongInput()
{
    QFETCH(const QString, method);
    QFETCH(const QString, target);
    QFETCH(const QString, body);
    QFETCH(const int, status);
    PL_STATUS(api().post("/volumes/create", Json { { "Name", "there" } }), 201);
    const auto answer = api().call(
        method.toStdString(), volume(target.toStdString()), body.toLatin1().toStdString());
    PL_STATUS(answer, status);
    QVERIFY(!answer.message().empty());
    QCOMPARE(volumeCount(), std::size_t(1));
}

QTEST_GUILESS_MAIN(TestVolumeArchives)
#include "tst_volume_archives.moc"
