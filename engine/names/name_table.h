#pragma once

#include "engine/base/json.h"
#include "engine/base/result.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::names {

/// A container on one network, by the names others there call it.
struct NamedEndpoint {
    std::string network; ///< id
    std::string domain; ///< the network's name: "web" is also "web.domain"
    std::vector<std::string> addresses; ///< 4 or 16 bytes each
    std::vector<std::string> names; ///< the first is the one for reverse lookups
};

/// What the name server knows of a container.
struct NamedContainer {
    std::string id;
    std::string sandbox; ///< names one run of it
    std::vector<NamedEndpoint> endpoints;
    std::vector<std::string> servers; ///< for outside names: "192.0.2.53"
    bool reachesOutside = true; ///< false: outside names do not exist for it
};
Json toJson(const NamedContainer& container);
/// Errors: InvalidArgument.
Result<NamedContainer> namedContainerFromJson(const Json& json);

/// What a name means to one container.
struct Found {
    bool isKnown = false;
    std::vector<std::string> addresses; ///< of both families
};

/// The names of all containers, by network.
class NameTable {
public:
    void set(NamedContainer container);
    void remove(const std::string& id);
    const NamedContainer* find(const std::string& id) const;
    std::vector<std::string> ids() const;

    /// @p name in lower case. Addresses of one name take turns in being the first.
    Found lookUp(const NamedContainer& asker, const std::string& name);
    /// The name behind an address of the asker's networks; empty where it is nobody's.
    std::string nameOf(const NamedContainer& asker, const std::string& address) const;

private:
    struct Place {
        std::string container;
        std::size_t endpoint = 0;
    };
    void enter(const NamedContainer& container);
    void leave(const NamedContainer& container);

    std::map<std::string, NamedContainer> m_containers;
    /// network, a line feed, name in lower case
    std::multimap<std::string, Place> m_names;
    std::size_t m_turn = 0;
};

} // namespace portlight::names
