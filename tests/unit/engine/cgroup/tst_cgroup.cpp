#include "engine/base/id.h"
#include "engine/cgroup/cgroup_v2.h"
#include "engine/cgroup/device_rules.h"
#include "engine/cgroup/driver.h"
#include "engine/cgroup/group_files.h"
#include "engine/cgroup/hierarchies.h"
#include "engine/cgroup/process_stats.h"

#include "tests/support/must_run.h"

#include <QtTest>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace portlight;
using namespace portlight::cgroup;

namespace {

/// A group of this test, with a child in it; gone with all that is in it at the end.
class Group {
public:
    Group(Driver& driver, const oci::Resources& resources)
        : m_driver(driver)
        , m_path("/portlight/test-" + randomHex(12))
        , m_created(driver.create(m_path, resources))
    {
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group()
    {
        if (m_child > 0) {
            (void)m_driver.kill(m_path);
            ::kill(m_child, SIGKILL);
            ::waitpid(m_child, nullptr, 0);
        }
        for (int round = 0; round < 1000 && !m_driver.remove(m_path); ++round)
            ::usleep(1000);
    }
    const Result<void>& created() const { return m_created; }
    const std::string& path() const { return m_path; }
    pid_t addChild()
    {
        m_child = ::fork();
        if (m_child == 0) {
            for (;;)
                ::pause();
        }
        return m_child;
    }
    int reap()
    {
        int status = 0;
        ::waitpid(m_child, &status, 0);
        m_child = -1;
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }

private:
    Driver& m_driver;
    std::string m_path;
    Result<void> m_created;
    pid_t m_child = -1;
};

// What open(2) of @p path gives in a process of @p group: 0, or errno.
int openInGroup(Driver& driver, const std::string& group, const char* path, int flags)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        char go = 0;
        (void)!::read(ends[0], &go, 1);
        ::_exit(::open(path, flags) >= 0 ? 0 : errno);
    }
    const bool isIn = bool(driver.addProcess(group, child));
    (void)!::write(ends[1], "x", 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    return isIn && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The hierarchy of version 2, also beside version 1, where its filter works all the same.
std::unique_ptr<Driver> unifiedDriver(std::string& lack)
{
    const auto hierarchies = findHierarchies();
    if (!hierarchies || hierarchies.value().unified.empty())
        lack = "this host has no cgroup2 hierarchy";
    else if (::geteuid() != 0)
        lack = "device filters need root";
    return lack.empty() ? CgroupV2::create(hierarchies.value().unified, std::string()) : nullptr;
}

} // namespace

/// Groups on this host, whatever its version, and the parsers behind them.
class TestCgroup : public QObject {
    Q_OBJECT

private slots:
    void mountTables_data();
    void mountTables();
    void badPaths_data();
    void badPaths();
    void keyedFiles();
    void networkFiles();
    void deviceRules();
    void weights();
    void deviceFilter();
    void deviceFilterIsReplaced();
    void lifeOfAGroup();
    void limitsAndUpdate();
    void missingController();
    void processFigures();
};

void TestCgroup::mountTables_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("unified");
    QTest::addColumn<QStringList>("controllers");
    QTest::newRow("empty") << "" << "" << QStringList {};
    QTest::newRow("unified")
        << "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
        << "/sys/fs/cgroup" << QStringList {};
    QTest::newRow("hybrid") << "1 2 0:1 / /c/unified rw - cgroup2 cgroup rw\n"
                               "1 2 0:1 / /c/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                               "1 2 0:1 / /c/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
                               "1 2 0:1 / /other/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
                            << "/c/unified" << QStringList { "cpu", "cpuacct", "name=systemd" };
    QTest::newRow("damaged") << "- cgroup2\n1 2 - \nx - cgroup cgroup\n - - -\n"
                             << "" << QStringList {};
}

void TestCgroup::mountTables()
{
    QFETCH(const QString, text);
    QFETCH(const QString, unified);
    QFETCH(const QStringList, controllers);
    const Hierarchies found = parseMountInfo(text.toStdString());
    QCOMPARE(found.unified, unified.toStdString());
    QStringList seen;
    for (const Hierarchy& hierarchy : found.v1) {
        for (const std::string& controller : hierarchy.controllers)
            seen.append(QString::fromStdString(controller));
    }
    QCOMPARE(seen, controllers);
}

void TestCgroup::badPaths_data()
{
    QTest::addColumn<QString>("path");
    for (const char* path : { "", "/", "x", "//", "/a/", "/a//b", "/..", "/a/../b", "/a/.." })
        QTest::newRow(path) << path;
}

