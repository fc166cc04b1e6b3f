#include "engine/base/syscalls.h"
#include "tests/support/shim_verify.h"

#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;

namespace {

QByteArray bytesOf(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

} // namespace

/// A container's life through its shim: start, streams, signals, end.
class TestShim : public QObject {
    Q_OBJECT

private slots:
    void exitCodes_data();
    void exitCodes();
    void startFailures_data();
    void startFailures();
    void streams_data() { addRunAsRows(); }
    void streams();
    void standardInput_data() { addRunAsRows(); }
    void standardInput();
    void inputEndsWithItsClient_data() { addRunAsRows(); }
    void inputEndsWithItsClient();
    void terminal_data() { addRunAsRows(); }
    void terminal();
    void bigOutputWithoutReader_data() { addRunAsRows(); }
    void bigOutputWithoutReader();
    void slowReaderHoldsUpAndLosesNothing_data() { addRunAsRows(); }
    void slowReaderHoldsUpAndLosesNothing();
    void sendsSignals_data() { addRunAsRows(); }
    void sendsSignals();
    void engineGoesAway_data() { addRunAsRows(); }
    void engineGoesAway();
    void engineGoesBeforeStart_data() { addRunAsRows(); }
    void engineGoesBeforeStart();
    void killedShimTakesItsContainer_data() { addRunAsRows(); }
    void killedShimTakesItsContainer();
    void secondRunKeepsFiles_data() { addRunAsRows(); }
    void secondRunKeepsFiles();
    void logRotates_data() { addRunAsRows(); }
    void logRotates();
    void hooksAroundTheRun_data() { addRunAsRows(); }
    void hooksAroundTheRun();
    void badFrames_data() { addRunAsRows(); }
    void badFrames();
    void badBundles_data();
    void badBundles();
};

void TestShim::exitCodes_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("command");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("signal");
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        QTest::addRow("%s zero", name) << runAs << "true" << 0 << 0;
        QTest::addRow("%s seven", name) << runAs << "exit 7" << 7 << 0;
        QTest::addRow("%s high", name) << runAs << "exit 255" << 255 << 0;
        QTest::addRow("%s child killed", name)
            << runAs << "sh -c 'kill -9 $$'; exit $?" << 137 << 0;
    }
}

void TestShim::exitCodes()
{
    PL_MAKE_RUN(run);
    QFETCH(const QString, command);
    QFETCH(const int, exitCode);
    QFETCH(const int, signal);
    run.setCommand(command.toStdString());
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY(outcome.started);
    QVERIFY(outcome.started->pid > 0);
    QCOMPARE(outcome.exit->exitCode, exitCode);
    QCOMPARE(outcome.exit->signal, signal);
    QVERIFY(!outcome.exit->wasOomKilled);
    QVERIFY(outcome.exit->finishedAtNs >= outcome.exit->startedAtNs);
    // On disk before anybody was told.
    const auto text = readFile(run.bundle() + "/exit.json");
    QVERIFY(text);
    const auto record = runtime::exitRecordFromJson(parseJson(text.value()).value());
    QVERIFY(record);
    QCOMPARE(record.value().exitCode, exitCode);
    QCOMPARE(record.value().startedAtNs, outcome.started->startedAtNs);
    const auto code = run.waitForShim();
    QVERIFY(code);
    QCOMPARE(code.value(), 0);
    QVERIFY(::access((run.state() + "/shim.sock").c_str(), F_OK) != 0);
}

