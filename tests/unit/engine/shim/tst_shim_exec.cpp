#include "engine/base/syscalls.h"
#include "tests/support/shim_verify.h"

#include <QtTest>

#include <csignal>

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;

namespace {

constexpr const char* kIdle = "trap 'exit 0' TERM; while :; do sleep 0.05; done";

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// Processes that join a container which runs.
class TestShimExec : public QObject {
    Q_OBJECT

private slots:
    void isInTheContainer_data() { addRunAsRows(); }
    void isInTheContainer();
    void rights_data() { addRunAsRows(); }
    void rights();
    void userByName_data() { addRunAsRows(); }
    void userByName();
    void streams_data() { addRunAsRows(); }
    void streams();
    void terminal_data() { addRunAsRows(); }
    void terminal();
    void failures_data();
    void failures();
    void badRequests_data();
    void badRequests();
    void endsWithTheContainer_data() { addRunAsRows(); }
    void endsWithTheContainer();
    void outlivesItsClient_data() { addRunAsRows(); }
    void outlivesItsClient();
    void takesSignals_data() { addRunAsRows(); }
    void takesSignals();
    void manyAtOnce_data() { addRunAsRows(); }
    void manyAtOnce();
    void nullDeviceIsTheContainers_data() { addRunAsRows(); }
    void nullDeviceIsTheContainers();
};

void TestShimExec::isInTheContainer()
{
    PL_MAKE_RUN(run);
    run.setCommand(std::string("echo here > /tmp/mark; ") + kIdle);
    PL_SPAWN_RUNNING(run);
    QTRY_VERIFY(run.exec(run.execRequest({ "cat", "/tmp/mark" })).out == "here\n");
    const auto outcome = run.exec(run.execRequest({ "sh", "-c",
        "hostname; for n in mnt pid net ipc uts cgroup user; do"
        " [ $(readlink /proc/1/ns/$n) = $(readlink /proc/$$/ns/$n) ] || echo apart $n; done;"
        " cat /proc/1/cgroup > /tmp/one; cat /proc/$$/cgroup > /tmp/own;"
        " [ \"$(cat /tmp/one)\" = \"$(cat /tmp/own)\" ] || echo other cgroup;"
        " echo $COLOUR; exit 7" }));
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("box\nblue\n"));
    QCOMPARE(outcome.exit->exitCode, 7);
    QVERIFY(outcome.exit->finishedAtNs >= outcome.exit->startedAtNs);
}

void TestShimExec::rights()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest(
        { "sh", "-c", "grep -E 'Cap|NoNew|SigIgn|SigBlk' /proc/self/status; pwd; ulimit -Sn" });
    request["process"]["cwd"] = "/tmp";
    request["process"]["noNewPrivileges"] = true;
    request["process"]["capabilities"] = { { "bounding", { "CAP_CHOWN" } },
        { "effective", { "CAP_CHOWN" } }, { "permitted", { "CAP_CHOWN" } } };
    request["process"]["rlimits"] =
        Json::array({ { { "type", "RLIMIT_NOFILE" }, { "soft", 77 }, { "hard", 88 } } });
    const auto outcome = run.exec(request);
    PL_EXITED(outcome);
    for (const char* line : { "CapInh:\t0000000000000000\n", "CapPrm:\t0000000000000001\n",
             "CapEff:\t0000000000000001\n", "CapBnd:\t0000000000000001\n", "NoNewPrivs:\t1\n",
             "SigIgn:\t0000000000000000\n", "SigBlk:\t0000000000000000\n", "/tmp\n77\n" })
        QVERIFY2(has(outcome.out, line), outcome.out.c_str());
}

void TestShimExec::userByName()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest({ "sh", "-c",
        "id -u; id -g; echo $HOME; grep CapEff /proc/self/status; echo x > /dev/stdout" });
    request["user"] = "web";
    request["groups"] = { "5" };
    const auto outcome = run.exec(request);
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("1000\n1000\n/srv/web\nCapEff:\t0000000000000000\nx\n"));
    request["user"] = "nobody-here";
    const auto unknown = run.exec(request);
    QVERIFY2(unknown.failure, unknown.trouble.c_str());
    QVERIFY(has(unknown.failure->message, "unable to find user nobody-here"));
    QCOMPARE(unknown.failure->exitCode, 126);
}

