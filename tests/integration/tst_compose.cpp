#include "tests/support/engine_fixture.h"
#include "tests/support/programs.h"
#include "tests/support/verify.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QtTest>

#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

namespace {

constexpr int kPatienceMs = 60'000; ///< a database makes itself in the meantime

/// A usual stack: the database has to be healthy before the application starts, the data are in a
/// volume, and only the proxy is reached from outside.
constexpr const char* kStack = R"(version: "2.4"
services:
  postgres:
    image: postgres:portlight-test
    volumes: ["database:/var/lib/postgresql/data"]
    networks: [back]
    healthcheck:
      test: ["CMD-SHELL", "/usr/lib/postgresql/15/bin/pg_isready -h 127.0.0.1 -U postgres"]
      interval: 1s
      timeout: 10s
      retries: 60
  redis:
    image: redis:portlight-test
    volumes: ["cache:/data"]
    networks: {back: {aliases: [store]}}
  app:
    image: app:portlight-test
    environment: {CACHE_HOST: store}
    networks: [back, front]
    depends_on:
      postgres: {condition: service_healthy}
      redis: {condition: service_started}
    labels: {tier: application}
  proxy:
    image: proxy:portlight-test
    ports: ["127.0.0.1::80"]
    networks: [front]
    depends_on: [app]
    restart: unless-stopped
networks:
  back: {internal: true}
  front: {}
volumes: {database: {}, cache: {}}
)";

} // namespace

/// Debian's docker-compose, a client that is not ours, against the engine: a stack of PostgreSQL,
/// Redis, a Python application and nginx through its whole life.
class TestCompose : public EngineFixture {
    Q_OBJECT
private slots:
    void initTestCase_data() { addRunAsRows(); }
    void initTestCase();
    void init();
    void cleanup() { removeObjects(); }
    void cleanupTestCase() { removeEngine(); }
    void stackThroughItsLife();

private:
    Ran compose(const QStringList& words) const;
    std::string visit() const;
    /// The next visit succeeds within the patience and is at least number @p count in both.
    void expectVisit(int count);
    int runningCount(const char* service) const;

    std::string m_archive;
};

#define COMPOSE_OK(...)                                                                            \
    do {                                                                                           \
        const Ran ended = compose({ __VA_ARGS__ });                                                \
        QVERIFY2(ended.exitCode == 0, (ended.out + ended.err).constData());                        \
    } while (false)

void TestCompose::initTestCase()
{
    if (QStandardPaths::findExecutable("docker-compose").isEmpty())
        PL_MUST_RUN_SKIP("docker-compose (package docker-compose) is not installed");
    const auto archive = servicesArchive();
    if (!archive)
        PL_MUST_RUN_SKIP(archive.error().message.c_str());
    m_archive = archive.value();
}

void TestCompose::init()
{
    provideEngine([this] {
        PL_DONE(loadArchive(api(), m_archive));
        QFile file(QString::fromStdString(filePath("docker-compose.yml")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(kStack) > 0);
        file.close();
        // It runs with the rights of the engine's user.
        const std::string directory = filePath("");
        QVERIFY(::chown(directory.c_str(), engine().user().uid, engine().user().gid) == 0);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
    });
}

Ran TestCompose::compose(const QStringList& words) const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("DOCKER_HOST", "unix://" + QString::fromStdString(engine().socket()));
    environment.insert("DOCKER_CONFIG", QString::fromStdString(filePath("config")));
    environment.insert("HOME", QString::fromStdString(filePath("")));
    const QStringList head { "docker-compose", "--ansi", "never", "-p", "stack", "-f",
        QString::fromStdString(filePath("docker-compose.yml")) };
    return runProgram(head + words,
        { .environment = environment, .user = engine().user(), .patienceMs = 120'000 });
}

std::string TestCompose::visit() const
{
    const Ran port = compose({ "port", "proxy", "80" });
    const QString number = QString(port.out).trimmed().section(':', -1);
    const QStringList words { "timeout", "20", PORTLIGHT_BUILD_DIR "/tests/test_payload", "fetch",
        number, "/" };
    const Ran ran =
        ::geteuid() == 0 ? runInNetworkOf(engine().hostPid(), words) : runProgram(words);
    const auto body = ran.out.indexOf("\r\n\r\n");
    return (body < 0 ? port.err + ran.err : ran.out.mid(body + 4)).toStdString();
}

void TestCompose::expectVisit(int count)
{
    std::string answer;
    const auto arrives = [&] {
        answer = visit();
        return answer.find("\"database\"") != std::string::npos;
    };
    // By the clock: QTRY_ would count its own naps only, and a visit takes seconds where it fails.
    const QDeadlineTimer patience(kPatienceMs);
    while (!arrives() && !patience.hasExpired())
        QTest::qWait(50);
    QVERIFY2(answer.find("\"database\"") != std::string::npos, answer.c_str());
    const auto json = parseJson(answer);
    PL_VERIFY(json);
    QVERIFY2(jsonInt(json.value(), "database", -1).value() >= count, answer.c_str());
    QVERIFY2(jsonInt(json.value(), "cache", -1).value() >= count, answer.c_str());
}

int TestCompose::runningCount(const char* service) const
{
    const Json filters { { "status", { "running" } },
        { "label", { std::string("com.docker.compose.service=") + service } } };
    return static_cast<int>(
        api().get("/containers/json?filters=" + encoded(dumpJson(filters))).json().size());
}

void TestCompose::stackThroughItsLife()
{
    COMPOSE_OK("config", "-q");
    COMPOSE_OK("up", "-d");
    QVERIFY(compose({ "ps" }).out.contains("Up (healthy)"));
    int visits = 0;
    expectVisit(++visits);
    expectVisit(++visits);

    COMPOSE_OK("up", "-d", "--scale", "app=3");
    QCOMPARE(runningCount("app"), 3);
    expectVisit(++visits);
    COMPOSE_OK("exec", "-T", "redis", "redis-cli", "ping");
    const Ran logs = compose({ "logs", "--no-color", "postgres" });
    QVERIFY2(logs.out.contains("database system is ready to accept connections"), logs.out);
    const Ran once = compose({ "run", "--rm", "--no-deps", "app", "echo", "once" });
    QVERIFY2(once.exitCode == 0 && once.out.contains("once"), once.err);
    COMPOSE_OK("top");
    COMPOSE_OK("pause", "redis");
    COMPOSE_OK("unpause", "redis");

    COMPOSE_OK("restart", "-t", "20");
    expectVisit(++visits);
    COMPOSE_OK("stop", "-t", "20", "redis");
    QCOMPARE(runningCount("redis"), 0);
    COMPOSE_OK("start", "redis");
    COMPOSE_OK("up", "-d", "--scale", "app=1");
    QCOMPARE(runningCount("app"), 1);
    expectVisit(++visits);

    // Nothing but the volumes is kept, and then not even these.
    COMPOSE_OK("down", "-t", "20");
    QCOMPARE(api().get("/containers/json?all=1").json().size(), std::size_t(0));
    COMPOSE_OK("up", "-d");
    expectVisit(++visits);
    COMPOSE_OK("down", "-v", "-t", "20");
    QCOMPARE(jsonMember(api().get("/volumes").json(), "Volumes").size(), std::size_t(0));
    QCOMPARE(api().get("/networks").json().size(), std::size_t(3)); // bridge, host, none
}

QTEST_GUILESS_MAIN(TestCompose)
#include "tst_compose.moc"
