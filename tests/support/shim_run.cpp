#include "tests/support/shim_run.h"

#include "engine/base/id.h"
#include "engine/base/syscalls.h"
#include "engine/cgroup/driver.h"
#include "engine/runtime/log_format.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace portlight::test {

using runtime::Frame;
using runtime::FrameType;

namespace {

const std::vector<std::string> kCapabilities { "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID",
    "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
    "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE" };

Json mount(const char* destination, const char* type, std::vector<std::string> options)
{
    return Json { { "destination", destination }, { "type", type }, { "source", type },
        { "options", std::move(options) } };
}

Json usualMounts()
{
    return Json::array({ mount("/proc", "proc", { "nosuid", "noexec", "nodev" }),
        mount("/dev", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" }),
        mount("/dev/pts", "devpts",
            { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" }),
        mount("/sys", "sysfs", { "nosuid", "noexec", "nodev", "ro" }),
        mount("/sys/fs/cgroup", "cgroup", { "ro", "nosuid", "noexec", "nodev" }),
        mount("/dev/mqueue", "mqueue", { "nosuid", "noexec", "nodev" }),
        mount("/dev/shm", "tmpfs", { "nosuid", "noexec", "nodev", "mode=1777", "size=64m" }) });
}

Json usualConfig(const std::string& name)
{
    Json config;
    config["ociVersion"] = "1.2.0";
    config["root"] = { { "path", "rootfs" } };
    config["hostname"] = "box";
    config["process"] = { { "terminal", false }, { "cwd", "/" },
        { "user", { { "uid", 0 }, { "gid", 0 } } },
        { "env", Json::array({ "PATH=/usr/bin:/bin", "COLOUR=blue" }) },
        { "capabilities",
            { { "bounding", kCapabilities }, { "effective", kCapabilities },
                { "permitted", kCapabilities } } } };
    config["mounts"] = usualMounts();
    Json namespaces = Json::array();
    for (const char* type : { "pid", "mount", "uts", "ipc", "network", "cgroup" })
        namespaces.push_back({ { "type", type } });
    config["linux"] = { { "namespaces", namespaces }, { "cgroupsPath", "/portlight/" + name },
        { "resources", Json::object() },
        { "maskedPaths",
            { "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts", "/proc/acpi",
                "/sys/firmware" } },
        { "readonlyPaths", { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys" } } };
    return config;
}

std::string busybox()
{
    for (const char* path : { "/bin/busybox", "/usr/bin/busybox" }) {
        if (::access(path, X_OK) == 0)
            return path;
    }
    return {};
}

thread_local const LocalUser* g_owner = nullptr;

void giveTo(const std::string& directory, const LocalUser& user)
{
    g_owner = &user;
    ::nftw(
        directory.c_str(),
        [](const char* path, const struct stat*, int, struct FTW*) {
            return ::lchown(path, g_owner->uid, g_owner->gid);
        },
        16, FTW_PHYS);
}

// In the child: the rights of an ordinary user, if the test has more.
void becomeUser(const LocalUser& user)
{
    if (::geteuid() != 0 || user.uid == 0)
        return;
    if (::setgroups(0, nullptr) != 0 || ::setresgid(user.gid, user.gid, user.gid) != 0
        || ::setresuid(user.uid, user.uid, user.uid) != 0)
        ::_exit(121);
}

} // namespace

Result<void> ShimClient::send(FrameType type, std::string_view payload)
{
    return writeAll(m_socket, runtime::encodeFrame(type, payload));
}

Result<Frame> ShimClient::receive(int timeoutMs)
{
    for (;;) {
        PL_TRY(auto frame, m_parser.next());
        if (frame)
            return std::move(*frame);
        pollfd waiting { m_socket.get(), POLLIN, 0 };
        if (::poll(&waiting, 1, timeoutMs) <= 0)
            return makeError(Errc::Unavailable, "no frame came in time");
        char buffer[65536];
        const ssize_t got = ::recv(m_socket.get(), buffer, sizeof buffer, 0);
        if (got <= 0)
            return makeError(Errc::Cancelled, "the shim closed the connection");
        m_parser.feed(std::string_view(buffer, static_cast<std::size_t>(got)));
    }
}

ShimRun::ShimRun(TempDir directory, LocalUser user)
    : m_directory(std::move(directory))
    , m_user(std::move(user))
    , m_bundle(m_directory.path() + "/bundle")
    , m_state(m_directory.path() + "/state")
    , m_image(m_directory.path() + "/image")
{
    config = usualConfig("test-" + randomHex(12));
    launch.lowerDirs = { m_image };
    launch.useUserXattr = m_user.uid != 0;
}

Result<std::unique_ptr<ShimRun>> ShimRun::make(const LocalUser& user)
{
    PL_TRY(auto directory, TempDir::create("/tmp", "portlight-shim-"));
    std::unique_ptr<ShimRun> run(new ShimRun(std::move(directory), user));
    PL_TRY(run->fillImage());
    PL_TRY(makeDirs(run->m_bundle));
    PL_TRY(makeDirs(run->m_state));
    return run;
}

ShimRun::~ShimRun()
{
    if (m_pid <= 0)
        return;
    m_control.reset();
    // Its container dies with it (another runtime's does not); the group cannot go before that.
    const auto text = readFile(m_state + "/shim.json");
    const auto json = text ? parseJson(text.value()) : text.error();
    ::kill(m_pid, SIGKILL);
    ::waitpid(m_pid, nullptr, 0);
    if (const auto record = json ? runtime::shimRecordFromJson(json.value()) : json.error();
        record && record.value().pid > 0) {
        const auto ticks = processStartTime(record.value().pid);
        if (ticks && ticks.value() == record.value().startTicks)
            ::kill(record.value().pid, SIGKILL);
    }
    if (const auto driver = cgroup::Driver::open(launch.cgroupRoot)) {
        (void)driver.value()->kill(group());
        for (int round = 0; round < 200 && !driver.value()->remove(group()); ++round)
            ::poll(nullptr, 0, 5);
    }
}

Result<void> ShimRun::fillImage() const
{
    for (const char* directory : { "/bin", "/etc", "/tmp" }) {
        PL_TRY(makeDirs(m_image + directory, 0755));
    }
    const std::string source = busybox();
    if (source.empty())
        return makeError(Errc::Unavailable, "no busybox on this machine (busybox-static)");
    PL_TRY(const auto bytes, readFile(source));
    PL_TRY(const auto file, openFile(m_image + "/bin/busybox", O_WRONLY | O_CREAT, 0755));
    PL_TRY(writeAll(file, bytes));
    for (const char* applet : { "sh", "ls", "cat", "echo", "sleep", "true", "false", "id", "head",
             "tty", "stty", "grep", "kill", "touch", "mkdir", "yes", "hostname", "ip", "ulimit",
             "readlink", "wc", "dd", "mount", "tr" }) {
        if (::symlink("busybox", (m_image + "/bin/" + applet).c_str()) != 0)
            return errnoError(errno, "make applet");
    }
    PL_TRY(const auto passwd, openFile(m_image + "/etc/passwd", O_WRONLY | O_CREAT, 0644));
    return writeAll(passwd, "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/srv/web:/bin/sh\n");
}

std::string ShimRun::program()
{
    return std::string(PORTLIGHT_BIN_DIR) + "/portlight-shim";
}

void ShimRun::setArguments(const std::vector<std::string>& args)
{
    config["process"]["args"] = args;
}

void ShimRun::setCommand(const std::string& shellLine)
{
    setArguments({ "sh", "-c", shellLine });
}

std::string ShimRun::group() const
{
    return config["linux"]["cgroupsPath"].get<std::string>();
}

Result<void> ShimRun::writeBundle() const
{
    PL_TRY(writeFileDurably(m_bundle + "/config.json", dumpJson(config)));
    PL_TRY(writeFileDurably(m_bundle + "/launch.json", dumpJson(toJson(launch))));
    if (::geteuid() == 0 && m_user.uid != 0)
        giveTo(m_directory.path(), m_user);
    return success();
}

Result<void> ShimRun::spawn()
{
    PL_TRY(writeBundle());
    return spawnAsWritten();
}

Result<void> ShimRun::spawnAsWritten()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return errnoError(errno, "make socket pair");
    m_control = std::make_unique<ShimClient>(Fd(ends[0]));
    Fd theirs(ends[1]);
    const std::string shim = program();
    std::vector<std::string> words;
    if (m_user.uid != 0)
        words = { "unshare", "--user", "--map-root-user", "--map-auto", "--mount", "--net", "--" };
    for (const std::string& word :
        { shim, std::string("--bundle"), m_bundle, std::string("--state"), m_state })
        words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    m_pid = ::fork();
    if (m_pid < 0)
        return errnoError(errno, "fork");
    if (m_pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves no shim
        if (theirs.get() == runtime::kControlFd)
            ::fcntl(theirs.get(), F_SETFD, 0);
        else
            ::dup2(theirs.get(), runtime::kControlFd);
        becomeUser(m_user);
        ::execvp(argv[0], argv.data());
        ::_exit(122);
    }
    theirs.reset();
    PL_TRY(const auto ready, m_control->receive());
    if (ready.type != FrameType::Ready)
        return makeError(Errc::Internal, "the first frame is not Ready");
    return success();
}

Result<std::unique_ptr<ShimClient>> ShimRun::connect() const
{
    PL_TRY(const auto directory, openFile(m_state, O_PATH | O_DIRECTORY));
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/shim.sock";
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errnoError(errno, "connect to shim");
    return std::make_unique<ShimClient>(std::move(socket));
}

ShimOutcome ShimRun::collect(ShimClient& client)
{
    ShimOutcome outcome;
    for (;;) {
        const auto frame = client.receive();
        if (!frame) {
            outcome.trouble = frame.error().message;
            return outcome;
        }
        const std::string& payload = frame.value().payload;
        const auto json = parseJson(payload);
        switch (frame.value().type) {
        case FrameType::Output:
            (payload[0] == 2 ? outcome.err : outcome.out).append(payload, 1);
            break;
        case FrameType::Started:
            outcome.started = runtime::shimRecordFromJson(json.value()).value();
            break;
        case FrameType::Exited:
            outcome.exit = runtime::exitRecordFromJson(json.value()).value();
            return outcome;
        case FrameType::Failed:
            outcome.failure = runtime::startFailureFromJson(json.value()).value();
            return outcome;
        default:
            break;
        }
    }
}

ShimOutcome ShimRun::runToEnd(bool hasInput, std::string_view input)
{
    ShimOutcome outcome;
    const Json attach { { "stdin", hasInput }, { "stdout", true }, { "stderr", true } };
    const auto sent = [&]() -> Result<void> {
        PL_TRY(m_control->send(FrameType::Attach, attach));
        PL_TRY(m_control->send(FrameType::Start));
        if (hasInput) {
            PL_TRY(m_control->send(FrameType::Stdin, input));
            PL_TRY(m_control->send(FrameType::StdinEnd));
        }
        return success();
    }();
    if (!sent) {
        outcome.trouble = sent.error().message;
        return outcome;
    }
    return collect(*m_control);
}

Json ShimRun::execRequest(const std::vector<std::string>& args) const
{
    Json process = config["process"];
    process["args"] = args;
    process["terminal"] = false;
    return runtime::execRequestJson("exec-" + randomHex(8), std::move(process), "", {}, false);
}

ShimOutcome ShimRun::exec(const Json& request, std::string_view input) const
{
    ShimOutcome outcome;
    const auto client = connect();
    if (!client) {
        outcome.trouble = client.error().message;
        return outcome;
    }
    const auto sent = [&]() -> Result<void> {
        PL_TRY(client.value()->send(FrameType::Exec, request));
        if (!request["stdin"].get<bool>())
            return success();
        PL_TRY(client.value()->send(FrameType::Stdin, input));
        return client.value()->send(FrameType::StdinEnd);
    }();
    if (!sent) {
        outcome.trouble = sent.error().message;
        return outcome;
    }
    return collect(*client.value());
}

Result<int> ShimRun::waitForShim()
{
    for (int waited = 0; waited < kShimPatienceMs; waited += 5) {
        int status = 0;
        const pid_t pid = ::waitpid(m_pid, &status, WNOHANG);
        if (pid == m_pid) {
            m_pid = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        ::poll(nullptr, 0, 5);
    }
    return makeError(Errc::Unavailable, "the shim does not end");
}

Result<std::string> ShimRun::logText() const
{
    PL_TRY(const auto bytes, readFile(m_bundle + "/container.log", 1U << 30U));
    std::string text;
    std::string_view rest = bytes;
    while (!rest.empty()) {
        PL_TRY(const auto decoded, runtime::decodeLogRecord(rest));
        if (!decoded)
            return makeError(Errc::Internal, "torn record in the log");
        text += decoded->record.bytes;
        rest.remove_prefix(decoded->bytes);
    }
    return text;
}

bool canLimit(const LocalUser& user, const std::string& controller)
{
    if (user.uid != 0 || ::geteuid() != 0)
        return false;
    const auto driver = cgroup::Driver::open({});
    return driver && driver.value()->has(controller);
}

} // namespace portlight::test
