#include "engine/base/digest.h"
#include "engine/base/syscalls.h"
#include "tests/support/containers.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/engine_process.h"
#include "tests/support/local_registry.h"
#include "tests/support/test_image.h"
#include "tests/support/verify.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <random>
#include <sstream>

using namespace portlight;
using namespace portlight::test;

namespace {

std::string random(std::size_t size)
{
    std::mt19937_64 generator(7);
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(generator());
    return bytes;
}

std::vector<Json> linesOf(const std::string& body)
{
    std::vector<Json> lines;
    std::istringstream text(body);
    for (std::string line; std::getline(text, line);)
        if (auto parsed = parseJson(line))
            lines.push_back(std::move(parsed).value());
    return lines;
}

/// The error of a stream of messages; empty where there is none.
std::string errorOf(const ApiAnswer& answer)
{
    if (answer.status != 200)
        return answer.message();
    for (const Json& line : linesOf(answer.body))
        if (line.contains("error"))
            return line["error"].get<std::string>();
    return {};
}

bool hasStatus(const ApiAnswer& answer, const std::string& status)
{
    for (const Json& line : linesOf(answer.body))
        if (line.value("status", "") == status)
            return true;
    return false;
}

std::string authHeader(const std::string& password)
{
    const Json json { { "username", LocalRegistry::kUser }, { "password", password } };
    return QByteArray::fromStdString(dumpJson(json))
        .toBase64(QByteArray::Base64UrlEncoding)
        .toStdString();
}

} // namespace

/// Pull and push against a real registry, filled by a tool that is not ours.
class TestRegistries : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void pulledAsPushed_data() { addRunAsRows(); }
    void pulledAsPushed();
    void pushWithPassword();
    void severalPlatforms();
    void resumesBrokenDownload();
    void wrongBytesAreRefused();
    void clientThatLeavesEndsThePull();
    void refusals_data();
    void refusals();

private:
    std::unique_ptr<LocalRegistry> m_registry;
    TestImage m_image;
    QTemporaryDir m_files;
    std::string m_archive;
};

void TestRegistries::initTestCase()
{
    auto registry = LocalRegistry::start(LocalRegistry::Kind::Plain);
    if (!registry)
        PL_MUST_RUN_SKIP(registry.error().message.c_str());
    m_registry = std::move(registry).value();
    auto image = TestImage::payload("things/one:1", { "hold" }, Compression::Gzip);
    PL_VERIFY(image);
    m_image = std::move(image).value();
    PL_DONE(m_image.addLayer(
        { { TarEntry::Type::File, "large", random(3'000'000) } }, Compression::Gzip));
    PL_DONE(m_image.addLayer({ { TarEntry::Type::File, "zstd", "of zstd" } }, Compression::Zstd));
    m_archive = m_files.filePath("one.tar").toStdString();
    PL_DONE(writeArchive(m_archive, m_image.ociFiles()));
    PL_DONE(m_registry->fill(m_archive, "things/one:1"));
}

