#include "engine/base/syscalls.h"
#include "engine/base/version.h"
#include "engine/oci_cli/context.h"
#include "engine/oci_cli/options.h"
#include "engine/oci_cli/own_binary.h"
#include "engine/oci_cli/verbs.h"
#include "engine/runtime/container_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

// portlight-oci [OPTIONS] VERB [OPTIONS] [ID]: the container runtime as a command, for callers that
// know runc and crun.

namespace portlight::oci_cli {

namespace {

struct Verb {
    std::string_view name;
    Result<int> (*run)(const Context&, Arguments);
    std::string_view help;
    bool makesProcesses = false; ///< in containers
};

constexpr Verb kVerbs[] {
    { "create", &createVerb, "[-b DIR] [--pid-file FILE] [--console-socket SOCKET] ID", true },
    { "start", &startVerb, "ID" },
    { "run", &runVerb, "[-d] [options of create] ID", true },
    { "state", &stateVerb, "ID" },
    { "kill", &killVerb, "[--all] ID [SIGNAL]" },
    { "delete", &deleteVerb, "[--force] ID" },
    { "list", &listVerb, "[--quiet] [--format table|json]" },
    { "exec", &execVerb, "[-d] [-t] [--process FILE] [--user UID[:GID]] … ID COMMAND …", true },
    { "ps", &psVerb, "[--format table|json] ID" },
    { "pause", &pauseVerb, "ID" },
    { "resume", &resumeVerb, "ID" },
    { "update", &updateVerb, "[--resources FILE] [--memory BYTES] … ID" },
    { "events", &eventsVerb, "[--stats] [--interval SECONDS] ID" },
    { "features", &featuresVerb, "" },
    { "spec", &specVerb, "[--rootless] [-b DIR]" },
};

constexpr OptionName kGlobalOptions[] { { "root", '\0', true }, { "log", '\0', true },
    { "log-format", '\0', true }, { "log-level", '\0', true }, { "debug" },
    { "systemd-cgroup", 's' }, { "rootless", '\0', true }, { "cgroup-manager", '\0', true },
    { "criu", '\0', true }, { "version", 'v' }, { "help", 'h' } };

std::string usage()
{
    std::string text = "usage: portlight-oci [--root DIR] [--log FILE] [--log-format text|json] "
                       "VERB …\n";
    for (const Verb& verb : kVerbs)
        text += "  " + std::string(verb.name) + " " + std::string(verb.help) + "\n";
    return text;
}

std::string versionText()
{
    return "portlight-oci version " + std::string(kVersion) + "\nspec: " + runtime::kOciVersion
        + "\n";
}

Result<Context> contextFrom(const Options& options)
{
    Context context;
    context.root = options.value("root", defaultRoot());
    context.logPath = options.value("log");
    context.isDebug = options.has("debug");
    context.usesSystemdCgroup = options.has("systemd-cgroup");
    const std::string format = options.value("log-format", "text");
    if (format != "text" && format != "json")
        return makeError(Errc::InvalidArgument, "unknown --log-format '" + format + "'");
    context.isLogJson = format == "json";
    if (!context.logPath.empty()) {
        const auto log = openFile(context.logPath, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0644);
        if (!log)
            return withContext(log.error(), "--log");
    }
    const std::string manager = options.value("cgroup-manager", "cgroupfs");
    if (manager == "systemd")
        context.usesSystemdCgroup = true;
    else if (manager == "disabled")
        context.hasCgroups = false;
    else if (manager != "cgroupfs")
        return makeError(Errc::InvalidArgument, "unknown --cgroup-manager '" + manager + "'");
    if (context.root.empty() || context.root.front() != '/') {
        char* const here = ::getcwd(nullptr, 0);
        context.root = std::string(here == nullptr ? "" : here) + "/" + context.root;
        std::free(here);
    }
    return context;
}

// Descriptors 0 to 2 must be something: else the first files opened would become the container's
// streams.
void openMissingStreams()
{
    int fd = -1;
    do
        fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        ::close(fd);
}

Result<int> dispatch(const Context& context, Arguments words, char** arguments)
{
    const std::string& name = words.front();
    const auto* const verb = std::find_if(std::begin(kVerbs), std::end(kVerbs),
        [&name](const Verb& each) { return each.name == name; });
    if (verb != std::end(kVerbs)) {
        if (words.size() > 1 && (words[1] == "--help" || words[1] == "-h")) {
            PL_TRY(print("usage: portlight-oci " + name + " " + std::string(verb->help) + "\n"));
            return 0;
        }
        if (verb->makesProcesses) {
            PL_TRY(leaveOwnBinary(arguments));
        }
        return verb->run(context, words.subspan(1));
    }
    if (name == "checkpoint" || name == "restore")
        return makeError(Errc::NotImplemented,
            "'" + name + "' is not supported: this runtime cannot save running processes");
    return makeError(Errc::InvalidArgument, "unknown command '" + name + "'");
}

int runMain(Arguments words, char** arguments)
{
    const auto options = parseOptions(kGlobalOptions, words, false);
    if (!options) {
        Context().logError(options.error().message);
        return 2;
    }
    const bool wantsVersion = options.value().has("version");
    if (wantsVersion || options.value().has("help") || options.value().words.empty()) {
        const bool isAsked = wantsVersion || options.value().has("help");
        (void)print(wantsVersion ? versionText() : usage());
        return isAsked ? 0 : 2;
    }
    const auto context = contextFrom(options.value());
    if (!context) {
        Context().logError(context.error().message);
        return 2;
    }
    const auto code = dispatch(context.value(), options.value().words, arguments);
    if (code)
        return code.value();
    context.value().logError(code.error().message);
    return 1;
}

} // namespace

Result<std::string> oneId(std::span<const std::string> words)
{
    if (words.size() != 1)
        return makeError(Errc::InvalidArgument, "one container id is wanted");
    return words.front();
}

Result<void> print(std::string_view text)
{
    while (!text.empty()) {
        const ssize_t put = ::write(STDOUT_FILENO, text.data(), text.size());
        if (put < 0 && errno != EINTR)
            return errnoError(errno, "write to standard output");
        text.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    return success();
}

} // namespace portlight::oci_cli

int main(int count, char** arguments)
{
    portlight::oci_cli::openMissingStreams();
    ::signal(SIGCHLD, SIG_DFL);
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(arguments + 1, arguments + count);
    return portlight::oci_cli::runMain(words, arguments);
}