void TestShimExec::streams()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest({ "sh", "-c", "cat; echo bad >&2; yes | head -c 3000000" });
    request["stdin"] = true;
    const std::string input(1'000'000, 'x');
    const auto outcome = run.exec(request, input);
    PL_EXITED(outcome);
    QCOMPARE(outcome.err, std::string("bad\n"));
    QCOMPARE(outcome.out.size(), input.size() + 3'000'000);
    // The container's own log is not concerned.
    const auto log = run.logText();
    QVERIFY(log && log.value().empty());
}

void TestShimExec::terminal()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest({ "sh", "-c", "tty; stty size; read line; stty size" });
    request["process"]["terminal"] = true;
    request["process"]["consoleSize"] = { { "height", 33 }, { "width", 111 } };
    request["stdin"] = true;
    const auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec, request));
    const auto started = client.value()->receive();
    QVERIFY(started && started.value().type == FrameType::Started);
    const Json size { { "columns", 90 }, { "rows", 20 } };
    std::string seen;
    while (!has(seen, "33 111")) {
        const auto frame = client.value()->receive();
        QVERIFY2(frame, seen.c_str());
        seen += frame.value().payload.substr(1);
    }
    QVERIFY2(has(seen, "/dev/pts/"), seen.c_str());
    QVERIFY(client.value()->send(FrameType::Resize, size));
    QVERIFY(client.value()->send(FrameType::Stdin, "\n"));
    const auto outcome = ShimRun::collect(*client.value());
    PL_EXITED(outcome);
    QVERIFY2(has(outcome.out, "20 90"), outcome.out.c_str());
}

void TestShimExec::failures_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("directory");
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("exitCode");
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        QTest::addRow("%s not found", name)
            << runAs << "nope" << "/" << "executable file not found in $PATH" << 127;
        QTest::addRow("%s no such path", name)
            << runAs << "/no/such" << "/" << "no such file or directory" << 127;
        QTest::addRow("%s not executable", name)
            << runAs << "/etc/passwd" << "/" << "permission denied" << 126;
        QTest::addRow("%s directory", name) << runAs << "/etc" << "/" << "is a directory" << 126;
        QTest::addRow("%s no working directory", name)
            << runAs << "true" << "/nowhere" << "chdir to cwd (\"/nowhere\")" << 126;
    }
}

void TestShimExec::failures()
{
    PL_MAKE_RUN(run);
    QFETCH(const QString, program);
    QFETCH(const QString, directory);
    QFETCH(const QString, message);
    QFETCH(const int, exitCode);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest({ program.toStdString() });
    request["process"]["cwd"] = directory.toStdString();
    const auto outcome = run.exec(request);
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QVERIFY2(
        has(outcome.failure->message, message.toStdString()), outcome.failure->message.c_str());
    QCOMPARE(outcome.failure->exitCode, exitCode);
    // The shim and its container have taken no harm.
    const auto next = run.exec(run.execRequest({ "echo", "fine" }));
    PL_EXITED(next);
    QCOMPARE(next.out, std::string("fine\n"));
}

void TestShimExec::badRequests_data()
{
    QTest::addColumn<QString>("payload");
    QTest::newRow("no JSON") << "{";
    QTest::newRow("a list") << "[]";
    QTest::newRow("no id") << R"({"process":{"args":["true"],"cwd":"/"}})";
    QTest::newRow("no process") << R"({"id":"x"})";
    QTest::newRow("process is text") << R"({"id":"x","process":"true"})";
    QTest::newRow("no args") << R"({"id":"x","process":{"args":[],"cwd":"/"}})";
    QTest::newRow("relative cwd") << R"({"id":"x","process":{"args":["true"],"cwd":"tmp"}})";
    QTest::newRow("NUL in args") << R"({"id":"x","process":{"args":["a\u0000b"],"cwd":"/"}})";
    QTest::newRow("groups are text")
        << R"({"id":"x","groups":"5","process":{"args":["true"],"cwd":"/"}})";
}

void TestShimExec::badRequests()
{
    QFETCH(const QString, payload);
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    QVERIFY2(user, lack.c_str());
    auto made = ShimRun::make(*user);
    QVERIFY(made);
    ShimRun& run = *made.value();
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    const auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec, payload.toStdString()));
    const auto answer = client.value()->receive();
    QVERIFY(answer);
    QCOMPARE(answer.value().type, FrameType::Failed);
    QVERIFY(client.value()->send(FrameType::ExecWatch, payload.toStdString()));
    const auto refused = client.value()->receive();
    QVERIFY(refused);
    QCOMPARE(refused.value().type, FrameType::Refused);
    QCOMPARE(run.exec(run.execRequest({ "echo", "fine" })).out, std::string("fine\n"));
}

