#include "engine/base/syscalls.h"
#include "engine/runtime/unix_socket.h"
#include "tests/support/must_run.h"
#include "tests/support/oci_run.h"

#include <QtTest>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <sstream>
#include <thread>

using namespace portlight;
using namespace portlight::test;

Q_DECLARE_METATYPE(portlight::test::RunAs)

namespace {

Json bindOf(const std::string& from, const char* to, std::vector<std::string> options)
{
    return Json { { "source", from }, { "destination", to }, { "type", "bind" },
        { "options", std::move(options) } };
}

// The descriptor that comes over the first connection to @p listener, and the text with it.
Fd receiveDescriptor(const Fd& listener, std::string& text)
{
    const Fd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char buffer[8192];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] {};
    iovec part { buffer, sizeof buffer };
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(peer.get(), &header, MSG_CMSG_CLOEXEC);
    const cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    if (got <= 0 || rights == nullptr)
        return Fd();
    text.assign(buffer, static_cast<std::size_t>(got));
    int raw = -1;
    std::memcpy(&raw, CMSG_DATA(rights), sizeof raw);
    return Fd(raw);
}

// Fields of /proc/PID/stat, proc(5), counted from the state, which follows the name.
constexpr int kNiceField = 16;
constexpr int kPolicyField = 38;

std::string statField(const std::string& text, int field)
{
    std::istringstream words(text.substr(text.rfind(") ") + 2));
    std::string word;
    for (int at = 0; at <= field; ++at)
        words >> word;
    return word;
}

// Answers one notification with @p error.
bool answerNotification(const Fd& listener, int error)
{
    seccomp_notif request {};
    if (::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
        return false;
    seccomp_notif_resp answer {};
    answer.id = request.id;
    answer.error = -error;
    return ::ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
}

} // namespace

/// The parts of config.json, each seen from inside a real container.
class TestOciConfig : public QObject {
    Q_OBJECT

private slots:
    void processAttributes_data() { addRunAsRows(); }
    void processAttributes();
    void timeOffsets_data() { addRunAsRows(); }
    void timeOffsets();
    void joinedNamespaces_data() { addRunAsRows(); }
    void joinedNamespaces();
    void idmappedMounts();
    void tmpCopyUp_data() { addRunAsRows(); }
    void tmpCopyUp();
    void recursiveReadOnly_data() { addRunAsRows(); }
    void recursiveReadOnly();
    void rootPropagation();
    void seccompActions_data() { addRunAsRows(); }
    void seccompActions();
    void oldSeccompFilter_data() { addRunAsRows(); }
    void oldSeccompFilter();
    void seccompListener_data();
    void seccompListener();
    void execWithListener_data() { addRunAsRows(); }
    void execWithListener();
    void realtimeScheduler();
    void execAffinity_data() { addRunAsRows(); }
    void execAffinity();
    void noPivot();
    void terminal_data() { addRunAsRows(); }
    void terminal();
};

void TestOciConfig::processAttributes()
{
    PL_MAKE_OCI(run);
    Json& process = run.config()["process"];
    process["user"] = { { "uid", 7 }, { "gid", 8 }, { "additionalGids", { 9, 10 } },
        { "umask", 0027 } };
    process["scheduler"] = { { "policy", "SCHED_BATCH" }, { "nice", 5 } };
    process["ioPriority"] = { { "class", "IOPRIO_CLASS_BE" }, { "priority", 6 } };
    process["oomScoreAdj"] = 500;
    run.config()["linux"]["personality"] = { { "domain", "LINUX32" } };
    run.config()["linux"]["memoryPolicy"] = { { "mode", "MPOL_DEFAULT" } };
    run.config()["domainname"] = "domain.example";
    run.setCommand("id; umask; busybox uname -m; cat /proc/sys/kernel/domainname; hostname; "
                   "cat /proc/self/oom_score_adj; busybox ionice -p $$; cat /proc/self/stat");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run.output();
    QVERIFY2(has(out, "uid=7 gid=8 groups=9,10"), out.c_str());
    QVERIFY2(has(out, "0027\n"), out.c_str());
    QVERIFY2(has(out, "i686"), out.c_str());
    QVERIFY2(has(out, "domain.example\nbox\n500\n"), out.c_str());
    QVERIFY2(has(out, "best-effort: prio 6"), out.c_str());
    QCOMPARE(statField(out, kNiceField), std::string("5"));
    QCOMPARE(statField(out, kPolicyField), std::string("3")); // SCHED_BATCH
}

