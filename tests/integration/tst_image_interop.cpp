#include "engine/base/syscalls.h"
#include "tests/support/containers.h"
#include "tests/support/engine_process.h"
#include "tests/support/must_run.h"
#include "tests/support/programs.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <map>

using namespace portlight;
using namespace portlight::test;

namespace {

using Type = TarEntry::Type;

constexpr const char* kName = "interop/one:1";

/// Runs a tool with a home of its own: nothing of this machine's configuration or storage counts.
Ran runTool(const QString& home, const QString& program, const QStringList& words)
{
    RunOptions options;
    options.environment.insert("HOME", home);
    options.environment.insert("TMPDIR", home);
    options.environment.insert("XDG_RUNTIME_DIR", home);
    options.environment.insert("CONTAINERS_STORAGE_CONF", home + "/storage.conf");
    return runProgram(QStringList { program } + words, options);
}

/// Every blob of an OCI layout by name.
std::map<std::string, std::string> blobsIn(const QString& layout)
{
    std::map<std::string, std::string> blobs;
    const QDir directory(layout + "/blobs/sha256");
    for (const QString& name : directory.entryList(QDir::Files)) {
        QFile file(directory.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            blobs[name.toStdString()] = file.readAll().toStdString();
    }
    return blobs;
}

} // namespace

#define PL_MUST_HAVE_TOOL(program)                                                                 \
    do {                                                                                           \
        if (QStandardPaths::findExecutable(program).isEmpty())                                     \
            PL_MUST_RUN_SKIP("package " program " is missing");                                    \
    } while (false)
#define PL_TOOL(ran)                                                                               \
    do {                                                                                           \
        const Ran result = (ran);                                                                  \
        QVERIFY2(result.exitCode == 0, (result.out + result.err).constData());                     \
    } while (false)

/// Archives of skopeo, podman, buildah and umoci come in, ours go into each of them, and ids and
/// digests are the same on both sides.
class TestImageInterop : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void blobForBlob_data();
    void blobForBlob();
    void skopeo_data();
    void skopeo();
    void storageTools_data();
    void storageTools();
    void umoci();

private:
    Ran tool(const QString& program, const QStringList& words) const
    {
        return runTool(m_home->path(), program, words);
    }
    QString file(const char* name) const { return m_home->filePath(name); }
    bool unpack(const QString& archive, const QString& directory) const;

    std::unique_ptr<QTemporaryDir> m_home;
    TestImage m_image;
};

void TestImageInterop::initTestCase()
{
    auto image = TestImage::payload(kName, { "print", "hello" }, Compression::Gzip);
    PL_VERIFY(image);
    m_image = std::move(image).value();
    PL_DONE(m_image.addLayer(
        { { Type::Directory, "data/", {}, 0750, 3, 4 },
            { Type::File, "data/file", "of the second layer", 0640, 3, 4 },
            { Type::Symlink, "data/link", "file" }, { Type::Hardlink, "data/hard", "data/file" } },
        Compression::Gzip));
    PL_DONE(m_image.addLayer({ { Type::File, "data/.wh.hard", {} } }, Compression::Gzip));
}

void TestImageInterop::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    QVERIFY(m_home->isValid());
    const std::string home = m_home->path().toStdString();
    PL_DONE(writeFileDurably(home + "/storage.conf",
        "[storage]\ndriver = \"vfs\"\nrunroot = \"" + home + "/run\"\ngraphroot = \"" + home
            + "/graph\"\n"));
    QVERIFY(QDir(m_home->path()).mkpath(".config/containers"));
    PL_DONE(writeFileDurably(home + "/.config/containers/policy.json",
        R"({"default":[{"type":"insecureAcceptAnything"}]})"));
}

bool TestImageInterop::unpack(const QString& archive, const QString& directory) const
{
    return QDir().mkpath(directory)
        && runTool(m_home->path(), "tar", { "-xf", archive, "-C", directory }).exitCode == 0;
}