void TestShim::startFailures_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QString>("cwd");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("message");
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        QTest::addRow("%s not in PATH", name)
            << runAs << QStringList { "nope" } << "/" << 127
            << "exec: \"nope\": executable file not found in $PATH";
        QTest::addRow("%s no such file", name)
            << runAs << QStringList { "/bin/nope" } << "/" << 127
            << "exec: \"/bin/nope\": stat /bin/nope: no such file or directory";
        QTest::addRow("%s directory", name)
            << runAs << QStringList { "/etc" } << "/" << 126 << "exec: \"/etc\": is a directory";
        QTest::addRow("%s not executable", name)
            << runAs << QStringList { "/etc/passwd" } << "/" << 126
            << "exec: \"/etc/passwd\": permission denied";
        QTest::addRow("%s empty name", name) << runAs << QStringList { "" } << "/" << 127
                                             << "exec: \"\": executable file not found in $PATH";
        QTest::addRow("%s working directory is a file", name)
            << runAs << QStringList { "true" } << "/etc/passwd" << 128
            << "working directory '/etc/passwd' cannot be used";
        QTest::addRow("%s working directory leads out", name)
            << runAs << QStringList { "true" } << "/proc/self/fd/8" << 128
            << "working directory '/proc/self/fd/8' cannot be used";
    }
}

void TestShim::startFailures()
{
    PL_MAKE_RUN(run);
    QFETCH(const QStringList, args);
    QFETCH(const QString, cwd);
    QFETCH(const int, exitCode);
    QFETCH(const QString, message);
    std::vector<std::string> words;
    for (const QString& each : args)
        words.push_back(each.toStdString());
    run.setArguments(words);
    run.config["process"]["cwd"] = cwd.toStdString();
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QCOMPARE(outcome.failure->exitCode, exitCode);
    QVERIFY2(QString::fromStdString(outcome.failure->message).startsWith(message),
        outcome.failure->message.c_str());
    QVERIFY(run.waitForShim());
    QVERIFY(::access((run.bundle() + "/exit.json").c_str(), F_OK) != 0);
}

void TestShim::streams()
{
    PL_MAKE_RUN(run);
    run.setCommand("echo one; echo two >&2; echo -n three; echo $COLOUR $HOME $(hostname)");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(bytesOf(outcome.out), QByteArray("one\nthreeblue /root box\n"));
    QCOMPARE(bytesOf(outcome.err), QByteArray("two\n"));
    const auto log = run.logText();
    QVERIFY(log);
    for (const char* line : { "one\n", "two\n", "threeblue /root box\n" })
        QVERIFY2(log.value().find(line) != std::string::npos, log.value().c_str());
}

void TestShim::standardInput()
{
    PL_MAKE_RUN(run);
    run.launch.keepStdinOpen = true;
    run.setArguments({ "wc", "-c" });
    PL_SPAWN(run);
    // More than pipe and queue hold together.
    const auto outcome = run.runToEnd(true, std::string(900'000, 'x'));
    PL_EXITED(outcome);
    QCOMPARE(bytesOf(outcome.out).trimmed(), QByteArray("900000"));
}

void TestShim::inputEndsWithItsClient()
{
    PL_MAKE_RUN(run);
    run.launch.keepStdinOpen = true;
    run.launch.closeStdinOnDetach = true;
    run.setCommand("cat; echo end");
    PL_SPAWN(run);
    auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Attach, Json { { "stdin", true } }));
    QVERIFY(client.value()->receive());
    QVERIFY(client.value()->send(FrameType::Stdin, "typed\n"));
    QVERIFY(run.control().send(FrameType::Attach, Json { { "stdout", true }, { "stderr", true } }));
    QVERIFY(run.control().send(FrameType::Start));
    std::string seen;
    while (seen.find("typed\n") == std::string::npos) {
        const auto frame = run.control().receive();
        QVERIFY(frame);
        if (frame.value().type == FrameType::Output)
            seen.append(frame.value().payload, 1);
    }
    client.value().reset(); // detaches
    const auto outcome = ShimRun::collect(run.control());
    PL_EXITED(outcome);
    QCOMPARE(bytesOf(outcome.out), QByteArray("end\n"));
}

