#include "tests/support/must_run.h"
#include "tests/support/oci_run.h"

#include "engine/base/syscalls.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;

Q_DECLARE_METATYPE(portlight::test::RunAs)

namespace {

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

} // namespace

/// portlight-oci as its callers use it: the life of a container, call by call.
class TestOciCommand : public QObject {
    Q_OBJECT

private slots:
    void lifecycle_data() { addRunAsRows(); }
    void lifecycle();
    void runAndExitCodes_data() { addRunAsRows(); }
    void runAndExitCodes();
    void refusals_data() { addRunAsRows(); }
    void refusals();
    void failedCreationLeavesNothing_data() { addRunAsRows(); }
    void failedCreationLeavesNothing();
    void hooks_data() { addRunAsRows(); }
    void hooks();
    void failingHooks_data();
    void failingHooks();
    void hooksFailingAtStart_data();
    void hooksFailingAtStart();
    void manyByExpression();
    void exec_data() { addRunAsRows(); }
    void exec();
    void pauseUpdateAndFigures();
    void preservedDescriptors();
    void jsonLog();
    void withoutCgroups_data() { addRunAsRows(); }
    void withoutCgroups();
    void freshSpecRuns_data() { addRunAsRows(); }
    void freshSpecRuns();
    void features();
};

void TestOciCommand::lifecycle()
{
    PL_MAKE_OCI(run);
    run.setCommand("echo up; trap 'echo term; exit 3' TERM; while :; do sleep 0.05; done");
    PL_DONE(run.create({ "--pid-file", run.path("pid") }));
    const Json state = run.state();
    QCOMPARE(state["status"].get<std::string>(), std::string("created"));
    QCOMPARE(state["id"].get<std::string>(), run.id());
    QCOMPARE(state["bundle"].get<std::string>(), run.bundle());
    QCOMPARE(std::to_string(state["pid"].get<int>()), textOf(run.path("pid")));
    QVERIFY(!has(run.output(), "up")); // the program must not run before start
    PL_DONE(run.start());
    QVERIFY(run.awaitOutput("up"));
    QCOMPARE(run.status(), std::string("running"));
    QVERIFY(run.start().exitCode != 0); // a second time
    QVERIFY(run.call({ "delete", run.id() }).exitCode != 0); // while it runs
    QCOMPARE(run.status(), std::string("running"));
    PL_DONE(run.call({ "kill", run.id(), "SIGTERM" }));
    QVERIFY(run.awaitOutput("term"));
    QVERIFY(run.awaitStatus("stopped"));
    QVERIFY(run.call({ "kill", run.id(), "KILL" }).exitCode != 0);
    PL_DONE(run.call({ "delete", run.id() }));
    QVERIFY(run.call({ "state", run.id() }).exitCode != 0);
    QVERIFY(!exists("/sys/fs/cgroup/unified" + run.group()));
}

void TestOciCommand::runAndExitCodes()
{
    PL_MAKE_OCI(run);
    run.setCommand("id -u; exit 7");
    QCOMPARE(run.run().exitCode, 7);
    QVERIFY2(has(run.output(), "0\n"), run.output().c_str());
    run.config()["process"]["args"] = { "/no/such/program" };
    const Ran missing = run.run();
    QCOMPARE(missing.exitCode, 127);
    QVERIFY2(missing.err.contains("no such file or directory"), missing.err.constData());
    run.config()["process"]["args"] = { "nosuchprogram" };
    QVERIFY(run.run().err.contains("executable file not found in $PATH"));
    run.config()["process"]["args"] = { "/etc/passwd" };
    QCOMPARE(run.run().exitCode, 126);
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
}

