#include "tests/support/must_run.h"
#include "tests/support/oci_run.h"

#include <QtTest>

using namespace portlight;
using namespace portlight::test;

/// What config.json may ask for and cannot get: a clear error, and nothing left behind.
class TestOciRefused : public QObject {
    Q_OBJECT

private slots:
    void refused_data();
    void refused();
};

void TestOciRefused::refused_data()
{
    QTest::addColumn<QString>("patch"); // JSON merge patch of config.json
    QTest::addColumn<QString>("cause");
    const auto row = [](const char* name, const char* patch, const char* cause) {
        QTest::newRow(name) << patch << cause;
    };
    row("intelRdt", R"({"linux":{"intelRdt":{"closID":"x"}}})", "linux.intelRdt is not supported");
    row("missing network device",
        R"({"linux":{"namespaces":[{"type":"mount"},{"type":"uts"},{"type":"ipc"},{"type":"pid"},{"type":"network"}],)"
        R"("netDevices":{"plnone9":{}}}})",
        "network device 'plnone9': this host has no such device");
    row("network device of the host",
        R"({"linux":{"namespaces":[{"type":"mount"},{"type":"uts"},{"type":"ipc"},{"type":"pid"}],"netDevices":{"plnone9":{}}}})",
        "netDevices needs a network namespace");
    row("name of a network device", R"({"linux":{"netDevices":{"a/b":{}}}})",
        "'a/b' is not the name of a network device");
    row("deadline without a runtime",
        R"({"process":{"scheduler":{"policy":"SCHED_DEADLINE","deadline":9,"period":9}}})",
        "requires `runtime`");
    row("runtime beyond the deadline",
        R"({"process":{"scheduler":{"policy":"SCHED_DEADLINE","runtime":9000,"deadline":8000}}})",
        "must be <= deadline");
    row("offsets without a namespace", R"({"linux":{"timeOffsets":{"boottime":{"secs":1}}}})",
        "needs a time namespace");
    row("unknown clock", R"({"linux":{"timeOffsets":{"wall":{"secs":1}}}})",
        "unknown clock 'wall'");
    row("personality", R"({"linux":{"personality":{"domain":"BSD"}}})",
        "unknown personality domain 'BSD'");
    row("personality flag", R"({"linux":{"personality":{"domain":"LINUX","flags":["X"]}}})",
        "unknown personality flag");
    row("memory policy", R"({"linux":{"memoryPolicy":{"mode":"MPOL_MINE"}}})",
        "unknown memoryPolicy mode");
    row("I/O priority", R"({"process":{"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":9}}})",
        "not one of 0 to 7");
    row("I/O class", R"({"process":{"ioPriority":{"class":"BEST","priority":1}}})",
        "unknown ioPriority class 'BEST'");
    row("scheduler flag", R"({"process":{"scheduler":{"policy":"SCHED_OTHER","flags":["F"]}}})",
        "unknown scheduler flag 'F'");
    row("AppArmor", R"({"process":{"apparmorProfile":"no-such-profile"}})", "AppArmor profile");
    row("SELinux", R"({"process":{"selinuxLabel":"system_u:system_r:none_t:s0"}})",
        "SELinux label");
    row("mount label", R"({"linux":{"mountLabel":"system_u:object_r:none_t:s0"}})",
        "linux.mountLabel is set");
    row("hostname of the host", R"({"linux":{"namespaces":[{"type":"mount"},{"type":"pid"}]}})",
        "hostname needs a UTS namespace");
    row("mount namespace by path",
        R"({"linux":{"namespaces":[{"type":"mount","path":"/proc/self/ns/mnt"},{"type":"uts"}]}})",
        "cannot be built in an existing mount namespace");
    row("seccomp flag", R"({"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","flags":["F"]}}})",
        "unknown flag 'F'");
    row("listener without a path",
        R"({"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":)"
        R"([{"names":["mkdir"],"action":"SCMP_ACT_NOTIFY"}]}}})",
        "needs listenerPath");
    row("listener for sendmsg",
        R"({"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/x","syscalls":)"
        R"([{"names":["sendmsg"],"action":"SCMP_ACT_NOTIFY"}]}}})",
        "cannot be used for sendmsg");
    row("option of a bind mount",
        R"({"mounts":[{"destination":"/x","source":"/tmp","options":["bind","idmap=uids=0-1-1"]}]})",
        "is no option of a bind mount");
    row("unknown option of tmpfs",
        R"({"mounts":[{"destination":"/x","type":"tmpfs","source":"tmpfs","options":["colour=red"]}]})",
        "option 'colour'");
    row("rlimit", R"({"process":{"rlimits":[{"type":"RLIMIT_X","soft":1,"hard":1}]}})",
        "unknown rlimit 'RLIMIT_X'");
    row("sysctl of the host", R"({"linux":{"sysctl":{"kernel.core_pattern":"|/x"}}})",
        "is not in a separate kernel namespace");
    row("sysctl by slashes", R"({"linux":{"sysctl":{"kernel/core_pattern":"|/x"}}})",
        "is not in a separate kernel namespace");
    row("sysctl without its namespace",
        R"({"hostname":null,"linux":{"namespaces":[{"type":"mount"},{"type":"uts"},{"type":"ipc"},{"type":"pid"}],"sysctl":{"net.ipv4.ip_forward":"1"}}})",
        "has no network namespace");
    row("sysctl and field", R"({"domainname":"a","linux":{"sysctl":{"kernel.domainname":"b"}}})",
        "conflicts with the field 'domainname'");
    row("hostname by sysctl", R"({"linux":{"sysctl":{"kernel.hostname":"b"}}})",
        "conflicts with the field 'hostname'");
    row("version", R"({"ociVersion":"2.0.0"})", "is not 1.x");
    row("unified on version 1", R"({"linux":{"resources":{"unified":{"memory.high":"1"}}}})",
        "need cgroup version 2");
    row("climbing cgroup", R"({"linux":{"cgroupsPath":"/a/../../b"}})",
        "is not the path of a cgroup");
}

void TestOciRefused::refused()
{
    QFETCH(const QString, patch);
    QFETCH(const QString, cause);
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    if (QByteArray(QTest::currentDataTag()) == "unified on version 1"
        && !QFile::exists("/sys/fs/cgroup/memory"))
        QSKIP("this host limits by cgroup version 2");
    run.config().merge_patch(Json::parse(patch.toStdString()));
    const Ran ran = run.create();
    QVERIFY(ran.exitCode != 0);
    QVERIFY2(ran.err.contains(cause.toUtf8()), ran.err.constData());
    QVERIFY(run.call({ "list", "-q" }).out.isEmpty());
}

QTEST_GUILESS_MAIN(TestOciRefused)
#include "tst_oci_refused.moc"
