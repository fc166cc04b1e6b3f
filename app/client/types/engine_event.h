#pragma once

#include <QDateTime>
#include <QHash>
#include <QMetaType>
#include <QString>

namespace portlight::client {

/// Something that happened in the engine. One line of GET /events.
struct EngineEvent {
    QString type; ///< container, image, network, volume, daemon
    QString action; ///< start, die, load, …
    QString actorId; ///< id of what it happened to
    QHash<QString, QString> attributes;
    QDateTime time; ///< UTC

    bool operator==(const EngineEvent&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::EngineEvent)
