#include "cli/commands/command.h"
#include "cli/text/human.h"

namespace portlight::cli {

namespace {

/// One kind of object: removes what nothing uses, and lists it.
Result<double> prune(Engine& engine, const std::string& kind, const std::string& filters)
{
    PL_TRY(const Json answer,
        engine.json("POST", target('/' + kind + "/prune", { { "filters", filters } })));
    const auto title = [&](const char* text) { say(std::string("Deleted ") + text + ':'); };
    const auto names = [&](const char* key, const char* text) {
        const auto gone = texts(member(answer, key));
        if (gone.empty())
            return;
        title(text);
        for (const std::string& name : gone)
            say(name);
        say("");
    };
    names("ContainersDeleted", "Containers");
    names("VolumesDeleted", "Volumes");
    names("NetworksDeleted", "Networks");
    if (const Json& images = member(answer, "ImagesDeleted");
        images.is_array() && !images.empty()) {
        title("Images");
        for (const Json& image : images)
            say(image.contains("Untagged") ? "untagged: " + text(member(image, "Untagged"))
                                           : "deleted: " + text(member(image, "Deleted")));
        say("");
    }
    return decimal(member(answer, "SpaceReclaimed"));
}

std::vector<Option> pruneOptions(bool hasAll)
{
    std::vector<Option> options { list(0, "filter", "Provide filter values (e.g. \"until=24h\")",
                                      "filter"),
        flag('f', "force", "Do not prompt for confirmation") };
    if (hasAll)
        options.push_back(
            flag('a', "all", "Remove all that nothing uses, not just what has no name"));
    return options;
}

Result<std::string> filtersOf(const Options& options, const std::string& kind)
{
    std::vector<std::string> words = options.all("filter");
    if (options.isSet("all") && kind == "images")
        words.push_back("dangling=false");
    if (options.isSet("all") && kind == "volumes")
        words.push_back("all=true");
    return filterJson(words);
}

Result<int> pruneKind(
    Engine& engine, const Options& options, const std::string& kind, const std::string& warning)
{
    if (!options.isSet("force")
        && !isConfirmed(
            "WARNING! This will remove " + warning + ".\nAre you sure you want to continue?"))
        return 0;
    PL_TRY(const std::string filters, filtersOf(options, kind));
    PL_TRY(const double bytes, prune(engine, kind, filters));
    if (kind != "networks")
        say("Total reclaimed space: " + humanSize(bytes, 4));
    return 0;
}

Syntax containerSyntax()
{
    return { "[OPTIONS]", "Remove all stopped containers", pruneOptions(false) };
}
Syntax imageSyntax()
{
    return { "[OPTIONS]", "Remove unused images", pruneOptions(true) };
}
Syntax volumeSyntax()
{
    return { "[OPTIONS]", "Remove unused local volumes", pruneOptions(true) };
}
Syntax networkSyntax()
{
    return { "[OPTIONS]", "Remove all unused networks", pruneOptions(false) };
}
Syntax systemSyntax()
{
    Syntax syntax { "[OPTIONS]", "Remove unused data", pruneOptions(true) };
    syntax.options.push_back(flag(0, "volumes", "Prune anonymous volumes"));
    return syntax;
}

Result<int> pruneSystem(Engine& engine, const Options& options)
{
    const std::string images =
        options.isSet("all") ? "all images without a container" : "all dangling images";
    if (!options.isSet("force")
        && !isConfirmed("WARNING! This will remove all stopped containers, all networks that no "
                        "container uses, "
            + images + (options.isSet("volumes") ? " and all anonymous volumes" : "")
            + ".\nAre you sure you want to continue?"))
        return 0;
    double total = 0;
    std::vector<std::string> kinds { "containers", "networks" };
    if (options.isSet("volumes"))
        kinds.push_back("volumes");
    kinds.push_back("images");
    for (const std::string& kind : kinds) {
        std::vector<std::string> words = options.all("filter");
        if (kind == "images" && options.isSet("all"))
            words.push_back("dangling=false");
        PL_TRY(const std::string filters, filterJson(words));
        PL_TRY(const double bytes, prune(engine, kind, filters));
        total += bytes;
    }
    say("Total reclaimed space: " + humanSize(total, 4));
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "container prune", containerSyntax,
        [](Engine& engine, const Options& options) {
            return pruneKind(engine, options, "containers", "all stopped containers");
        } },
    { "image prune", imageSyntax,
        [](Engine& engine, const Options& options) {
            return pruneKind(engine, options, "images",
                options.isSet("all") ? "all images without at least one container"
                                     : "all dangling images");
        } },
    { "volume prune", volumeSyntax,
        [](Engine& engine, const Options& options) {
            return pruneKind(engine, options, "volumes",
                options.isSet("all") ? "all local volumes that no container uses"
                                     : "anonymous local volumes that no container uses");
        } },
    { "network prune", networkSyntax,
        [](Engine& engine, const Options& options) {
            return pruneKind(engine, options, "networks",
                "all custom networks not used by at least one container");
        } },
    { "system prune", systemSyntax, pruneSystem },
};

} // namespace

std::span<const CommandEntry> pruneCommands()
{
    return kCommands;
}

} // namespace portlight::cli
