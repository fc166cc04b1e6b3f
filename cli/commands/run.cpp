#include "cli/client/session.h"
#include "cli/commands/command.h"
#include "cli/commands/create_options.h"
#include "cli/commands/pull.h"

#include "engine/base/syscalls.h"

#include <algorithm>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr int kEngineFailed = 125;
constexpr int kCannotExecute = 126;
constexpr int kNotFound = 127;

/// Docker's codes for a container that did not start.
int startFailureCode(const std::string& message)
{
    const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
    if (says("executable file not found") || says("no such file or directory"))
        return kNotFound;
    if (says("permission denied") || says("is a directory"))
        return kCannotExecute;
    return kEngineFailed;
}

Result<std::string> create(Engine& engine, const Options& options, const Json& body)
{
    const std::string reference = options.arguments().front();
    const std::string platform = options.text("platform");
    const std::string pull = options.text("pull", "missing");
    const int progress = options.isSet("quiet") ? -1 : STDERR_FILENO;
    if (options.has("cidfile") && ::access(options.text("cidfile").c_str(), F_OK) == 0)
        return makeError(Errc::Conflict,
            "container ID file found, make sure the other container isn't running or delete "
                + options.text("cidfile"));
    if (pull == "always") {
        PL_TRY(pullImage(engine, reference, platform, progress));
    }
    const std::string path = target(
        "/containers/create", { { "name", options.text("name") }, { "platform", platform } });
    auto made = engine.json("POST", path, dumpJson(body));
    const bool lacksImage = !made && made.error().code == Errc::NotFound
        && made.error().message.find("No such image") != std::string::npos;
    if (lacksImage && pull == "missing") {
        complain("Unable to find image '" + withTag(reference) + "' locally");
        PL_TRY(pullImage(engine, reference, platform, progress));
        made = engine.json("POST", path, dumpJson(body));
    }
    PL_TRY(const Json answer, std::move(made));
    for (const std::string& warning : texts(member(answer, "Warnings")))
        complain("WARNING: " + warning);
    const std::string id = text(member(answer, "Id"));
    if (options.has("cidfile")) {
        PL_TRY(writeFileDurably(options.text("cidfile"), id, 0644));
    }
    return id;
}

Syntax createSyntax()
{
    return { "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container", createOptions(), 1,
        kAny, true };
}

Result<int> createCommand(Engine& engine, const Options& options)
{
    PL_TRY(const Json body, createBody(options));
    PL_TRY(const std::string id, create(engine, options, body));
    say(id);
    return 0;
}

Syntax runSyntax()
{
    Syntax syntax = createSyntax();
    syntax.summary = "Create and run a new container from an image";
    syntax.options.push_back(
        flag('d', "detach", "Run container in background and print container ID"));
    syntax.options.push_back(flag(0, "sig-proxy", "Proxy received signals to the process"));
    return syntax;
}

/// Which streams a run in the foreground joins.
struct Streams {
    bool in = false;
    bool out = true;
    bool err = true;
};

Result<Streams> streamsOf(const Options& options)
{
    const auto named = options.all("attach");
    Streams streams;
    streams.in = options.isSet("interactive");
    if (named.empty())
        return streams;
    streams = { false, false, false };
    for (std::string name : named) {
        std::ranges::transform(
            name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (name != "STDIN" && name != "STDOUT" && name != "STDERR")
            return makeError(
                Errc::InvalidArgument, "valid streams are STDIN, STDOUT and STDERR, not " + name);
        (name == "STDIN" ? streams.in : name == "STDOUT" ? streams.out : streams.err) = true;
    }
    return streams;
}

Result<Connection> attach(
    Engine& engine, const std::string& id, const Streams& streams, const Options& options)
{
    const auto when = [](bool is) { return is ? std::string("1") : std::string(); };
    Request request;
    request.method = "POST";
    request.isUpgrade = true;
    request.target = target(containerPath(id, "/attach"),
        { { "stream", "1" }, { "stdin", when(streams.in) }, { "stdout", when(streams.out) },
            { "stderr", when(streams.err) }, { "detachKeys", options.text("detach-keys") } });
    return engine.call(request);
}

/// A run whose output is followed: everything is joined before the start, so that nothing is
/// missed.
Result<int> runInForeground(Engine& engine, const Options& options, const std::string& id)
{
    PL_TRY(const Streams streams, streamsOf(options));
    SessionSettings settings;
    settings.hasTerminal = options.isSet("tty");
    settings.takesInput = streams.in;
    settings.resizePath = containerPath(id, "/resize");
    const bool isProxy = !options.has("sig-proxy") || options.isSet("sig-proxy");
    if (isProxy && !settings.hasTerminal)
        settings.killPath = containerPath(id, "/kill");
    if (!settings.detachKeys.set(options.text("detach-keys")))
        return makeError(
            Errc::InvalidArgument, "invalid detach keys (" + options.text("detach-keys") + ")");

    PL_TRY(Connection stream, attach(engine, id, streams, options));
    Request waiting;
    waiting.method = "POST";
    waiting.target = target(containerPath(id, "/wait"),
        { { "condition", options.isSet("rm") ? "removed" : "next-exit" } });
    PL_TRY(Connection end, engine.call(waiting));
    const SignalFeed signals;
    if (const auto started = engine.call("POST", containerPath(id, "/start")); !started) {
        complain("portlight: " + started.error().message);
        if (options.isSet("rm"))
            (void)engine.call(
                "DELETE", target(containerPath(id), { { "force", "1" }, { "v", "1" } }));
        return startFailureCode(started.error().message);
    }
    sendWindowSize(engine, settings);
    PL_TRY(const SessionEnd ended, runSession(engine, stream, settings, signals));
    if (ended == SessionEnd::Detached)
        return 0;
    PL_TRY(const std::string body, end.readAll());
    PL_TRY(const Json answer, parseJson(body));
    if (const std::string failure = text(memberAt(answer, "Error.Message")); !failure.empty())
        return makeError(Errc::Internal, failure);
    return static_cast<int>(number(member(answer, "StatusCode")));
}

Result<int> run(Engine& engine, const Options& options)
{
    const bool isDetached = options.isSet("detach");
    if (isDetached && options.has("attach"))
        return makeError(Errc::InvalidArgument,
            "conflicting options: cannot specify both --attach and --detach");
    if (!isDetached && options.isSet("tty") && options.isSet("interactive")
        && ::isatty(STDIN_FILENO) == 0) {
        complain("the input device is not a TTY");
        return 1;
    }
    PL_TRY(Json body, createBody(options));
    if (!isDetached) {
        body["AttachStdin"] = options.isSet("interactive");
        body["AttachStdout"] = true;
        body["AttachStderr"] = true;
        body["StdinOnce"] = options.isSet("interactive");
    }
    PL_TRY(const std::string id, create(engine, options, body));
    if (!isDetached)
        return runInForeground(engine, options, id);
    if (const auto started = engine.call("POST", containerPath(id, "/start")); !started) {
        say(id);
        complain("portlight: " + started.error().message);
        return startFailureCode(started.error().message);
    }
    say(id);
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "create", createSyntax, createCommand },
    { "run", runSyntax, run, kEngineFailed },
};

} // namespace

std::span<const CommandEntry> runCommands()
{
    return kCommands;
}

} // namespace portlight::cli
