#include "engine/base/sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>

namespace portlight {

namespace {

Error sqliteError(sqlite3* database, const std::string& what)
{
    const int primary = sqlite3_errcode(database) & 0xff;
    return makeError(primary == SQLITE_CONSTRAINT ? Errc::Conflict : Errc::Internal,
        what + ": " + sqlite3_errmsg(database));
}

} // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

SqliteStatement& SqliteStatement::bind(int index, std::string_view text)
{
    sqlite3_bind_text64(
        m_statement.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

SqliteStatement& SqliteStatement::bind(int index, std::int64_t number)
{
    sqlite3_bind_int64(m_statement.get(), index, number);
    return *this;
}

SqliteStatement& SqliteStatement::bindNull(int index)
{
    sqlite3_bind_null(m_statement.get(), index);
    return *this;
}

Result<bool> SqliteStatement::step()
{
    switch (sqlite3_step(m_statement.get())) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        return sqliteError(m_database, "state database");
    }
}

Result<void> SqliteStatement::run()
{
    PL_TRY(step());
    return success();
}

std::string SqliteStatement::text(int column) const
{
    const unsigned char* bytes = sqlite3_column_text(m_statement.get(), column);
    if (bytes == nullptr)
        return {};
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

std::int64_t SqliteStatement::number(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

bool SqliteStatement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

void SqliteDatabase::Closer::operator()(sqlite3* database) const
{
    sqlite3_close_v2(database);
}

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path)
{
    sqlite3* raw = nullptr;
    const mode_t before = ::umask(0077);
    const int code = sqlite3_open_v2(path.c_str(), &raw,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    ::umask(before);
    SqliteDatabase database(raw);
    if (code != SQLITE_OK)
        return sqliteError(raw, "open state database '" + path + "'");
    sqlite3_busy_timeout(raw, 5000);
    PL_TRY(database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-512;"));
    return database;
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(
            m_database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr)
        != SQLITE_OK)
        return sqliteError(m_database.get(), "state database");
    return SqliteStatement(m_database.get(), statement);
}

Result<void> SqliteDatabase::execute(const std::string& sql)
{
    if (sqlite3_exec(m_database.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return sqliteError(m_database.get(), "state database");
    return success();
}

} // namespace portlight
