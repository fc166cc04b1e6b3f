#include "engine/core/container_config.h"

#include "engine/core/healthcheck.h"
#include "engine/core/mount_requests.h"
#include "engine/core/signals.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace portlight::core {

namespace {

constexpr std::string_view kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

/// A command may be a list or, as old clients send it, one word.
Result<std::vector<std::string>> commandFromJson(const Json& json, const char* key)
{
    const Json& member = jsonMember(json, key);
    if (member.is_string())
        return std::vector<std::string> { member.get<std::string>() };
    return jsonStrings(json, key);
}

Result<std::vector<std::string>> keysOf(const Json& json, const char* key)
{
    const Json& member = jsonMember(json, key);
    std::vector<std::string> keys;
    if (!member.is_null() && !member.is_object())
        return invalid(std::string(key) + " must be an object");
    for (const auto& [name, value] : member.items())
        keys.push_back(name);
    return keys;
}

Result<std::map<std::string, std::string>> labelsFromJson(const Json& json)
{
    const Json& member = jsonMember(json, "Labels");
    std::map<std::string, std::string> labels;
    if (!member.is_null() && !member.is_object())
        return invalid("Labels must be an object");
    for (const auto& [name, value] : member.items()) {
        if (!value.is_string())
            return invalid("Labels: the value of '" + name + "' must be text");
        labels.emplace(name, value.get<std::string>());
    }
    return labels;
}

bool hasZeroByte(const std::vector<std::string>& words)
{
    return std::ranges::any_of(
        words, [](const std::string& word) { return word.find('\0') != std::string::npos; });
}

Result<void> checkEnvironment(const std::vector<std::string>& env)
{
    for (const auto& entry : env)
        if (entry.empty() || entry.front() == '=')
            return invalid("invalid environment variable: " + entry.substr(0, 64));
    if (hasZeroByte(env))
        return invalid("Env: an entry holds a zero byte");
    return success();
}

Result<void> checkPorts(const std::vector<std::string>& ports)
{
    for (const auto& port : ports) {
        const auto slash = port.find('/');
        const std::string protocol = slash == std::string::npos ? "tcp" : port.substr(slash + 1);
        const std::string_view digits = std::string_view(port).substr(0, slash);
        unsigned number = 0;
        const auto [end, code] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (code != std::errc() || end != digits.data() + digits.size() || number == 0
            || number > 65535 || (protocol != "tcp" && protocol != "udp" && protocol != "sctp"))
            return invalid("ExposedPorts: invalid port '" + port.substr(0, 64) + "'");
    }
    return success();
}

/// RFC 1123 and the kernel's limit (sethostname(2)).
Result<void> checkHostname(const std::string& name, const char* field)
{
    const bool isValid = name.size() <= 64 && std::ranges::all_of(name, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
            || (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
    });
    if (!isValid)
        return invalid(std::string(field) + ": invalid name '" + name.substr(0, 64)
            + "': letters, digits, '-', '.', '_', at most 64");
    return success();
}

Result<void> readProcess(const Json& json, ContainerConfig& config)
{
    PL_TRY(config.user, jsonString(json, "User"));
    PL_TRY(config.env, jsonStrings(json, "Env"));
    PL_TRY(checkEnvironment(config.env));
    PL_TRY(config.cmd, commandFromJson(json, "Cmd"));
    if (!jsonMember(json, "Entrypoint").is_null()) {
        PL_TRY(config.entrypoint, commandFromJson(json, "Entrypoint"));
    }
    if (hasZeroByte(config.cmd)
        || hasZeroByte(config.entrypoint.value_or(std::vector<std::string> {})))
        return invalid("Cmd: an argument holds a zero byte");
    PL_TRY(config.workingDir, jsonString(json, "WorkingDir"));
    if (!config.workingDir.empty() && !config.workingDir.starts_with('/'))
        return invalid("the working directory '" + config.workingDir
            + "' is invalid, it needs to be an absolute path");
    if (config.workingDir.find('\0') != std::string::npos || config.user.size() > 512
        || config.user.find('\0') != std::string::npos)
        return invalid("User or WorkingDir: invalid value");
    return success();
}

Result<void> readStreams(const Json& json, ContainerConfig& config)
{
    PL_TRY(config.hasTty, jsonBool(json, "Tty"));
    PL_TRY(config.opensStdin, jsonBool(json, "OpenStdin"));
    PL_TRY(config.closesStdinOnce, jsonBool(json, "StdinOnce"));
    PL_TRY(config.attachesStdin, jsonBool(json, "AttachStdin"));
    PL_TRY(config.attachesStdout, jsonBool(json, "AttachStdout"));
    PL_TRY(config.attachesStderr, jsonBool(json, "AttachStderr"));
    return success();
}

Result<void> readStop(const Json& json, ContainerConfig& config)
{
    PL_TRY(config.stopSignal, jsonString(json, "StopSignal"));
    if (!config.stopSignal.empty()) {
        PL_TRY(parseSignal(config.stopSignal));
    }
    if (!jsonMember(json, "StopTimeout").is_null()) {
        PL_TRY(const auto seconds, jsonInt(json, "StopTimeout"));
        if (seconds < -1 || seconds > 1'000'000'000)
            return invalid("StopTimeout: invalid value " + std::to_string(seconds));
        config.stopTimeoutSeconds = seconds;
    }
    return success();
}

Json emptyObjects(const std::vector<std::string>& keys)
{
    Json object = Json::object();
    for (const auto& key : keys)
        object[key] = Json::object();
    return object;
}

void appendMissing(std::vector<std::string>& list, const std::vector<std::string>& more)
{
    for (const auto& word : more)
        if (std::ranges::find(list, word) == list.end())
            list.push_back(word);
}

std::string_view nameOf(std::string_view entry)
{
    return entry.substr(0, entry.find('='));
}

void mergeEnvironment(std::vector<std::string>& env, const std::vector<std::string>& imageEnv)
{
    std::vector<std::string> merged;
    const auto hasName = [](const std::vector<std::string>& list, std::string_view name) {
        return std::ranges::any_of(
            list, [name](const std::string& entry) { return nameOf(entry) == name; });
    };
    for (const auto& entry : imageEnv)
        if (!hasName(env, nameOf(entry)) && !nameOf(entry).empty())
            merged.push_back(entry);
    merged.insert(merged.begin(), env.begin(), env.end());
    if (!hasName(merged, "PATH"))
        merged.emplace_back(kDefaultPath);
    env = std::move(merged);
}

} // namespace

std::vector<std::string> ContainerConfig::arguments() const
{
    std::vector<std::string> all = entrypoint.value_or(std::vector<std::string> {});
    all.insert(all.end(), cmd.begin(), cmd.end());
    return all;
}

Result<ContainerConfig> containerConfigFromJson(
    const Json& json, int hostCpuCount, std::vector<std::string>& warnings)
{
    if (!json.is_object())
        return invalid("the request must be a JSON object");
    ContainerConfig config;
    PL_TRY(config.image, jsonString(json, "Image"));
    PL_TRY(config.hostname, jsonString(json, "Hostname"));
    PL_TRY(config.domainname, jsonString(json, "Domainname"));
    PL_TRY(checkHostname(config.hostname, "Hostname"));
    PL_TRY(checkHostname(config.domainname, "Domainname"));
    PL_TRY(readProcess(json, config));
    PL_TRY(readStreams(json, config));
    PL_TRY(readStop(json, config));
    PL_TRY(config.labels, labelsFromJson(json));
    PL_TRY(config.exposedPorts, keysOf(json, "ExposedPorts"));
    PL_TRY(checkPorts(config.exposedPorts));
    PL_TRY(config.volumes, keysOf(json, "Volumes"));
    PL_TRY(config.shell, jsonStrings(json, "Shell"));
    if (const Json& check = jsonMember(json, "Healthcheck"); check.is_object()) {
        PL_TRY(checkHealthcheck(check));
        config.healthcheck = check;
    } else if (!check.is_null()) {
        return invalid("Healthcheck must be an object");
    }
    PL_TRY(config.host, hostConfigFromJson(jsonMember(json, "HostConfig"), hostCpuCount, warnings));
    if (const Json& resolved = jsonMember(json, "PortlightMounts"); !resolved.is_null()) {
        PL_TRY(config.host.mounts, resolvedMountsFromJson(resolved));
    }
    PL_TRY(config.networks, endpointRequestsFromJson(jsonMember(json, "NetworkingConfig")));
    if (config.image.empty())
        return invalid("no image specified");
    return config;
}

Result<void> mergeImageConfig(ContainerConfig& config, const oci::ImageRunConfig& image)
{
    if (config.user.empty())
        config.user = image.user;
    if (config.workingDir.empty())
        config.workingDir = image.workingDir;
    if (config.stopSignal.empty())
        config.stopSignal = image.stopSignal;
    mergeEnvironment(config.env, image.env);
    for (const auto& [name, value] : image.labels)
        config.labels.emplace(name, value);
    appendMissing(config.exposedPorts, image.exposedPorts);
    appendMissing(config.volumes, image.volumes);
    if (!config.entrypoint || config.entrypoint->empty()) {
        if (config.cmd.empty())
            config.cmd = image.cmd;
        if (!config.entrypoint)
            config.entrypoint = image.entrypoint;
    }
    if (config.entrypoint && config.entrypoint->size() == 1 && config.entrypoint->front().empty())
        config.entrypoint->clear(); // --entrypoint "": none, and not the image's
    if (config.arguments().empty())
        return invalid("no command specified");
    if (Json check = mergedHealthcheck(config.healthcheck, image.healthcheck); check.is_object())
        config.healthcheck = std::move(check);
    if (config.shell.empty())
        config.shell = image.shell;
    return success();
}

Json toInspectJson(const ContainerConfig& config)
{
    Json json = Json::object();
    json["Hostname"] = config.hostname;
    json["Domainname"] = config.domainname;
    json["User"] = config.user;
    json["AttachStdin"] = config.attachesStdin;
    json["AttachStdout"] = config.attachesStdout;
    json["AttachStderr"] = config.attachesStderr;
    if (!config.exposedPorts.empty())
        json["ExposedPorts"] = emptyObjects(config.exposedPorts);
    json["Tty"] = config.hasTty;
    json["OpenStdin"] = config.opensStdin;
    json["StdinOnce"] = config.closesStdinOnce;
    json["Env"] = config.env;
    json["Cmd"] = config.cmd.empty() ? Json(nullptr) : Json(config.cmd);
    json["Image"] = config.image;
    json["Volumes"] = config.volumes.empty() ? Json(nullptr) : emptyObjects(config.volumes);
    json["WorkingDir"] = config.workingDir;
    const auto entrypoint = config.entrypoint.value_or(std::vector<std::string> {});
    json["Entrypoint"] = entrypoint.empty() ? Json(nullptr) : Json(entrypoint);
    json["OnBuild"] = nullptr;
    json["Labels"] = config.labels;
    if (!config.stopSignal.empty())
        json["StopSignal"] = config.stopSignal;
    if (config.stopTimeoutSeconds)
        json["StopTimeout"] = *config.stopTimeoutSeconds;
    if (config.healthcheck)
        json["Healthcheck"] = *config.healthcheck;
    if (!config.shell.empty())
        json["Shell"] = config.shell;
    return json;
}

Json toCreateJson(const ContainerConfig& config)
{
    Json json = toInspectJson(config);
    if (config.entrypoint)
        json["Entrypoint"] = *config.entrypoint;
    json["HostConfig"] = toJson(config.host);
    json["PortlightMounts"] = resolvedMountsJson(config.host.mounts);
    for (const auto& [network, request] : config.networks)
        json["NetworkingConfig"]["EndpointsConfig"][network] = toJson(request);
    return json;
}

} // namespace portlight::core