void TestRegistries::pulledAsPushed()
{
    QFETCH(const RunAs, runAs);
    PL_START_ENGINE(engine, runAs);
    const Api api = engine.api();
    const std::string name = m_registry->address() + "/things/one";
    const auto digest = m_registry->digestOf("things/one:1");
    PL_VERIFY(digest);

    const auto pulled = api.post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    PL_STATUS(pulled, 200);
    QCOMPARE(errorOf(pulled), std::string());
    for (const char* status : { "Pulling from things/one", "Pulling fs layer", "Downloading",
             "Verifying Checksum", "Download complete", "Extracting", "Pull complete" })
        QVERIFY2(hasStatus(pulled, status), status);
    QVERIFY(hasStatus(pulled, "Digest: " + digest.value()));
    QVERIFY(hasStatus(pulled, "Status: Downloaded newer image for " + name + ":1"));

    const Json inspected = api.get("/images/" + name + ":1/json").json();
    QCOMPARE(jsonString(inspected, "Id").value(), m_image.id());
    QCOMPARE(
        dumpJson(inspected["RepoDigests"]), dumpJson(Json::array({ name + "@" + digest.value() })));
    PL_STATUS(api.get("/images/" + name + "@" + digest.value() + "/json"), 200);

    const auto again = api.post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    QVERIFY(hasStatus(again, "Status: Image is up to date for " + name + ":1"));
    QVERIFY(hasStatus(again, "Already exists"));

    // Back under another name: nothing is sent that the registry has, and the digest is the same.
    PL_STATUS(api.post("/images/" + name
                  + ":1/tag?repo=" + encoded(m_registry->address() + "/things/two") + "&tag=2"),
        201);
    const auto pushed = api.post("/images/" + m_registry->address() + "/things/two/push?tag=2");
    PL_STATUS(pushed, 200);
    QCOMPARE(errorOf(pushed), std::string());
    const auto pushedDigest = m_registry->digestOf("things/two:2");
    PL_VERIFY(pushedDigest);
    QCOMPARE(pushedDigest.value(), digest.value());
    const Json last = linesOf(pushed.body).back();
    QCOMPARE(last["aux"]["Digest"].get<std::string>(), digest.value());

    const auto ran = runToEnd(api, name + ":1", { "print", "hello" });
    PL_VERIFY(ran);
    QCOMPARE(ran.value().exitCode, 0);
}

void TestRegistries::pushWithPassword()
{
    auto secured = LocalRegistry::start(LocalRegistry::Kind::TlsWithPassword);
    if (!secured)
        PL_MUST_RUN_SKIP(secured.error().message.c_str());
    const LocalRegistry& registry = *secured.value();
    PL_START_ENGINE(engine, RunAs::Current);
    Api api = engine.api();
    const std::string name = registry.address() + "/private/one";
    PL_STATUS(api.upload("/images/load", m_archive), 200);
    PL_STATUS(api.post("/images/things/one:1/tag?repo=" + encoded(name) + "&tag=1"), 201);

    const std::string refusal = errorOf(api.post("/images/" + name + "/push?tag=1"));
    QVERIFY2(refusal.find("authentication required") != std::string::npos, refusal.c_str());
    const Json wrong { { "username", LocalRegistry::kUser }, { "password", "wrong" },
        { "serveraddress", registry.address() } };
    PL_STATUS(api.post("/auth", wrong), 401);
    Json right = wrong;
    right["password"] = LocalRegistry::kPassword;
    const auto login = api.post("/auth", right);
    PL_STATUS(login, 200);
    QCOMPARE(jsonString(login.json(), "Status").value(), std::string("Login Succeeded"));

    api.addHeader("X-Registry-Auth", authHeader(LocalRegistry::kPassword));
    const auto pushed = api.post("/images/" + name + "/push?tag=1");
    QCOMPARE(errorOf(pushed), std::string());
    QVERIFY(hasStatus(pushed, "Pushed"));
    const auto digest = registry.digestOf("private/one:1");
    PL_VERIFY(digest);
    QCOMPARE(digest.value(), Digest::of(dumpJson(m_image.ociManifest())).text());

    PL_STATUS(api.post("/images/" + name
                  + ":1/tag?repo=" + encoded(registry.address() + "/private/two") + "&tag=1"),
        201);
    const auto mounted = api.post("/images/" + registry.address() + "/private/two/push?tag=1");
    QCOMPARE(errorOf(mounted), std::string());
    QVERIFY(hasStatus(mounted, "Mounted from private/one"));
    PL_STATUS(api.remove("/images/" + m_image.id() + "?force=1"), 200);
    const auto pulled = api.post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    QCOMPARE(errorOf(pulled), std::string());
    QVERIFY(hasStatus(pulled, "Digest: " + digest.value()));
}

