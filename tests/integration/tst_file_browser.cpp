#include "tests/support/engine_fixture.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>

using namespace portlight;
using namespace portlight::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kImage = "browsed:test";
constexpr const char* kSecret = "the host's own";
constexpr int kMany = 2500;

/// OWNER/files and what follows in `rest`, with a path.
std::string target(
    const std::string& owner, const std::string& path, const std::string& rest = "?path=")
{
    return "/portlight/v1/" + owner + "/files" + rest + encoded(path);
}

std::string content(const std::string& owner, const std::string& path)
{
    return target(owner, path, "/content?path=");
}

/// The entry of that name, or null.
Json entryOf(const Json& listing, const std::string& name)
{
    for (const auto& entry : jsonMember(listing, "Entries"))
        if (jsonString(entry, "Name").value() == name)
            return entry;
    return nullptr;
}

std::string text(const Json& entry, const char* key)
{
    return jsonString(entry, key, "none").value();
}

} // namespace

/// The window's file manager: listing, reading and changing the files of containers, volumes and
/// images through the engine, and what an attacker inside would try against it.
class TestFileBrowser : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void imageIsListedAndRead();
    void changesOfAContainer_data();
    void changesOfAContainer();
    void filesOf_data();
    void filesOf();
    void editNeedsWhatWasRead();
    void hugeDirectoryComesInPages();
    void namesThatAreNoText();
    void mountsStay();
    void readOnlyIsKept();
    void specialFilesAreRefused();
    void nothingLeadsOut_data();
    void nothingLeadsOut();
    void swappedPathLeadsNowhere();
    void wrongInput_data();
    void wrongInput();

private:
    std::string held(const Json& host = Json::object())
    {
        return runContainer(kImage, { "hold" }, Json { { "HostConfig", host } });
    }
    Json list(const std::string& owner, const std::string& path) const
    {
        return api().get(target(owner, path)).json();
    }
    std::string read(const std::string& owner, const std::string& path) const
    {
        const auto answer = api().get(content(owner, path));
        return answer.status == 200 ? answer.body : "failed: " + answer.message();
    }
    ApiAnswer write(const std::string& owner, const std::string& path, const std::string& bytes,
        const std::string& more = {}) const
    {
        return api().call("PUT", content(owner, path) + more, bytes);
    }
    void stop(const std::string& id) const;
    void loadImage();

    fs::path m_canary; ///< of the host: never touched, never read
};

void TestFileBrowser::loadImage()
{
    auto image = TestImage::payload(kImage);
    PL_VERIFY(image);
    PL_DONE(image.value().addLayer({ { TarEntry::Type::Directory, "srv/" },
        { TarEntry::Type::File, "srv/kept", "as it was", 0640, 7, 8 },
        { TarEntry::Type::File, "srv/edited", "before" },
        { TarEntry::Type::File, "srv/gone", "to be removed" },
        { TarEntry::Type::Directory, "srv/quiet/" }, { TarEntry::Type::File, "srv/quiet/x", "x" },
        { TarEntry::Type::Directory, "srv/loud/" }, { TarEntry::Type::File, "srv/loud/x", "x" },
        { TarEntry::Type::Symlink, "srv/link", "kept" },
        { TarEntry::Type::Symlink, "srv/up", "../../../../.." },
        { TarEntry::Type::Symlink, "srv/out", m_canary.string() } }));
    PL_DONE(image.value().addLayer({ { TarEntry::Type::Fifo, "srv/pipe" } }));
    PL_DONE(writeArchive(filePath("image.tar"), image.value().dockerFiles()));
    PL_DONE(loadArchive(api(), filePath("image.tar")));
}

void TestFileBrowser::init()
{
    provideEngine([this] {
        m_canary = engine().directory() + "/canary";
        fs::create_directory(m_canary);
        std::ofstream(m_canary / "file") << kSecret;
        for (const auto& path : { m_canary, m_canary / "file" })
            QVERIFY(::chown(path.c_str(), engine().user().uid, engine().user().gid) == 0);
        loadImage();
    });
}

