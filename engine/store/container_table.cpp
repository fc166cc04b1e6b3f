#include "engine/store/container_table.h"

namespace portlight::store {

Result<std::vector<ContainerRow>> ContainerTable::list() const
{
    return m_database.transact([](SqliteDatabase& connection) -> Result<std::vector<ContainerRow>> {
        PL_TRY(auto statement,
            connection.prepare("SELECT id, name, image_id, created_at_ns, config, state "
                               "FROM container ORDER BY created_at_ns"));
        std::vector<ContainerRow> rows;
        while (true) {
            PL_TRY(const bool hasRow, statement.step());
            if (!hasRow)
                return rows;
            rows.push_back({ statement.text(0), statement.text(1), statement.text(2),
                statement.number(3), statement.text(4), statement.text(5) });
        }
    });
}

Result<void> ContainerTable::insert(const ContainerRow& row)
{
    return m_database.transact([&row](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement,
            connection.prepare("INSERT INTO container (id, name, image_id, created_at_ns, config, "
                               "state) VALUES (?, ?, ?, ?, ?, ?)"));
        return statement.bind(1, row.id)
            .bind(2, row.name)
            .bind(3, row.imageId)
            .bind(4, row.createdAtNs)
            .bind(5, row.config)
            .bind(6, row.state)
            .run();
    });
}

Result<void> ContainerTable::updateStates(
    const std::vector<std::pair<std::string, std::string>>& states)
{
    return m_database.transact([&states](SqliteDatabase& connection) -> Result<void> {
        for (const auto& [id, state] : states) {
            PL_TRY(
                auto statement, connection.prepare("UPDATE container SET state = ? WHERE id = ?"));
            PL_TRY(statement.bind(1, state).bind(2, id).run());
        }
        return success();
    });
}

Result<void> ContainerTable::updateConfig(const std::string& id, const std::string& config)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("UPDATE container SET config = ? WHERE id = ?"));
        return statement.bind(1, config).bind(2, id).run();
    });
}

Result<void> ContainerTable::rename(const std::string& id, const std::string& name)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("UPDATE container SET name = ? WHERE id = ?"));
        return statement.bind(1, name).bind(2, id).run();
    });
}

Result<void> ContainerTable::remove(const std::string& id)
{
    return m_database.transact([&](SqliteDatabase& connection) -> Result<void> {
        PL_TRY(auto statement, connection.prepare("DELETE FROM container WHERE id = ?"));
        return statement.bind(1, id).run();
    });
}

} // namespace portlight::store
