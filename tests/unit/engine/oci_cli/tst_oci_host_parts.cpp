#include "engine/base/syscalls.h"
#include "tests/support/must_run.h"
#include "tests/support/oci_run.h"

#include <QScopeGuard>
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace portlight;
using namespace portlight::test;

Q_DECLARE_METATYPE(portlight::test::RunAs)

namespace {

// True when the command of the host's went well.
bool host(const QString& line)
{
    return QProcess::execute("sh", { "-c", line + " 2>/dev/null" }) == 0;
}

void addNamespace(Json& config, const char* type)
{
    Json& spaces = config["linux"]["namespaces"];
    const bool isThere = std::any_of(spaces.begin(), spaces.end(),
        [type](const Json& each) { return each.value("type", "") == type; });
    if (!isThere)
        spaces.push_back({ { "type", type } });
}

} // namespace

/// Parts of the host that config.json hands to a container: network devices, device nodes, ids,
/// directories; and what it cannot hand over, which is told.
class TestOciHostParts : public QObject {
    Q_OBJECT

private slots:
    void networkDevice();
    void deviceOwner();
    void ownIdsAlone();
    void tmpfsMode_data() { addRunAsRows(); }
    void tmpfsMode();
    void symlinkSources_data() { addRunAsRows(); }
    void symlinkSources();
    void hiddenSource();
    void shortfalls();
    void frozenElsewhere();

private:
    static std::unique_ptr<OciRun> makeAs(RunAs runAs)
    {
        std::string lack;
        const auto user = localUser(runAs, lack);
        auto made = user ? OciRun::make(*user) : Result<std::unique_ptr<OciRun>>(nullptr);
        return made ? std::move(made).value() : nullptr;
    }
};

// The device arrives under its new name, up, with its address, and goes back or away with the
// container.
void TestOciHostParts::networkDevice()
{
    const auto run = makeAs(RunAs::Root);
    if (!run)
        QSKIP("needs root");
    const QString number = QString::number(::getpid());
    const QString name = "pla" + number;
    const auto cleanUp = qScopeGuard([&] { host("ip link del plb" + number); });
    if (!host("ip link add " + name + " type veth peer name plb" + number))
        QSKIP("this kernel has no veth devices");
    QVERIFY(
        host("ip address add 10.177.0.2/24 dev " + name + " && ip link set plb" + number + " up"));
    addNamespace(run->config(), "network");
    run->config()["linux"]["netDevices"][name.toStdString()] = { { "name", "inner0" } };
    run->setCommand("cat /proc/net/dev /proc/net/route /proc/net/fib_trie");
    const Ran ran = run->run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run->output();
    QVERIFY2(has(out, "inner0:"), out.c_str());
    QVERIFY2(has(out, "inner0\t0000B10A"), out.c_str()); // the route of an address that is up
    QVERIFY2(has(out, "10.177.0.2"), out.c_str());
}

void TestOciHostParts::deviceOwner()
{
    const auto run = makeAs(RunAs::Root);
    if (!run)
        QSKIP("needs root");
    PL_DONE(run->run()); // makes what the image lacks, which the namespace's root may not
    addNamespace(run->config(), "user");
    const Json ids =
        Json::array({ { { "containerID", 0 }, { "hostID", 100000 }, { "size", 65536 } } });
    run->config()["linux"]["uidMappings"] = ids;
    run->config()["linux"]["gidMappings"] = ids;
    run->config()["linux"]["devices"] = Json::array({ { { "path", "/dev/mine" }, { "type", "c" },
        { "major", 1 }, { "minor", 3 }, { "fileMode", 0640 }, { "uid", 10 }, { "gid", 11 } } });
    ::chmod(run->directory().c_str(), 0711);
    run->setCommand("ls -ln /dev/mine; echo x > /dev/mine && echo written");
    const Ran ran = run->run();
    if (ran.err.contains("open '/dev/mine'"))
        QSKIP("before Linux 6.15 a detached mount cannot be cloned");
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run->output();
    QVERIFY2(has(out, "crw-r-----"), out.c_str());
    QVERIFY2(has(out, " 10       11 "), out.c_str());
    QVERIFY2(has(out, "written"), out.c_str());
    run->config()["linux"]["devices"][0]["uid"] = 70000;
    const Ran refused = run->create();
    QVERIFY2(
        refused.err.contains("uidMappings and gidMappings do not map"), refused.err.constData());
}

void TestOciHostParts::ownIdsAlone()
{
    const auto run = makeAs(RunAs::Root);
    if (!run)
        QSKIP("needs root");
    addNamespace(run->config(), "user");
    Json& mounts = run->config()["mounts"];
    for (std::size_t at = mounts.size(); at-- > 0;) { // the terminals' group is not mapped
        if (mounts[at].value("type", "") == "devpts")
            mounts.erase(at);
    }
    run->setCommand("cat /proc/self/uid_map /proc/self/gid_map");
    const Ran ran = run->run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(ran.err.contains("only the caller's own ids"), ran.err.constData());
    const auto words = QString::fromStdString(run->output()).simplified();
    QVERIFY2(words.endsWith(QStringLiteral("0 0 1 0 0 1")), qPrintable(words));
    run->config()["linux"]["uidMappings"] =
        Json::array({ { { "containerID", 0 }, { "hostID", 0 }, { "size", 1 } } });
    const Ran refused = run->create();
    QVERIFY2(refused.err.contains("needs uidMappings and gidMappings"), refused.err.constData());
}

