#include "app/client/json_support.h"

#include "app/client/json_decode.h"

#include <QJsonDocument>
#include <QTimeZone>

namespace portlight::client::json {

ApiError shapeError(const QString& what)
{
    return { ApiError::Cause::Protocol, 0,
        QStringLiteral("the engine's answer cannot be read: %1").arg(what) };
}

Expected<QJsonObject> parseObject(const QByteArray& body)
{
    QJsonParseError failure;
    const QJsonDocument document = QJsonDocument::fromJson(body, &failure);
    if (failure.error != QJsonParseError::NoError)
        return shapeError(failure.errorString());
    if (!document.isObject())
        return shapeError(QStringLiteral("an object was expected"));
    return document.object();
}

Expected<QJsonArray> parseArray(const QByteArray& body)
{
    QJsonParseError failure;
    const QJsonDocument document = QJsonDocument::fromJson(body, &failure);
    if (failure.error != QJsonParseError::NoError)
        return shapeError(failure.errorString());
    if (!document.isArray())
        return shapeError(QStringLiteral("a list was expected"));
    return document.array();
}

ApiError decodeError(int status, const QByteArray& body)
{
    constexpr qsizetype kLongestText = 2000;
    ApiError error { ApiError::Cause::Refused, status, {} };
    if (const auto object = parseObject(body))
        error.message = (*object)[QLatin1String("message")].toString();
    else
        error.message = QString::fromUtf8(body.left(kLongestText)).trimmed();
    if (error.message.isEmpty())
        error.message = QStringLiteral("the engine answered with status %1").arg(status);
    return error;
}

QStringList strings(const QJsonValue& value)
{
    QStringList texts;
    for (const auto& item : value.toArray())
        if (item.isString())
            texts.append(item.toString());
    return texts;
}

QHash<QString, QString> stringMap(const QJsonValue& value)
{
    QHash<QString, QString> map;
    const QJsonObject object = value.toObject();
    for (auto item = object.begin(); item != object.end(); ++item)
        map.insert(item.key(), item.value().toString());
    return map;
}

QStringList words(const QJsonValue& value)
{
    return value.isString() ? QStringList { value.toString() } : strings(value);
}

PortMapping exposedPort(const QString& text)
{
    PortMapping port;
    const auto slash = text.indexOf(QLatin1Char('/'));
    port.containerPort = text.left(slash).toUShort();
    if (slash >= 0)
        port.protocol = text.mid(slash + 1);
    return port;
}

QList<PortMapping> portMap(const QJsonObject& map)
{
    QList<PortMapping> ports;
    for (auto item = map.begin(); item != map.end(); ++item) {
        const PortMapping exposed = exposedPort(item.key());
        if (exposed.containerPort == 0)
            continue;
        const QJsonArray bindings = item.value().toArray();
        if (bindings.isEmpty())
            ports.append(exposed);
        for (const auto& binding : bindings) {
            PortMapping port = exposed;
            const QJsonObject host = binding.toObject();
            port.hostAddress = host[QLatin1String("HostIp")].toString();
            port.hostPort = host[QLatin1String("HostPort")].toString().toUShort();
            ports.append(port);
        }
    }
    return ports;
}

qint64 integer(const QJsonValue& value)
{
    return value.toInteger();
}

std::optional<qint64> positive(const QJsonValue& value)
{
    const qint64 number = value.toInteger();
    return number > 0 ? std::optional(number) : std::nullopt;
}

QDateTime decodeTime(const QString& text)
{
    // QDateTime reads milliseconds only and refuses longer fractions with some zones.
    QString shortened = text;
    if (const auto point = text.indexOf(QLatin1Char('.')); point > 0) {
        auto end = point + 1;
        while (end < text.size() && text.at(end).isDigit())
            ++end;
        shortened = text.left(std::min(end, point + 4)) + text.mid(end);
    }
    const QDateTime time = QDateTime::fromString(shortened, Qt::ISODateWithMs).toUTC();
    return time.isValid() && time.date().year() > 1 ? time : QDateTime();
}

} // namespace portlight::client::json
