#include "engine/base/syscalls.h"
#include "engine/runtime/seccomp_cache.h"
#include "engine/runtime/seccomp_profile.h"
#include "tests/support/shim_verify.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::test;
using portlight::runtime::FrameType;

namespace {

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// What a container can see, do and reach: limits, privileges, and images that lay traps.
class TestShimIsolation : public QObject {
    Q_OBJECT

private slots:
    void privileges_data() { addRunAsRows(); }
    void privileges();
    void otherUser_data() { addRunAsRows(); }
    void otherUser();
    void onlyStandardDescriptors_data() { addRunAsRows(); }
    void onlyStandardDescriptors();
    void namespacesAndMounts_data() { addRunAsRows(); }
    void namespacesAndMounts();
    void hiddenAndReadOnly_data() { addRunAsRows(); }
    void hiddenAndReadOnly();
    void readOnlyRoot_data() { addRunAsRows(); }
    void readOnlyRoot();
    void binds_data() { addRunAsRows(); }
    void binds();
    void sysctlAndLimits_data() { addRunAsRows(); }
    void sysctlAndLimits();
    void memoryLimit();
    void processLimit();
    void cpuLimit();
    void missingControllerIsToldAsUser();
    void hostileImages_data();
    void hostileImages();
    void refusedMounts_data();
    void refusedMounts();
};

void TestShimIsolation::privileges()
{
    PL_MAKE_RUN(run);
    std::vector<std::string> capabilities;
    for (const Json& each : run.config["process"]["capabilities"]["bounding"])
        capabilities.push_back(each.get<std::string>());
    const auto profile = runtime::defaultSeccomp(capabilities);
    QVERIFY(profile);
    const auto path = runtime::compiledSeccompFile(profile.value(), run.directory() + "/seccomp");
    QVERIFY2(path, path ? "" : path.error().message.c_str());
    run.launch.seccompBpf = path.value();
    for (const bool hasNoNewPrivileges : { false, true }) {
        run.config["process"]["noNewPrivileges"] = hasNoNewPrivileges;
        // A new user namespace is one of the things that the default profile refuses.
        run.setCommand("cat /proc/self/status; busybox unshare -U true || echo refused");
        PL_SPAWN(run);
        const auto outcome = run.runToEnd();
        PL_EXITED(outcome);
        QVERIFY2(has(outcome.out, "Seccomp:\t2\n"), outcome.out.c_str());
        QVERIFY(has(outcome.out, "CapInh:\t0000000000000000\n"));
        QVERIFY(has(outcome.out, "CapPrm:\t00000000a80425fb\n"));
        QVERIFY(has(outcome.out, "CapEff:\t00000000a80425fb\n"));
        QVERIFY(has(outcome.out, "CapBnd:\t00000000a80425fb\n"));
        QVERIFY(has(outcome.out, "CapAmb:\t0000000000000000\n"));
        QVERIFY(has(outcome.out, hasNoNewPrivileges ? "NoNewPrivs:\t1" : "NoNewPrivs:\t0"));
        QVERIFY(has(outcome.out, "SigIgn:\t0000000000000000\n"));
        QVERIFY(has(outcome.out, "SigBlk:\t0000000000000000\n"));
        QVERIFY(has(outcome.out, "refused\n"));
        QVERIFY(run.waitForShim());
    }
}

void TestShimIsolation::otherUser()
{
    PL_MAKE_RUN(run);
    run.config["process"]["user"] = { { "uid", 1000 }, { "gid", 1000 },
        { "additionalGids", { 1000, 5 } }, { "umask", 63 } };
    run.config["process"]["capabilities"].erase("effective");
    run.config["process"]["capabilities"].erase("permitted");
    run.setCommand("id; echo $HOME; umask; grep CapEff /proc/self/status; echo again > /dev/stdout;"
                   "touch /root-only 2>/dev/null || echo denied");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY2(has(outcome.out, "uid=1000(web) gid=1000 groups=5,1000\n"), outcome.out.c_str());
    QVERIFY(has(outcome.out, "/srv/web\n0077\n"));
    QVERIFY(has(outcome.out, "CapEff:\t0000000000000000\n"));
    QVERIFY2(has(outcome.out, "again\n"), outcome.err.c_str());
    QVERIFY(has(outcome.out, "denied\n"));
}

void TestShimIsolation::onlyStandardDescriptors()
{
    PL_MAKE_RUN(run);
    // No pipe here: its shell is process 1 and would show the pipe's own end, now and then. The
    // second command keeps the shell from becoming ls, which holds the directory open.
    run.setCommand("ls /proc/1/fd; true");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY2(outcome.out == "0\n1\n2\n", (outcome.out + outcome.err).c_str());
}

void TestShimIsolation::namespacesAndMounts()
{
    PL_MAKE_RUN(run);
    const auto before = readFile("/proc/self/mountinfo");
    QVERIFY(before);
    run.setCommand("echo ready; while :; do sleep 1; done");
    PL_SPAWN(run);
    QVERIFY(run.control().send(FrameType::Start));
    const auto started = run.control().receive();
    QVERIFY(started);
    const auto record = runtime::shimRecordFromJson(parseJson(started.value().payload).value());
    QVERIFY(record);
    const auto during = readFile("/proc/self/mountinfo");
    QVERIFY(during);
    QCOMPARE(during.value(), before.value()); // nothing of the container shows here
    for (const char* space : { "pid", "mnt", "uts", "ipc", "net", "cgroup" }) {
        struct stat ours {};
        struct stat theirs {};
        const std::string path = std::string("/ns/") + space;
        QVERIFY(::stat(("/proc/self" + path).c_str(), &ours) == 0);
        QVERIFY(
            ::stat(("/proc/" + std::to_string(record.value().pid) + path).c_str(), &theirs) == 0);
        QVERIFY2(ours.st_ino != theirs.st_ino, space);
    }
    // And nothing of the host in there.
    const auto inside = readFile("/proc/" + std::to_string(record.value().pid) + "/mountinfo");
    QVERIFY(inside);
    QVERIFY2(
        !has(inside.value(), "/oldroot") && !has(inside.value(), " /home"), inside.value().c_str());
}

void TestShimIsolation::hiddenAndReadOnly()
{
    PL_MAKE_RUN(run);
    run.setCommand("cat /proc/timer_list /proc/keys | wc -c; ls /sys/firmware /proc/acpi 2>&1 | "
                   "grep -v : | wc -w; echo 1 > /proc/sys/kernel/hostname || echo refused;"
                   "mkdir /sys/fs/cgroup/x 2>/dev/null || echo refused; ip addr show lo");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY2(outcome.out.starts_with("0\n0\nrefused\nrefused\n"), outcome.out.c_str());
    QVERIFY2(has(outcome.out, "127.0.0.1/8"), outcome.out.c_str());
}

void TestShimIsolation::readOnlyRoot()
{
    PL_MAKE_RUN(run);
    run.config["root"]["readonly"] = true;
    run.setCommand("touch /x 2>/dev/null || echo refused; echo ok > /dev/shm/x && cat /dev/shm/x");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("refused\nok\n"));
}

