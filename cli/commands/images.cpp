#include "cli/commands/command.h"
#include "cli/text/human.h"
#include "cli/text/table.h"

#include "engine/base/timestamps.h"

#include <algorithm>

namespace portlight::cli {

namespace {

Json imageRow(const Json& image, const std::string& repository, const std::string& tag,
    const std::string& digest, bool isWhole)
{
    const std::int64_t created = number(member(image, "Created"));
    const std::string id = text(member(image, "Id"));
    const std::int64_t used = number(member(image, "Containers"), -1);
    const std::string size = humanSize(decimal(member(image, "Size")));
    return Json { { "Containers", used < 0 ? std::string("N/A") : std::to_string(used) },
        { "CreatedAt", dateTime(created) }, { "CreatedSince", ago(created) }, { "Digest", digest },
        { "ID", isWhole ? id : shortId(id) }, { "Repository", repository }, { "SharedSize", "N/A" },
        { "Size", size }, { "Tag", tag }, { "UniqueSize", "N/A" }, { "VirtualSize", size } };
}

/// A row for each name of an image; one without a name for an image that has none.
void addRows(const Json& image, bool isWhole, bool showsDigests, std::vector<Json>& rows)
{
    std::map<std::string, std::string> digests; // by repository
    for (const std::string& each : texts(member(image, "RepoDigests")))
        if (const std::size_t at = each.find('@'); at != std::string::npos)
            digests[each.substr(0, at)] = each.substr(at + 1);
    bool isNamed = false;
    for (const std::string& name : texts(member(image, "RepoTags"))) {
        const std::size_t colon = name.rfind(':');
        const std::string repository = name.substr(0, colon);
        if (repository == "<none>")
            continue;
        const auto digest = digests.find(repository);
        rows.push_back(imageRow(image, repository, name.substr(colon + 1),
            digest == digests.end() ? "<none>" : digest->second, isWhole));
        isNamed = true;
    }
    if (isNamed)
        return;
    const std::string repository =
        digests.empty() || digests.begin()->first == "<none>" ? "<none>" : digests.begin()->first;
    rows.push_back(imageRow(image, repository, "<none>",
        showsDigests && !digests.empty() ? digests.begin()->second : "<none>", isWhole));
}

Syntax imagesSyntax()
{
    return { "[OPTIONS] [REPOSITORY[:TAG]]", "List images",
        { flag('a', "all", "Show all images (default hides intermediate images)"),
            flag(0, "digests", "Show digests"),
            list('f', "filter", "Filter output based on conditions provided", "filter"),
            formatOption(), flag(0, "no-trunc", "Don't truncate output"),
            flag('q', "quiet", "Only show image IDs") },
        0, 1 };
}

Result<int> images(Engine& engine, const Options& options)
{
    std::vector<std::string> words = options.all("filter");
    if (!options.arguments().empty())
        words.push_back("reference=" + options.arguments()[0]);
    PL_TRY(const std::string filters, filterJson(words));
    PL_TRY(const Json answer,
        engine.get(target("/images/json",
            { { "all", options.isSet("all") ? "1" : "" }, { "filters", filters } })));
    std::vector<Json> rows;
    for (const Json& image : answer)
        addRows(image, options.isSet("no-trunc"), options.isSet("digests"), rows);
    const std::string standard = options.isSet("digests")
        ? "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
        : "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
    PL_TRY(const std::string out,
        formattedList(options.isSet("quiet") ? std::string("{{.ID}}") : options.text("format"),
            standard,
            { { "Containers", "CONTAINERS" }, { "CreatedAt", "CREATED AT" },
                { "CreatedSince", "CREATED" }, { "Digest", "DIGEST" }, { "ID", "IMAGE ID" },
                { "Repository", "REPOSITORY" }, { "SharedSize", "SHARED SIZE" }, { "Size", "SIZE" },
                { "Tag", "TAG" }, { "UniqueSize", "UNIQUE SIZE" },
                { "VirtualSize", "VIRTUAL SIZE" } },
            rows));
    print(out);
    return 0;
}

Syntax removeSyntax()
{
    return { "[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images",
        { flag('f', "force", "Force removal of the image"),
            flag(0, "no-prune", "Do not delete untagged parents") },
        1, kAny };
}

Result<int> remove(Engine& engine, const Options& options)
{
    const Query query { { "force", options.isSet("force") ? "1" : "" },
        { "noprune", options.isSet("no-prune") ? "1" : "" } };
    return forEach(options.arguments(), [&](const std::string& name) -> Result<void> {
        const auto removed = engine.json("DELETE", target("/images/" + encoded(name), query));
        if (!removed && removed.error().code == Errc::NotFound && options.isSet("force")) {
            complain(removed.error().message);
            return success();
        }
        PL_TRY(const Json answer, removed);
        for (const Json& each : answer) {
            if (each.contains("Untagged"))
                say("Untagged: " + text(member(each, "Untagged")));
            if (each.contains("Deleted"))
                say("Deleted: " + text(member(each, "Deleted")));
        }
        return success();
    });
}

Syntax tagSyntax()
{
    return { "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", {}, 2, 2 };
}

Result<int> tag(Engine& engine, const Options& options)
{
    std::string repository = options.arguments()[1];
    std::string name = "latest";
    const std::size_t colon = repository.rfind(':');
    if (colon != std::string::npos && repository.find('/', colon) == std::string::npos) {
        name = repository.substr(colon + 1);
        repository.erase(colon);
    }
    PL_TRY(engine.call("POST",
        target("/images/" + encoded(options.arguments()[0]) + "/tag",
            { { "repo", repository }, { "tag", name } })));
    return 0;
}

Syntax historySyntax()
{
    return { "[OPTIONS] IMAGE", "Show the history of an image",
        { formatOption(), flag('H', "human", "Print sizes and dates in human readable format"),
            flag(0, "no-trunc", "Don't truncate output"),
            flag('q', "quiet", "Only show image IDs") },
        1, 1 };
}

Result<int> history(Engine& engine, const Options& options)
{
    PL_TRY(
        const Json answer, engine.get("/images/" + encoded(options.arguments()[0]) + "/history"));
    const bool isWhole = options.isSet("no-trunc");
    const bool isHuman = !options.has("human") || options.isSet("human");
    std::vector<Json> rows;
    for (const Json& step : answer) {
        std::string by = text(member(step, "CreatedBy"));
        std::replace(by.begin(), by.end(), '\t', ' ');
        const std::int64_t created = number(member(step, "Created"));
        const std::string id = text(member(step, "Id"), "<missing>");
        const std::string size = isHuman ? humanSize(decimal(member(step, "Size")))
                                         : std::to_string(number(member(step, "Size")));
        std::string moment = formatTimestamp(created * 1'000'000'000);
        rows.push_back(Json { { "Comment", text(member(step, "Comment")) }, { "CreatedAt", moment },
            { "CreatedBy", isWhole ? by : shortened(by, 45) },
            { "CreatedSince", isHuman ? ago(created) : moment },
            { "ID", isWhole || id == "<missing>" ? id : shortId(id) }, { "Size", size } });
    }
    PL_TRY(const std::string out,
        formattedList(options.isSet("quiet") ? std::string("{{.ID}}") : options.text("format"),
            "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
            { { "Comment", "COMMENT" }, { "CreatedAt", "CREATED AT" },
                { "CreatedBy", "CREATED BY" }, { "CreatedSince", "CREATED" }, { "ID", "IMAGE" },
                { "Size", "SIZE" } },
            rows));
    print(out);
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "images", imagesSyntax, images },
    { "rmi", removeSyntax, remove },
    { "tag", tagSyntax, tag },
    { "history", historySyntax, history },
};

} // namespace

std::span<const CommandEntry> imageCommands()
{
    return kCommands;
}

} // namespace portlight::cli
