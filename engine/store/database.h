#pragma once

#include "engine/base/sqlite.h"

#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace portlight::store {

/// state.sqlite: what the engine knows of images, containers, networks and volumes. Any thread may
/// call; one transaction runs at a time.
class Database {
public:
    /// Opens @p path and brings its schema up to this version (migrations.h).
    /// Errors: Unavailable where a newer Portlight wrote it, Internal otherwise.
    static Result<std::unique_ptr<Database>> open(const std::string& path);

    /// Runs @p work in a transaction: committed when it succeeds, rolled back when it returns an
    /// error. `work` is `Result<T>(SqliteDatabase&)`.
    template <class Work>
    auto transact(Work work) -> decltype(work(std::declval<SqliteDatabase&>()))
    {
        const std::lock_guard lock(m_mutex);
        PL_TRY(m_connection.execute("BEGIN IMMEDIATE"));
        auto result = work(m_connection);
        if (!result) {
            static_cast<void>(m_connection.execute("ROLLBACK").has_value());
            return result;
        }
        if (auto committed = m_connection.execute("COMMIT"); !committed) {
            static_cast<void>(m_connection.execute("ROLLBACK").has_value());
            return std::move(committed).error();
        }
        return result;
    }

private:
    explicit Database(SqliteDatabase connection)
        : m_connection(std::move(connection))
    {
    }
    std::mutex m_mutex;
    SqliteDatabase m_connection;
};

} // namespace portlight::store
