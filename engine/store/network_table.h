#pragma once

#include "engine/store/database.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::store {

/// One network; what `config` holds is the matter of core/network_config.
struct NetworkRow {
    std::string id;
    std::string name; ///< unique
    std::int64_t createdAtNs = 0;
    std::string config; ///< JSON
};

/// The table `network`. Thread-safe; blocking: call it from the worker pool.
class NetworkTable {
public:
    explicit NetworkTable(Database& database)
        : m_database(database)
    {
    }

    Result<std::vector<NetworkRow>> list() const;
    /// Errors: Conflict where the name is taken.
    Result<void> insert(const NetworkRow& row);
    Result<void> updateConfig(const std::string& id, const std::string& config);
    Result<void> remove(const std::string& id);

private:
    Database& m_database;
};

} // namespace portlight::store
