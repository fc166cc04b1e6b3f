#include "engine/base/syscalls.h"
#include "tests/support/must_run.h"
#include "tests/support/oci_run.h"

#include <QCryptographicHash>
#include <QtTest>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace portlight;
using namespace portlight::test;

Q_DECLARE_METATYPE(portlight::test::RunAs)

namespace {

int entriesIn(const std::string& directory)
{
    int count = 0;
    DIR* const entries = ::opendir(directory.c_str());
    while (entries != nullptr && ::readdir(entries) != nullptr)
        ++count;
    if (entries != nullptr)
        ::closedir(entries);
    return count - 2;
}

// The image's own /dev instead of a fresh tmpfs.
void dropMounts(Json& config, const std::vector<std::string>& destinations)
{
    Json kept = Json::array();
    for (const Json& mount : config["mounts"]) {
        const std::string destination = mount["destination"];
        if (std::find(destinations.begin(), destinations.end(), destination) == destinations.end())
            kept.push_back(mount);
    }
    config["mounts"] = kept;
}

const std::vector<std::string> kDevMounts { "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm" };

/// Exchanges two entries of a directory for each other, over and over, until it goes.
class Swapper {
public:
    Swapper(std::string one, std::string two)
        : m_thread([this, one = std::move(one), two = std::move(two)] {
            while (!m_isOver)
                ::syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, two.c_str(),
                    2U /* RENAME_EXCHANGE */);
        })
    {
    }
    ~Swapper()
    {
        m_isOver = true;
        m_thread.join();
    }
    Swapper(const Swapper&) = delete;
    Swapper& operator=(const Swapper&) = delete;

private:
    std::atomic<bool> m_isOver { false };
    std::thread m_thread;
};

} // namespace

/// What container runtimes fell to, each tried against this one: the attack has to fail, the start
/// may. Numbers are those of the project's list; each names the advisory it comes from.
class TestOciSecurity : public QObject {
    Q_OBJECT

private slots:
    void sec01OwnBinary_data() { addRunAsRows(); }
    void sec01OwnBinary();
    void sec02LeakedDirectory_data() { addRunAsRows(); }
    void sec02LeakedDirectory();
    void sec03VisibleBeforeExec_data() { addRunAsRows(); }
    void sec03VisibleBeforeExec();
    void sec04MaskThroughDevNull_data() { addRunAsRows(); }
    void sec04MaskThroughDevNull();
    void sec05ConsoleThroughSymlink_data() { addRunAsRows(); }
    void sec05ConsoleThroughSymlink();
    void sec06ProcIsSymlink_data() { addRunAsRows(); }
    void sec06ProcIsSymlink();
    void sec07VolumeOverProc_data();
    void sec07VolumeOverProc();
    void sec08SwappedMountTarget_data() { addRunAsRows(); }
    void sec08SwappedMountTarget();
    void sec10DevIsSymlink_data();
    void sec10DevIsSymlink();
    void sec11OddFiles_data() { addRunAsRows(); }
    void sec11OddFiles();
    void sec12CgroupOfTheHost_data() { addRunAsRows(); }
    void sec12CgroupOfTheHost();
    void sec13ReleaseAgent_data() { addRunAsRows(); }
    void sec13ReleaseAgent();
    void sec14InheritableCapabilities_data() { addRunAsRows(); }
    void sec14InheritableCapabilities();
    void sec15Groups_data() { addRunAsRows(); }
    void sec15Groups();
    void sec20CallersTerminal_data() { addRunAsRows(); }
    void sec20CallersTerminal();
    void sec21LeakingFiles_data() { addRunAsRows(); }
    void sec21LeakingFiles();
    void sec23AbstractSockets();
    void hostNullDevice_data() { addRunAsRows(); }
    void hostNullDevice();
};