void TestOciCommand::refusals()
{
    PL_MAKE_OCI(run);
    QVERIFY(run.call({ "state", "nobody" }).err.contains("does not exist"));
    QVERIFY(run.call({ "start", "nobody" }).err.contains("does not exist"));
    QVERIFY(run.call({ "delete", "nobody" }).err.contains("does not exist"));
    PL_DONE(run.call({ "delete", "--force", "nobody" }));
    QVERIFY(run.call({ "state", "../escape" }).err.contains("is not a container ID"));
    QVERIFY(run.call({ "nonsense" }).err.contains("unknown command"));
    QVERIFY(run.call({ "checkpoint", "x" }).err.contains("not supported"));
    QVERIFY(run.call({ "kill", "nobody", "SIGNONE" }).err.contains("unknown signal"));
    QVERIFY(run.call({ "create", "--bundle", "/nonexistent", "x" }).exitCode != 0);
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    QVERIFY(run.create().err.contains("already exists"));
    QCOMPARE(run.status(), std::string("created")); // untouched by that
    run.config()["process"]["terminal"] = true;
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    QVERIFY(run.create().err.contains("--console-socket"));
}

void TestOciCommand::failedCreationLeavesNothing()
{
    PL_MAKE_OCI(run);
    run.config()["mounts"].push_back({ { "destination", "/data" }, { "type", "bind" },
        { "source", run.path("missing") }, { "options", { "bind" } } });
    const Ran failed = run.create();
    QVERIFY(failed.exitCode != 0);
    QVERIFY2(failed.err.contains("mount '/data'"), failed.err.constData());
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
    QVERIFY(!exists(run.path("oci/" + run.id())));
    QVERIFY(!exists("/sys/fs/cgroup/unified" + run.group()));
}

void TestOciCommand::hooks()
{
    PL_MAKE_OCI(run);
    const std::string seen = run.path("hooks");
    Json& hooks = run.config()["hooks"];
    for (const char* kind :
        { "prestart", "createRuntime", "createContainer", "poststart", "poststop" }) {
        // Each adds its name, the state that it got and the argument and variable it was given.
        const std::string line = "{ echo \"$0 $V\"; cat; echo; } >> " + seen;
        hooks[kind] = Json::array({ { { "path", "/bin/sh" }, { "args", { kind, "-c", line, kind } },
            { "env", { "V=" + std::string(kind) } } } });
    }
    hooks["startContainer"] = Json::array({ { { "path", "/bin/sh" },
        { "args", { "sh", "-c", "cat > /tmp/started; echo >> /tmp/started" } } } });
    run.setCommand("cat /tmp/started; sleep 100");
    PL_DONE(run.create());
    const std::string created = textOf(seen);
    QVERIFY2(has(created, "prestart prestart\n{"), created.c_str());
    QVERIFY(created.find("prestart prestart") < created.find("createRuntime createRuntime"));
    QVERIFY(created.find("createRuntime createRuntime")
        < created.find("createContainer createContainer"));
    QVERIFY(has(created, "\"status\":\"creating\""));
    QVERIFY(has(created, "\"id\":\"" + run.id() + "\""));
    // Every one of them, also inside, knows the process by the number of the runtime's namespace.
    const std::string pid = "\"pid\":" + std::to_string(run.state()["pid"].get<int>());
    QVERIFY(created.rfind(pid) > created.find("createContainer createContainer"));
    QVERIFY(!has(created, "poststart"));
    PL_DONE(run.start());
    QVERIFY(run.awaitOutput("\"status\":\"created\""));
    QVERIFY(has(textOf(seen), "poststart poststart"));
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    const std::string all = textOf(seen);
    QVERIFY(all.find("\"status\":\"stopped\"") > all.find("poststop poststop"));
}

void TestOciCommand::failingHooks_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("shellLine");
    QTest::addColumn<QString>("cause");
    for (const char* kind : { "prestart", "createRuntime", "createContainer" }) {
        QTest::newRow(kind) << kind << "exit 4" << "exited with code 4";
        QTest::addRow("%s slow", kind) << kind << "sleep 100" << "timeout of 1 s";
    }
    QTest::newRow("killed") << "createRuntime" << "kill -9 $$" << "signal 9";
}