void TestShimIsolation::binds()
{
    PL_MAKE_RUN(run);
    const std::string volume = run.directory() + "/volume";
    QVERIFY(makeDirs(volume, 0755));
    QVERIFY(writeFileDurably(volume + "/name", "from outside\n", 0644));
    auto& mounts = run.config["mounts"];
    mounts.push_back({ { "destination", "/data/deep" }, { "type", "bind" }, { "source", volume },
        { "options", { "rbind", "rprivate", "rw" } } });
    mounts.push_back({ { "destination", "/fixed" }, { "type", "bind" }, { "source", volume },
        { "options", { "rbind", "rro" } } });
    mounts.push_back({ { "destination", "/etc/name" }, { "type", "bind" },
        { "source", volume + "/name" }, { "options", { "bind", "ro" } } });
    run.setCommand("cat /etc/name; echo in > /data/deep/new; cat /fixed/new;"
                   "touch /fixed/x 2>/dev/null || echo refused;"
                   "echo x > /etc/name || echo refused");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("from outside\nin\nrefused\nrefused\n"));
    QVERIFY(readFile(volume + "/new"));
}

void TestShimIsolation::sysctlAndLimits()
{
    PL_MAKE_RUN(run);
    run.config["linux"]["sysctl"] = { { "net.ipv4.ip_unprivileged_port_start", "0" } };
    run.config["process"]["oomScoreAdj"] = 500;
    run.config["process"]["rlimits"] =
        Json::array({ { { "type", "RLIMIT_NOFILE" }, { "soft", 123 }, { "hard", 456 } },
            // More than anybody here may have: best effort, no failure.
            { { "type", "RLIMIT_MEMLOCK" }, { "soft", 18446744073709551615ULL },
                { "hard", 18446744073709551615ULL } } });
    run.setCommand("cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/self/oom_score_adj;"
                   "ulimit -Sn; ulimit -Hn");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(outcome.out, std::string("0\n500\n123\n456\n"));
}

