#include "cli/text/template_nodes.h"

#include "cli/text/human.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace portlight::cli::detail {

namespace {

using Arguments = std::vector<Value>;
using Function = Result<Value> (*)(const Arguments&);

Value made(Json json)
{
    return { std::move(json), {} };
}

std::string mapped(std::string text, int (*change)(int))
{
    std::ranges::transform(
        text, text.begin(), [change](unsigned char c) { return static_cast<char>(change(c)); });
    return text;
}

std::string spaced(const Arguments& all, bool isLine)
{
    std::string out;
    for (const Value& each : all) {
        if (isLine && &each != &all.front())
            out += ' ';
        out += shown(each.json);
    }
    return isLine ? out + '\n' : out;
}

/// %s %v %d %q %x %f %t and widths, one argument each.
std::string formatted(const Arguments& all)
{
    std::string out;
    const std::string pattern = text(all.front().json);
    std::size_t next = 1;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '%') {
            out += pattern[at];
            continue;
        }
        const std::size_t verb = pattern.find_first_not_of("-+ 0123456789.#", at + 1);
        if (verb == std::string::npos || pattern[verb] == '%' || next >= all.size()) {
            out += '%';
            at = verb == std::string::npos ? pattern.size() : verb;
            continue;
        }
        const Json& given = all[next++].json;
        const std::string flags = pattern.substr(at + 1, verb - at - 1);
        const char kind = pattern[verb];
        std::array<char, 4096> field {};
        if (kind == 'f' || kind == 'g')
            std::snprintf(field.data(), field.size(), ("%" + flags + kind).c_str(), decimal(given));
        else if ((kind == 'd' || kind == 'x') && given.is_number())
            std::snprintf(field.data(), field.size(), ("%" + flags + "ll" + kind).c_str(),
                static_cast<long long>(number(given)));
        else
            std::snprintf(field.data(), field.size(), ("%" + flags + "s").c_str(),
                kind == 'q' ? dumpJson(Json(shown(given))).c_str() : shown(given).c_str());
        out += field.data();
        at = verb;
    }
    return out;
}

Result<Value> index(const Arguments& all)
{
    Value at = all.front();
    for (std::size_t i = 1; i < all.size(); ++i) {
        const Json& key = all[i].json;
        Json next;
        if (at.json.is_array()) {
            if (!key.is_number_integer() || number(key) < 0
                || static_cast<std::size_t>(number(key)) >= at.json.size())
                return templateError("index out of range: " + shown(key));
            next = at.json[static_cast<std::size_t>(number(key))];
        } else if (at.json.is_object()) {
            next = member(at.json, text(key));
        } else {
            return templateError("cannot index " + shown(at.json));
        }
        at = made(std::move(next));
    }
    return at;
}

Result<Value> compare(const Arguments& all, bool (*holds)(int))
{
    if (all.size() < 2)
        return templateError("missing argument for comparison");
    for (std::size_t i = 1; i < all.size(); ++i) {
        const Json& left = all[0].json;
        const Json& right = all[i].json;
        const bool isSmaller = left.is_number() && right.is_number()
            ? decimal(left) < decimal(right)
            : shown(left) < shown(right);
        const bool isEqual = left.is_number() && right.is_number() ? decimal(left) == decimal(right)
                                                                   : shown(left) == shown(right);
        if (holds(isEqual ? 0 : isSmaller ? -1 : 1))
            return made(true);
    }
    return made(false);
}

Result<Value> slice(const Arguments& all)
{
    const std::string whole = text(all[0].json);
    const auto from = static_cast<std::size_t>(all.size() > 1 ? number(all[1].json) : 0);
    const auto to = all.size() > 2 ? static_cast<std::size_t>(number(all[2].json)) : whole.size();
    if (to > whole.size() || from > to)
        return templateError("slice out of range");
    return made(whole.substr(from, to - from));
}

Result<Value> length(const Arguments& all)
{
    const Json& of = all[0].json;
    if (of.is_string())
        return made(of.get_ref<const std::string&>().size());
    if (of.is_number() || of.is_boolean())
        return templateError("len of " + shown(of));
    return made(of.size());
}

