#include "engine/base/syscalls.h"
#include "engine/base/temp_dir.h"
#include "engine/runtime/seccomp.h"
#include "engine/runtime/seccomp_cache.h"
#include "engine/runtime/seccomp_compiler.h"
#include "engine/runtime/seccomp_profile.h"

#include <QtTest>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

using namespace portlight;
using namespace portlight::runtime;

namespace {

std::vector<std::string> allowedNames(const Json& seccomp)
{
    std::vector<std::string> names;
    for (const Json& rule : seccomp["syscalls"]) {
        if (rule["action"] == "SCMP_ACT_ALLOW" && !rule.contains("args"))
            for (const Json& name : rule["names"])
                names.push_back(name.get<std::string>());
    }
    return names;
}

bool contains(const std::vector<std::string>& list, const std::string& item)
{
    return std::find(list.begin(), list.end(), item) != list.end();
}

// In a child with @p filter: the errno of the system call @p number, 0 where it is let through.
int errnoUnder(const SeccompFilter& filter, long number)
{
    const pid_t child = ::fork();
    if (child == 0) {
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !installSeccomp(filter))
            ::_exit(255);
        const long result = ::syscall(number, -1L, 0L, 0L, 0L, 0L, 0L);
        ::_exit(result < 0 ? errno : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

/// Profiles, their compilation, and what the kernel then does.
class TestSeccomp : public QObject {
    Q_OBJECT

private slots:
    void groupsFollowCapabilities();
    void groupsFollowMachine();
    void kernelObeys();
    void cacheIsReused();
    void refuses_data();
    void refuses();
};

void TestSeccomp::groupsFollowCapabilities()
{
    const auto plain = defaultSeccomp({ "CAP_CHOWN" });
    QVERIFY(plain);
    const auto names = allowedNames(plain.value());
    QVERIFY(contains(names, "openat"));
    for (const char* name : { "mount", "bpf", "setns", "fsopen", "reboot", "keyctl" })
        QVERIFY2(!contains(names, name), name);
    const auto mighty = defaultSeccomp({ "CAP_SYS_ADMIN", "CAP_SYS_BOOT" });
    QVERIFY(mighty);
    const auto more = allowedNames(mighty.value());
    for (const char* name : { "mount", "setns", "fsopen", "reboot" })
        QVERIFY2(contains(more, name), name);
}

void TestSeccomp::groupsFollowMachine()
{
    const Json profile = Json::parse(R"({"defaultAction":"SCMP_ACT_ERRNO",
        "archMap":[{"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],
        "syscalls":[
            {"names":["a"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"5.8"}},
            {"names":["b"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["amd64"]}},
            {"names":["c"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["arm64"]}},
            {"name":"d","action":"SCMP_ACT_ALLOW"}]})");
    const auto old = resolveSeccompProfile(profile, {}, { "arm64", 5, 7 });
    QVERIFY(old);
    QCOMPARE(allowedNames(old.value()), std::vector<std::string> { "d" });
    QCOMPARE(old.value()["architectures"], Json::array({ "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" }));
    const auto fresh = resolveSeccompProfile(profile, {}, { "amd64", 6, 0 });
    QVERIFY(fresh);
    QCOMPARE(allowedNames(fresh.value()), (std::vector<std::string> { "a", "b", "c", "d" }));
}

void TestSeccomp::kernelObeys()
{
    auto directory = TempDir::create("/tmp", "portlight-seccomp-");
    QVERIFY(directory);
    const auto profile = defaultSeccomp({ "CAP_CHOWN" });
    QVERIFY(profile);
    const auto path = compiledSeccompFile(profile.value(), directory.value().path() + "/cache");
    QVERIFY2(path, path ? "" : path.error().message.c_str());
    const auto filter = loadSeccomp(path.value());
    QVERIFY(filter);
    QCOMPARE(errnoUnder(filter.value(), SYS_getppid), 0);
    QCOMPARE(errnoUnder(filter.value(), SYS_mount), EPERM);
    QCOMPARE(errnoUnder(filter.value(), SYS_keyctl), EPERM);
    QCOMPARE(errnoUnder(filter.value(), SYS_bpf), EPERM);
    QCOMPARE(errnoUnder(filter.value(), SYS_clone3), ENOSYS); // so that libraries use clone
    QCOMPARE(errnoUnder(filter.value(), 999), ENOSYS);
#ifdef __x86_64__
    QCOMPARE(errnoUnder(filter.value(), 0x40000000 + 999), ENOSYS);
#endif
}

void TestSeccomp::cacheIsReused()
{
    auto directory = TempDir::create("/tmp", "portlight-seccomp-");
    QVERIFY(directory);
    const Json one { { "defaultAction", "SCMP_ACT_ALLOW" } };
    const Json other { { "defaultAction", "SCMP_ACT_LOG" } };
    const auto first = compiledSeccompFile(one, directory.value().path());
    QVERIFY(first);
    struct stat before {};
    QVERIFY(::stat(first.value().c_str(), &before) == 0);
    const auto again = compiledSeccompFile(one, directory.value().path());
    QVERIFY(again);
    struct stat after {};
    QVERIFY(::stat(again.value().c_str(), &after) == 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QVERIFY(compiledSeccompFile(other, directory.value().path()).value() != first.value());
}

void TestSeccomp::refuses_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("names");
    QTest::newRow("no default") << "{}" << "unknown action ''";
    QTest::newRow("unknown action") << R"({"defaultAction":"X"})" << "'X'";
    QTest::newRow("notify") << R"({"defaultAction":"SCMP_ACT_NOTIFY"})" << "NOTIFY";
    QTest::newRow("architecture")
        << R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_MOON"]})" << "MOON";
    QTest::newRow("syscalls") << R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":{}})"
                              << "syscalls";
    QTest::newRow("no names")
        << R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"action":"SCMP_ACT_KILL"}]})"
        << "names";
    QTest::newRow("operator")
        << R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_KILL",
            "args":[{"index":0,"value":1,"op":"SCMP_CMP_XX"}]}]})"
        << "SCMP_CMP_XX";
    QTest::newRow("argument number")
        << R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_KILL",
            "args":[{"index":6,"value":1,"op":"SCMP_CMP_EQ"}]}]})"
        << "argument 6";
    QTest::newRow("errno") << R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":-1})"
                           << "defaultErrnoRet";
}

void TestSeccomp::refuses()
{
    QFETCH(const QString, json);
    QFETCH(const QString, names);
    const auto program = compileSeccomp(Json::parse(json.toStdString()));
    QVERIFY(!program);
    QVERIFY2(program.error().message.find(names.toStdString()) != std::string::npos,
        program.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestSeccomp)
#include "tst_seccomp.moc"
