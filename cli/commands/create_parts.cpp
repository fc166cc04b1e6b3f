#include "cli/commands/create_parts.h"

#include "cli/commands/command.h"
#include "cli/text/human.h"

#include "engine/base/syscalls.h"

#include <algorithm>
#include <charconv>

namespace portlight::cli {

namespace {

struct Range {
    int first = 0;
    int last = 0;
};

Result<Range> portRange(const std::string& text, const std::string& whole)
{
    Range range;
    const char* end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, range.first);
    range.last = range.first;
    if (parsed.ec == std::errc {} && parsed.ptr != end && *parsed.ptr == '-')
        parsed = std::from_chars(parsed.ptr + 1, end, range.last);
    if (parsed.ec != std::errc {} || parsed.ptr != end || range.first < 0 || range.last > 65535
        || range.first > range.last)
        return makeError(Errc::InvalidArgument, "invalid containerPort: " + whole);
    return range;
}

/// Cuts the protocol off; tcp where there is none.
std::string takeProtocol(std::string& text)
{
    const std::size_t slash = text.rfind('/');
    if (slash == std::string::npos)
        return "tcp";
    std::string protocol = text.substr(slash + 1);
    text.erase(slash);
    return protocol;
}

Result<void> putPublished(const std::string& given, Json& exposed, Json& bindings)
{
    std::string rest = given;
    const std::string protocol = takeProtocol(rest);
    std::string ip;
    std::string host;
    if (rest.starts_with('[')) {
        const std::size_t close = rest.find("]:");
        if (close == std::string::npos)
            return makeError(Errc::InvalidArgument, "invalid IP address: " + given);
        ip = rest.substr(1, close - 1);
        rest.erase(0, close + 2);
    }
    std::vector<std::string> parts = split(rest, ':');
    const std::string inside = parts.back();
    parts.pop_back();
    if (!parts.empty()) {
        host = parts.back();
        parts.pop_back();
    }
    if (!parts.empty())
        ip = join(parts, ":");
    PL_TRY(const Range container, portRange(inside, given));
    Range published;
    const int count = container.last - container.first;
    if (!host.empty()) {
        PL_TRY(published, portRange(host, given));
        if (published.last - published.first != count && count != 0)
            return makeError(Errc::InvalidArgument,
                "invalid ranges specified for container and host Ports: " + inside + " and "
                    + host);
    }
    for (int at = 0; at <= count; ++at) {
        const std::string port = std::to_string(container.first + at) + '/' + protocol;
        // One port inside and a range outside: the engine takes the first that is free.
        const std::string outside = host.empty() ? std::string()
            : count == 0                         ? host
                                                 : std::to_string(published.first + at);
        exposed[port] = Json::object();
        bindings[port].push_back(Json { { "HostIp", ip }, { "HostPort", outside } });
    }
    return success();
}

Result<Json> readSeccomp(const std::string& option)
{
    // The engine takes the profile's text, since it may not see our files.
    const std::size_t equals = option.find_first_of("=:");
    if (equals == std::string::npos || option.substr(0, equals) != "seccomp")
        return Json(option);
    const std::string name = option.substr(equals + 1);
    if (name == "unconfined" || name == "builtin")
        return Json(option);
    PL_TRY(const std::string profile, readFile(name));
    return Json("seccomp=" + profile);
}

Result<Json> rateOf(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || !text.starts_with("/dev/"))
        return makeError(Errc::InvalidArgument, "bad format: " + text + " (it is /dev/NAME:RATE)");
    PL_TRY(const std::int64_t rate, parseBytes(text.substr(colon + 1)));
    return Json { { "Path", text.substr(0, colon) }, { "Rate", rate } };
}

Json deviceOf(const std::string& text)
{
    const std::vector<std::string> parts = split(text, ':');
    Json device { { "PathOnHost", parts[0] }, { "PathInContainer", parts[0] },
        { "CgroupPermissions", "rwm" } };
    if (parts.size() == 3) {
        device["PathInContainer"] = parts[1];
        device["CgroupPermissions"] = parts[2];
    } else if (parts.size() == 2) {
        const bool isMode = parts[1].find_first_not_of("rwm") == std::string::npos;
        device[isMode ? "CgroupPermissions" : "PathInContainer"] = parts[1];
    }
    return device;
}