void TestImageInterop::blobForBlob_data()
{
    QTest::addColumn<bool>("isByPath");
    QTest::newRow("by stream") << false;
    QTest::newRow("by path") << true;
}

// An OCI archive that skopeo wrote goes out as it came in.
void TestImageInterop::blobForBlob()
{
    QFETCH(const bool, isByPath);
    PL_MUST_HAVE_TOOL("skopeo");
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    const std::string ours = file("ours.tar").toStdString();
    PL_DONE(writeArchive(ours, m_image.ociFiles()));
    PL_TOOL(tool("skopeo",
        { "copy", "-q", "oci-archive:" + file("ours.tar"),
            "oci-archive:" + file("skopeo.tar") + ":" + kName }));
    const std::string theirs = file("skopeo.tar").toStdString();
    const std::string out = file("out.tar").toStdString();
    const std::string at = "/portlight/v1/archives/";
    if (isByPath) {
        PL_STATUS(api.post(at + "import?path=" + encoded(theirs)), 200);
        PL_STATUS(
            api.post(at + "export?format=oci&names=interop%2fone:1&path=" + encoded(out)), 200);
    } else {
        PL_STATUS(api.upload("/images/load", theirs), 200);
        PL_STATUS(api.download("/images/interop/one:1/get?format=oci", out), 200);
    }
    QVERIFY(unpack(file("skopeo.tar"), file("in")));
    QVERIFY(unpack(file("out.tar"), file("out")));
    const auto before = blobsIn(file("in"));
    QVERIFY(before.size() >= 5);
    QVERIFY(before == blobsIn(file("out")));
}

void TestImageInterop::skopeo_data()
{
    QTest::addColumn<QString>("form");
    for (const char* form : { "docker-archive", "oci-archive" })
        QTest::newRow(form) << form;
}

void TestImageInterop::skopeo()
{
    QFETCH(const QString, form);
    PL_MUST_HAVE_TOOL("skopeo");
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    PL_DONE(writeArchive(file("ours.tar").toStdString(), m_image.ociFiles()));
    PL_TOOL(tool("skopeo",
        { "copy", "-q", "oci-archive:" + file("ours.tar"),
            form + ":" + file("theirs.tar") + ":" + kName }));
    PL_STATUS(api.upload("/images/load", file("theirs.tar").toStdString()), 200);
    const Json inspected = api.get("/images/interop/one:1/json").json();
    QCOMPARE(inspected["Id"].get<std::string>(), m_image.id());
    PL_STATUS(
        api.download("/images/interop/one:1/get" + std::string(form[0] == 'o' ? "?format=oci" : ""),
            file("out.tar").toStdString()),
        200);
    // The configuration's digest is the id on their side.
    const Ran raw = tool("skopeo", { "inspect", "--raw", form + ":" + file("out.tar") });
    QVERIFY2(raw.exitCode == 0, raw.err.constData());
    const auto manifest = parseJson(raw.out.toStdString());
    PL_VERIFY(manifest);
    QCOMPARE(manifest.value()["config"]["digest"].get<std::string>(), m_image.id());
}

void TestImageInterop::storageTools_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("form");
    for (const char* program : { "podman", "buildah" })
        for (const char* form : { "docker-archive", "oci-archive" })
            QTest::addRow("%s, %s", program, form) << program << form;
}

