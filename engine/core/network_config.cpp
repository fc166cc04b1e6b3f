#include "engine/core/network_config.h"

#include <algorithm>
#include <charconv>

namespace portlight::core {

using network::IpAddress;
using network::IpPrefix;

namespace {

constexpr const char* kBridgeName = "com.docker.network.bridge.name";
constexpr const char* kMtu = "com.docker.network.driver.mtu";
constexpr const char* kMasquerade = "com.docker.network.bridge.enable_ip_masquerade";
constexpr const char* kMembersTalk = "com.docker.network.bridge.enable_icc";

Error invalid(std::string message)
{
    return makeError(Errc::InvalidArgument, std::move(message));
}

Result<std::map<std::string, std::string>> stringMap(const Json& object, const char* key)
{
    const Json& member = jsonMember(object, key);
    std::map<std::string, std::string> values;
    if (!member.is_null() && !member.is_object())
        return invalid(std::string(key) + " must be an object");
    for (const auto& [name, value] : member.items()) {
        if (!value.is_string())
            return invalid(std::string(key) + ": the value of '" + name + "' must be text");
        values.emplace(name, value.get<std::string>());
    }
    return values;
}

Result<SubnetConfig> subnetFromJson(const Json& json)
{
    if (!json.is_object())
        return invalid("IPAM.Config: an entry is no object");
    SubnetConfig config;
    PL_TRY(const auto subnet, jsonString(json, "Subnet"));
    PL_TRY(const auto range, jsonString(json, "IPRange"));
    PL_TRY(const auto gateway, jsonString(json, "Gateway"));
    if (subnet.empty())
        return invalid("invalid network config: IPAM.Config: a subnet is missing");
    PL_TRY(config.subnet, IpPrefix::parse(subnet));
    if (config.subnet.length() > (config.subnet.address().isV6() ? 126U : 30U))
        return invalid("invalid network config: subnet " + subnet + " is too small");
    if (!range.empty()) {
        PL_TRY(config.range, IpPrefix::parse(range));
        if (!config.subnet.contains(config.range.address())
            || config.range.length() < config.subnet.length())
            return invalid("invalid network config: invalid ip-range " + range + ": parent subnet "
                + subnet + " doesn't contain ip-range");
    }
    if (!gateway.empty()) {
        PL_TRY(config.gateway, IpAddress::parse(gateway));
        if (!config.subnet.contains(config.gateway))
            return invalid("invalid network config: invalid gateway " + gateway + ": parent subnet "
                + subnet + " doesn't contain this address");
    }
    PL_TRY(const auto reserved, stringMap(json, "AuxiliaryAddresses"));
    for (const auto& [name, text] : reserved) {
        PL_TRY(const auto address, IpAddress::parse(text));
        if (!config.subnet.contains(address))
            return invalid(
                "invalid network config: auxiliary address " + text + " lies outside of " + subnet);
        config.reserved.emplace(name, address);
    }
    return config;
}

Result<void> readSubnets(const Json& ipam, NetworkConfig& config)
{
    PL_TRY(const auto driver, jsonString(ipam, "Driver"));
    if (!driver.empty() && driver != "default")
        return makeError(
            Errc::NotFound, "could not find plugin " + driver.substr(0, 64) + " for addresses");
    const Json& list = jsonMember(ipam, "Config");
    if (!list.is_null() && !list.is_array())
        return invalid("IPAM.Config must be an array");
    for (const auto& entry : list) {
        if (entry.is_object() && entry.empty())
            continue; // what the docker command sends for "nothing asked for"
        PL_TRY(auto subnet, subnetFromJson(entry));
        const bool isV6 = subnet.subnet.address().isV6();
        for (const auto& other : config.subnets)
            if (other.subnet.address().isV6() == isV6)
                return makeError(Errc::NotImplemented,
                    "bridge driver doesn't support multiple subnets of one family");
        if (isV6 && !config.hasV6)
            return invalid(
                "invalid network config: the subnet " + subnet.subnet.text() + " needs EnableIPv6");
        config.subnets.insert(isV6 ? config.subnets.end() : config.subnets.begin(), subnet);
    }
    return success();
}

Result<void> checkOptions(const NetworkConfig& config)
{
    if (const auto mtu = config.options.find(kMtu); mtu != config.options.end()) {
        unsigned value = 0;
        const auto& text = mtu->second;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (code != std::errc() || end != text.data() + text.size()
            || (value != 0 && (value < 68 || value > 65535)))
            return invalid("invalid value '" + text.substr(0, 64) + "' for " + kMtu);
    }
    if (const auto name = config.options.find(kBridgeName); name != config.options.end()) {
        const bool isValid = name->second.size() < 16
            && std::ranges::all_of(
                name->second,
                [](char letter) {
                    return letter > ' ' && letter < 127 && letter != '/' && letter != ':'
                        && letter != '"';
                });
        if (!isValid || name->second == "." || name->second == "..")
            return invalid("invalid bridge name '" + name->second.substr(0, 64) + "'");
    }
    return success();
}

bool optionFlag(const NetworkConfig& config, const char* key, bool fallback)
{
    const auto found = config.options.find(key);
    return found == config.options.end() ? fallback
                                         : found->second == "true" || found->second == "1";
}

} // namespace

Result<NetworkConfig> networkConfigFromJson(const Json& json)
{
    NetworkConfig config;
    PL_TRY(const auto driver, jsonString(json, "Driver"));
    if (!driver.empty())
        config.driver = driver;
    PL_TRY(config.isInternal, jsonBool(json, "Internal"));
    PL_TRY(config.isAttachable, jsonBool(json, "Attachable"));
    PL_TRY(config.hasV6, jsonBool(json, "EnableIPv6"));
    PL_TRY(config.hasChosenSubnets, jsonBool(json, "ChosenSubnets"));
    PL_TRY(const bool hasV4, jsonBool(json, "EnableIPv4", true));
    PL_TRY(const bool isIngress, jsonBool(json, "Ingress"));
    PL_TRY(const bool isConfigOnly, jsonBool(json, "ConfigOnly"));
    PL_TRY(const auto scope, jsonString(json, "Scope"));
    PL_TRY(const auto from, jsonString(jsonMember(json, "ConfigFrom"), "Network"));
    if (!hasV4)
        return makeError(
            Errc::NotImplemented, "EnableIPv4: networks without IPv4 are not offered yet");
    if (isIngress || scope == "swarm" || scope == "global")
        return makeError(Errc::Unavailable,
            "This node is not a swarm manager: swarm networks are not offered by this engine");
    if (isConfigOnly || !from.empty())
        return makeError(Errc::NotImplemented, "ConfigOnly: not offered by this engine");
    PL_TRY(config.options, stringMap(json, "Options"));
    PL_TRY(config.labels, stringMap(json, "Labels"));
    PL_TRY(checkOptions(config));
    PL_TRY(readSubnets(jsonMember(json, "IPAM"), config));
    return config;
}

Json ipamJson(const NetworkConfig& config)
{
    Json list = Json::array();
    for (const auto& subnet : config.subnets) {
        Json entry { { "Subnet", subnet.subnet.text() }, { "Gateway", subnet.gateway.text() } };
        if (!subnet.range.isEmpty())
            entry["IPRange"] = subnet.range.text();
        for (const auto& [name, address] : subnet.reserved)
            entry["AuxiliaryAddresses"][name] = address.text();
        list.push_back(std::move(entry));
    }
    Json json { { "Driver", "default" }, { "Options", nullptr } };
    json["Config"] = list.empty() ? Json(nullptr) : std::move(list);
    return json;
}

Json toJson(const NetworkConfig& config)
{
    return Json { { "Driver", config.driver }, { "Internal", config.isInternal },
        { "Attachable", config.isAttachable }, { "EnableIPv6", config.hasV6 },
        { "ChosenSubnets", config.hasChosenSubnets }, { "IPAM", ipamJson(config) },
        { "Options", config.options }, { "Labels", config.labels } };
}

void completeGateways(NetworkConfig& config)
{
    for (auto& subnet : config.subnets)
        if (subnet.gateway.isEmpty())
            subnet.gateway = subnet.subnet.address().plus(1);
}

network::BridgeNetwork bridgeNetworkOf(
    const NetworkConfig& config, const std::string& bridge, unsigned defaultMtu)
{
    network::BridgeNetwork wanted;
    const auto name = config.options.find(kBridgeName);
    wanted.bridge = name == config.options.end() || name->second.empty() ? bridge : name->second;
    wanted.mtu = defaultMtu;
    if (const auto mtu = config.options.find(kMtu); mtu != config.options.end())
        std::from_chars(mtu->second.data(), mtu->second.data() + mtu->second.size(), wanted.mtu);
    if (wanted.mtu == 0)
        wanted.mtu = defaultMtu;
    wanted.isInternal = config.isInternal;
    wanted.masquerades = optionFlag(config, kMasquerade, true);
    wanted.isolatesMembers = !optionFlag(config, kMembersTalk, true);
    for (const auto& subnet : config.subnets) {
        wanted.subnets.push_back(subnet.subnet);
        wanted.gateways.push_back({ subnet.gateway, subnet.subnet.length() });
    }
    return wanted;
}

} // namespace portlight::core
