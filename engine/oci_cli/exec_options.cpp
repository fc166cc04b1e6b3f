#include "engine/oci_cli/exec_options.h"

#include "engine/base/syscalls.h"
#include "engine/oci_cli/launch.h"
#include "engine/runtime/capabilities.h"

#include <algorithm>

namespace portlight::oci_cli {

namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;

Error wrong(const std::string& message)
{
    return makeError(Errc::InvalidArgument, message);
}

Result<std::uint32_t> idOption(const std::string& text, const std::string& what)
{
    PL_TRY(const auto id, numberOption(text, what));
    if (id < 0 || id >= UINT32_MAX)
        return wrong(what + " '" + text + "' is not an id");
    return static_cast<std::uint32_t>(id);
}

// "UID" or "UID:GID"; names are the caller's to look up.
Result<void> applyUser(const std::string& text, oci::ProcessUser& user)
{
    const std::size_t colon = text.find(':');
    PL_TRY(user.uid, idOption(text.substr(0, colon), "--user"));
    if (colon != std::string::npos) {
        PL_TRY(user.gid, idOption(text.substr(colon + 1), "--user"));
    }
    return success();
}

Result<void> addCapabilities(const std::vector<std::string>& names, oci::Process& process)
{
    if (names.empty())
        return success();
    if (!process.capabilities)
        process.capabilities.emplace();
    for (const std::string& name : names) {
        if (!runtime::capabilityNumber(name))
            return wrong("unknown capability '" + name + "'");
        for (auto* set : { &process.capabilities->bounding, &process.capabilities->effective,
                 &process.capabilities->permitted })
            set->push_back(name);
    }
    return success();
}

void addEnv(const std::vector<std::string>& entries, oci::Process& process)
{
    for (const std::string& entry : entries) {
        const std::string name = entry.substr(0, entry.find('=')) + "=";
        std::erase_if(
            process.env, [&name](const std::string& each) { return each.starts_with(name); });
        process.env.push_back(entry);
    }
}

Result<oci::Process> readProcess(const std::string& path)
{
    PL_TRY(const auto text, readFile(path, kMaxBytes));
    const auto json = parseJson(text);
    if (!json)
        return withContext(json.error(), path);
    auto process = oci::processFromJson(json.value());
    if (!process)
        return withContext(process.error(), path);
    return process;
}

Result<oci::Process> processFrom(const Options& options, const oci::RuntimeConfig& config)
{
    if (options.has("process")) {
        if (options.words.size() > 1)
            return wrong("--process names the command: none may follow the id");
        return readProcess(options.value("process"));
    }
    oci::Process process = config.process.value_or(oci::Process {});
    if (options.words.size() < 2)
        return wrong("exec needs a command, or --process FILE");
    process.args.assign(options.words.begin() + 1, options.words.end());
    process.hasTerminal = options.has("tty");
    process.consoleSize.reset();
    if (options.has("cwd"))
        process.cwd = options.value("cwd");
    if (process.cwd.empty() || process.cwd.front() != '/')
        return wrong("--cwd '" + process.cwd + "' is not an absolute path");
    addEnv(options.all("env"), process);
    if (options.has("user")) {
        PL_TRY(applyUser(options.value("user"), process.user));
    }
    for (const std::string& group : options.all("additional-gids")) {
        PL_TRY(const auto gid, idOption(group, "--additional-gids"));
        process.user.additionalGids.push_back(gid);
    }
    PL_TRY(addCapabilities(options.all("cap"), process));
    process.hasNoNewPrivileges = process.hasNoNewPrivileges || options.has("no-new-privs");
    if (options.has("apparmor"))
        process.apparmorProfile = options.value("apparmor");
    if (options.has("process-label"))
        process.selinuxLabel = options.value("process-label");
    return process;
}

} // namespace

std::vector<OptionName> execOptionNames()
{
    return { { "process", 'p', true }, { "detach", 'd' }, { "tty", 't' }, { "cwd", '\0', true },
        { "env", 'e', true }, { "user", 'u', true }, { "additional-gids", 'g', true },
        { "cap", 'c', true }, { "pid-file", '\0', true }, { "console-socket", '\0', true },
        { "preserve-fds", '\0', true }, { "no-new-privs" }, { "apparmor", '\0', true },
        { "process-label", '\0', true }, { "no-new-keyring" }, { "cgroup", '\0', true } };
}

Result<ExecOptions> execOptionsFrom(const Options& options, const oci::RuntimeConfig& config)
{
    Options shared; // what exec has in common with create
    shared.words = { options.words.front() };
    for (const char* name : { "pid-file", "console-socket", "preserve-fds", "no-new-keyring" }) {
        if (options.has(name))
            shared.values[name] = options.all(name);
    }
    PL_TRY(const auto common, createOptionsFrom(shared));
    ExecOptions wanted;
    wanted.id = common.id;
    wanted.pidFile = common.pidFile;
    wanted.consoleSocket = common.consoleSocket;
    wanted.preservedFds = common.preservedFds;
    wanted.hasNewKeyring = common.hasNewKeyring;
    wanted.isDetached = options.has("detach");
    if (options.has("cgroup")) {
        if (("/" + options.value("cgroup") + "/").find("/../") != std::string::npos)
            return wrong("--cgroup '" + options.value("cgroup")
                + "': `..` components are not allowed: it is a group below the container's own");
        wanted.group = "/" + options.value("cgroup");
        wanted.group.erase(0, wanted.group.find_first_not_of('/') - 1);
        PL_TRY(cgroup::checkGroupPath(wanted.group));
    }
    PL_TRY(wanted.process, processFrom(options, config));
    if (wanted.process.hasTerminal && wanted.isDetached && wanted.consoleSocket.empty())
        return wrong("a terminal and --detach need --console-socket");
    if (!wanted.process.hasTerminal && !wanted.consoleSocket.empty())
        return wrong("--console-socket is given, but no terminal is asked for");
    return wanted;
}

Result<cpu_set_t> cpuSet(const std::string& text)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, end - at);
        const std::size_t dash = part.find('-');
        PL_TRY(const auto first, numberOption(part.substr(0, dash), "CPU"));
        auto last = first;
        if (dash != std::string::npos) {
            PL_TRY(last, numberOption(part.substr(dash + 1), "CPU"));
        }
        if (first < 0 || last < first || last >= CPU_SETSIZE)
            return wrong("'" + text + "' is not a list of CPUs");
        for (auto cpu = first; cpu <= last; ++cpu)
            CPU_SET(static_cast<std::size_t>(cpu), &set);
        at = end + 1;
    }
    return set;
}

} // namespace portlight::oci_cli