void TestRegistries::severalPlatforms()
{
    TestImage other = TestImage::empty("things/several:1");
    PL_DONE(other.addLayer({ { TarEntry::Type::File, "other", "of another machine" } },
        Compression::Gzip)); // what is not compressed, skopeo would compress
    other.config["architecture"] = "s390x";
    TestImage ours = m_image;
    Json manifests = Json::array();
    auto files = m_image.ociFiles();
    for (const TestImage* image : { &ours, &other }) {
        const std::string manifest = dumpJson(image->ociManifest());
        manifests.push_back({ { "mediaType", "application/vnd.oci.image.manifest.v1+json" },
            { "digest", Digest::of(manifest).text() }, { "size", manifest.size() },
            { "platform",
                { { "os", "linux" }, { "architecture", image->config["architecture"] } } } });
        for (auto& file : image->ociFiles())
            if (file.first.starts_with("blobs/")
                && std::find(files.begin(), files.end(), file) == files.end())
                files.push_back(std::move(file));
    }
    const std::string index = dumpJson({ { "schemaVersion", 2 },
        { "mediaType", "application/vnd.oci.image.index.v1+json" }, { "manifests", manifests } });
    const std::string digest = Digest::of(index).text();
    files.emplace_back("blobs/sha256/" + digest.substr(7), index);
    for (auto& file : files)
        if (file.first == "index.json")
            file.second = dumpJson({ { "schemaVersion", 2 },
                { "manifests",
                    { { { "mediaType", "application/vnd.oci.image.index.v1+json" },
                        { "digest", digest }, { "size", index.size() } } } } });
    const std::string archive = m_files.filePath("several.tar").toStdString();
    PL_DONE(writeArchive(archive, files));
    PL_DONE(m_registry->fill(archive, "things/several:1"));

    PL_START_ENGINE(engine, RunAs::Current);
    const Api api = engine.api();
    const std::string name = m_registry->address() + "/things/several";
    const auto pulled = api.post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    QCOMPARE(errorOf(pulled), std::string());
    const Json inspected = api.get("/images/" + name + ":1/json").json();
    QCOMPARE(jsonString(inspected, "Id").value(), ours.id());
    const auto known = m_registry->digestOf("things/several:1");
    PL_VERIFY(known);
    QCOMPARE(known.value(), digest);
    QCOMPARE(dumpJson(inspected["RepoDigests"]), dumpJson(Json::array({ name + "@" + digest })));
    const auto second =
        api.post("/images/create?fromImage=" + encoded(name) + "&tag=1&platform=linux/s390x");
    QCOMPARE(errorOf(second), std::string());
    QCOMPARE(jsonString(api.get("/images/" + name + ":1/json").json(), "Id").value(), other.id());
    const auto none =
        api.post("/images/create?fromImage=" + encoded(name) + "&tag=1&platform=linux/mips64");
    PL_STATUS(none, 404);
    QVERIFY(none.message().find("no matching manifest for linux/mips64") != std::string::npos);
    const Json about = api.get("/distribution/" + name + ":1/json").json();
    QCOMPARE(about["Platforms"].size(), std::size_t { 2 });
    QCOMPARE(about["Descriptor"]["digest"].get<std::string>(), digest);
}

void TestRegistries::resumesBrokenDownload()
{
    PL_START_ENGINE(engine, RunAs::Current);
    auto proxy = CuttingProxy::start(m_registry->port(), 700'000, 4);
    PL_VERIFY(proxy);
    const std::string name = "127.0.0.1:" + std::to_string(proxy.value()->port()) + "/things/one";
    const auto pulled = engine.api().post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    QCOMPARE(errorOf(pulled), std::string());
    QVERIFY(proxy.value()->cutsLeft() < 4);
    // Taken up where it broke: what came is little more than there is.
    std::int64_t bytes = 0;
    for (const auto& layer : m_image.layers)
        bytes += static_cast<std::int64_t>(layer.blob.size());
    QVERIFY2(proxy.value()->bytesBrought() < bytes + 200'000,
        std::to_string(proxy.value()->bytesBrought()).c_str());
    QCOMPARE(jsonString(engine.api().get("/images/" + name + ":1/json").json(), "Id").value(),
        m_image.id());
}

void TestRegistries::wrongBytesAreRefused()
{
    auto evil = LocalRegistry::start(LocalRegistry::Kind::Plain);
    PL_VERIFY(evil);
    PL_DONE(evil.value()->fill(m_archive, "things/one:1"));
    const std::string blob = Digest::of(m_image.layers[1].blob).text();
    QFile file(QString::fromStdString(evil.value()->blobFile(blob)));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(1'000'000));
    file.write("changed");
    file.close();
    PL_START_ENGINE(engine, RunAs::Current);
    const std::string name = evil.value()->address() + "/things/one";
    const auto pulled = engine.api().post("/images/create?fromImage=" + encoded(name) + "&tag=1");
    const std::string error = errorOf(pulled);
    QVERIFY2(error.find("digest mismatch: expected " + blob) != std::string::npos, error.c_str());
    QCOMPARE(engine.api().get("/images/json").json().size(), std::size_t { 0 });
    const QDir downloads(QString::fromStdString(engine.dataRoot() + "/tmp/downloads"));
    QVERIFY(!downloads.exists(QString::fromStdString(blob.substr(7))));
}