void TestShim::terminal()
{
    PL_MAKE_RUN(run);
    run.launch.keepStdinOpen = true;
    run.config["process"]["terminal"] = true;
    run.config["process"]["consoleSize"] = { { "height", 33 }, { "width", 99 } };
    run.setCommand("tty; stty size; read line; stty size; echo got $line; ls -l /dev/console");
    PL_SPAWN(run);
    ShimClient& control = run.control();
    QVERIFY(control.send(
        FrameType::Attach, Json { { "stdin", true }, { "stdout", true }, { "stderr", true } }));
    QVERIFY(control.send(FrameType::Start));
    std::string seen;
    while (seen.find("33 99") == std::string::npos) {
        const auto frame = control.receive();
        QVERIFY2(frame, seen.c_str());
        if (frame.value().type == FrameType::Output)
            seen.append(frame.value().payload, 1);
    }
    QVERIFY(control.send(FrameType::Resize, Json { { "columns", 120 }, { "rows", 40 } }));
    QVERIFY(control.send(FrameType::Stdin, "hello\n"));
    const auto outcome = ShimRun::collect(control);
    PL_EXITED(outcome);
    seen += outcome.out;
    QVERIFY2(seen.starts_with("/dev/pts/0\r\n33 99\r\n"), seen.c_str());
    QVERIFY2(seen.find("40 120\r\ngot hello\r\n") != std::string::npos, seen.c_str());
    QVERIFY2(seen.find("136,") != std::string::npos, seen.c_str());
}

void TestShim::bigOutputWithoutReader()
{
    PL_MAKE_RUN(run);
    run.setCommand("yes 0123456789012345678901234567890123456789012345678901234567890 | "
                   "head -c 20000000");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Start));
    const auto outcome = ShimRun::collect(run.control());
    PL_EXITED(outcome);
    QVERIFY(outcome.out.empty());
    const auto log = run.logText();
    QVERIFY(log);
    QCOMPARE(log.value().size(), std::size_t { 20'000'000 });
}

void TestShim::slowReaderHoldsUpAndLosesNothing()
{
    PL_MAKE_RUN(run);
    run.setCommand("yes 0123456789 | head -c 8000000; touch /written");
    PL_SPAWN(run);
    auto reader = run.connect();
    QVERIFY(reader);
    QVERIFY(reader.value()->send(FrameType::Attach, Json { { "stdout", true } }));
    QVERIFY(reader.value()->receive());
    QVERIFY(run.control().send(FrameType::Start));
    const auto started = run.control().receive();
    QVERIFY(started);
    // Once the log does not grow any more the container stands still: far from done.
    const std::string logPath = run.bundle() + "/container.log";
    off_t size = -1;
    int steadyRounds = 0;
    QTRY_VERIFY_WITH_TIMEOUT(([&] {
        struct stat info {};
        ::stat(logPath.c_str(), &info);
        steadyRounds = info.st_size == size && size > 0 ? steadyRounds + 1 : 0;
        size = info.st_size;
        return steadyRounds >= 5;
    }()),
        20'000);
    QVERIFY(::access((run.bundle() + "/upper/written").c_str(), F_OK) != 0);
    const auto outcome = ShimRun::collect(*reader.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.out.size(), std::size_t { 8'000'000 });
}

void TestShim::sendsSignals()
{
    PL_MAKE_RUN(run);
    run.setCommand("trap 'echo term; exit 3' TERM; echo ready; while :; do sleep 1; done");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", 15 } }));
    auto early = run.control().receive();
    QVERIFY(early);
    QCOMPARE(early.value().type, FrameType::Refused); // not running yet
    QVERIFY(run.control().send(FrameType::Attach, Json { { "stdout", true } }));
    QVERIFY(run.control().send(FrameType::Start));
    std::string seen;
    while (seen.find("ready\n") == std::string::npos) {
        const auto frame = run.control().receive();
        QVERIFY(frame);
        if (frame.value().type == FrameType::Output)
            seen.append(frame.value().payload, 1);
    }
    for (const int bad : { 0, -1, 999 }) {
        QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", bad } }));
        const auto refused = run.control().receive();
        QVERIFY(refused);
        QCOMPARE(refused.value().type, FrameType::Refused);
    }
    QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", 15 }, { "all", false } }));
    const auto outcome = ShimRun::collect(run.control());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 3);
    QCOMPARE(bytesOf(outcome.out), QByteArray("term\n"));
}

