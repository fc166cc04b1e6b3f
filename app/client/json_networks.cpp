#include "app/client/json_decode.h"
#include "app/client/json_support.h"

#include <QJsonDocument>

// Networks and volumes.
namespace portlight::client::json {

using L1 = QLatin1String;

Expected<QList<VolumeSummary>> decodeVolumes(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    QList<VolumeSummary> volumes;
    const QJsonArray list = (*parsed)[L1("Volumes")].toArray(); // null when there is none
    for (const auto& item : list) {
        const QJsonObject object = item.toObject();
        VolumeSummary volume;
        volume.name = object[L1("Name")].toString();
        if (volume.name.isEmpty())
            return shapeError(QStringLiteral("a volume without a name"));
        volume.driver = object[L1("Driver")].toString();
        volume.mountPoint = object[L1("Mountpoint")].toString();
        volume.created = decodeTime(object[L1("CreatedAt")].toString());
        volume.labels = stringMap(object[L1("Labels")]);
        // -1 stands for "not measured".
        const QJsonValue size = object[L1("UsageData")].toObject()[L1("Size")];
        if (size.isDouble() && size.toDouble() >= 0)
            volume.sizeBytes = integer(size);
        volumes.append(volume);
    }
    return volumes;
}

Expected<QString> decodeVolumeName(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QString name = (*parsed)[L1("Name")].toString();
    if (name.isEmpty())
        return shapeError(QStringLiteral("a volume without a name"));
    return name;
}

QByteArray encodeCreateVolume(const QString& name)
{
    QJsonObject body;
    if (!name.isEmpty())
        body[L1("Name")] = name;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

Expected<QList<NetworkSummary>> decodeNetworks(const QByteArray& body)
{
    auto parsed = parseArray(body);
    if (!parsed)
        return parsed.error();
    QList<NetworkSummary> networks;
    for (const auto& item : *parsed) {
        const QJsonObject object = item.toObject();
        NetworkSummary network;
        network.id = object[L1("Id")].toString();
        if (network.id.isEmpty())
            return shapeError(QStringLiteral("a network without an id"));
        network.name = object[L1("Name")].toString();
        network.driver = object[L1("Driver")].toString();
        network.scope = object[L1("Scope")].toString();
        network.isInternal = object[L1("Internal")].toBool();
        network.hasIpv6 = object[L1("EnableIPv6")].toBool();
        network.created = decodeTime(object[L1("Created")].toString());
        network.labels = stringMap(object[L1("Labels")]);
        const QJsonArray pools = object[L1("IPAM")].toObject()[L1("Config")].toArray();
        for (const auto& pool : pools) {
            network.subnets.append(pool.toObject()[L1("Subnet")].toString());
            network.gateways.append(pool.toObject()[L1("Gateway")].toString());
        }
        networks.append(network);
    }
    return networks;
}

Expected<QString> decodeId(const QByteArray& body)
{
    auto parsed = parseObject(body);
    if (!parsed)
        return parsed.error();
    const QString id = (*parsed)[L1("Id")].toString();
    if (id.isEmpty())
        return shapeError(QStringLiteral("an answer without an id"));
    return id;
}

QByteArray encodeCreateNetwork(const CreateNetworkRequest& request)
{
    QJsonObject body { { L1("Name"), request.name }, { L1("Driver"), L1("bridge") } };
    if (request.isInternal)
        body[L1("Internal")] = true;
    if (!request.subnet.isEmpty()) {
        QJsonObject pool { { L1("Subnet"), request.subnet } };
        if (!request.gateway.isEmpty())
            pool[L1("Gateway")] = request.gateway;
        body[L1("IPAM")] = QJsonObject { { L1("Config"), QJsonArray { pool } } };
    }
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace portlight::client::json
