#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <cstring>
#include <filesystem>
#include <random>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

namespace {

namespace fs = std::filesystem;

constexpr int kMalformedRequests = 10'000;
constexpr int kConnections = 500;

/// Somebody who has nothing to do with the engine.
const LocalUser kStranger { "nobody", 65534, 65534, "/" };

std::size_t openDescriptors(pid_t pid)
{
    std::error_code failure;
    std::size_t count = 0;
    for (fs::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", failure), end;
        !failure && at != end; at.increment(failure))
        ++count;
    return count;
}

/// One request that no client sends: a good one with bytes changed, left out, doubled or moved, or
/// noise. The same for the same @p seed.
std::string malformed(unsigned seed)
{
    static const std::string good[] {
        "GET /v1.50/containers/json?all=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /v1.50/containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: "
        "application/json\r\nContent-Length: 22\r\n\r\n{\"Image\":\"a\",\"Cmd\":[1]}",
        "POST /v1.50/images/load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
        "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /v1.50/containers/x/attach?stream=1 HTTP/1.1\r\nHost: x\r\nConnection: "
        "Upgrade\r\nUpgrade: tcp\r\n\r\n",
        "DELETE /v1.50/containers/%00%2e%2e%2f?force=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    };
    std::mt19937 random(seed);
    std::string text = good[random() % std::size(good)];
    for (unsigned changes = 1 + random() % 4; changes > 0 && !text.empty(); --changes) {
        const std::size_t at = random() % text.size();
        switch (random() % 6) {
        case 0:
            text[at] = static_cast<char>(random());
            break;
        case 1:
            text.erase(at, 1 + random() % 8);
            break;
        case 2:
            text.insert(at, std::string(1 + random() % 300, static_cast<char>(random())));
            break;
        case 3:
            text.insert(at, text.substr(at, 40));
            break;
        case 4:
            text.resize(at);
            break;
        default:
            text.insert(at, "\r\nContent-Length: 99999999999999999999\r\n");
        }
    }
    return text;
}

Fd connectTo(const std::string& path)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
    Fd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        link.reset();
    return link;
}

} // namespace

/// What reaches the engine from its socket and from other accounts of the host. The numbers are
/// those of the cases that other engines fell for.
class TestSocketSecurity : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void init()
    {
        provideEngine(
            [this] { PL_VERIFY(loadPayload(api(), engine().directory(), "payload:test")); });
    }
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void sec60StoreIsClosedToOthers();
    void sec61ContainerRootStaysInItsTree();
    void sec62OutputFilesArePrivate();
    void sec63SmuggledBodies_data();
    void sec63SmuggledBodies();
    void sec64SecretsAreNotLogged();
    void malformedRequestsLeaveItServing();
    void manyConnectionsAtOnce();
};

// CVE-2021-41091, CVE-2021-41103, CVE-2024-25621.
void TestSocketSecurity::sec60StoreIsClosedToOthers()
{
    if (::geteuid() != 0)
        QSKIP("looking as another user takes root's rights");
    for (const std::string& directory : { engine().dataRoot(), engine().stateDir() }) {
        const Ran listed =
            runProgram({ "ls", QString::fromStdString(directory) }, { .user = kStranger });
        QVERIFY2(listed.exitCode != 0, listed.out);
        for (const auto& entry : fs::directory_iterator(directory)) {
            const Ran looked = runProgram(
                { "stat", QString::fromStdString(entry.path().string()) }, { .user = kStranger });
            QVERIFY2(looked.exitCode != 0, looked.out);
        }
    }
    struct stat status {};
    QVERIFY(::stat(engine().socket().c_str(), &status) == 0);
    QVERIFY2((status.st_mode & 0007) == 0, "the socket is open to everybody");
    QVERIFY(Api(engine().socket(), kStranger).get("/_ping").status == 0);
}

// CVE-2021-21284.
void TestSocketSecurity::sec61ContainerRootStaysInItsTree()
{
    const auto id = runContainer("payload:test", { "hold" });
    QVERIFY(!id.empty());
    // What it owns as root inside is nobody's business outside, and the store is not in its view.
    const Json details = api().get("/containers/" + id + "/json").json();
    const auto pid = jsonInt(jsonMember(details, "State"), "Pid", 0).value();
    QVERIFY(pid > 0);
    std::error_code failure;
    const fs::path inside("/proc/" + std::to_string(pid) + "/root" + engine().dataRoot());
    QVERIFY(!fs::exists(inside, failure));
    const Ran mounts = runProgram({ "cat", "/proc/" + QString::number(pid) + "/mountinfo" });
    for (const QByteArray& line : mounts.out.split('\n')) {
        const auto fields = line.split(' ');
        if (fields.size() > 4)
            QVERIFY2(!fields[4].startsWith(QByteArray::fromStdString(engine().dataRoot())), line);
    }
}

// CVE-2026-33711, CVE-2026-48750.
void TestSocketSecurity::sec62OutputFilesArePrivate()
{
    const auto id = runContainer("payload:test", { "print", "secret" });
    PL_VERIFY(waitForExit(api(), id));
    int seen = 0;
    for (const std::string& top :
        { engine().dataRoot() + "/containers/" + id, engine().stateDir() + "/containers/" + id }) {
        std::error_code failure;
        struct stat status {};
        if (::stat(top.c_str(), &status) != 0)
            continue;
        ++seen;
        QVERIFY2((status.st_mode & 0077) == 0, top.c_str());
        for (fs::directory_iterator at(top, failure), end; !failure && at != end;
            at.increment(failure))
            QVERIFY2(!at->is_symlink(), at->path().c_str());
    }
    QVERIFY(seen > 0);
}