void TestShim::engineGoesAway()
{
    PL_MAKE_RUN(run);
    run.launch.keepStdinOpen = true;
    run.setCommand("echo before; read line; echo after $line; exit 5");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Start));
    QVERIFY(run.control().receive());
    run.dropControl();
    auto next = run.connect(); // the next engine
    QVERIFY(next);
    QVERIFY(next.value()->send(FrameType::Query));
    const auto state = next.value()->receive();
    QVERIFY(state);
    QCOMPARE(state.value().type, FrameType::State);
    const auto record = runtime::shimRecordFromJson(parseJson(state.value().payload).value());
    QVERIFY(record);
    QCOMPARE(processStartTime(record.value().pid).value(), record.value().startTicks);
    const auto file = readFile(run.state() + "/shim.json");
    QVERIFY(file);
    QCOMPARE(runtime::shimRecordFromJson(parseJson(file.value()).value()).value().pid,
        record.value().pid);
    QVERIFY(next.value()->send(FrameType::Attach, Json { { "stdin", true } }));
    QVERIFY(next.value()->send(FrameType::Stdin, "x\n"));
    const auto outcome = ShimRun::collect(*next.value());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 5);
    QCOMPARE(bytesOf(run.logText().value()), QByteArray("before\nafter x\n"));
    QVERIFY(run.waitForShim());
}

void TestShim::engineGoesBeforeStart()
{
    PL_MAKE_RUN(run);
    run.setCommand("touch /ran");
    PL_SPAWN(run);
    run.dropControl();
    const auto code = run.waitForShim();
    QVERIFY(code);
    QCOMPARE(code.value(), 1);
    QVERIFY(::access((run.bundle() + "/upper/ran").c_str(), F_OK) != 0);
}

void TestShim::killedShimTakesItsContainer()
{
    PL_MAKE_RUN(run);
    run.setCommand("while :; do sleep 1; done");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Start));
    const auto started = run.control().receive();
    QVERIFY(started);
    const auto record = runtime::shimRecordFromJson(parseJson(started.value().payload).value());
    QVERIFY(record);
    ::kill(run.shimPid(), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(processStartTime(record.value().pid).has_error()
            || processStartTime(record.value().pid).value() != record.value().startTicks,
        kShimPatienceMs);
}

void TestShim::secondRunKeepsFiles()
{
    PL_MAKE_RUN(run);
    run.launch.isVolatile = true; // leaves a mark that refuses the next mount
    run.setCommand("echo once >> /file; cat /file");
    for (const char* expected : { "once\n", "once\nonce\n" }) {
        PL_SPAWN(run);
        const auto outcome = run.runToEnd();
        PL_EXITED(outcome);
        QCOMPARE(bytesOf(outcome.out), QByteArray(expected));
        QVERIFY(run.waitForShim());
    }
}

void TestShim::logRotates()
{
    PL_MAKE_RUN(run);
    run.launch.logMaxBytes = 100'000;
    run.launch.logMaxFiles = 3;
    run.setCommand("yes 0123456789 | head -c 2000000");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY(::access((run.bundle() + "/container.log.2").c_str(), F_OK) == 0);
    QVERIFY(::access((run.bundle() + "/container.log.3").c_str(), F_OK) != 0);
    QVERIFY(run.logText()); // whole records only
}

