#include "engine/oci_cli/options.h"

#include <algorithm>
#include <charconv>

namespace portlight::oci_cli {

namespace {

Error wrong(const std::string& message)
{
    return makeError(Errc::InvalidArgument, message);
}

const OptionName* findLong(std::span<const OptionName> known, std::string_view name)
{
    const auto found = std::find_if(
        known.begin(), known.end(), [name](const OptionName& each) { return each.name == name; });
    return found == known.end() ? nullptr : &*found;
}

const OptionName* findShort(std::span<const OptionName> known, char letter)
{
    const auto found = std::find_if(known.begin(), known.end(),
        [letter](const OptionName& each) { return each.letter == letter; });
    return found == known.end() ? nullptr : &*found;
}

} // namespace

std::string Options::value(std::string_view name, std::string fallback) const
{
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? std::move(fallback)
                                                          : found->second.back();
}

std::vector<std::string> Options::all(std::string_view name) const
{
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>() : found->second;
}

Result<Options> parseOptions(
    std::span<const OptionName> known, std::span<const std::string> arguments, bool isGreedy)
{
    Options options;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& word = arguments[at];
        if (word == "--") {
            options.words.insert(options.words.end(), arguments.begin() + static_cast<long>(at) + 1,
                arguments.end());
            return options;
        }
        if (word.size() < 2 || word[0] != '-') {
            if (!isGreedy) {
                options.words.assign(arguments.begin() + static_cast<long>(at), arguments.end());
                return options;
            }
            options.words.push_back(word);
            continue;
        }
        const bool isLong = word[1] == '-';
        const std::size_t equals = word.find('=');
        const std::string name = isLong ? word.substr(2, equals - 2) : word.substr(1, 1);
        const OptionName* const option =
            isLong ? findLong(known, name) : findShort(known, name.front());
        if (option == nullptr)
            return wrong("unknown option '" + word + "'");
        std::vector<std::string>& values = options.values[std::string(option->name)];
        const std::size_t valueAt = isLong ? equals : word.size() > 2 ? 1 : std::string::npos;
        if (!option->takesValue) {
            // "--force=false" is how Go programs take an option back.
            if (isLong && equals != std::string::npos && word.substr(equals + 1) == "false")
                options.values.erase(std::string(option->name));
            else if (valueAt != std::string::npos && !(isLong && word.substr(equals + 1) == "true"))
                return wrong("option '" + word + "' takes no value");
            continue;
        }
        if (valueAt != std::string::npos) {
            values.push_back(word.substr(valueAt + 1));
        } else if (at + 1 < arguments.size()) {
            values.push_back(arguments[++at]);
        } else {
            return wrong("option '" + word + "' needs a value");
        }
    }
    return options;
}

Result<std::int64_t> numberOption(const std::string& text, const std::string& what)
{
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc() || stop != end || text.empty())
        return wrong(what + " '" + text + "' is not a whole number");
    return value;
}

Result<std::int64_t> bytesOption(const std::string& text, const std::string& what)
{
    static constexpr std::string_view kSuffixes = "kmgt";
    std::string digits = text;
    unsigned shift = 0;
    if (!digits.empty()) {
        const char last = static_cast<char>(digits.back() | 0x20);
        if (const auto at = kSuffixes.find(last); at != std::string_view::npos) {
            shift = static_cast<unsigned>(at + 1) * 10U;
            digits.pop_back();
        }
    }
    PL_TRY(const auto value, numberOption(digits, what));
    if (value < -1 || value > (INT64_MAX >> shift) || (value < 0 && shift != 0))
        return wrong(what + " '" + text + "' is out of range");
    return value < 0 ? value
                     : static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << shift);
}

} // namespace portlight::oci_cli