void TestCgroup::badPaths()
{
    QFETCH(const QString, path);
    const std::string text = path.toStdString();
    QVERIFY(!checkGroupPath(text));
    auto driver = Driver::open({});
    QVERIFY(driver);
    QVERIFY(!driver.value()->create(text, {}));
    QVERIFY(!driver.value()->kill(text)); // above all never the top
    QVERIFY(!driver.value()->remove(text));
    QVERIFY(!driver.value()->stats(text));
    QVERIFY(!driver.value()->addProcess(text, ::getpid()));
    QVERIFY(checkGroupPath("/a/b.c/..d"));
}

void TestCgroup::keyedFiles()
{
    const std::string text = "low 0\noom_kill 3\noom_kill_x 5\nbad\nword x\n";
    QCOMPARE(findKeyed(text, "oom_kill"), std::optional<std::uint64_t>(3));
    QVERIFY(!findKeyed(text, "oom"));
    QVERIFY(!findKeyed(text, "word"));
    QVERIFY(!findKeyed("", "x"));
    QCOMPARE(parseKeyed(text).size(), std::size_t { 3 });
    QCOMPARE(parseProcesses("0\n12\nx\n34\n"), (std::vector<pid_t> { 12, 34 }));
    QVERIFY(!readNumber("/no/such/file"));
}

void TestCgroup::networkFiles()
{
    const auto interfaces = parseNetDev("Inter-|   Receive\n face |bytes\n"
                                        "    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
                                        "  eth0:100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n"
                                        "  bad: 1 2\n:\n");
    QCOMPARE(interfaces.size(), std::size_t { 1 });
    QCOMPARE(interfaces.at("eth0").receivedBytes, std::uint64_t { 100 });
    QCOMPARE(interfaces.at("eth0").sentBytes, std::uint64_t { 500 });
    QCOMPARE(interfaces.at("eth0").sentDropped, std::uint64_t { 8 });
    QVERIFY(networkStats(::getpid()));
    QVERIFY(!networkStats(1 << 30));
}

void TestCgroup::deviceRules()
{
    QCOMPARE(deviceRuleText({ true, 'c', 1, -1, "rw" }), std::string("c 1:* rw"));
    QVERIFY(withDefaultDevices({}).empty());
    QVERIFY(withDefaultDevices({ { false, 'a', -1, -1, "rwm" } }).size() > 5);
}

void TestCgroup::weights()
{
    QCOMPARE(cpuWeightFromShares(2), std::uint64_t { 1 });
    QCOMPARE(cpuWeightFromShares(262144), std::uint64_t { 10000 });
    QCOMPARE(cpuWeightFromShares(1), std::uint64_t { 1 });
    QCOMPARE(cpuWeightFromShares(UINT64_MAX), std::uint64_t { 10000 });
}

void TestCgroup::deviceFilter()
{
    std::string lack;
    const auto driver = unifiedDriver(lack);
    if (!driver)
        QSKIP(lack.c_str());
    oci::Resources resources;
    resources.devices = { { false, 'a', -1, -1, "rwm" }, { true, 'c', 1, 11, "r" },
        { true, 'c', 1, 5, "rwm" }, { false, 'c', 1, 5, "w" } };
    const Group group(*driver, resources);
    QVERIFY2(group.created(), group.created() ? "" : group.created().error().message.c_str());
    QCOMPARE(openInGroup(*driver, group.path(), "/dev/null", O_RDWR), 0); // a default device
    QCOMPARE(openInGroup(*driver, group.path(), "/dev/urandom", O_RDONLY), 0);
    QCOMPARE(openInGroup(*driver, group.path(), "/dev/kmsg", O_WRONLY), EPERM); // "r" alone
    QCOMPARE(openInGroup(*driver, group.path(), "/dev/zero", O_RDWR), 0); // the default is last
    for (const char* other : { "/dev/mem", "/dev/port", "/dev/fuse", "/dev/loop-control" }) {
        if (::access(other, F_OK) == 0)
            QCOMPARE(openInGroup(*driver, group.path(), other, O_RDONLY), EPERM);
    }
}

void TestCgroup::deviceFilterIsReplaced()
{
    std::string lack;
    const auto driver = unifiedDriver(lack);
    if (!driver)
        QSKIP(lack.c_str());
    oci::Resources resources;
    resources.devices = { { false, 'a', -1, -1, "rwm" } };
    const Group group(*driver, resources);
    QVERIFY(group.created());
    const char* const other = "/dev/kmsg";
    QCOMPARE(openInGroup(*driver, group.path(), other, O_RDONLY), EPERM);
    resources.devices.push_back({ true, 'c', 1, -1, "rwm" });
    QVERIFY(driver->update(group.path(), resources));
    QVERIFY(openInGroup(*driver, group.path(), other, O_RDONLY) != EPERM);
    resources.devices = { { true, 'a', -1, -1, "rwm" }, { false, 'c', 1, 11, "r" } };
    QVERIFY(driver->update(group.path(), resources));
    QCOMPARE(openInGroup(*driver, group.path(), other, O_RDONLY), EPERM);
    QCOMPARE(openInGroup(*driver, group.path(), "/dev/full", O_RDONLY), 0);
}

