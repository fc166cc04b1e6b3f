#include "engine/oci_cli/options.h"
#include "engine/oci_cli/state_store.h"
#include "engine/oci_cli/verbs.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace portlight::oci_cli {

namespace {

constexpr OptionName kOptions[] { { "all", 'a' }, { "regex", 'r' } };

// "9", "KILL", "SIGKILL", "RTMIN+3".
Result<int> signalNumber(const std::string& text)
{
    if (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
        PL_TRY(const auto number, numberOption(text, "signal"));
        if (number < 0 || number > SIGRTMAX)
            return makeError(Errc::InvalidArgument, "there is no signal " + text);
        return static_cast<int>(number);
    }
    std::string name = text;
    std::transform(name.begin(), name.end(), name.begin(),
        [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (name.starts_with("SIG"))
        name.erase(0, 3);
    for (int number = 1; number < SIGRTMIN; ++number) {
        const char* const known = ::sigabbrev_np(number);
        if (known != nullptr && name == known)
            return number;
    }
    for (const auto& [base, first] :
        { std::pair("RTMIN", SIGRTMIN), std::pair("RTMAX", SIGRTMAX) }) {
        if (!name.starts_with(base))
            continue;
        const std::string rest = name.substr(5);
        if (rest.empty())
            return first;
        PL_TRY(
            const auto offset, numberOption(rest.front() == '+' ? rest.substr(1) : rest, "signal"));
        if (first + offset >= SIGRTMIN && first + offset <= SIGRTMAX)
            return static_cast<int>(first + offset);
    }
    return makeError(Errc::InvalidArgument, "unknown signal '" + text + "'");
}

Result<void> signalGroup(cgroup::Driver& driver, const std::string& group, int signal)
{
    if (signal == SIGKILL)
        return driver.kill(group);
    PL_TRY(const auto pids, driver.processes(group));
    for (const pid_t pid : pids) {
        if (::kill(pid, signal) != 0 && errno != ESRCH)
            return errnoError(errno, "signal process " + std::to_string(pid));
    }
    return success();
}

// A frozen process of a version 1 group takes its SIGKILL when it is thawed only.
void thaw(const ContainerRecord& record)
{
    const auto driver = openCgroups(record.group);
    if (!driver)
        return;
    const auto frozen = driver.value()->isFrozen(record.group);
    if (frozen && frozen.value())
        (void)driver.value()->freeze(record.group, false);
}

Result<void> killOne(const ContainerRecord& record, int signal, bool isForAll)
{
    if (isForAll && record.ownsGroup) {
        PL_TRY(const auto driver, openCgroups(record.group));
        return signalGroup(*driver, record.group, signal);
    }
    PL_TRY(const auto process, openProcess(record));
    if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) != 0)
        return errnoError(errno, "signal container '" + record.id + "'");
    if (signal == SIGKILL)
        thaw(record);
    return success();
}

} // namespace

// kill: sends a signal to the container's process, or with --all to every process of its group
// (runtime.md, Kill).
Result<int> killVerb(const Context& context, Arguments arguments)
{
    PL_TRY(const auto parsed, parseOptions(kOptions, arguments, true));
    if (parsed.words.empty() || parsed.words.size() > 2)
        return makeError(Errc::InvalidArgument, "usage: kill [--all] ID [SIGNAL]");
    PL_TRY(const int signal,
        signalNumber(parsed.words.size() == 2 ? parsed.words[1] : std::string("TERM")));
    const StateStore store(context.root);
    std::vector<std::string> ids { parsed.words.front() };
    if (parsed.has("regex")) {
        PL_TRY(ids, store.idsLike(parsed.words.front()));
    }
    for (const std::string& id : ids) {
        PL_TRY(const auto record, store.load(id));
        PL_TRY(killOne(record, signal, parsed.has("all")));
    }
    return 0;
}

} // namespace portlight::oci_cli
