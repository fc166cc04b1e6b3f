#include "cli/dispatch.h"

#include "cli/client/engine_start.h"
#include "cli/commands/command.h"

#include "engine/base/version.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

namespace portlight::cli {

namespace {

constexpr int kBadArguments = 125;

/// Second names of commands, as docker has them.
constexpr std::pair<const char*, const char*> kAliases[] { { "container attach", "attach" },
    { "container commit", "commit" }, { "container cp", "cp" }, { "container create", "create" },
    { "container diff", "diff" }, { "container exec", "exec" }, { "container export", "export" },
    { "container kill", "kill" }, { "container logs", "logs" }, { "container ls", "ps" },
    { "container list", "ps" }, { "container ps", "ps" }, { "container pause", "pause" },
    { "container port", "port" }, { "container rename", "rename" },
    { "container restart", "restart" }, { "container rm", "rm" }, { "container remove", "rm" },
    { "container run", "run" }, { "container start", "start" }, { "container stats", "stats" },
    { "container stop", "stop" }, { "container top", "top" }, { "container unpause", "unpause" },
    { "container update", "update" }, { "container wait", "wait" }, { "image history", "history" },
    { "image import", "import" }, { "image load", "load" }, { "image ls", "images" },
    { "image list", "images" }, { "image pull", "pull" }, { "image push", "push" },
    { "image rm", "rmi" }, { "image remove", "rmi" }, { "image save", "save" },
    { "image tag", "tag" }, { "network list", "network ls" }, { "network remove", "network rm" },
    { "system events", "events" }, { "system info", "info" }, { "volume list", "volume ls" },
    { "volume remove", "volume rm" } };

constexpr const char* kGroups[] { "container", "image", "network", "system", "volume" };

const std::vector<CommandEntry>& allCommands()
{
    static const std::vector<CommandEntry> all = [] {
        std::vector<CommandEntry> gathered;
        for (const auto table :
            { archiveCommands(), attachCommands(), copyCommands(), execCommands(), eventCommands(),
                imageCommands(), inspectCommands(), lifeCommands(), listCommands(), logCommands(),
                networkCommands(), processCommands(), pruneCommands(), registryCommands(),
                runCommands(), statsCommands(), systemCommands(), volumeCommands() })
            gathered.insert(gathered.end(), table.begin(), table.end());
        std::ranges::sort(
            gathered, {}, [](const CommandEntry& each) { return std::string(each.name); });
        return gathered;
    }();
    return all;
}

const CommandEntry* find(std::string name)
{
    for (const auto& [alias, meant] : kAliases)
        if (name == alias)
            name = meant;
    const auto found = std::ranges::find_if(
        allCommands(), [&](const CommandEntry& each) { return name == each.name; });
    return found == allCommands().end() ? nullptr : &*found;
}

bool isGroup(const std::string& word)
{
    return std::ranges::any_of(kGroups, [&](const char* group) { return word == group; });
}

std::string generalHelp()
{
    std::string out =
        "Usage:  portlight [--host unix:///PATH] [--page NAME] [--milestones] [ARCHIVE...]\n"
        "        portlight [--host unix:///PATH] COMMAND [OPTIONS] [ARGUMENTS]\n\n"
        "Without a command the window opens, and imports the archives that are named. With one it\n"
        "does in the terminal what the docker command of that name does.\n\nCommands:\n";
    for (const CommandEntry& each : allCommands()) {
        const std::string name = each.name;
        out += "  " + name
            + std::string(std::max<std::size_t>(20, name.size() + 2) - name.size(), ' ')
            + each.syntax().summary + '\n';
    }
    return out
        + "\nOptions:\n"
          "  -H, --host      the engine to connect to; without it the user's own, which is "
          "started\n"
          "                  when it does not answer\n"
          "      --page      the window's page to show first\n"
          "  -v, --version   print the version\n"
          "\nRun 'portlight COMMAND --help' for more information on a command.\n";
}

std::string groupHelp(const std::string& group)
{
    std::string out = "Usage:  portlight " + group + " COMMAND\n\nCommands:\n";
    const auto line = [&](const std::string& name, const CommandEntry& entry) {
        if (!name.starts_with(group + ' '))
            return;
        const std::string word = name.substr(group.size() + 1);
        out += "  " + word
            + std::string(std::max<std::size_t>(12, word.size() + 2) - word.size(), ' ')
            + entry.syntax().summary + '\n';
    };
    for (const CommandEntry& each : allCommands())
        line(each.name, each);
    for (const auto& [alias, meant] : kAliases)
        line(alias, *find(meant));
    return out;
}

/// The command line's head: which engine, and what is left.
struct Head {
    std::string socket = defaultSocket();
    bool mayStart = true;
    bool isHelp = false;
    bool isVersion = false;
    std::string problem {};
    std::vector<std::string> rest {};
};

void takeHost(Head& head, const std::string& host)
{
    constexpr std::string_view scheme = "unix://";
    if (!host.starts_with(scheme) || host.size() == scheme.size()) {
        head.problem = "--host takes unix:///PATH, not '" + host + "'";
        return;
    }
    head.socket = host.substr(scheme.size());
    head.mayStart = head.socket == defaultSocket();
}

Head headOf(const std::vector<std::string>& words)
{
    Head head;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        const bool takesNext = word == "--host" || word == "-H";
        if (takesNext && at + 1 < words.size()) {
            takeHost(head, words[++at]);
        } else if (word.starts_with("--host=")) {
            takeHost(head, word.substr(7));
        } else if (word == "--help" || word == "-h") {
            head.isHelp = true;
        } else if (word == "--version" || word == "-v") {
            head.isVersion = true;
        } else {
            head.rest.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
            break;
        }
    }
    return head;
}

int usageError(const std::string& problem, const std::string& name, const Syntax& syntax)
{
    complain("portlight: " + problem + "\n\nUsage:  portlight " + name + ' ' + syntax.usage
        + "\n\nRun 'portlight " + name + " --help' for more information");
    return kBadArguments;
}

std::string countProblem(const std::string& name, const Syntax& syntax)
{
    const auto counted = [](std::size_t count) {
        return std::to_string(count) + (count == 1 ? " argument" : " arguments");
    };
    const std::string start = "'portlight " + name + "' ";
    if (syntax.maximum == 0)
        return start + "accepts no arguments";
    if (syntax.minimum == syntax.maximum)
        return start + "requires " + counted(syntax.minimum);
    if (syntax.maximum == kAny)
        return start + "requires at least " + counted(syntax.minimum);
    return start + "requires at least " + std::to_string(syntax.minimum) + " and at most "
        + counted(syntax.maximum);
}

int runCommand(const Head& head, const CommandEntry& entry, const std::string& name,
    const std::vector<std::string>& words)
{
    const Syntax syntax = entry.syntax();
    const auto options = parseOptions(syntax, words);
    if (!options)
        return usageError(options.error().message, name, syntax);
    if (options.value().isSet("help")) {
        print(helpText(name, syntax));
        return 0;
    }
    const std::size_t count = options.value().arguments().size();
    if (count < syntax.minimum || count > syntax.maximum) {
        usageError(countProblem(name, syntax), name, syntax);
        return 1;
    }
    Engine engine(head.socket, head.mayStart);
    const auto done = entry.run(engine, options.value());
    if (done)
        return done.value();
    if (!done.error().message.empty())
        complain((entry.failureCode == 1 ? "" : "portlight: ") + done.error().message);
    return done.error().message.empty() ? 130 : entry.failureCode;
}

} // namespace