void TestOciCommand::failingHooks()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    QVERIFY(user);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    QFETCH(const QString, kind);
    QFETCH(const QString, shellLine);
    QFETCH(const QString, cause);
    run.config()["hooks"][kind.toStdString()] = Json::array({ { { "path", "/bin/sh" },
        { "args", { "sh", "-c", shellLine.toStdString() } }, { "timeout", 1 } } });
    run.config()["hooks"]["poststop"] = Json::array({ { { "path", "/bin/sh" },
        { "args", { "sh", "-c", "echo gone > " + run.path("after") } } } });
    const Ran failed = run.create();
    QVERIFY(failed.exitCode != 0);
    QVERIFY2(failed.err.contains(cause.toUtf8()), failed.err.constData());
    QVERIFY(failed.err.contains((kind + " hook '/bin/sh'").toUtf8()));
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
    QVERIFY(exists(run.path("after")));
}

void TestOciCommand::hooksFailingAtStart_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("path");
    QTest::newRow("startContainer") << "startContainer" << "/bin/false";
    QTest::newRow("poststart") << "poststart" << "/bin/false";
}

// The container ends and is taken down: runtime.md, Lifecycle.
void TestOciCommand::hooksFailingAtStart()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    QFETCH(const QString, kind);
    QFETCH(const QString, path);
    run.config()["hooks"][kind.toStdString()] =
        Json::array({ { { "path", path.toStdString() }, { "args", { "false" } } } });
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    const Ran failed = run.start();
    QVERIFY(failed.exitCode != 0);
    QVERIFY2(failed.err.contains((kind + " hook").toUtf8()), failed.err.constData());
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
}

void TestOciCommand::manyByExpression()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    QVERIFY(run.call({ "delete", "--regex", "(" }).err.contains("is not a regular expression"));
    PL_DONE(run.call({ "delete", "--force", "--regex", "^other-" }));
    QCOMPARE(run.status(), std::string("created"));
    PL_DONE(run.call({ "kill", "--regex", "^test-", "KILL" }));
    QVERIFY(run.awaitStatus("stopped"));
    PL_DONE(run.call({ "delete", "--regex", "^test-" }));
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
}

void TestOciCommand::exec()
{
    PL_MAKE_OCI(run);
    run.setCommand("sleep 100");
    run.config()["process"]["env"].push_back("FROM=config");
    PL_DONE(run.create());
    PL_DONE(run.start());
    const Ran ran = run.call({ "exec", "--env", "ADDED=1", "--cwd", "/tmp", "--user", "1000:1000",
        run.id(), "sh", "-c", "echo $FROM $ADDED; pwd; id -u; id -g; exit 9" });
    QCOMPARE(ran.exitCode, 9);
    QCOMPARE(ran.out, QByteArray("config 1\n/tmp\n1000\n1000\n"));
    QCOMPARE(run.call({ "exec", run.id(), "nosuchprogram" }).exitCode, 127);
    QVERIFY(run.call({ "exec", "--cwd", "relative", run.id(), "true" }).exitCode != 0);
    QVERIFY(run.call({ "exec", "--cap", "CAP_NONE", run.id(), "true" }).exitCode != 0);
    // The process object of a file, detached: its pid is written, and it goes on.
    Json process = run.config()["process"];
    process["args"] = { "sh", "-c", "echo from file > /tmp/file; sleep 100" };
    QVERIFY(writeFileDurably(run.path("process.json"), dumpJson(process), 0644));
    PL_DONE(run.call({ "exec", "--detach", "--pid-file", run.path("exec.pid"), "--process",
        run.path("process.json"), run.id() }));
    const std::string pid = textOf(run.path("exec.pid"));
    QVERIFY(exists("/proc/" + pid));
    QTRY_VERIFY(
        has(run.call({ "exec", run.id(), "cat", "/tmp/file" }).out.toStdString(), "from file"));
    if (run.isRoot()) {
        const Ran listed = run.call({ "ps", "--format", "json", run.id() });
        QVERIFY2(has(listed.out.toStdString(), pid), listed.out.constData());
        const Ran below =
            run.call({ "exec", "--cgroup=sub", run.id(), "cat", "/proc/self/cgroup" });
        QVERIFY2(below.out.contains(":/sub\n"), (below.out + below.err).constData());
        QVERIFY(run.call({ "exec", "--cgroup=../x", run.id(), "true" }).exitCode != 0);
    }
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    QTRY_VERIFY(!exists("/proc/" + pid));
}