Result<Json> ulimitOf(const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
        return makeError(Errc::InvalidArgument, "invalid ulimit argument: " + text);
    const std::vector<std::string> values = split(text.substr(equals + 1), ':');
    const auto bound = [&](const std::string& word) -> Result<std::int64_t> {
        std::int64_t parsed = 0;
        const auto end = std::from_chars(word.data(), word.data() + word.size(), parsed);
        if (end.ec != std::errc {} || end.ptr != word.data() + word.size())
            return makeError(Errc::InvalidArgument, "invalid ulimit argument: " + text);
        return parsed;
    };
    PL_TRY(const std::int64_t soft, bound(values.front()));
    PL_TRY(const std::int64_t hard, bound(values.back()));
    return Json { { "Name", text.substr(0, equals) }, { "Soft", soft }, { "Hard", hard } };
}

} // namespace

Result<void> putPorts(const Options& options, Json& body)
{
    Json exposed = Json::object();
    Json bindings = Json::object();
    for (const std::string& given : options.all("expose")) {
        std::string rest = given;
        const std::string protocol = takeProtocol(rest);
        PL_TRY(const Range range, portRange(rest, given));
        for (int port = range.first; port <= range.last; ++port)
            exposed[std::to_string(port) + '/' + protocol] = Json::object();
    }
    for (const std::string& given : options.all("publish")) {
        PL_TRY(putPublished(given, exposed, bindings));
    }
    if (!exposed.empty())
        body["ExposedPorts"] = std::move(exposed);
    if (!bindings.empty())
        body["HostConfig"]["PortBindings"] = std::move(bindings);
    return success();
}

Result<void> putNetworks(const Options& options, Json& body)
{
    std::vector<std::string> names = options.all("network");
    for (const std::string& name : options.all("net"))
        names.push_back(name);
    if (names.empty())
        names.push_back("default");
    if (options.has("mac-address"))
        body["MacAddress"] = options.text("mac-address");
    bool isFirst = true;
    for (const std::string& given : names) {
        // "NAME" or "name=NAME,alias=A,ip=…,ip6=…,mac-address=…".
        Json endpoint = Json::object();
        std::string name = given;
        if (given.find('=') != std::string::npos) {
            const Json fields = mapOf(split(given, ','));
            for (const auto& [key, setting] : fields.items()) {
                if (key == "name")
                    name = setting;
                else if (key == "alias")
                    endpoint["Aliases"].push_back(setting);
                else if (key == "ip")
                    endpoint["IPAMConfig"]["IPv4Address"] = setting;
                else if (key == "ip6")
                    endpoint["IPAMConfig"]["IPv6Address"] = setting;
                else if (key == "mac-address")
                    endpoint["MacAddress"] = setting;
                else
                    return makeError(
                        Errc::InvalidArgument, "invalid field key " + key + " in --network");
            }
        }
        if (isFirst) {
            body["HostConfig"]["NetworkMode"] = name;
            for (const std::string& alias : options.all("network-alias"))
                endpoint["Aliases"].push_back(alias);
            if (options.has("ip"))
                endpoint["IPAMConfig"]["IPv4Address"] = options.text("ip");
            if (options.has("ip6"))
                endpoint["IPAMConfig"]["IPv6Address"] = options.text("ip6");
            if (options.has("link-local-ip"))
                endpoint["IPAMConfig"]["LinkLocalIPs"] = options.all("link-local-ip");
        }
        if (!endpoint.empty() || names.size() > 1)
            body["NetworkingConfig"]["EndpointsConfig"][name] = std::move(endpoint);
        isFirst = false;
    }
    return success();
}