#define PL_MAKE_LIMITED_RUN(run, controller)                                                       \
    std::string lack;                                                                              \
    const auto user = localUser(RunAs::Current, lack);                                             \
    QVERIFY2(user, lack.c_str());                                                                  \
    if (!canLimit(*user, controller))                                                              \
        PL_MUST_RUN_SKIP("no cgroup controller " controller " that this user may use");            \
    auto run##Made = ShimRun::make(*user);                                                         \
    QVERIFY(run##Made);                                                                            \
    ShimRun& run = *run##Made.value()

void TestShimIsolation::memoryLimit()
{
    PL_MAKE_LIMITED_RUN(run, "memory");
    run.config["linux"]["resources"]["memory"] = { { "limit", 32 << 20 }, { "swap", 32 << 20 } };
    run.setCommand("exec dd if=/dev/zero of=/dev/shm/x bs=1M count=60");
    run.config["process"]["oomScoreAdj"] = 0;
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QCOMPARE(outcome.exit->exitCode, 137);
    QVERIFY(outcome.exit->wasOomKilled);
}

void TestShimIsolation::processLimit()
{
    PL_MAKE_LIMITED_RUN(run, "pids");
    run.config["linux"]["resources"]["pids"] = { { "limit", 4 } };
    run.setCommand("for i in 1 2 3 4 5 6; do sleep 1 & done; wait");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY2(has(outcome.err, "can't fork"), outcome.err.c_str());
}

void TestShimIsolation::cpuLimit()
{
    PL_MAKE_LIMITED_RUN(run, "cpu");
    run.config["linux"]["resources"]["cpu"] = { { "quota", 25000 }, { "period", 50000 },
        { "shares", 512 } };
    run.setCommand("cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.shares "
                   "/sys/fs/cgroup/cpu.max 2>/dev/null");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    PL_EXITED(outcome);
    QVERIFY2(outcome.out == "25000\n512\n" || outcome.out == "25000 50000\n", outcome.out.c_str());
}

void TestShimIsolation::missingControllerIsToldAsUser()
{
    std::string lack;
    const auto user = localUser(RunAs::OrdinaryUser, lack);
    if (!user)
        PL_MUST_RUN_SKIP(lack.c_str());
    auto made = ShimRun::make(*user);
    QVERIFY(made);
    ShimRun& run = *made.value();
    // No such group exists, so nothing in it may be written: a limit cannot hold.
    run.launch.cgroupRoot = "/portlight-not-there";
    run.config["linux"]["resources"]["memory"] = { { "limit", 32 << 20 } };
    run.setCommand("true");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QCOMPARE(outcome.failure->stage, std::string("cgroup"));
    QVERIFY2(has(outcome.failure->message, "memory limit needs the cgroup controller 'memory'")
            && has(outcome.failure->message, "fix: "),
        outcome.failure->message.c_str());
}

void TestShimIsolation::hostileImages_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("link"); ///< in the image
    QTest::addColumn<QString>("target"); ///< %1: the canary directory of the host
    QTest::addColumn<bool>("runs"); ///< false: the start is refused
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        const auto row = [&, who = name, as = runAs](
                             const char* what, const char* link, const char* target, bool runs) {
            QTest::addRow("%s %s", who, what) << as << link << target << runs;
        };
        row("dev absolute", "/dev", "%1", true);
        row("dev climbing", "/dev", "../../../../../../../%1", true);
        row("devices of dev's mounts", "/dev/pts", "%1", true);
        row("proc", "/proc", "%1", false);
        row("sys", "/sys", "%1", false);
        row("bound file", "/etc/hostname", "%1/planted", true);
        row("bound file climbing", "/etc/hostname", "../../../../../../../../%1/planted", true);
        row("directory of bound file", "/etc", "%1", false); // then /etc/passwd is gone
        row("working directory", "/work", "%1", true);
        row("masked path", "/masked", "%1/canary", true);
        row("passwd", "/etc/passwd", "%1/canary", true);
    }
}