void TestOciCommand::pauseUpdateAndFigures()
{
    std::string lack;
    const auto user = localUser(RunAs::Root, lack);
    if (!user)
        QSKIP(lack.c_str());
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    run.setCommand("while :; do sleep 0.02; done");
    PL_DONE(run.create());
    PL_DONE(run.start());
    if (!canLimit(*user, "freezer"))
        QSKIP("no freezer for this test");
    PL_DONE(run.call({ "pause", run.id() }));
    QCOMPARE(run.status(), std::string("paused"));
    QVERIFY(run.call({ "pause", run.id() }).exitCode != 0);
    QVERIFY(run.call({ "exec", run.id(), "true" }).err.contains("it is paused"));
    PL_DONE(run.call({ "resume", run.id() }));
    QCOMPARE(run.status(), std::string("running"));
    if (canLimit(*user, "pids")) {
        PL_DONE(run.call({ "update", "--pids-limit", "33", run.id() }));
        const Ran figures = run.call({ "events", "--stats", run.id() });
        QCOMPARE(figures.exitCode, 0);
        const Json event = Json::parse(figures.out.toStdString());
        QCOMPARE(event["data"]["pids"]["limit"].get<int>(), 33);
        QVERIFY(event["data"]["cpu"]["usage"]["total"].get<std::uint64_t>() > 0);
    }
    QVERIFY(run.call({ "update", "--memory", "lots", run.id() }).exitCode != 0);
    QVERIFY(run.call({ "update", run.id() }).exitCode != 0);
    // Killed while it is paused.
    PL_DONE(run.call({ "pause", run.id() }));
    PL_DONE(run.call({ "kill", run.id(), "KILL" }));
    QVERIFY(run.awaitStatus("stopped"));
}

void TestOciCommand::preservedDescriptors()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    run.config()["process"]["args"] = { "ls", "-l", "/proc/self/fd" };
    // More than there are: nothing of the runtime's may take their place.
    QCOMPARE(run.run({ "--preserve-fds", "60" }).exitCode, 0);
    for (const std::string& own : { std::string("socket:"), std::string("anon_inode:"),
             std::string("/memfd:"), run.path("oci"), run.bundle() })
        QVERIFY2(!has(run.output(), own), run.output().c_str());
    QVERIFY(run.run({ "--preserve-fds", "many" }).exitCode != 0);
    const std::string file = run.path("kept");
    QVERIFY(writeFileDurably(file, "kept text", 0644));
    run.setCommand("cat /proc/self/fd/3; echo; cat <&4; echo \" $LISTEN_FDS $LISTEN_PID\"");
    QVERIFY(writeFileDurably(run.bundle() + "/config.json", dumpJson(run.config())));
    const std::string line = "exec 3<" + file + " 4<" + file + "; LISTEN_FDS=1 exec "
        + std::string(PORTLIGHT_BIN_DIR) + "/portlight-oci --root " + run.path("oci")
        + " run --preserve-fds 1 --bundle " + run.bundle() + " " + run.id();
    const Ran ran = runProgram({ "sh", "-c", QString::fromStdString(line) });
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(ran.out, QByteArray("kept text\nkept text 1 1\n"));
}

