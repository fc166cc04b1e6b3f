#include "cli/commands/command.h"
#include "cli/commands/pull.h"
#include "cli/text/human.h"
#include "cli/text/table.h"
#include "cli/text/terminal.h"

#include "engine/base/syscalls.h"

#include <filesystem>
#include <iostream>

#include <unistd.h>

namespace portlight::cli {

namespace {

const char* const kHubKey = "https://index.docker.io/v1/";

Syntax pullSyntax()
{
    return { "[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry",
        { flag('a', "all-tags", "Download all tagged images in the repository"),
            flag(0, "disable-content-trust", "Skip image verification"),
            value(0, "platform", "Set platform if server is multi-platform capable"),
            flag('q', "quiet", "Suppress verbose output") },
        1, 1 };
}

std::string fullName(const std::string& reference)
{
    const std::string tagged = withTag(reference);
    if (registryOf(tagged) != "docker.io" || tagged.starts_with("docker.io/"))
        return tagged;
    return tagged.find('/') == std::string::npos ? "docker.io/library/" + tagged
                                                 : "docker.io/" + tagged;
}

Result<int> pull(Engine& engine, const Options& options)
{
    const std::string reference = options.arguments()[0];
    if (options.isSet("all-tags"))
        return makeError(Errc::NotImplemented,
            "pulling all tags of a repository is not supported; name the tags one by one");
    const bool isQuiet = options.isSet("quiet");
    const bool isTagged = withTag(reference) == reference;
    if (!isQuiet && !isTagged)
        say("Using default tag: latest");
    PL_TRY(pullImage(engine, reference, options.text("platform"), isQuiet ? -1 : STDOUT_FILENO));
    say(fullName(reference));
    return 0;
}

Syntax pushSyntax()
{
    return { "[OPTIONS] NAME[:TAG]", "Upload an image to a registry",
        { flag(0, "disable-content-trust", "Skip image signing"),
            value(0, "platform", "Push a platform-specific manifest"),
            flag('q', "quiet", "Suppress verbose output") },
        1, 1 };
}

Result<int> push(Engine& engine, const Options& options)
{
    const std::string reference = withTag(options.arguments()[0]);
    const std::size_t colon = reference.rfind(':');
    Request request;
    request.method = "POST";
    request.target = target("/images/" + encoded(reference.substr(0, colon)) + "/push",
        { { "tag", reference.substr(colon + 1) }, { "platform", options.text("platform") } });
    const std::string auth = registryAuth(reference);
    // The header must be there: without a login it is an empty object.
    request.headers["X-Registry-Auth"] = auth.empty() ? base64("{}", true) : auth;
    PL_TRY(Connection connection, engine.call(request));
    PL_TRY(showProgress(connection, options.isSet("quiet") ? -1 : STDOUT_FILENO));
    if (options.isSet("quiet"))
        say(fullName(reference));
    return 0;
}

Syntax searchSyntax()
{
    return { "[OPTIONS] TERM", "Search a registry for images",
        { list('f', "filter", "Filter output based on conditions provided", "filter"),
            formatOption(), value(0, "limit", "Max number of search results", "int"),
            flag(0, "no-trunc", "Don't truncate output") },
        1, 1 };
}

Result<int> search(Engine& engine, const Options& options)
{
    PL_TRY(const std::string filters, filterJson(options.all("filter")));
    PL_TRY(const Json answer,
        engine.get(target("/images/search",
            { { "term", options.arguments()[0] }, { "limit", options.text("limit") },
                { "filters", filters } })));
    std::vector<Json> rows;
    for (const Json& hit : answer) {
        const std::string description = text(member(hit, "description"));
        rows.push_back(Json {
            { "Description", options.isSet("no-trunc") ? description : shortened(description, 45) },
            { "IsOfficial", truth(member(hit, "is_official")) ? "[OK]" : "" },
            { "Name", text(member(hit, "name")) },
            { "StarCount", std::to_string(number(member(hit, "star_count"))) } });
    }
    PL_TRY(const std::string out,
        formattedList(options.text("format"),
            "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}",
            { { "Description", "DESCRIPTION" }, { "IsOfficial", "OFFICIAL" }, { "Name", "NAME" },
                { "StarCount", "STARS" } },
            rows));
    print(out);
    return 0;
}

Result<Json> readConfig()
{
    const auto content = readFile(clientConfigPath());
    if (!content)
        return content.error().code == Errc::NotFound ? Result<Json>(Json::object())
                                                      : Result<Json>(content.error());
    auto parsed = parseJson(content.value());
    if (!parsed || !parsed.value().is_object())
        return makeError(Errc::InvalidArgument, clientConfigPath() + " is no JSON object");
    return parsed;
}

Result<void> writeConfig(const Json& config)
{
    PL_TRY(makeDirs(std::filesystem::path(clientConfigPath()).parent_path().string()));
    return writeFileDurably(clientConfigPath(), dumpJson(config, 4) + '\n', 0600);
}

Syntax loginSyntax()
{
    return { "[OPTIONS] [SERVER]", "Authenticate to a registry",
        { value('p', "password", "Password or Personal Access Token (PAT)"),
            flag(0, "password-stdin", "Take the Password or PAT from stdin"),
            value('u', "username", "Username") },
        0, 1 };
}

std::string ask(const std::string& question, bool isSecret)
{
    put(STDERR_FILENO, question);
    std::string answer;
    if (isSecret) {
        const QuietTerminal quiet;
        std::getline(std::cin, answer);
        put(STDERR_FILENO, "\n");
    } else {
        std::getline(std::cin, answer);
    }
    return answer;
}

Result<int> login(Engine& engine, const Options& options)
{
    const std::string server = options.arguments().empty() ? kHubKey : options.arguments()[0];
    std::string user = options.text("username");
    std::string password = options.text("password");
    if (options.isSet("password-stdin")) {
        if (user.empty())
            return makeError(
                Errc::InvalidArgument, "Must provide --username with --password-stdin");
        PL_TRY(password, readAll(Fd(::dup(STDIN_FILENO))));
        while (password.ends_with('\n') || password.ends_with('\r'))
            password.pop_back();
    } else if (options.has("password")) {
        complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }
    if (user.empty())
        user = ask("Username: ", false);
    if (password.empty())
        password = ask("Password: ", true);
    const Json body { { "username", user }, { "password", password }, { "serveraddress", server } };
    PL_TRY(const Json answer, engine.json("POST", "/auth", dumpJson(body)));
    PL_TRY(Json config, readConfig());
    Json entry { { "auth", base64(user + ':' + password) } };
    if (const std::string token = text(member(answer, "IdentityToken")); !token.empty())
        entry = Json { { "auth", base64(user + ':') }, { "identitytoken", token } };
    config["auths"][server] = std::move(entry);
    PL_TRY(writeConfig(config));
    say(text(member(answer, "Status"), "Login Succeeded"));
    return 0;
}

Syntax logoutSyntax()
{
    return { "[SERVER]", "Log out from a registry", {}, 0, 1 };
}

Result<int> logout(Engine&, const Options& options)
{
    const std::string server = options.arguments().empty() ? kHubKey : options.arguments()[0];
    PL_TRY(Json config, readConfig());
    if (!member(config, "auths").contains(server)) {
        say("Not logged in to " + server);
        return 0;
    }
    config["auths"].erase(server);
    PL_TRY(writeConfig(config));
    say("Removing login credentials for " + server);
    return 0;
}

constexpr CommandEntry kCommands[] {
    { "pull", pullSyntax, pull },
    { "push", pushSyntax, push },
    { "search", searchSyntax, search },
    { "login", loginSyntax, login },
    { "logout", logoutSyntax, logout },
};

} // namespace

std::span<const CommandEntry> registryCommands()
{
    return kCommands;
}

} // namespace portlight::cli