void TestShim::hooksAroundTheRun()
{
    PL_MAKE_RUN(run);
    const auto hook = [&run](const std::string& line) {
        return Json { { "path", "/bin/sh" }, { "args", { "sh", "-c", line } },
            { "env", { "PATH=/usr/bin:/bin", "OUT=" + run.directory() } } };
    };
    // One that fails neither stops the next nor the container; one that is slow holds up nobody's
    // output.
    run.config["hooks"]["poststart"] =
        Json::array({ hook("exit 3"), hook("sleep 0.3; cat > $OUT/state/poststart.json") });
    run.config["hooks"]["poststop"] = Json::array({ hook("cat > $OUT/state/poststop.json") });
    run.setCommand("echo quick; exit 4");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY(outcome.started);
    QCOMPARE(outcome.exit->exitCode, 4);
    QCOMPARE(bytesOf(outcome.out), QByteArray("quick\n"));
    for (const auto& [name, status] :
        { std::pair { "poststart", "running" }, std::pair { "poststop", "stopped" } }) {
        const auto text = readFile(run.state() + "/" + name + ".json");
        QVERIFY2(text, name); // there before anybody was told
        const auto state = parseJson(text.value());
        QVERIFY(state);
        QCOMPARE(state.value()["status"], Json(status));
        QCOMPARE(state.value()["bundle"], Json(run.bundle()));
    }
    const auto told = readFile(run.state() + "/shim.log");
    QVERIFY(told);
    QVERIFY2(told.value().find("poststart hook '/bin/sh': exited with code 3") != std::string::npos,
        told.value().c_str());
}

void TestShim::badFrames()
{
    PL_MAKE_RUN(run);
    run.setCommand("while :; do sleep 1; done");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Start));
    QVERIFY(run.control().receive());
    const std::string tooLong("\4\0\0\0\xff\xff\xff\xff", 8);
    const std::string badPad("\4\1\0\0\0\0\0\0", 8);
    for (const std::string& bytes : { tooLong, badPad }) {
        auto client = run.connect();
        QVERIFY(client);
        QVERIFY(writeAll(client.value()->socket(), bytes));
        const auto frame = client.value()->receive();
        QVERIFY(!frame);
        QCOMPARE(frame.error().code, Errc::Cancelled); // thrown out
    }
    for (const auto& [type, payload] :
        { std::pair { FrameType::Attach, "[" }, std::pair { FrameType::Attach, "{\"stdin\":3}" },
            std::pair { FrameType::Signal, "{}" }, std::pair { FrameType::Resize, "{}" },
            std::pair { FrameType::Stdin, "x" }, std::pair { FrameType::Start, "" },
            std::pair { static_cast<FrameType>(200), "" } }) {
        auto client = run.connect();
        QVERIFY(client);
        QVERIFY(client.value()->send(type, std::string_view(payload)));
        const auto frame = client.value()->receive();
        QVERIFY(frame);
        QCOMPARE(frame.value().type, FrameType::Refused);
    }
    QVERIFY(run.control().send(FrameType::Signal, Json { { "signal", 9 }, { "all", true } }));
    const auto outcome = ShimRun::collect(run.control());
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 137);
    QCOMPARE(outcome.exit->signal, 9);
}

void TestShim::badBundles_data()
{
    QTest::addColumn<QString>("config");
    QTest::addColumn<QString>("launch");
    QTest::addColumn<QString>("names");
    const QString good = R"({"ociVersion":"1.0","root":{"path":"rootfs"}})";
    QTest::newRow("not JSON") << "{" << "{}" << "config.json";
    QTest::newRow("no version") << "{}" << "{}" << "ociVersion";
    QTest::newRow("no process") << good << "{}" << "process";
    QTest::newRow("launch is a list") << good << "[]" << "launch.json";
    QTest::newRow("launch of wrong type") << good << R"({"lowerDirs":3})" << "lowerDirs";
}

void TestShim::badBundles()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    QVERIFY2(user, lack.c_str());
    QFETCH(const QString, config);
    QFETCH(const QString, launch);
    QFETCH(const QString, names);
    auto made = ShimRun::make(*user);
    QVERIFY(made);
    ShimRun& run = *made.value();
    QVERIFY(writeFileDurably(run.bundle() + "/config.json", config.toStdString()));
    QVERIFY(writeFileDurably(run.bundle() + "/launch.json", launch.toStdString()));
    const auto spawned = run.spawnAsWritten();
    QVERIFY(spawned);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QVERIFY2(outcome.failure->message.find(names.toStdString()) != std::string::npos,
        outcome.failure->message.c_str());
}

QTEST_GUILESS_MAIN(TestShim)
#include "tst_shim.moc"