void TestOciHostParts::tmpfsMode()
{
    PL_MAKE_OCI(run);
    const Json over { { "destination", "/etc" }, { "type", "tmpfs" }, { "source", "tmpfs" } };
    const Json onNothing { { "destination", "/fresh" }, { "type", "tmpfs" },
        { "source", "tmpfs" } };
    run.config()["mounts"].push_back(over);
    run.config()["mounts"].push_back(onNothing);
    run.setCommand("ls -ld /etc /fresh");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run.output();
    QVERIFY2(has(out, "drwxr-xr-x") && has(out, "drwxrwxrwt"), out.c_str());
}

void TestOciHostParts::symlinkSources()
{
    PL_MAKE_OCI(run);
    QVERIFY(writeFileDurably(run.path("target"), "what it leads to\n", 0644));
    QVERIFY(::symlink("target", run.path("link").c_str()) == 0);
    const auto bind = [&](const char* to, std::vector<std::string> options) {
        run.config()["mounts"].push_back({ { "source", run.path("link") }, { "destination", to },
            { "type", "bind" }, { "options", std::move(options) } });
    };
    bind("/tmp/followed", { "rbind", "bind" });
    bind("/tmp/copied", { "bind", "copy-symlink" });
    bind("/tmp/bound", { "bind", "src-nofollow", "dest-nofollow" });
    run.setCommand("cat /tmp/followed; readlink /tmp/copied; readlink /tmp/bound");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(run.output(), std::string("what it leads to\ntarget\ntarget\n"));
}

// The root of the container's user namespace may not look into the directory, its creator may.
void TestOciHostParts::hiddenSource()
{
    const auto run = makeAs(RunAs::Root);
    if (!run)
        QSKIP("needs root");
    PL_DONE(run->run()); // makes what the image lacks, which the namespace's root may not
    addNamespace(run->config(), "user");
    const Json ids =
        Json::array({ { { "containerID", 0 }, { "hostID", 100000 }, { "size", 65536 } } });
    run->config()["linux"]["uidMappings"] = ids;
    run->config()["linux"]["gidMappings"] = ids;
    ::chmod(run->directory().c_str(), 0711);
    const std::string closed = run->path("closed");
    QVERIFY(makeDirs(closed + "/open", 0755));
    QVERIFY(writeFileDurably(closed + "/open/file", "seen\n", 0644));
    QVERIFY(::chmod(closed.c_str(), 0700) == 0);
    run->config()["mounts"].push_back({ { "source", closed + "/open" }, { "destination", "/etc" },
        { "type", "bind" }, { "options", { "rbind", "ro" } } });
    run->setCommand("cat /etc/file");
    const Ran ran = run->run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(run->output(), std::string("seen\n"));
}

void TestOciHostParts::shortfalls()
{
    std::string lack;
    const auto user = localUser(RunAs::OrdinaryUser, lack);
    if (!user)
        PL_MUST_RUN_SKIP(lack.c_str());
    const auto run = makeAs(RunAs::OrdinaryUser);
    QVERIFY(run);
    constexpr std::uint64_t kMuch = 1ULL << 40U;
    run->config()["process"]["oomScoreAdj"] = -500;
    run->config()["process"]["rlimits"] =
        Json::array({ { { "type", "RLIMIT_NOFILE" }, { "soft", kMuch }, { "hard", kMuch } } });
    run->setCommand("cat /proc/self/oom_score_adj");
    const Ran ran = run->run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(ran.err.contains("oomScoreAdj stays at 0 instead of -500"), ran.err.constData());
    QVERIFY2(ran.err.contains("RLIMIT_NOFILE stays at "), ran.err.constData());
}

// Somebody froze it in a group of another path: it is deleted all the same.
void TestOciHostParts::frozenElsewhere()
{
    const auto run = makeAs(RunAs::Root);
    if (!run)
        QSKIP("needs root");
    const std::string other =
        "/sys/fs/cgroup/freezer/portlight-test-frozen-" + std::to_string(::getpid());
    if (::access("/sys/fs/cgroup/freezer", W_OK) != 0 || ::mkdir(other.c_str(), 0755) != 0)
        QSKIP("this host has no freezer of version 1");
    const auto cleanUp = qScopeGuard([&] {
        (void)writeExisting(other + "/freezer.state", "THAWED");
        ::rmdir(other.c_str());
    });
    run->setCommand("sleep 60");
    PL_DONE(run->run({ "--detach" }));
    const auto pid = std::to_string(run->state()["pid"].get<int>());
    QVERIFY(writeExisting(other + "/cgroup.procs", pid));
    QVERIFY(writeExisting(other + "/freezer.state", "FROZEN"));
    PL_DONE(run->call({ "delete", "--force", run->id() }));
    QTRY_VERIFY(textOf(other + "/cgroup.procs").empty());
}

QTEST_GUILESS_MAIN(TestOciHostParts)
#include "tst_oci_host_parts.moc"
