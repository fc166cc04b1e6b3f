#include "engine/store/volume_table.h"

namespace portlight::store {

Result<std::vector<VolumeRow>> VolumeTable::list() const
{
    return m_database.transact([](SqliteDatabase& connection) -> Result<std::vector<VolumeRow>> {
        PL_TRY(auto statement,
            connection.prepare("SELECT name, created_at_ns, config FROM volume ORDER BY name"));
        std::vector<VolumeRow> rows;
        while (true) {
            PL_TRY(const bool hasRow, statement.step());
            if (!hasRow)
                return rows;
            rows.push_back({ statement.text(0), statement.number(1), statement.text(2) });
        }
    });
}

Result<void> VolumeTable::insert(const VolumeRow& row)
{
    return m_database.transact([&row](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("INSERT INTO volume VALUES (?, ?, ?)"));
        return statement.bind(1, row.name).bind(2, row.createdAtNs).bind(3, row.config).run();
    });
}

Result<void> VolumeTable::updateConfig(const std::string& name, const std::string& config)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("UPDATE volume SET config = ? WHERE name = ?"));
        return statement.bind(1, config).bind(2, name).run();
    });
}

Result<void> VolumeTable::remove(const std::string& name)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("DELETE FROM volume WHERE name = ?"));
        return statement.bind(1, name).run();
    });
}

} // namespace portlight::store