// CVE-2019-5736: the runtime's program file overwritten through /proc/PID/exe.
void TestOciSecurity::sec01OwnBinary()
{
    PL_MAKE_OCI(run);
    const std::string program = std::string(PORTLIGHT_BIN_DIR) + "/portlight-oci";
    const auto hash = [&program] {
        return QCryptographicHash::hash(
            QByteArray::fromStdString(textOf(program)), QCryptographicHash::Sha256);
    };
    const QByteArray before = hash();
    QVERIFY(writeFileDurably(run.image() + "/again", "#!/proc/self/exe\n", 0755));
    QVERIFY(::chmod((run.image() + "/again").c_str(), 0755) == 0);
    run.config()["process"]["args"] = { "/again" };
    (void)run.run();
    ::unlink(run.path("out").c_str());
    run.setCommand("echo trying; while :; do for p in /proc/[0-9]*; do "
                   "[ $p = /proc/1 ] || { exec 9<$p/exe && "
                   "{ echo evil > /proc/self/fd/9; } && echo written; exec 9<&-; }; "
                   "done 2>/dev/null; done");
    PL_DONE(run.create());
    PL_DONE(run.start());
    QVERIFY(run.awaitOutput("trying"));
    for (int round = 0; round < 20; ++round) {
        (void)run.call({ "exec", run.id(), "/again" });
        (void)run.call({ "exec", run.id(), "/proc/self/exe", "--help" });
    }
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    QCOMPARE(hash(), before);
}

// CVE-2024-21626: a working directory that is a descriptor of the runtime's.
void TestOciSecurity::sec02LeakedDirectory()
{
    PL_MAKE_OCI(run);
    run.setCommand("ls /proc/self/fd | wc -l; pwd; ls /proc/self/cwd/..");
    for (int fd = 3; fd < 16; ++fd) {
        run.config()["process"]["cwd"] = "/proc/self/fd/" + std::to_string(fd);
        const Ran ran = run.run();
        QVERIFY2(ran.exitCode != 0, run.output().c_str());
    }
    run.config()["process"]["cwd"] = "/";
    run.setCommand("ls /proc/self/fd | tr '\\n' ' '; sleep 100");
    PL_DONE(run.create());
    PL_DONE(run.start());
    QVERIFY2(run.awaitOutput("0 1 2 3 "), run.output().c_str()); // 3 is the directory that ls reads
    for (int fd = 3; fd < 16; ++fd) {
        const std::string cwd = "/proc/self/fd/" + std::to_string(fd);
        QVERIFY(run.call({ "exec", "--cwd", cwd, run.id(), "pwd" }).exitCode != 0);
    }
    const Ran inside = run.call({ "exec", run.id(), "ls", "/proc/self/fd" });
    QCOMPARE(inside.out, QByteArray("0\n1\n2\n3\n"));
}

// CVE-2016-9962: a process that joins can be looked into before it executes its program.
void TestOciSecurity::sec03VisibleBeforeExec()
{
    PL_MAKE_OCI(run);
    for (const char* set : { "bounding", "effective", "permitted" })
        run.config()["process"]["capabilities"][set].push_back("CAP_SYS_PTRACE");
    run.setCommand("echo scanning; while :; do for p in /proc/[0-9]*; do "
                   "[ $p = /proc/1 ] || ls -l $p/fd $p/cwd $p/root $p/exe 2>/dev/null; done; done");
    PL_DONE(run.create());
    PL_DONE(run.start());
    QVERIFY(run.awaitOutput("scanning"));
    for (int round = 0; round < 40; ++round)
        (void)run.call({ "exec", run.id(), "true" });
    PL_DONE(run.call({ "delete", "--force", run.id() }));
    const std::string seen = run.output();
    QVERIFY(has(seen, "/exe -> /bin/busybox"));
    for (const std::string& outside : { std::string("portlight-oci"), run.path("oci"),
             std::string("anon_inode:[pidfd]"), std::string("(unreachable)") })
        QVERIFY2(!has(seen, outside), outside.c_str());
}

// CVE-2025-31133: masking with the container's /dev/null, which is a symlink.
void TestOciSecurity::sec04MaskThroughDevNull()
{
    PL_MAKE_OCI(run);
    dropMounts(run.config(), kDevMounts);
    QVERIFY(makeDirs(run.image() + "/dev", 0755));
    QVERIFY(::symlink("/proc/sys/kernel/core_pattern", (run.image() + "/dev/null").c_str()) == 0);
    const std::string before = textOf("/proc/sys/kernel/core_pattern");
    run.setCommand("cat /proc/timer_list | wc -c; ls -l /dev/null; echo '|/x' > /proc/timer_list");
    const Ran ran = run.run();
    QCOMPARE(textOf("/proc/sys/kernel/core_pattern"), before);
    if (ran.exitCode == 0)
        QVERIFY2(run.output().starts_with("0\n"), run.output().c_str());
    {
        // The same while somebody swaps the node for a symlink.
        const std::string place = run.image() + "/dev/";
        ::unlink((place + "null").c_str());
        QVERIFY(writeFileDurably(place + "null", "", 0666));
        QVERIFY(::symlink("/proc/sys/kernel/core_pattern", (place + "evil").c_str()) == 0);
        const Swapper swapper(place + "null", place + "evil");
        run.setCommand("wc -c < /proc/timer_list; wc -c < /proc/keys");
        for (int round = 0; round < 10; ++round) {
            ::unlink(run.path("out").c_str());
            if (run.run().exitCode == 0)
                QCOMPARE(run.output(), std::string("0\n0\n"));
        }
    }
    QCOMPARE(textOf("/proc/sys/kernel/core_pattern"), before);
}

