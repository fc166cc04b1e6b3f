#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace portlight::client {

/// One thing that the engine wants of its host. GET /portlight/v1/host.
struct HostFeature {
    QString name; ///< the engine's stable key, such as "cgroup.memory"
    QString group; ///< "cgroups", "network", …: what it belongs to
    bool isAvailable = false;
    QString detail; ///< what was found, may be empty
    QString cause; ///< why it is missing, empty when available
    QString fix; ///< the exact command or step that helps, empty when none is known

    bool operator==(const HostFeature&) const = default;
};

/// What this host can and cannot do.
struct HostReport {
    bool isRootless = false;
    QString kernel;
    int cgroupVersion = 0; ///< 1 or 2, 0: not said
    QList<HostFeature> features;

    bool operator==(const HostReport&) const = default;
};

} // namespace portlight::client

Q_DECLARE_METATYPE(portlight::client::HostReport)
