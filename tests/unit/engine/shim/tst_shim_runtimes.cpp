#include "engine/base/syscalls.h"
#include "engine/cgroup/driver.h"
#include "tests/support/shim_verify.h"

#include <QStandardPaths>
#include <QtTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;

namespace {

constexpr const char* kIdle = "trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done";

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

void addRows()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("program");
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        for (const char* program : { "crun", "runc", "portlight-oci" })
            QTest::addRow("%s %s", name, program) << runAs << program;
    }
}

QString pathOf(const QString& program)
{
    if (program.startsWith("portlight"))
        return QString(PORTLIGHT_BIN_DIR) + "/" + program;
    const QString found = QStandardPaths::findExecutable(program);
    return found.isEmpty()
        ? QStandardPaths::findExecutable(program, { "/usr/sbin", "/usr/local/sbin", "/sbin" })
        : found;
}

/// Reads output of @p client until @p words came; empty where they did not.
std::string readUntil(ShimClient& client, const std::string& words)
{
    std::string seen;
    while (!has(seen, words)) {
        const auto frame = client.receive();
        if (!frame || frame.value().type == FrameType::Exited)
            return {};
        if (frame.value().type == FrameType::Output)
            seen.append(frame.value().payload, 1);
    }
    return seen;
}

} // namespace

/// `ShimRun& run` whose container the row's runtime runs.
#define PL_MAKE_FOREIGN_RUN(run)                                                                   \
    PL_MAKE_RUN(run);                                                                              \
    QFETCH(const QString, program);                                                                \
    run.launch.runtime = pathOf(program).toStdString();                                            \
    if (run.launch.runtime.empty())                                                                \
    PL_MUST_RUN_SKIP(qPrintable("no " + program + " on this machine (package " + program + ")"))

/// Root has every controller; an ordinary user has those that were delegated to it, maybe none.
#define PL_NEED_CONTROLLER(name)                                                                   \
    if (!canLimit(*user, name) && runAs == RunAs::Root)                                            \
        PL_MUST_RUN_SKIP("root may not use the cgroup controller " name);                          \
    if (!canLimit(*user, name))                                                                    \
    QSKIP("this account may not use the cgroup controller " name " here")

/// Containers that another OCI runtime runs, as the shim runs it.
class TestShimRuntimes : public QObject {
    Q_OBJECT

private slots:
    void runs_data() { addRows(); }
    void runs();
    void input_data() { addRows(); }
    void input();
    void terminal_data() { addRows(); }
    void terminal();
    void failures_data() { addRows(); }
    void failures();
    void sendsSignals_data() { addRows(); }
    void sendsSignals();
    void executes_data() { addRows(); }
    void executes();
    void execTerminal_data() { addRows(); }
    void execTerminal();
    void execFailures_data() { addRows(); }
    void execFailures();
    void freezes_data() { addRows(); }
    void freezes();
    void limits_data() { addRows(); }
    void limits();
    void engineGoesAway_data() { addRows(); }
    void engineGoesAway();
    void engineGoesBeforeStart_data() { addRows(); }
    void engineGoesBeforeStart();
    void leavesNothing_data() { addRows(); }
    void leavesNothing();
    void missingProgram();
};

void TestShimRuntimes::runs()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand("echo out $COLOUR; echo err >&2; hostname; echo kept > /tmp/file; exit 3");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("out blue\nbox\n"));
    QCOMPARE(outcome.err, std::string("err\n"));
    QCOMPARE(outcome.exit->exitCode, 3);
    QVERIFY(outcome.started && outcome.started->pid > 0);
    const auto log = run.logText();
    QVERIFY(log);
    QVERIFY(has(log.value(), "out blue\n") && has(log.value(), "err\n"));
    const auto kept = readFile(run.bundle() + "/upper/tmp/file");
    QVERIFY(kept);
    QCOMPARE(kept.value(), std::string("kept\n"));
    const auto code = run.waitForShim();
    QVERIFY(code);
    QCOMPARE(code.value(), 0);
}