void TestCgroup::lifeOfAGroup()
{
    auto opened = Driver::open({});
    QVERIFY(opened);
    Driver& driver = *opened.value();
    if (driver.layout() == Layout::None)
        PL_MUST_RUN_SKIP("no cgroup hierarchy that this user may write");
    Group group(driver, {});
    QVERIFY2(group.created(), group.created() ? "" : group.created().error().message.c_str());
    const pid_t child = group.addChild();
    QVERIFY(driver.addProcess(group.path(), child));
    QCOMPARE(driver.processes(group.path()).value(), std::vector<pid_t> { child });
    const auto removed = driver.remove(group.path());
    QVERIFY(!removed);
    QCOMPARE(removed.error().code, Errc::Conflict);
    const auto stats = driver.stats(group.path());
    QVERIFY(stats);
    if (driver.has("pids"))
        QCOMPARE(stats.value().pids, std::optional<std::uint64_t>(1));
    if (driver.has("memory"))
        QVERIFY(stats.value().memoryBytes && !stats.value().memoryLimitBytes);
    QCOMPARE(driver.oomKills(group.path()).value(), std::uint64_t { 0 });
    if (driver.has("freezer")) {
        QVERIFY(driver.freeze(group.path(), true));
    }
    QVERIFY(driver.kill(group.path())); // a frozen one too
    QCOMPARE(group.reap(), SIGKILL);
    QTRY_VERIFY(driver.remove(group.path()));
    QVERIFY(driver.remove(group.path())); // twice is fine
    const auto gone = driver.stats(group.path());
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, Errc::NotFound);
}

void TestCgroup::limitsAndUpdate()
{
    auto opened = Driver::open({});
    QVERIFY(opened);
    Driver& driver = *opened.value();
    if (!driver.has("memory") || !driver.has("pids") || !driver.has("cpu"))
        PL_MUST_RUN_SKIP("this user may not use the memory, pids and cpu controllers");
    oci::Resources resources;
    resources.memory.limitBytes = 64 << 20;
    resources.memory.swapBytes = 64 << 20;
    resources.pidsLimit = 7;
    resources.cpu.quotaMicroseconds = 20000;
    resources.cpu.periodMicroseconds = 100000;
    resources.cpu.shares = 256;
    Group group(driver, resources);
    QVERIFY2(group.created(), group.created() ? "" : group.created().error().message.c_str());
    auto stats = driver.stats(group.path());
    QVERIFY(stats);
    QCOMPARE(stats.value().memoryLimitBytes, std::optional<std::uint64_t>(64 << 20));
    QCOMPARE(stats.value().pidsLimit, std::optional<std::uint64_t>(7));
    // Up and down again: the order of memory and memory+swap matters to the kernel.
    for (const std::int64_t limit : { std::int64_t { 256 << 20 }, std::int64_t { 16 << 20 } }) {
        oci::Resources change;
        change.memory.limitBytes = limit;
        change.memory.swapBytes = limit;
        const auto updated = driver.update(group.path(), change);
        QVERIFY2(updated, updated ? "" : updated.error().message.c_str());
        stats = driver.stats(group.path());
        QCOMPARE(stats.value().memoryLimitBytes.value(), static_cast<std::uint64_t>(limit));
        QCOMPARE(stats.value().pidsLimit, std::optional<std::uint64_t>(7)); // not named: stays
    }
    oci::Resources bad;
    bad.cpu.cpus = "not-a-cpu";
    QVERIFY(!driver.update(group.path(), bad));
}

void TestCgroup::missingController()
{
    auto opened = Driver::open("/portlight-not-there");
    QVERIFY(opened);
    QCOMPARE(opened.value()->layout(), Layout::None);
    QVERIFY(!opened.value()->has("memory"));
    oci::Resources resources;
    QVERIFY(opened.value()->create("/portlight/x", resources)); // nothing asked, nothing missing
    resources.memory.limitBytes = 1 << 20;
    const auto refused = opened.value()->create("/portlight/x", resources);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::Unavailable);
    QVERIFY(!Driver::open("/a/../b"));
}

void TestCgroup::processFigures()
{
    const auto stats = processStats(::getpid());
    QVERIFY(stats);
    QVERIFY(stats.value().memoryBytes.value() > 1 << 20);
    QVERIFY(stats.value().pids.value() >= 1);
    const auto gone = processStats(1 << 30);
    QVERIFY(!gone);
    QCOMPARE(gone.error().code, Errc::NotFound);
}

QTEST_GUILESS_MAIN(TestCgroup)
#include "tst_cgroup.moc"