void TestFileBrowser::stop(const std::string& id) const
{
    PL_STATUS(api().post("/containers/" + id + "/kill"), 204);
    QTRY_VERIFY(
        api().get("/containers/" + id + "/json").body.find("\"exited\"") != std::string::npos);
}

void TestFileBrowser::imageIsListedAndRead()
{
    const Json listing = list("images/browsed:test", "/srv");
    QCOMPARE(text(listing, "Path"), std::string("/srv"));
    QVERIFY(jsonBool(listing, "ReadOnly").value());
    QCOMPARE(jsonInt(listing, "Total").value(), 9);
    const Json kept = entryOf(listing, "kept");
    QCOMPARE(text(kept, "Type"), std::string("file"));
    QCOMPARE(jsonInt(kept, "Size").value(), 9);
    QCOMPARE(jsonInt(kept, "Mode").value(), 0640);
    QCOMPARE(jsonInt(kept, "Uid").value(), 7);
    QCOMPARE(jsonInt(kept, "Gid").value(), 8);
    QCOMPARE(text(kept, "ModifiedAt"), std::string("1970-01-01T00:00:00Z"));
    QCOMPARE(text(entryOf(listing, "link"), "LinkTarget"), std::string("kept"));
    QCOMPARE(text(entryOf(listing, "pipe"), "Type"), std::string("fifo"));
    QCOMPARE(text(entryOf(listing, "quiet"), "Type"), std::string("directory"));
    const Json file = list("images/browsed:test", "/srv/link");
    QCOMPARE(text(file, "Path"), std::string("/srv/kept"));
    QVERIFY(jsonMember(file, "Entries").is_null());
    QCOMPARE(text(jsonMember(file, "Entry"), "Type"), std::string("file"));
    QCOMPARE(read("images/browsed:test", "/srv/link"), std::string("as it was"));
    const auto piece =
        api().get(content("images/browsed:test", "/srv/kept") + "&offset=3&length=2");
    PL_STATUS(piece, 200);
    QCOMPARE(piece.body, std::string("it"));
    QCOMPARE(piece.headers.at("x-portlight-file-size"), std::string("9"));
    QCOMPARE(piece.headers.at("x-portlight-modified-at"), std::string("1970-01-01T00:00:00Z"));
    PL_STATUS(write("images/browsed:test", "/srv/kept", "no"), 403);
    PL_STATUS(api().remove(target("images/browsed:test", "/srv/kept")), 403);
}

void TestFileBrowser::changesOfAContainer_data()
{
    QTest::addColumn<bool>("isRunning");
    QTest::newRow("running") << true;
    QTest::newRow("stopped") << false;
}

void TestFileBrowser::changesOfAContainer()
{
    QFETCH(const bool, isRunning);
    const auto id = held({ { "Binds", { "browsed:/srv/mounted" } } });
    const std::string owner = "containers/" + id;
    if (!isRunning)
        stop(id);
    const Json untouched = list(owner, "/srv");
    for (const auto& entry : jsonMember(untouched, "Entries"))
        QCOMPARE(text(entry, "Change"), std::string());
    PL_STATUS(write(owner, "/srv/new", "fresh"), 204);
    PL_STATUS(write(owner, "/srv/edited", "after"), 204);
    PL_STATUS(write(owner, "/srv/loud/x", "y"), 204);
    PL_STATUS(api().remove(target(owner, "/srv/gone")), 204);
    const Json listing = list(owner, "/srv");
    QCOMPARE(text(entryOf(listing, "new"), "Change"), std::string("added"));
    QCOMPARE(text(entryOf(listing, "edited"), "Change"), std::string("changed"));
    QCOMPARE(text(entryOf(listing, "loud"), "Change"), std::string("changed"));
    QCOMPARE(text(entryOf(listing, "quiet"), "Change"), std::string());
    QCOMPARE(text(entryOf(listing, "kept"), "Change"), std::string());
    QCOMPARE(text(entryOf(listing, "mounted"), "Change"), std::string());
    const Json gone = entryOf(listing, "gone");
    QCOMPARE(text(gone, "Change"), std::string("removed"));
    QCOMPARE(jsonInt(gone, "Size").value(), 13);
    QCOMPARE(text(entryOf(list(owner, "/"), "srv"), "Change"), std::string("changed"));
    QCOMPARE(text(entryOf(list(owner, "/"), "etc"), "Change"), std::string());
}

