#pragma once

#include "engine/base/result.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace portlight::cli {

/// One option of a command, as docker's help has it.
struct Option {
    enum class Kind {
        Flag, ///< true by its presence; --name=false takes it back
        Value, ///< the last one given counts
        List, ///< every one given counts
    };
    std::string name {}; ///< without dashes
    char letter = 0; ///< 0: none
    Kind kind = Kind::Flag;
    std::string type {}; ///< the word for its value in the help: string, list, int …
    std::string help {};
};

Option flag(char letter, std::string name, std::string help);
Option value(char letter, std::string name, std::string help, std::string type = "string");
Option list(char letter, std::string name, std::string help, std::string type = "list");

/// What was given on a command line.
class Options {
public:
    bool has(const std::string& name) const { return m_values.contains(name); }
    bool isSet(const std::string& name) const;
    std::string text(const std::string& name, const std::string& fallback = {}) const;
    std::vector<std::string> all(const std::string& name) const;
    /// Errors: InvalidArgument naming the option.
    Result<std::optional<std::int64_t>> number(const std::string& name) const;
    const std::vector<std::string>& arguments() const { return m_arguments; }

private:
    friend class OptionParser;
    std::map<std::string, std::vector<std::string>> m_values {};
    std::vector<std::string> m_arguments {};
};

/// What a command line of one command looks like.
struct Syntax {
    std::string usage {}; ///< after the command's name: "[OPTIONS] CONTAINER [CONTAINER...]"
    std::string summary {};
    std::vector<Option> options {};
    std::size_t minimum = 0; ///< of arguments
    std::size_t maximum = 0;
    /// Options end at the first argument, since what follows is another program's command line.
    bool endsAtArgument = false;
};
inline constexpr std::size_t kAny = static_cast<std::size_t>(-1);

/// GNU style: --name value, --name=value, -n value, -nvalue, -n=value, -abc for flags, `--`.
/// Errors: InvalidArgument in docker's words ("unknown flag: --x").
Result<Options> parseOptions(const Syntax& syntax, const std::vector<std::string>& words);

/// The text of --help. @p name: "ps" or "container ls".
std::string helpText(const std::string& name, const Syntax& syntax);

} // namespace portlight::cli
