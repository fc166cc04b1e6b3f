#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace portlight {

class SqliteDatabase;

/// A prepared statement, finalised when it goes. Parameters count from 1, columns from 0
/// (sqlite3_bind, sqlite3_column).
class SqliteStatement {
public:
    SqliteStatement& bind(int index, std::string_view text);
    SqliteStatement& bind(int index, std::int64_t number);
    SqliteStatement& bindNull(int index);

    /// True while there is a row. Errors: Conflict for a broken constraint, Internal otherwise.
    Result<bool> step();
    /// step() for statements without rows.
    Result<void> run();

    std::string text(int column) const;
    std::int64_t number(int column) const;
    bool isNull(int column) const;

private:
    friend class SqliteDatabase;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    SqliteStatement(sqlite3* database, sqlite3_stmt* statement)
        : m_database(database)
        , m_statement(statement)
    {
    }
    sqlite3* m_database;
    std::unique_ptr<sqlite3_stmt, Finalizer> m_statement;
};

/// One connection, WAL, foreign keys on; used by one thread at a time (store::Database locks).
class SqliteDatabase {
public:
    /// Opens or creates @p path with mode 0600. Errors: Internal naming the file and the cause.
    static Result<SqliteDatabase> open(const std::string& path);

    Result<SqliteStatement> prepare(std::string_view sql);
    /// Runs one or more statements without parameters or rows.
    Result<void> execute(const std::string& sql);

private:
    struct Closer {
        void operator()(sqlite3* database) const;
    };
    explicit SqliteDatabase(sqlite3* database)
        : m_database(database)
    {
    }
    std::unique_ptr<sqlite3, Closer> m_database;
};

} // namespace portlight