void TestShimRuntimes::input()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.launch.keepStdinOpen = true;
    run.launch.closeStdinOnDetach = true;
    run.setCommand("cat; yes 0123456789 | head -c 300000");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd(true, std::string(500'000, 'x'));
    PL_EXITED(outcome);
    QCOMPARE(outcome.out.size(), std::size_t { 800'000 });
}

void TestShimRuntimes::terminal()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.launch.keepStdinOpen = true;
    run.config["process"]["terminal"] = true;
    run.config["process"]["consoleSize"] = { { "height", 33 }, { "width", 99 } };
    run.setCommand("tty; stty size; read line; stty size; echo got $line");
    PL_SPAWN(run);
    ShimClient& control = run.control();
    QVERIFY(control.send(
        FrameType::Attach, Json { { "stdin", true }, { "stdout", true }, { "stderr", true } }));
    QVERIFY(control.send(FrameType::Start));
    std::string seen = readUntil(control, "33 99");
    QVERIFY(has(seen, "/dev/pts/0\r\n"));
    QVERIFY(control.send(FrameType::Resize, Json { { "columns", 120 }, { "rows", 40 } }));
    QVERIFY(control.send(FrameType::Stdin, "hello\n"));
    const auto outcome = ShimRun::collect(control);
    PL_EXITED(outcome);
    QVERIFY2(has(outcome.out, "40 120\r\ngot hello\r\n"), outcome.out.c_str());
}

void TestShimRuntimes::failures()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setArguments({ "no-such-program" });
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QVERIFY2(has(outcome.failure->message, "no-such-program"), outcome.failure->message.c_str());
    QVERIFY2(
        has(outcome.failure->message, program.toStdString()), outcome.failure->message.c_str());
    QCOMPARE(outcome.failure->exitCode, 127);
    const auto code = run.waitForShim();
    QVERIFY(code);
    QCOMPARE(code.value(), 1);
}

void TestShimRuntimes::sendsSignals()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Attach, Json { { "stdout", true } }));
    QVERIFY(run.control().send(FrameType::Start));
    // Its first line may come before the end of the runtime's command.
    std::string seen;
    bool isStarted = false;
    while (!isStarted || !has(seen, "ready\n")) {
        const auto frame = run.control().receive();
        QVERIFY(frame);
        isStarted |= frame.value().type == FrameType::Started;
        if (frame.value().type == FrameType::Output)
            seen.append(frame.value().payload, 1);
    }
    QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", 999 } }));
    const auto refused = run.control().receive();
    QVERIFY(refused);
    QCOMPARE(refused.value().type, FrameType::Refused);
    QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", 15 }, { "all", false } }));
    const auto outcome = ShimRun::collect(run.control());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 6);
    QCOMPARE(outcome.exit->signal, 0);
}

void TestShimRuntimes::executes()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand(std::string("echo here > /tmp/mark; ") + kIdle);
    PL_SPAWN_RUNNING(run);
    QTRY_VERIFY(run.exec(run.execRequest({ "cat", "/tmp/mark" })).out == "here\n");
    Json request = run.execRequest({ "sh", "-c", "cat; echo bad >&2; id -u; id -g; exit 7" });
    request["user"] = "web";
    request["stdin"] = true;
    const auto outcome = run.exec(request, "typed\n");
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("typed\n1000\n1000\n"));
    QCOMPARE(outcome.err, std::string("bad\n"));
    QCOMPARE(outcome.exit->exitCode, 7);
    // Many at once, and such as end before their runtime's command does.
    std::vector<std::unique_ptr<ShimClient>> clients;
    for (int number = 0; number < 6; ++number) {
        auto client = run.connect();
        QVERIFY(client);
        const std::string line = "exit " + std::to_string(10 + number);
        QVERIFY(client.value()->send(FrameType::Exec, run.execRequest({ "sh", "-c", line })));
        clients.push_back(std::move(client).value());
    }
    for (int number = 0; number < 6; ++number) {
        const auto ended = ShimRun::collect(*clients[static_cast<std::size_t>(number)]);
        PL_EXITED(ended);
        QCOMPARE(ended.exit->exitCode, 10 + number);
    }
}

