#include "engine/shim/foreign_runtime.h"

#include "engine/base/syscalls.h"
#include "engine/runtime/unix_socket.h"
#include "engine/shim/clock.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

namespace portlight::shim {

namespace {

// A virtual machine may take its time; what takes longer than this hangs.
constexpr std::int64_t kPatienceMs = 120'000;
constexpr std::size_t kMaxLogBytes = 1U << 20U;

/// The message of the last error in a log of JSON lines; else its last line.
std::string lastError(const std::string& log)
{
    std::string message;
    std::string last;
    for (std::size_t from = 0; from < log.size();) {
        const std::size_t end = std::min(log.find('\n', from), log.size());
        const std::string line = log.substr(from, end - from);
        from = end + 1;
        if (line.empty())
            continue;
        last = line;
        const auto json = parseJson(line);
        if (!json)
            continue;
        const auto level = jsonString(json.value(), "level");
        auto text = jsonString(json.value(), "msg");
        if (level && text && level.value() != "warning" && level.value() != "info"
            && level.value() != "debug")
            message = std::move(text).value();
    }
    return message.empty() ? last : message;
}

/// The descriptor that came with a message on a connection to @p listener; both are there already,
/// or nobody has sent any.
Result<Fd> receiveConsole(const Fd& listener)
{
    const Fd link(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!link.isOpen())
        return errnoError(errno, "no terminal came from the runtime");
    char text[4096];
    iovec part { text, sizeof text };
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] {};
    msghdr header {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    if (::recvmsg(link.get(), &header, MSG_CMSG_CLOEXEC) < 0)
        return errnoError(errno, "receive the terminal");
    const cmsghdr* const rights = CMSG_FIRSTHDR(&header);
    if (rights == nullptr || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS
        || rights->cmsg_len < CMSG_LEN(sizeof(int)))
        return makeError(Errc::Internal, "the runtime sent no terminal");
    int raw = -1;
    std::memcpy(&raw, CMSG_DATA(rights), sizeof raw);
    return Fd(raw);
}

Result<void> writeNew(const std::string& path, std::string_view text)
{
    PL_TRY(const auto file, openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
    return writeAll(file, text);
}

std::vector<char*> pointersTo(std::vector<std::string>& words)
{
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

void joinUnified(const Fd& group)
{
    const Fd file(::openat(group.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (file.isOpen())
        (void)::write(file.get(), "0", 1);
}

} // namespace

Result<ForeignRuntime> ForeignRuntime::prepare(const runtime::LaunchOptions& launch, bool hasGroups,
    std::string id, const std::string& workDir, Fd space, Fd unifiedGroup)
{
    ForeignRuntime made;
    made.m_name = launch.runtime.substr(launch.runtime.rfind('/') + 1);
    made.m_program = { launch.runtime };
    made.m_program.insert(
        made.m_program.end(), launch.runtimeArguments.begin(), launch.runtimeArguments.end());
    // runc goes on by itself where it may not make any.
    if (!hasGroups && (made.m_name == "crun" || made.m_name == "krun"))
        made.m_program.emplace_back("--cgroup-manager=disabled");
    made.m_id = std::move(id);
    made.m_workDir = workDir;
    made.m_space = std::move(space);
    made.m_unifiedGroup = std::move(unifiedGroup);
    PL_TRY(removeTree(workDir));
    PL_TRY(makeDirs(workDir + "/bundle"));
    PL_TRY(makeDirs(workDir + "/root"));
    PL_TRY(made.m_directory, openFile(workDir, O_PATH | O_DIRECTORY));
    return made;
}

ForeignRuntime::Command ForeignRuntime::command(std::vector<std::string> words, Done done)
{
    Command made;
    made.words = std::move(words);
    made.done = std::move(done);
    made.stem = m_workDir + "/" + std::to_string(++m_count);
    return made;
}

void ForeignRuntime::enqueue(std::vector<std::string> words, Done done)
{
    m_waiting.push_back(command(std::move(words), std::move(done)));
    launchWaiting();
}

// The state directory may be deeper than a socket's address is long; our descriptor's name is not.
Result<void> ForeignRuntime::addConsole(Command& command) const
{
    const std::string name = command.stem.substr(m_workDir.size() + 1) + ".sock";
    PL_TRY(command.consoleSocket, runtime::listenUnix(m_directory, name, SOCK_STREAM));
    if (::fcntl(command.consoleSocket.get(), F_SETFL, O_NONBLOCK) != 0)
        return errnoError(errno, "make socket non-blocking");
    command.words.emplace_back("--console-socket");
    command.words.push_back("/proc/" + std::to_string(::getpid()) + "/fd/"
        + std::to_string(m_directory.get()) + "/" + name);
    return success();
}

void ForeignRuntime::addProcessOptions(Command& command) const
{
    command.makesProcess = true;
    command.words.emplace_back("--pid-file");
    command.words.push_back(command.stem + ".pid");
    command.words.push_back(m_id);
}

Result<void> ForeignRuntime::create(
    const Json& config, bool hasTerminal, const runtime::StandardStreams& streams, Done done)
{
    const std::string bundle = m_workDir + "/bundle";
    PL_TRY(writeNew(bundle + "/config.json", dumpJson(config)));
    Command made = command({ "create", "--bundle", bundle }, std::move(done));
    if (hasTerminal) {
        PL_TRY(addConsole(made));
    } else {
        made.streams = streams;
    }
    addProcessOptions(made);
    PL_TRY(launch(made));
    m_running.push_back(std::move(made));
    return success();
}

void ForeignRuntime::signal(int number, bool isForAll, Done done)
{
    std::vector<std::string> words { "kill" };
    if (isForAll)
        words.emplace_back("--all");
    words.push_back(m_id);
    words.push_back(std::to_string(number));
    enqueue(std::move(words), std::move(done));
}

void ForeignRuntime::freeze(bool isFrozen, Done done)
{
    enqueue({ isFrozen ? "pause" : "resume", m_id }, std::move(done));
}

Result<void> ForeignRuntime::update(std::string_view resources, Done done)
{
    Command made = command({}, std::move(done));
    const std::string file = made.stem + ".resources";
    PL_TRY(writeNew(file, resources));
    made.words = { "update", "--resources", file, m_id };
    m_waiting.push_back(std::move(made));
    launchWaiting();
    return success();
}

Result<void> ForeignRuntime::exec(
    const Json& process, const runtime::StandardStreams& streams, Done done)
{
    Command made = command({ "exec", "--detach" }, std::move(done));
    const std::string file = made.stem + ".process";
    PL_TRY(writeNew(file, dumpJson(process)));
    made.words.insert(made.words.end(), { "--process", file });
    PL_TRY(const bool hasTerminal, jsonBool(process, "terminal"));
    if (hasTerminal) {
        PL_TRY(addConsole(made));
    } else {
        made.streams = streams;
    }
    addProcessOptions(made);
    made.isOrdered = false;
    PL_TRY(launch(made));
    m_running.push_back(std::move(made));
    return success();
}

void ForeignRuntime::launchWaiting()
{
    while (!m_waiting.empty()) {
        if (std::ranges::any_of(m_running, [](const Command& each) { return each.isOrdered; }))
            return;
        Command next = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (const auto launched = launch(next); !launched) {
            next.done(launched.error());
            continue;
        }
        m_running.push_back(std::move(next));
    }
}

Result<void> ForeignRuntime::launch(Command& command) const
{
    const pid_t pid = ::fork();
    if (pid < 0)
        return errnoError(errno, "fork");
    if (pid == 0)
        becomeRuntime(command);
    command.pid = pid;
    command.deadlineMs = steadyClockMs() + kPatienceMs;
    return success();
}

void ForeignRuntime::becomeRuntime(const Command& command) const
{
    if (m_unifiedGroup.isOpen())
        joinUnified(m_unifiedGroup);
    const Fd log(::open((command.stem + ".log").c_str(),
        O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (::setns(m_space.get(), CLONE_NEWNS) != 0)
        ::_exit(125);
    const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const bool hasStreams = command.streams.input >= 0;
    ::dup2(hasStreams ? command.streams.input : null.get(), STDIN_FILENO);
    ::dup2(hasStreams ? command.streams.output : null.get(), STDOUT_FILENO);
    ::dup2(hasStreams ? command.streams.error : log.get(), STDERR_FILENO);
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::vector<std::string> words = m_program;
    words.insert(words.end(),
        { "--root", m_workDir + "/root", "--log", command.stem + ".log", "--log-format", "json" });
    words.insert(words.end(), command.words.begin(), command.words.end());
    const auto pointers = pointersTo(words);
    ::execv(pointers.front(), pointers.data());
    const std::string why = "start '" + words.front() + "': " + errnoText(errno) + "\n";
    (void)::write(log.get(), why.data(), why.size());
    ::_exit(125);
}

bool ForeignRuntime::onChildExit(pid_t pid, int code, int status)
{
    const auto found =
        std::ranges::find_if(m_running, [pid](const Command& each) { return each.pid == pid; });
    if (found == m_running.end())
        return false;
    std::list<Command> ended; // its Done may ask for more
    ended.splice(ended.end(), m_running, found);
    Command& command = ended.front();
    auto result = outcome(command, code, status);
    for (const char* each : { ".log", ".pid", ".sock", ".process", ".resources" })
        ::unlink((command.stem + each).c_str());
    command.done(std::move(result));
    launchWaiting();
    return true;
}

Result<ForeignProcess> ForeignRuntime::outcome(const Command& command, int code, int status) const
{
    if (code == CLD_EXITED && status == 0)
        return command.makesProcess ? takeProcess(command) : ForeignProcess();
    const auto log = readFile(command.stem + ".log", kMaxLogBytes);
    std::string why = log ? lastError(log.value()) : std::string();
    if (why.empty())
        why = code == CLD_EXITED ? "exit code " + std::to_string(status)
                                 : "ended by signal " + std::to_string(status);
    return makeError(Errc::Internal, m_name + " " + command.words.front() + ": " + why);
}

Result<ForeignProcess> ForeignRuntime::takeProcess(const Command& command) const
{
    ForeignProcess process;
    PL_TRY(const auto text, readFile(command.stem + ".pid", 64));
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), process.pid);
    if (failed != std::errc() || process.pid <= 0)
        return makeError(Errc::Internal, m_name + " wrote no process number");
    process.pidFd.reset(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    if (command.consoleSocket.isOpen()) {
        PL_TRY(process.console, receiveConsole(command.consoleSocket));
    }
    return process;
}

std::int64_t ForeignRuntime::deadlineMs() const noexcept
{
    std::int64_t first = 0;
    for (const Command& each : m_running) {
        if (first == 0 || each.deadlineMs < first)
            first = each.deadlineMs;
    }
    return first;
}

void ForeignRuntime::settle(std::int64_t nowMs)
{
    for (Command& each : m_running) {
        if (nowMs < each.deadlineMs)
            continue;
        ::kill(each.pid, SIGKILL); // its end comes as that of any child
        each.deadlineMs = nowMs + kPatienceMs;
    }
}

int exitCodeOf(const Error& error, int other)
{
    const auto says = [&error](const char* words) {
        return error.message.find(words) != std::string::npos;
    };
    if (says("executable file") && (says("not found") || says("no such file")))
        return 127;
    if (says("o such file or directory") && (says("exec") || says("executable")))
        return 127;
    if (says("ermission denied") || says("s a directory"))
        return 126;
    return other;
}

} // namespace portlight::shim