// CVE-2025-52565: /dev/console bound from a symlink at /dev/pts/N.
void TestOciSecurity::sec05ConsoleThroughSymlink()
{
    PL_MAKE_OCI(run);
    dropMounts(run.config(), kDevMounts);
    run.config()["process"]["terminal"] = true;
    const std::string canary = run.path("canary");
    QVERIFY(writeFileDurably(canary, "untouched", 0644));
    QVERIFY(makeDirs(run.image() + "/dev", 0755));
    for (const auto& [link, target] : { std::pair("/dev/pts", "/proc/sys/kernel"),
             std::pair("/dev/console", "/proc/sysrq-trigger"),
             std::pair("/dev/ptmx", "/etc/passwd") })
        QVERIFY(::symlink(target, (run.image() + link).c_str()) == 0);
    run.setCommand("ls -l /dev/console /dev/pts");
    // Without devpts of its own the container must not start, whatever its files pretend to be.
    QVERIFY(run.run().exitCode != 0);
    run.config()["mounts"].push_back({ { "destination", "/dev/pts" }, { "type", "devpts" },
        { "source", "devpts" }, { "options", { "newinstance", "ptmxmode=0666" } } });
    QVERIFY(run.run().exitCode != 0); // its target leads into procfs
    QCOMPARE(textOf(canary), std::string("untouched"));
}

// CVE-2025-52881, CVE-2019-19921, CVE-2023-27561: what is written to /proc ends somewhere else.
void TestOciSecurity::sec06ProcIsSymlink()
{
    PL_MAKE_OCI(run);
    const std::string trap = run.path("trap");
    QVERIFY(makeDirs(trap + "/sys/net/ipv4", 0777));
    QVERIFY(makeDirs(run.image() + "/trap/sys/net/ipv4", 0777));
    run.config()["linux"]["sysctl"] = { { "net.ipv4.ip_default_ttl", "77" } };
    for (const std::string& target :
        { std::string("/trap"), trap, std::string("../../.." + trap) }) {
        ::rmdir((run.image() + "/proc").c_str());
        ::unlink((run.image() + "/proc").c_str());
        QVERIFY(::symlink(target.c_str(), (run.image() + "/proc").c_str()) == 0);
        run.setCommand("true");
        QVERIFY(run.run().exitCode != 0);
        QCOMPARE(entriesIn(trap + "/sys/net/ipv4"), 0);
        QCOMPARE(entriesIn(run.image() + "/trap/sys/net/ipv4"), 0);
    }
    ::unlink((run.image() + "/proc").c_str());
    dropMounts(run.config(), { "/proc" }); // an ordinary directory that plays procfs
    QVERIFY(makeDirs(run.image() + "/proc/sys/net/ipv4", 0755));
    QVERIFY(writeFileDurably(run.image() + "/proc/sys/net/ipv4/ip_default_ttl", "fake", 0666));
    const Ran ran = run.run();
    QVERIFY(ran.exitCode != 0);
    QVERIFY2(ran.err.contains("is not in procfs"), ran.err.constData());
    QCOMPARE(textOf(run.image() + "/proc/sys/net/ipv4/ip_default_ttl"), std::string("fake"));
}

void TestOciSecurity::sec07VolumeOverProc_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("destination");
    for (const char* destination :
        { "/proc", "/proc/self", "/proc/sys", "/proc/1/attr", "/link" }) {
        QTest::addRow("root %s", destination) << RunAs::Root << destination;
        QTest::addRow("user %s", destination) << RunAs::OrdinaryUser << destination;
    }
}

