#pragma once

#include "app/client/types/container_details.h"

namespace portlight::client {

/// A directory or file of the host, or a named volume, for a new container.
struct BindMount {
    QString source; ///< absolute path or volume name
    QString destination; ///< absolute path in the container
    bool isReadOnly = false;

    bool operator==(const BindMount&) const = default;
};

/// Body and query of POST /containers/create. What is empty is left to the image or the engine.
struct CreateContainerRequest {
    QString name; ///< empty: the engine makes one up
    QString image;
    QStringList entrypoint;
    QStringList command;
    QStringList environment; ///< NAME=value
    QString workingDirectory;
    QString user;
    QString hostname;
    bool hasTty = false;
    bool opensStdin = false;
    bool removesItself = false; ///< AutoRemove
    QString restartPolicy; ///< no, always, unless-stopped, on-failure
    QString networkMode;
    QList<PortMapping> ports;
    QList<BindMount> mounts;
    ResourceLimits limits;
    QHash<QString, QString> labels;

    bool operator==(const CreateContainerRequest&) const = default;
};

/// What POST /containers/create gave.
struct CreatedContainer {
    QString id;
    QStringList warnings; ///< the engine's own words
};

} // namespace portlight::client