void TestShimIsolation::hostileImages()
{
    PL_MAKE_RUN(run);
    QFETCH(QString, link);
    QFETCH(const QString, target);
    QFETCH(const bool, runs);
    const std::string canary = run.directory() + "/canary";
    QVERIFY(makeDirs(canary, 0755));
    QVERIFY(writeFileDurably(canary + "/canary", "root:x:0:0:secret:/secret:/bin/sh\n", 0644));
    QVERIFY(writeFileDurably(run.directory() + "/hostname", "bound\n", 0644));
    const std::string path = run.image() + link.toStdString();
    if (link != "/etc")
        QVERIFY(removeTree(path));
    else
        QVERIFY(removeTree(run.image() + "/etc"));
    QVERIFY(makeDirs(path.substr(0, path.rfind('/')), 0755));
    const std::string to = target.arg(QString::fromStdString(canary)).toStdString();
    QVERIFY(::symlink(to.c_str(), path.c_str()) == 0);
    run.config["mounts"].push_back({ { "destination", "/etc/hostname" }, { "type", "bind" },
        { "source", run.directory() + "/hostname" }, { "options", { "bind", "rw" } } });
    run.config["linux"]["maskedPaths"].push_back("/masked");
    if (link == "/work")
        run.config["process"]["cwd"] = "/work";
    run.setCommand("echo ran; cat /etc/hostname; cat " + canary
        + "/canary; echo $HOME; "
          "echo x > /dev/null; echo written > /etc/hostname");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    // However it went: the host's directory is as it was, and unread.
    QVERIFY(!has(outcome.out, "secret"));
    struct stat info {};
    QVERIFY(::stat((canary + "/canary").c_str(), &info) == 0);
    QVERIFY(S_ISREG(info.st_mode));
    for (const char* name : { "null", "pts", "ptmx", "planted", "hostname", "x", "shm" })
        QVERIFY2(::lstat((canary + "/" + name).c_str(), &info) != 0, name);
    QVERIFY(::access((run.directory() + "/hostname").c_str(), F_OK) == 0);
    if (runs)
        QVERIFY2(outcome.exit && has(outcome.out, "ran\nbound\n"),
            (outcome.failure ? outcome.failure->message : outcome.out + outcome.err).c_str());
    else if (link != "/etc")
        QVERIFY2(outcome.failure && has(outcome.failure->message, "not an ordinary directory"),
            (outcome.failure ? outcome.failure->message : outcome.out).c_str());
}

void TestShimIsolation::refusedMounts_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("destination");
    QTest::addColumn<QString>("message");
    for (const auto& [name, runAs] :
        { std::pair { "root", RunAs::Root }, std::pair { "user", RunAs::OrdinaryUser } }) {
        QTest::addRow("%s the root", name) << runAs << "/" << "may not cover '/'";
        QTest::addRow("%s climbing to the root", name) << runAs << "/../.." << "may not cover '/'";
        QTest::addRow("%s proc", name) << runAs << "/proc" << "only procfs";
        QTest::addRow("%s proc by another name", name)
            << runAs << "/bin/../proc/." << "only procfs";
        QTest::addRow("%s below proc", name) << runAs << "/proc/self/attr" << "may not cover";
        QTest::addRow("%s a file's name", name) << runAs << "/etc/passwd" << "is not a directory";
    }
}

void TestShimIsolation::refusedMounts()
{
    PL_MAKE_RUN(run);
    QFETCH(const QString, destination);
    QFETCH(const QString, message);
    QVERIFY(makeDirs(run.directory() + "/volume", 0755));
    run.config["mounts"].push_back(
        { { "destination", destination.toStdString() }, { "type", "bind" },
            { "source", run.directory() + "/volume" }, { "options", { "rbind" } } });
    run.setCommand("true");
    PL_SPAWN(run);
    const auto outcome = run.runToEnd();
    QVERIFY2(outcome.failure, outcome.trouble.c_str());
    QCOMPARE(outcome.failure->stage, std::string("mounts"));
    QVERIFY2(
        has(outcome.failure->message, message.toStdString()), outcome.failure->message.c_str());
}

QTEST_GUILESS_MAIN(TestShimIsolation)
#include "tst_shim_isolation.moc"
