#pragma once

#include <QDateTime>
#include <QHash>
#include <QMetaType>
#include <QString>
#include <QStringList>

namespace portlight::client {

/// One network of GET /networks.
struct NetworkSummary {
    QString id; ///< full, 64 hexadecimal digits
    QString name;
    QString driver; ///< bridge, host, null, …
    QString scope; ///< local, …
    QStringList subnets; ///< such as 172.18.0.0/16, one for each address family
    QStringList gateways; ///< in the order of the subnets, empty texts for those without
    bool isInternal = false; ///< no way out of it
    bool hasIpv6 = false;
    QDateTime created; ///< UTC; invalid when the engine does not say
    QHash<QString, QString> labels;

    QString shortId() const { return id.left(12); }
    /// Comes with the engine and cannot be deleted.
    bool isBuiltIn() const
    {
        return name == QLatin1String("bridge") || name == QLatin1String("host")
            || name == QLatin1String("none");
    }
    bool operator==(const NetworkSummary&) const = default;
};

/// Body of POST /networks/create. What is empty is left to the engine.
struct CreateNetworkRequest {
    QString name;
    QString subnet; ///< CIDR
    QString gateway;
    bool isInternal = false;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::NetworkSummary)