void TestShimRuntimes::execTerminal()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    Json request = run.execRequest({ "sh", "-c", "tty; stty size; read line; stty size" });
    request["process"]["terminal"] = true;
    request["process"]["consoleSize"] = { { "height", 33 }, { "width", 111 } };
    request["stdin"] = true;
    const auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec, request));
    QVERIFY(has(readUntil(*client.value(), "\r\n"), "/dev/pts/"));
    QVERIFY(client.value()->send(FrameType::Resize, Json { { "columns", 120 }, { "rows", 40 } }));
    QVERIFY(client.value()->send(FrameType::Stdin, "go\n"));
    const auto outcome = ShimRun::collect(*client.value());
    PL_EXITED(outcome);
    QVERIFY2(has(outcome.out, "40 120\r\n"), outcome.out.c_str());
}

void TestShimRuntimes::execFailures()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand(kIdle);
    PL_SPAWN_RUNNING(run);
    const auto missing = run.exec(run.execRequest({ "no-such-program" }));
    QVERIFY2(missing.failure, missing.trouble.c_str());
    QCOMPARE(missing.failure->exitCode, 127);
    Json request = run.execRequest({ "true" });
    request["user"] = "nobody-here";
    const auto unknown = run.exec(request);
    QVERIFY2(unknown.failure, unknown.trouble.c_str());
    QVERIFY(has(unknown.failure->message, "unable to find user nobody-here"));
}

void TestShimRuntimes::freezes()
{
    PL_MAKE_FOREIGN_RUN(run);
    PL_NEED_CONTROLLER("freezer");
    run.setCommand("while :; do echo tick; sleep 0.02; done");
    PL_SPAWN_RUNNING(run);
    ShimClient& control = run.control();
    QVERIFY(control.send(FrameType::Freeze, Json { { "frozen", true } }));
    const auto frozen = control.receive();
    QVERIFY(frozen);
    QVERIFY2(frozen.value().type == FrameType::Done, frozen.value().payload.c_str());
    const auto driver = cgroup::Driver::open({});
    QVERIFY(driver);
    const auto isFrozen = driver.value()->isFrozen(run.group());
    QVERIFY(isFrozen && isFrozen.value());
    QVERIFY(control.send(FrameType::Freeze, Json { { "frozen", false } }));
    const auto thawed = control.receive();
    QVERIFY(thawed);
    QVERIFY2(thawed.value().type == FrameType::Done, thawed.value().payload.c_str());
    auto reader = run.connect();
    QVERIFY(reader);
    QVERIFY(reader.value()->send(FrameType::Attach, Json { { "stdout", true } }));
    QVERIFY(!readUntil(*reader.value(), "tick\n").empty());
}