// CVE-2019-16884, CVE-2023-28642: a volume at /proc, or behind a symlink to it.
void TestOciSecurity::sec07VolumeOverProc()
{
    PL_MAKE_OCI(run);
    QFETCH(const QString, destination);
    QVERIFY(makeDirs(run.path("volume"), 0777));
    QVERIFY(::symlink("/proc", (run.image() + "/link").c_str()) == 0);
    run.config()["mounts"].push_back({ { "destination", destination.toStdString() },
        { "type", "bind" }, { "source", run.path("volume") }, { "options", { "bind" } } });
    const Ran ran = run.run();
    QVERIFY(ran.exitCode != 0);
    QVERIFY2(ran.err.contains("procfs may be mounted") || ran.err.contains("may not cover"),
        ran.err.constData());
}

// CVE-2021-30465, CVE-2024-45310: the target of a mount swapped for a symlink between the check and
// the mount; nothing may be mounted or made outside.
void TestOciSecurity::sec08SwappedMountTarget()
{
    PL_MAKE_OCI(run);
    const std::string volume = run.path("volume");
    const std::string canary = run.path("canary");
    const std::string source = run.path("source");
    QVERIFY(makeDirs(volume + "/target/deep", 0777));
    QVERIFY(makeDirs(canary, 0777));
    QVERIFY(makeDirs(source, 0777));
    QVERIFY(writeFileDurably(source + "/mark", "mark", 0644));
    QVERIFY(::symlink(canary.c_str(), (volume + "/evil").c_str()) == 0);
    const auto bind = [](const std::string& from, const std::string& to) {
        return Json { { "destination", to }, { "type", "bind" }, { "source", from },
            { "options", { "bind" } } };
    };
    run.config()["mounts"].push_back(bind(volume, "/volume"));
    run.config()["mounts"].push_back(bind(source, "/volume/target/made"));
    run.config()["mounts"].push_back(bind(source + "/mark", "/volume/target/file"));
    run.setCommand("true");
    const std::string mountsBefore = textOf("/proc/self/mountinfo");
    {
        const Swapper swapper(volume + "/target", volume + "/evil");
        for (int round = 0; round < 30; ++round)
            (void)run.run(); // may fail, may not
    }
    QCOMPARE(entriesIn(canary), 0);
    QCOMPARE(textOf("/proc/self/mountinfo"), mountsBefore);
}

void TestOciSecurity::sec10DevIsSymlink_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<QString>("link");
    QTest::addColumn<QString>("prefix");
    for (const char* link : { "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue" }) {
        for (const char* prefix : { "", "../../../../../.." }) {
            QTest::addRow("root %s %s", link, prefix) << RunAs::Root << link << prefix;
            QTest::addRow("user %s %s", link, prefix) << RunAs::OrdinaryUser << link << prefix;
        }
    }
}

// CVE-2026-41579, CVE-2026-47766: the image's /dev leads outside; nodes and links are made there.
void TestOciSecurity::sec10DevIsSymlink()
{
    PL_MAKE_OCI(run);
    QFETCH(const QString, link);
    QFETCH(const QString, prefix);
    const std::string canary = run.path("canary");
    QVERIFY(makeDirs(canary, 0777));
    const std::string place = run.image() + link.toStdString();
    QVERIFY(makeDirs(place.substr(0, place.rfind('/')), 0755));
    QVERIFY(::symlink((prefix.toStdString() + canary).c_str(), place.c_str()) == 0);
    if (link != "/dev")
        dropMounts(run.config(), { "/dev" });
    run.setCommand("true");
    (void)run.run();
    dropMounts(run.config(), kDevMounts);
    (void)run.run();
    QCOMPARE(entriesIn(canary), 0);
}