// The class of CVE-2024-41110: what a checker before the engine takes for another request.
void TestSocketSecurity::sec63SmuggledBodies_data()
{
    QTest::addColumn<QByteArray>("request");
    const QByteArray inner = "GET /v1.50/info HTTP/1.1\r\nHost: x\r\n\r\n";
    const QByteArray head = "POST /v1.50/containers/prune HTTP/1.1\r\nHost: x\r\n";
    QTest::newRow("length and chunks")
        << head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner;
    QTest::newRow("two lengths") << head + "Content-Length: 0\r\nContent-Length: 38\r\n\r\n"
            + inner;
    QTest::newRow("length with a sign") << head + "Content-Length: +0\r\n\r\n" + inner;
    QTest::newRow("length in hexadecimal") << head + "Content-Length: 0x0\r\n\r\n" + inner;
    QTest::newRow("unknown coding")
        << head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner;
    QTest::newRow("bare line feeds")
        << QByteArray("POST /v1.50/containers/prune HTTP/1.1\nHost: x\n\n") + inner;
    QTest::newRow("space before the colon") << head + "Content-Length : 0\r\n\r\n" + inner;
    QTest::newRow("chunk size overflows")
        << head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + inner;
    QTest::newRow("header of a megabyte") << head + "X: " + QByteArray(1'000'000, 'x') + "\r\n\r\n";
}

void TestSocketSecurity::sec63SmuggledBodies()
{
    QFETCH(const QByteArray, request);
    const std::string answer = api().raw(request.toStdString());
    // A call that needs no body may be answered before the body is looked at; then the connection
    // ends.
    const bool isRefused = answer.starts_with("HTTP/1.1 4") || answer.empty();
    QVERIFY2(isRefused || answer.find("Connection: close") != std::string::npos, answer.c_str());
    QVERIFY2(
        answer.find("\"ServerVersion\"") == std::string::npos, "the inner request was answered");
    PL_STATUS(api().get("/_ping"), 200);
}

// CVE-2019-13509.
void TestSocketSecurity::sec64SecretsAreNotLogged()
{
    QFETCH_GLOBAL(const RunAs, runAs);
    EngineProcess::Options options;
    options.runAs = runAs;
    options.arguments = { "--log-level", "debug" };
    const auto started = EngineProcess::start(options);
    PL_VERIFY(started);
    Api client = started.value()->api();
    const std::string marked = "marked-5ecret";
    // {"username":"u","password":"marked-5ecret"}
    client.addHeader(
        "X-Registry-Auth", "eyJ1c2VybmFtZSI6InUiLCJwYXNzd29yZCI6Im1hcmtlZC01ZWNyZXQifQ==");
    const Json login { { "username", "u" }, { "password", marked },
        { "serveraddress", "127.0.0.1:1" } };
    QVERIFY(client.post("/auth", login).status >= 400);
    (void)client.post("/images/create?fromImage=127.0.0.1:1/x&tag=y");
    const Json body { { "Image", "nosuch" }, { "Env", { "TOKEN=" + marked } } };
    QCOMPARE(client.post("/containers/create", body).status, 404);
    const auto stopped = started.value()->terminate();
    PL_VERIFY(stopped);
    const std::string log = started.value()->output();
    QVERIFY2(log.find("debug") != std::string::npos, "nothing was logged at this level");
    QVERIFY2(log.find(marked) == std::string::npos, log.c_str());
    QVERIFY2(log.find("eyJ1c2VybmFtZSI6") == std::string::npos, log.c_str());
}

void TestSocketSecurity::malformedRequestsLeaveItServing()
{
    const auto pid = engine().enginePid();
    PL_VERIFY(pid);
    const auto user = engine().user();
    const ActingAs acting(user);
    PL_STATUS(api().get("/_ping"), 200);
    const std::size_t before = openDescriptors(pid.value());
    for (int round = 0; round < kMalformedRequests; ++round) {
        const Fd link = connectTo(engine().socket());
        QVERIFY2(link.isOpen(), "the engine does not answer any more");
        const std::string request = malformed(static_cast<unsigned>(round));
        (void)::send(link.get(), request.data(), request.size(), MSG_NOSIGNAL);
        // Half of them wait for the answer, half vanish.
        if (round % 2 == 0) {
            ::shutdown(link.get(), SHUT_WR);
            char bytes[512];
            (void)::recv(link.get(), bytes, sizeof bytes, 0);
        }
    }
    const auto now = engine().enginePid();
    PL_VERIFY(now);
    QCOMPARE(now.value(), pid.value());
    PL_STATUS(api().get("/_ping"), 200);
    QTRY_VERIFY_WITH_TIMEOUT(openDescriptors(pid.value()) <= before + 2, 20'000);
}

void TestSocketSecurity::manyConnectionsAtOnce()
{
    const auto user = engine().user();
    const ActingAs acting(user);
    std::vector<Fd> links;
    const std::string request = "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int at = 0; at < kConnections; ++at) {
        links.push_back(connectTo(engine().socket()));
        QVERIFY2(links.back().isOpen(), qPrintable(QString::number(at)));
    }
    for (int round = 0; round < 2; ++round) { // each connection is kept and used again
        for (const Fd& link : links)
            QVERIFY(::send(link.get(), request.data(), request.size(), MSG_NOSIGNAL) > 0);
        for (const Fd& link : links) {
            const timeval patience { 20, 0 };
            ::setsockopt(link.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            std::string answer;
            char bytes[2048];
            while (answer.find("\r\n\r\nOK") == std::string::npos) {
                const ssize_t got = ::recv(link.get(), bytes, sizeof bytes, 0);
                QVERIFY2(got > 0, answer.c_str());
                answer.append(bytes, static_cast<std::size_t>(got));
            }
            QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestSocketSecurity)
#include "tst_socket_security.moc"