void TestOciConfig::timeOffsets()
{
    PL_MAKE_OCI(run);
    run.config()["linux"]["namespaces"].push_back({ { "type", "time" } });
    run.config()["linux"]["timeOffsets"] = { { "boottime", { { "secs", 1000000 } } },
        { "monotonic", { { "secs", 2000000 }, { "nanosecs", 5 } } } };
    run.setCommand("cat /proc/uptime /proc/self/timens_offsets");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run.output();
    QVERIFY2(std::stod(out) > 1000000, out.c_str());
    QVERIFY2(has(out, "2000000"), out.c_str());
}

void TestOciConfig::joinedNamespaces()
{
    PL_MAKE_OCI(run);
    run.config()["hostname"] = "shared-name";
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    PL_DONE(run.start());
    const std::string theirs = "/proc/" + std::to_string(run.state()["pid"].get<int>()) + "/ns/";
    auto second = OciRun::make(*user);
    QVERIFY(second);
    OciRun& other = *second.value();
    for (Json& space : other.config()["linux"]["namespaces"]) {
        const std::string type = space["type"];
        if (type == "mount" || type == "cgroup")
            continue;
        space["path"] = theirs + (type == "network" ? "net" : type);
    }
    other.config().erase("hostname");
    if (!other.isRoot()) {
        other.config()["linux"].erase("uidMappings");
        other.config()["linux"].erase("gidMappings");
    }
    other.setCommand("hostname; for n in uts net ipc pid user; do readlink /proc/1/ns/$n; "
                     "readlink /proc/self/ns/$n; done");
    const Ran ran = other.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = other.output();
    QVERIFY2(out.starts_with("shared-name\n"), out.c_str());
    std::istringstream lines(out.substr(out.find('\n') + 1));
    std::string one;
    std::string two;
    while (std::getline(lines, one) && std::getline(lines, two))
        QCOMPARE(two, one); // process 1 is the first container's
    // A file that is no namespace of that kind.
    other.config()["linux"]["namespaces"] = { { { "type", "mount" } },
        { { "type", "uts" }, { "path", theirs + "net" } } };
    QVERIFY(other.create().err.contains("is not a uts namespace"));
    PL_DONE(run.call({ "delete", "--force", run.id() }));
}

void TestOciConfig::idmappedMounts()
{
    std::string lack;
    const auto user = localUser(RunAs::Root, lack);
    if (!user)
        QSKIP(lack.c_str());
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    const std::string data = run.path("data");
    QVERIFY(makeDirs(data, 0777));
    ::chmod(data.c_str(), 0777);
    QVERIFY(writeFileDurably(data + "/file", "x", 0644));
    QVERIFY(::chown((data + "/file").c_str(), 1000, 1000) == 0);
    Json bind = bindOf(data, "/data", { "bind", "idmap" });
    const Json map =
        Json::array({ { { "containerID", 1000 }, { "hostID", 5000 }, { "size", 10 } } });
    bind["uidMappings"] = map;
    bind["gidMappings"] = map;
    run.config()["mounts"].push_back(bind);
    run.setCommand("ls -ln /data/file");
    const Ran ran = run.run();
    if (ran.err.contains("cannot be idmapped"))
        QSKIP("the file system of /tmp cannot be idmapped on this kernel");
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(has(run.output(), "5000     5000"), run.output().c_str());
    // With the container's user namespace and no mapping of the mount's own: ids as on disk.
    run.config()["mounts"].back() = bindOf(data, "/data", { "rbind", "ridmap" });
    QVERIFY(run.create().err.contains("needs uidMappings"));
    run.config()["linux"]["namespaces"].push_back({ { "type", "user" } });
    const Json ids =
        Json::array({ { { "containerID", 0 }, { "hostID", 100000 }, { "size", 65536 } } });
    run.config()["linux"]["uidMappings"] = ids;
    run.config()["linux"]["gidMappings"] = ids;
    ::chmod(run.directory().c_str(), 0711);
    const Ran inside = run.run();
    QVERIFY2(inside.exitCode == 0, inside.err.constData());
    QVERIFY2(has(run.output(), "1000     1000"), run.output().c_str());
}