void TestShimRuntimes::limits()
{
    PL_MAKE_FOREIGN_RUN(run);
    PL_NEED_CONTROLLER("memory");
    run.config["linux"]["resources"]["memory"] = { { "limit", 32 << 20 }, { "swap", 32 << 20 } };
    run.config["linux"]["resources"]["pids"] = { { "limit", 40 } };
    run.launch.keepStdinOpen = true;
    run.setCommand("read line; exec dd if=/dev/zero of=/dev/null bs=100M count=1");
    PL_SPAWN_RUNNING(run);
    ShimClient& control = run.control();
    const auto driver = cgroup::Driver::open({});
    QVERIFY(driver);
    auto stats = driver.value()->stats(run.group());
    QVERIFY(stats);
    QCOMPARE(stats.value().memoryLimitBytes.value_or(0), std::uint64_t { 32 << 20 });
    QCOMPARE(stats.value().pidsLimit.value_or(0), std::uint64_t { 40 });
    QVERIFY(control.send(FrameType::Update,
        Json { { "memory", { { "limit", 24 << 20 } } }, { "pids", { { "limit", 30 } } } }));
    const auto updated = control.receive();
    QVERIFY(updated);
    QVERIFY2(updated.value().type == FrameType::Done, updated.value().payload.c_str());
    stats = driver.value()->stats(run.group());
    QVERIFY(stats);
    QCOMPARE(stats.value().memoryLimitBytes.value_or(0), std::uint64_t { 24 << 20 });
    QCOMPARE(stats.value().pidsLimit.value_or(0), std::uint64_t { 30 });
    QVERIFY(control.send(FrameType::Attach, Json { { "stdin", true }, { "stdout", true } }));
    QVERIFY(control.send(FrameType::Stdin, "go\n"));
    const auto outcome = ShimRun::collect(control);
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 137);
    QVERIFY(outcome.exit->wasOomKilled);
}

void TestShimRuntimes::engineGoesAway()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.launch.keepStdinOpen = true;
    run.setCommand("echo before; read line; echo after $line; exit 5");
    PL_SPAWN_RUNNING(run);
    run.dropControl();
    auto next = run.connect(); // the next engine
    QVERIFY(next);
    QVERIFY(next.value()->send(FrameType::Query));
    const auto state = next.value()->receive();
    QVERIFY(state);
    QCOMPARE(state.value().type, FrameType::State);
    const auto json = parseJson(state.value().payload);
    QVERIFY(json);
    const auto record = runtime::shimRecordFromJson(json.value());
    QVERIFY(record && record.value().pid > 0);
    QVERIFY(next.value()->send(FrameType::Attach, Json { { "stdin", true }, { "stdout", true } }));
    QVERIFY(next.value()->send(FrameType::Stdin, "all\n"));
    const auto outcome = ShimRun::collect(*next.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 5);
    QVERIFY(has(outcome.out, "after all\n"));
}

void TestShimRuntimes::engineGoesBeforeStart()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand("touch /ran");
    PL_SPAWN(run);
    run.dropControl();
    const auto code = run.waitForShim();
    QVERIFY(code);
    QCOMPARE(code.value(), 1);
    QVERIFY(::access((run.bundle() + "/upper/ran").c_str(), F_OK) != 0);
}

void TestShimRuntimes::leavesNothing()
{
    PL_MAKE_FOREIGN_RUN(run);
    run.setCommand("true");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY(run.waitForShim());
    // The root was mounted where the host does not see it, and the runtime has forgotten it.
    const auto mounts = readFile("/proc/self/mountinfo");
    QVERIFY(mounts);
    QVERIFY(!has(mounts.value(), run.bundle()));
    QCOMPARE(QDir(QString::fromStdString(run.state() + "/oci/root"))
                 .entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
        QStringList());
    const auto driver = cgroup::Driver::open({});
    QVERIFY(driver);
    QVERIFY(!driver.value()->processes(run.group()));
    // A second run finds all of it free.
    PL_SPAWN(run);
    const auto second = run.runToEnd();
    PL_EXITED(second);
}

void TestShimRuntimes::missingProgram()
{
    std::string lack;
    const auto user = localUser(RunAs::Root, lack);
    if (!user)
        PL_MUST_RUN_SKIP(lack.c_str());
    auto made = ShimRun::make(*user);
    QVERIFY(made);
    ShimRun& run = *made.value();
    run.launch.runtime = "/nowhere/crun";
    run.setCommand("true");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QVERIFY2(has(outcome.failure->message, "start '/nowhere/crun': no such file"),
        outcome.failure->message.c_str());
}

QTEST_GUILESS_MAIN(TestShimRuntimes)
#include "tst_shim_runtimes.moc"
