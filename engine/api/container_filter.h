#pragma once

#include "engine/base/result.h"
#include "engine/core/container_record.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace portlight::api {

/// Which containers GET /containers/json and POST /containers/prune mean: Engine API 1.50,
/// `filters`. Values of one filter are alternatives (labels: all), filters add up.
class ContainerFilter {
public:
    using Filters = std::map<std::string, std::vector<std::string>>;

    /// @p imageIds are the ids that the values of `ancestor` name; before and since are the times
    /// of creation of the containers they name. Errors: InvalidArgument for a filter that docker
    /// does not know or a value that none can have.
    static Result<ContainerFilter> create(Filters filters, std::vector<std::string> imageIds,
        std::optional<std::int64_t> beforeNs, std::optional<std::int64_t> sinceNs);

    bool accepts(const core::Container& container) const;
    /// These ask for containers that do not run, whatever `all` says.
    bool includesStopped() const;

private:
    bool acceptsOne(const std::string& filter, const std::string& value,
        const core::Container& container) const;

    Filters m_filters;
    std::vector<std::string> m_imageIds;
    std::optional<std::int64_t> m_beforeNs;
    std::optional<std::int64_t> m_sinceNs;
};

/// "key" or "key=value" against a container's labels.
bool hasLabel(const std::map<std::string, std::string>& labels, const std::string& wanted);

} // namespace portlight::api