void TestOciConfig::tmpCopyUp()
{
    PL_MAKE_OCI(run);
    run.config()["mounts"].push_back({ { "destination", "/etc" }, { "type", "tmpfs" },
        { "source", "tmpfs" }, { "options", { "tmpcopyup", "mode=755", "ro" } } });
    run.setCommand("grep ^web: /etc/passwd; ls -ld /etc/passwd; touch /etc/new || echo refused; "
                   "grep ' /etc ' /proc/mounts");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run.output();
    QVERIFY2(has(out, "web:x:1000"), out.c_str());
    QVERIFY2(has(out, "-rw-r--r--"), out.c_str());
    QVERIFY2(has(out, "refused"), out.c_str());
    QVERIFY2(has(out, "tmpfs /etc tmpfs ro"), out.c_str());
}

void TestOciConfig::recursiveReadOnly()
{
    PL_MAKE_OCI(run);
    run.config()["mounts"].push_back({ { "destination", "/tree" }, { "type", "tmpfs" },
        { "source", "tmpfs" }, { "options", Json::array() } });
    run.config()["mounts"].push_back({ { "destination", "/tree/below" }, { "type", "tmpfs" },
        { "source", "tmpfs" }, { "options", Json::array() } });
    // A remount and a propagation of what is there.
    run.config()["mounts"].push_back({ { "destination", "/tree" }, { "type", "tmpfs" },
        { "options", { "remount", "bind", "rro", "rnoexec" } } });
    run.setCommand("touch /tree/x || echo one; touch /tree/below/x || echo two; "
                   "grep /tree/below /proc/mounts");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const std::string out = run.output();
    QVERIFY2(has(out, "one\n") && has(out, "two\n"), out.c_str());
    QVERIFY2(has(out, "noexec"), out.c_str());
}

void TestOciConfig::rootPropagation()
{
    std::string lack;
    const auto user = localUser(RunAs::Root, lack);
    if (!user)
        QSKIP(lack.c_str());
    for (const auto& [word, mark] : { std::pair("private", ""), std::pair("rshared", "shared:"),
             std::pair("runbindable", "unbindable") }) {
        const auto made = OciRun::make(*user);
        QVERIFY(made);
        OciRun& run = *made.value();
        run.config()["linux"]["rootfsPropagation"] = word;
        run.setCommand("grep ' / / ' /proc/self/mountinfo || head -1 /proc/self/mountinfo");
        const std::string before = readFile("/proc/self/mountinfo").value();
        const Ran ran = run.run();
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QVERIFY2(has(run.output(), mark), run.output().c_str());
        QCOMPARE(readFile("/proc/self/mountinfo").value(), before); // nothing arrived out here
    }
}

void TestOciConfig::seccompActions()
{
    PL_MAKE_OCI(run);
    run.config()["linux"]["seccomp"] = { { "defaultAction", "SCMP_ACT_ALLOW" },
        { "flags", { "SECCOMP_FILTER_FLAG_LOG" } },
        { "syscalls",
            Json::array({ { { "names", { "mkdir", "mkdirat" } }, { "action", "SCMP_ACT_ERRNO" },
                              { "errnoRet", 28 } },
                { { "names", { "sethostname" } }, { "action", "SCMP_ACT_KILL_PROCESS" } } }) } };
    for (const bool hasNoNewPrivileges : { true, false }) {
        run.config()["process"]["noNewPrivileges"] = hasNoNewPrivileges;
        run.setCommand("mkdir /tmp/x; hostname other; echo $?; grep Seccomp: /proc/self/status");
        const Ran ran = run.run();
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        QVERIFY2(has(run.output(), "No space left"), run.output().c_str());
        QVERIFY2(has(run.output(), "159\n"), run.output().c_str()); // 128 + SIGSYS
        QVERIFY(has(run.output(), "Seccomp:\t2"));
    }
}

