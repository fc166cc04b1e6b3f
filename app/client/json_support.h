#pragma once

#include "app/client/types/engine_event.h"
#include "app/client/types/expected.h"
#include "app/client/types/port_mapping.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

/// What the decoders of one resource share with those of another.
namespace portlight::client::json {

ApiError shapeError(const QString& what);
Expected<QJsonArray> parseArray(const QByteArray& body);
QStringList strings(const QJsonValue& value);
QHash<QString, QString> stringMap(const QJsonValue& value);
/// Array of texts or one text, as entry points come.
QStringList words(const QJsonValue& value);
/// {"80/tcp": [{"HostIp": …, "HostPort": …}]} and {"80/tcp": null}.
QList<PortMapping> portMap(const QJsonObject& map);
/// "80/tcp" to its parts; port 0 when it is none.
PortMapping exposedPort(const QString& text);
/// nullopt for what is no number or not above zero, which is how the API says "no limit".
std::optional<qint64> positive(const QJsonValue& value);
qint64 integer(const QJsonValue& value);
Expected<EngineEvent> eventFrom(const QJsonObject& object);

} // namespace portlight::client::json
