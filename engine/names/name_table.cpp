#include "engine/names/name_table.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace portlight::names {

namespace {

constexpr std::size_t kMostEndpoints = 1024;

std::string lowered(std::string text)
{
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z')
            letter = static_cast<char>(letter + ('a' - 'A'));
    return text;
}

std::string keyOf(const std::string& network, const std::string& name)
{
    return network + "\n" + name;
}

Result<std::string> bytesOf(const std::string& text)
{
    char bytes[16];
    if (::inet_pton(AF_INET, text.c_str(), bytes) == 1)
        return std::string(bytes, 4);
    if (::inet_pton(AF_INET6, text.c_str(), bytes) == 1)
        return std::string(bytes, 16);
    return makeError(Errc::InvalidArgument, "'" + text.substr(0, 64) + "' is no address");
}

std::string textOf(const std::string& bytes)
{
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
    return text;
}

} // namespace

Json toJson(const NamedContainer& container)
{
    Json json { { "id", container.id }, { "sandbox", container.sandbox },
        { "servers", container.servers }, { "reachesOutside", container.reachesOutside },
        { "endpoints", Json::array() } };
    for (const auto& endpoint : container.endpoints) {
        Json entry { { "network", endpoint.network }, { "domain", endpoint.domain },
            { "names", endpoint.names }, { "addresses", Json::array() } };
        for (const auto& address : endpoint.addresses)
            entry["addresses"].push_back(textOf(address));
        json["endpoints"].push_back(std::move(entry));
    }
    return json;
}

Result<NamedContainer> namedContainerFromJson(const Json& json)
{
    NamedContainer container;
    PL_TRY(container.id, jsonString(json, "id"));
    PL_TRY(container.sandbox, jsonString(json, "sandbox"));
    PL_TRY(container.servers, jsonStrings(json, "servers"));
    PL_TRY(container.reachesOutside, jsonBool(json, "reachesOutside", true));
    const Json& endpoints = jsonMember(json, "endpoints");
    if (container.id.empty() || !endpoints.is_array() || endpoints.size() > kMostEndpoints)
        return makeError(Errc::InvalidArgument, "not a container");
    for (const auto& entry : endpoints) {
        NamedEndpoint endpoint;
        PL_TRY(endpoint.network, jsonString(entry, "network"));
        PL_TRY(endpoint.domain, jsonString(entry, "domain"));
        PL_TRY(endpoint.names, jsonStrings(entry, "names"));
        PL_TRY(const auto addresses, jsonStrings(entry, "addresses"));
        for (const auto& text : addresses) {
            PL_TRY(auto bytes, bytesOf(text));
            endpoint.addresses.push_back(std::move(bytes));
        }
        container.endpoints.push_back(std::move(endpoint));
    }
    return container;
}

void NameTable::enter(const NamedContainer& container)
{
    for (std::size_t at = 0; at < container.endpoints.size(); ++at) {
        const auto& endpoint = container.endpoints[at];
        for (const auto& name : endpoint.names) {
            const Place place { container.id, at };
            m_names.emplace(keyOf(endpoint.network, lowered(name)), place);
            m_names.emplace(keyOf(endpoint.network, lowered(name + "." + endpoint.domain)), place);
        }
    }
}

void NameTable::leave(const NamedContainer& container)
{
    for (const auto& endpoint : container.endpoints)
        for (const auto& name : endpoint.names)
            for (const auto& key : { keyOf(endpoint.network, lowered(name)),
                     keyOf(endpoint.network, lowered(name + "." + endpoint.domain)) }) {
                auto [at, end] = m_names.equal_range(key);
                while (at != end)
                    at = at->second.container == container.id ? m_names.erase(at) : std::next(at);
            }
}

void NameTable::set(NamedContainer container)
{
    remove(container.id);
    enter(container);
    m_containers.insert_or_assign(container.id, std::move(container));
}

void NameTable::remove(const std::string& id)
{
    const auto found = m_containers.find(id);
    if (found == m_containers.end())
        return;
    leave(found->second);
    m_containers.erase(found);
}

const NamedContainer* NameTable::find(const std::string& id) const
{
    const auto found = m_containers.find(id);
    return found == m_containers.end() ? nullptr : &found->second;
}

std::vector<std::string> NameTable::ids() const
{
    std::vector<std::string> ids;
    for (const auto& [id, container] : m_containers)
        ids.push_back(id);
    return ids;
}

Found NameTable::lookUp(const NamedContainer& asker, const std::string& name)
{
    Found found;
    for (const auto& own : asker.endpoints) {
        const auto [begin, end] = m_names.equal_range(keyOf(own.network, name));
        for (auto at = begin; at != end; ++at) {
            const NamedContainer* container = find(at->second.container);
            if (container == nullptr)
                continue;
            found.isKnown = true;
            for (const auto& address : container->endpoints[at->second.endpoint].addresses)
                if (std::ranges::find(found.addresses, address) == found.addresses.end())
                    found.addresses.push_back(address);
        }
    }
    if (found.addresses.size() > 1)
        std::ranges::rotate(found.addresses,
            found.addresses.begin()
                + static_cast<std::ptrdiff_t>(m_turn++ % found.addresses.size()));
    return found;
}

std::string NameTable::nameOf(const NamedContainer& asker, const std::string& address) const
{
    for (const auto& own : asker.endpoints)
        for (const auto& [id, container] : m_containers)
            for (const auto& endpoint : container.endpoints)
                if (endpoint.network == own.network && !endpoint.names.empty()
                    && std::ranges::find(endpoint.addresses, address) != endpoint.addresses.end())
                    return endpoint.names.front() + "." + endpoint.domain;
    return {};
}

} // namespace portlight::names
