#include "engine/store/network_table.h"

namespace portlight::store {

Result<std::vector<NetworkRow>> NetworkTable::list() const
{
    return m_database.transact([](SqliteDatabase& connection) -> Result<std::vector<NetworkRow>> {
        PL_TRY(auto statement,
            connection.prepare(
                "SELECT id, name, created_at_ns, config FROM network ORDER BY created_at_ns"));
        std::vector<NetworkRow> rows;
        while (true) {
            PL_TRY(const bool hasRow, statement.step());
            if (!hasRow)
                return rows;
            rows.push_back(
                { statement.text(0), statement.text(1), statement.number(2), statement.text(3) });
        }
    });
}

Result<void> NetworkTable::insert(const NetworkRow& row)
{
    return m_database.transact([&row](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("INSERT INTO network VALUES (?, ?, ?, ?)"));
        statement.bind(1, row.id).bind(2, row.name).bind(3, row.createdAtNs);
        return statement.bind(4, row.config).run();
    });
}

Result<void> NetworkTable::updateConfig(const std::string& id, const std::string& config)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("UPDATE network SET config = ? WHERE id = ?"));
        return statement.bind(1, config).bind(2, id).run();
    });
}

Result<void> NetworkTable::remove(const std::string& id)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("DELETE FROM network WHERE id = ?"));
        return statement.bind(1, id).run();
    });
}

} // namespace portlight::store