Result<Value> joined(const Arguments& all)
{
    std::vector<std::string> words;
    for (const Json& each : all[0].json)
        words.push_back(shown(each));
    return made(join(words, all.size() > 1 ? text(all[1].json) : std::string()));
}

struct Named {
    const char* name;
    Function function;
};

constexpr Named kFunctions[] {
    { "json", [](const Arguments& a) -> Result<Value> { return made(dumpJson(a[0].json)); } },
    { "join", joined },
    { "split",
        [](const Arguments& a) -> Result<Value> {
            const std::string separator = a.size() > 1 ? text(a[1].json) : std::string(" ");
            return made(Json(split(text(a[0].json), separator.empty() ? ' ' : separator[0])));
        } },
    { "lower",
        [](const Arguments& a) -> Result<Value> {
            return made(mapped(shown(a[0].json), std::tolower));
        } },
    { "upper",
        [](const Arguments& a) -> Result<Value> {
            return made(mapped(shown(a[0].json), std::toupper));
        } },
    { "title",
        [](const Arguments& a) -> Result<Value> {
            std::string words = shown(a[0].json);
            if (!words.empty())
                words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
            return made(words);
        } },
    { "truncate",
        [](const Arguments& a) -> Result<Value> {
            return made(shown(a[0].json).substr(
                0, a.size() > 1 ? static_cast<std::size_t>(number(a[1].json)) : 0));
        } },
    { "println", [](const Arguments& a) -> Result<Value> { return made(spaced(a, true)); } },
    { "print", [](const Arguments& a) -> Result<Value> { return made(spaced(a, false)); } },
    { "printf", [](const Arguments& a) -> Result<Value> { return made(formatted(a)); } },
    { "len", length },
    { "index", index },
    { "slice", slice },
    { "eq", [](const Arguments& a) { return compare(a, [](int order) { return order == 0; }); } },
    { "ne", [](const Arguments& a) { return compare(a, [](int order) { return order != 0; }); } },
    { "lt", [](const Arguments& a) { return compare(a, [](int order) { return order < 0; }); } },
    { "le", [](const Arguments& a) { return compare(a, [](int order) { return order <= 0; }); } },
    { "gt", [](const Arguments& a) { return compare(a, [](int order) { return order > 0; }); } },
    { "ge", [](const Arguments& a) { return compare(a, [](int order) { return order >= 0; }); } },
    { "and",
        [](const Arguments& a) -> Result<Value> {
            const auto wrong = std::ranges::find_if_not(a, isTrue);
            return wrong == a.end() ? a.back() : *wrong;
        } },
    { "or",
        [](const Arguments& a) -> Result<Value> {
            const auto right = std::ranges::find_if(a, isTrue);
            return right == a.end() ? a.back() : *right;
        } },
    { "not", [](const Arguments& a) -> Result<Value> { return made(!isTrue(a[0])); } },
};

const Named* find(const std::string& name)
{
    const auto found =
        std::ranges::find_if(kFunctions, [&](const Named& each) { return name == each.name; });
    return found == std::end(kFunctions) ? nullptr : &*found;
}

} // namespace

bool isTrue(const Value& value)
{
    const Json& json = value.json;
    if (json.is_boolean())
        return json.get<bool>();
    if (json.is_number())
        return decimal(json) != 0;
    if (json.is_string())
        return !json.get_ref<const std::string&>().empty();
    return !json.is_null() && !json.empty();
}

std::string shown(const Json& value)
{
    if (value.is_string())
        return value.get_ref<const std::string&>();
    if (value.is_null())
        return "<no value>";
    if (value.is_array()) {
        std::string out = "[";
        for (const Json& item : value)
            out += (out.size() > 1 ? " " : "") + shown(item);
        return out + ']';
    }
    if (value.is_object()) {
        std::string out = "map[";
        for (const auto& [key, item] : value.items())
            out += (out.size() > 4 ? " " : "") + key + ':' + shown(item);
        return out + ']';
    }
    return dumpJson(value);
}

bool isFunction(const std::string& name)
{
    return find(name) != nullptr;
}

Result<Value> callFunction(const std::string& name, const std::vector<Value>& arguments)
{
    if (arguments.empty() && name != "println")
        return templateError("wrong number of args for " + name);
    return find(name)->function(arguments);
}

} // namespace portlight::cli::detail