std::optional<int> runCommandLine(const std::vector<std::string>& words)
{
    Head head = headOf(words);
    if (!head.problem.empty()) {
        complain("portlight: " + head.problem);
        return kBadArguments;
    }
    if (head.isVersion) {
        say(std::string("portlight ") + kVersion);
        return 0;
    }
    if (!head.rest.empty() && head.rest.front() == "help") {
        head.rest.erase(head.rest.begin());
        head.isHelp = true;
    }
    if (head.isHelp && head.rest.empty()) {
        print(generalHelp());
        return 0;
    }
    if (head.rest.empty())
        return std::nullopt;
    std::string name = head.rest.front();
    std::size_t used = 1;
    if (isGroup(name)) {
        const bool isBare = head.rest.size() < 2 || head.rest[1].starts_with('-');
        if (!isBare) {
            name += ' ' + head.rest[1];
            used = 2;
        }
        if (isBare || find(name) == nullptr) {
            if (!isBare)
                complain("portlight: unknown command: portlight " + name + '\n');
            print(groupHelp(head.rest.front()));
            return isBare ? 0 : 1;
        }
    }
    const CommandEntry* entry = find(name);
    if (entry == nullptr) {
        const bool isOption = name.starts_with('-');
        if (isOption || ::access(name.c_str(), F_OK) == 0)
            return std::nullopt;
        complain(
            "portlight: '" + name + "' is neither a command nor a file. See 'portlight --help'");
        return 2;
    }
    std::vector<std::string> rest(
        head.rest.begin() + static_cast<std::ptrdiff_t>(used), head.rest.end());
    if (head.isHelp)
        rest = { "--help" };
    return runCommand(head, *entry, name, rest);
}

} // namespace portlight::cli