void TestRegistries::clientThatLeavesEndsThePull()
{
    PL_START_ENGINE(engine, RunAs::Current);
    auto proxy = CuttingProxy::start(m_registry->port(), 1'000'000, 100, true);
    PL_VERIFY(proxy);
    const std::string name = "127.0.0.1:" + std::to_string(proxy.value()->port()) + "/things/one";
    const QDir work(QString::fromStdString(engine.dataRoot() + "/tmp"));
    {
        auto stream =
            engine.api().open("POST", "/images/create?fromImage=" + encoded(name) + "&tag=1");
        QCOMPARE(stream.status(), 200);
        QVERIFY(stream.readLine().has_value());
        QTRY_VERIFY(!work.entryList({ "import-*" }).isEmpty());
    }
    QTRY_VERIFY_WITH_TIMEOUT(work.entryList({ "import-*" }).isEmpty(), 10'000);
    QCOMPARE(engine.api().get("/images/json").json().size(), std::size_t { 0 });
    // What came stays for the next attempt.
    const auto again = engine.api().post(
        "/images/create?fromImage=" + encoded(m_registry->address() + "/things/one") + "&tag=1");
    QCOMPARE(errorOf(again), std::string());
    QVERIFY(QDir(work.filePath("downloads")).isEmpty());
}

void TestRegistries::refusals_data()
{
    QTest::addColumn<std::string>("target");
    QTest::addColumn<int>("status");
    QTest::addColumn<std::string>("text");
    const std::string create = "/images/create?fromImage=";
    const std::string here = encoded(m_registry->address());
    QTest::newRow("no tag of that name") << create + here + "%2fthings%2fone&tag=none" << 404
                                         << std::string("not found: manifest unknown");
    QTest::newRow("no repository of that name")
        << create + here + "%2fnothing&tag=1" << 404 << std::string("not found");
    QTest::newRow("no digest of that name")
        << create + here + "%2fthings%2fone&tag=sha256:" + std::string(64, 'a') << 404
        << std::string("not found");
    QTest::newRow("nobody listens")
        << create + "127.0.0.1:1%2fthings&tag=1" << 503 << std::string("cannot reach");
    QTest::newRow("no such host") << create + "nothing.invalid%2fthings&tag=1" << 503
                                  << std::string("cannot reach https://nothing.invalid");
    QTest::newRow("another platform")
        << create + here + "%2fthings%2fone&tag=1&platform=linux/s390x" << 200
        << std::string("does not match the specified platform");
    QTest::newRow("bad name") << create + "Nothing&tag=1" << 400
                              << std::string("invalid reference format");
    QTest::newRow("bad tag") << create + "nothing&tag=a:b" << 400
                             << std::string("invalid tag format");
    QTest::newRow("push of nothing") << std::string("/images/nothing/push?tag=1") << 404
                                     << std::string("tag does not exist: nothing:1");
}

void TestRegistries::refusals()
{
    QFETCH(const std::string, target);
    QFETCH(const int, status);
    QFETCH(const std::string, text);
    PL_START_ENGINE(engine, RunAs::Current);
    const auto answer = engine.api().post(target);
    PL_STATUS(answer, status);
    const std::string error = errorOf(answer);
    QVERIFY2(error.find(text) != std::string::npos, error.c_str());
    QCOMPARE(engine.api().get("/images/json").json().size(), std::size_t { 0 });
}

QTEST_GUILESS_MAIN(TestRegistries)
#include "tst_registries.moc"
