#include "cli/text/options.h"

#include <algorithm>
#include <charconv>

namespace portlight::cli {

Option flag(char letter, std::string name, std::string help)
{
    return { std::move(name), letter, Option::Kind::Flag, {}, std::move(help) };
}

Option value(char letter, std::string name, std::string help, std::string type)
{
    return { std::move(name), letter, Option::Kind::Value, std::move(type), std::move(help) };
}

Option list(char letter, std::string name, std::string help, std::string type)
{
    return { std::move(name), letter, Option::Kind::List, std::move(type), std::move(help) };
}

bool Options::isSet(const std::string& name) const
{
    return text(name) == "true";
}

std::string Options::text(const std::string& name, const std::string& fallback) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? fallback : found->second.back();
}

std::vector<std::string> Options::all(const std::string& name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::vector<std::string> {} : found->second;
}

Result<std::optional<std::int64_t>> Options::number(const std::string& name) const
{
    if (!has(name))
        return std::optional<std::int64_t> {};
    const std::string given = text(name);
    std::int64_t parsed = 0;
    const auto end = std::from_chars(given.data(), given.data() + given.size(), parsed);
    if (end.ec != std::errc {} || end.ptr != given.data() + given.size())
        return makeError(Errc::InvalidArgument,
            "invalid argument \"" + given + "\" for \"--" + name + "\" flag: it is not a number");
    return std::optional<std::int64_t>(parsed);
}

/// Walks over the words once.
class OptionParser {
public:
    OptionParser(const Syntax& syntax, const std::vector<std::string>& words)
        : m_syntax(syntax)
        , m_words(words)
    {
    }

    Result<Options> run()
    {
        for (; m_at < m_words.size(); ++m_at) {
            const std::string& word = m_words[m_at];
            if (word == "--") {
                takeRest(m_at + 1);
                break;
            }
            if (word.starts_with("--")) {
                PL_TRY(takeLong(word.substr(2)));
            } else if (word.size() > 1 && word.front() == '-') {
                PL_TRY(takeLetters(word));
            } else if (m_syntax.endsAtArgument) {
                takeRest(m_at);
                break;
            } else {
                m_options.m_arguments.push_back(word);
            }
        }
        return std::move(m_options);
    }

private:
    void takeRest(std::size_t from)
    {
        m_options.m_arguments.insert(m_options.m_arguments.end(),
            m_words.begin() + static_cast<std::ptrdiff_t>(from), m_words.end());
    }

    template <class Matches> const Option* find(Matches matches) const
    {
        const auto found = std::ranges::find_if(m_syntax.options, matches);
        return found == m_syntax.options.end() ? nullptr : &*found;
    }

    Result<void> put(const Option& option, std::string given)
    {
        if (option.kind == Option::Kind::Flag) {
            if (given == "1" || given == "t" || given == "T" || given == "TRUE" || given == "True")
                given = "true";
            else if (given == "0" || given == "f" || given == "F" || given == "FALSE"
                || given == "False")
                given = "false";
            if (given != "true" && given != "false")
                return makeError(Errc::InvalidArgument,
                    "invalid argument \"" + given + "\" for \"--" + option.name
                        + "\" flag: it is true or false");
        }
        m_options.m_values[option.name].push_back(std::move(given));
        return success();
    }

    /// The value of @p option from the next word.
    Result<void> putNext(const Option& option, const std::string& shown)
    {
        if (m_at + 1 >= m_words.size())
            return makeError(Errc::InvalidArgument, "flag needs an argument: " + shown);
        return put(option, m_words[++m_at]);
    }

    Result<void> takeLong(const std::string& word)
    {
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        if (name == "help")
            return put({ "help", 0, Option::Kind::Flag, {}, {} }, "true");
        const Option* option = find([&](const Option& each) { return each.name == name; });
        if (option == nullptr)
            return makeError(Errc::InvalidArgument, "unknown flag: --" + name);
        if (equals != std::string::npos)
            return put(*option, word.substr(equals + 1));
        if (option->kind == Option::Kind::Flag)
            return put(*option, "true");
        return putNext(*option, "--" + name);
    }

    Result<void> takeLetters(const std::string& word)
    {
        for (std::size_t at = 1; at < word.size(); ++at) {
            const char letter = word[at];
            const Option* option = find([&](const Option& each) { return each.letter == letter; });
            if (option == nullptr)
                return makeError(Errc::InvalidArgument,
                    std::string("unknown shorthand flag: '") + letter + "' in " + word);
            std::string rest = word.substr(at + 1);
            const bool isAssigned = rest.starts_with('=');
            if (option->kind == Option::Kind::Flag && !isAssigned) {
                PL_TRY(put(*option, "true"));
                continue;
            }
            if (rest.empty())
                return putNext(*option, std::string("'") + letter + "' in " + word);
            return put(*option, isAssigned ? rest.substr(1) : rest);
        }
        return success();
    }

    const Syntax& m_syntax;
    const std::vector<std::string>& m_words;
    std::size_t m_at = 0;
    Options m_options {};
};

Result<Options> parseOptions(const Syntax& syntax, const std::vector<std::string>& words)
{
    return OptionParser(syntax, words).run();
}

std::string helpText(const std::string& name, const Syntax& syntax)
{
    std::string out =
        "Usage:  portlight " + name + ' ' + syntax.usage + "\n\n" + syntax.summary + '\n';
    if (syntax.options.empty())
        return out;
    out += "\nOptions:\n";
    std::vector<Option> sorted = syntax.options;
    std::ranges::sort(sorted, {}, &Option::name);
    std::vector<std::string> left;
    std::size_t width = 0;
    for (const Option& option : sorted) {
        std::string words = option.letter == 0 ? std::string("      --")
                                               : std::string("  -") + option.letter + ", --";
        words += option.name;
        if (option.kind != Option::Kind::Flag)
            words += ' ' + option.type;
        width = std::max(width, words.size() + 3);
        left.push_back(std::move(words));
    }
    for (std::size_t at = 0; at < sorted.size(); ++at)
        out += left[at] + std::string(width - left[at].size(), ' ') + sorted[at].help + '\n';
    return out;
}

} // namespace portlight::cli
