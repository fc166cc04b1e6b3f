#include "cli/commands/command.h"
#include "cli/commands/create_options.h"

namespace portlight::cli {

namespace {

Syntax many(std::string summary, std::vector<Option> options = {})
{
    return { "[OPTIONS] CONTAINER [CONTAINER...]", std::move(summary), std::move(options), 1,
        kAny };
}

/// POST to every container, whose name is said.
Result<int> post(
    Engine& engine, const Options& options, const std::string& verb, const Query& query = {})
{
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(engine.call("POST", target(containerPath(name, verb), query)));
        say(name);
        return success();
    });
}

Result<Query> stopQuery(const Options& options)
{
    const std::string word = options.has("timeout") ? "timeout" : "time";
    PL_TRY(const auto seconds, options.number(word));
    return Query { { "signal", options.text("signal") },
        { "t", seconds ? std::to_string(*seconds) : std::string() } };
}

Syntax stopSyntax()
{
    return many("Stop one or more running containers",
        { value('s', "signal", "Signal to send to the container"),
            value('t', "timeout", "Seconds to wait before killing the container", "int"),
            value(0, "time", "The same as --timeout", "int") });
}

Result<int> stop(Engine& engine, const Options& options)
{
    PL_TRY(const Query query, stopQuery(options));
    return post(engine, options, "/stop", query);
}

Syntax restartSyntax()
{
    Syntax syntax = stopSyntax();
    syntax.summary = "Restart one or more containers";
    return syntax;
}

Result<int> restart(Engine& engine, const Options& options)
{
    PL_TRY(const Query query, stopQuery(options));
    return post(engine, options, "/restart", query);
}

Syntax killSyntax()
{
    return many("Kill one or more running containers",
        { value('s', "signal", "Signal to send to the container") });
}

Result<int> kill(Engine& engine, const Options& options)
{
    return post(engine, options, "/kill", { { "signal", options.text("signal", "KILL") } });
}

Syntax pauseSyntax()
{
    return many("Pause all processes within one or more containers");
}
Result<int> pause(Engine& engine, const Options& options)
{
    return post(engine, options, "/pause");
}

Syntax unpauseSyntax()
{
    return many("Unpause all processes within one or more containers");
}
Result<int> unpause(Engine& engine, const Options& options)
{
    return post(engine, options, "/unpause");
}

Syntax removeSyntax()
{
    return many("Remove one or more containers",
        { flag('f', "force", "Force the removal of a running container (uses SIGKILL)"),
            flag('l', "link", "Remove the specified link"),
            flag('v', "volumes", "Remove anonymous volumes associated with the container") });
}

Result<int> remove(Engine& engine, const Options& options)
{
    const auto given = [&](const char* name) {
        return options.isSet(name) ? std::string("1") : std::string();
    };
    const Query query { { "force", given("force") }, { "link", given("link") },
        { "v", given("volumes") } };
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        auto removed = engine.call("DELETE", target(containerPath(name), query));
        if (!removed && removed.error().code == Errc::NotFound && options.isSet("force")) {
            complain(removed.error().message); // as docker: said, but no failure
            return success();
        }
        PL_TRY(std::move(removed));
        say(name);
        return success();
    });
}

Syntax renameSyntax()
{
    return { "CONTAINER NEW_NAME", "Rename a container", {}, 2, 2 };
}

Result<int> rename(Engine& engine, const Options& options)
{
    const auto& names = options.arguments();
    PL_TRY(
        engine.call("POST", target(containerPath(names[0], "/rename"), { { "name", names[1] } })));
    return 0;
}

Syntax waitSyntax()
{
    return { "CONTAINER [CONTAINER...]",
        "Block until one or more containers stop, then print their exit codes", {}, 1, kAny };
}

Result<int> wait(Engine& engine, const Options& options)
{
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(const Json answer, engine.json("POST", containerPath(name, "/wait")));
        say(std::to_string(number(member(answer, "StatusCode"))));
        return success();
    });
}

Syntax updateSyntax()
{
    std::vector<Option> options = resourceOptions();
    options.push_back(value(0, "restart", "Restart policy to apply when a container exits"));
    return many("Update configuration of one or more containers", std::move(options));
}

Result<int> update(Engine& engine, const Options& options)
{
    PL_TRY(Json body, resourcesOf(options));
    if (options.has("restart")) {
        PL_TRY(body["RestartPolicy"], restartPolicy(options.text("restart")));
    }
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(
            const Json answer, engine.json("POST", containerPath(name, "/update"), dumpJson(body)));
        for (const std::string& warning : texts(member(answer, "Warnings")))
            complain(warning);
        say(name);
        return success();
    });
}

constexpr CommandEntry kCommands[] {
    { "stop", stopSyntax, stop },
    { "restart", restartSyntax, restart },
    { "kill", killSyntax, kill },
    { "pause", pauseSyntax, pause },
    { "unpause", unpauseSyntax, unpause },
    { "rm", removeSyntax, remove },
    { "rename", renameSyntax, rename },
    { "wait", waitSyntax, wait },
    { "update", updateSyntax, update },
};

} // namespace

std::span<const CommandEntry> lifeCommands()
{
    return kCommands;
}

} // namespace portlight::cli
