#include "engine/store/database.h"

#include "engine/store/migrations.h"

namespace portlight::store {

namespace {

Result<std::int64_t> schemaVersion(SqliteDatabase& connection)
{
    PL_TRY(auto statement, connection.prepare("PRAGMA user_version"));
    PL_TRY(statement.step());
    return statement.number(0);
}

} // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path)
{
    PL_TRY(auto connection, SqliteDatabase::open(path));
    PL_TRY(auto version, schemaVersion(connection));
    const auto known = static_cast<std::int64_t>(migrations().size());
    if (version > known)
        return makeError(Errc::Unavailable,
            "state database '" + path + "' has schema " + std::to_string(version)
                + ", this version of Portlight knows up to " + std::to_string(known)
                + "; start the newer Portlight, or another --data-root");
    for (; version < known; ++version) {
        PL_TRY(connection.execute("BEGIN IMMEDIATE; "
            + std::string(migrations()[static_cast<std::size_t>(version)])
            + "; PRAGMA user_version=" + std::to_string(version + 1) + "; COMMIT"));
    }
    return std::unique_ptr<Database>(new Database(std::move(connection)));
}

} // namespace portlight::store
