#include "engine/core/config_changes.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace portlight::core {

namespace {

std::string trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Words with quotes and backslashes as Dockerfiles have them.
std::vector<std::string> wordsOf(const std::string& text)
{
    std::vector<std::string> words;
    std::string word;
    bool isWord = false;
    char quote = '\0';
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
            word += text[++at];
            isWord = true;
        } else if (quote != '\0') {
            if (c == quote)
                quote = '\0';
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            isWord = true;
        } else if (c == ' ' || c == '\t') {
            if (isWord)
                words.push_back(std::exchange(word, {}));
            isWord = false;
        } else {
            word += c;
            isWord = true;
        }
    }
    if (isWord)
        words.push_back(word);
    return words;
}

std::optional<std::vector<std::string>> jsonList(const std::string& text)
{
    if (!text.starts_with('['))
        return std::nullopt;
    const auto json = parseJson(text);
    if (!json || !json.value().is_array())
        return std::nullopt;
    std::vector<std::string> list;
    for (const Json& item : json.value()) {
        if (!item.is_string())
            return std::nullopt;
        list.push_back(item.get<std::string>());
    }
    return list;
}

Json commandOf(const std::string& text)
{
    if (const auto list = jsonList(text))
        return *list;
    return Json::array({ "/bin/sh", "-c", text });
}

// "A=1 B=2" or "A the rest".
Result<std::vector<std::pair<std::string, std::string>>> pairsOf(
    const std::string& instruction, const std::string& text)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto words = wordsOf(text);
    if (words.front().find('=') == std::string::npos) {
        const auto space = text.find_first_of(" \t");
        if (space == std::string::npos)
            return makeError(
                Errc::InvalidArgument, instruction + " must have two arguments: '" + text + "'");
        pairs.emplace_back(text.substr(0, space), trimmed(text.substr(space)));
        return pairs;
    }
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0)
            return makeError(Errc::InvalidArgument,
                instruction + ": '" + word + "' is not of the form name=value");
        pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return pairs;
}

void setEnv(Json& config, const std::string& name, const std::string& value)
{
    Json& env = config["Env"];
    if (!env.is_array())
        env = Json::array();
    const std::string prefix = name + "=";
    for (Json& entry : env)
        if (entry.is_string() && entry.get_ref<const std::string&>().starts_with(prefix)) {
            entry = prefix + value;
            return;
        }
    env.push_back(prefix + value);
}

Json& objectIn(Json& config, const char* key)
{
    Json& member = config[key];
    if (!member.is_object())
        member = Json::object();
    return member;
}

Result<void> expose(Json& config, const std::string& text)
{
    for (const std::string& word : wordsOf(text)) {
        const auto slash = word.find('/');
        const std::string port = word.substr(0, slash);
        const std::string protocol = slash == std::string::npos ? "tcp" : word.substr(slash + 1);
        const bool isNumber =
            !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), ::isdigit);
        if (!isNumber || std::stoi(port) > 65'535
            || (protocol != "tcp" && protocol != "udp" && protocol != "sctp"))
            return makeError(Errc::InvalidArgument, "EXPOSE: invalid port '" + word + "'");
        objectIn(config, "ExposedPorts")[port + "/" + protocol] = Json::object();
    }
    return success();
}

Result<void> apply(Json& config, const std::string& change)
{
    const std::string line = trimmed(change);
    const auto space = line.find_first_of(" \t");
    std::string name = line.substr(0, space);
    std::transform(name.begin(), name.end(), name.begin(), ::toupper);
    const std::string text = space == std::string::npos ? "" : trimmed(line.substr(space));
    if (text.empty())
        return makeError(Errc::InvalidArgument, "change '" + line + "' has no argument");
    if (name == "CMD") {
        config["Cmd"] = commandOf(text);
    } else if (name == "ENTRYPOINT") {
        config["Entrypoint"] = commandOf(text);
    } else if (name == "ENV") {
        PL_TRY(const auto pairs, pairsOf(name, text));
        for (const auto& [key, value] : pairs)
            setEnv(config, key, value);
    } else if (name == "LABEL") {
        PL_TRY(const auto pairs, pairsOf(name, text));
        for (const auto& [key, value] : pairs)
            objectIn(config, "Labels")[key] = value;
    } else if (name == "EXPOSE") {
        PL_TRY(expose(config, text));
    } else if (name == "USER") {
        config["User"] = text;
    } else if (name == "STOPSIGNAL") {
        config["StopSignal"] = text;
    } else if (name == "WORKDIR") {
        const auto before = jsonString(config, "WorkingDir");
        const std::string base = before ? before.value() : std::string();
        config["WorkingDir"] =
            text.starts_with('/') ? text : (base.ends_with('/') ? base : base + "/") + text;
    } else if (name == "VOLUME") {
        for (const std::string& path : jsonList(text).value_or(wordsOf(text)))
            objectIn(config, "Volumes")[path] = Json::object();
    } else if (name == "ONBUILD") {
        if (!config["OnBuild"].is_array())
            config["OnBuild"] = Json::array();
        config["OnBuild"].push_back(text);
    } else if (name == "HEALTHCHECK" && (text == "NONE" || text == "none")) {
        config["Healthcheck"] = Json { { "Test", Json::array({ "NONE" }) } };
    } else {
        return makeError(Errc::InvalidArgument, name + " is not a valid change command");
    }
    return success();
}

} // namespace

Result<void> applyChanges(Json& config, const std::vector<std::string>& changes)
{
    for (const std::string& change : changes) {
        PL_TRY(apply(config, change));
    }
    return success();
}

} // namespace portlight::core
