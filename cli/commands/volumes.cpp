#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"

namespace portlight::cli {

namespace {

Syntax listSyntax()
{
    return { "[OPTIONS]", "List volumes",
        { list('f', "filter", "Provide filter values (e.g. \"dangling=true\")", "filter"),
            formatOption(), flag('q', "quiet", "Only display volume names") } };
}

Result<int> ls(Engine& engine, const Options& options)
{
    PL_TRY(const std::string filters, filterJson(options.all("filter")));
    PL_TRY(const Json answer, engine.get(target("/volumes", { { "filters", filters } })));
    std::vector<Json> rows;
    for (const Json& volume : member(answer, "Volumes")) {
        std::vector<std::string> labels;
        if (member(volume, "Labels").is_object())
            for (const auto& [key, setting] : member(volume, "Labels").items())
                labels.push_back(key + '=' + text(setting));
        rows.push_back(Json { { "Availability", "N/A" },
            { "Driver", text(member(volume, "Driver")) }, { "Group", "N/A" },
            { "Labels", join(labels, ",") }, { "Links", "N/A" },
            { "Mountpoint", text(member(volume, "Mountpoint")) },
            { "Name", text(member(volume, "Name")) }, { "Scope", text(member(volume, "Scope")) },
            { "Size", "N/A" }, { "Status", "N/A" } });
    }
    PL_TRY(const std::string out,
        formattedList(options.isSet("quiet") ? std::string("{{.Name}}") : options.text("format"),
            "{{.Driver}}\t{{.Name}}",
            { { "Driver", "DRIVER" }, { "Labels", "LABELS" }, { "Links", "LINKS" },
                { "Mountpoint", "MOUNTPOINT" }, { "Name", "VOLUME NAME" }, { "Scope", "SCOPE" },
                { "Size", "SIZE" } },
            rows));
    print(out);
    return 0;
}

Syntax createSyntax()
{
    return { "[OPTIONS] [VOLUME]", "Create a volume",
        { value('d', "driver", "Specify volume driver name"),
            list(0, "label", "Set metadata for a volume"), value(0, "name", "Specify volume name"),
            list('o', "opt", "Set driver specific options", "map") },
        0, 1 };
}

Result<int> create(Engine& engine, const Options& options)
{
    const std::string name =
        options.arguments().empty() ? options.text("name") : options.arguments()[0];
    const Json body { { "Name", name }, { "Driver", options.text("driver", "local") },
        { "DriverOpts", mapOf(options.all("opt")) }, { "Labels", mapOf(options.all("label")) } };
    PL_TRY(const Json made, engine.json("POST", "/volumes/create", dumpJson(body)));
    say(text(member(made, "Name")));
    return 0;
}

Syntax removeSyntax()
{
    return { "[OPTIONS] VOLUME [VOLUME...]", "Remove one or more volumes",
        { flag('f', "force", "Force the removal of one or more volumes") }, 1, kAny };
}

Result<int> remove(Engine& engine, const Options& options)
{
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(engine.call("DELETE",
            target(
                "/volumes/" + encoded(name), { { "force", options.isSet("force") ? "1" : "" } })));
        say(name);
        return success();
    });
}

constexpr CommandEntry kCommands[] {
    { "volume ls", listSyntax, ls },
    { "volume create", createSyntax, create },
    { "volume rm", removeSyntax, remove },
};

} // namespace

std::span<const CommandEntry> volumeCommands()
{
    return kCommands;
}

} // namespace portlight::cli
