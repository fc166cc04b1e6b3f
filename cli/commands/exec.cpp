#include "cli/client/session.h"
#include "cli/commands/command.h"
#include "cli/commands/create_parts.h"

#include <unistd.h>

namespace portlight::cli {

namespace {

Syntax execSyntax()
{
    return { "[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container",
        { flag('d', "detach", "Detached mode: run command in the background"),
            value(0, "detach-keys", "Override the key sequence for detaching a container"),
            list('e', "env", "Set environment variables"),
            list(0, "env-file", "Read in a file of environment variables"),
            flag('i', "interactive", "Keep STDIN open even if not attached"),
            flag(0, "privileged", "Give extended privileges to the command"),
            flag('t', "tty", "Allocate a pseudo-TTY"),
            value('u', "user", "Username or UID (format: <name|uid>[:<group|gid>])"),
            value('w', "workdir", "Working directory inside the container") },
        2, kAny, true };
}

Result<Json> execBody(const Options& options)
{
    const auto& words = options.arguments();
    const bool isDetached = options.isSet("detach");
    Json body { { "Cmd", std::vector<std::string>(words.begin() + 1, words.end()) },
        { "Tty", options.isSet("tty") }, { "Privileged", options.isSet("privileged") },
        { "AttachStdin", !isDetached && options.isSet("interactive") },
        { "AttachStdout", !isDetached }, { "AttachStderr", !isDetached } };
    PL_TRY(body["Env"], environmentOf(options, "env-file", "env"));
    if (options.has("user"))
        body["User"] = options.text("user");
    if (options.has("workdir"))
        body["WorkingDir"] = options.text("workdir");
    if (options.has("detach-keys"))
        body["DetachKeys"] = options.text("detach-keys");
    return body;
}

Result<int> exitCodeOf(Engine& engine, const std::string& id)
{
    PL_TRY(const Json state, engine.get("/exec/" + id + "/json"));
    return static_cast<int>(number(member(state, "ExitCode")));
}

Result<int> exec(Engine& engine, const Options& options)
{
    const bool hasTerminal = options.isSet("tty");
    if (hasTerminal && options.isSet("interactive") && !options.isSet("detach")
        && ::isatty(STDIN_FILENO) == 0) {
        complain("the input device is not a TTY");
        return 1;
    }
    PL_TRY(const Json body, execBody(options));
    PL_TRY(const Json made,
        engine.json("POST", containerPath(options.arguments()[0], "/exec"), dumpJson(body)));
    const std::string id = text(member(made, "Id"));
    const Json how { { "Detach", options.isSet("detach") }, { "Tty", hasTerminal } };
    if (options.isSet("detach")) {
        PL_TRY(engine.call("POST", "/exec/" + id + "/start", dumpJson(how)));
        return 0;
    }
    SessionSettings settings;
    settings.hasTerminal = hasTerminal;
    settings.takesInput = options.isSet("interactive");
    settings.resizePath = "/exec/" + id + "/resize";
    if (!settings.detachKeys.set(options.text("detach-keys")))
        return makeError(
            Errc::InvalidArgument, "invalid detach keys (" + options.text("detach-keys") + ")");
    Request request;
    request.method = "POST";
    request.target = "/exec/" + id + "/start";
    request.body = dumpJson(how);
    request.isUpgrade = true;
    const SignalFeed signals;
    PL_TRY(Connection stream, engine.call(request));
    sendWindowSize(engine, settings);
    PL_TRY(const SessionEnd ended, runSession(engine, stream, settings, signals));
    if (ended == SessionEnd::Detached)
        return 0;
    return exitCodeOf(engine, id);
}

constexpr CommandEntry kCommands[] { { "exec", execSyntax, exec } };

} // namespace

std::span<const CommandEntry> execCommands()
{
    return kCommands;
}

} // namespace portlight::cli
