#include "cli/commands/command.h"

#include "cli/text/terminal.h"

#include <iostream>

#include <unistd.h>

namespace portlight::cli {

void print(const std::string& text)
{
    put(STDOUT_FILENO, text);
}

void say(const std::string& line)
{
    put(STDOUT_FILENO, line + '\n');
}

void complain(const std::string& line)
{
    put(STDERR_FILENO, line + '\n');
}

int forEach(const std::vector<std::string>& names,
    const std::function<Result<void>(const std::string&)>& action)
{
    int code = 0;
    for (const std::string& name : names) {
        if (const auto done = action(name); !done) {
            complain(done.error().message);
            code = 1;
            if (done.error().code == Errc::Unavailable)
                break; // no engine: the others would say the same
        }
    }
    return code;
}

Result<std::string> filterJson(const std::vector<std::string>& words)
{
    if (words.empty())
        return std::string();
    Json filters = Json::object();
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos || equals == 0)
            return makeError(Errc::InvalidArgument,
                "invalid argument \"" + word + "\" for \"-f, --filter\" flag: invalid filter '"
                    + word + "'");
        filters[word.substr(0, equals)].push_back(word.substr(equals + 1));
    }
    return dumpJson(filters);
}

Json mapOf(const std::vector<std::string>& words)
{
    Json map = Json::object();
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        map[word.substr(0, equals)] =
            equals == std::string::npos ? std::string() : word.substr(equals + 1);
    }
    return map;
}

bool isConfirmed(const std::string& question)
{
    put(STDERR_FILENO, question + " [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

Option formatOption()
{
    return value(0, "format",
        "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or 'TEMPLATE'");
}

std::string containerPath(const std::string& name, const std::string& rest)
{
    return "/containers/" + encoded(name) + rest;
}

} // namespace portlight::cli