void TestOciCommand::jsonLog()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    QVERIFY(
        run.call({ "--log", run.path("json"), "--log-format", "json", "state", "nobody" }).exitCode
        != 0);
    const Json entry = Json::parse(textOf(run.path("json")));
    QCOMPARE(entry["level"].get<std::string>(), std::string("error"));
    QVERIFY(has(entry["msg"].get<std::string>(), "does not exist"));
    QVERIFY(entry.contains("time"));
    QVERIFY(run.call({ "--log-format", "xml", "list" }).exitCode != 0);
}

void TestOciCommand::withoutCgroups()
{
    PL_MAKE_OCI(run);
    const std::vector<std::string> disabled { "--cgroup-manager", "disabled" };
    const auto call = [&](std::vector<std::string> words) {
        words.insert(words.begin(), disabled.begin(), disabled.end());
        return run.call(words);
    };
    run.config()["linux"].erase("resources");
    run.setCommand("sleep 100");
    QVERIFY(writeFileDurably(run.bundle() + "/config.json", dumpJson(run.config()), 0644));
    ::chmod((run.bundle() + "/config.json").c_str(), 0644);
    PL_DONE(call({ "run", "--detach", "--bundle", run.bundle(), run.id() }));
    QCOMPARE(run.status(), std::string("running"));
    QCOMPARE(run.call({ "exec", run.id(), "echo", "in" }).out, QByteArray("in\n"));
    QVERIFY(run.call({ "pause", run.id() }).err.contains("--cgroup-manager disabled"));
    QVERIFY(run.call({ "update", "--memory", "64m", run.id() }).exitCode != 0);
    QVERIFY(!exists("/sys/fs/cgroup/unified" + run.group()));
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    run.config()["linux"]["resources"]["memory"]["limit"] = 1 << 26;
    QVERIFY(writeFileDurably(run.bundle() + "/config.json", dumpJson(run.config()), 0644));
    ::chmod((run.bundle() + "/config.json").c_str(), 0644);
    QVERIFY(call({ "create", "--bundle", run.bundle(), run.id() }).err.contains("limits cannot"));
}

// What `spec` writes can be run as it is, but for the terminal; also with the own id alone.
void TestOciCommand::freshSpecRuns()
{
    PL_MAKE_OCI(run);
    const std::string bundle = run.path("fresh");
    QVERIFY(makeDirs(bundle, 0777));
    ::chmod(bundle.c_str(), 0777);
    std::vector<std::string> words { "spec", "--bundle", bundle };
    if (!run.isRoot())
        words.emplace_back("--rootless");
    PL_DONE(run.call(words));
    Json config = Json::parse(textOf(bundle + "/config.json"));
    config["process"]["terminal"] = false;
    config["process"]["args"] = { "id", "-u" };
    config["process"].erase("rlimits");
    config["root"]["path"] = run.image();
    QVERIFY(run.call(words).exitCode != 0); // it replaces no file
    QVERIFY(writeFileDurably(bundle + "/config.json", dumpJson(config), 0644));
    ::chmod((bundle + "/config.json").c_str(), 0644);
    const Ran ran = run.call({ "run", "--bundle", bundle, run.id() });
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(ran.out, QByteArray("0\n"));
}

void TestOciCommand::features()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    const Ran ran = made.value()->call({ "features" });
    QCOMPARE(ran.exitCode, 0);
    const Json features = Json::parse(ran.out.toStdString());
    QCOMPARE(features["ociVersionMin"].get<std::string>(), std::string("1.0.0"));
    QCOMPARE(features["hooks"].size(), std::size_t { 6 });
    QCOMPARE(features["linux"]["namespaces"].size(), std::size_t { 8 });
    QCOMPARE(features["linux"]["capabilities"].size(), std::size_t { 41 });
}

QTEST_GUILESS_MAIN(TestOciCommand)
#include "tst_oci_command.moc"
