#include "engine/base/syscalls.h"
#include "engine/runtime/sealed_program.h"
#include "tests/support/shim_verify.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;

/// What container runtimes fell to, tried on ours; the names are those under which the cases are
/// known to this project.
class TestShimSecurity : public QObject {
    Q_OBJECT

private slots:
    void sec01_runtimeIsOutOfReach_data() { addRunAsRows(); }
    void sec01_runtimeIsOutOfReach();
    void sec01_sealedPrograms();
    void sec01_runtimeAsEntrypoint_data() { addRunAsRows(); }
    void sec01_runtimeAsEntrypoint();
    void sec01_runtimeAsExec_data() { addRunAsRows(); }
    void sec01_runtimeAsExec();
    void sec02_directoryOfDescriptors_data() { addRunAsRows(); }
    void sec02_directoryOfDescriptors();
    void sec03_nothingOfTheHostShows_data() { addRunAsRows(); }
    void sec03_nothingOfTheHostShows();
    void sec24_abortedClientsLeaveNothing_data() { addRunAsRows(); }
    void sec24_abortedClientsLeaveNothing();
    void sec24_unreadOutputIsNotKept_data() { addRunAsRows(); }
    void sec24_unreadOutputIsNotKept();
};

namespace {

std::string shimOnDisk()
{
    const auto bytes = readFile(ShimRun::program());
    return bytes ? bytes.value() : std::string();
}

/// The only child of @p pid; -1 where it has none.
pid_t childOf(pid_t pid)
{
    const std::string number = std::to_string(pid);
    const auto text = readFile("/proc/" + number + "/task/" + number + "/children");
    return text && !text.value().empty() ? std::atoi(text.value().c_str()) : -1;
}

/// What a process holds: if clients leak anything, it grows with their number.
struct Holdings {
    std::size_t descriptors = 0;
    std::size_t threads = 0;
    std::size_t residentKilobytes = 0;
};

std::size_t entriesOf(const std::string& directory)
{
    return static_cast<std::size_t>(QDir(QString::fromStdString(directory))
            .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
            .size());
}

Holdings holdingsOf(pid_t pid)
{
    const std::string process = "/proc/" + std::to_string(pid);
    const auto status = readFile(process + "/status");
    const auto at = status ? status.value().find("VmRSS:") : std::string::npos;
    Holdings holdings { entriesOf(process + "/fd"), entriesOf(process + "/task"), 0 };
    if (at != std::string::npos)
        holdings.residentKilobytes = std::strtoul(status.value().c_str() + at + 6, nullptr, 10);
    return holdings;
}

/// The whole count takes minutes: PORTLIGHT_FULL_SECURITY=1 asks for it.
int scaled(int full, int usual)
{
    return qEnvironmentVariableIsSet("PORTLIGHT_FULL_SECURITY") ? full : usual;
}

/// The shim of @p run; -1 where it has written none. Its parent may be a helper that maps the ids.
pid_t shimOf(const ShimRun& run)
{
    const auto text = readFile(run.state() + "/shim.json");
    const auto json = text ? parseJson(text.value()) : text.error();
    const auto record = json ? runtime::shimRecordFromJson(json.value()) : json.error();
    return record ? record.value().shimPid : -1;
}

} // namespace

