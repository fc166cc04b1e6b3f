#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr int kPatienceMs = 60'000; ///< a database makes itself in the meantime

struct Service {
    const char* name; ///< of the container; its image is name:portlight-test
    const char* volume; ///< "" for none
};
constexpr Service kServices[] = { { "postgres", "database:/var/lib/postgresql/data" },
    { "redis", "cache:/data" }, { "app", "" }, { "proxy", "" } };

} // namespace

/// Four real programs from Debian's packages on one network: nginx before a Python application that
/// counts visits in PostgreSQL and in Redis. They find each other by name, and a client on the host
/// reaches them by a published port.
class TestServices : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void initTestCase();
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void workTogetherAndSurvive();

private:
    void runAll();
    int publishedPort() const;
    std::string visit() const;
    /// The next visit succeeds within the patience and is number @p count in both.
    void expectVisit(int count);

    std::string m_archive;
};

void TestServices::initTestCase()
{
    const auto archive = servicesArchive();
    if (!archive)
        PL_MUST_RUN_SKIP(archive.error().message.c_str());
    m_archive = archive.value();
}

void TestServices::init()
{
    provideEngine([this] { PL_DONE(loadArchive(api(), m_archive)); });
}

void TestServices::runAll()
{
    for (const auto& service : kServices) {
        Json host { { "NetworkMode", "stack" } };
        if (*service.volume != '\0')
            host["Binds"] = { service.volume };
        if (std::string(service.name) == "proxy")
            host["PortBindings"]["80/tcp"] =
                Json::array({ { { "HostIp", "127.0.0.1" }, { "HostPort", "" } } });
        const auto image = std::string(service.name) + ":portlight-test";
        QVERIFY(!runContainer(image, {}, Json { { "HostConfig", host } }, service.name).empty());
    }
}

int TestServices::publishedPort() const
{
    const Json details = api().get("/containers/proxy/json").json();
    const Json& ports = jsonMember(jsonMember(details, "NetworkSettings"), "Ports");
    const Json& bindings = jsonMember(ports, "80/tcp");
    return bindings.is_array() && !bindings.empty()
        ? std::stoi(jsonString(bindings.front(), "HostPort", "0").value())
        : 0;
}

std::string TestServices::visit() const
{
    const QStringList words { "timeout", "20", PORTLIGHT_BUILD_DIR "/tests/test_payload", "fetch",
        QString::number(publishedPort()), "/" };
    const Ran ran =
        ::geteuid() == 0 ? runInNetworkOf(engine().hostPid(), words) : runProgram(words);
    const auto body = ran.out.indexOf("\r\n\r\n");
    return body < 0 ? ran.err.toStdString() : ran.out.mid(body + 4).toStdString();
}

// A visit that fails half-way counts in one of the two: both are looked at by themselves.
void TestServices::expectVisit(int count)
{
    std::string answer;
    const auto arrives = [&] {
        answer = visit();
        return answer.find("\"database\"") != std::string::npos;
    };
    QTRY_VERIFY2_WITH_TIMEOUT(arrives(), answer.c_str(), kPatienceMs);
    const auto json = parseJson(answer);
    PL_VERIFY(json);
    QVERIFY2(jsonInt(json.value(), "database", -1).value() >= count, answer.c_str());
    QVERIFY2(jsonInt(json.value(), "cache", -1).value() >= count, answer.c_str());
}

void TestServices::workTogetherAndSurvive()
{
    PL_STATUS(api().post("/networks/create", Json { { "Name", "stack" } }), 201);
    runAll();
    QVERIFY(publishedPort() > 0);
    int visits = 0;
    expectVisit(++visits);
    expectVisit(++visits);
    for (const auto& service : kServices) {
        PL_STATUS(api().post("/containers/" + std::string(service.name) + "/restart?t=20"), 204);
        expectVisit(++visits);
    }
    PL_DONE(engine().kill());
    PL_DONE(engine().restart());
    expectVisit(++visits);
    const auto stopped = engine().terminate();
    PL_VERIFY(stopped);
    PL_DONE(engine().restart());
    expectVisit(++visits);
    // Nothing but the volumes is kept.
    for (const auto& service : kServices) {
        const std::string name = service.name;
        PL_STATUS(api().post("/containers/" + name + "/stop?t=20"), 204);
        PL_STATUS(api().remove("/containers/" + name + "?v=1"), 204);
    }
    runAll();
    expectVisit(++visits);
}

QTEST_GUILESS_MAIN(TestServices)
#include "tst_services.moc"
