#pragma once

#include "engine/store/database.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portlight::store {

/// One volume; what `config` holds is the matter of core/volume_service.
struct VolumeRow {
    std::string name; ///< unique
    std::int64_t createdAtNs = 0;
    std::string config; ///< JSON
};

/// The table `volume`. Thread-safe; blocking: call it from the worker pool.
class VolumeTable {
public:
    explicit VolumeTable(Database& database)
        : m_database(database)
    {
    }

    Result<std::vector<VolumeRow>> list() const;
    /// Errors: Conflict where the name is taken.
    Result<void> insert(const VolumeRow& row);
    Result<void> updateConfig(const std::string& name, const std::string& config);
    Result<void> remove(const std::string& name);

private:
    Database& m_database;
};

} // namespace portlight::store