void TestShimExec::endsWithTheContainer()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    const auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec, run.execRequest({ "sleep", "1000" })));
    const auto started = client.value()->receive();
    QVERIFY(started && started.value().type == FrameType::Started);
    const Json signal { { "signal", SIGTERM }, { "all", false } };
    QVERIFY(run.control().send(FrameType::Signal, signal));
    const auto outcome = ShimRun::collect(*client.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 137);
    const auto ended = ShimRun::collect(run.control());
    PL_EXITED(ended);
    QVERIFY(run.waitForShim());
}

// The engine dies: what it started in the container runs on, and the next one hears of its end.
void TestShimExec::outlivesItsClient()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    const Json request = run.execRequest({ "sh", "-c",
        "yes | head -c 3000000; while [ ! -e /tmp/go ]; do sleep 0.01; done; exit 9" });
    {
        const auto client = run.connect();
        QVERIFY(client);
        QVERIFY(client.value()->send(FrameType::Exec, request));
        const auto started = client.value()->receive();
        QVERIFY(started && started.value().type == FrameType::Started);
    }
    const auto state = [&run]() -> Json {
        const auto client = run.connect();
        if (!client || !client.value()->send(FrameType::Query))
            return nullptr;
        const auto answer = client.value()->receive();
        return answer ? parseJson(answer.value().payload).value() : Json();
    };
    Json execs;
    QTRY_VERIFY((execs = state()["execs"]).size() == 1);
    QCOMPARE(execs[0]["id"], request["id"]);
    QVERIFY(execs[0]["pid"].get<int>() > 0);
    const auto touched = run.exec(run.execRequest({ "touch", "/tmp/go" }));
    PL_EXITED(touched);
    QTRY_VERIFY(state()["execs"][0].contains("exit"));
    const auto later = run.connect();
    QVERIFY(later);
    QVERIFY(later.value()->send(FrameType::ExecWatch, Json { { "id", request["id"] } }));
    const auto outcome = ShimRun::collect(*later.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 9);
    QTRY_VERIFY(!state().contains("execs")); // told once, kept no longer
}

void TestShimExec::takesSignals()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    const auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec, run.execRequest({ "sleep", "1000" })));
    QVERIFY(client.value()->receive());
    QVERIFY(client.value()->send(FrameType::Signal, Json { { "signal", 0 } }));
    const auto refused = client.value()->receive();
    QVERIFY(refused && refused.value().type == FrameType::Refused);
    QVERIFY(client.value()->send(FrameType::Signal, Json { { "signal", SIGKILL } }));
    const auto outcome = ShimRun::collect(*client.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 137);
    QCOMPARE(outcome.exit->signal, SIGKILL);
}

void TestShimExec::manyAtOnce()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    std::vector<std::unique_ptr<ShimClient>> clients;
    for (int number = 0; number < 30; ++number) {
        auto client = run.connect();
        QVERIFY(client);
        const Json request = run.execRequest({ "sh", "-c", "exit " + std::to_string(number) });
        QVERIFY(client.value()->send(FrameType::Exec, request));
        clients.push_back(std::move(client).value());
    }
    for (int number = 0; number < 30; ++number) {
        const auto outcome = ShimRun::collect(*clients[static_cast<std::size_t>(number)]);
        PL_EXITED(outcome);
        QCOMPARE(outcome.exit->exitCode, number);
    }
}

// The host's own node would take a mode from the container's root.
void TestShimExec::nullDeviceIsTheContainers()
{
    PL_MAKE_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    // In a user namespace the node is bound and stays.
    const auto outcome = run.exec(run.execRequest({ "sh", "-c",
        "[ /proc/self/fd/0 -ef /dev/null ] && echo own;"
        " rm /dev/null 2> /tmp/why && touch /dev/null && echo replaced" }));
    PL_EXITED(outcome);
    QVERIFY2(outcome.out.starts_with("own\n"), outcome.out.c_str());
    const auto next = run.exec(run.execRequest({ "true" }));
    if (has(outcome.out, "replaced"))
        QVERIFY2(next.failure && has(next.failure->message, "not the null device"),
            (next.failure ? next.failure->message : next.out).c_str());
    else
        PL_EXITED(next);
}

QTEST_GUILESS_MAIN(TestShimExec)
#include "tst_shim_exec.moc"
