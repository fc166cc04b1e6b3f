#pragma once

#include <QList>
#include <QStringList>

namespace portlight::client {

/// GET /containers/{id}/top: columns and rows as ps(1) prints them.
struct ProcessTable {
    QStringList titles;
    QList<QStringList> rows;
};

} // namespace portlight::client