// A filter of the time before faccessat2(2) refuses what looks for the program: it starts all the
// same.
void TestOciConfig::oldSeccompFilter()
{
    PL_MAKE_OCI(run);
    run.config()["process"]["noNewPrivileges"] = false;
    run.config()["linux"]["seccomp"] = { { "defaultAction", "SCMP_ACT_ALLOW" },
        { "syscalls",
            Json::array({ { { "names", { "faccessat2" } }, { "action", "SCMP_ACT_ERRNO" } } }) } };
    run.setCommand("echo started");
    const Ran ran = run.run();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(has(run.output(), "started"), run.output().c_str());
}

void TestOciConfig::seccompListener_data()
{
    QTest::addColumn<RunAs>("runAs");
    QTest::addColumn<bool>("hasNoNewPrivileges");
    for (const bool has : { true, false }) {
        QTest::addRow("root, nnp %d", has) << RunAs::Root << has;
        QTest::addRow("user, nnp %d", has) << RunAs::OrdinaryUser << has;
    }
}

void TestOciConfig::seccompListener()
{
    PL_MAKE_OCI(run);
    QFETCH(const bool, hasNoNewPrivileges);
    const auto directory = openFile(run.directory(), O_PATH | O_DIRECTORY);
    QVERIFY(directory);
    const auto listener = runtime::listenUnix(directory.value(), "notify.sock", SOCK_STREAM);
    QVERIFY(listener);
    ::chmod(run.path("notify.sock").c_str(), 0777);
    run.config()["process"]["noNewPrivileges"] = hasNoNewPrivileges;
    run.config()["linux"]["seccomp"] = { { "defaultAction", "SCMP_ACT_ALLOW" },
        { "listenerPath", run.path("notify.sock") }, { "listenerMetadata", "what I am" },
        { "syscalls",
            Json::array(
                { { { "names", { "mkdir", "mkdirat" } }, { "action", "SCMP_ACT_NOTIFY" } } }) } };
    run.setCommand("mkdir /tmp/x; echo done");
    std::string text;
    bool isAnswered = false;
    std::thread supervisor([&] {
        const Fd notifications = receiveDescriptor(listener.value(), text);
        isAnswered = answerNotification(notifications, EXDEV);
    });
    const Ran ran = run.run();
    ::shutdown(listener.value().get(), SHUT_RDWR);
    supervisor.join();
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY(isAnswered);
    QVERIFY2(has(run.output(), "Invalid cross-device link"), run.output().c_str());
    const Json state = Json::parse(text);
    QCOMPARE(state["fds"][0].get<std::string>(), std::string("seccompFd"));
    QCOMPARE(state["metadata"].get<std::string>(), std::string("what I am"));
    QCOMPARE(state["state"]["id"].get<std::string>(), run.id());
    QCOMPARE(state["pid"], state["state"]["pid"]);
}

// A process that joins the container gets the same filter, with a listener of its own.
void TestOciConfig::execWithListener()
{
    PL_MAKE_OCI(run);
    const auto directory = openFile(run.directory(), O_PATH | O_DIRECTORY);
    QVERIFY(directory);
    const auto listener = runtime::listenUnix(directory.value(), "notify.sock", SOCK_STREAM);
    QVERIFY(listener);
    ::chmod(run.path("notify.sock").c_str(), 0777);
    run.config()["linux"]["seccomp"] = { { "defaultAction", "SCMP_ACT_ALLOW" },
        { "listenerPath", run.path("notify.sock") },
        { "syscalls",
            Json::array(
                { { { "names", { "mkdir", "mkdirat" } }, { "action", "SCMP_ACT_NOTIFY" } } }) } };
    run.setCommand("sleep 60");
    std::string ofFirst;
    std::string ofExec;
    bool isAnswered = false;
    std::thread supervisor([&] {
        const Fd first = receiveDescriptor(listener.value(), ofFirst);
        const Fd second = receiveDescriptor(listener.value(), ofExec);
        isAnswered = answerNotification(second, EXDEV);
    });
    const Ran made = run.run({ "--detach" });
    const Ran ran = made.exitCode == 0 ? run.call({ "exec", run.id(), "mkdir", "/tmp/x" }) : made;
    ::shutdown(listener.value().get(), SHUT_RDWR);
    supervisor.join();
    QVERIFY2(ran.exitCode == 1, ran.err.constData());
    QVERIFY(isAnswered);
    QVERIFY2(ran.err.contains("Invalid cross-device link"), ran.err.constData());
    const Json state = Json::parse(ofExec);
    QVERIFY(state["pid"] != state["state"]["pid"]);
    QCOMPARE(state["state"]["pid"], Json::parse(ofFirst)["pid"]);
    PL_DONE(run.call({ "delete", "--force", run.id() }));
}