Result<void> putHealth(const Options& options, Json& body)
{
    Json health = Json::object();
    if (options.isSet("no-healthcheck")) {
        if (options.has("health-cmd"))
            return makeError(
                Errc::InvalidArgument, "--no-healthcheck conflicts with --health-* options");
        health["Test"] = Json::array({ "NONE" });
    } else if (options.has("health-cmd")) {
        health["Test"] = Json::array({ "CMD-SHELL", options.text("health-cmd") });
    }
    constexpr std::pair<const char*, const char*> durations[] { { "health-interval", "Interval" },
        { "health-timeout", "Timeout" }, { "health-start-period", "StartPeriod" },
        { "health-start-interval", "StartInterval" } };
    for (const auto& [name, key] : durations)
        if (options.has(name)) {
            PL_TRY(health[key], parseDuration(options.text(name)));
        }
    PL_TRY(const auto retries, options.number("health-retries"));
    if (retries)
        health["Retries"] = *retries;
    if (!health.empty())
        body["Healthcheck"] = std::move(health);
    return success();
}

Result<void> putDevices(const Options& options, Json& host)
{
    for (const std::string& device : options.all("device")) {
        // "vendor.com/class=name" asks by the Container Device Interface.
        if (!device.starts_with('/') && device.find('=') != std::string::npos)
            host["DeviceRequests"].push_back(
                Json { { "Driver", "cdi" }, { "DeviceIDs", Json::array({ device }) } });
        else
            host["Devices"].push_back(deviceOf(device));
    }
    if (options.has("device-cgroup-rule"))
        host["DeviceCgroupRules"] = options.all("device-cgroup-rule");
    if (options.has("gpus")) {
        const std::string wanted = options.text("gpus");
        Json request { { "Driver", "" },
            { "Capabilities", Json::array({ Json::array({ "gpu" }) }) } };
        if (wanted.starts_with("device="))
            request["DeviceIDs"] = split(wanted.substr(7), ',');
        else if (wanted == "all")
            request["Count"] = -1;
        else if (!wanted.empty() && wanted.find_first_not_of("0123456789") == std::string::npos)
            request["Count"] = std::stoll(wanted.substr(0, 9));
        else
            return makeError(Errc::InvalidArgument,
                "invalid argument \"" + wanted
                    + "\" for \"--gpus\" flag: it is all, a number or device=IDs");
        host["DeviceRequests"].push_back(std::move(request));
    }
    constexpr std::pair<const char*, const char*> rates[] {
        { "device-read-bps", "BlkioDeviceReadBps" }, { "device-write-bps", "BlkioDeviceWriteBps" },
        { "device-read-iops", "BlkioDeviceReadIOps" },
        { "device-write-iops", "BlkioDeviceWriteIOps" }
    };
    for (const auto& [name, key] : rates) {
        for (const std::string& given : options.all(name)) {
            PL_TRY(Json rate, rateOf(given));
            host[key].push_back(std::move(rate));
        }
    }
    for (const std::string& given : options.all("blkio-weight-device")) {
        PL_TRY(const Json rate, rateOf(given));
        host["BlkioWeightDevice"].push_back(
            Json { { "Path", member(rate, "Path") }, { "Weight", member(rate, "Rate") } });
    }
    return success();
}

Result<void> putIsolation(const Options& options, Json& host)
{
    constexpr std::pair<const char*, const char*> modes[] { { "ipc", "IpcMode" },
        { "pid", "PidMode" }, { "uts", "UTSMode" }, { "userns", "UsernsMode" },
        { "cgroupns", "CgroupnsMode" }, { "cgroup-parent", "CgroupParent" } };
    for (const auto& [name, key] : modes)
        if (options.has(name))
            host[key] = options.text(name);
    if (options.has("cap-add"))
        host["CapAdd"] = options.all("cap-add");
    if (options.has("cap-drop"))
        host["CapDrop"] = options.all("cap-drop");
    if (options.has("sysctl"))
        host["Sysctls"] = mapOf(options.all("sysctl"));
    for (const std::string& given : options.all("ulimit")) {
        PL_TRY(Json limit, ulimitOf(given));
        host["Ulimits"].push_back(std::move(limit));
    }
    Json security = Json::array();
    for (const std::string& given : options.all("security-opt")) {
        if (given == "systempaths=unconfined") {
            host["MaskedPaths"] = Json::array();
            host["ReadonlyPaths"] = Json::array();
            continue;
        }
        PL_TRY(Json option, readSeccomp(given));
        security.push_back(std::move(option));
    }
    if (!security.empty())
        host["SecurityOpt"] = std::move(security);
    return success();
}

} // namespace portlight::cli
