#pragma once

#include "app/client/types/image_summary.h"

#include <QByteArray>
#include <QHash>

namespace portlight::client {

/// GET /images/{name}/json.
struct ImageDetails {
    QString id;
    QStringList references;
    QDateTime created;
    qint64 sizeBytes = 0;
    QString architecture;
    QString variant;
    QString os;
    QString author;
    QStringList entrypoint;
    QStringList command;
    QStringList environment; ///< NAME=value
    QString workingDirectory;
    QString user;
    QStringList exposedPorts; ///< such as "80/tcp"
    QStringList volumes; ///< paths in the container
    QStringList layers; ///< diff ids, lowest first
    QHash<QString, QString> labels;
    QByteArray rawJson; ///< what the engine answered, for the Inspect tab

    bool operator==(const ImageDetails&) const = default;
};

} // namespace portlight::client
