#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"
#include "cli/text/template.h"

#include "engine/base/version.h"

namespace portlight::cli {

namespace {

Result<void> showWith(const std::string& format, const Json& data)
{
    if (format == "json") {
        say(dumpJson(data));
        return success();
    }
    PL_TRY(const Template shape, Template::parse(format));
    PL_TRY(const std::string out, shape.render(data));
    say(out);
    return success();
}

Syntax versionSyntax()
{
    return { "[OPTIONS]", "Show the Portlight version information",
        { value('f', "format", "Format output using a custom template: 'json' or 'TEMPLATE'") } };
}

Result<int> version(Engine& engine, const Options& options)
{
    auto asked = engine.get("/version");
    const Json server = asked ? asked.value() : Json();
    const Json client { { "Version", kVersion }, { "Os", "linux" },
        { "ApiVersion", text(member(server, "ApiVersion")) } };
    if (options.has("format")) {
        PL_TRY(
            showWith(options.text("format"), Json { { "Client", client }, { "Server", server } }));
    } else {
        say(std::string("Client: Portlight\n Version:           ") + kVersion);
        if (asked) {
            say("\nServer: " + text(memberAt(server, "Platform.Name"), "Engine"));
            say(" Version:           " + text(member(server, "Version")));
            say(" API version:       " + text(member(server, "ApiVersion")) + " (minimum version "
                + text(member(server, "MinAPIVersion")) + ")");
            say(" OS/Arch:           " + text(member(server, "Os")) + '/'
                + text(member(server, "Arch")));
            say(" Kernel:            " + text(member(server, "KernelVersion")));
        }
    }
    if (!asked)
        return asked.error();
    return 0;
}

Syntax infoSyntax()
{
    return { "[OPTIONS]", "Display system-wide information",
        { value('f', "format", "Format output using a custom template: 'json' or 'TEMPLATE'") } };
}

std::string shownFigure(const Json& info, const char* key)
{
    const Json& figure = member(info, key);
    return figure.is_string() ? text(figure) : dumpJson(figure);
}

Result<int> info(Engine& engine, const Options& options)
{
    PL_TRY(const Json info, engine.get("/info"));
    if (options.has("format")) {
        PL_TRY(showWith(options.text("format"), info));
        return 0;
    }
    say(std::string("Client: Portlight\n Version:    ") + kVersion + "\n\nServer:");
    constexpr std::pair<const char*, const char*> lines[] { { "Containers", "Containers" },
        { "  Running", "ContainersRunning" }, { "  Paused", "ContainersPaused" },
        { "  Stopped", "ContainersStopped" }, { "Images", "Images" },
        { "Server Version", "ServerVersion" }, { "Storage Driver", "Driver" },
        { "Logging Driver", "LoggingDriver" }, { "Cgroup Driver", "CgroupDriver" },
        { "Cgroup Version", "CgroupVersion" }, { "Default Runtime", "DefaultRuntime" },
        { "Kernel Version", "KernelVersion" }, { "Operating System", "OperatingSystem" },
        { "OSType", "OSType" }, { "Architecture", "Architecture" }, { "CPUs", "NCPU" } };
    for (const auto& [title, key] : lines)
        if (info.contains(key))
            say(std::string(" ") + title + ": " + shownFigure(info, key));
    say(" Total Memory: " + binarySize(decimal(member(info, "MemTotal"))));
    for (const auto& [title, key] : { std::pair { "Name", "Name" }, std::pair { "ID", "ID" },
             std::pair { "Docker Root Dir", "DockerRootDir" } })
        say(std::string(" ") + title + ": " + shownFigure(info, key));
    say(" Security Options:");
    for (const std::string& option : texts(member(info, "SecurityOptions")))
        say("  " + option);
    for (const std::string& warning : texts(member(info, "Warnings")))
        complain(warning);
    return 0;
}

Syntax diskSyntax()
{
    return { "[OPTIONS]", "Show disk usage",
        { value(
              0, "format", "Format output using a custom template: 'table', 'json' or 'TEMPLATE'"),
            flag('v', "verbose", "Show detailed information on space usage") } };
}

/// What of a kind's bytes goes when nothing uses it.
struct Usage {
    std::size_t total = 0;
    std::size_t active = 0;
    double size = 0;
    double free = 0;
};

Json usageRow(const char* type, const Usage& usage)
{
    const int part = usage.size > 0 ? static_cast<int>(usage.free / usage.size * 100) : 0;
    return Json { { "Active", std::to_string(usage.active) },
        { "Reclaimable",
            humanSize(usage.free, 4)
                + (usage.size > 0 ? " (" + std::to_string(part) + "%)" : std::string()) },
        { "Size", humanSize(usage.size, 4) }, { "TotalCount", std::to_string(usage.total) },
        { "Type", type } };
}

Usage imageUsage(const Json& answer)
{
    Usage usage;
    double shared = 0;
    for (const Json& image : member(answer, "Images")) {
        ++usage.total;
        const bool isActive = number(member(image, "Containers")) > 0;
        usage.active += isActive ? 1 : 0;
        if (isActive)
            shared += decimal(member(image, "Size"))
                - std::max(0.0, decimal(member(image, "SharedSize")));
    }
    usage.size = decimal(member(answer, "LayersSize"));
    usage.free = std::max(0.0, usage.size - shared);
    return usage;
}

Usage listUsage(const Json& items, double (*bytes)(const Json&), bool (*isActive)(const Json&))
{
    Usage usage;
    for (const Json& item : items) {
        ++usage.total;
        usage.size += std::max(0.0, bytes(item));
        if (isActive(item))
            ++usage.active;
        else
            usage.free += std::max(0.0, bytes(item));
    }
    return usage;
}

Result<int> disk(Engine& engine, const Options& options)
{
    PL_TRY(const Json answer, engine.get("/system/df"));
    const Usage containers = listUsage(
        member(answer, "Containers"),
        [](const Json& item) { return decimal(member(item, "SizeRw")); },
        [](const Json& item) { return text(member(item, "State")) == "running"; });
    const Usage volumes = listUsage(
        member(answer, "Volumes"),
        [](const Json& item) { return decimal(memberAt(item, "UsageData.Size")); },
        [](const Json& item) { return number(memberAt(item, "UsageData.RefCount")) > 0; });
    const Usage cache = listUsage(
        member(answer, "BuildCache"),
        [](const Json& item) { return decimal(member(item, "Size")); },
        [](const Json& item) { return truth(member(item, "InUse")); });
    const std::vector<Json> rows { usageRow("Images", imageUsage(answer)),
        usageRow("Containers", containers), usageRow("Local Volumes", volumes),
        usageRow("Build Cache", cache) };
    PL_TRY(const std::string out,
        formattedList(options.text("format"),
            "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
            { { "Active", "ACTIVE" }, { "Reclaimable", "RECLAIMABLE" }, { "Size", "SIZE" },
                { "TotalCount", "TOTAL" }, { "Type", "TYPE" } },
            rows));
    print(out);
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "version", versionSyntax, version },
    { "info", infoSyntax, info },
    { "system df", diskSyntax, disk },
};

} // namespace

std::span<const CommandEntry> systemCommands()
{
    return kCommands;
}

} // namespace portlight::cli
