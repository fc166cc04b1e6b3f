#include "cli/client/session.h"
#include "cli/commands/command.h"

#include <unistd.h>

namespace portlight::cli {

namespace {

Result<Connection> openStream(
    Engine& engine, const std::string& id, bool takesInput, const std::string& detachKeys)
{
    Request request;
    request.method = "POST";
    request.isUpgrade = true;
    request.target = target(containerPath(id, "/attach"),
        { { "stream", "1" }, { "stdin", takesInput ? "1" : "" }, { "stdout", "1" },
            { "stderr", "1" }, { "detachKeys", detachKeys } });
    return engine.call(request);
}

Result<SessionSettings> settingsFor(
    const Options& options, const Json& container, const std::string& id, bool takesInput)
{
    SessionSettings settings;
    settings.hasTerminal = truth(memberAt(container, "Config.Tty"));
    settings.takesInput = takesInput && truth(memberAt(container, "Config.OpenStdin"));
    settings.resizePath = containerPath(id, "/resize");
    const bool isProxy = !options.has("sig-proxy") || options.isSet("sig-proxy");
    if (isProxy && !settings.hasTerminal)
        settings.killPath = containerPath(id, "/kill");
    if (!settings.detachKeys.set(options.text("detach-keys")))
        return makeError(
            Errc::InvalidArgument, "invalid detach keys (" + options.text("detach-keys") + ")");
    return settings;
}

/// The exit code once its stream is at its end.
Result<int> follow(Engine& engine, Connection& stream, SessionSettings& settings, Connection& end,
    const SignalFeed& signals)
{
    PL_TRY(const SessionEnd ended, runSession(engine, stream, settings, signals));
    if (ended == SessionEnd::Detached)
        return 0;
    PL_TRY(const std::string body, end.readAll());
    PL_TRY(const Json answer, parseJson(body));
    return static_cast<int>(number(member(answer, "StatusCode")));
}

Syntax attachSyntax()
{
    return { "[OPTIONS] CONTAINER",
        "Attach local standard input, output, and error streams to a running container",
        { value(0, "detach-keys", "Override the key sequence for detaching a container"),
            flag(0, "no-stdin", "Do not attach STDIN"),
            flag(0, "sig-proxy", "Proxy all received signals to the process") },
        1, 1 };
}

Result<int> attach(Engine& engine, const Options& options)
{
    PL_TRY(const Json container, engine.get(containerPath(options.arguments()[0], "/json")));
    const std::string id = text(member(container, "Id"));
    if (!truth(memberAt(container, "State.Running")))
        return makeError(
            Errc::Conflict, "You cannot attach to a stopped container, start it first");
    if (truth(memberAt(container, "State.Paused")))
        return makeError(
            Errc::Conflict, "You cannot attach to a paused container, unpause it first");
    PL_TRY(
        SessionSettings settings, settingsFor(options, container, id, !options.isSet("no-stdin")));
    if (settings.hasTerminal && settings.takesInput && ::isatty(STDIN_FILENO) == 0) {
        complain("the input device is not a TTY");
        return 1;
    }
    PL_TRY(Connection end, engine.call("POST", containerPath(id, "/wait")));
    PL_TRY(Connection stream,
        openStream(engine, id, settings.takesInput, options.text("detach-keys")));
    const SignalFeed signals;
    sendWindowSize(engine, settings);
    return follow(engine, stream, settings, end, signals);
}

Syntax startSyntax()
{
    return { "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers",
        { flag('a', "attach", "Attach STDOUT/STDERR and forward signals"),
            value(0, "detach-keys", "Override the key sequence for detaching a container"),
            flag('i', "interactive", "Attach container's STDIN") },
        1, kAny };
}

Result<int> startJoined(Engine& engine, const Options& options)
{
    if (options.arguments().size() > 1)
        return makeError(
            Errc::InvalidArgument, "you cannot start and attach multiple containers at once");
    PL_TRY(const Json container, engine.get(containerPath(options.arguments()[0], "/json")));
    const std::string id = text(member(container, "Id"));
    PL_TRY(SessionSettings settings,
        settingsFor(options, container, id, options.isSet("interactive")));
    PL_TRY(Connection stream,
        openStream(engine, id, settings.takesInput, options.text("detach-keys")));
    const bool isRemoved = truth(memberAt(container, "HostConfig.AutoRemove"));
    PL_TRY(Connection end,
        engine.call("POST",
            target(containerPath(id, "/wait"),
                { { "condition", isRemoved ? "removed" : "next-exit" } })));
    const SignalFeed signals;
    PL_TRY(engine.call("POST", containerPath(id, "/start")));
    sendWindowSize(engine, settings);
    return follow(engine, stream, settings, end, signals);
}

Result<int> start(Engine& engine, const Options& options)
{
    if (options.isSet("attach") || options.isSet("interactive"))
        return startJoined(engine, options);
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(engine.call("POST", containerPath(name, "/start")));
        say(name);
        return success();
    });
}

constexpr CommandEntry kCommands[] {
    { "attach", attachSyntax, attach },
    { "start", startSyntax, start },
};

} // namespace

std::span<const CommandEntry> attachCommands()
{
    return kCommands;
}

} // namespace portlight::cli