void TestFileBrowser::filesOf_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("directory");
    QTest::newRow("running container") << "running" << "/srv";
    QTest::newRow("stopped container") << "stopped" << "/srv";
    QTest::newRow("volume of a running container") << "running" << "/v";
    QTest::newRow("volume of a stopped container") << "stopped" << "/v";
    QTest::newRow("volume") << "volume" << "";
}

// Everything a file manager does, in each place.
void TestFileBrowser::filesOf()
{
    QFETCH(const QString, owner);
    QFETCH(const QString, directory);
    const auto id = held({ { "Binds", { "browsed:/v" } } });
    if (owner == "stopped")
        stop(id);
    const std::string at = owner == "volume" ? "volumes/browsed" : "containers/" + id;
    const std::string top = directory.toStdString();
    PL_STATUS(api().post(target(at, top + "/a/b", "/directory?parents=1&path=")), 201);
    PL_STATUS(api().post(target(at, top + "/a", "/directory?path=")), 409);
    PL_STATUS(api().post(target(at, top + "/m", "/directory?mode=0700&uid=3&gid=4&path=")), 201);
    const Json made = entryOf(list(at, top + "/"), "m");
    QCOMPARE(jsonInt(made, "Mode").value(), 0700);
    QCOMPARE(jsonInt(made, "Uid").value(), 3);
    const std::string bytes(700'000, 'z');
    PL_STATUS(write(at, top + "/a/b/f", bytes, "&mode=4750&uid=5"), 204);
    QCOMPARE(read(at, top + "/a/b/f"), bytes);
    const Json file = jsonMember(list(at, top + "/a/b/f"), "Entry");
    QCOMPARE(jsonInt(file, "Mode").value(), 04750);
    QCOMPARE(jsonInt(file, "Uid").value(), 5);
    PL_STATUS(write(at, top + "/a/b/f", "short"), 204); // keeps owner and mode
    QCOMPARE(jsonInt(jsonMember(list(at, top + "/a/b/f"), "Entry"), "Mode").value(), 04750);
    QCOMPARE(read(at, top + "/a/b/f"), std::string("short"));
    PL_STATUS(write(at, top + "/a/b/f", "other", "&new=1"), 409);
    PL_STATUS(write(at, top + "/no/f", "x"), 404);
    PL_STATUS(write(at, top + "/a/b", "x"), 400);
    const auto rename = [&](const std::string& from, const std::string& to) {
        return api().post(target(at, top + from, "/rename?path=") + "&to=" + encoded(top + to));
    };
    PL_STATUS(rename("/a/b/f", "/a/g"), 204);
    PL_STATUS(write(at, top + "/a/b/h", "h"), 204);
    PL_STATUS(rename("/a/g", "/a/b/h"), 409);
    PL_STATUS(api().post(target(at, top + "/a/g", "/rename?overwrite=1&path=")
                  + "&to=" + encoded(top + "/a/b/h")),
        204);
    QCOMPARE(read(at, top + "/a/b/h"), std::string("short"));
    PL_STATUS(rename("/a", "/moved"), 204);
    QCOMPARE(read(at, top + "/moved/b/h"), std::string("short"));
    PL_STATUS(rename("/a", "/x"), 404);
    PL_STATUS(api().remove(target(at, top + "/moved")), 409);
    PL_STATUS(api().remove(target(at, top + "/moved") + "&recursive=1"), 204);
    PL_STATUS(api().remove(target(at, top + "/m")), 204);
    PL_STATUS(api().remove(target(at, top + "/m")), 404);
    QVERIFY(entryOf(list(at, top + "/"), "moved").is_null());
    if (owner == "stopped") // and it starts as if nothing had been
        PL_STATUS(api().post("/containers/" + id + "/start"), 204);
}

void TestFileBrowser::editNeedsWhatWasRead()
{
    const std::string owner = "containers/" + held();
    const auto readAt = [&] {
        return api().get(content(owner, "/srv/edited")).headers.at("x-portlight-modified-at");
    };
    const std::string before = readAt();
    PL_STATUS(write(owner, "/srv/edited", "mine", "&expected=" + encoded(before)), 204);
    PL_STATUS(write(owner, "/srv/edited", "late", "&expected=" + encoded(before)), 409);
    QCOMPARE(read(owner, "/srv/edited"), std::string("mine"));
    PL_STATUS(write(owner, "/srv/edited", "next", "&expected=" + encoded(readAt())), 204);
    // A directory of the image is moved although overlayfs cannot rename it.
    PL_STATUS(
        api().post(target(owner, "/srv/quiet", "/rename?path=") + "&to=/srv/loud/quiet"), 204);
    QCOMPARE(read(owner, "/srv/loud/quiet/x"), std::string("x"));
    QCOMPARE(text(entryOf(list(owner, "/srv"), "quiet"), "Change"), std::string("removed"));
}

void TestFileBrowser::hugeDirectoryComesInPages()
{
    const std::string owner = "containers/" + held({ { "Binds", { "browsed:/v" } } });
    std::vector<TarEntry> entries;
    for (int at = 0; at < kMany; ++at)
        entries.push_back({ TarEntry::Type::File, "many/" + std::to_string(at), "" });
    const auto tar = makeTar(entries);
    PL_VERIFY(tar);
    PL_STATUS(api().call("PUT", "/" + owner + "/archive?path=/v", tar.value()), 200);
    std::set<std::string> seen;
    std::string last;
    int pages = 0;
    for (std::string next; pages == 0 || !next.empty(); ++pages) {
        QVERIFY(pages < 10);
        const auto answer = api().get(target(owner, "/v/many") + "&limit=700&after=" + next);
        PL_STATUS(answer, 200);
        const Json page = answer.json();
        QCOMPARE(jsonInt(page, "Total").value(), kMany);
        for (const auto& entry : jsonMember(page, "Entries")) {
            const std::string name = text(entry, "Name");
            QVERIFY(last < name);
            last = name;
            seen.insert(name);
        }
        next = text(page, "Next");
    }
    QCOMPARE(pages, 4);
    QCOMPARE(seen.size(), std::size_t(kMany));
}

void TestFileBrowser::namesThatAreNoText()
{
    PL_STATUS(api().post("/volumes/create", Json { { "Name", "browsed" } }), 201);
    const std::string owner = "volumes/browsed";
    PL_STATUS(write(owner, "/caf\xe9 \n\"", "latin"), 204);
    PL_STATUS(write(owner, "/\xe8\xae\xbf\xe9\x97\xae", "utf-8"), 204);
    const Json listing = list(owner, "/");
    const Json& entries = jsonMember(listing, "Entries");
    QCOMPARE(entries.size(), std::size_t(2));
    const std::string name = text(entries.at(0), "EncodedName");
    const auto answer = api().get("/portlight/v1/volumes/browsed/files/content?path=/" + name);
    PL_STATUS(answer, 200);
    QCOMPARE(answer.body, std::string("latin"));
    QVERIFY(!entries.at(1).contains("EncodedName"));
    QCOMPARE(read(owner, "/" + text(entries.at(1), "Name")), std::string("utf-8"));
}

void TestFileBrowser::mountsStay()
{
    const std::string file = (m_canary / "mounted").string();
    std::ofstream(file) << "of the host";
    QVERIFY(::chown(file.c_str(), engine().user().uid, engine().user().gid) == 0);
    const auto id = held({ { "Binds", { "browsed:/srv/deep/v", file + ":/srv/single" } } });
    const std::string owner = "containers/" + id;
    PL_STATUS(write(owner, "/srv/deep/v/data", "precious"), 204);
    for (const bool isRunning : { true, false }) {
        if (!isRunning)
            stop(id);
        for (const char* path : { "/srv", "/srv/deep", "/srv/deep/v", "/srv/single" })
            PL_STATUS(api().remove(target(owner, path) + "&recursive=1"), 409);
        PL_STATUS(api().post(target(owner, "/srv/single", "/rename?path=") + "&to=/srv/s2"), 409);
        QCOMPARE(read(owner, "/srv/deep/v/data"), std::string("precious"));
        QCOMPARE(text(list(owner, "/srv/single"), "Path"), std::string("/srv/single"));
        // A mount of a single file is written in place.
        const std::string bytes = isRunning ? "running" : "stopped";
        PL_STATUS(write(owner, "/srv/single", bytes), 204);
        std::ifstream stream(file);
        QCOMPARE(std::string(std::istreambuf_iterator<char>(stream), {}), bytes);
    }
    // What the runtime mounts: changed in place, never removed from under a running container.
    PL_STATUS(api().post("/containers/" + id + "/start"), 204);
    PL_STATUS(write(owner, "/etc/hosts", "127.0.0.9 edited\n"), 204);
    for (const char* path : { "/etc/hosts", "/etc", "/proc", "/dev/pts", "/sys" })
        PL_STATUS(api().remove(target(owner, path) + "&recursive=1"), 409);
    const auto tar = makeTar({ { TarEntry::Type::File, "hosts", "unpacked" } });
    PL_VERIFY(tar);
    PL_STATUS(api().call("PUT", "/" + owner + "/archive?path=/etc", tar.value()), 409);
    QCOMPARE(read(owner, "/etc/hosts"), std::string("127.0.0.9 edited\n"));
    QVERIFY(read(owner, "/proc/1/mountinfo").find(" /etc/hosts ") != std::string::npos);
    // From the layer into the volume and back.
    PL_STATUS(
        api().post(target(owner, "/srv/kept", "/rename?path=") + "&to=/srv/deep/v/kept"), 204);
    QCOMPARE(read("volumes/browsed", "/kept"), std::string("as it was"));
    QCOMPARE(jsonInt(jsonMember(list("volumes/browsed", "/kept"), "Entry"), "Uid").value(), 7);
    fs::remove(file);
}

void TestFileBrowser::readOnlyIsKept()
{
    const auto id = held({ { "Binds", { "browsed:/v:ro" } }, { "ReadonlyRootfs", true } });
    const std::string owner = "containers/" + id;
    PL_STATUS(write("volumes/browsed", "/f", "kept"), 204);
    for (const bool isRunning : { true, false }) {
        if (!isRunning)
            stop(id);
        for (const std::string top : { "/srv", "/v" }) {
            QVERIFY(jsonBool(list(owner, top), "ReadOnly").value());
            PL_STATUS(write(owner, top + "/f", "changed"), 403);
            PL_STATUS(api().post(target(owner, top + "/d", "/directory?path=")), 403);
            PL_STATUS(api().post(target(owner, top + "/d/e", "/directory?parents=1&path=")), 403);
        }
        PL_STATUS(api().remove(target(owner, "/v/f")), 403);
        PL_STATUS(api().remove(target(owner, "/srv/loud") + "&recursive=1"), 403);
        PL_STATUS(api().post(target(owner, "/v/f", "/rename?path=") + "&to=/v/g"), 403);
    }
    QCOMPARE(read("volumes/browsed", "/f"), std::string("kept"));
}

// A pipe that nobody writes to, devices: nothing that would wait or act.
void TestFileBrowser::specialFilesAreRefused()
{
    const std::string owner = "containers/" + held();
    for (const char* path : { "/srv/pipe", "/dev/zero", "/dev/ptmx", "/srv" }) {
        PL_STATUS(api().get(content(owner, path)), 400);
        PL_STATUS(write(owner, path, "x"), 400);
    }
    QCOMPARE(text(entryOf(list(owner, "/dev"), "zero"), "Type"), std::string("character"));
    QVERIFY(read(owner, "/proc/1/status").find("Name:\tpayload") != std::string::npos);
    PL_STATUS(api().get(content(owner, "/proc/1/root/srv/kept")), 500); // a magic link
}

void TestFileBrowser::nothingLeadsOut_data()
{
    QTest::addColumn<bool>("isRunning");
    QTest::newRow("running") << true;
    QTest::newRow("stopped") << false;
}

void TestFileBrowser::nothingLeadsOut()
{
    QFETCH(const bool, isRunning);
    const auto id = held();
    if (!isRunning)
        stop(id);
    const std::string inside = "/srv/out/file";
    const std::string climbed = "/../../../../../.." + m_canary.string() + "/file";
    for (const std::string& owner : { "containers/" + id, std::string("images/browsed:test") }) {
        for (const auto& path : { inside, climbed, "/srv/up" + m_canary.string() + "/file",
                 std::string("../../../../etc/shadow") }) {
            const auto answer = api().get(content(owner, path));
            PL_STATUS(answer, 404);
            QVERIFY(answer.body.find(kSecret) == std::string::npos);
            PL_STATUS(api().get(target(owner, path)), 404);
        }
        QCOMPARE(text(list(owner, "/srv/up/srv/../.."), "Path"), std::string("/"));
    }
    const std::string owner = "containers/" + id;
    PL_STATUS(write(owner, climbed, "planted"), 404);
    PL_STATUS(api().remove(target(owner, climbed)), 404);
    PL_STATUS(
        api().post(target(owner, "/srv/kept", "/rename?path=") + "&to=" + encoded(climbed)), 404);
    PL_STATUS(api().post(target(owner, "/srv/out/made", "/directory?parents=1&path=")), 201);
    QVERIFY(!fs::exists(m_canary / "made")); // it went to that path of the container's own
    // The link goes, not what it leads to.
    PL_STATUS(api().remove(target(owner, "/srv/out") + "&recursive=1"), 204);
    std::ifstream file(m_canary / "file");
    QCOMPARE(std::string(std::istreambuf_iterator<char>(file), {}), std::string(kSecret));
    for (const char* path : { "/", "/..", "/srv/..", "/srv/." })
        PL_STATUS(api().remove(target(owner, path) + "&recursive=1"), 400);
    QCOMPARE(read(owner, "/srv/kept"), std::string("as it was"));
}

// The container exchanges the path for a link to the host all the time.
void TestFileBrowser::swappedPathLeadsNowhere()
{
    const auto id = runContainer(kImage, { "swap", "/tmp/place", "/tmp/link" });
    QTRY_VERIFY( // at once: what it swaps is not there yet
        api().get("/containers/" + id + "/json").body.find("\"exited\"") != std::string::npos);
    const auto tar = makeTar({ { TarEntry::Type::Directory, "place/" },
        { TarEntry::Type::File, "place/file", "the container's" },
        { TarEntry::Type::Symlink, "link", m_canary.string() } });
    PL_VERIFY(tar);
    const std::string owner = "containers/" + id;
    PL_STATUS(api().call("PUT", "/" + owner + "/archive?path=/tmp", tar.value()), 200);
    PL_STATUS(api().post("/containers/" + id + "/start"), 204);
    int answered = 0;
    for (int round = 0; round < 100; ++round) {
        answered += write(owner, "/tmp/place/file", "planted").status == 204 ? 1 : 0;
        write(owner, "/tmp/place/new", "planted");
        api().post(target(owner, "/tmp/place/dir", "/directory?path="));
        api().post(target(owner, "/tmp/place/new", "/rename?path=") + "&to=/tmp/place/newer");
        const auto seen = api().get(content(owner, "/tmp/place/file"));
        QVERIFY(seen.body.find(kSecret) == std::string::npos);
        api().remove(target(owner, "/tmp/place/dir") + "&recursive=1");
        QVERIFY(list(owner, "/tmp/place").dump().find("canary") == std::string::npos
            || !list(owner, "/tmp/place").contains("Entries"));
    }
    QVERIFY(answered > 0);
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(m_canary))
        names.push_back(entry.path().filename());
    QCOMPARE(names, std::vector<std::string> { "file" });
    std::ifstream file(m_canary / "file");
    QCOMPARE(std::string(std::istreambuf_iterator<char>(file), {}), std::string(kSecret));
}

