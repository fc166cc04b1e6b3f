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

QTEST_GUILESS_MAIN(TestShimSecurity)
#include "tst_shim_security.moc"
