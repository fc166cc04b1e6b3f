#pragma once

#include "app/client/types/port_mapping.h"

#include <QDateTime>
#include <QHash>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <optional>

namespace portlight::client {

/// State words of the Engine API (ContainerState.Status). Unknown is a word newer than this
/// program.
enum class ContainerState { Unknown, Created, Running, Paused, Restarting, Removing, Exited, Dead };

/// @p word as the API spells it, in lower case; anything else is Unknown.
ContainerState containerStateFromApi(const QString& word);

/// Result of the container's own health check; None when it has no check.
enum class Health { None, Starting, Healthy, Unhealthy };

/// One row of GET /containers/json.
struct ContainerSummary {
    QString id; ///< full, 64 hexadecimal digits
    QString name; ///< without the leading slash
    QString image; ///< reference as it was given when the container was made
    QString imageId;
    QString command; ///< as one line, for people
    ContainerState state = ContainerState::Unknown;
    QString statusText; ///< the engine's English words, such as "Exited (0) 2 minutes ago"
    std::optional<int> exitCode; ///< of an exited container, when the engine says it
    Health health = Health::None;
    QDateTime created; ///< UTC, whole seconds
    QList<PortMapping> ports;
    QStringList volumes; ///< names of the volumes it has mounted
    QHash<QString, QString> networks; ///< its address in each network, by the network's name
    QHash<QString, QString> labels;

    bool isRunning() const
    {
        return state == ContainerState::Running || state == ContainerState::Paused
            || state == ContainerState::Restarting;
    }
    QString shortId() const { return id.left(12); }
    bool operator==(const ContainerSummary&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::ContainerSummary)
