#include "cli/commands/command.h"
#include "cli/text/template.h"

#include <optional>

namespace portlight::cli {

namespace {

struct Kind {
    const char* name;
    const char* path; ///< before the name
    const char* rest; ///< after it
};

/// In the order in which docker looks for a name that has no --type.
constexpr Kind kKinds[] { { "container", "/containers/", "/json" },
    { "image", "/images/", "/json" }, { "network", "/networks/", "" },
    { "volume", "/volumes/", "" } };

Result<Json> find(Engine& engine, const std::string& name, const std::string& type, bool wantsSize)
{
    bool isKnown = false;
    for (const Kind& kind : kKinds) {
        if (!type.empty() && type != kind.name)
            continue;
        isKnown = true;
        std::string path = kind.path + encoded(name) + kind.rest;
        if (wantsSize && std::string(kind.name) == "container")
            path += "?size=1";
        auto found = engine.get(path);
        if (found || found.error().code != Errc::NotFound)
            return found;
    }
    if (!isKnown)
        return makeError(Errc::InvalidArgument, '"' + type + "\" is not a valid value for --type");
    return makeError(Errc::NotFound,
        type.empty() ? "Error: No such object: " + name
                     : "Error response from daemon: No such " + type + ": " + name);
}

/// What was found, in one list or by a template; what was not is said after it.
Result<int> show(Engine& engine, const Options& options, const std::string& type)
{
    const std::string format = options.text("format");
    std::optional<Template> shape;
    if (!format.empty() && format != "json") {
        PL_TRY(shape, Template::parse(format));
    }
    Json all = Json::array();
    const int code = forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        PL_TRY(Json found, find(engine, name, type, options.isSet("size")));
        if (shape) {
            PL_TRY(const std::string line, shape->render(found));
            say(line);
        } else if (format == "json") {
            say(dumpJson(found));
        } else {
            all.push_back(std::move(found));
        }
        return success();
    });
    if (format.empty())
        say(dumpJson(all, 4));
    return code;
}

std::vector<Option> inspectOptions()
{
    return { value('f', "format", "Format output using a custom template: 'json' or 'TEMPLATE'"),
        flag('s', "size", "Display total file sizes if the type is container") };
}

Syntax inspectSyntax()
{
    Syntax syntax { "[OPTIONS] NAME|ID [NAME|ID...]",
        "Return low-level information on Docker objects", inspectOptions(), 1, kAny };
    syntax.options.push_back(value(0, "type", "Only inspect objects of the given type"));
    return syntax;
}

Syntax typedSyntax()
{
    return { "[OPTIONS] NAME [NAME...]", "Display detailed information on one or more objects",
        inspectOptions(), 1, kAny };
}

Result<int> inspect(Engine& engine, const Options& options)
{
    return show(engine, options, options.text("type"));
}

constexpr CommandEntry kCommands[] {
    { "inspect", inspectSyntax, inspect },
    { "container inspect", typedSyntax,
        [](Engine& engine, const Options& options) { return show(engine, options, "container"); } },
    { "image inspect", typedSyntax,
        [](Engine& engine, const Options& options) { return show(engine, options, "image"); } },
    { "network inspect", typedSyntax,
        [](Engine& engine, const Options& options) { return show(engine, options, "network"); } },
    { "volume inspect", typedSyntax,
        [](Engine& engine, const Options& options) { return show(engine, options, "volume"); } },
};

} // namespace

std::span<const CommandEntry> inspectCommands()
{
    return kCommands;
}

} // namespace portlight::cli
