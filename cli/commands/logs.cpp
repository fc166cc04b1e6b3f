#include "cli/client/frames.h"
#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/terminal.h"

#include <unistd.h>

namespace portlight::cli {

namespace {

Syntax logsSyntax()
{
    return { "[OPTIONS] CONTAINER", "Fetch the logs of a container",
        { flag(0, "details", "Show extra details provided to logs"),
            flag('f', "follow", "Follow log output"),
            value(0, "since",
                "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m)"),
            value('n', "tail", "Number of lines to show from the end of the logs"),
            flag('t', "timestamps", "Show timestamps"),
            value(
                0, "until", "Show logs before a timestamp or relative (e.g. 42m for 42 minutes)") },
        1, 1 };
}

Result<int> logs(Engine& engine, const Options& options)
{
    PL_TRY(const Json container, engine.get(containerPath(options.arguments()[0], "/json")));
    const auto given = [&](const char* name) {
        return options.isSet(name) ? std::string("1") : std::string();
    };
    PL_TRY(Connection stream,
        engine.call("GET",
            target(containerPath(text(member(container, "Id")), "/logs"),
                { { "stdout", "1" }, { "stderr", "1" }, { "follow", given("follow") },
                    { "timestamps", given("timestamps") }, { "details", given("details") },
                    { "since", momentOrAgo(options.text("since")) },
                    { "until", momentOrAgo(options.text("until")) },
                    { "tail", options.text("tail", "all") } })));
    const bool isRaw = truth(memberAt(container, "Config.Tty"));
    FrameWriter frames;
    for (;;) {
        PL_TRY(const std::string piece, stream.read());
        if (piece.empty())
            return 0;
        if (isRaw ? !put(STDOUT_FILENO, piece) : !frames.feed(piece))
            return 0; // the reader has enough
    }
}

constexpr CommandEntry kCommands[] { { "logs", logsSyntax, logs } };

} // namespace

std::span<const CommandEntry> logCommands()
{
    return kCommands;
}

} // namespace portlight::cli