void TestOciConfig::realtimeScheduler()
{
    std::string lack;
    const auto user = localUser(RunAs::Root, lack);
    if (!user)
        QSKIP(lack.c_str());
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    run.config()["process"]["scheduler"] = { { "policy", "SCHED_IDLE" },
        { "flags", { "SCHED_FLAG_RESET_ON_FORK" } } };
    run.config()["process"]["args"] = { "cat", "/proc/self/stat" };
    QCOMPARE(run.run().exitCode, 0);
    QCOMPARE(statField(run.output(), kPolicyField), std::string("5"));
    run.config()["process"]["scheduler"] = { { "policy", "SCHED_NONE" } };
    QVERIFY(run.create().err.contains("unknown scheduler policy 'SCHED_NONE'"));
}

void TestOciConfig::execAffinity()
{
    PL_MAKE_OCI(run);
    run.setCommand("sleep 100");
    PL_DONE(run.create());
    PL_DONE(run.start());
    Json process = run.config()["process"];
    process["args"] = { "grep", "Cpus_allowed_list", "/proc/self/status" };
    process["execCPUAffinity"] = { { "initial", "0" }, { "final", "0" } };
    QVERIFY(writeFileDurably(run.path("process.json"), dumpJson(process), 0644));
    ::chmod(run.path("process.json").c_str(), 0644);
    const Ran ran = run.call({ "exec", "--process", run.path("process.json"), run.id() });
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QCOMPARE(ran.out, QByteArray("Cpus_allowed_list:\t0\n"));
}

void TestOciConfig::noPivot()
{
    std::string lack;
    const auto user = localUser(RunAs::Current, lack);
    const auto made = OciRun::make(*user);
    QVERIFY(made);
    OciRun& run = *made.value();
    run.setCommand("ls /");
    const Ran ran = run.run({ "--no-pivot" });
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    QVERIFY2(has(run.output(), "proc"), run.output().c_str());
}

void TestOciConfig::terminal()
{
    PL_MAKE_OCI(run);
    const auto directory = openFile(run.directory(), O_PATH | O_DIRECTORY);
    const auto listener = runtime::listenUnix(directory.value(), "console.sock", SOCK_STREAM);
    QVERIFY(listener);
    ::chmod(run.path("console.sock").c_str(), 0777);
    run.config()["process"]["terminal"] = true;
    run.config()["process"]["consoleSize"] = { { "height", 33 }, { "width", 99 } };
    run.setCommand("tty; stty size; sleep 100");
    PL_DONE(run.create({ "--console-socket", run.path("console.sock") }));
    std::string name;
    const Fd master = receiveDescriptor(listener.value(), name);
    QVERIFY(master.isOpen());
    PL_DONE(run.start());
    std::string seen;
    char buffer[512];
    while (!has(seen, "33 99")) {
        pollfd waiting { master.get(), POLLIN, 0 };
        QVERIFY2(::poll(&waiting, 1, 10000) > 0, seen.c_str());
        const ssize_t got = ::read(master.get(), buffer, sizeof buffer);
        QVERIFY2(got > 0, seen.c_str());
        seen.append(buffer, static_cast<std::size_t>(got));
    }
    QVERIFY2(has(seen, "/dev/pts/0"), seen.c_str());
}

QTEST_GUILESS_MAIN(TestOciConfig)
#include "tst_oci_config.moc"
