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

enum class Abi { Native, X32, I386 };

// As errnoUnder, by one of the machine's ways into the kernel and with a first argument; -1 where
// this machine does not have it.
int errnoThrough(Abi abi, const SeccompFilter& filter, long number, long first)
{
    const pid_t child = ::fork();
    if (child == 0) {
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !installSeccomp(filter))
            ::_exit(255);
        long result = -ENOSYS;
        if (abi != Abi::I386) {
            constexpr long kX32Bit = 0x40000000;
            result =
                ::syscall(abi == Abi::X32 ? number | kX32Bit : number, first, 0L, 0L, 0L, 0L, 0L);
            result = result < 0 ? -errno : result;
        }
#ifdef __x86_64__
        if (abi == Abi::I386)
            asm volatile("int $0x80"
                : "=a"(result)
                : "a"(number), "b"(first), "c"(0L), "d"(0L), "S"(0L), "D"(0L)
                : "memory", "r8", "r9", "r10", "r11");
#endif
        result = static_cast<int>(result);
        ::_exit(result < 0 ? static_cast<int>(-result) : 0);
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
    void sec22SystemCalls_data();
    void sec22SystemCalls();
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

void TestSeccomp::sec22SystemCalls_data()
{
    QTest::addColumn<Abi>("abi");
    QTest::addColumn<qlonglong>("number");
    QTest::addColumn<qlonglong>("first");
    QTest::addColumn<int>("expected");
    struct Call {
        const char* name;
        long native;
        long i386; // -1: not tried
        long first;
        int expected;
    };
    constexpr long kAlg = 38; // AF_ALG, CVE-2026-31431
    constexpr long kVsock = 40;
    const Call calls[] { { "socket(AF_ALG)", SYS_socket, 359, kAlg, EPERM },
        { "socket(AF_VSOCK)", SYS_socket, 359, kVsock, EPERM },
        { "io_uring_setup", SYS_io_uring_setup, 425, 1, EPERM }, { "bpf", SYS_bpf, 357, 0, EPERM },
        { "userfaultfd", SYS_userfaultfd, 374, 0, EPERM }, { "keyctl", SYS_keyctl, 288, 0, EPERM },
        { "add_key", SYS_add_key, 286, 0, EPERM },
        { "request_key", SYS_request_key, 287, 0, EPERM },
        { "open_tree", SYS_open_tree, 428, -100, EPERM }, { "fsopen", SYS_fsopen, 430, 0, EPERM },
        { "move_mount", SYS_move_mount, 429, -1, EPERM }, { "mount", SYS_mount, 21, 0, EPERM },
        { "unshare(NEWUSER)", SYS_unshare, 310, 0x10000000, EPERM },
        { "setns", SYS_setns, 346, -1, EPERM },
        { "perf_event_open", SYS_perf_event_open, 336, 0, EPERM },
        { "kexec_load", SYS_kexec_load, 283, 0, EPERM }, { "clone3", SYS_clone3, 435, 0, ENOSYS },
        { "from the future", 1000, 1000, 0, ENOSYS }, { "getpid", SYS_getpid, 20, 0, 0 } };
    for (const Call& call : calls) {
        QTest::addRow("%s", call.name)
            << Abi::Native << qlonglong(call.native) << qlonglong(call.first) << call.expected;
#ifdef __x86_64__
        QTest::addRow("i386 %s", call.name)
            << Abi::I386 << qlonglong(call.i386) << qlonglong(call.first) << call.expected;
#endif
    }
}

// CVE-2026-31431 and what new kernels bring: closed in every word size, and unknown calls say so.
void TestSeccomp::sec22SystemCalls()
{
    QFETCH(const Abi, abi);
    QFETCH(const qlonglong, number);
    QFETCH(const qlonglong, first);
    QFETCH(const int, expected);
    const auto profile = defaultSeccomp({ "CAP_CHOWN", "CAP_SETUID", "CAP_NET_RAW" });
    QVERIFY(profile);
    static const auto program = compileSeccomp(profile.value());
    QVERIFY(program);
    const auto filter = seccompFromBytes(program.value());
    QVERIFY(filter);
    if (abi == Abi::I386
        && errnoThrough(abi, SeccompFilter(), 20, 0) != 0) // getpid without any filter
        QSKIP("this kernel runs no 32-bit system calls");
    QCOMPARE(errnoThrough(abi, filter.value(), number, first), expected);
    if (abi == Abi::Native && expected != 0)
        QVERIFY(errnoThrough(Abi::X32, filter.value(), number, first) != 0);
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