// Ours goes into their storage, and what they write of it comes back as the same image.
void TestImageInterop::storageTools()
{
    QFETCH(const QString, program);
    QFETCH(const QString, form);
    if (::geteuid() != 0)
        QSKIP("these tools want subordinate ids or root");
    if (QStandardPaths::findExecutable(program).isEmpty())
        PL_MUST_RUN_SKIP(("package " + program + " is missing").toUtf8().constData());
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    PL_DONE(writeArchive(file("first.tar").toStdString(), m_image.ociFiles()));
    PL_STATUS(api.upload("/images/load", file("first.tar").toStdString()), 200);
    const bool isOci = form == "oci-archive";
    PL_STATUS(api.download("/images/interop/one:1/get" + std::string(isOci ? "?format=oci" : ""),
                  file("ours.tar").toStdString()),
        200);
    const QString policy = m_home->path() + "/.config/containers/policy.json";
    const std::string hex = m_image.id().substr(7);
    if (program == "podman")
        PL_TOOL(tool("podman", { "load", "-q", "-i", file("ours.tar") }));
    else
        PL_TOOL(tool("buildah",
            { "pull", "-q", "--signature-policy", policy, form + ":" + file("ours.tar") }));
    const Ran ids = tool(program, { "images", "-q", "--no-trunc" });
    QVERIFY2(ids.exitCode == 0 && ids.out.contains(hex.c_str()), (ids.out + ids.err).constData());

    PL_STATUS(api.remove("/images/" + m_image.id() + "?force=1"), 200);
    const QString id = QString::fromStdString(hex);
    if (program == "podman")
        PL_TOOL(tool("podman", { "save", "-q", "--format", form, "-o", file("theirs.tar"), id }));
    else
        PL_TOOL(tool("buildah",
            { "push", "-q", "--signature-policy", policy, id, form + ":" + file("theirs.tar") }));
    PL_STATUS(api.upload("/images/load", file("theirs.tar").toStdString()), 200);
    const Json inspected = api.get("/images/" + m_image.id() + "/json").json();
    QCOMPARE(inspected["Id"].get<std::string>(), m_image.id());
    QCOMPARE(inspected["RootFS"]["Layers"].size(), std::size_t { 3 });
    const auto ran = runToEnd(api, m_image.id(), { "print", "hello" });
    PL_VERIFY(ran);
    QCOMPARE(ran.value().exitCode, 0);
}

void TestImageInterop::umoci()
{
    if (::geteuid() != 0)
        QSKIP("umoci unpacks owners, which only root can");
    PL_MUST_HAVE_TOOL("umoci");
    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    // Theirs: made from nothing, with a layer on top.
    const QString layout = file("layout");
    PL_DONE(writeFileDurably(file("inserted").toStdString(), "by umoci"));
    PL_TOOL(tool("umoci", { "init", "--layout", layout }));
    PL_TOOL(tool("umoci", { "new", "--image", layout + ":made" }));
    PL_TOOL(
        tool("umoci", { "insert", "--image", layout + ":made", file("inserted"), "/inserted" }));
    const auto imported =
        api.post("/portlight/v1/archives/import?path=" + encoded(layout.toStdString()));
    PL_STATUS(imported, 200);
    QVERIFY2(imported.body.find("\"error\"") == std::string::npos, imported.body.c_str());
    const Json list = api.get("/images/json").json();
    QCOMPARE(list.size(), std::size_t { 1 });
    const std::string id = list[0]["Id"].get<std::string>();
    // Its blobs as they are: id and digest are theirs.
    QVERIFY(QFile::exists(layout + "/blobs/sha256/" + QString::fromStdString(id.substr(7))));
    // Ours: whatever goes out, umoci unpacks.
    PL_DONE(writeArchive(file("ours.tar").toStdString(), m_image.ociFiles()));
    PL_STATUS(api.upload("/images/load", file("ours.tar").toStdString()), 200);
    PL_STATUS(
        api.download("/images/interop/one:1/get?format=oci", file("out.tar").toStdString()), 200);
    QVERIFY(unpack(file("out.tar"), file("out")));
    const Ran names = tool("umoci", { "ls", "--layout", file("out") });
    QVERIFY2(names.exitCode == 0, names.err.constData());
    const QString name = QString::fromUtf8(names.out).trimmed();
    PL_TOOL(tool("umoci", { "unpack", "--image", file("out") + ":" + name, file("bundle") }));
    const auto content = readFile(file("bundle/rootfs/data/file").toStdString());
    PL_VERIFY(content);
    QCOMPARE(content.value(), std::string("of the second layer"));
    QVERIFY(!QFile::exists(file("bundle/rootfs/data/hard")));
}

QTEST_GUILESS_MAIN(TestImageInterop)
#include "tst_image_interop.moc"