void TestFileBrowser::wrongInput_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("target");
    QTest::addColumn<int>("status");
    const auto row = [](const char* name, const char* method, const char* rest, int status) {
        QTest::newRow(name) << method << rest << status;
    };
    row("no path", "GET", "images/browsed:test/files", 400);
    row("limit 0", "GET", "images/browsed:test/files?path=/&limit=0", 400);
    row("limit too large", "GET", "images/browsed:test/files?path=/&limit=10001", 400);
    row("limit is text", "GET", "images/browsed:test/files?path=/&limit=all", 400);
    row("after is none", "GET", "images/browsed:test/files?path=/&after=xyz", 400);
    row("path is too long", "GET", "images/browsed:test/files?path=/LONG", 400);
    row("NUL in the path", "GET", "images/browsed:test/files?path=/a%00b", 400);
    row("below a file", "GET", "images/browsed:test/files?path=/srv/kept/x", 404);
    row("negative offset", "GET", "images/browsed:test/files/content?path=/srv/kept&offset=-1",
        400);
    row("unknown image", "GET", "images/none/files?path=/", 404);
    row("unknown container", "GET", "containers/none/files?path=/", 404);
    row("unknown volume", "GET", "volumes/none/files?path=/", 404);
    row("unknown volume is written", "PUT", "volumes/none/files/content?path=/x", 404);
    row("bad mode", "PUT", "volumes/browsed/files/content?path=/x&mode=9", 400);
    row("bad owner", "PUT", "volumes/browsed/files/content?path=/x&uid=root", 400);
    row("file is the root", "PUT", "volumes/browsed/files/content?path=/", 400);
    row("name is too long", "POST", "volumes/browsed/files/directory?path=/NAME", 400);
    row("rename to nothing", "POST", "volumes/browsed/files/rename?path=/x", 400);
    row("directory into itself", "POST", "volumes/browsed/files/rename?path=/d&to=/d/e", 400);
}

void TestFileBrowser::wrongInput()
{
    QFETCH(const QString, method);
    QFETCH(QString, target);
    QFETCH(const int, status);
    PL_STATUS(api().post("/volumes/create", Json { { "Name", "browsed" } }), 201);
    PL_STATUS(api().post("/portlight/v1/volumes/browsed/files/directory?path=/d"), 201);
    target.replace("LONG", QString(5000, 'a')).replace("NAME", QString(300, 'a'));
    const auto answer = api().call(method.toStdString(), "/portlight/v1/" + target.toStdString());
    PL_STATUS(answer, status);
    QVERIFY(!answer.message().empty());
}

QTEST_GUILESS_MAIN(TestFileBrowser)
#include "tst_file_browser.moc"
