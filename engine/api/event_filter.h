#pragma once

#include "engine/base/json.h"
#include "engine/core/event_bus.h"

#include <map>
#include <string>
#include <vector>

namespace portlight::api {

/// Which events a client of GET /events wants; Engine API 1.50, SystemEvents, `filters`.
class EventFilter {
public:
    using Filters = std::map<std::string, std::vector<std::string>>;

    /// Errors: InvalidArgument for a filter that docker does not know.
    static Result<EventFilter> create(Filters filters);

    /// Values of one filter are alternatives, filters add up.
    bool accepts(const core::Event& event) const;

private:
    explicit EventFilter(Filters filters)
        : m_filters(std::move(filters))
    {
    }
    Filters m_filters;
};

/// The event as clients read it: the message of API 1.22 and later with the older fields (status,
/// id, from) that it still carries for containers and images.
Json toJson(const core::Event& event);

} // namespace portlight::api