// CVE-2019-18837 and its kind: special files where the runtime reads or mounts.
void TestOciSecurity::sec11OddFiles()
{
    PL_MAKE_OCI(run);
    const std::string secret = run.path("secret");
    QVERIFY(writeFileDurably(secret, "root:x:0:0::/stolen:/bin/sh\n", 0644));
    const std::string passwd = run.image() + "/etc/passwd";
    run.config()["linux"]["maskedPaths"] = { "/fifo", "/link", "/loop", "/proc/kcore" };
    run.config()["linux"]["readonlyPaths"] = { "/fifo", "/link", "/loop" };
    QVERIFY(::mkfifo((run.image() + "/fifo").c_str(), 0666) == 0);
    QVERIFY(::symlink(secret.c_str(), (run.image() + "/link").c_str()) == 0);
    QVERIFY(::symlink("loop", (run.image() + "/loop").c_str()) == 0);
    run.setCommand("echo home=$HOME");
    ::unlink(passwd.c_str());
    QVERIFY(::mkfifo(passwd.c_str(), 0666) == 0);
    (void)run.run(); // a hang is the failure: the call has a limit
    ::unlink(passwd.c_str());
    QVERIFY(::symlink(secret.c_str(), passwd.c_str()) == 0);
    (void)run.run();
    ::unlink(passwd.c_str());
    QVERIFY(::symlink("/dev/zero", passwd.c_str()) == 0);
    (void)run.run();
    QVERIFY2(!has(run.output(), "stolen"), run.output().c_str());
    QCOMPARE(textOf(secret), std::string("root:x:0:0::/stolen:/bin/sh\n"));
}

// CVE-2023-25809: the host's cgroups can be written through /sys/fs/cgroup.
void TestOciSecurity::sec12CgroupOfTheHost()
{
    PL_MAKE_OCI(run);
    Json kept = Json::array();
    for (const Json& space : run.config()["linux"]["namespaces"]) {
        if (space["type"] != "cgroup")
            kept.push_back(space);
    }
    run.config()["linux"]["namespaces"] = kept;
    run.setCommand("cd /sys/fs/cgroup; [ -e cgroup.controllers ] && d=. || d=*; "
                   "for d in $d; do mkdir $d/escape && echo made $d; "
                   "{ echo 1 > $d/cgroup.procs; } && echo moved $d; done 2>/dev/null; true");
    for (const bool isReadOnly : { true, false }) {
        for (Json& mount : run.config()["mounts"]) {
            if (mount["type"] == "cgroup")
                mount["options"] = { isReadOnly ? "ro" : "rw", "nosuid", "noexec", "nodev" };
        }
        const Ran ran = run.run();
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QVERIFY2(!has(run.output(), "made") && !has(run.output(), "moved"), run.output().c_str());
        if (run.isRoot())
            return; // writable is then what was asked for: its own group
    }
}

// CVE-2022-0492: a release agent set through a hierarchy that the container mounts itself.
void TestOciSecurity::sec13ReleaseAgent()
{
    PL_MAKE_OCI(run);
    run.setCommand("echo begin; mount -t cgroup -o memory none /tmp && echo mounted; "
                   "busybox unshare -Urm sh -c 'mount -t cgroup -o memory none /tmp && "
                   "echo /bad > /tmp/release_agent && echo written'; true");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(
        !has(run.output(), "mounted\n") && !has(run.output(), "written\n"), run.output().c_str());
}

// CVE-2022-24769, CVE-2022-29162: capabilities that a file could give back.
void TestOciSecurity::sec14InheritableCapabilities()
{
    PL_MAKE_OCI(run);
    for (const unsigned uid : { 0U, 1000U }) {
        run.config()["process"]["user"]["uid"] = uid;
        run.setCommand("cat /proc/self/status; echo end; sleep 100");
        PL_DONE(run.create());
        PL_DONE(run.start());
        QVERIFY(run.awaitOutput("end\n"));
        const Ran inside = run.call({ "exec", run.id(), "cat", "/proc/self/status" });
        for (const std::string& status : { run.output(), inside.out.toStdString() }) {
            QVERIFY2(has(status, "CapInh:\t0000000000000000\n"), status.c_str());
            QVERIFY2(has(status, "CapAmb:\t0000000000000000\n"), status.c_str());
        }
        PL_DONE(run.call({ "delete", "--force", run.id() }));
        ::unlink(run.path("out").c_str());
    }
}

