#pragma once

#include "engine/store/database.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace portlight::store {

/// One container as the database keeps it; what `config` and `state` hold is the matter of
/// core/container_record.
struct ContainerRow {
    std::string id;
    std::string name; ///< without the leading slash; unique
    std::string imageId;
    std::int64_t createdAtNs = 0;
    std::string config; ///< JSON, the create request as accepted
    std::string state; ///< JSON, changes over the container's life
};

/// The table `container`. Thread-safe; blocking: call it from the worker pool.
class ContainerTable {
public:
    explicit ContainerTable(Database& database)
        : m_database(database)
    {
    }

    Result<std::vector<ContainerRow>> list() const;
    /// Errors: Conflict where the name is taken.
    Result<void> insert(const ContainerRow& row);
    /// {id, state} pairs in one transaction; ids without a row are passed over.
    Result<void> updateStates(const std::vector<std::pair<std::string, std::string>>& states);
    Result<void> updateConfig(const std::string& id, const std::string& config);
    /// Errors: Conflict where the name is taken.
    Result<void> rename(const std::string& id, const std::string& name);
    Result<void> remove(const std::string& id);

private:
    Database& m_database;
};

} // namespace portlight::store
