#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/template.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <optional>

namespace portlight::cli {

namespace {

Syntax eventsSyntax()
{
    return { "[OPTIONS]", "Get real time events from the server",
        { list('f', "filter", "Filter output based on conditions provided", "filter"),
            value(0, "format", "Format output using a custom template: 'json' or 'TEMPLATE'"),
            value(0, "since", "Show all events created since timestamp"),
            value(0, "until", "Stream events until this timestamp") } };
}

/// Local time with nine digits of fraction, as docker writes it.
std::string momentText(std::int64_t ns)
{
    const std::time_t seconds = ns / 1'000'000'000;
    std::tm parts {};
    ::localtime_r(&seconds, &parts);
    std::array<char, 48> date {};
    std::array<char, 16> zone {};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::strftime(zone.data(), zone.size(), "%z", &parts);
    std::array<char, 16> fraction {};
    std::snprintf(
        fraction.data(), fraction.size(), ".%09lld", static_cast<long long>(ns % 1'000'000'000));
    std::string offset = zone.data();
    offset = offset == "+0000" ? std::string("Z") : offset.substr(0, 3) + ':' + offset.substr(3);
    return std::string(date.data()) + fraction.data() + offset;
}

std::string lineOf(const Json& event)
{
    std::vector<std::string> attributes;
    const Json& given = memberAt(event, "Actor.Attributes");
    if (given.is_object())
        for (const auto& [key, setting] : given.items())
            attributes.push_back(key + '=' + text(setting));
    std::ranges::sort(attributes);
    std::string line = momentText(number(member(event, "timeNano"))) + ' '
        + text(member(event, "Type")) + ' ' + text(member(event, "Action")) + ' '
        + text(memberAt(event, "Actor.ID"));
    if (!attributes.empty())
        line += " (" + join(attributes, ", ") + ')';
    return line;
}

Result<int> events(Engine& engine, const Options& options)
{
    PL_TRY(const std::string filters, filterJson(options.all("filter")));
    const std::string format = options.text("format");
    std::optional<Template> shape;
    if (!format.empty() && format != "json") {
        PL_TRY(shape, Template::parse(format));
    }
    PL_TRY(Connection stream,
        engine.call("GET",
            target("/events",
                { { "since", momentOrAgo(options.text("since")) },
                    { "until", momentOrAgo(options.text("until")) }, { "filters", filters } })));
    for (bool more = true; more;) {
        PL_TRY(const std::string line, stream.readLine(more));
        if (line.empty())
            continue;
        if (format == "json") {
            say(line);
            continue;
        }
        PL_TRY(const Json event, parseJson(line));
        if (shape) {
            PL_TRY(const std::string shownLine, shape->render(event));
            say(shownLine);
        } else {
            say(lineOf(event));
        }
    }
    return 0;
}

constexpr CommandEntry kCommands[] { { "events", eventsSyntax, events } };

} // namespace

std::span<const CommandEntry> eventCommands()
{
    return kCommands;
}

} // namespace portlight::cli