// CVE-2022-36109, CVE-2023-25173: groups of the runtime's, or not the container's own.
void TestOciSecurity::sec15Groups()
{
    PL_MAKE_OCI(run);
    const std::string file = run.image() + "/negative";
    QVERIFY(writeFileDurably(file, "secret", 0604));
    QVERIFY(::chmod(file.c_str(), 0604) == 0);
    run.config()["process"]["user"] = { { "uid", 1000 }, { "gid", 8 },
        { "additionalGids", { 9 } } };
    run.setCommand("grep Groups: /proc/self/status; echo end; sleep 100");
    PL_DONE(run.create());
    PL_DONE(run.start());
    QVERIFY(run.awaitOutput("end\n"));
    QVERIFY2(has(run.output(), "Groups:\t9 \n"), run.output().c_str());
    const Ran joined = run.call({ "exec", run.id(), "grep", "Groups:", "/proc/self/status" });
    QCOMPARE(joined.out.trimmed(), QByteArray("Groups:\t9"));
    if (!run.isRoot())
        return; // the file cannot be given to a group of the container from here
    QVERIFY(::chown(file.c_str(), 0, 9) == 0);
    QVERIFY(run.call({ "exec", run.id(), "cat", "/negative" }).exitCode != 0);
    QVERIFY(::chown(file.c_str(), 0, 8) == 0);
    QVERIFY(run.call({ "exec", run.id(), "cat", "/negative" }).exitCode != 0);
}

// CVE-2017-5226: keystrokes pushed into the caller's terminal.
void TestOciSecurity::sec20CallersTerminal()
{
    PL_MAKE_OCI(run);
    // Without a terminal of its own the container has no controlling one, whatever its caller has.
    run.setCommand("echo push > /dev/tty && echo opened; ls -l /proc/self/fd; cat /proc/self/stat");
    const Ran ran = run.run();
    QVERIFY2(!has(run.output(), "opened"), run.output().c_str());
    QVERIFY(!has(run.output(), "/dev/pts"));
    Q_UNUSED(ran);
}

// CVE-2018-10892, CVE-2020-8694: files that tell of the host, or change it.
void TestOciSecurity::sec21LeakingFiles()
{
    PL_MAKE_OCI(run);
    QVERIFY(makeDirs(run.path("spec"), 0777));
    ::chmod(run.path("spec").c_str(), 0777);
    PL_DONE(run.call({ "spec", "--bundle", run.path("spec") }));
    const Json fresh = Json::parse(textOf(run.path("spec/config.json")));
    run.config()["linux"]["maskedPaths"] = fresh["linux"]["maskedPaths"];
    run.config()["linux"]["readonlyPaths"] = fresh["linux"]["readonlyPaths"];
    run.setCommand(
        "for f in /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats "
        "/proc/sched_debug /proc/interrupts; do [ -s $f ] && head -c 1 $f | wc -c; done "
        "2>/dev/null "
        "| grep -v '^0$'; for d in /proc/acpi /proc/scsi /proc/asound /sys/firmware "
        "/sys/devices/virtual/powercap; do ls $d 2>/dev/null; done; "
        "for f in /proc/sysrq-trigger /proc/sys/kernel/domainname; do "
        "echo x > $f && echo wrote $f; done 2>/dev/null; true");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(run.output(), std::string());
}

// CVE-2020-15257: abstract sockets are reachable from containers in the host's network.
void TestOciSecurity::sec23AbstractSockets()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    Json kept = Json::array();
    for (const Json& space : run.config()["linux"]["namespaces"]) {
        if (space["type"] != "network")
            kept.push_back(space);
    }
    run.config()["linux"]["namespaces"] = kept;
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    const QByteArray sockets = QByteArray::fromStdString(textOf("/proc/net/unix"));
    for (const QByteArray& line : sockets.split('\n'))
        QVERIFY2(!line.contains('@') || !line.contains("portlight"), line.constData());
}

// Root in a container must not get at the host's null device through its standard streams.
void TestOciSecurity::hostNullDevice()
{
    PL_MAKE_OCI(run);
    struct stat before {};
    QVERIFY(::stat("/dev/null", &before) == 0);
    run.setCommand("busybox chmod 600 /proc/self/fd/0 /dev/stdin; busybox chown 7 /proc/self/fd/0; "
                   "busybox stat -L -c %a /proc/self/fd/0");
    (void)run.run();
    struct stat after {};
    QVERIFY(::stat("/dev/null", &after) == 0);
    QCOMPARE(after.st_mode, before.st_mode);
    QCOMPARE(after.st_uid, before.st_uid);
    if (run.isRoot()) // its own was changed; a user's shows the host's, which is not its to change
        QVERIFY2(has(run.output(), "600"), run.output().c_str());
}

QTEST_GUILESS_MAIN(TestOciSecurity)
#include "tst_oci_security.moc"
