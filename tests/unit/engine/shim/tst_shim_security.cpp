#include "engine/base/syscalls.h"
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
    void sec01_runtimeAsEntrypoint_data() { addRunAsRows(); }
    void sec01_runtimeAsEntrypoint();
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
        QVERIFY((::fcntl(file.get(), F_GET_SEALS) & F_SEAL_WRITE) != 0);
        const std::string path = "/proc/self/fd/" + std::to_string(file.get());
        const Fd writable(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        QVERIFY2(!writable.isOpen() || ::write(writable.get(), "#!", 2) < 0, "written afterwards");
        QVERIFY2(!writable.isOpen() || ::ftruncate(writable.get(), 0) != 0, "cut afterwards");
    }
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
    PL_EXITED(outcome);
    QVERIFY(outcome.exit->exitCode != 0);
    QVERIFY(run.waitForShim());
    QVERIFY(!before.empty() && shimOnDisk() == before);
}

QTEST_GUILESS_MAIN(TestShimSecurity)
#include "tst_shim_security.moc"