// CVE-2019-5736: through /proc/PID/exe of a process on its way into the container, the runtime's
// own file is opened first, and written once nobody runs it. The attacker here has all rights there
// are.
void TestShimSecurity::sec01_runtimeIsOutOfReach()
{
    const std::string before = shimOnDisk();
    PL_MAKE_RUN(run);
    run.setCommand("true");
    PL_SPAWN(run);
    // Started is not asked for yet: the container's process still is the runtime's program.
    pid_t pid = -1;
    QTRY_VERIFY((pid = childOf(run.shimPid())) > 0);
    std::vector<Fd> files;
    for (const pid_t each : { pid, run.shimPid() }) {
        const std::string path = "/proc/" + std::to_string(each) + "/exe";
        QVERIFY2(::open(path.c_str(), O_WRONLY | O_CLOEXEC) < 0, "written while it runs");
        files.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        QVERIFY2(files.back().isOpen(), errnoText(errno).c_str());
    }
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY(run.waitForShim());
    for (const Fd& file : files) {
        const std::string path = "/proc/self/fd/" + std::to_string(file.get());
        const Fd writable(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        QVERIFY2(!writable.isOpen() || ::write(writable.get(), "#!", 2) < 0, "written afterwards");
        QVERIFY2(!writable.isOpen() || ::ftruncate(writable.get(), 0) != 0, "cut afterwards");
    }
    QVERIFY(!before.empty() && shimOnDisk() == before);
}

// Both places that an engine runs the shim from: it starts, and takes no byte.
void TestShimSecurity::sec01_sealedPrograms()
{
    const std::string before = shimOnDisk();
    QTemporaryDir directory;
    const std::string empty = directory.filePath("empty").toStdString();
    for (const bool isCopy : { false, true }) {
        const auto program = isCopy ? runtime::SealedProgram::copy(ShimRun::program())
                                    : runtime::SealedProgram::load(ShimRun::program(), empty);
        QVERIFY2(program, program ? "" : program.error().message.c_str());
        const std::string path = program.value().path();
        QCOMPARE(program.value().name(), std::string("portlight-shim"));
        QProcess usage;
        usage.start(QString::fromStdString(path), {});
        QVERIFY(usage.waitForFinished());
        QCOMPARE(usage.exitCode(), 2);
        const auto bytes = readFile(path);
        QVERIFY(bytes && bytes.value() == before);
        const Fd writable(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        QVERIFY(!writable.isOpen() || ::write(writable.get(), "#!", 2) < 0);
        QVERIFY(::truncate(path.c_str(), 0) != 0);
    }
    QVERIFY(!runtime::SealedProgram::load(ShimRun::program() + "-not-there", empty));
    QVERIFY(!runtime::SealedProgram::load("/usr/bin", empty));
    QVERIFY(!before.empty() && shimOnDisk() == before);
}

// The image makes the runtime run itself in the container: it must be of no use there.
void TestShimSecurity::sec01_runtimeAsEntrypoint()
{
    const std::string before = shimOnDisk();
    PL_MAKE_RUN(run);
    const std::string entry = run.image() + "/entry";
    QVERIFY(writeFileDurably(entry, "#!/proc/self/exe\n", 0755));
    QVERIFY(::chmod(entry.c_str(), 0755) == 0);
    run.setArguments({ "/entry" });
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    // The sanitizers' shim is not static: in the container, its loader is not found.
    QVERIFY(outcome.failure || (outcome.exit && outcome.exit->exitCode != 0));
    QVERIFY(run.waitForShim());
    QVERIFY(!before.empty() && shimOnDisk() == before);
}

// The same by exec, while a process in the container waits to write to whatever runs it.
void TestShimSecurity::sec01_runtimeAsExec()
{
    const std::string before = shimOnDisk();
    PL_MAKE_RUN(run);
    QVERIFY(writeFileDurably(run.image() + "/entry", "#!/proc/self/exe\n", 0755));
    QVERIFY(::chmod((run.image() + "/entry").c_str(), 0755) == 0);
    run.setCommand("cd /proc; while :; do for p in [0-9]*; do case $p in 1|$$) ;; *)"
                   " (echo broken >> $p/exe) 2>/dev/null && echo written;; esac; done; done");
    PL_SPAWN_RUNNING(run);
    for (int round = 0; round < 30; ++round) {
        const auto outcome = run.exec(run.execRequest({ "/entry" }));
        QVERIFY2(outcome.exit || outcome.failure, outcome.trouble.c_str());
    }
    const auto log = run.logText();
    QVERIFY(log && log.value().empty());
    QVERIFY(!before.empty() && shimOnDisk() == before);
}

// CVE-2024-21626: a working directory that is a descriptor of the host's.
void TestShimSecurity::sec02_directoryOfDescriptors()
{
    PL_MAKE_RUN(run);
    run.setCommand("while :; do sleep 1; done");
    PL_SPAWN_RUNNING(run);
    for (int number = 3; number <= 40; ++number) {
        Json request = run.execRequest({ "sh", "-c", "pwd -P; ls -d ../../../../../etc/shadow" });
        request["process"]["cwd"] = "/proc/self/fd/" + std::to_string(number);
        const auto outcome = run.exec(request);
        QVERIFY2(outcome.failure && outcome.failure->stage == "working directory",
            (outcome.out + outcome.err).c_str());
    }
    const auto seen = run.exec(run.execRequest({ "sh", "-c", "ls /proc/$$/fd; true" }));
    PL_EXITED(seen);
    QCOMPARE(seen.out, std::string("0\n1\n2\n"));
}

// CVE-2016-9962: a process on its way in, looked at with CAP_SYS_PTRACE from inside.
void TestShimSecurity::sec03_nothingOfTheHostShows()
{
    PL_MAKE_RUN(run);
    const std::string canary = run.directory() + "/canary";
    QVERIFY(writeFileDurably(canary, "secret\n", 0644));
    for (const char* set : { "bounding", "effective", "permitted" })
        run.config["process"]["capabilities"][set].push_back("CAP_SYS_PTRACE");
    run.setCommand("cd /proc; while :; do for p in [0-9]*; do [ $p = 1 ] && continue;"
                   " for d in root cwd fd/*; do cat $p/$d"
        + canary
        + " 2>/dev/null; done;"
          " for f in $p/fd/*; do l=$(readlink $f 2>/dev/null) || continue;"
          " case $l in pipe:*|/dev/null|/dev/pts/*|socket:*|/proc*|anon_inode:*) ;;"
          " *) echo $l;; esac; done; done; done");
    PL_SPAWN_RUNNING(run);
    for (int round = 0; round < 60; ++round) {
        const auto outcome = run.exec(run.execRequest({ "true" }));
        PL_EXITED(outcome);
    }
    const auto log = run.logText();
    QVERIFY(log);
    QVERIFY2(log.value().empty(), log.value().c_str());
}

// CVE-2022-31030, CVE-2022-23471, CVE-2025-64329: attach and exec whose clients go in the middle.
void TestShimSecurity::sec24_abortedClientsLeaveNothing()
{
    PL_MAKE_RUN(run);
    run.setCommand("while :; do echo line; sleep 0.01; done");
    PL_SPAWN_RUNNING(run);
    const pid_t shim = shimOf(run);
    QVERIFY(shim > 0);
    Holdings before;
    const int warmUp = 30; // buffers and the seed of execs are there after it
    const int rounds = scaled(10'000, 150);
    for (int round = 0; round < warmUp + rounds; ++round) {
        const auto client = run.connect();
        QVERIFY2(client, client ? "" : client.error().message.c_str());
        if (round % 2 == 0) {
            QVERIFY(client.value()->send(FrameType::Attach, Json { { "stdout", true } }));
        } else {
            // It ends by itself: nobody is there to end it.
            QVERIFY(client.value()->send(
                FrameType::Exec, run.execRequest({ "sh", "-c", "yes | head -c 100000" })));
        }
        const auto first = client.value()->receive();
        QVERIFY(first);
        QVERIFY2(first.value().type != FrameType::Failed, first.value().payload.c_str());
        if (round == warmUp)
            before = holdingsOf(shim);
    }
    // The last ones take a moment to be noticed.
    QTRY_VERIFY2_WITH_TIMEOUT(holdingsOf(shim).descriptors <= before.descriptors,
        qPrintable(QString::number(holdingsOf(shim).descriptors)), 20'000);
    const Holdings after = holdingsOf(shim);
    QCOMPARE(after.threads, before.threads);
    QVERIFY2(after.residentKilobytes <= before.residentKilobytes + 512,
        qPrintable(QString("%1 kB, then %2 kB")
                .arg(before.residentKilobytes)
                .arg(after.residentKilobytes)));
}

// An exec that writes without end to a client that does not read: it waits, nothing is piled up.
void TestShimSecurity::sec24_unreadOutputIsNotKept()
{
    PL_MAKE_RUN(run);
    run.setCommand("while :; do sleep 1; done");
    PL_SPAWN_RUNNING(run);
    const pid_t shim = shimOf(run);
    QVERIFY(shim > 0);
    const Holdings before = holdingsOf(shim);
    const std::string bytes = std::to_string(scaled(1'000'000'000, 64'000'000));
    auto client = run.connect();
    QVERIFY(client);
    QVERIFY(client.value()->send(FrameType::Exec,
        run.execRequest({ "sh", "-c", "yes | head -c " + bytes + "; echo end >&2" })));
    const auto started = client.value()->receive();
    QVERIFY(started);
    QCOMPARE(started.value().type, FrameType::Started);
    // It stands still once what may wait is full.
    std::size_t kilobytes = 0;
    int steadyRounds = 0;
    QTRY_VERIFY_WITH_TIMEOUT(([&] {
        const std::size_t now = holdingsOf(shim).residentKilobytes;
        steadyRounds = now == kilobytes ? steadyRounds + 1 : 0;
        kilobytes = now;
        return steadyRounds >= 10;
    }()),
        20'000);
    const std::size_t most = 3 * runtime::kAttachBacklog / 1024;
    QVERIFY2(kilobytes <= before.residentKilobytes + most, qPrintable(QString::number(kilobytes)));
    // Without its client the rest is dropped, and it comes to its end.
    client.value().reset();
    const auto isGone = [&run] {
        const auto other = run.connect();
        if (!other || !other.value()->send(FrameType::Query))
            return false;
        const auto state = other.value()->receive();
        const auto json = state ? parseJson(state.value().payload) : state.error();
        const Json& execs = json ? jsonMember(json.value(), "execs") : jsonMember(Json(), "execs");
        return execs.is_array() && execs.size() == 1 && execs[0].contains("exit");
    };
    QTRY_VERIFY_WITH_TIMEOUT(isGone(), 60'000);
    QVERIFY2(holdingsOf(shim).residentKilobytes <= before.residentKilobytes + most, "grew");
}

QTEST_GUILESS_MAIN(TestShimSecurity)
#include "tst_shim_security.moc"
